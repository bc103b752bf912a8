"""The protocol of a stamp in two steps as a model: created, kept under the service's id, stamped by that id.

It is a picture of models/stamp/two_steps.py and lookup.py, as test_protocol.py is of what all
services have in common. Of the service it is assumed what pac/ asks of it: an id is stamped once, however often that is
asked, and reading an id tells the truth. A person there may have an attempt stamped that was refused before, but
neither one that nobody here knows, nor in the very moment in which another attempt is sent.
"""

from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from test_protocol import LIVE, STAMPED, TRANSITIONS

INVOICES = (0, 1)
# what the service does with each of the steps; "temporary_after": it says that it could not, and has
CREATED = ("create", "create", "refuse", "nothing")
SERVED = ("stamp", "stamp", "refuse", "temporary", "temporary_after", "nothing")
# with these as often as the rest, few attempts come to an end
RARE = ("_kill", "_time_passes", "_reconcile_dead", "_person_resolves")


@dataclass(eq=False)
class Document:
    """A row of l10n_mx_facture.document. ``old``: its calls are over; ``going``: earlier attempts were looked up."""

    invoice: int
    content: int
    state: str = "sending"
    remote_id: int | None = None
    uuid: int | None = None
    old: bool = False
    going: bool = False


@dataclass(eq=False)
class Call:
    """One step on its way; ``result`` is what the service did with it."""

    step: str
    invoice: int
    content: int
    remote_id: int | None = None
    result: tuple | None = None


@dataclass(eq=False)
class Process:
    """A worker between two commits."""

    document: Document
    call: Call | None = None
    answer: tuple | None = None


@dataclass(eq=False)
class Look:
    """A process that asks for the stamp of an unknown document. ``over``: whether its call was over before."""

    document: Document
    over: bool
    found: tuple | None = None


@dataclass
class Service:
    """What was created there: [invoice, content, uuid or None] by id; and which stamps were done by hand."""

    created: list = field(default_factory=list)
    by_hand: set = field(default_factory=set)

    def create(self, invoice, content):
        self.created.append([invoice, content, None])
        return len(self.created) - 1

    def stamp(self, number):
        self.created[number][2] = self.created[number][2] or 1000 + number
        return self.created[number][2]

    def book(self):
        return [(number, *row) for number, row in enumerate(self.created) if row[2]]


