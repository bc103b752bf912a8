from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..support.build_case import BuildCase


class TestCheck(BuildCase):
    """The button Check CFDI, before anything is sent."""

    def check(self, moves):
        """:return: the wizard with the answer; nothing arrived at the service"""
        before = len(self.calls())
        action = moves.action_l10n_mx_facture_check()
        self.assertEqual(len(self.calls()), before, "something was sent")
        self.assertFalse(moves.l10n_mx_facture_document_ids.filtered(lambda document: document.state == "draft"))
        return self.env[action["res_model"]].browse(action["res_id"])

    def bad_partner(self):
        return self.customer.copy({"name": "Sin código postal", "zip": "00001"})

    def draft(self, **values):
        """:return: a draft as a person leaves it: without date and number"""
        return self.create_invoice(**{"post": False, "invoice_date": False, "name": False, **values})

    def test_a_good_draft_is_ready(self):
        move = self.draft()
        check = self.check(move)
        self.assertEqual(check.summary, "Ready to be stamped.")
        self.assertFalse(check.line_ids)
        self.assertEqual(move.state, "draft")
        self.assertFalse(move.invoice_date)

    def test_a_draft_without_date_is_judged_as_of_today_at_the_place_of_issue(self):
        for zip_code, zone in (("22000", "America/Tijuana"), ("77500", "America/Cancun")):
            with self.subTest(zone=zone):
                move = self.draft(journal_id=self.journal_at(zip_code).id)
                fecha = self.built(move).fecha
                now = self.local_now(zone)
                self.assertLess(abs((now - fecha).total_seconds()), 60)

    def test_of_fifty_invoices_48_are_ready_and_2_not(self):
        good = self.create_invoices([{}] * 24) + self.create_invoices([{}] * 24, post=False)
        bad_customer = self.draft(partner_id=self.bad_partner().id)
        bad_export = self.create_invoice(l10n_mx_facture_export="02")
        moves = good + bad_customer + bad_export
        check = self.check(moves)
        self.assertEqual(check.summary, "Ready to be stamped: 48; to be corrected: 2")
        self.assertEqual(check.line_ids.move_id, bad_customer + bad_export)
        self.assertEqual(set(check.line_ids.mapped("severity")), {"error"})
        texts = "\n".join(check.line_ids.mapped("text"))
        self.assertIn("00001", texts)
        self.assertIn("CFDI40122", texts)
        # what the check calls ready the service takes
        moves.filtered(lambda move: move.state == "draft").action_post()
        moves.action_l10n_mx_facture_stamp()
        self.assertEqual(moves.filtered(lambda move: move.l10n_mx_facture_state == "stamped"), good)

    def test_each_finding_leads_to_the_record_that_mends_it(self):
        partner = self.bad_partner()
        product = self.env["product.product"].create({"name": "Sin clave", "uom_id": self.unit.id, "categ_id": False})
        move = self.create_invoice([{"product_id": product.id, "price_unit": 5}], partner_id=partner.id, post=False)
        lines = self.check(move).line_ids
        targets = {(action["res_model"], action["res_id"]) for action in (line.action_open() for line in lines)}
        self.assertEqual(targets, {("res.partner", partner.id), ("product.template", product.product_tmpl_id.id)})
        self.assertEqual(set(lines.mapped("record_name")), {partner.display_name, product.product_tmpl_id.display_name})

    def test_what_is_wrong_with_the_invoice_itself_leads_to_it(self):
        move = self.create_invoice(l10n_mx_facture_export="02")
        (line,) = self.check(move).line_ids
        self.assertEqual((line.record_model, line.record_id), ("account.move", move.id))

    def test_an_rfc_with_an_odd_check_digit_is_a_warning_and_ready(self):
        partner = self.customer.copy({"name": "Rara", "vat": "URE180429TM5"})
        check = self.check(self.draft(partner_id=partner.id))
        self.assertEqual(check.summary, "Ready to be stamped.")
        (line,) = check.line_ids
        self.assertEqual(line.severity, "warning")
        self.assertIn("URE180429TM5", line.text)
        self.assertEqual((line.record_model, line.record_id), ("res.partner", partner.id))

    def test_the_answer_is_in_the_language_of_who_asks(self):
        self.env["res.lang"]._activate_lang("es_MX")
        move = self.create_invoice(l10n_mx_facture_export="02").with_context(lang="es_MX")
        self.assertIn("complemento de Comercio Exterior", self.check(move).line_ids.text)

    def test_an_empty_draft_is_told_what_is_missing(self):
        move = self.env["account.move"].create({"move_type": "out_invoice", "journal_id": self.journal.id})
        check = self.check(move)
        self.assertEqual(check.summary, "Something has to be corrected before it is stamped.")
        texts = "\n".join(check.line_ids.mapped("text"))
        self.assertIn("customer is missing", texts)
        self.assertIn("no lines", texts)

    def test_stamped_cancelled_and_foreign_invoices_are_not_ready(self):
        stamped, cancelled = self.create_invoice(), self.create_invoice(post=False)
        stamped.action_l10n_mx_facture_stamp()
        cancelled.button_cancel()
        bill = self.env["account.move"].create({"move_type": "in_invoice", "partner_id": self.customer.id})
        check = self.check(stamped + cancelled + bill)
        self.assertEqual(check.summary, "To be corrected: 2; stamped already: 1")
        self.assertEqual(check.line_ids.move_id, cancelled + bill)

    def test_a_credit_note_whose_invoice_was_stamped_after_it_was_made_is_ready(self):
        invoice = self.create_invoice()
        note = invoice._reverse_moves([{"invoice_date": self.today()}])
        self.assertEqual(self.check(note).summary, "Something has to be corrected before it is stamped.")
        invoice.action_l10n_mx_facture_stamp()
        self.assertEqual(self.check(note).summary, "Ready to be stamped.")
        self.assertEqual(note.l10n_mx_facture_relation_ids.document_id, invoice.l10n_mx_facture_document_id)

    def test_who_may_not_stamp_may_not_check(self):
        move = self.create_invoice()
        for login, group, may in (
            ("check-biller", "account.group_account_invoice", True),
            ("check-auditor", "account.group_account_readonly", False),
            ("check-nobody", "base.group_user", False),
        ):
            user = new_test_user(self.env, login, group, company_id=self.company.id)
            with self.subTest(group=group):
                asked = move.with_user(user)
                if may:
                    wizard = asked.action_l10n_mx_facture_check()
                    dialog = asked.env[wizard["res_model"]].browse(wizard["res_id"])
                    self.assertEqual(dialog.summary, "Ready to be stamped.")
                else:
                    with self.assertRaises(AccessError):
                        asked.action_l10n_mx_facture_check()

    # -- causes ---------------------------------------------------------------------------------

    def test_invoices_with_the_same_cause_on_the_same_record_are_one_line(self):
        partner = self.bad_partner()
        same = self.create_invoices([{"partner_id": partner.id}] * 3)
        own = self.create_invoices([{"l10n_mx_facture_export": "02"}] * 2)
        other = self.create_invoice(partner_id=partner.copy({"name": "Otra sin código"}).id)
        check = self.check(other + own + same)
        self.assertEqual(len(check.line_ids), 6)
        of_partner, of_invoices, of_other = check.cause_ids
        self.assertEqual((of_partner.invoices, of_partner.record_name), ("3 invoices", partner.display_name))
        self.assertEqual(of_partner.action_open()["res_id"], partner.id)
        self.assertEqual(of_invoices.invoices, "2 invoices")
        opened = of_invoices.action_open()
        self.assertEqual(self.env["account.move"].search(opened["domain"]), own)
        self.assertEqual(of_other.invoices, other.name)

    # -- warnings at Stamp ----------------------------------------------------------------------

    def rare(self, **values):
        """:return: a posted invoice that SAT would take, with a warning"""
        partner = self.customer.copy({"name": "Rara", "vat": "URE180429TM5"})
        return self.create_invoice(partner_id=partner.id, **values)

    def stamp_by_button(self, moves):
        return moves.with_context(l10n_mx_facture_dialog=True).action_l10n_mx_facture_stamp()

    def test_a_warning_is_shown_before_one_invoice_is_sent_and_a_person_decides(self):
        move = self.rare()
        action = self.stamp_by_button(move)
        dialog = self.env[action["res_model"]].browse(action["res_id"])
        self.assertIn("URE180429TM5", dialog.cause_ids.text)
        self.assertEqual(dialog.cause_ids.severity, "warning")
        self.assertFalse(self.calls("stamp"))
        self.assertFalse(move.l10n_mx_facture_document_ids)
        # SAT's list is the service's: it doesn't have this one
        self.sandbox.receiver(rfc="URE180429TM5", name="RARA", zip=move.partner_id.zip, regime="601")
        dialog.action_stamp_despite()
        self.assertEqual(len(self.calls("stamp")), 1)
        self.assertTrue(move.l10n_mx_facture_document_id.date_sent)

    def test_code_and_a_selection_are_not_asked(self):
        moves = self.rare() + self.rare()
        self.stamp_by_button(moves)
        self.assertTrue(all(moves.mapped("l10n_mx_facture_document_id.date_sent")))
        alone = self.rare()
        alone.action_l10n_mx_facture_stamp()
        self.assertTrue(alone.l10n_mx_facture_document_id.date_sent)

    def test_who_may_not_stamp_does_not_stamp_despite(self):
        action = self.stamp_by_button(self.rare())
        user = new_test_user(self.env, "despite", "account.group_account_readonly", company_id=self.company.id)
        with self.assertRaises(AccessError):
            self.env[action["res_model"]].browse(action["res_id"]).with_user(user).action_stamp_despite()
