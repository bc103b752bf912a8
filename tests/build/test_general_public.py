from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form

from ..support.build_case import BuildCase


class TestBuildGeneralPublic(BuildCase):
    """Invoices to the general public, and the kind of export."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.public = cls.env["res.partner"].create(
            {
                "name": "Público en  general",
                "vat": "XAXX010101000",
                "zip": "86991",
                "country_id": cls.env.ref("base.mx").id,
                "l10n_mx_facture_tax_regime_id": cls.sat("c_regimen_fiscal", "612").id,
                "l10n_mx_facture_usage_id": cls.sat("c_uso_cfdi", "G03").id,
                "l10n_mx_facture_payment_form_id": cls.sat("c_forma_pago", "01").id,
            }
        )

    def global_invoice(self, **values):
        return self.create_invoice(**{"partner_id": self.public.id, **values})

    def period(self, move):
        """:return: what is proposed or chosen on the invoice"""
        return (
            move.l10n_mx_facture_global_periodicity_id.code,
            move.l10n_mx_facture_global_months_id.code,
            move.l10n_mx_facture_global_year,
        )

    def period_values(self, periodicity, months, year):
        return {
            "l10n_mx_facture_global_periodicity_id": self.sat("c_periodicidad", periodicity).id,
            "l10n_mx_facture_global_months_id": self.sat("c_meses", months).id,
            "l10n_mx_facture_global_year": year,
        }

    def written(self, read):
        """:return: what stands in the CFDI; None where there is no period"""
        nodes = read.rows("cfdi:InformacionGlobal", "Periodicidad", "Meses", "Año")
        return nodes[0] if nodes else None

    def test_an_invoice_to_the_general_public_tells_its_day(self):
        today = self.today()
        read = self.stamped(self.global_invoice())
        self.assertEqual(self.written(read), ("01", f"{today.month:02}", str(today.year)))
        self.assertEqual(
            dict(read.node("cfdi:Receptor").attrib),
            {
                "Rfc": "XAXX010101000",
                "Nombre": "PUBLICO EN GENERAL",
                "DomicilioFiscalReceptor": "06000",
                "RegimenFiscalReceptor": "616",
                "UsoCFDI": "S01",
            },
        )
        self.assertEqual(self.public.name, "Público en  general")

    def test_however_the_name_is_written_it_is_the_same_public(self):
        for name in ("PUBLICO EN GENERAL", "público en general", " Publico  en GENERAL "):
            with self.subTest(name=name):
                self.public.name = name
                read = self.stamped(self.global_invoice())
                self.assertEqual(read.node("cfdi:Receptor").get("Nombre"), "PUBLICO EN GENERAL")
                self.assertTrue(self.written(read))

    def test_a_person_without_rfc_is_not_the_public(self):
        person = self.public.copy({"name": "Juan Público"})
        move = self.global_invoice(partner_id=person.id)
        self.assertEqual(self.period(move), (False, False, 0))
        self.assertIsNone(self.written(self.stamped(move)))

    def test_the_public_with_another_rfc_is_refused(self):
        for vat in ("URE180429TM6", "XEXX010101000"):
            with self.subTest(vat=vat):
                partner = self.customer.copy({"name": "Público en general", "vat": vat, "country_id": False})
                self.assertIn("CFDI40146", self.refusal(self.create_invoice(partner_id=partner.id)))

    def test_the_period_is_proposed_from_the_invoice_date(self):
        self.company.partner_id.l10n_mx_facture_tax_regime_id = self.sat("c_regimen_fiscal", "621")
        bimonthly = self.sat("c_periodicidad", "05")
        for day, months in (
            (date(2025, 1, 31), "13"),
            (date(2025, 2, 1), "13"),
            (date(2025, 3, 1), "14"),
            (date(2025, 6, 30), "15"),
            (date(2025, 8, 31), "16"),
            (date(2025, 9, 1), "17"),
            (date(2025, 12, 31), "18"),
        ):
            with self.subTest(day=day):
                move = self.global_invoice(post=False, invoice_date=day)
                self.assertEqual(self.period(move), ("01", f"{day.month:02}", 2025))
                move.l10n_mx_facture_global_periodicity_id = bimonthly
                self.assertEqual(self.period(move), ("05", months, 2025))
                move.invoice_date = date(2024, 4, 5)
                self.assertEqual(self.period(move), ("05", "14", 2024))

    def test_another_periodicity_and_months_are_stamped_as_chosen(self):
        last_year = self.today().year - 1
        for periodicity, months in (("02", "12"), ("03", "11"), ("04", "01")):
            with self.subTest(periodicity=periodicity):
                chosen = self.period_values(periodicity, months, last_year)
                read = self.stamped(self.global_invoice(**chosen))
                self.assertEqual(self.written(read), (periodicity, months, str(last_year)))

    def test_two_months_are_for_issuers_of_the_regime_621(self):
        person = self.company.partner_id
        values = self.period_values("05", "15", self.today().year)
        refusal = self.refusal(self.global_invoice(**values))
        self.assertIn("CFDI40132", refusal)
        person.l10n_mx_facture_tax_regime_id = self.sat("c_regimen_fiscal", "621")
        refusal = self.refusal(self.global_invoice(**values))
        # a company can't have the regime of persons: what is left to object to is that
        self.assertNotIn("CFDI40132", refusal)
        self.assertIn("CFDI40141", refusal)

    def test_an_issuer_of_the_regime_621_states_two_months(self):
        self.company.write({"name": "Xochilt Casas Chavez", "vat": "CACX7605101P8"})
        self.company.partner_id.l10n_mx_facture_tax_regime_id = self.sat("c_regimen_fiscal", "621")
        move = self.global_invoice(post=False)
        move.l10n_mx_facture_global_periodicity_id = self.sat("c_periodicidad", "05")
        move.action_post()
        pair = f"{12 + (self.today().month + 1) // 2}"
        self.assertEqual(self.written(self.stamped(move)), ("05", pair, str(self.today().year)))

    def test_months_and_periodicity_that_contradict_each_other_are_refused(self):
        year = self.today().year
        for periodicity, months, years, code in (
            ("01", "13", year, "CFDI40134"),
            ("05", "01", year, "CFDI40135"),
            ("01", "01", year + 1, "CFDI40136"),
            ("01", "01", year - 6, "CFDI40136"),
        ):
            with self.subTest(code=code, year=years):
                move = self.global_invoice(**self.period_values(periodicity, months, years))
                self.assertIn(code, self.refusal(move))

    def test_a_chosen_period_outlives_posting_a_draft_without_date(self):
        values = self.period_values("04", "02", self.today().year - 1)
        move = self.global_invoice(post=False, invoice_date=False, **values)
        move.action_post()
        self.assertEqual(move.invoice_date, self.today())
        self.assertEqual(self.period(move), ("04", "02", self.today().year - 1))

    def test_a_draft_without_date_gets_the_period_of_the_day_of_its_posting(self):
        with freeze_time("2025-03-15 18:00:00"):
            move = self.global_invoice(post=False, invoice_date=False)
            self.assertEqual(self.period(move), ("01", False, 0))
        # the check answers for today before it is posted
        built = self.built(move).informacion_global
        today = self.today()
        self.assertEqual((built.periodicidad, built.meses, built.anio), ("01", f"{today.month:02}", today.year))
        move.action_post()
        self.assertEqual(self.period(move), ("01", f"{today.month:02}", today.year))

    def test_the_form_shows_the_period_of_the_public_alone(self):
        form = Form(self.env["account.move"].with_context(default_move_type="out_invoice"))
        form.partner_id = self.customer
        self.assertFalse(form.l10n_mx_facture_is_global)
        form.partner_id = self.public
        form.invoice_date = date(2026, 7, 4)
        self.assertTrue(form.l10n_mx_facture_is_global)
        self.assertEqual(form.l10n_mx_facture_global_months_id.code, "07")
        self.assertEqual(form.l10n_mx_facture_global_year, 2026)
        form.partner_id = self.customer
        self.assertFalse(form.l10n_mx_facture_global_periodicity_id)

    def test_a_customer_renamed_after_posting_is_filled_in(self):
        person = self.public.copy({"name": "Juana"})
        move = self.global_invoice(partner_id=person.id)
        person.name = "Público en general"
        self.assertEqual(self.written(self.stamped(move))[0], "01")
        self.assertEqual(move.l10n_mx_facture_global_periodicity_id.code, "01")

    def test_a_stamped_period_stays(self):
        move = self.global_invoice()
        self.stamped(move)
        for values in ({"l10n_mx_facture_global_year": 2025}, {"l10n_mx_facture_export": "03"}):
            with self.subTest(values=values), self.assertRaises(UserError):
                move.write(values)
        self.public.name = "Alguien"
        self.assertEqual(self.period(move)[0], "01")

    def test_a_credit_note_has_no_period(self):
        read = self.stamped(
            self.global_invoice(
                move_type="out_refund",
                l10n_mx_facture_relation_ids=[
                    Command.create(
                        {
                            "relation_type_id": self.sat("c_tipo_relacion", "01").id,
                            "uuid": "5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9",
                        }
                    )
                ],
            )
        )
        self.assertIsNone(self.written(read))
        self.assertEqual(read.node("cfdi:Receptor").get("Nombre"), "PUBLICO EN GENERAL")

    def test_a_copy_tells_its_own_period(self):
        values = self.period_values("04", "02", self.today().year - 1)
        move = self.global_invoice(**values).copy({"invoice_date": self.today()})
        self.assertEqual(self.period(move), ("01", f"{self.today().month:02}", self.today().year))

    # -- export ---------------------------------------------------------------------------------

    def test_an_invoice_is_no_export_unless_it_says_so(self):
        move = self.create_invoice()
        self.assertEqual(move.l10n_mx_facture_export, "01")
        self.assertEqual(self.stamped(move)["Exportacion"], "01")

    def test_a_temporary_export_and_one_without_sale_are_written(self):
        for export in ("03", "04"):
            with self.subTest(export=export):
                self.assertEqual(
                    self.stamped(self.create_invoice(l10n_mx_facture_export=export))["Exportacion"], export
                )

    def test_a_definitive_export_is_refused_for_its_complement(self):
        refusal = self.refusal(self.create_invoice(l10n_mx_facture_export="02"))
        self.assertIn("CFDI40122", refusal)
        self.assertIn("complement", refusal)