class TwoSteps(RuleBasedStateMachine):
    """Two invoices of one account, clicked at by anybody and changed by anybody at any time."""

    invoices = INVOICES
    keeps_id = looks_up_former = gives_way = waits_for_the_call = confirms = True

    @initialize()
    def begin(self):
        self.service = Service()
        self.documents, self.processes, self.calls, self.looks, self.seen = [], [], [], [], []
        self.contents = dict.fromkeys(self.invoices, 0)

    @rule(which=st.integers(0, 10**6), how=st.integers(0, 59))
    def step(self, which, how):
        """One of all the things that can happen now, in one of the ways in which it can."""
        self.how = how
        # where all are stamped nothing more happens
        possible = list(self._possible()) or [(dict,)]
        possible += [one for one in possible if one[0].__name__ not in RARE] * 9
        happens, *arguments = possible[which % len(possible)]
        happens(*arguments)

    def _possible(self):
        free = [invoice for invoice in self.invoices if not self._of(invoice, LIVE)]
        yield from ((self._look, invoice) for invoice in free if len(self.seen) < 2)
        # before the first attempt nobody could tell
        yield from ((self._change, invoice) for invoice in free if self._of(invoice, ("draft", "rejected")))
        yield from ((self._commit_sending, invoice) for invoice in self.seen)
        for process in self.processes:
            yield from self._next(process)
            yield self._kill, process
        waiting = [call for call in self.calls if not call.result]
        for call in waiting:
            served = SERVED if call.step == "stamp" else CREATED
            yield self._serve, call, served[self.how % len(served)]
        if not waiting and not all(document.old for document in self.documents):
            yield (self._time_passes,)
        if any(document.old for document in self._in("sending")):
            yield (self._reconcile_dead,)
        yield from self._possible_evidence()
        yield from ((self._stamp_by_hand, document) for document in self._refused_there())

    def _next(self, process):
        """What a process can do next."""
        if process.answer:
            if process.answer[0] == "temporary":
                yield self._look_after_temporary, process, self.how % 2 == 0
            else:
                yield (self._store_created if process.call and process.call.step == "create" else self._store), process
        elif process.call:
            yield self._answer, process, self.how % 3 > 0
        elif not process.document.going:
            yield self._look_up_former, process, self.how % 3 > 0
        else:
            yield self._send, process, self.how % 4 > 0

    def _possible_evidence(self):
        asked = [look.document for look in self.looks]
        for document in self._in("unknown"):
            if document not in asked:
                yield self._begin_look, document
            if document.old:
                yield self._person_resolves, document
        for look in self.looks:
            yield from ((self._read, look),) if not look.found else ((self._store_look, look),)

    def _refused_there(self):
        """Attempts that a person at the service may have stamped."""
        for document in self._in("rejected"):
            stamped = any(invoice == document.invoice for _number, invoice, _content, _uuid in self.service.book())
            sent = any(one.going for one in self._of(document.invoice, LIVE))
            if document.remote_id is not None and not stamped and not sent:
                yield document

    def _of(self, invoice, states):
        return [one for one in self.documents if one.invoice == invoice and one.state in states]

    def _in(self, *states):
        return [one for one in self.documents if one.state in states]

    # -- the button: read, commit, look up, create, commit, stamp, commit ---------------------------

    def _look(self, invoice):
        """A transaction begins: what it sees is what was committed by now."""
        self.seen.append(invoice)

    def _change(self, invoice):
        """An invoice without a live CFDI is reset, changed and posted again."""
        self.contents[invoice] += 1

    def _commit_sending(self, invoice):
        """An attempt with an id is sent as it is, or ended if the invoice has changed."""
        self.seen.remove(invoice)
        if self._of(invoice, LIVE):
            return
        document = next(iter(self._of(invoice, ("draft",))[-1:]), None)
        if document and document.remote_id is not None and document.content != self.contents[invoice]:
            if self.gives_way:
                self._move(document, "rejected")
                document = None
        elif document:
            document.content = self.contents[invoice]
        if not document:
            document = Document(invoice, self.contents[invoice])
            self.documents.append(document)
        document.state, document.old, document.going = "sending", False, not self._former(invoice)
        self.processes.append(Process(document))

    def _former(self, invoice):
        """The earlier attempts that the service has, as far as they are looked up."""
        refused = self._of(invoice, ("rejected",)) if self.looks_up_former else ()
        return [one for one in refused if one.remote_id is not None]

    def _look_up_former(self, process, arrives):
        """Earlier attempts that the service has are read first: a stamped one is the CFDI of the invoice."""
        document = process.document
        if not arrives:
            self.processes.remove(process)
            self._move(document, "draft")
            return
        for one in self._former(document.invoice):
            uuid = self.service.created[one.remote_id][2]
            if uuid:
                self.processes.remove(process)
                self._move(document, "draft")
                self._move(one, "stamped", uuid)
                return
        document.going = True

    def _send(self, process, leaves):
        """The next step leaves, or the connection is refused."""
        document = process.document
        if not leaves:
            process.answer = ("not_sent",)
            return
        step = "create" if document.remote_id is None else "stamp"
        process.call = Call(step, document.invoice, document.content, document.remote_id)
        self.calls.append(process.call)

    def _serve(self, call, what):
        """The service works on a call, whether or not anybody still waits for the answer."""
        if what == "create":
            call.result = ("created", self.service.create(call.invoice, call.content))
        elif what in ("refuse", "nothing"):
            call.result = ("rejected",) if what == "refuse" else ("unknown",)
        elif what == "temporary" and not self.service.created[call.remote_id][2]:
            call.result = ("temporary",)
        else:
            uuid = self.service.stamp(call.remote_id)
            call.result = ("temporary",) if what == "temporary_after" else ("stamped", uuid)

    def _answer(self, process, arrives):
        """The answer arrives, or it doesn't."""
        process.answer = (arrives and process.call.result) or ("unknown",)

    def _store_created(self, process):
        """The id is committed before the stamp is asked. Without one nothing fiscal has happened."""
        document, (kind, *number) = process.document, process.answer
        if kind != "created" or document.state != "sending":
            self.processes.remove(process)
            self._move(document, "rejected" if kind == "rejected" else "draft")
            return
        if self.keeps_id:
            document.remote_id = number[0]
        process.answer = None
        process.call = Call("stamp", document.invoice, document.content, number[0])
        self.calls.append(process.call)

    def _look_after_temporary(self, process, arrives):
        """After a temporary failure the service is asked once what it has; if it can't be asked, the outcome is
        unknown.
        """
        uuid = self.service.created[process.call.remote_id][2]
        if arrives:
            process.answer = ("stamped", uuid) if uuid else ("not_sent",)
        else:
            process.answer = ("unknown",) if self.confirms else ("not_sent",)

    def _store(self, process):
        """What came back is committed."""
        self.processes.remove(process)
        kind, *uuid = process.answer
        before_stamp = kind == "unknown" and process.document.remote_id is None
        state = "draft" if before_stamp or kind == "not_sent" else kind
        self._move(process.document, state, *uuid)

    def _move(self, document, state, uuid=None):
        """Answers that come after all was settled change no state, and the index refuses a second live one."""
        others = [one for one in self._of(document.invoice, LIVE) if one is not document]
        refused = state in LIVE and others
        if document.uuid is None and state in TRANSITIONS[document.state] and not refused:
            document.state, document.uuid = state, uuid

    # -- death and time -----------------------------------------------------------------------------

    def _kill(self, process):
        """A process dies between any two commits."""
        self.processes.remove(process)

    def _time_passes(self):
        """So long that every call is over, and a process that has stored nothing counts as crashed."""
        self.processes.clear()
        self.looks.clear()
        for document in self.documents:
            document.old = True

    def _reconcile_dead(self):
        """What is under way for longer than any call can take: unknown, or as before where it has no id yet."""
        for document in self._in("sending"):
            if document.old:
                self._move(document, "draft" if document.remote_id is None else "unknown")

    # -- evidence -----------------------------------------------------------------------------------

    def _begin_look(self, document):
        self.looks.append(Look(document, document.old or not self.waits_for_the_call))

    def _read(self, look):
        """It may have been settled meanwhile."""
        look.found = (self.service.created[look.document.remote_id][2],)

    def _store_look(self, look):
        """What is found is adopted; that nothing is there decides where the call can't be in work any more."""
        self.looks.remove(look)
        (uuid,) = look.found
        if uuid:
            self._move(look.document, "stamped", uuid)
        elif look.over and look.document.state == "unknown":
            self._move(look.document, "rejected")

    def _person_resolves(self, document):
        """Before a person's "not stamped" is believed the service is asked."""
        uuid = self.service.created[document.remote_id][2]
        self._move(document, "stamped" if uuid else "rejected", uuid)

    def _stamp_by_hand(self, document):
        """Somebody at the service has an attempt stamped that was refused before."""
        self.service.by_hand.add(document.remote_id)
        self.service.stamp(document.remote_id)

    # -- what must always be so ---------------------------------------------------------------------

    @invariant()
    def one_live_document(self):
        for invoice in self.invoices:
            assert len(self._of(invoice, LIVE)) <= 1

    @invariant()
    def one_stamp(self):
        stamped = [invoice for _number, invoice, _content, _uuid in self.service.book()]
        assert len(stamped) == len(set(stamped))

    @invariant()
    def no_stamp_is_lost(self):
        """It is stored, or its invoice is blocked; what was done by hand is looked up before anything else is sent."""
        for number, invoice, _content, uuid in self.service.book():
            blocked = ("sending", "unknown", *(("rejected",) if number in self.service.by_hand else ()))
            mine = [one for one in self.documents if one.invoice == invoice]
            assert any(one.uuid == uuid or (one.remote_id == number and one.state in blocked) for one in mine)

    @invariant()
    def nothing_is_invented(self):
        known = {(invoice, content, uuid) for _number, invoice, content, uuid in self.service.book()}
        for document in self.documents:
            assert (document.uuid is not None) == (document.state in STAMPED)
            assert document.uuid is None or (document.invoice, document.content, document.uuid) in known

    @invariant()
    def what_is_stamped_is_what_the_invoice_says(self):
        for document in self._in("stamped"):
            if document.remote_id not in self.service.by_hand:
                assert document.content == self.contents[document.invoice]

    def check_invariants(self, *args, **kwargs):
        # before `begin` there is nothing to look at
        if hasattr(self, "service"):
            super().check_invariants(*args, **kwargs)
