from dataclasses import replace

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from ..support.invoice_case import InvoiceCase


class TestInvoiceUsers(InvoiceCase):
    """The user, language and place of an invoice's creation don't change its CFDI."""

    def accountant(self, **values):
        return new_test_user(
            self.env,
            f"{values['lang']}-{self.prefix}",
            "account.group_account_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
            **values,
        )

    def test_in_spanish(self):
        user = self.accountant(lang="es_MX", tz="America/Mexico_City")
        self.env = self.env(user=user.id, context={"lang": "es_MX", "allowed_company_ids": self.company.ids})
        move = self.create_invoice([{"price_unit": 1234.5, "discount": 12.5}])
        # what is missing is told in her language
        self.customer.l10n_mx_facture_tax_regime_id = False
        with self.assertRaisesRegex(UserError, "le falta el régimen fiscal"):
            move.action_l10n_mx_facture_stamp()
        self.customer.l10n_mx_facture_tax_regime_id = self.sat("c_regimen_fiscal", "601")
        notification = move.action_l10n_mx_facture_stamp()
        self.assertEqual(notification["params"]["title"], "Timbrado")
        read = self.read_stamped(move)
        # 1234.50 less 12.5 %: 1080.1875, its IVA 172.83
        self.assertEqual(read["Total"], "1253.02")

    def test_the_language_of_the_user_is_not_in_the_cfdi(self):
        move = self.create_invoice([{"price_unit": 1234.5, "discount": 12.5}, {"price_unit": -0.33}])
        cfdis = [
            replace(self.built(move.with_context(lang=lang)), fecha=None) for lang in ("en_US", "es_MX", False)
        ]
        self.assertEqual(cfdis[0], cfdis[1])
        self.assertEqual(cfdis[0], cfdis[2])

    def test_the_day_is_the_one_at_the_place_of_issue(self):
        # it is never the same day at both of these, whatever the time
        for tz in ("Pacific/Kiritimati", "Pacific/Midway"):
            user = self.accountant(lang="en_US", tz=tz, name=tz)
            user.login = f"{tz}-{self.prefix}"
            env = self.env(user=user.id, context={"tz": tz, "allowed_company_ids": self.company.ids})
            move = self.create_invoice(post=False, invoice_date=False).with_env(env)
            move.action_post()
            self.assertEqual(move.invoice_date, self.today())
            self.stamped(move)

    def test_by_the_system_itself(self):
        # a scheduled action: no language, no time zone, another company
        other = self.setup_other_company(name="Otra")["company"]
        env = self.env(user=SUPERUSER_ID, su=True, context={"allowed_company_ids": other.ids})
        move = self.create_invoice(post=False).with_env(env)
        move.action_post()
        move.action_l10n_mx_facture_stamp()
        read = self.read_stamped(move.with_env(self.env))
        self.assertEqual(read.node("cfdi:Emisor").get("Rfc"), "EKU9003173C9")
