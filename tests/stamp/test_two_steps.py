"""A service that is handed an invoice first and asked for the stamp by its own id then."""

import json

from odoo import fields

from ..support.two_steps_case import TwoStepsCase


class TestTwoSteps(TwoStepsCase):
    def test_stamped_with_a_row_of_the_ledger_for_each_step(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.assertEqual(self.ledger(move), [("create", "done"), ("stamp", "done")])
        [row] = self.book(move)
        self.assertEqual(move.l10n_mx_facture_uuid, row["uuid"].upper())
        self.assertEqual(document.xml_attachment_id.raw, self.sandbox.stamped(row["uuid"])["xml"].encode())
        self.assertTrue(document.pdf_attachment_id.raw.startswith(b"%PDF-"))
        self.assertEqual(len(self.calls("sello_read")), 1, "a look before the stamp; the PDF came with it")
        self.assertTrue(document.remote_id.isdigit())
        invoice = json.loads(document.draft_sent)["invoice"]
        self.assertEqual((invoice["serie"], invoice["folio"]), (self.prefix, move.sequence_number))
        self.assertEqual(invoice["is_test"], True)

    def test_the_id_is_committed_before_the_stamp_is_asked(self):
        move = self.create_invoice()
        with self.dying("stamp_created", done=True):
            self.stamp(move)
        self.assertEqual(self.ledger(move), [("create", "done"), ("stamp", "pending")])
        document = self.document(move)
        self.assertTrue(document.remote_id)
        self.age(move, 600)
        self.assertEqual(self.outcomes(move), ["stamped"])
        self.assertEqual(self.ledger(move), [("create", "done"), ("stamp", "unknown"), ("recover", "done")])
        self.assertEqual(len(self.book(move)), 1)
        self.assertEqual(move.l10n_mx_facture_uuid, self.book(move)[0]["uuid"].upper())
        self.assertIn("answer was lost", document.resolution)

    def test_died_before_the_stamp_was_asked(self):
        move = self.create_invoice()
        with self.dying("stamp_created", done=False):
            self.stamp(move)
        self.age(move, 600)
        self.assertEqual(self.outcomes(move), ["rejected"])
        self.assertIn("asked", move.l10n_mx_facture_message)
        # the earlier attempt is looked up, and nothing is there
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(self.book(move)), 1)
        self.assertEqual(len(move.l10n_mx_facture_document_ids), 2)

    def test_died_while_it_was_handed_over(self):
        move = self.create_invoice()
        with self.dying("create", done=True):
            self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "sending")
        self.age(move, 600)
        self.assertEqual(self.outcomes(move), ["draft"], "nothing fiscal happened")
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(self.book(move)), 1)

    def test_a_lost_create_leaves_nothing_fiscal(self):
        move = self.create_invoice()
        for fault in ("reset_after", "error_500_before", "html"):
            with self.subTest(fault):
                self.sandbox.fail("sello_create", fault)
                answer = self.stamp(move)
                self.assertEqual(move.l10n_mx_facture_state, "draft", answer["message"])
                self.assertEqual(self.ledger(move)[-1], ("create", "unknown"))
                self.assertIn("Nothing was stamped", move.l10n_mx_facture_message)
        self.assertFalse(self.book(move))
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_a_lost_answer_to_the_stamp_is_looked_up(self):
        for fault in ("reset_after", "error_500_before", "cut"):
            with self.subTest(fault):
                move = self.create_invoice()
                self.sandbox.fail("sello_stamp", fault)
                self.stamp(move)
                self.assertEqual(move.l10n_mx_facture_state, "unknown")
                self.assertIn("Resolve", self.refusal(move, "action_l10n_mx_facture_stamp"))
                self.due(move)
                self.assertEqual(self.outcomes(move), ["stamped"] if fault != "error_500_before" else ["unknown"])
                if fault == "error_500_before":
                    # it never was stamped: that is believed once the call can't be in work any more
                    self.age(move, 600)
                    self.due(move)
                    self.assertEqual(self.outcomes(move), ["rejected"])

    def test_what_the_service_refuses_is_told_in_its_words(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "refuse", code="CFDI40148", text="El domicilio no coincide.")
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "rejected")
        self.assertIn("CFDI40148", move.l10n_mx_facture_message)
        first = self.document(move)
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        looked_at = [call["path"] for call in self.calls("sello_read")]
        self.assertEqual(looked_at.count(f"/invoices/{first.remote_id}"), 2, "the first attempt before the second")

    def test_stamped_at_the_service_after_it_was_refused(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "refuse", code="CFDI40148", text="El domicilio no coincide.")
        self.stamp(move)
        rejected = self.document(move)
        # somebody has it stamped in the service's own pages
        self.press(self.account, "_client").stamp_created(rejected.remote_id, rejected._payload_bytes())
        self.assertEqual(len(self.book(move)), 1)
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(self.document(move), rejected)
        self.assertEqual(len(self.book(move)), 1, "never a second stamp")
        self.assertEqual(len(self.calls("sello_create")), 1)

    def test_an_earlier_attempt_that_cannot_be_looked_up(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "refuse", code="CFDI40148", text="El domicilio no coincide.")
        self.stamp(move)
        self.sandbox.fail("sello_read", "error_500_before")
        self.assertIn("earlier attempt", self.stamp(move)["message"])
        self.assertEqual(move.l10n_mx_facture_state, "draft")
        self.assertFalse(self.book(move))
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_what_is_not_stamped_for_the_moment_comes_back_by_itself(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "pending", times=2)
        answer = self.stamp(move)
        document = self.document(move)
        self.assertIn("tried again automatically", answer["message"])
        self.assertEqual(document.state, "draft")
        self.assertTrue(document.date_queued and document.date_due > document.date_queued)
        first = document.date_due - document.date_queued
        self.assertEqual(self.outcomes(move), ["draft"], "not before its time")
        self.due(move)
        self.assertEqual(self.outcomes(move), ["draft"])
        self.assertGreater(document.date_due - fields.Datetime.now(), first)
        self.due(move)
        self.assertEqual(self.outcomes(move), ["stamped"])
        self.assertEqual(len(self.calls("sello_create")), 1, "under the same id")
        self.assertEqual(
            self.ledger(move), [("create", "done"), ("stamp", "not_sent"), ("stamp", "not_sent"), ("stamp", "done")]
        )

    def test_what_waits_at_the_service_gives_way_to_what_was_corrected(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "pending")
        self.stamp(move)
        waiting = self.document(move)
        move.button_draft()
        move.invoice_line_ids.price_unit = 200
        move.action_post()
        # so long after the call the service doesn't stamp by itself any more
        self.age(move, 900)
        self.stamp(move)
        self.assertEqual(waiting.state, "rejected")
        self.assertNotEqual(self.document(move), waiting)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        [row] = self.book(move)
        self.assertEqual(float(row["total"]), 232)

    def test_many_at_once_each_with_its_own_outcome(self):
        moves = self.create_invoices([{}] * 5)
        self.sandbox.fail("sello_stamp", "pending")
        self.sandbox.fail("sello_create", "reset_after")
        self.stamp(moves)
        self.assertEqual(sorted(moves.mapped("l10n_mx_facture_state")), ["draft"] * 2 + ["stamped"] * 3)
        self.assertEqual(sum(len(self.book(move)) for move in moves), 3)
        self.due(moves)
        self.outcomes(moves)
        self.stamp(moves)
        self.assertEqual(set(moves.mapped("l10n_mx_facture_state")), {"stamped"})
        self.assertEqual([len(self.book(move)) for move in moves], [1] * 5)

    def test_ids_that_are_missing_are_told_before_anything_is_sent(self):
        self.account.code_ids.filtered(lambda row: row.code.startswith("tax:")).unlink()
        move = self.create_invoice()
        text = self.refusal(move, "action_l10n_mx_facture_stamp")
        self.assertIn("tax:Traslado:002:Tasa:0.160000", text)
        self.assertIn(self.account.name, text)
        self.assertFalse(self.calls("sello_create"))

    def test_another_ones_xml_is_not_adopted(self):
        other = self.stamped_invoice(lines=[{"price_unit": 77.0}])
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "foreign_cfdi")
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        self.assertNotEqual(move.l10n_mx_facture_uuid, other.l10n_mx_facture_uuid)
        self.assertEqual(self.outcomes(move), ["stamped"], "asked again, it gave the right one")

    def test_cancelled_when_sat_says_so(self):
        move = self.stamped_invoice()
        self.cancel(move)
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")
        self.assertFalse(move.l10n_mx_facture_has_receipts)
        self.assertIn("no such function", self.refusal(move, "action_l10n_mx_facture_fetch_receipt"))

    def test_payments_that_differ_are_pointed_out(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.assertEqual((document.service_paid, document.paid_difference), ("not_paid", False))
        self.sandbox.draft(document.remote_id, paid=True)
        answer = self.press(move, "action_l10n_mx_facture_check_at_service")["params"]
        self.assertIn("Paid at the service, not in Odoo", answer["message"])
        self.assertEqual(document.service_paid, "paid")
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({})._create_payments()
        # as the next form reads it
        document.invalidate_recordset(["paid_difference"])
        self.assertFalse(document.paid_difference)

    def test_not_stamped_is_not_believed_while_the_service_has_it(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "reset_after")
        self.stamp(move)
        self.age(move, 900)
        self.press(move, "l10n_mx_facture_resolve_unknown", None, "I saw nothing there")
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertIn("Before this was stated, the service was asked", self.document(move).resolution)
