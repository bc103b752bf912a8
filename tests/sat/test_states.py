from datetime import timedelta
from functools import partial
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError

from odoo.addons.l10n_mx_facture.models.cancel import notices

from ..support.sat_case import SatCase

READINGS = ("live", "cancel_in_process", "refused", "cancelled", "not_yet_known", "bad_expression", "unknown")
# state of the document -> what it becomes at each of READINGS, in this order; written out by hand
BECOMES = {
    "draft": ("draft",) * 7,
    "sending": ("sending",) * 7,
    "unknown": ("unknown",) * 7,
    "rejected": ("rejected",) * 7,
    "stamped": ("stamped", "stamped", "stamped", "cancelled", "stamped", "stamped", "stamped"),
    "cancel_requested": (
        "cancel_requested", "cancel_requested", "stamped", "cancelled",
        "cancel_requested", "cancel_requested", "cancel_requested",
    ),
    "cancelled": ("cancelled",) * 7,
}
ASKED = ("stamped", "cancel_requested", "cancelled")


class TestSatStates(SatCase):
    """Every answer of SAT in every state of a CFDI, and what the user is told."""

    def put(self, document, state):
        """Set the state, whatever led there; one without a stamp has no XML."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE l10n_mx_facture_document SET state = %s WHERE id = %s", (state, document.id))
        if state not in ASKED:
            self.env.cr.execute(
                "UPDATE l10n_mx_facture_document SET xml_attachment_id = NULL WHERE id = %s", (document.id,)
            )
        self.env.invalidate_all()

    def test_each_reading_in_each_state(self):
        for state, becomes in BECOMES.items():
            moves = self.create_invoices([{}] * len(READINGS))
            self.stamp(moves)
            self.assertEqual(set(moves.mapped("l10n_mx_facture_state")), {"stamped"})
            for move, reading, expected in zip(moves, READINGS, becomes, strict=True):
                with self.subTest(state=state, reading=reading):
                    if state == "cancel_requested":
                        self.cancel(move)
                        self.assertEqual(move.l10n_mx_facture_state, state)
                    document = self.document(move)
                    self.at_sat.says(document.uuid, reading)
                    self.put(document, state)
                    before = len(self.questions())
                    self.press(document, "_sat_ask")
                    self.assertEqual(document.state, expected)
                    self.assertEqual(len(self.questions()) - before, int(state in ASKED))
                    understood = reading not in ("unknown", "bad_expression")
                    self.assertEqual(document.sat_reading, reading if state in ASKED and understood else False)

    def test_a_confirmed_cancellation_cancels_the_invoice_and_tells_who_asked(self):
        asker = self.create_user("asker", "account.group_account_manager", lang="en_US")
        move = self.stamped_invoice()
        self.cancel(move, user=asker)
        document = self.document(move)
        self.at_sat.truth()
        params = self.ask(move)
        self.assertIn("Cancelado", params["message"])
        self.assertEqual((document.state, move.state), ("cancelled", "cancel"))
        self.assertEqual(document.sat_how, "without_acceptance")
        self.assertFalse(document.sat_news)
        self.assertIn("SAT has cancelled", self.chatter(move))
        self.assertIn("SAT has cancelled", self.chatter(document))
        self.assertFalse(move.activity_ids, "nothing is left to do")
        [told] = move.message_ids.filtered(lambda one: "SAT has cancelled" in one.body)
        self.assertEqual(told.partner_ids, asker.partner_id)
        self.assertTrue(told.subtype_id.internal, "the customer is not told")
        # nobody is told twice
        self.ask(move)
        self.assertEqual(self.chatter(move).count("SAT has cancelled"), 1)

    def test_the_customer_is_asked_and_accepts(self):
        self.sandbox.settings(cancel_state="En proceso")
        move = self.cancel_requested_invoice()
        document = self.document(move)
        self.ask(move)
        self.assertEqual((document.state, document.sat_reading), ("cancel_requested", "cancel_in_process"))
        self.assertGreater(document.sat_deadline, self.today() + timedelta(days=2))
        self.assertEqual(move.state, "posted")
        self.at_sat.receiver(document.uuid, "accept")
        self.ask(move)
        self.assertEqual((document.state, document.sat_how), ("cancelled", "with_acceptance"))
        self.assertEqual(move.state, "cancel")

    def test_the_customer_refuses_and_is_asked_again(self):
        self.sandbox.settings(cancel_state="En proceso")
        move = self.cancel_requested_invoice()
        document = self.document(move)
        self.ask(move)
        self.at_sat.receiver(document.uuid, "refuse")
        self.ask(move)
        self.assertEqual((document.state, move.state), ("stamped", "posted"))
        self.assertIn("refused", self.chatter(move))
        [activity] = move.activity_ids.filtered(lambda one: "refused" in (one.summary or ""))
        self.assertEqual(activity.user_id, document.cancel_user_id)
        # a further request, during which SAT still shows the former refusal for a while
        self.age_request(document, timedelta(minutes=10))
        self.sandbox.settings(sat_cancel_lag=3600)
        self.cancel(move)
        self.ask(move)
        self.assertEqual((document.state, document.sat_reading), ("cancel_requested", "refused"))
        self.assertFalse(document.sat_deadline)
        self.sandbox.settings(sat_cancel_lag=0)
        self.ask(move)
        self.assertEqual((document.state, document.sat_reading), ("cancel_requested", "cancel_in_process"))
        self.assertFalse(document.sat_deadline, "a further request never expires")
        self.at_sat.receiver(document.uuid, "refuse")
        self.ask(move)
        self.assertEqual(document.state, "stamped")
        self.assertEqual(
            document.sat_answer_ids.mapped("reading"), ["refused", "cancel_in_process", "refused", "cancel_in_process"]
        )

    def age_request(self, document, by):
        """Let all that SAT said, and the request, lie so far back."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_sat_answer SET date = date - %s, last_date = last_date - %s WHERE res_id = %s",
            (by, by, document.id),
        )
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET cancel_date = cancel_date - %s, sat_date = sat_date - %s "
            "WHERE id = %s",
            (by, by, document.id),
        )
        self.env.invalidate_all()

    def test_a_refusal_that_sat_still_shows_after_72_hours_counts(self):
        move = self.cancel_requested_invoice()
        document = self.document(move)
        self.at_sat.says(document.uuid, "refused")
        self.ask(move)
        self.assertEqual(document.state, "stamped")
        self.age_request(document, timedelta(days=1))
        self.cancel(move)
        self.ask(move)
        self.assertEqual(document.state, "cancel_requested")
        self.age_request(document, timedelta(hours=73))
        self.ask(move)
        self.assertEqual(document.state, "stamped")

    def test_cancelled_elsewhere_is_told_and_leaves_the_invoice(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.at_sat.elsewhere(document.uuid)
        self.ask(move)
        self.assertEqual((document.state, move.state), ("cancelled", "posted"))
        self.assertIn("this Odoo did not request it", self.chatter(move))
        self.assertTrue(move.activity_ids.filtered(lambda one: "not from this Odoo" in (one.summary or "")))

    def test_a_request_whose_answer_was_lost_is_ours(self):
        move = self.stamped_invoice()
        self.sandbox.fail("cancel", "reset_after")
        self.cancel(move)
        document = self.document(move)
        self.assertEqual(document.state, "stamped")
        self.ask(move)
        self.assertEqual((document.state, move.state), ("cancelled", "cancel"))
        self.assertNotIn("this Odoo did not request it", self.chatter(move))

    def test_sat_is_faster_than_the_service(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.at_sat.says(document.uuid, "cancelled")

        def meanwhile():
            with self.registry.cursor() as cr:
                document.with_env(self.env(cr=cr))._sat_ask()

        self.watch("cancel", meanwhile)
        self.cancel(move)
        self.assertEqual((document.state, document.cancel_reason, move.state), ("cancelled", "02", "cancel"))
        self.assertEqual(self.ledger(move)[-1], ("cancel", "done"))
        self.assertNotIn("this Odoo did not request it", self.chatter(move))

    def test_a_cancellation_under_way_that_nobody_here_asked_for_changes_nothing(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.at_sat.elsewhere(document.uuid, "Vigente", "En proceso")
        self.ask(move)
        self.assertEqual((document.state, document.sat_reading), ("stamped", "cancel_in_process"))
        self.assertLess(document.sat_next_date, fields.Datetime.now() + timedelta(hours=1))

    def test_a_receipt_and_201_change_nothing(self):
        self.sandbox.settings(cancel_state="En proceso")
        move = self.cancel_requested_invoice()
        self.press(move, "action_l10n_mx_facture_fetch_receipt")
        self.assertEqual(self.document(move).receipt_code, "201")
        self.ask(move)
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")

    def unknown_there(self, moves):
        """Let SAT not know these for longer than a stamp takes, with three activities a person at most."""
        documents = moves.l10n_mx_facture_document_id
        for document in documents:
            self.at_sat.says(document.uuid, "not_yet_known")
        self.due(documents)
        self.round()
        for document in documents:
            self.age_request(document, timedelta(hours=80))
        self.due(documents)
        with patch.object(notices, "MAX_ACTIVITIES", 3):
            self.round()

    def test_many_that_sat_does_not_know_are_told_without_an_activity_each(self):
        moves = self.env["account.move"].concat(*[self.stamped_invoice() for _number in range(4)])
        self.unknown_there(moves)
        self.assertEqual((len(moves.activity_ids), len(moves.activity_ids.user_id)), (3, 1))
        for move in moves:
            self.assertEqual(self.chatter(move).count("72 hours"), 1)
        # of each person
        other = self.stamped_invoice()
        other.invoice_user_id = self.create_user("other", "account.group_account_manager")
        self.unknown_there(other)
        self.assertEqual(other.activity_ids.user_id, other.invoice_user_id)

    def test_what_sat_does_not_know_for_72_hours_is_told_once(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.at_sat.says(document.uuid, "not_yet_known")
        self.ask(move)
        self.assertNotIn("72 hours", self.chatter(move))
        self.age_request(document, timedelta(hours=73))
        self.ask(move)
        self.ask(move)
        self.assertEqual(document.state, "stamped")
        self.assertEqual(self.chatter(move).count("72 hours"), 1)
        self.assertEqual(len(move.activity_ids), 1)
        # known, lost for a moment, and nobody is bothered
        self.at_sat.says(document.uuid, "live")
        self.ask(move)
        self.assertFalse(move.activity_ids)
        self.age_request(document, timedelta(days=30))
        self.at_sat.says(document.uuid, "not_yet_known")
        self.ask(move)
        self.assertEqual(self.chatter(move).count("72 hours"), 1)

    def test_what_is_known_again_settles_nothing_else(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.at_sat.says(document.uuid, "not_yet_known")
        self.ask(move)
        with self.committing() as env:
            document.with_env(env)._give_up_order("203: not of this issuer")
        self.age_request(document, timedelta(hours=73))
        self.ask(move)
        self.assertEqual(len(move.activity_ids), 2)
        self.at_sat.says(document.uuid, "live")
        self.ask(move)
        self.assertIn("203", move.activity_ids.note)

    def test_a_request_that_sat_does_not_show_is_told_once(self):
        move = self.cancel_requested_invoice()
        document = self.document(move)
        self.at_sat.says(document.uuid, "live")
        self.ask(move)
        self.assertEqual(move.activity_ids.ids, [])
        self.age_request(document, timedelta(hours=73))
        self.ask(move)
        self.ask(move)
        self.assertEqual(document.state, "cancel_requested")
        self.assertEqual(len(move.activity_ids), 1)
        self.assertEqual(self.chatter(move).count("without a request"), 1)

    def test_a_person_may_still_state_it(self):
        move = self.cancel_requested_invoice()
        document = self.document(move)
        self.press(document, "_record_sat_answer", True, "Seen in SAT's portal")
        self.assertEqual((document.state, document.resolution), ("cancelled", "Seen in SAT's portal"))
        self.at_sat.says(document.uuid, "live")
        self.ask(move)
        self.assertEqual((document.state, document.sat_reading), ("cancelled", "live"))

    def state_it(self, move, answer, **values):
        vals = {"move_id": move.id, "cancel_answer": answer, "note": "Somebody said so", **values}
        return self.env["l10n_mx_facture.resolve"].create(vals)

    def test_sat_is_asked_before_a_person_is_believed(self):
        move = self.cancel_requested_invoice()
        document = self.document(move)
        self.at_sat.says(document.uuid, "cancel_in_process")
        for answer in ("cancelled", "valid"):
            wizard = self.state_it(move, answer)
            self.assertIn("answers otherwise", self.refusal(wizard, "action_resolve"))
        self.assertEqual(document.state, "cancel_requested")
        self.press(self.state_it(move, "cancelled", insist=True), "action_resolve")
        self.assertEqual((document.state, document.resolution), ("cancelled", "Somebody said so"))

    def test_sat_settles_what_a_person_was_about_to_state(self):
        move = self.cancel_requested_invoice()
        document = self.document(move)
        self.at_sat.says(document.uuid, "cancelled")
        self.press(self.state_it(move, "valid"), "action_resolve")
        self.assertEqual((document.state, document.sat_reading), ("cancelled", "cancelled"))
        self.assertFalse(document.resolved_by_id, "it was SAT")

    def test_the_words_are_kept_as_they_came_one_row_a_change(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.at_sat.says(document.uuid, "live", ValidacionEFOS="100", EsCancelable="  Cancelable SIN aceptación. ")
        self.ask(move)
        self.ask(move)
        [row] = document.sat_answer_ids
        self.assertEqual(row.sat_es_cancelable, "  Cancelable SIN aceptación. ")
        self.assertEqual((document.sat_cancelling, document.sat_efos_reading), ("without_acceptance", "listed"))
        self.assertIn(f"id={document.uuid}".lower(), row.expression.lower())
        self.assertIn("ConsultaResponse", row.raw)
        self.at_sat.says(document.uuid, "live", ValidacionEFOS=None)
        self.ask(move)
        self.assertEqual(document.sat_answer_ids.mapped("sat_efos"), [False, "100"])
        self.assertFalse(document.sat_efos)
        for forbidden in (partial(row.sudo().write, {"reading": "live"}), row.sudo().unlink):
            with self.assertRaisesRegex(UserError, "evidence"):
                forbidden()

    def test_the_question_is_the_stored_xml_s_and_not_the_record_s(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET total = 1, rfc_receptor = 'XAXX010101000' WHERE id = %s",
            (document.id,),
        )
        self.env.invalidate_all()
        self.ask(move)
        self.assertEqual(document.sat_reading, "live")

    def test_an_answer_to_an_older_question_does_not_overrule_a_newer_one(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.ask(move)
        word = None
        with self.committing() as env:
            record = document.with_env(env)
            word = env["l10n_mx_facture.sat_gate"]._client().ask(record._sat_xml())
            self.at_sat.says(document.uuid, "unknown")
            record._sat_store(word, fields.Datetime.now() - timedelta(hours=1))
        self.assertEqual(len(document.sat_answer_ids), 1)
        self.assertGreater(document.sat_date, fields.Datetime.now() - timedelta(minutes=5))
