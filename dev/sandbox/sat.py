"""SAT itself, behind the services: what it knows of each CFDI and says when it is asked.

Its beliefs are of its own: SAT's documentation of ConsultaCFDIService and what is publicly told of
its answers, nothing of the addon's.
"""

import datetime

from .cancelling import needs_acceptance
from .sat_relations import Relations
from .sat_store import SatStore
from .seal import CENTRAL

FOUND = "S - Comprobante obtenido satisfactoriamente."
INVALID = "N - 601: La expresión impresa proporcionada no es válida."
NOT_FOUND = "N - 602: Comprobante no encontrado."
MEMBERS = ("CodigoEstatus", "EsCancelable", "Estado", "EstatusCancelacion", "ValidacionEFOS")
LIVE, CANCELLED = "Vigente", "Cancelado"
IN_PROCESS, REFUSED = "En proceso", "Solicitud rechazada"
WITHOUT, WITH, NOT = "Cancelable sin aceptación", "Cancelable con aceptación", "No cancelable"
STATES = {
    LIVE: ("", IN_PROCESS, REFUSED),
    CANCELLED: ("Cancelado sin aceptación", "Cancelado con aceptación", "Plazo vencido"),
}
# what the receiver does: Estado, EstatusCancelacion
ANSWERS = {
    "accept": (CANCELLED, "Cancelado con aceptación"),
    "refuse": (LIVE, REFUSED),
    "expire": (CANCELLED, "Plazo vencido"),
}
# the substitute of a CFDI names it, and is what makes its cancellation possible
SUBSTITUTION = "04"
CLEAN = "200"
EVERY = "*"


def next_business_day(day):
    """The day after, or Monday; SAT's holidays are not known here."""
    day += datetime.timedelta(days=1)
    while day.weekday() > 4:
        day += datetime.timedelta(days=1)
    return day


def _seconds_since(text):
    then = datetime.datetime.fromisoformat(text)
    return (datetime.datetime.now(datetime.UTC) - then).total_seconds()


