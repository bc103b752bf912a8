from odoo.tests import Form

from ..support.build_case import BuildCase


class TestBuildFiscalName(BuildCase):
    """The name on CFDIs: proposed from the contact's, or what a person entered."""

    def test_the_fiscal_name_is_proposed_and_follows_the_name(self):
        partner = self.taxpayer("Acme, S.A. de C.V.", "H&E951128469", zip_code="56820")
        self.assertEqual(partner.l10n_mx_facture_fiscal_name, "ACME")
        partner.name = "Acme del Norte, S.A. de C.V."
        self.assertEqual(partner.l10n_mx_facture_fiscal_name, "ACME DEL NORTE")
        self.assertEqual(self.taxpayer("Juan Sa", "CACX7605101P8", "612").l10n_mx_facture_fiscal_name, "JUAN SA")

    def test_a_fiscal_name_that_was_entered_stays_and_is_written(self):
        partner = self.taxpayer("Acme Órganos Desconcentrados O.D.", "H&E951128469", zip_code="56820")
        partner.l10n_mx_facture_fiscal_name = "Acme O\u0301rganos"
        self.assertEqual(partner.l10n_mx_facture_fiscal_name, "ACME \u00d3RGANOS")
        partner.name = "Acme"
        read = self.stamped(self.create_invoice(partner_id=partner.id))
        self.assertEqual(read.node("cfdi:Receptor").get("Nombre"), "ACME \u00d3RGANOS")
        partner.l10n_mx_facture_fiscal_name = False
        self.assertEqual(partner.l10n_mx_facture_fiscal_name, "ACME")

    def test_the_fiscal_name_of_the_issuer_is_written(self):
        self.company.name = "Escuela Kemper Urgate Tal Por Cual"
        self.company.partner_id.l10n_mx_facture_fiscal_name = "Escuela Kemper Urgate"
        read = self.stamped(self.create_invoice())
        self.assertEqual(read.node("cfdi:Emisor").get("Nombre"), "ESCUELA KEMPER URGATE")

    def test_the_fiscal_name_may_be_that_of_the_public(self):
        partner = self.taxpayer("Mostrador", "XAXX010101000")
        partner.l10n_mx_facture_fiscal_name = "Público en general"
        move = self.create_invoice(partner_id=partner.id)
        self.assertTrue(move.l10n_mx_facture_is_global)
        self.assertEqual(self.stamped(move).node("cfdi:Receptor").get("Nombre"), "PUBLICO EN GENERAL")

    def test_the_fiscal_name_on_the_form_of_a_contact(self):
        form = Form(self.env["res.partner"])
        form.name = "Acme, S.A. de C.V."
        form.company_type = "company"
        self.assertEqual(form.l10n_mx_facture_fiscal_name, "ACME")
        partner = form.save()
        # what was only proposed is not taken for an entry
        self.assertFalse(partner.l10n_mx_facture_entered_name)
        with Form(partner) as form:
            form.name = "Acme del Sur, S.A. de C.V."
            self.assertEqual(form.l10n_mx_facture_fiscal_name, "ACME DEL SUR")
        self.assertFalse(partner.l10n_mx_facture_entered_name)
        with Form(partner) as form:
            form.l10n_mx_facture_fiscal_name = "Acme"
        self.assertEqual(partner.l10n_mx_facture_entered_name, "ACME")
