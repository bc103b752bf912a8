"""Service, SAT and people in any order: a CFDI is cancelled by SAT's answer or a person's statement, and by nothing
else.

The service, SAT, the customer and the people are a model; what is judged is the addon's own reading of SAT's texts and
its decision. SAT lags behind, fails, and says things that nobody foresaw.
"""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from l10n_mx_facture.pac.sat.answer import read
from l10n_mx_facture.pac.sat.decision import decide
from l10n_mx_facture.pac.sat.pace import UNTIL_KNOWN

FOUND, ABSENT = "S - Comprobante obtenido satisfactoriamente.", "N - 602: Comprobante no encontrado."
LIVE, IN_PROCESS = ("Vigente", ""), ("Vigente", "En proceso")
REFUSED, CANCELLED = ("Vigente", "Solicitud rechazada"), ("Cancelado", "Cancelado con aceptación")
ODD = st.one_of(
    st.tuples(st.text(), st.text(), st.text(), st.text()),
    st.tuples(
        st.sampled_from([FOUND, ABSENT, "N - 601: x", ""]),
        # contradictions: never one of SAT's own two words for a cancelled one together
        st.sampled_from(["Cancelado", "Vigente", "No Encontrado", "Suspendido"]),
        st.sampled_from(["", "Cancelable con aceptación", "Quizá"]),
        st.sampled_from(["", "Cancelado", "En proceso", "Acuse 201", "Solicitud rechazada"]),
    ),
)


class Life(RuleBasedStateMachine):
    """`true` is what SAT knows, `shown` what its status service says of it already."""

    def __init__(self):
        super().__init__()
        self.state = "stamped"
        self.true, self.shown, self.known = LIVE, LIVE, False
        self.now = timedelta()
        self.requested_at = None
        self.requests = 0
        # what the addon has seen of SAT, as its rows keep it: (when, reading)
        self.seen = []
        # a request of ours arrived at the service, or may have, and SAT has not shown it refused; was its answer lost
        self.open = self.lost = False
        # why it may be cancelled
        self.witness = None
        # the news of SAT's last answer
        self.told = None

    # --- the service ------------------------------------------------------------------------------

    @precondition(lambda self: self.state == "stamped")
    @rule(code=st.sampled_from(["201", "202"]), arrives=st.booleans())
    def the_service_takes_a_request(self, code, arrives):
        """A code says that it was taken, not that SAT has it, let alone that it cancels."""
        self.state, self.requested_at, self.requests = "cancel_requested", self.now, self.requests + 1
        self.open, self.lost = True, False
        if arrives and self.true[0] == "Vigente":
            self.true = IN_PROCESS

    @precondition(lambda self: self.state == "stamped")
    @rule(arrives=st.booleans())
    def the_answer_of_a_request_is_lost(self, arrives):
        self.open = self.lost = True
        self.requested_at = self.now
        if arrives and self.true[0] == "Vigente":
            self.true = IN_PROCESS

    @precondition(lambda self: self.state == "stamped")
    @rule()
    def the_service_rejects_a_request(self):
        """What was asked for before may be at SAT still."""
        self.requested_at = self.now

    @precondition(lambda self: self.state in ("cancel_requested", "cancelled"))
    @rule()
    def a_receipt_comes(self):
        """It is kept; nothing is decided by it."""

    # --- SAT and the customer -----------------------------------------------------------------------

    @rule()
    def sat_catches_up(self):
        self.known, self.shown = True, self.true

    @precondition(lambda self: self.true == IN_PROCESS)
    @rule(answer=st.sampled_from([REFUSED, CANCELLED]))
    def the_customer_answers(self, answer):
        self.true = answer

    @precondition(lambda self: self.true[0] == "Vigente")
    @rule(what=st.sampled_from([IN_PROCESS, CANCELLED]))
    def somebody_else_acts_at_sat(self, what):
        self.true = what

    # --- the addon asks -----------------------------------------------------------------------------

    @rule()
    def sat_is_asked(self):
        estado, status = self.shown
        self._hear(*((FOUND, estado, "", status) if self.known else (ABSENT, "No Encontrado", "", "")))

    @rule(texts=ODD)
    def sat_says_something_odd(self, texts):
        """Among them what may be its documented word by chance: then it is SAT's answer."""
        self._hear(*texts)

    @rule()
    def sat_is_down(self):
        """Nothing is heard, nothing changes."""

    @rule(passed=st.timedeltas(timedelta(minutes=1), timedelta(days=5)))
    def time_passes(self, passed):
        self.now += passed

    # --- people -------------------------------------------------------------------------------------

    @precondition(lambda self: self.state == "cancel_requested")
    @rule(cancelled=st.booleans())
    def a_person_states_it(self, cancelled):
        """That it is valid takes back no request."""
        self.state = "cancelled" if cancelled else "stamped"
        if cancelled:
            self.witness = "person"

    # --- what must be so ----------------------------------------------------------------------------

    def _hear(self, *texts):
        says = read(*texts).state
        self.seen.append((self.now, says))
        if says == "cancelled":
            # not the addon's reading, but the words themselves
            assert [text.strip().casefold().rstrip(".") for text in (texts[1], texts[3])][0] == "cancelado"
            self.witness = self.witness or "sat"
        before = self.state
        decision = decide(before, says, self.open, self._answers(), self._lasting(says))
        self.state, self.told = decision.state, decision.notice
        if decision.state == "cancel_requested" != before:
            # what is under way is taken for ours, and its row says so
            assert (before, says, self.open) == ("stamped", "cancel_in_process", True)
            self._arrived()
        elif decision.state != before:
            assert decision.notice in ("cancelled", "cancelled_elsewhere", "refused")
        if says == "cancelled" and before != "cancelled":
            ours = self.open or before == "cancel_requested"
            assert decision.notice == ("cancelled" if ours else "cancelled_elsewhere")
        if decision.notice == "refused":
            assert self.open
            assert self.shown == REFUSED or texts[3].strip().casefold() == "solicitud rechazada"
            self._arrived()
            self.open = False

    def _arrived(self):
        """The row of a request whose answer was lost says that it arrived."""
        if self.lost:
            self.lost, self.requests = False, self.requests + 1

    def _answers(self):
        since = self.requested_at
        if since is None:
            return False
        earlier = any(says == "refused" and when < since for when, says in self.seen)
        under_way = any(says == "cancel_in_process" and when >= since for when, says in self.seen)
        return not (self.requests > 1 or earlier) or self.now - since >= UNTIL_KNOWN or under_way

    def _lasting(self, says):
        if says != "not_yet_known":
            return self.now - self.requested_at if self.requested_at is not None else timedelta()
        return self.now

    @invariant()
    def cancelled_only_by_sat_or_a_person(self):
        assert self.state in ("stamped", "cancel_requested", "cancelled")
        if self.state == "cancelled":
            assert self.witness in ("sat", "person")

    @invariant()
    def cancelled_is_the_end(self):
        if self.witness == "sat" and self.state != "cancelled":
            raise AssertionError("SAT said that it is cancelled, and it isn't here")


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)


