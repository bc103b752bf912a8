from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tools import mute_logger

from ..support.services_case import ServicesCase


class TestServiceCodes(ServicesCase):
    """The table of a service's own ids: what its rows may be, what they are called, and which are proposed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sello = cls.account_of("sello_digital")
        cls.bare = cls._create_account(name="Bare", provider="sello_digital", secret="x")

    def row(self, code, remote_id=False, account=None):
        return self.env["l10n_mx_facture.service_code"].create(
            {"account_id": (account or self.bare).id, "code": code, "remote_id": remote_id}
        )

    def test_the_ids_are_those_that_are_filled_in(self):
        self.row("money:MXN", "1")
        self.row("money:USD")
        self.assertEqual(self.bare._service_ids(), {"money:MXN": "1"})
        ids = self.sello._service_ids()
        self.assertEqual((ids["payment_method:03"], ids["tax:Traslado:002:Exento"]), ("3", "4"))

    def test_who_stamps_reads_them(self):
        biller = self.create_user("biller", "account.group_account_invoice")
        self.assertTrue(self.sello.with_user(biller)._service_ids())
        with self.assertRaises(AccessError):
            self.sello.code_ids[0].with_user(biller).remote_id = "9"
        manager = self.create_user("manager", "account.group_account_manager")
        self.sello.code_ids[0].with_user(manager).remote_id = "9"

    def test_a_code_of_no_known_form_is_refused_with_an_example(self):
        for code in (
            "money", "money:mxn", "money:MXN ", "payment_method:3", "receipt_type:P", "tax:Traslado:002:Tasa:0.16",
            "tax:Traslado:001:Tasa:0.100000", "tax:Retencion:002:Exento", "tax:Traslado:002:Exento:0.000000",
            "iva:16", "tax:Traslado:002:Tasa:0.160000\n",
        ):
            with (
                self.subTest(code=code),
                self.assertRaisesRegex(ValidationError, "tax:Traslado:002:Tasa:0.160000"),
                self.cr.savepoint(),
            ):
                self.row(code)

    def test_a_code_stands_in_the_table_once(self):
        self.row("money:MXN")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.row("money:MXN")
        # another account has a table of its own
        self.row("money:MXN", account=self._create_account(name="Other", provider="sello_digital", secret="x"))

    def test_each_row_says_what_it_means(self):
        for code, name in (
            ("receipt_type:I", "Invoice (I)"),
            ("receipt_type:E", "Credit note (E)"),
            ("money:USD", "Currency USD"),
            ("payment_method:03", "Payment form 03 Transferencia electrónica de fondos"),
            ("tax:Traslado:002:Tasa:0.160000", "Transferred IVA 16 %"),
            ("tax:Traslado:002:Tasa:0.000000", "Transferred IVA 0 %"),
            ("tax:Traslado:002:Exento", "Transferred IVA exempt"),
            ("tax:Traslado:003:Cuota:6.455500", "Transferred IEPS 6.4555 per unit"),
            ("tax:Retencion:001:Tasa:0.100000", "Withheld ISR 10 %"),
            ("tax:Retencion:002:Tasa:0.106667", "Withheld IVA 10.6667 %"),
        ):
            with self.subTest(code=code):
                row = self.row(code)
                self.assertEqual((row.name, row.display_name), (name, name))

    def test_the_usual_rows_are_those_that_the_company_needs(self):
        self.create_tax("IEPS quota", 6.4555, "ieps", amount_type="fixed", factor="Cuota")
        self.create_tax("ISR 0", 0, "isr")
        self.create_tax("Archived", 26.123, "ieps", active=False)
        self.create_tax("Bought", 12.5, type_tax_use="purchase")
        self.customer.l10n_mx_facture_payment_form_id = self.sat("c_forma_pago", "17")
        self.row("money:MXN", "1")
        manager = self.create_user("manager", "account.group_account_manager")
        self.press(self.bare, "action_add_usual_codes", user=manager)
        codes = set(self.bare.code_ids.mapped("code"))
        self.assertLessEqual(
            {
                "receipt_type:I", "receipt_type:E", "money:MXN", "payment_method:03", "payment_method:17",
                "payment_method:99", "tax:Traslado:002:Tasa:0.160000", "tax:Traslado:002:Exento",
                "tax:Retencion:002:Tasa:0.106667", "tax:Retencion:001:Tasa:0.100000", "tax:Retencion:001:Tasa:0.000000",
                "tax:Traslado:003:Tasa:0.265000", "tax:Traslado:003:Cuota:6.455500",
            },
            codes,
        )
        for absent in ("0.261230", "0.125000"):
            self.assertFalse([code for code in codes if absent in code])
        self.assertEqual(self.bare._service_ids(), {"money:MXN": "1"})
        count = len(self.bare.code_ids)
        self.press(self.bare, "action_add_usual_codes")
        self.assertEqual(len(self.bare.code_ids), count)

    def test_who_may_not_configure_adds_nothing(self):
        biller = self.create_user("biller", "account.group_account_invoice")
        self.assertTrue(self.refusal(self.bare, "action_add_usual_codes", user=biller))
        self.assertFalse(self.bare.code_ids)

    def test_other_companies_don_t_see_them(self):
        other = self.env["res.company"].create({"name": "Other"})
        user = self.create_user("other", "account.group_account_manager")
        user.write({"company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        self.assertFalse(self.env["l10n_mx_facture.service_code"].with_user(user).search([]))
