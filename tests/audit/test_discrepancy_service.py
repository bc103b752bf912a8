from odoo.addons.l10n_mx_facture.pac.errors import UnknownOutcome

from ..support.discrepancy_case import DiscrepancyMixin
from ..support.sat_case import SatMixin
from ..support.services_case import ServicesCase


class AtServiceCase(DiscrepancyMixin, ServicesCase):
    """An invoice that the service refused, as far as we know, and has stamped meanwhile."""

    def refused(self, provider, stamped=True):
        """:return: an invoice that counts as refused, though the service may have stamped it"""
        account = self.account_of(provider)
        self.env["l10n_mx_facture.branch"].search([]).journal_ids = False
        self.branch_of(account).journal_ids = self.journal
        move = self.create_invoice()
        if stamped:
            operation = "stamp_created" if account._capabilities().needs_create else "stamp"
            self.account = account
            with self.dying(operation, done=True):
                self.stamp(move)
            self.sql(
                "UPDATE l10n_mx_facture_document SET state = 'rejected' WHERE move_id = %s", move.id,
            )
        return move

    def own_stamps(self, move):
        return self.sandbox.book(serie=self.prefix, folio=str(move.sequence_number))

    def stamped_twice(self):
        """:return: an invoice whose refused attempt was stamped too, the discrepancy about it, and that UUID"""
        move = self.refused("facture_api")
        old = move.l10n_mx_facture_document_id
        self.stamp(move)
        self.night()
        [other] = [row["uuid"] for row in self.own_stamps(move) if row["uuid"].upper() != move.l10n_mx_facture_uuid]
        return move, self.found(old, "at_service"), other

    def cancel_there(self, row, uuid):
        """Do at the service what the refusal to adopt asks for."""
        self.assertIn("Cancel it at the service", self.refusal(row, "action_fix"))
        document = row.document_id
        answer = document.account_id._client().cancel(uuid, document.branch_id.remote_id, "02", None, None)
        self.assertTrue(answer.accepted)

    def next_night(self):
        self.sql("UPDATE l10n_mx_facture_document SET lookup_date = lookup_date - interval '2 days'")
        self.night()


class TestDiscrepancyAtService(AtServiceCase):
    """It is found each night until it is adopted or cancelled there."""

    def test_found_and_adopted(self):
        self.company.partner_id.lang = "en_US"
        for provider in ("sello_digital", "facture_api"):
            with self.subTest(provider=provider):
                move = self.refused(provider)
                document = move.l10n_mx_facture_document_id
                self.night()
                divergence = self.found(document, "at_service")
                self.assertIn("stamped", divergence.text)
                self.press(divergence, "action_fix")
                self.assertEqual((document.state, divergence.state), ("stamped", "solved"))
                self.assertEqual(move.l10n_mx_facture_state, "stamped")
                [row] = self.own_stamps(move)
                self.assertEqual(document.uuid, row["uuid"].upper())
                self.assertEqual(self.ledger(move)[-1], ("recover", "done"))

    def test_looking_again_asks_the_service(self):
        move = self.refused("facture_api")
        document = move.l10n_mx_facture_document_id
        self.night()
        [divergence] = self.found(document, "at_service")
        before = len(self.calls())
        self.assertEqual(self.press(divergence, "action_check_again")["params"]["type"], "warning")
        self.assertGreater(len(self.calls()), before)
        self.sql("UPDATE l10n_mx_facture_document SET state = 'unknown' WHERE id = %s", document.id)
        self.press(move, "l10n_mx_facture_resolve_unknown", self.own_stamps(move)[0]["uuid"], "Portal")
        self.press(divergence, "action_check_again")
        self.assertEqual(divergence.state, "solved")

    def test_what_is_not_there_is_looked_for_once_a_day(self):
        move = self.refused("facture_api")
        document = move.l10n_mx_facture_document_id
        # known as another invoice's: it doesn't count
        self.sql("UPDATE l10n_mx_facture_document SET folio = 'another' WHERE id = %s", document.id)
        before = len(self.calls())
        self.night()
        looked = len(self.calls())
        self.assertGreater(looked, before)
        self.night()
        self.assertEqual(len(self.calls()), looked)
        self.assertTrue(document.lookup_date)

    def test_a_service_that_fails_is_left_in_peace_and_decides_nothing(self):
        move = self.refused("facture_api")
        document = move.l10n_mx_facture_document_id
        self.sandbox.fail("*", "error_500_before", times=20)
        self.night()
        self.assertFalse(self.found(document, "at_service"))
        self.assertTrue(document.account_id.failures)
        asked = len(self.calls())
        self.sql("UPDATE l10n_mx_facture_document SET lookup_date = NULL WHERE id = %s", document.id)
        self.night()
        self.assertEqual(len(self.calls()), asked, "not before it is known to be back")

    def test_not_adopted_where_the_invoice_has_another_by_now(self):
        move = self.refused("facture_api")
        old = move.l10n_mx_facture_document_id
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertNotEqual(move.l10n_mx_facture_document_id, old)
        self.night()
        divergence = self.found(old, "at_service")
        self.assertIn(move.l10n_mx_facture_uuid, self.refusal(divergence, "action_fix"))
        self.assertEqual(old.state, "rejected")

    def test_cancelled_there_as_it_asks_for(self):
        move, row, other = self.stamped_twice()
        self.next_night()
        self.assertEqual(row.state, "open")
        self.cancel_there(row, other)
        self.next_night()
        self.assertEqual(row.state, "solved")
        self.next_night()
        self.assertEqual(row.document_id.divergence_ids, row)
        self.assertEqual((move.l10n_mx_facture_state, row.document_id.state), ("stamped", "rejected"))

    def test_a_service_that_does_not_tell_leaves_it_open(self):
        _move, row, other = self.stamped_twice()
        self.cancel_there(row, other)
        account, asked = row.document_id.account_id, []

        def fail(client, *args):
            asked.append(args)
            raise UnknownOutcome("no_answer", "No answer.")

        self.patch(type(account._client()), "find", fail)
        self.press(row, "action_check_again")
        self.assertEqual((row.state, asked[0][0]), ("open", other.upper()))


class TestDiscrepancyAtServiceAndSat(SatMixin, AtServiceCase):
    """Where SAT can be asked, its word says whether that stamp is cancelled."""

    def test_only_sat_says_that_it_is_cancelled(self):
        _move, row, other = self.stamped_twice()
        self.cancel_there(row, other)
        self.at_sat.says(other, "cancel_in_process")
        self.next_night()
        self.assertEqual(row.state, "open")
        self.sandbox.fail("sat_status", "error_500_before")
        self.press(row, "action_check_again")
        self.assertEqual(row.state, "open")
        self.at_sat.says(other, "cancelled")
        self.press(row, "action_check_again")
        self.assertEqual(row.state, "solved")
