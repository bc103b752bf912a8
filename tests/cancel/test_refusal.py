from datetime import timedelta

from odoo.tests import new_test_user

from odoo.addons.l10n_mx_facture.models.common.errors import cancel_meaning

from ..support.cancel_case import CancelCase

# of ../shared/sat/errors/pac_sat_codes.csv: what an answer about one UUID, or about the request, may have
SAT_CODES = "203 204 205 206 207 208 209 210 211 212 310 311 312 711 798 799 708 300 301 302 303 304 305 309"


class TestCancelRefusal(CancelCase):
    """A refused cancellation is a sentence and a remedy on top of the invoice."""

    def refused(self, code, move=None):
        move = move or self.stamped_invoice()
        self.sandbox.fail("cancel", "refuse", code=code, text="No procede.", status=200)
        self.report = self.cancel(move)
        return move

    def banner(self, move, user=None):
        move.invalidate_recordset(["alerts"])
        return (move.with_user(user or self.env.user).alerts or {}).get("l10n_mx_facture_cancel_refusal")

    def test_each_code_is_a_sentence_in_both_languages(self):
        self.env["res.lang"]._activate_lang("es_MX")
        for code in SAT_CODES.split():
            text = cancel_meaning(self.env, code)
            self.assertTrue(text and text.endswith(".") and len(text) > 50, code)
            self.assertTrue(cancel_meaning(self.env(context={"lang": "es_MX"}), code))

    def test_what_related_cfdis_keep_from_being_cancelled_leads_to_them(self):
        move = self.stamped_invoice()
        note = self.credit_note(move)
        self.refused("204", move)
        self.assertIn("Cancel those first", self.report["message"])
        alert = self.banner(move)
        self.assertEqual(alert["level"], "warning")
        self.assertIn("The cancellation was refused. 204: This UUID can't be cancelled", alert["message"])
        self.assertEqual((alert["action"]["res_model"], alert["action"]["res_id"]), ("account.move", note.id))

    def test_what_is_mended_on_the_account_opens_it(self):
        alert = self.banner(self.refused("304"))
        self.assertIn("certificate (CSD)", alert["message"])
        action = alert["action"]
        self.assertEqual((action["res_model"], action["res_id"]), (self.account._name, self.account.id))

    def test_what_is_mended_in_the_request_opens_the_dialog_again(self):
        for code in ("205", "207", "999"):
            with self.subTest(code=code):
                move = self.refused(code)
                action = self.banner(move)["action"]
                self.assertEqual(action["res_model"], "l10n_mx_facture.cancel")
                self.assertEqual(action["context"]["default_move_id"], move.id)
        # a code that is not known shows the service's own words
        self.assertIn("No procede.", self.banner(move)["message"])

    def test_it_goes_with_the_next_request_with_time_and_is_not_for_everybody(self):
        move = self.refused("205")
        self.assertTrue(self.banner(move))
        reader = new_test_user(self.env, "cancel-banner", "account.group_account_readonly", company_id=self.company.id)
        self.assertIsNone(self.banner(move, reader))
        row = move.l10n_mx_facture_document_id.sudo().request_ids[:1]
        self.assertEqual(row.operation, "cancel")
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_request SET date_end = %s WHERE id = %s", (row.date_end - timedelta(days=8), row.id)
        )
        self.env.invalidate_all()
        self.assertIsNone(self.banner(move))
        other = self.refused("205")
        self.cancel(other)
        self.assertEqual(other.l10n_mx_facture_state, "cancel_requested")
        self.assertIsNone(self.banner(other))

    def test_an_invoice_whose_cancellation_was_never_refused_has_none(self):
        self.assertIsNone(self.banner(self.stamped_invoice()))