class Sat:
    """What SAT knows. Orders (``says``, ``efos``) are lost at a restart, as are settings."""

    def __init__(self, store, book, settings):
        self.store = SatStore(store, book)
        self.relations = Relations(store)
        self.settings = settings
        for stranger in store.rows("SELECT uuid, xml FROM sat_strangers"):
            self.relations.add(**stranger)
        self.restore()

    def restore(self):
        """Forget what it was ordered to say."""
        self.says, self.efos = {}, {}

    def register(self, xml):
        """Know a CFDI that no service here stamped; returns its UUID."""
        uuid = self.store.register(xml)
        self.relations.add(uuid, xml)
        return uuid

    # --- what is so -----------------------------------------------------------------------------

    def knows(self, cfdi):
        """Whether a CFDI has reached SAT (setting sat_lag)."""
        return _seconds_since(cfdi.created) >= self.settings["sat_lag"]

    def state(self, cfdi):
        """(Estado, EstatusCancelacion) as they are."""
        file = self.store.file(cfdi.uuid)
        if file["estado"]:
            return file["estado"], file["estatus"]
        if cfdi.row is None:
            return LIVE, ""
        if cfdi.row["estado"] == IN_PROCESS:
            return LIVE, IN_PROCESS
        return cfdi.row["estado"], cfdi.row["estatus_cancelacion"] or ""

    def shown(self, cfdi):
        """(Estado, EstatusCancelacion) as the status service shows them (sat_cancel_lag)."""
        file = self.store.file(cfdi.uuid)
        lag = self.settings["sat_cancel_lag"]
        waiting = file["requested"] and not file["estado"] and _seconds_since(file["requested"]) < lag
        return (LIVE, file["before"]) if waiting else self.state(cfdi)

    def needs_acceptance(self, cfdi):
        """Whether the receiver must accept: settings cancel_state and sat_next_day, RMF 2.7.1.35."""
        forced = self.settings["cancel_state"]
        if forced != "auto":
            return forced == IN_PROCESS
        return needs_acceptance(cfdi.facts) and not (
            self.settings["sat_next_day"] and self._just_issued(cfdi))

    def _just_issued(self, cfdi):
        issued = datetime.date.fromisoformat(cfdi.date[:10])
        return datetime.datetime.now(CENTRAL).date() <= next_business_day(issued)

    def blocking(self, cfdi, substitute=None):
        """UUIDs of the live CFDIs that name this one and must be cancelled first.

        ``substitute``: a UUID, that of reason 01, or '' for a request without one; None: nothing
        was asked for, so that the substitute by relation 04 doesn't count.
        """
        found = []
        for kind, uuid in self.relations.naming(cfdi.uuid):
            replaced = kind == SUBSTITUTION and substitute in (None, uuid)
            other = None if replaced else self.store.cfdi(uuid)
            if (other and kind in self.settings["sat_related"]
                    and self.state(other)[0] != CANCELLED):
                found.append(uuid)
        return found

    # --- what is said ---------------------------------------------------------------------------

    def word(self, cfdi):
        """{member: text} about a CFDI, None for one that is not found."""
        if cfdi is None:
            return {"CodigoEstatus": NOT_FOUND, "EsCancelable": "", "Estado": "No Encontrado",
                    "EstatusCancelacion": "", "ValidacionEFOS": ""}
        state, status = self.shown(cfdi)
        return {"CodigoEstatus": FOUND, "EsCancelable": self._cancellable(cfdi), "Estado": state,
                "EstatusCancelacion": status,
                "ValidacionEFOS": self.efos.get(cfdi.issuer, CLEAN)}

    def invalid(self):
        """What is said to an expression that is none."""
        return {**self.word(None), "CodigoEstatus": INVALID}

    def ordered(self, uuid, word):
        """The word with what it was ordered to say of this UUID, or of every one."""
        return {**word, **self.says.get(EVERY, {}), **self.says.get((uuid or "").lower(), {})}

    def _cancellable(self, cfdi):
        if (cfdi.row and not cfdi.row["cancelable"]) or self.blocking(cfdi):
            return NOT
        return WITH if self.needs_acceptance(cfdi) else WITHOUT

    # --- what happens ---------------------------------------------------------------------------

    def requested(self, cfdi, before):
        """Note an accepted request to cancel; ``before``: the EstatusCancelacion until then."""
        file = self.store.file(cfdi.uuid)
        self.store.write(
            cfdi.uuid, requests=file["requests"] + 1, before=before, estado=None, estatus=None,
            requested=datetime.datetime.now(datetime.UTC).isoformat())

    def answered(self, cfdi, answer):
        """(Estado, EstatusCancelacion) after what the receiver did; ValueError where nobody asked.

        A second request has no term: it never expires.
        """
        if answer not in ANSWERS:
            raise ValueError(f"answer must be one of {', '.join(ANSWERS)}")
        if self.state(cfdi) != (LIVE, IN_PROCESS):
            raise ValueError(f"no cancellation of {cfdi.uuid} waits for the receiver")
        if answer == "expire" and self.store.file(cfdi.uuid)["requests"] > 1:
            raise ValueError("a second request never expires")
        if cfdi.row is None or self.store.file(cfdi.uuid)["estado"]:
            state, status = ANSWERS[answer]
            self.store.write(cfdi.uuid, estado=state, estatus=status)
        return ANSWERS[answer]

    def set_state(self, cfdi, estado, estatus):
        """What another program, or SAT's portal, did: the services here are not told."""
        if estatus not in STATES.get(estado, ()):
            raise ValueError(f"estado and estatus_cancelacion must be of {STATES}")
        asked = int(estatus == IN_PROCESS)
        self.store.write(cfdi.uuid, estado=estado, estatus=estatus,
                         requests=self.store.file(cfdi.uuid)["requests"] + asked)
