from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form

from ..support.stamp_case import StampCase


class TestResolve(StampCase):
    """A lost answer blocks the invoice until a person records what became of it."""

    def resolve(self, move, uuid=None, note="Portal, 12:05", **kwargs):
        return self.press(move, "l10n_mx_facture_resolve_unknown", uuid, note, **kwargs)

    def wizard(self, move, **values):
        wizard = self.env["l10n_mx_facture.resolve"].create({"move_id": move.id, **values})
        return wizard

    def test_an_unknown_invoice_can_t_be_stamped_reset_cancelled_or_deleted(self):
        move = self.unknown_invoice()
        for method in ("action_l10n_mx_facture_stamp", "button_draft", "button_cancel", "unlink"):
            with self.subTest(method=method):
                self.assertTrue(self.refusal(move, method))
        self.refusal(move.with_context(force_delete=True), "unlink")
        self.refusal(move, "write", {"state": "draft"})
        self.refusal(move, "l10n_mx_facture_cancel", "02")
        self.assertEqual((move.state, move.l10n_mx_facture_state), ("posted", "unknown"))
        self.assertFalse(move.show_reset_to_draft_button)
        self.assertEqual(len(self.calls("stamp")), 1)
        self.assertEqual(len(self.book(move)), 1)

    def test_what_an_answer_needs_is_marked_as_required(self):
        def lacks(move, **values):
            form = Form(self.env["l10n_mx_facture.resolve"].with_context(default_move_id=move.id))
            for name, value in values.items():
                form[name] = value
            try:
                form.save()
            except AssertionError as error:
                return str(error).split("'")[0].split()[0]
            return None

        lost, requested = self.unknown_invoice(), self.cancel_requested_invoice()
        self.assertEqual(lacks(lost, note="Portal"), "answer")
        self.assertEqual(lacks(lost, answer="stamped", note="Portal"), "uuid")
        self.assertEqual(lacks(lost, answer="not_stamped"), "note")
        self.assertIsNone(lacks(lost, answer="not_stamped", note="Portal"))
        self.assertEqual(lacks(requested, note="Portal"), "cancel_answer")
        self.assertEqual(lacks(requested, cancel_answer="valid"), "note")
        self.assertIsNone(lacks(requested, cancel_answer="valid", note="Portal"))

    def test_the_right_uuid_settles_it(self):
        move = self.unknown_invoice()
        [entry] = self.book(move)
        self.resolve(move, f" {entry['uuid'].lower()} ")
        document = move.l10n_mx_facture_document_id
        self.assertEqual((document.state, document.uuid), ("stamped", entry["uuid"].upper()))
        self.assertEqual(
            document.xml_attachment_id.raw.decode(), self.sandbox.stamped(entry["uuid"])["xml"]
        )
        self.assertTrue(document.pdf_attachment_id)
        self.assertFalse(document.message_text)
        self.assertEqual(document.resolved_by_id, self.env.user)
        self.assertAlmostEqual(
            document.resolved_date, fields.Datetime.now(), delta=timedelta(minutes=1)
        )
        self.assertEqual(document.resolution, "Portal, 12:05")
        self.assertIn("Portal, 12:05", self.chatter(move))
        # the ledger still tells that the answer was lost
        self.assertEqual(self.ledger(move), [("stamp", "unknown")])
        self.assertEqual(len(self.calls("stamp")), 1)

    def test_somebody_else_s_uuid_is_refused_with_the_differences(self):
        move, other = self.unknown_invoice(), self.stamped_invoice(lines=[{"price_unit": 321.0}])
        text = self.refusal(
            move, "l10n_mx_facture_resolve_unknown", other.l10n_mx_facture_uuid, "x"
        )
        self.assertIn("Folio", text)
        self.assertIn("Total", text)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        self.assertFalse(move.l10n_mx_facture_document_id.resolved_by_id)

    def test_a_twin_with_another_folio_is_refused_too(self):
        move, other = self.unknown_invoice(), self.stamped_invoice()
        self.refusal(move, "l10n_mx_facture_resolve_unknown", other.l10n_mx_facture_uuid)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")

    def test_a_uuid_that_does_not_exist_or_is_none_settles_nothing(self):
        move = self.unknown_invoice()
        for uuid in ("5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9", "not-a-uuid", "' OR 1=1"):
            with self.subTest(uuid=uuid):
                self.refusal(move, "l10n_mx_facture_resolve_unknown", uuid, "x")
                self.assertEqual(move.l10n_mx_facture_state, "unknown")

    def test_a_service_that_is_down_or_lies_settles_nothing(self):
        move = self.unknown_invoice()
        uuid = self.book(move)[0]["uuid"]
        other = self.stamped_invoice()
        for fault in ("error_500_before", "html", "cut", "reset_after", "garbage_xml", "empty"):
            with self.subTest(fault=fault):
                self.sandbox.fail("xml", fault)
                self.refusal(move, "l10n_mx_facture_resolve_unknown", uuid, "x")
                self.assertEqual(move.l10n_mx_facture_state, "unknown")
        self.assertEqual(other.l10n_mx_facture_state, "stamped")

    def test_the_statement_that_it_was_not_stamped_frees_the_invoice(self):
        move = self.create_invoice()
        self.sandbox.fail("stamp", "reset_before")
        self.stamp(move)
        text = self.refusal(move, "l10n_mx_facture_resolve_unknown", None, "Portal: no hay nada")
        self.assertIn("may still be working on it", text)
        self.age(move, 900)
        self.resolve(move, None, "Portal: no hay nada")
        document = move.l10n_mx_facture_document_id
        self.assertEqual(document.state, "rejected")
        self.assertEqual(document.resolved_by_id, self.env.user)
        self.assertTrue(document.resolved_date)
        self.assertEqual(document.resolution, "Portal: no hay nada")
        self.assertIn("Portal: no hay nada", self.chatter(move))
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(self.book(move)), 1)
        self.assertEqual(len(move.l10n_mx_facture_document_ids), 2)

    def test_only_an_unknown_one_is_resolved(self):
        stamped = self.stamped_invoice()
        for uuid in (None, stamped.l10n_mx_facture_uuid):
            self.refusal(stamped, "l10n_mx_facture_resolve_unknown", uuid, "x")
        self.assertEqual(stamped.l10n_mx_facture_state, "stamped")
        waiting = self.create_invoice()
        self.assertIn("no CFDI", self.refusal(waiting, "l10n_mx_facture_resolve_unknown"))

    def test_the_wizard_wants_to_know_where_it_was_seen(self):
        move = self.unknown_invoice()
        for values, word in (
            ({"answer": "not_stamped"}, "where you saw"),
            ({"answer": "not_stamped", "note": "  "}, "where you saw"),
            ({"note": "Portal"}, "whether it was stamped"),
            ({"answer": "stamped", "note": "Portal"}, "UUID"),
        ):
            with self.subTest(**values), self.assertRaisesRegex(UserError, word):
                self.wizard(move, **values).action_resolve()
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        uuid = self.book(move)[0]["uuid"]
        self.wizard(move, answer="stamped", uuid=uuid, note="Portal").action_resolve()
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(move.l10n_mx_facture_document_id.resolution, "Portal")

    def test_the_wizard_forgets_a_uuid_beside_not_stamped(self):
        move = self.unknown_invoice()
        uuid = self.book(move)[0]["uuid"]
        self.age(move, 900)
        self.wizard(move, answer="not_stamped", uuid=uuid, note="Portal").action_resolve()
        self.assertEqual(move.l10n_mx_facture_state, "rejected")
        self.assertFalse(move.l10n_mx_facture_uuid)
