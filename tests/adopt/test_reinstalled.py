import base64

from ..support.adopt_case import AdoptCase
from ..support.two_steps_case import TwoStepsCase

TABLES = ("divergence", "sat_answer", "relation", "run_refusal", "request", "document")
LINKS = ("document_id", "made_for_id", "undoes_id")


class Reinstalls:
    """After the module was removed and installed again its tables are empty; the files are still there."""

    def reinstall(self):
        """Empty our tables as an uninstall does; the account and its branches are entered again."""
        self.env.flush_all()
        for name in LINKS:
            self.env.cr.execute(f"UPDATE account_move SET l10n_mx_facture_{name} = NULL")
        self.env.cr.execute("DELETE FROM l10n_mx_facture_former_receipt")
        for table in TABLES:
            self.env.cr.execute(f"DELETE FROM l10n_mx_facture_{table}")
        self.env.invalidate_all()


class TestReinstalled(Reinstalls, AdoptCase):
    """All files of the invoices are adopted at once."""

    def adopt_all(self):
        wizard = self.env["l10n_mx_facture.adopt"].create({})
        self.press(wizard, "action_find")
        self.press(wizard, "action_adopt")
        for move in wizard.line_ids.move_id:
            document = move.l10n_mx_facture_document_id
            if document and not document.sat_date:
                self.due(document)
        self.round()
        return wizard

    def test_all_come_back_as_they_were(self):
        stamped, note = self.stamped_invoice(), None
        note = self.credit_note(self.stamped_invoice())
        credited = note.reversed_entry_id
        cancelled = self.cancel_requested_invoice()
        self.press(cancelled, "action_l10n_mx_facture_fetch_receipt")
        self.confirm(cancelled)
        self.assertEqual(cancelled.l10n_mx_facture_state, "cancelled")
        moves = stamped | note | credited | cancelled
        before = {move: (move.l10n_mx_facture_uuid, move.l10n_mx_facture_state) for move in moves}
        files = {move: len(move.attachment_ids) for move in moves}
        receipt = cancelled.l10n_mx_facture_receipt_attachment_id
        self.reinstall()
        self.assertEqual(set(moves.mapped("l10n_mx_facture_state")), {False})
        for move in moves.filtered(lambda one: one.state == "posted"):
            self.refusal(move, "action_l10n_mx_facture_stamp")
        self.adopt_all()
        after = {move: (move.l10n_mx_facture_uuid, move.l10n_mx_facture_state) for move in moves}
        self.assertEqual(after, before)
        self.assertEqual({move: len(move.attachment_ids) for move in moves}, files, "no file twice")
        self.assertEqual(note.l10n_mx_facture_relation_ids.document_id, credited.l10n_mx_facture_document_id)
        document = cancelled.l10n_mx_facture_document_id
        self.assertEqual(document.receipt_attachment_id, receipt)
        self.assertFalse(cancelled.activity_ids, "its invoice was cancelled long ago: nobody has to do anything")
        self.assertTrue(stamped.l10n_mx_facture_pdf_attachment_id)
        for move in moves:
            self.assertEqual(move.l10n_mx_facture_document_id._integrity_problems(), [])
            self.assertEqual(len(self.book(move)), 1)

    def test_an_invoice_that_was_stamped_twice_gets_the_valid_one(self):
        move = self.stamped_invoice()
        first = move.l10n_mx_facture_uuid
        self.at_sat.elsewhere(first)
        self.ask(move)
        self.stamp(move)
        second = move.l10n_mx_facture_uuid
        self.assertNotEqual(first, second)
        self.reinstall()
        self.adopt_all()
        states = {one.uuid: one.state for one in move.l10n_mx_facture_document_ids}
        self.assertEqual(states, {first: "cancelled", second: "stamped"})
        self.assertEqual(move.l10n_mx_facture_uuid, second)

    def test_a_substitution_goes_on(self):
        old = self.stamped_invoice()
        self.press(old, "action_l10n_mx_facture_substitute")
        new = old.l10n_mx_facture_substitute_id
        self.post_and_stamp(new)
        self.reinstall()
        self.adopt_all()
        self.assertEqual(old.l10n_mx_facture_substitute_id, new)
        self.cancel(old, "01", new.l10n_mx_facture_uuid)
        self.assertEqual(old.l10n_mx_facture_state, "cancel_requested")


class TestReinstalledTwoSteps(Reinstalls, TwoStepsCase):
    """A service that finds a CFDI only by its own id of the invoice is told that id."""

    def adopted_again(self, **values):
        """:return: an invoice that this service stamped, adopted with its id there after all was lost here"""
        move = self.stamped_invoice()
        number, uuid = move.l10n_mx_facture_document_id.remote_id, move.l10n_mx_facture_uuid
        xml = base64.b64encode(move.l10n_mx_facture_xml_attachment_id.raw)
        self.reinstall()
        of_source = {
            "service": {"uuid": uuid, "remote_id": number},
            "upload": {"file": xml, "file_name": "x.xml"},
            "attachment": {},
        }[values["source"]]
        wizard = self.env["l10n_mx_facture.adopt"].create({"move_ids": move.ids, **values, **of_source})
        self.assertTrue(wizard.needs_remote_id)
        self.press(wizard, "action_find")
        wizard.line_ids.remote_id = number
        self.press(wizard, "action_adopt")
        self.assertEqual((move.l10n_mx_facture_uuid, move.l10n_mx_facture_document_id.remote_id), (uuid, number))
        return move

    def test_it_is_cancelled_by_that_id(self):
        for source in ("service", "upload", "attachment"):
            with self.subTest(source):
                move = self.adopted_again(source=source)
                self.cancel(move)
                self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")