def _life(*steps):
    """A life of these steps, so that it is known that the machine can reach what it judges."""
    life = Life()
    for name, *values in steps:
        getattr(life, name)(*values)
        life.cancelled_only_by_sat_or_a_person()
        life.cancelled_is_the_end()
    return life.state, life.witness


def _told(*steps):
    """The news of the last of these steps."""
    life = Life()
    for name, *values in steps:
        getattr(life, name)(*values)
    return life.told


REQUEST, CATCHES_UP, ASKED = ("the_service_takes_a_request", "201", True), ("sat_catches_up",), ("sat_is_asked",)


def test_the_machine_reaches_a_cancellation_that_the_customer_accepts():
    steps = (REQUEST, ASKED, CATCHES_UP, ASKED, ("the_customer_answers", CANCELLED), ASKED, CATCHES_UP, ASKED)
    assert _life(*steps) == ("cancelled", "sat")
    assert _life(*steps[:-1]) == ("cancel_requested", None)


def test_the_machine_reaches_a_refusal_and_a_further_request():
    refused = (REQUEST, CATCHES_UP, ("the_customer_answers", REFUSED), CATCHES_UP, ASKED)
    assert _life(*refused) == ("stamped", None)
    again = (("time_passes", timedelta(hours=1)), REQUEST)
    # the former refusal is no answer to it
    assert _life(*refused, *again, ASKED) == ("cancel_requested", None)
    refused_again = (CATCHES_UP, ASKED, ("the_customer_answers", REFUSED), CATCHES_UP, ASKED)
    assert _life(*refused, *again, *refused_again)[0] == "stamped"


def test_the_machine_reaches_a_cancellation_elsewhere_and_a_statement():
    assert _life(("somebody_else_acts_at_sat", CANCELLED), CATCHES_UP, ASKED) == ("cancelled", "sat")
    assert _life(REQUEST, ("a_person_states_it", True)) == ("cancelled", "person")


def test_the_machine_reaches_what_is_ours_after_all():
    """A person's statement and a rejected further request take back nothing; a refusal answers."""
    valid, lost = ("a_person_states_it", False), ("the_answer_of_a_request_is_lost", True)
    accepted, refused = ("the_customer_answers", CANCELLED), ("the_customer_answers", REFUSED)
    assert _told(REQUEST, valid, accepted, CATCHES_UP, ASKED) == "cancelled"
    assert _told(lost, ("the_service_rejects_a_request",), accepted, CATCHES_UP, ASKED) == "cancelled"
    assert _told(lost, refused, CATCHES_UP, ASKED) == "refused"
    elsewhere = ("somebody_else_acts_at_sat", CANCELLED), CATCHES_UP, ASKED
    for first in (lost, REQUEST):
        assert _told(first, refused, CATCHES_UP, ASKED, *elsewhere) == "cancelled_elsewhere"
