from unittest.mock import patch

from odoo.addons.l10n_mx_facture.pac.contract import Pac
from odoo.addons.l10n_mx_facture.pac.facture_rest.client import FactureRest

from ..support.common import CANCUN
from ..support.stamp_case import StampCase

ZIP_FAULTS = [
    "zip_truncated", "zip_bomb", "zip_path_tricks", "error_500_before", "html", "reset_before",
    "not_found_404",
]


class TestBulk(StampCase):
    """A selection of invoices: one ZIP a branch, each invoice with an outcome of its own."""

    def selection(self, count=3, **values):
        return self.create_invoices([values] * count)

    def states(self, moves):
        moves.invalidate_recordset()
        return [move.l10n_mx_facture_state for move in moves]

    def assertStampedOnce(self, moves):
        for move in moves:
            [entry] = self.book(move)
            self.assertEqual(move.l10n_mx_facture_state, "stamped")
            self.assertEqual(move.l10n_mx_facture_uuid, entry["uuid"].upper())
            document = move.l10n_mx_facture_document_id
            xml = self.sandbox.stamped(entry["uuid"])["xml"]
            self.assertEqual(document.xml_attachment_id.raw.decode(), xml)

    def test_a_selection_is_one_zip_and_each_invoice_gets_its_own(self):
        moves = self.selection(4)
        params = self.stamp(moves)
        self.assertEqual(params["type"], "success")
        self.assertIn("4 of 4", params["message"])
        [call] = self.calls("bulk")
        self.assertEqual(
            (call["method"], call["path"]), ("POST", "/rest/timbrado/masivoProduccion/")
        )
        self.assertEqual(call["headers"]["Sucursal"], self.branch.remote_id)
        self.assertTrue(call["headers"]["Content-Type"].startswith("multipart/form-data"))
        self.assertEqual(len(self.calls("bulk_zip")), 1)
        self.assertEqual(self.calls("stamp"), [])
        self.assertStampedOnce(moves)
        self.assertEqual(self.ledger(moves), [("stamp_many", "done")] * 4)
        # reading the credits once is enough
        self.assertEqual(len(self.calls("user")), 1)

    def test_each_branch_gets_a_zip_of_its_own(self):
        journal = self.create_journal("CUN", self.branch_at(CANCUN))
        here, there = self.selection(2), self.selection(2, journal_id=journal.id)
        # mixed, as people select
        self.stamp(here[0] + there[0] + here[1] + there[1])
        self.assertEqual(
            {call["headers"]["Sucursal"] for call in self.calls("bulk")},
            {self.branch.remote_id, self.branch_at(CANCUN).remote_id},
        )
        self.assertEqual(len(self.calls("bulk")), 2)
        self.assertStampedOnce(here + there)
        places = there.l10n_mx_facture_document_ids.mapped("lugar_expedicion")
        self.assertEqual(places, [CANCUN] * 2)

    def test_a_big_selection_goes_in_parts(self):
        self.account.bulk_size = 2
        moves = self.selection(5)
        self.stamp(moves)
        self.assertEqual(len(self.calls("bulk")), 2)
        self.assertEqual(len(self.calls("stamp")), 1)
        self.assertStampedOnce(moves)

    def test_refusals_are_named_and_hold_up_nobody(self):
        moves = self.selection(4)
        moves[1].button_draft()
        self.product.copy({"l10n_mx_facture_product_code_id": False})
        moves[2].invoice_line_ids.l10n_mx_facture_tax_object = "01"
        params = self.stamp(moves)
        self.assertEqual(self.states(moves), ["stamped", False, False, "stamped"])
        self.assertEqual(params["type"], "danger")
        self.assertIn("2 of 4", params["message"])
        for move in moves[1:3]:
            self.assertIn(move.name, params["message"])
        self.assertNotIn(moves[0].name, params["message"])
        self.assertStampedOnce(moves[0] + moves[3])
        self.assertEqual(len(self.own_book_of(moves)), 2)

    def own_book_of(self, moves):
        return [entry for move in moves for entry in self.book(move)]

    def test_what_the_service_refuses_is_rejected_alone(self):
        moves = self.selection(3)
        # what SAT's register says only the service can know
        self.sandbox.receiver(rfc="XIA190128J61", name="XENON INDUSTRIAL ARTICLES", zip="76343", regime="601")
        stranger = self.customer.copy({"vat": "XIA190128J61", "name": "Otra", "zip": "76343"})
        refused = self.create_invoice(partner_id=stranger.id)
        params = self.stamp(moves + refused)
        self.assertStampedOnce(moves)
        self.assertEqual(refused.l10n_mx_facture_state, "rejected")
        self.assertTrue(refused.l10n_mx_facture_document_id.message_code.startswith("CFDI4"))
        self.assertIn(refused.name, params["message"])
        self.assertEqual(self.book(refused), [])

    def test_stamped_ones_in_the_selection_are_left_alone(self):
        before = self.stamped_invoice()
        moves = self.selection(2)
        params = self.stamp(before + moves)
        self.assertIn("3 of 3", params["message"])
        self.assertStampedOnce(before + moves)

    def test_unknown_ones_in_the_selection_are_named_and_not_sent(self):
        unknown = self.unknown_invoice()
        moves = self.selection(2)
        params = self.stamp(unknown + moves)
        self.assertIn(unknown.name, params["message"])
        self.assertEqual(len(self.book(unknown)), 1)
        self.assertEqual(unknown.l10n_mx_facture_state, "unknown")
        self.assertStampedOnce(moves)

    def test_a_lost_answer_makes_all_of_it_unknown(self):
        for fault in ("reset_after", "error_500_after", "html", "cut", "empty", "garbage_xml"):
            with self.subTest(fault=fault):
                moves = self.selection(2)
                self.sandbox.fail("bulk", fault)
                self.stamp(moves)
                self.assertEqual(self.states(moves), ["unknown"] * 2)
                self.assertEqual(self.ledger(moves), [("stamp_many", "unknown")] * 2)
                self.assertEqual(len(self.own_book_of(moves)), 2)

    def test_a_call_that_is_refused_whole_is_no_unknown(self):
        moves = self.selection(2)
        self.sandbox.fail("bulk", "unauthorized_401")
        self.stamp(moves)
        self.assertEqual(self.states(moves), ["draft"] * 2)
        self.assertEqual(self.ledger(moves), [("stamp_many", "not_sent")] * 2)
        self.assertEqual(self.own_book_of(moves), [])

    def test_what_is_refused_as_a_whole_is_sent_in_halves(self):
        moves = self.selection(5)
        # 5, then 2 and 3 of which the second is refused again: 1 and 2
        self.sandbox.fail("bulk", "refuse", code="CFDI40138", text="No.")
        self.stamp(moves)
        self.assertEqual(len(self.calls("bulk")), 3)
        self.assertStampedOnce(moves)
        self.assertEqual(self.ledger(moves[0]), [("stamp_many", "rejected"), ("stamp_many", "done")])

    def test_the_one_that_is_minded_ends_alone(self):
        moves = self.selection(5)
        self.sandbox.fail("bulk", "refuse", times=9, code="CFDI40138", text="No.")
        self.sandbox.fail("stamp", "refuse", code="CFDI40138", text="This one.")
        params = self.stamp(moves)
        self.assertEqual(sorted(self.states(moves)), ["rejected"] + ["stamped"] * 4)
        refused = moves.filtered(lambda move: move.l10n_mx_facture_state == "rejected")
        self.assertIn(refused.name, params["message"])
        self.assertStampedOnce(moves - refused)
        self.assertEqual(self.own_book_of(refused), [])

    def test_without_bulk_each_has_a_call_of_its_own(self):
        self.sandbox.receiver(rfc="XIA190128J61", name="XENON INDUSTRIAL ARTICLES", zip="76343", regime="601")
        stranger = self.customer.copy({"vat": "XIA190128J61", "name": "Otra", "zip": "76343"})
        moves = self.selection(2) + self.create_invoice(partner_id=stranger.id) + self.create_invoice()
        # a service that takes one a call
        with patch.object(FactureRest, "stamp_many", Pac.stamp_many):
            params = self.stamp(moves)
        self.assertEqual((len(self.calls("stamp")), self.calls("bulk")), (4, []))
        self.assertStampedOnce(moves - moves[2])
        self.assertEqual(moves[2].l10n_mx_facture_state, "rejected")
        self.assertIn(moves[2].name, params["message"])
        self.assertEqual([outcome for _call, outcome in self.ledger(moves)].count("done"), 3)

    def test_a_lost_answer_to_the_whole_is_not_sent_in_halves(self):
        moves = self.selection(4)
        self.sandbox.fail("bulk", "error_500_before")
        self.stamp(moves)
        self.assertEqual(self.states(moves), ["unknown"] * 4)
        self.assertEqual(len(self.calls("bulk")), 1)

    def test_the_zip_that_is_lost_or_bad_leaves_no_stamp_believed(self):
        for fault in ZIP_FAULTS:
            with self.subTest(fault=fault):
                moves = self.selection(2)
                self.sandbox.fail("bulk_zip", fault, megabytes=30)
                self.stamp(moves)
                self.assertEqual(len(self.own_book_of(moves)), 2)
                for move in moves:
                    # entries of ours beside a bomb or a path trick are still good
                    believed = fault in ("zip_bomb", "zip_path_tricks")
                    self.assertEqual(
                        move.l10n_mx_facture_state, "stamped" if believed else "unknown"
                    )
                    self.assertEqual(len(self.book(move)), 1)

    def test_entries_are_believed_by_their_content(self):
        for fault, states in (
            ("zip_missing_entry", ["unknown", "stamped", "stamped"]),
            ("zip_foreign_entry", ["unknown", "stamped", "stamped"]),
            ("zip_swapped_entries", ["unknown", "unknown", "stamped"]),
            ("zip_duplicate_entry", ["unknown", "stamped", "stamped"]),
        ):
            with self.subTest(fault=fault):
                moves = self.selection(3)
                self.sandbox.fail("bulk_zip", fault)
                self.stamp(moves)
                # the archive is sorted by name, and so are the documents' numbers
                self.assertEqual(self.states(moves), states)
                self.assertStampedOnce(moves.filtered(lambda m: m.l10n_mx_facture_uuid))
                self.assertEqual(len(self.own_book_of(moves)), 3)

    def test_the_report_may_be_reordered_or_lack_and_have_entries(self):
        for fault in ("report_reordered", "report_missing_entry", "report_extra_entry"):
            with self.subTest(fault=fault):
                moves = self.selection(3)
                self.sandbox.fail("bulk", fault)
                self.stamp(moves)
                self.assertStampedOnce(moves)

    def test_credits_that_run_out_reject_the_rest(self):
        self.sandbox.user(name=self.login, credits=2)
        moves = self.selection(4)
        params = self.stamp(moves)
        self.sandbox.user(name=self.login, credits=1000)
        states = self.states(moves)
        self.assertEqual((states.count("stamped"), states.count("rejected")), (2, 2))
        self.assertEqual(len(self.own_book_of(moves)), 2)
        refused = moves.filtered(lambda move: move.l10n_mx_facture_state == "rejected")
        self.assertEqual(set(refused.l10n_mx_facture_document_ids.mapped("message_code")), {"718"})
        self.assertIn("0 credits", params["message"])
        # bought new ones: only the rest is sent
        self.stamp(moves)
        self.assertStampedOnce(moves)

    def test_unknown_entries_are_resolved_one_by_one(self):
        moves = self.selection(2)
        self.sandbox.fail("bulk_zip", "zip_swapped_entries")
        self.stamp(moves)
        for move in moves:
            uuid = self.book(move)[0]["uuid"]
            self.press(move, "l10n_mx_facture_resolve_unknown", uuid)
        self.assertStampedOnce(moves)

    def test_the_pdfs_of_a_selection_come_with_the_cron(self):
        moves = self.selection(2)
        self.stamp(moves)
        self.assertFalse(moves.l10n_mx_facture_document_ids.pdf_attachment_id)
        self.assertEqual(self.calls("pdf"), [])
        self.press(self.env["l10n_mx_facture.document"], "_cron_stamp")
        for document in moves.l10n_mx_facture_document_ids:
            self.assertTrue(document.pdf_attachment_id.raw.startswith(b"%PDF"))

    def test_a_blocked_account_holds_up_its_own_invoices_only(self):
        journal = self.create_journal("CUN")
        other = self._create_account(name="Second", environment="production")
        self.press(other, "action_sync_branches")
        other.branch_ids[0].journal_ids = journal
        other.sudo().database_uuid = "another database"
        moves = self.selection(2)
        blocked = self.create_invoice(journal_id=journal.id)
        self.sandbox.reset()
        params = self.stamp(moves + blocked)
        self.assertStampedOnce(moves)
        self.assertFalse(blocked.l10n_mx_facture_state)
        self.assertIn(blocked.name, params["message"])
        self.assertEqual(self.book(blocked), [])

    def test_invoices_older_than_their_journal_s_branch_go_through_the_right_one(self):
        journal = self.create_journal("CUN")
        self.branch.journal_ids = False
        here, there = self.selection(2), self.selection(2, journal_id=journal.id)
        self.assertFalse((here + there).l10n_mx_facture_branch_id)
        self.branch.journal_ids = self.journal
        self.branch_at(CANCUN).journal_ids = journal
        self.stamp(here + there)
        self.assertStampedOnce(here + there)
        for moves, branch in ((here, self.branch), (there, self.branch_at(CANCUN))):
            self.assertEqual(moves.l10n_mx_facture_document_ids.branch_id, branch)

    def test_an_answer_that_can_t_be_stored_loses_none_of_the_others(self):
        moves = self.selection(4)
        cls = type(self.env["l10n_mx_facture.document"])
        failing = moves[1]
        adopt, store = cls._adopt_many, cls._store_failure

        def broken_adopt(record, stamped, *args, **kwargs):
            if any(document.move_id.id == failing.id for document in stamped):
                raise OSError("No space left on device")
            return adopt(record, stamped, *args, **kwargs)

        def broken_store(record, *args, **kwargs):
            if record.move_id.id == failing.id:
                raise OSError("No space left on device")
            return store(record, *args, **kwargs)

        with (
            patch.object(cls, "_adopt_many", broken_adopt),
            patch.object(cls, "_store_failure", broken_store),
            self.assertLogs("odoo.addons.l10n_mx_facture", "CRITICAL") as logs,
        ):
            self.stamp(moves)
        self.assertStampedOnce(moves - failing)
        # as if the process had died for this one alone; its XML is in the log as the last resort
        self.assertEqual(failing.l10n_mx_facture_state, "sending")
        self.assertIn(self.book(failing)[0]["uuid"].upper(), "".join(logs.output).upper())
