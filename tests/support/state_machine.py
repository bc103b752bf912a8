"""The life of a CFDI after its stamp, as a Hypothesis state machine over the service, SAT, the customer and people.

Nothing of it is a model: the records are Odoo's, the service and SAT are the sandbox's, asked over HTTP. What must hold
is judged by the sandbox's book and by what its SAT says.
"""

import contextlib

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from .stamp_case import REFUSALS

FAULTS = ("reset_before", "reset_after", "error_500_after", "html", "cut")
# Estado and EstatusCancelacion that contradict each other, or that nobody foresaw
ODD = (("Cancelado", ""), ("Cancelado", "En proceso"), ("Vigente", "Cancelado sin aceptación"), ("Suspendido", "201"))
AT_SAT = {"cancelled": ("Cancelado", "Cancelado sin aceptación"), "in_process": ("Vigente", "En proceso")}


def _is(*states):
    return precondition(lambda self: self.document.state in states)


class Life(RuleBasedStateMachine):
    """One invoice and its CFDI. ``case``, the test whose records these are, is set on a subclass."""

    case = None
    reached = None

    def __init__(self):
        super().__init__()
        self.savepoint = self.case.env.cr.savepoint()
        self.case.sandbox.reset()
        self.case.sandbox.settings(cancel_state="En proceso")
        self.move = self.case.stamped_invoice()
        self.case.idle()
        self.document = self.case.document(self.move)
        # of the CFDI that the invoice shows: its state, what brought it there, and whether a request left from here
        # since the last refusal that was heard
        self.before, self.why, self.ours, self.refusals = "stamped", None, False, 0

    def teardown(self):
        """Nothing stays in the database: the next life would be slower for it."""
        self.savepoint.close(rollback=True)
        self.case.env.invalidate_all()

    @property
    def about(self):
        """What SAT has of the CFDI."""
        return self.case.at_sat.about(self.document.uuid)

    def press(self, *args):
        return self.case.press(*args)

    # -- the service ----------------------------------------------------------------------------

    @_is("stamped")
    @rule(fault=st.sampled_from([None, None, None, *FAULTS]))
    def a_person_asks_for_the_cancellation(self, fault):
        if fault:
            self.case.sandbox.fail("cancel", fault)
        if not self.document._is_cancel_under_way():
            self.case.cancel(self.move)
        self.case.sandbox._call("DELETE", "faults")
        self._note_requests()

    @_is("stamped")
    @rule(done=st.booleans())
    def the_process_dies_that_asks_for_it(self, done):
        if self.document._is_cancel_under_way():
            return
        with self.case.dying("cancel", done=done):
            self.case.cancel(self.move)
        # the call counts as timed out now
        self.case.age(self.move, 3600)
        self._note_requests()

    @rule(seconds=st.sampled_from([0, 3600]))
    def sat_hears_of_it_later(self, seconds):
        self.case.sandbox.settings(sat_cancel_lag=seconds)

    @_is("cancel_requested", "cancelled")
    @rule()
    def the_receipt_is_fetched(self):
        """It may not be there, and decides nothing."""
        with contextlib.suppress(*REFUSALS):
            self.press(self.move, "action_l10n_mx_facture_fetch_receipt")

    # -- SAT and the customer -------------------------------------------------------------------

    @rule(answer=st.sampled_from(["accept", "refuse", "expire"]))
    def the_customer_answers(self, answer):
        about = self.about
        waits = about["word"]["EstatusCancelacion"] == "En proceso" and "Cancelado" not in str(about["estado"])
        # a further request never expires
        if waits and (answer != "expire" or about["requests"] == 1):
            self.case.at_sat.receiver(self.document.uuid, answer)

    @rule(what=st.sampled_from(sorted(AT_SAT)))
    def somebody_acts_at_sat_s_portal(self, what):
        if self.about["word"]["Estado"] != "Cancelado":
            self.case.at_sat.elsewhere(self.document.uuid, *AT_SAT[what])

    # -- SAT is asked ---------------------------------------------------------------------------

    @rule(words=st.sampled_from(ODD))
    def sat_says_something_odd(self, words):
        self.case.at_sat.says(self.document.uuid, Estado=words[0], EstatusCancelacion=words[1])
        open_before, reading = self.move.l10n_mx_facture_divergence_ids, self.document.sat_reading
        self.press(self.document, "_sat_ask")
        self.case.at_sat.truth()
        self.case.env.invalidate_all()
        assert self.document.state == self.before, "nothing is concluded from what is not understood"
        assert self.document.sat_reading == reading
        assert self.move.l10n_mx_facture_divergence_ids == open_before
        assert self.document.sat_error

    @rule(fault=st.sampled_from(FAULTS))
    def sat_is_down(self, fault):
        self.case.sandbox.fail("sat_status", fault)
        assert self.press(self.document, "_sat_ask") is None
        self.case.sandbox._call("DELETE", "faults")
        self._sat_is_up()
        self.case.env.invalidate_all()
        assert self.document.state == self.before

    @rule()
    def sat_is_asked(self):
        self._hear(lambda: self.press(self.document, "_sat_ask"))

    @rule()
    def the_scheduled_actions_run(self):
        self.case.due(self.document)
        self._sat_is_up()
        self._hear(self.case.round)

    def _hear(self, ask):
        says = self.about["word"]
        ask()
        self.case.env.invalidate_all()
        if says["Estado"] == "Cancelado":
            assert self.document.state == "cancelled", "SAT has cancelled it, and it isn't here"
        if self.document.state == "cancelled" != self.before:
            assert (says["Estado"], self.document.sat_reading) == ("Cancelado", "cancelled")
            elsewhere = "this Odoo did not request it" in self.case.chatter(self.move)
            assert elsewhere == (self.before == "stamped" and not self.ours)
            self._reach("by SAT")
        if (self.before, self.document.state) == ("cancel_requested", "stamped"):
            assert (says["EstatusCancelacion"], self.document.sat_reading) == ("Solicitud rechazada", "refused")
            self._reach("refused")
        if (self.before, self.document.state) == ("stamped", "cancel_requested"):
            assert (says["EstatusCancelacion"], self.ours) == ("En proceso", True)
            self._reach("lost and found")
        if (heard := self._heard_refusals()) > self.refusals:
            assert self.ours
            self.ours, self.refusals = False, heard
        self.before = self.document.state

    def _heard_refusals(self):
        return self.case.chatter(self.move).count("The customer refused the cancellation")

    def _sat_is_up(self):
        self.case.env["l10n_mx_facture.sat_gate"]._get().write({"failures": 0, "hold_until": False})
        self.case.env.flush_all()

    # -- people ---------------------------------------------------------------------------------

    @_is("cancel_requested")
    @rule(cancelled=st.booleans())
    def a_person_states_what_became_of_it(self, cancelled):
        self.press(self.document, "_record_sat_answer", cancelled, "Seen in SAT's portal")
        self.case.env.invalidate_all()
        self.before = self.document.state
        assert self.before == ("cancelled" if cancelled else "stamped")
        self._reach("by a person" if cancelled else "valid by a person")

    @_is("cancelled")
    @rule()
    def a_person_stamps_again(self):
        """What SAT showed as valid last is not stamped a second time."""
        if self.move.state != "posted":
            return
        try:
            self.case.stamp(self.move)
        except REFUSALS:
            assert self.document.sat_reading not in (False, "cancelled") or self.move.payment_state == "reversed"
            return
        assert self.document.sat_reading in (False, "cancelled", "not_yet_known")
        self.case.idle()
        self.document, self.before = self.case.document(self.move), "stamped"
        # what the chatter says of the former CFDI is not about this one
        self.move.message_ids.unlink()
        self.why, self.ours, self.refusals = None, False, 0
        self._reach("again")

    # -- what must be so ------------------------------------------------------------------------

    def _note_requests(self):
        self.case.env.invalidate_all()
        self.before = self.document.state
        assert self.before in ("stamped", "cancel_requested")
        self.ours = self.ours or self.case.ledger(self.move)[-1][1] in ("done", "unknown", "pending")

    def _reach(self, end):
        self.why = end
        self.reached.add(end)

    @invariant()
    def only_sat_or_a_person_cancels(self):
        self.case.env.invalidate_all()
        assert self.document.state == self.before, "it changed by itself"
        if self.before == "cancelled":
            assert self.why in ("by SAT", "by a person")
        else:
            assert self.move.state == "posted"
