import hashlib
import json
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.addons.l10n_mx_facture.models.cancel import receipt

from ..support.stamp_case import StampCase


class TestReceipt(StampCase):
    """The acuse: proof that the request arrived at SAT, kept with the CFDI, and no more than that."""

    def fetch(self, move):
        return self.press(move, "action_l10n_mx_facture_fetch_receipt")

    def test_each_form_of_the_address_is_understood(self):
        for form in ("query", "printed", "both"):
            with self.subTest(form=form):
                move = self.cancel_requested_invoice()
                self.sandbox.reset()
                self.sandbox.settings(acuse_form=form)
                self.fetch(move)
                document = move.l10n_mx_facture_document_id
                acuse = document.receipt_attachment_id
                self.assertIn(document.uuid.upper(), acuse.raw.decode().upper())
                self.assertEqual((acuse.res_model, acuse.res_id), ("account.move", move.id))
                self.assertTrue(acuse.name.startswith("acuse_"))
                self.assertEqual(document.receipt_code, "201")
                paths = [call["path"] for call in self.calls("receipt")]
                self.assertEqual(paths[0], "/rest/cancelacion/acuse/")
                self.assertEqual(len(paths) > 1, form == "printed")

    def test_a_receipt_cancels_nothing(self):
        move = self.cancel_requested_invoice()
        self.fetch(move)
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")

    def test_somebody_else_s_receipt_is_not_kept(self):
        move = self.cancel_requested_invoice()
        self.sandbox.fail("receipt", "foreign_acuse", times=-1)
        self.refusal(move, "action_l10n_mx_facture_fetch_receipt")
        self.assertFalse(move.l10n_mx_facture_document_id.receipt_attachment_id)
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")

    def test_no_receipt_yet_is_told(self):
        move = self.cancel_requested_invoice()
        self.sandbox.fail("receipt", "not_found_404", times=-1)
        self.assertIn("nothing of the kind", self.refusal(move, "action_l10n_mx_facture_fetch_receipt"))
        self.assertFalse(move.l10n_mx_facture_document_id.receipt_attachment_id)
        self.sandbox.reset()
        self.fetch(move)
        self.assertTrue(move.l10n_mx_facture_document_id.receipt_attachment_id)

    def test_a_service_in_trouble_is_no_receipt(self):
        move = self.cancel_requested_invoice()
        for fault in ("error_500_before", "html", "cut", "empty", "garbage_xml", "reset_before"):
            with self.subTest(fault=fault):
                self.sandbox.reset()
                self.sandbox.fail("receipt", fault, times=-1)
                self.refusal(move, "action_l10n_mx_facture_fetch_receipt")
                self.assertFalse(move.l10n_mx_facture_document_id.receipt_attachment_id)

    def test_without_a_request_nothing_is_asked(self):
        for move in (self.stamped_invoice(), self.unknown_invoice(), self.create_invoice()):
            self.refusal(move, "action_l10n_mx_facture_fetch_receipt")
        self.assertEqual(self.calls("receipt"), [])

    def test_the_same_receipt_is_kept_once_and_a_newer_one_beside_it(self):
        move = self.cancel_requested_invoice()
        self.fetch(move)
        first = move.l10n_mx_facture_document_id.receipt_attachment_id
        self.fetch(move)
        self.assertEqual(move.l10n_mx_facture_document_id.receipt_attachment_id, first)
        attachments = self.env["ir.attachment"].search_count(
            [("res_model", "=", "account.move"), ("res_id", "=", move.id), ("name", "like", "acuse")]
        )
        self.assertEqual(attachments, 1)
        # SAT's second word on the same UUID
        self.sandbox.cfdi(move.l10n_mx_facture_uuid, estado="Cancelado")
        self.press(self.wizard_valid(move), "action_resolve")
        self.cancel(move)
        self.fetch(move)
        document = move.l10n_mx_facture_document_id
        self.assertNotEqual(document.receipt_attachment_id, first)
        self.assertEqual(document.receipt_code, "202")
        self.assertTrue(first.exists())
        self.assertEqual(document.former_receipt_ids, first)
        self.assertEqual(
            document.receipt_hashes,
            {str(one.id): hashlib.sha256(one.raw).hexdigest() for one in first | document.receipt_attachment_id},
        )
        self.refusal(first, "unlink")
        self.refusal(first, "write", {"raw": b"x"})
        evidence = document._evidence()
        self.assertEqual(evidence["receipt_before_1.xml"][1], first.raw)
        self.assertEqual(evidence["receipt.xml"][1], document.receipt_attachment_id.raw)
        # it stays evidence: a change of it is found too
        self.assertEqual(document._integrity_problems(), [])
        hashes = {**document.receipt_hashes, str(first.id): "0" * 64}
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET receipt_hashes = %s WHERE id = %s", (json.dumps(hashes), document.id)
        )
        self.env.invalidate_all()
        [problem] = document._integrity_problems()
        self.assertIn("Receipt", problem)

    def wizard_valid(self, move):
        return self.env["l10n_mx_facture.resolve"].create(
            {"move_id": move.id, "cancel_answer": "valid", "note": "Portal"}
        )

    def test_a_conflict_ends_one_receipt_and_not_the_round(self):
        moves = self.cancel_requested_invoice() + self.cancel_requested_invoice()
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET receipt_next_date = NULL WHERE move_id = ANY(%s)", (moves.ids,)
        )
        self.env.invalidate_all()
        conflicts, checkpoint = [], receipt.checkpoint

        def conflicting(env):
            # the first commit is that of the claim, the second that of the first receipt
            conflicts.append(env)
            if len(conflicts) == 2:
                raise SerializationFailure("another worker was faster")
            return checkpoint(env)

        with patch.object(receipt, "checkpoint", conflicting), self.committing() as env:
            env["l10n_mx_facture.document"]._cron_receipts()
        self.env.invalidate_all()
        self.assertGreater(len(conflicts), 2, "the round went on")
        self.assertTrue(any(moves.l10n_mx_facture_document_id.mapped("receipt_attachment_id.id")))
