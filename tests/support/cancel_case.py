"""Steps of the tests of cancellation: use the wizard, make substitutes, run the scheduled action."""

from contextlib import contextmanager
from html import unescape
from itertools import count
from unittest.mock import patch

from odoo.tests import Form

from odoo.addons.l10n_mx_facture.pac.facture_rest.client import FactureRest

from .sat_case import SatCase
from .stamp_case import ProcessDied


class CancelCase(SatCase):
    """Cancellations with SAT's answer before and after."""

    def post_and_stamp(self, move):
        """As a person does who opens a draft, confirms and stamps it."""
        self.post(move)
        return self.stamp(move)

    def post(self, move):
        move.name = f"{self.prefix}/{next(self.numbers):05d}"
        move.action_post()

    def credit_note(self, move):
        """:return: a stamped credit note of an invoice; its relation is 01"""
        note = move._reverse_moves([{"invoice_date": self.today()}])
        self.post_and_stamp(note)
        self.assertEqual(note.l10n_mx_facture_state, "stamped", note.l10n_mx_facture_message)
        return note

    def wizard(self, move, reason=None):
        """:return: the form that Cancel CFDI opens"""
        action = self.press(move, "action_l10n_mx_facture_cancel")
        self.assertEqual(action["res_model"], "l10n_mx_facture.cancel", action)
        form = Form(self.env[action["res_model"]].with_context(**action["context"]))
        if reason:
            form.reason = reason
        return form

    def expected(self, move):
        """:return: what the wizard says of what to expect"""
        return unescape(str(self.wizard(move).expectation))

    def many(self, moves):
        """:return: the wizard that Cancel CFDI opens on a selection"""
        action = self.press(moves, "action_l10n_mx_facture_cancel")
        return self.env[action["res_model"]].browse(action["res_id"])

    def cron(self):
        """What the scheduled action for ordered cancellations does."""
        with self.committing() as env:
            env["l10n_mx_facture.document"]._cron_cancel()
        self.env.invalidate_all()

    def cron_stamp(self):
        with self.committing() as env:
            env["l10n_mx_facture.document"]._cron_stamp()
        self.env.invalidate_all()

    def hours_pass(self, *moves, hours=12):
        """Let everything about the cancellation of these invoices have happened so long ago."""
        self.env.flush_all()
        for move in moves:
            self.env.cr.execute(
                """
                UPDATE l10n_mx_facture_document
                   SET cancel_order_date = cancel_order_date - make_interval(hours => %(hours)s),
                       cancel_order_due = cancel_order_due - make_interval(hours => %(hours)s),
                       cancel_date = cancel_date - make_interval(hours => %(hours)s),
                       date_sent = date_sent - make_interval(hours => %(hours)s)
                 WHERE move_id = %(move)s;
                UPDATE l10n_mx_facture_request
                   SET date_start = date_start - make_interval(hours => %(hours)s)
                 WHERE document_id IN (SELECT id FROM l10n_mx_facture_document WHERE move_id = %(move)s);
                UPDATE l10n_mx_facture_sat_gate SET hold_until = hold_until - make_interval(hours => %(hours)s)
                """,
                {"hours": hours, "move": move.id},
            )
        self.env.invalidate_all()

    @contextmanager
    def dying_at_call(self, number, done):
        """The process dies in its ``number``-th request to cancel, before or after the service has done it."""
        call, numbers = FactureRest.cancel, count(1)

        def die(client, *args):
            last = next(numbers) == number
            answer = call(client, *args) if done or not last else None
            if last:
                raise ProcessDied
            return answer

        with patch.object(FactureRest, "cancel", die):
            try:
                yield
            except ProcessDied:
                return
        self.fail("the process did not die")

    def confirm(self, move):
        """Let SAT be asked at the next round, and have that round."""
        self.due(self.document(move))
        self.round()

    def alive(self, moves):
        """:return: UUIDs that the service's book has as valid"""
        return [entry["uuid"].upper() for move in moves for entry in self.book(move) if entry["estado"] == "Vigente"]
