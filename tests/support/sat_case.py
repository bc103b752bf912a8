"""SAT in the tests: the sandbox's service with prepared answers, queried without waiting for a turn."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from odoo.addons.l10n_mx_facture.models.sat import gate
from odoo.addons.l10n_mx_facture.pac.sat.client import SatClient

from .stamp_case import ProcessDied, StampCase

PATH = "/sat/ConsultaCFDIService.svc"
FOUND = "S - Comprobante obtenido satisfactoriamente."
# what SAT says for each of our readings: CodigoEstatus, Estado, EsCancelable, EstatusCancelacion
WORDS = {
    "live": (FOUND, "Vigente", "Cancelable con aceptación", ""),
    "cancel_in_process": (FOUND, "Vigente", "Cancelable con aceptación", "En proceso"),
    "refused": (FOUND, "Vigente", "Cancelable con aceptación", "Solicitud rechazada"),
    "cancelled": (FOUND, "Cancelado", "", "Cancelado con aceptación"),
    "not_yet_known": ("N - 602: Comprobante no encontrado.", "No Encontrado", "", ""),
    "bad_expression": ("N - 601: La expresión impresa proporcionada no es válida.", "No Encontrado", "", ""),
    "unknown": (FOUND, "Suspendido", "Cancelable con aceptación", ""),
}
MEMBERS = ("CodigoEstatus", "Estado", "EsCancelable", "EstatusCancelacion")


class SatControl:
    """Control of the sandbox's SAT. ``sandbox``: :class:`~.sandbox.Sandbox`."""

    def __init__(self, sandbox):
        self._sandbox = sandbox

    def _post(self, name, **values):
        return self._sandbox._call("POST", f"sat/{name}", json=values)

    def says(self, uuid, reading=None, **words):
        """Say this of a UUID, whatever is true.

        :param reading: one of :data:`WORDS`, or None
        :param words: members to say differently, None for nil
        """
        said = dict(zip(MEMBERS, WORDS[reading], strict=True)) if reading else {}
        return self._post("say", uuid=uuid, **{**said, **words})

    def truth(self, uuid=None):
        """Say the truth again, of one UUID or of all."""
        return self._sandbox._call("DELETE", "sat/say", params={"uuid": uuid} if uuid else {})

    def receiver(self, uuid, answer):
        """What the receiver of a request does: ``accept``, ``refuse`` or ``expire``."""
        return self._post("answer", uuid=uuid, answer=answer)

    def elsewhere(self, uuid, estado="Cancelado", estatus="Cancelado sin aceptación"):
        """What SAT's portal or another program did to a CFDI."""
        return self._post("state", uuid=uuid, estado=estado, estatus_cancelacion=estatus)

    def register(self, xml):
        """Let SAT know a stamped CFDI of somebody else (text). :return: its UUID"""
        return self._post("register", xml=xml)["uuid"]

    def efos(self, rfc, code="100"):
        """Set ValidacionEFOS of an issuer."""
        return self._post("efos", rfc=rfc, code=code)

    def about(self, uuid):
        """:return: what SAT says (``word``) and has noted of a CFDI"""
        return self._sandbox._call("GET", f"sat/{uuid}")


class SatMixin:
    """For a test class with a ``sandbox``: queries go to the sandbox's SAT, without waiting for a turn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.at_sat = SatControl(cls.sandbox)
        parameters = cls.env["ir.config_parameter"].sudo()
        parameters.set_param("l10n_mx_facture.sat_status_url", cls.sandbox.url + PATH)
        cls.startClassPatcher(patch.object(gate, "GAP", 0))

    def setUp(self):
        super().setUp()
        self.at_sat.truth()

    def questions(self):
        """:return: the questions that arrived at SAT since the last reset"""
        return self.sandbox.requests("sat_status")

    def due(self, records, receipts=True):
        """Let SAT be asked about these records, and their receipts fetched, at the next round."""
        past = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {records._table} SET sat_next_date = %s WHERE id = ANY(%s)", (past, records.ids)
        )
        if receipts and "receipt_next_date" in records._fields:
            self.env.cr.execute(
                "UPDATE l10n_mx_facture_document SET receipt_next_date = %s WHERE id = ANY(%s)", (past, records.ids)
            )
        self.env.invalidate_all()

    def idle(self):
        """Nothing is due at SAT but what a test makes due."""
        later = fields.Datetime.now() + timedelta(days=1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET sat_next_date = %s, receipt_next_date = %s", (later, later)
        )
        self.env.invalidate_all()

    def round(self):
        """What the scheduled actions do: SAT is asked, and receipts are fetched."""
        with self.committing() as env:
            env["l10n_mx_facture.document"]._cron_sat_status()
            env["l10n_mx_facture.document"]._cron_receipts()
        self.env.invalidate_all()

    @contextmanager
    def dying_at_sat(self):
        """The process dies after SAT has answered, before anything is stored."""
        ask = SatClient.ask

        def die(client, xml):
            ask(client, xml)
            raise ProcessDied

        with patch.object(SatClient, "ask", die):
            try:
                yield
            except ProcessDied:
                return
        self.fail("the process did not die")


class SatCase(SatMixin, StampCase):
    """Our own CFDIs at the sandbox's SAT."""

    def ask(self, move, **kwargs):
        """Press the button *SAT status*. :return: the notification's parameters"""
        return self.press(move, "action_l10n_mx_facture_update_sat_status", **kwargs)["params"]

    def document(self, move):
        return move.l10n_mx_facture_document_id
