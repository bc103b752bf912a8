import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from ..support.build_case import BuildCase
from ..support.constancia_pdf import COMPANY, GENERAL, PERSON, RESICO, constancia, pdf


class TestConstancia(BuildCase):
    """*Read constancia*: beside what the contact has, accepted field by field."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new = cls.env["res.partner"].create({"name": "Universidad Robotica", "is_company": True})

    def drop(self, content, partner=None):
        """Drop a file on the contact."""
        return self.env["ir.attachment"].create(
            {"name": "csf.pdf", "raw": content, "res_model": "res.partner", "res_id": (partner or self.new).id}
        )

    def open(self, partner=None):
        """Press *Read constancia*."""
        action = (partner or self.new).action_l10n_mx_facture_constancia()
        return self.env[action["res_model"]].browse(action["res_id"])

    def choose(self, content, partner=None):
        """Choose a file in the dialog. :return: the form"""
        form = Form(self.open(partner))
        form.file = base64.b64encode(content)
        return form

    def rows(self, wizard):
        """:return: dict from each row's key to what is on the contact, on the constancia, and whether it is ticked"""
        return {line.key: (line.current or "", line.found, line.accept) for line in wizard.line_ids}

    # -- what is there --------------------------------------------------------------------------

    def test_dropped_on_the_contact_shown_and_accepted(self):
        self.drop(constancia(COMPANY))
        wizard = self.open()
        regime = self.sat("c_regimen_fiscal", "601")
        self.assertEqual(
            self.rows(wizard),
            {
                "vat": ("", "URE180429TM6", True),
                "l10n_mx_facture_fiscal_name": ("UNIVERSIDAD ROBOTICA", "UNIVERSIDAD ROBOTICA ESPAÑOLA", True),
                "l10n_mx_facture_tax_regime_id:601": ("", regime.display_name, True),
                "zip": ("", "86991", True),
                "country_id": ("", self.env.ref("base.mx").display_name, True),
            },
        )
        self.assertEqual(wizard.notes, "SAT issued it on 10/02/2026.")
        wizard.action_accept()
        self.assertEqual(
            (self.new.vat, self.new.l10n_mx_facture_fiscal_name, self.new.zip, self.new.country_id.code),
            ("URE180429TM6", "UNIVERSIDAD ROBOTICA ESPAÑOLA", "86991", "MX"),
        )
        self.assertEqual(self.new.l10n_mx_facture_tax_regime_id, regime)
        self.assertEqual(self.new.name, "Universidad Robotica")
        note = self.new.message_ids[0]
        self.assertIn("UNIVERSIDAD ROBOTICA → UNIVERSIDAD ROBOTICA ESPAÑOLA", note.body)
        self.assertIn("RFC: - → URE180429TM6", note.body)
        self.assertFalse(note.attachment_ids, "the contact has the file already")
        self.assertFalse(self.new._l10n_mx_facture_judge_customer()[0][1:], "only the usage is missing")

    def test_chosen_in_the_dialog_it_is_kept_with_the_contact(self):
        content = constancia(COMPANY)
        wizard = self.choose(content).save()
        self.assertEqual(len(wizard.line_ids), 5)
        wizard.action_accept()
        self.assertEqual(self.new.message_ids[0].attachment_ids.raw, content)

    def test_what_is_not_ticked_stays(self):
        with self.choose(constancia(COMPANY)) as form, form.line_ids.edit(3) as line:
            self.assertEqual(line.key, "zip")
            line.accept = False
        form.record.action_accept()
        self.assertEqual((self.new.vat, self.new.zip), ("URE180429TM6", False))

    def test_what_agrees_is_not_ticked(self):
        self.customer.vat = "ure-180429-tm6"
        wizard = self.choose(constancia(COMPANY), self.customer).save()
        self.assertEqual(wizard.line_ids.mapped("is_same"), [True] * 4)
        self.assertFalse(any(wizard.line_ids.mapped("accept")))
        with self.assertRaisesRegex(UserError, "Tick what the contact gets"):
            wizard.action_accept()

    def test_what_a_client_shows_beside_the_ticks_does_not_count(self):
        self.drop(constancia(COMPANY))
        wizard = self.open()
        wizard.line_ids.write({"found": "XXXX"})
        wizard.line_ids = [Command.create({"key": "name", "found": "Y", "accept": True})]
        wizard.action_accept()
        self.assertEqual((self.new.vat, self.new.zip, self.new.name), ("URE180429TM6", "86991", "Universidad Robotica"))

    def test_of_several_regimes_one_is_chosen(self):
        content = constancia(COMPANY, regimes=(GENERAL, RESICO, "Régimen de los Coordinados 01/01/2010 31/12/2019"))
        wizard = self.choose(content).save()
        regimes = wizard.line_ids.filtered(lambda line: line.key.startswith("l10n_mx_facture_tax_regime_id"))
        self.assertEqual([key[-3:] for key in regimes.mapped("key")], ["601", "626"])
        self.assertFalse(any(regimes.mapped("accept")))
        self.assertIn("tick the one of what you invoice", wizard.notes)
        regimes.accept = True
        with self.assertRaisesRegex(UserError, "Tick one tax regime"):
            wizard.action_accept()
        regimes[0].accept = False
        wizard.action_accept()
        self.assertEqual(self.new.l10n_mx_facture_tax_regime_id.code, "626")

    def test_as_sat_protects_it(self):
        self.assertEqual(len(self.choose(constancia(COMPANY, locked=True)).save().line_ids), 5)

    def test_a_branch_of_the_customer_leads_to_the_customer(self):
        child = self.env["res.partner"].create({"name": "Compras", "parent_id": self.new.id})
        self.assertEqual(self.open(child).partner_id, self.new)

    # -- what is wrong --------------------------------------------------------------------------

    def test_files_that_are_no_constancia(self):
        cases = [
            (b"\x89PNG....", "no PDF that can be read"),
            (b"%PDF-1.7 broken", "no PDF that can be read"),
            (b"%PDF" + b"0" * 6 * 1024 * 1024, "larger than 5 MB"),
            (pdf([[], []]), "has no text"),
            (pdf([["Factura 123"] * 20]), "no Constancia de Situación Fiscal"),
            (constancia(COMPANY, RFC="XXX"), "No valid RFC"),
            (constancia(COMPANY, qr_rfc="XIQB891116QE4"), "names more than one RFC (URE180429TM6, XIQB891116QE4)"),
            (constancia(COMPANY, Estatus="CANCELADO"), "SAT has cancelled the RFC URE180429TM6"),
        ]
        for content, text in cases:
            with self.subTest(text=text):
                wizard = self.choose(content).save()
                self.assertIn(text, wizard.problem)
                self.assertFalse(wizard.line_ids)
                with self.assertRaises(UserError) as caught:
                    wizard.action_accept()
                self.assertIn(text, str(caught.exception))
        self.assertFalse(self.new.vat)

    def test_of_another_taxpayer_nothing_is_ticked(self):
        wizard = self.choose(constancia(PERSON, (RESICO,)), self.customer)
        self.assertIn("The constancia is of CUPU800825569, and the contact has URE180429TM6", wizard.notes)
        self.assertIn("a person's (persona física), and the contact is marked as a company", wizard.notes)
        self.assertFalse(any(wizard.save().line_ids.mapped("accept")))

    def test_a_person_s(self):
        person = self.env["res.partner"].create({"name": "Ursula", "vat": "XAXX010101000"})
        wizard = self.choose(constancia(PERSON, (RESICO,)), person)
        self.assertNotIn("marked", wizard.notes)
        wizard.save().action_accept()
        self.assertEqual(
            (person.vat, person.l10n_mx_facture_fiscal_name, person.l10n_mx_facture_tax_regime_id.code),
            ("CUPU800825569", "URSULA CRUZ PEÑA", "626"),
        )

    def test_what_to_look_at_is_told(self):
        content = constancia(COMPANY, ("Régimen de Mañana 01/01/2026",), postal_code="", Estatus="SUSPENDIDO")
        notes = self.choose(content).notes
        for text in ("it is SUSPENDIDO", "the regime “Régimen de Mañana” is not known", "not be read: postal code"):
            self.assertIn(text, notes)
        public = self.env["res.partner"].create({"name": "Público en general"})
        self.assertIn("is the general public", self.choose(constancia(COMPANY), public).notes)

    # -- who ------------------------------------------------------------------------------------

    def test_who_may(self):
        self.drop(constancia(COMPANY))
        reader = new_test_user(self.env, "csf-reader", "account.group_account_readonly", company_id=self.company.id)
        biller = new_test_user(self.env, "csf-biller", "account.group_account_invoice", company_id=self.company.id)
        biller.group_ids -= self.env.ref("base.group_partner_manager")
        for user in (reader, biller):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.new.with_user(user).action_l10n_mx_facture_constancia()
