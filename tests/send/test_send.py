from contextlib import suppress
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import new_test_user

from ..support.send_case import SendCase
from ..support.stamp_case import ProcessDied


class TestSend(SendCase):
    """The Send dialog of one invoice: stamp, draw, mail."""

    def test_one_press_stamps_draws_and_mails_one_pdf_and_one_xml(self):
        move = self.create_invoice()
        wizard = self.wizard(move)
        self.assertEqual(wizard.extra_edis, ["l10n_mx_facture"])
        self.assertIsNone(self.press_send(wizard))
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        [files] = self.mails(move)
        self.assertEqual(files, sorted([move.invoice_pdf_report_id.name, move.l10n_mx_facture_xml_attachment_id.name]))
        self.assertTrue(move.is_move_sent)
        self.assertEqual(len(self.book(move)), 1)
        self.assertEqual(self.ledger(move), [("stamp", "done")])

    def test_the_dialog_shows_both_files_and_the_xml_can_be_taken_out(self):
        move = self.create_invoice()
        wizard = self.wizard(move)
        pdf, xml = wizard.mail_attachments_widget
        self.assertEqual((pdf["mimetype"], xml["mimetype"]), ("application/pdf", "application/xml"))
        wizard.mail_attachments_widget = [pdf, {**xml, "skip": True}]
        self.press_send(wizard)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(self.mails(move), [[move.invoice_pdf_report_id.name]])

    def test_the_pdf_is_drawn_after_the_stamp(self):
        move = self.create_invoice()
        seen = self.watch("stamp", lambda: bool(move.invoice_pdf_report_id))
        self.send(move)
        self.assertEqual(seen, [False])
        self.assertGreater(move.invoice_pdf_report_id.id, move.l10n_mx_facture_xml_attachment_id.id)

    def test_a_pdf_from_before_the_stamp_does_not_go_out(self):
        move = self.create_invoice()
        self.assertIsNone(self.send(move, untick=True))
        old = move.invoice_pdf_report_id
        self.assertTrue(old)
        # the button Stamp sets it aside, and so does Send
        wizard = self.wizard(move)
        self.assertNotIn(old.id, [one["id"] for one in wizard.mail_attachments_widget])
        self.stamp(move)
        self.assertFalse(move.invoice_pdf_report_id)
        self.assertIn("(before the stamp)", old.name)
        self.press_send(wizard)
        self.assertEqual(
            self.mails(move)[-1], sorted([move.invoice_pdf_report_id.name, move.l10n_mx_facture_xml_attachment_id.name])
        )
        self.assertNotEqual(move.invoice_pdf_report_id, old)

    def test_a_dialog_that_was_open_before_the_stamp_does_not_mail_the_old_pdf(self):
        move = self.create_invoice()
        self.send(move, untick=True)
        wizard = self.wizard(move)
        wizard.extra_edi_checkboxes = {}
        self.assertIn(move.invoice_pdf_report_id.id, [one["id"] for one in wizard.mail_attachments_widget])
        self.stamp(move)
        self.press_send(wizard)
        self.assertEqual(
            self.mails(move)[-1], sorted([move.invoice_pdf_report_id.name, move.l10n_mx_facture_xml_attachment_id.name])
        )

    def test_a_stamped_invoice_is_only_mailed(self):
        move = self.stamped_invoice()
        wizard = self.wizard(move)
        self.assertFalse(wizard.extra_edis)
        self.assertFalse(self.alerts(wizard))
        self.press_send(wizard)
        self.assertEqual(len(self.mails(move)), 1)
        self.assertEqual(len(self.calls("stamp")), 1)

    # -- what stops it --------------------------------------------------------------------------

    def test_a_lost_answer_stops_the_mail(self):
        move = self.create_invoice()
        self.sandbox.fail("stamp", "reset_after")
        text = self.send(move)
        self.assertIn("it is not known whether it was stamped", text)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        self.assertFalse(self.mails(move))
        self.assertFalse(move.invoice_pdf_report_id)
        # and again: nothing is sent, whatever is ticked
        wizard = self.wizard(move)
        [alert] = self.alerts(wizard)
        self.assertEqual((alert["level"], alert["action_text"]), ("danger", "Resolve"))
        self.assertIn("not known", self.press_send(wizard))
        self.assertEqual(len(self.calls("stamp")), 1)
        self.assertFalse(self.mails(move))

    def test_a_refusal_of_the_service_stops_the_mail(self):
        move = self.create_invoice()
        self.sandbox.fail("stamp", "refuse")
        text = self.send(move)
        self.assertIn("Not mailed, because the CFDI was not stamped", text)
        self.assertIn(move.l10n_mx_facture_message, text)
        self.assertEqual(move.l10n_mx_facture_state, "rejected")
        self.assertFalse(self.mails(move))

    def test_what_sat_would_refuse_stands_in_the_dialog_and_is_not_sent(self):
        self.customer.zip = False
        move = self.create_invoice()
        wizard = self.wizard(move)
        alerts = self.alerts(wizard)
        self.assertEqual({alert["level"] for alert in alerts}, {"danger"})
        self.assertTrue([one for one in alerts if one.get("action", {}).get("res_id") == self.customer.id])
        self.assertIn(alerts[0]["message"], self.press_send(wizard))
        self.assertFalse(self.calls("stamp"))
        self.assertFalse(self.mails(move))

    def test_an_invoice_without_branch_says_so(self):
        self.branch.journal_ids = False
        move = self.create_invoice()
        [alert] = [one for one in self.alerts(self.wizard(move)) if "has no CFDI branch" in one["message"]]
        self.assertEqual((alert["level"], alert["action"]["res_id"]), ("danger", self.journal.id))

    def test_unticked_it_goes_out_and_says_so(self):
        self.customer.zip = False
        move = self.create_invoice()
        wizard = self.wizard(move)
        wizard.extra_edi_checkboxes = {}
        [alert] = self.alerts(wizard)
        self.assertEqual(alert["level"], "warning")
        self.assertIn("without a CFDI", alert["message"])
        self.assertIsNone(self.press_send(wizard))
        self.assertEqual(self.mails(move), [[move.invoice_pdf_report_id.name]])
        self.assertFalse(move.l10n_mx_facture_document_id)

    def test_a_cancelled_cfdi_is_not_stamped_again_by_send(self):
        self.company.l10n_mx_facture_on_cancel = "nothing"
        move = self.cancel_requested_invoice()
        self.press(move.l10n_mx_facture_document_id, "_record_sat_answer", True, "Portal del SAT")
        self.assertEqual(move.l10n_mx_facture_state, "cancelled")
        wizard = self.wizard(move)
        self.assertFalse(wizard.extra_edis)
        self.assertIn("The CFDI was cancelled", self.alerts(wizard)[0]["message"])
        self.press_send(wizard)
        self.assertEqual(len(self.calls("stamp")), 1)

    def test_a_biller_stamps_by_send_and_who_may_not_is_told(self):
        biller = new_test_user(self.env, "sender-biller", "account.group_account_invoice", company_id=self.company.id)
        move = self.create_invoice()
        wizard = self.wizard(move).with_user(biller)
        self.assertEqual(wizard.extra_edis, ["l10n_mx_facture"])
        other = self.create_invoice()
        group = self.env.ref("l10n_mx_facture.group_stamp")
        self.env.ref("account.group_account_invoice").implied_ids -= group
        biller.group_ids -= group
        theirs = self.wizard(other).with_user(biller)
        self.assertNotIn("l10n_mx_facture", theirs.env["account.move.send"]._get_default_extra_edis(other))
        # what a client writes is not enough
        theirs.sudo().extra_edi_checkboxes = {"l10n_mx_facture": {"checked": True}}
        self.assertIn("not allowed to stamp", self.refusal(theirs, "action_send_and_print", user=biller))
        self.assertFalse(self.calls("stamp"))

    # -- crashes and conflicts ------------------------------------------------------------------

    def test_a_crash_between_stamp_and_mail_leads_to_one_stamp_and_one_mail(self):
        move = self.create_invoice()
        sender = type(self.env["account.move.send.wizard"])
        wizard = self.wizard(move)
        # assertRaises would take back what was committed
        with patch.object(sender, "_send_mails", side_effect=ProcessDied) as mailing, suppress(ProcessDied):
            self.press(wizard, "action_send_and_print")
        mailing.assert_called_once()
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertFalse(self.mails(move))
        self.assertIsNone(self.send(move))
        self.assertEqual(len(self.calls("stamp")), 1)
        self.assertEqual(len(self.book(move)), 1)
        self.assertEqual(len(self.mails(move)), 1)

    def test_the_same_dialog_after_a_failure_goes_on(self):
        move = self.create_invoice()
        wizard = self.wizard(move)
        sender = type(self.env["account.move.send.wizard"])
        with patch.object(sender, "_prepare_invoice_pdf_report", side_effect=UserError("no printer")):
            self.assertEqual(self.press_send(wizard), "no printer")
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertIsNone(self.press_send(wizard))
        self.assertEqual(len(self.calls("stamp")), 1)
        self.assertEqual(len(self.mails(move)), 1)

    # -- whose PDF ------------------------------------------------------------------------------

    def test_the_pdf_of_the_service_goes_out_alone(self):
        self.company.l10n_mx_facture_pdf_source = "service"
        move = self.create_invoice()
        self.assertIsNone(self.send(move))
        document = move.l10n_mx_facture_document_id
        self.assertEqual(self.mails(move), [sorted([document.pdf_attachment_id.name, document.xml_attachment_id.name])])
        self.assertFalse(move.invoice_pdf_report_id)
        self.assertTrue(move.is_move_sent)

    def test_where_the_service_has_no_pdf_odoo_s_goes_out(self):
        self.company.l10n_mx_facture_pdf_source = "service"
        move = self.create_invoice()
        self.sandbox.fail("pdf", "html", times=9)
        self.assertIsNone(self.send(move))
        self.assertFalse(move.l10n_mx_facture_pdf_attachment_id)
        self.assertEqual(
            self.mails(move), [sorted([move.invoice_pdf_report_id.name, move.l10n_mx_facture_xml_attachment_id.name])]
        )

    # -- beside the form ------------------------------------------------------------------------

    def test_after_a_stamp_a_pdf_is_shown_beside_the_form(self):
        move = self.stamped_invoice()
        self.assertEqual(move.message_main_attachment_id, move.l10n_mx_facture_pdf_attachment_id)
        self.send(move)
        self.assertEqual(move.message_main_attachment_id, move.invoice_pdf_report_id)

    def test_a_pdf_from_before_the_stamp_is_not_shown_beside_the_form(self):
        move = self.create_invoice()
        self.send(move, untick=True)
        self.assertEqual(move.message_main_attachment_id, move.invoice_pdf_report_id)
        self.stamp(move)
        self.assertEqual(move.message_main_attachment_id, move.l10n_mx_facture_pdf_attachment_id)
