"""A request to cancel as SAT takes it: it knows more than the service that hands it on."""

from .cancelling import TEXTS, Canceller
from .sat import CANCELLED, IN_PROCESS


class SatCanceller(Canceller):
    """The services' canceller, with SAT's own reasons to say no, and SAT's notes."""

    def __init__(self, book, sealer, settings, sat):
        super().__init__(book, sealer, settings)
        self.sat = sat

    def request(self, user, uuid, reason, substitute):
        """As Canceller.request; 205 until SAT knows it, 202 when it is cancelled at SAT already, 204
        while live CFDIs are related to it.
        """
        self._check(user, uuid, reason, substitute)
        row = self.book.get(uuid)
        if row is None or row["user"] != user["name"]:
            return super().request(user, uuid, reason, substitute)
        cfdi = self.sat.store.cfdi(uuid)
        state, before = self.sat.state(cfdi)
        code = self._refused(cfdi, state, before, substitute)
        if code:
            return code, TEXTS[code]
        code, text = super().request(user, uuid, reason, substitute)
        if code == "201":
            self.sat.requested(cfdi, before)
            self._settle(uuid)
        return code, text

    def _refused(self, cfdi, state, status, substitute):
        if not self.sat.knows(cfdi):
            return "205"
        if state == CANCELLED or status == IN_PROCESS:
            self._write(cfdi.row, "202")
            return "202"
        if self.sat.blocking(cfdi, (substitute or "").lower()):
            return "204"
        return None

    def _settle(self, uuid):
        """What is cancellable without acceptance by SAT's further exceptions is so at once."""
        cfdi = self.sat.store.cfdi(uuid)
        if cfdi.row["estado"] == IN_PROCESS and not self.sat.needs_acceptance(cfdi):
            self.book.change(uuid, estado=CANCELLED, estatus_cancelacion="Cancelado sin aceptación")

    def answered(self, uuid, answer):
        """The receiver's answer; returns what SAT says from now on. ValueError where none waits."""
        cfdi = self.sat.store.cfdi(uuid)
        if cfdi is None:
            raise ValueError(f"SAT has no CFDI {uuid}")
        state, status = self.sat.answered(cfdi, answer)
        if cfdi.row is not None and cfdi.row["estado"] == IN_PROCESS:
            self.decide(uuid, {"estado": state, "estatus_cancelacion": status})
        return self.sat.word(self.sat.store.cfdi(uuid))
