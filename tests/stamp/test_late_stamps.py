"""A service that says "try again" and stamps by itself later; one that issues a second CFDI when it is asked twice."""

import time

from ..support.two_steps_case import TwoStepsCase


class TestLateStamps(TwoStepsCase):
    def setUp(self):
        super().setUp()
        self.sandbox.settings(sello_anew=True)

    def stamped_late(self, seconds=0.2):
        """:return: an invoice that the service has stamped after it had said that it could not"""
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "pending", stamps_after=seconds)
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "draft")
        return move

    def await_stamp(self, move):
        until = time.monotonic() + 20
        while not self.book(move) and time.monotonic() < until:
            time.sleep(0.05)
        self.assertEqual(len(self.book(move)), 1)

    def one_stamp(self, move, uuid):
        self.assertEqual([row["uuid"].upper() for row in self.book(move)], [uuid])
        self.assertEqual((move.l10n_mx_facture_state, move.l10n_mx_facture_uuid), ("stamped", uuid))

    def test_it_is_found_before_it_is_asked_for_again(self):
        ways = {
            "the queue": lambda move: (self.due(move), self.outcomes(move)),
            "a second press": self.stamp,
            "reset, and posted as it was": lambda move: (self.reset(move), self.stamp(move)),
            "reset, changed and posted": lambda move: (self.reset(move, price=200), self.stamp(move)),
        }
        for name, again in ways.items():
            with self.subTest(name):
                move = self.stamped_late()
                self.await_stamp(move)
                [row] = self.book(move)
                again(move)
                self.one_stamp(move, row["uuid"].upper())

    def reset(self, move, price=None):
        self.press(move, "button_draft")
        if price:
            move.invoice_line_ids.price_unit = price
        self.press(move, "action_post")

    def test_many_in_the_queue(self):
        moves = self.env["account.move"].concat(*(self.stamped_late() for _number in range(3)))
        for move in moves:
            self.await_stamp(move)
        self.due(moves)
        self.assertEqual(self.outcomes(moves), ["stamped"] * 3)
        self.assertEqual([len(self.book(move)) for move in moves], [1] * 3)

    def test_what_was_corrected_waits_while_the_service_may_still_stamp_the_former(self):
        move = self.stamped_late(seconds=2)
        self.reset(move, price=200)
        answer = self.stamp(move)
        self.assertIn("may still do so", answer["message"])
        self.assertEqual(move.l10n_mx_facture_state, "draft")
        self.await_stamp(move)
        [row] = self.book(move)
        self.due(move)
        self.outcomes(move, 2)
        self.one_stamp(move, row["uuid"].upper())

    def test_what_was_corrected_is_stamped_long_after(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "pending")
        self.stamp(move)
        self.reset(move, price=200)
        self.age(move, 900)
        self.stamp(move)
        [row] = self.book(move)
        self.assertEqual(float(row["total"]), 232)
        self.one_stamp(move, row["uuid"].upper())

    def test_a_lost_answer_of_one_that_may_still_be_stamped(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "pending", stamps_after=1)
        self.sandbox.fail("sello_read", "error_500_before", after=1)
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        self.outcomes(move)
        self.assertIn(move.l10n_mx_facture_state, ("unknown", "stamped"), "“Pendiente” proves nothing yet")
        self.await_stamp(move)
        self.age(move, 900)
        self.outcomes(move)
        [row] = self.book(move)
        self.one_stamp(move, row["uuid"].upper())

    def test_without_a_look_nothing_is_asked(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_read", "error_500_before")
        answer = self.stamp(move)
        self.assertIn("not asked to stamp it", answer["message"])
        self.assertEqual(move.l10n_mx_facture_state, "draft")
        self.assertFalse(self.calls("sello_stamp"))
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(self.calls("sello_create")), 1)


class TestTotalAtTheService(TwoStepsCase):
    def test_another_total_is_refused_before_it_is_stamped(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_read", "fields", set={"invoice": {"total": "100.00"}})
        refusal = self.stamp(move)["message"]
        self.assertIn("100.00", refusal)
        self.assertIn("ids of the taxes", refusal)
        self.assertEqual(move.l10n_mx_facture_state, "rejected")
        self.assertFalse(self.calls("sello_stamp"))
        self.stamp(move)
        self.assertEqual(len(self.book(move)), 1)


class TestServiceThatIsBack(TwoStepsCase):
    """A service of which only the calls that are needed work again."""

    def test_a_lost_answer_is_settled_by_the_call_that_is_needed(self):
        for fault in ("error_500_before", "empty"):
            with self.subTest(fault):
                move = self.create_invoice()
                self.sandbox.fail("sello_stamp", "reset_after")
                self.stamp(move)
                self.assertEqual(move.l10n_mx_facture_state, "unknown")
                self.sandbox.fail("sello_read", fault, times=-1, contains="/invoices/0")
                self.due(move)
                self.outcomes(move)
                self.assertEqual(move.l10n_mx_facture_state, "stamped")
                self.sandbox.reset()

    def test_the_queue_goes_on_with_a_batch_of_one(self):
        self.sandbox.fail("sello_read", "error_500_before", times=-1, contains="/invoices/0")
        moves = self.create_invoices([{}] * 3)
        self.press(self.env["l10n_mx_facture.run"], "_start", moves, {})
        self.sandbox.fail("sello_create", "error_503", times=3)
        self.outcomes(moves)
        self.assertTrue(self.account.failures)
        self.due(moves)
        self.outcomes(moves, 3)
        self.assertEqual(set(moves.mapped("l10n_mx_facture_state")), {"stamped"})
        self.assertFalse(self.account.failures)
