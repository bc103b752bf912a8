from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user

from ..support.common import TIJUANA
from ..support.invoice_case import InvoiceCase

OTHER_RFC = "IIA040805DZ4"


class TestBranchCompanies(InvoiceCase):
    """Companies with branches of Odoo (res.company with a parent): who issues, and through which account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north = cls.odoo_branch("Norte")

    def invoice_of(self, company, journal, **values):
        """:return: a posted invoice of a company, made by who works in it alone"""
        self.env = self.env(context={**self.env.context, "allowed_company_ids": company.ids})
        move = self.create_invoice(journal_id=journal.id, company_id=company.id, **values)
        self.assertEqual(move.company_id, company)
        return move

    def issuer(self, read):
        node = read.node("cfdi:Emisor")
        return node.get("Rfc"), node.get("Nombre"), node.get("RegimenFiscal")

    def test_a_branch_without_rfc_issues_as_its_parent_in_its_parents_journal(self):
        move = self.invoice_of(self.north, self.journal)
        self.assertEqual(move.l10n_mx_facture_branch_id, self.branch)
        read = self.stamped(move)
        self.assertEqual(self.issuer(read), ("EKU9003173C9", "ESCUELA KEMPER URGATE", "601"))
        self.assertEqual(move.l10n_mx_facture_document_id.company_id, self.north)

    def test_a_journal_of_the_branch_is_issued_at_a_place_of_its_own(self):
        journal = self.env["account.journal"].create(
            {"name": "Norte", "code": "NOR", "type": "sale", "company_id": self.north.id}
        )
        place = self.branch_at(TIJUANA)
        journal.l10n_mx_facture_branch_ids = place
        self.assertEqual(place.journal_ids, journal)
        # the same from the other side
        place.journal_ids = [Command.set(journal.ids)]
        move = self.invoice_of(self.north, journal, invoice_date=self.today("America/Tijuana"))
        read = self.stamped(move)
        self.assertEqual(read["LugarExpedicion"], TIJUANA)
        self.assertEqual(self.issuer(read)[0], "EKU9003173C9")

    def test_a_branch_below_a_branch(self):
        below = self.odoo_branch("Norte 2", parent_id=self.north.id)
        read = self.stamped(self.invoice_of(below, self.journal))
        self.assertEqual(self.issuer(read)[0], "EKU9003173C9")

    def test_a_branch_with_an_rfc_of_its_own_issues_itself(self):
        self.north.write({"name": "Indistria Ilumi", "vat": OTHER_RFC})
        move = self.invoice_of(self.north, self.journal)
        # what its own contact lacks is not taken from another taxpayer
        self.assertIn("tax regime of Indistria Ilumi", self.refusal(move))
        self.north.partner_id.l10n_mx_facture_tax_regime_id = self.sat("c_regimen_fiscal", "603")
        built = self.built(move)
        self.assertEqual((built.emisor.rfc, built.emisor.regimen_fiscal), (OTHER_RFC, "603"))

    def test_a_user_of_the_branch_alone_stamps(self):
        user = new_test_user(
            self.env,
            f"norte-{self.prefix}",
            "account.group_account_invoice",
            company_id=self.north.id,
            company_ids=self.north.ids,
        )
        move = self.invoice_of(self.north, self.journal)
        move.with_user(user).action_l10n_mx_facture_stamp()
        self.assertEqual(self.issuer(self.read_stamped(move))[0], "EKU9003173C9")
        self.assertEqual(move.with_user(user).l10n_mx_facture_document_id.company_id, self.north)

    def test_a_credit_note_of_a_branch(self):
        move = self.invoice_of(self.north, self.journal)
        self.stamped(move)
        note = self.reverse(move)
        self.assertEqual(note.company_id, self.north)
        self.assertEqual(self.stamped(note).relations(), [("01", [move.l10n_mx_facture_uuid])])

    def test_a_company_of_its_own_uses_no_account_of_others(self):
        other = self.setup_other_company(name="Otra")["company"]
        journal = self.env["account.journal"].create(
            {"name": "Otra", "code": "OTR", "type": "sale", "company_id": other.id}
        )
        with self.assertRaisesRegex(ValidationError, "Otra"):
            self.branch.journal_ids += journal
        with self.assertRaises(UserError):
            journal.l10n_mx_facture_branch_ids = self.branch

    def test_an_account_of_a_branch_is_not_the_parents(self):
        account = self._create_account(company_id=self.north.id)
        account.action_sync_branches()
        with self.assertRaises(ValidationError):
            account.branch_ids[0].journal_ids += self.journal

    def test_the_day_of_going_live_is_the_branchs_too(self):
        move = self.invoice_of(self.north, self.journal)
        self.stamped(move)
        self.assertFalse(move.l10n_mx_facture_test_only)
        self.account.environment = "production"
        move.invalidate_recordset()
        self.assertTrue(move.l10n_mx_facture_test_only)

    def test_the_form_of_a_branchs_invoice_says_what_is_missing(self):
        move = self.invoice_of(self.north, self.journal)
        self.customer.l10n_mx_facture_tax_regime_id = False
        move.action_l10n_mx_facture_check()
        alerts = [alert["message"] for alert in move._get_alerts().values()]
        self.assertTrue([text for text in alerts if "tax regime" in text], alerts)

    def test_the_replacement_may_be_one_of_the_parents(self):
        move = self.invoice_of(self.north, self.journal)
        self.stamped(move)
        relation = {"relation_type_id": self.sat("c_tipo_relacion", "04").id, "uuid": move.l10n_mx_facture_uuid}
        replacement = self.create_invoice(l10n_mx_facture_relation_ids=[Command.create(relation)])
        self.stamped(replacement)
        move.with_context(allowed_company_ids=(self.north + self.company).ids).l10n_mx_facture_cancel(
            "01", replacement.l10n_mx_facture_uuid
        )
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")
