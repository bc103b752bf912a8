"""Cancellation: SAT's answers to a request, and the state that follows."""

import re
from decimal import Decimal

from . import acuse
from .errors import Refusal

TEXTS = {
    "201": "Solicitud de cancelación recibida.",
    "202": "UUID previamente cancelado.",
    "203": "UUID no corresponde al emisor.",
    "204": "UUID no aplicable para cancelación.",
    "205": "UUID no existe.",
}
REASONS = ("01", "02", "03", "04")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
GENERIC = ("XAXX010101000", "XEXX010101000")
WITHOUT_ACCEPTANCE = Decimal(1000)


def needs_acceptance(row):
    """Whether the receiver must accept (RMF 2.7.1.35, without its next-day exception).

    A receipt of payment (P) needs it whatever was paid (RMF 2026). The exception is left out
    because everything in a test is cancelled on the day of its issue.
    """
    asked = row["tipo"] == "P" or (
        row["tipo"] == "I" and Decimal(row["total"]) > WITHOUT_ACCEPTANCE)
    return asked and row["rfc_receptor"] not in GENERIC


class Canceller:
    """Answers cancellation requests on the book."""

    def __init__(self, book, sealer, settings):
        self.book = book
        self.sealer = sealer
        self.settings = settings

    def request(self, user, uuid, reason, substitute):
        """Returns (code, text) of SAT's list; Refusal 207-209 on reason and substitute."""
        self._check(user, uuid, reason, substitute)
        row = self.book.get(uuid)
        if row is None:
            return "205", TEXTS["205"]
        if row["user"] != user["name"]:
            return "203", TEXTS["203"]
        if row["estado"] != "Vigente":
            self._write(row, "202")
            return "202", TEXTS["202"]
        if not row["cancelable"]:
            return "204", TEXTS["204"]
        state = self.settings["cancel_state"]
        if state == "auto":
            state = "En proceso" if needs_acceptance(row) else "Cancelado"
        status = "En proceso" if state == "En proceso" else "Cancelado sin aceptación"
        self._write(row, "201", estado=state, estatus_cancelacion=status, motivo=reason,
                    folio_sustitucion=substitute)
        return "201", TEXTS["201"]

    def _check(self, user, uuid, reason, substitute):
        if reason not in REASONS:
            raise Refusal("207", detail=f"motivo: {reason or 'falta'}")
        if reason != "01":
            if substitute:
                raise Refusal("209", detail=f"motivo: {reason}")
            return
        same = substitute and substitute.lower() == uuid.lower()
        if not substitute or same or not UUID.fullmatch(substitute):
            raise Refusal("208", detail=f"folioSustitucion: {substitute or 'falta'}")
        row = self.book.get(substitute)
        if self.settings["check_substitute"] and (row is None or row["user"] != user["name"]):
            raise Refusal("208", detail=f"El CFDI {substitute} no existe")

    def _write(self, row, code, **values):
        receipt = acuse.build(self.sealer, row["rfc_emisor"], row["uuid"], code)
        self.book.change(row["uuid"], codigo_cancelacion=code, acuse=receipt, **values)

    def decide(self, uuid, changes):
        """What the receiver or SAT decides, by the control API: ``estado`` and ``cancelable``.

        Returns the changed row, None when the UUID is unknown.
        """
        row = self.book.get(uuid)
        if row is None:
            return None
        values = {}
        if "cancelable" in changes:
            values["cancelable"] = int(bool(changes["cancelable"]))
        if "estado" in changes:
            values["estado"] = state = changes["estado"]
            values["estatus_cancelacion"] = changes.get("estatus_cancelacion") or {
                "Cancelado": "Cancelado con aceptación" if needs_acceptance(row)
                else "Cancelado sin aceptación",
                "En proceso": "En proceso",
            }.get(state, "Solicitud rechazada" if row["estado"] == "En proceso" else None)
            if state != "Vigente" and row["acuse"] is None:
                self._write(row, "201")
        return self.book.change(uuid, **values) if values else row
