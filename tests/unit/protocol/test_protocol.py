"""The protocol of a stamp as a model: what is committed when, what may be lost, where a process may die.

It is a picture of models/stamp (button.py, answer.py, lost_answers.py) and
models/service/credits.py, small enough for Hypothesis to try the orders in which things can happen. The states
and what may follow them are read from the module's own source.

One assumption is the module's own (``TIMEOUT_MARGIN``): when a call is old, neither the service nor the process works
on it any more.
"""

import importlib.util
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

SOURCE = Path(__file__).resolve().parents[3] / "models/common/states.py"
STAMPED = ("stamped", "cancel_requested", "cancelled")
INVOICES = (0, 1)
SETTINGS = settings(
    max_examples=300, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def _states():
    """The module's own table of states; it imports no Odoo, but the package around it does."""
    spec = importlib.util.spec_from_file_location("states", SOURCE)
    module = importlib.util.module_from_spec(spec)
    # a dataclass looks itself up there
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


STATES = _states()
LIVE = STATES.LIVE_STATES
TRANSITIONS = {value: state.to for value, state in STATES.STATES.items()}


@dataclass(eq=False)
class Document:
    """A row of l10n_mx_facture.document; ``old``: its calls are over."""

    invoice: int
    state: str = "sending"
    payload: int = 0
    uuid: int | None = None
    old: bool = False


@dataclass(eq=False)
class Row:
    """A row of the ledger."""

    number: int
    document: Document
    operation: str
    outcome: str = "pending"


@dataclass(eq=False)
class Call:
    """Bytes on their way; ``result`` is what the service did with them."""

    invoice: int
    payload: int
    result: tuple | None = None


@dataclass(eq=False)
class Process:
    """A worker between two commits."""

    document: Document
    row: Row
    call: Call | None = None
    answer: tuple | None = None


@dataclass
class Service:
    """What the service knows: its book, (invoice, payload, uuid), and the credits."""

    detects: bool
    credits: int = 100
    book: list = field(default_factory=list)

    def stamp(self, call):
        """Stamp, or tell the former stamp of the same bytes."""
        former = [uuid for _invoice, payload, uuid in self.book if payload == call.payload]
        if former and self.detects:
            return "stamped", former[0]
        uuid = 1000 + len(self.book)
        self.book.append((call.invoice, call.payload, uuid))
        self.credits -= 1
        return "stamped", uuid


class Protocol(RuleBasedStateMachine):
    """Two invoices of one account, clicked at by anybody at any time."""

    live = LIVE
    resolves_early = resends_always = False

    @initialize(detects=st.booleans(), exclusive=st.booleans())
    def begin(self, detects, exclusive):
        self.service, self.exclusive = Service(detects), exclusive
        self.documents, self.rows, self.processes, self.calls = [], [], [], []
        self.seen, self.payloads, self.witness = [], 0, None

    @rule(which=st.integers(0, 10**6))
    def step(self, which):
        """One of all the things that can happen now: rules with preconditions would mostly be tried in vain."""
        possible = list(self._possible())
        happens, *arguments = possible[which % len(possible)]
        happens(*arguments)

    def _possible(self):
        yield from ((self._look, invoice) for invoice in INVOICES if not self._of(invoice, self.live))
        yield from ((self._commit_sending, invoice) for invoice in self.seen)
        for process in self.processes:
            if process.answer:
                yield self._store, process
            elif process.call:
                yield from ((self._answer, process, arrives) for arrives in (True, False))
            else:
                yield from ((self._send, process, leaves) for leaves in (True, True, False))
            yield self._kill, process
        waiting = [call for call in self.calls if not call.result]
        yield from ((self._serve, call, what) for call in waiting for what in ("stamp", "stamp", "refuse", "nothing"))
        if not waiting:
            yield (self._time_passes,)
        yield (self._reconcile_dead,)
        yield from self._possible_evidence()

    def _possible_evidence(self):
        for document in self._in("unknown"):
            if self._is_asked(document):
                continue
            if document.old or self.resolves_early:
                yield self._person_resolves, document
            if document.old and (self.service.detects or self.resends_always):
                yield self._resend, document
        if self.exclusive and not any(row.outcome == "pending" for row in self.rows):
            yield (self._renew_witness,)
            yield (self._settle_by_credits,)

    def _of(self, invoice, states):
        return [one for one in self.documents if one.invoice == invoice and one.state in states]

    def _in(self, *states):
        return [one for one in self.documents if one.state in states]

    # -- the button: read, commit, call, store --------------------------------------------------

    def _look(self, invoice):
        """A transaction begins: what it sees is what was committed by now."""
        if len(self.seen) < 2:
            self.seen.append(invoice)

    def _commit_sending(self, invoice):
        """It writes document and ledger row; the index refuses a second live one, whatever was seen."""
        self.seen.remove(invoice)
        if self._of(invoice, self.live):
            return
        self.payloads += 1
        drafts = self._of(invoice, ("draft",))
        document = drafts[0] if drafts else Document(invoice)
        document.state, document.payload, document.old = "sending", self.payloads, False
        if not drafts:
            self.documents.append(document)
        self._go(document, "stamp")

    def _go(self, document, operation):
        row = Row(len(self.rows) + 1, document, operation)
        self.rows.append(row)
        self.processes.append(Process(document, row))

    def _send(self, process, leaves):
        """The bytes leave, or the connection is refused."""
        if not leaves:
            process.answer = ("not_sent",)
            return
        process.call = Call(process.document.invoice, process.document.payload)
        self.calls.append(process.call)

    def _serve(self, call, what):
        """The service works on a call, whether or not anybody still waits for the answer."""
        call.result = {"refuse": ("rejected",), "nothing": ("unknown",)}.get(what) or self.service.stamp(call)

    def _answer(self, process, arrives):
        """The answer arrives, or it doesn't: time-out, reset, cut, garbage."""
        process.answer = (arrives and process.call.result) or ("unknown",)

    def _store(self, process):
        """What came back is committed."""
        self.processes.remove(process)
        kind, *uuid = process.answer
        process.row.outcome = {"stamped": "done"}.get(kind, kind)
        if kind == "stamped":
            self._move(process.document, "stamped", uuid[0])
        elif process.row.operation == "stamp":
            self._move(process.document, {"not_sent": "draft"}.get(kind, kind))

    def _move(self, document, state, uuid=None):
        """Answers that come after all was settled change no state."""
        if document.uuid is None and state in TRANSITIONS[document.state]:
            document.state, document.uuid = state, uuid

    # -- death and time -------------------------------------------------------------------------

    def _kill(self, process):
        """A process dies between any two commits."""
        self.processes.remove(process)

    def _time_passes(self):
        """So long that every call is over, and a process that has stored nothing counts as crashed."""
        self.processes.clear()
        for document in self.documents:
            document.old = True

    def _reconcile_dead(self):
        """What is under way for longer than any call can take becomes unknown."""
        for document in self._in("sending"):
            if document.old:
                self._move(document, "unknown")
        for row in self.rows:
            if row.document.old and row.outcome == "pending":
                row.outcome = "unknown"

    # -- evidence -------------------------------------------------------------------------------

    def _is_asked(self, document):
        rows = [row for row in self.rows if row.document is document and row.operation == "resend"]
        return any(row.outcome == "pending" for row in rows)

    def _person_resolves(self, document):
        """A person says what the book shows; not while the same bytes are on their way again."""
        stamps = [uuid for _invoice, payload, uuid in self.service.book if payload == document.payload]
        self._move(document, "stamped" if stamps else "rejected", stamps[0] if stamps else None)

    def _resend(self, document):
        """The same bytes again, where the service knows them: a call is under way once more."""
        document.old = False
        self._go(document, "resend")

    def _renew_witness(self):
        """The credits are certain while nothing is open."""
        if not self._in("sending", "unknown"):
            self.witness = (self.service.credits, len(self.rows))

    def _settle_by_credits(self):
        """What was not paid for was not stamped."""
        unknown = self._in("unknown")
        if not self.witness or not all(one.old for one in unknown):
            return
        credits, last = self.witness
        calls = [row for row in self.rows if row.number > last]
        covered = {id(row.document) for row in calls}
        if any(id(one) not in covered for one in unknown) or any(row.operation == "resend" for row in calls):
            return
        known = {id(row.document) for row in calls if row.document.state in STAMPED}
        if credits - self.service.credits == len(known):
            for document in unknown:
                self._move(document, "rejected")

    # -- what must always be so -----------------------------------------------------------------

    @invariant()
    def one_live_document(self):
        for invoice in INVOICES:
            live = [one for one in self.documents if one.invoice == invoice and one.state in LIVE]
            assert len(live) <= 1

    @invariant()
    def one_stamp(self):
        for invoice in INVOICES:
            assert len([stamp for stamp in self.service.book if stamp[0] == invoice]) <= 1

    @invariant()
    def no_stamp_is_lost(self):
        for invoice, _payload, uuid in self.service.book:
            mine = [one for one in self.documents if one.invoice == invoice]
            assert any(one.uuid == uuid or one.state in ("sending", "unknown") for one in mine)

    @invariant()
    def nothing_is_invented(self):
        known = {(invoice, uuid) for invoice, _payload, uuid in self.service.book}
        for document in self.documents:
            assert (document.uuid is not None) == (document.state in STAMPED)
            assert document.uuid is None or (document.invoice, document.uuid) in known

    def check_invariants(self, *args, **kwargs):
        # before `begin` there is nothing to look at
        if hasattr(self, "service"):
            super().check_invariants(*args, **kwargs)


class UnknownIsFree(Protocol):
    """Broken: an unknown outcome doesn't keep an invoice from being stamped again."""

    live = tuple(state for state in LIVE if state != "unknown")


class PersonInAHurry(Protocol):
    """Broken: a person says "not stamped" while the service may still be at work."""

    resolves_early = True


class ResendsBlindly(Protocol):
    """Broken: the same bytes go again to a service that doesn't know them."""

    resends_always = True


def test_no_order_of_events_loses_or_doubles_a_stamp():
    run_state_machine_as_test(Protocol, settings=SETTINGS)


@pytest.mark.parametrize("broken", [UnknownIsFree, PersonInAHurry, ResendsBlindly])
def test_a_broken_protocol_is_found_out(broken):
    # that there is such an order is enough: nobody reads the shortest one
    quick = settings(SETTINGS, max_examples=2000, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(broken, settings=quick)
