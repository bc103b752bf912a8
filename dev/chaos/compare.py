"""What must be so after a schedule of `make chaos`: the service's book against Odoo's database.

Pure functions on what was read from both, so that they can be tested with made-up books.
"""

from dataclasses import dataclass

from dev.chaos.facts import facts

LIVE = ("sending", "unknown", "stamped", "cancel_requested")
KEPT = ("stamped", "cancel_requested", "cancelled")
CANCELLED = "Cancelado"


@dataclass(frozen=True)
class Stamp:
    """A row of the service's book: what it stamped, the bytes that it gave out, and those that it had received."""

    invoice: int
    uuid: str
    xml: bytes
    estado: str = "Vigente"
    sent: bytes = b""


@dataclass(frozen=True)
class Document:
    """A CFDI document of Odoo, with the bytes of its attached XML, and those that it has as sent."""

    invoice: int
    id: int
    state: str
    uuid: str | None = None
    xml: bytes | None = None
    queued: bool = False
    sent: bytes = b""


@dataclass(frozen=True)
class Call:
    """A row of Odoo's ledger."""

    invoice: int
    operation: str
    outcome: str
    document: int = 0


@dataclass(frozen=True)
class Violation:
    """What may not be, and on which invoice; `invoice` 0: on none."""

    invoice: int
    text: str

    def __str__(self):
        return f"invoice {self.invoice}: {self.text}"


def compare(invoices, book, documents, calls):
    """Every way in which book and database contradict each other, while nothing is under way.

    :param invoices: dict from the id of each invoice that exists to its state
    :param book: :class:`Stamp` of the invoices of the schedule
    :param documents: their :class:`Document`
    :param calls: their :class:`Call`
    :return: list of :class:`Violation`, empty where all is as it must be
    """
    found = []
    for invoice in sorted({one.invoice for one in (*book, *documents, *calls)}):
        stamps = [one for one in book if one.invoice == invoice]
        mine = [one for one in documents if one.invoice == invoice]
        rows = [one for one in calls if one.invoice == invoice]
        texts = (
            *_live(stamps, mine),
            *_kept(stamps, mine),
            *_invented(stamps, mine),
            *_left(mine, rows),
            *_posted(invoices.get(invoice), stamps, mine),
        )
        found += [Violation(invoice, text) for text in texts]
    return found


def settled(invoices, book, documents, calls=()):
    """What is wrong after all unknowns were resolved and everything was stamped that could be.

    :param invoices: as in :func:`compare`
    :param calls: as in :func:`compare`: a cancellation whose answer was lost may have been one
    :return: list of :class:`Violation`
    """
    found = []
    for invoice in invoices:
        valid = [one.uuid for one in book if one.invoice == invoice and one.estado != CANCELLED]
        live = [one for one in documents if one.invoice == invoice and one.state in LIVE]
        lost = any((one.invoice, one.operation, one.outcome) == (invoice, "cancel", "unknown") for one in calls)
        cancelled = lost or any(one.state == "cancel_requested" for one in live)
        if len(valid) != 1 and not (cancelled and not valid):
            found.append(Violation(invoice, f"{len(valid)} valid stamps in the end: {valid}"))
        if [one.state for one in live] not in (["stamped"], ["cancel_requested"]):
            found.append(Violation(invoice, f"ends with live documents {[(one.id, one.state) for one in live]}"))
    return found


def unsettled(service, book, documents):
    """Documents that are still unknown, although the working service could have settled them.

    :param service: services.Service
    :return: list of :class:`Violation`
    """
    found = []
    for document in documents:
        if document.state != "unknown" or not service.looks_up:
            continue
        known = {one.uuid for one in documents if one.invoice == document.invoice}
        lost = [one.uuid for one in book if one.invoice == document.invoice and one.uuid not in known]
        if service.proves or lost:
            found.append(Violation(document.invoice, f"document {document.id} is unknown, the service has {lost}"))
    return found


def contents(service, documents):
    """What is stamped says other things than what was sent, but for what the service sets itself.

    :return: list of :class:`Violation`
    """
    if service.may_change is None:
        return []
    stored = [one for one in documents if one.state in KEPT and one.xml]
    return [
        Violation(one.invoice, f"document {one.id} is stamped with other contents than it was sent with")
        for one in stored
        if facts(one.sent, service.may_change) != facts(one.xml, service.may_change)
    ]


def two_steps(documents, calls):
    """What is stamped was created once before, and both have their rows in the ledger.

    :return: list of :class:`Violation`
    """
    found = []
    for document in documents:
        rows = [one for one in calls if one.document == document.id]
        created = [one for one in rows if one.operation == "create" and one.outcome == "done"]
        asked = [one for one in rows if one.operation == "stamp"]
        if document.state in KEPT and (len(created) != 1 or not asked):
            text = f"document {document.id} is {document.state}: created {len(created)} times, {len(asked)} stamps"
            found.append(Violation(document.invoice, text))
    return found


def _live(stamps, documents):
    live = [one for one in documents if one.state in LIVE]
    if len(live) > 1:
        yield f"{len(live)} live documents: {[(one.id, one.state) for one in live]}"
    valid = [one.uuid for one in stamps if one.estado != CANCELLED]
    if len(valid) > 1:
        yield f"stamped {len(valid)} times: {valid}"


def _kept(stamps, documents):
    """Each stamp is stored as it was given out, or its invoice is unknown."""
    unknown = any(one.state == "unknown" for one in documents)
    for stamp in stamps:
        stored = [one for one in documents if one.uuid == stamp.uuid and one.state in KEPT]
        if not stored:
            if not unknown:
                yield f"stamp {stamp.uuid} is lost: {[(one.id, one.state) for one in documents]}"
            continue
        if stored[0].xml != stamp.xml:
            yield f"stamp {stamp.uuid}: its XML in document {stored[0].id} isn't what the service gave out"
        if stored[0].sent != stamp.sent:
            yield f"stamp {stamp.uuid} is not of what document {stored[0].id} has as sent"
        if stored[0].state == "cancelled" and stamp.estado != CANCELLED:
            yield f"stamp {stamp.uuid} is valid at the service and cancelled in document {stored[0].id}"


def _invented(stamps, documents):
    """Nothing is stored that was not stamped."""
    known = {one.uuid for one in stamps}
    for document in documents:
        if document.uuid and document.uuid not in known:
            yield f"document {document.id} has the UUID {document.uuid}, which was never stamped for this invoice"
        if document.state in KEPT and not document.uuid:
            yield f"document {document.id} is {document.state} without a UUID"


def _posted(state, stamps, documents):
    """An invoice with a CFDI that is, or may be, valid stays as it was posted."""
    valid = [one.uuid for one in stamps if one.estado != CANCELLED]
    live = [(one.id, one.state) for one in documents if one.state in LIVE]
    if state != "posted" and (valid or live):
        yield f"the invoice is {state or 'deleted'} and has stamps {valid}, documents {live}"


def _left(documents, calls):
    """Nothing is left half done."""
    for document in documents:
        if document.state == "sending":
            yield f"document {document.id} is sending for ever"
        if document.queued:
            yield f"document {document.id} ({document.state}) is left in the queue"
    for call in calls:
        if call.outcome == "pending":
            yield f"a call {call.operation} is pending for ever"
