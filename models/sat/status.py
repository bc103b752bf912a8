import hashlib
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...pac.errors import NotSent, PacError, UnknownOutcome
from ...pac.reading import identity
from ...pac.sat.pace import next_poll
from ..common import sealed
from ..common.errors import sat_error_text
from ..common.transactions import alone, checkpoint, durably
from .answer import EFOS_READINGS, READINGS, WORDS
from .gate import PATIENCE

# readings in which SAT shows that the CFDI is not cancelled
ALIVE = ("live", "cancel_in_process", "refused")
# and in which SAT knows it
KNOWN = (*ALIVE, "cancelled")
# readings of which nothing is concluded
NOT_UNDERSTOOD = ("unknown", "bad_expression")


class L10nMxFactureSatStatus(models.AbstractModel):
    """What SAT says of a CFDI, ours or a supplier's: asked, kept with its time, and acted upon.

    A model that inherits it has ``company_id``, ``uuid``, ``xml_attachment_id`` and ``xml_hash``, inherits
    ``l10n_mx_facture.integrity`` too, and overrides :meth:`_sat_xml`, :meth:`_sat_expected`,
    :meth:`_sat_domain` and :meth:`_sat_apply`; it writes sealed fields through :func:`~.sealed.internal`.
    """

    _name = "l10n_mx_facture.sat_status"
    _description = "Status at SAT"

    sat_codigo_estatus = fields.Char("CodigoEstatus", readonly=True, copy=False)
    sat_estado = fields.Char("Estado", readonly=True, copy=False)
    sat_es_cancelable = fields.Char("EsCancelable", readonly=True, copy=False)
    sat_estatus_cancelacion = fields.Char("EstatusCancelacion", readonly=True, copy=False)
    sat_efos = fields.Char("ValidacionEFOS", readonly=True, copy=False)
    sat_reading = fields.Selection(
        READINGS, "State at SAT", readonly=True, copy=False, help="What SAT's answer means. Only SAT's answer decides."
    )
    sat_how = fields.Selection(
        [
            ("without_acceptance", "Without acceptance"),
            ("with_acceptance", "Accepted by the receiver"),
            ("expired", "No answer within the deadline"),
        ],
        "How it was cancelled",
        readonly=True,
        copy=False,
    )
    sat_cancelling = fields.Selection(
        [
            ("without_acceptance", "Without the receiver's acceptance"),
            ("with_acceptance", "The receiver has to accept"),
            ("not_cancellable", "No: valid CFDIs are related to it"),
        ],
        "How it can be cancelled",
        readonly=True,
        copy=False,
    )
    sat_efos_reading = fields.Selection(
        EFOS_READINGS,
        "69-B list (EFOS)",
        readonly=True,
        copy=False,
        help="SAT's list of issuers of simulated operations, article 69-B of the CFF.",
    )
    sat_date = fields.Datetime("SAT's last answer", readonly=True, copy=False)
    sat_next_date = fields.Datetime("SAT is asked again", readonly=True, copy=False)
    sat_failures = fields.Integer("Queries without an answer", readonly=True, copy=False)
    sat_error = fields.Char("SAT could not be asked", readonly=True, copy=False)
    sat_answer_ids = fields.One2many(
        "l10n_mx_facture.sat_answer", "res_id", "SAT's answers", readonly=True, bypass_search_access=True
    )

    # -- what a model says of itself -------------------------------------------------------------

    def _sat_xml(self):
        """:return: bytes of the stored, stamped XML that SAT is asked about; b"" without one"""
        raise NotImplementedError

    def _sat_expected(self):
        """:return: what is waited for (``pac.sat.pace.EXPECTED``) and since which UTC datetime"""
        raise NotImplementedError

    @api.model
    def _sat_domain(self):
        """:return: domain of the records that are asked for by themselves"""
        raise NotImplementedError

    @api.model
    def _sat_urgencies(self):
        """:return: domains from the most urgent to the rest; who is due in the first ones is asked first"""
        return [[("sat_reading", "=", "cancel_in_process")], [("sat_reading", "in", (False, "not_yet_known"))], []]

    def _sat_refusal(self):
        """:return: why SAT is not asked about this CFDI, or None"""
        self.ensure_one()
        if self.sudo().xml_attachment_id:
            return None
        return self.env._("%s has no stamped XML: SAT is not asked.", self.display_name)

    def _sat_apply(self, word, before):
        """Draw the consequences of SAT's word, in the transaction that stores it: touch the database, call nobody.

        :param word: :class:`~..pac.sat.client.SatAnswer`, asked for at ``sat_date``
        :param before: the reading that SAT's answer before had
        """

    def _sat_after(self):
        """What follows once SAT's word is committed; it may fail alone, and is not repeated by itself."""

    def _sat_bad_xml(self):
        """What follows where the stored XML is not the one of this CFDI, so that SAT can't be asked."""

    # -- asking ----------------------------------------------------------------------------------

    def _sat_ask(self, patience=PATIENCE):
        """Ask SAT now. What it says is kept and committed; no transaction is open meanwhile.

        :param patience: seconds to wait for the turn to ask
        :return: :class:`~..pac.sat.client.SatAnswer`, or None where SAT could not be asked (why is in ``sat_error``)
        """
        try:
            return self._sat_question(patience)
        except PacError:
            return None

    def _sat_ask_or_raise(self):
        """As :meth:`_sat_ask`, for a button. An answer that changes nothing is told by :meth:`_sat_text`.

        :raise UserError: SAT could not be asked, or nothing readable came
        """
        try:
            return self._sat_question(PATIENCE)
        except PacError as error:
            raise UserError(sat_error_text(self.env, error)) from error

    def _sat_text(self):
        """:return: what SAT said last that counts, in its own words too; before it, why its last answer doesn't"""
        self.ensure_one()
        reading = dict(self._fields["sat_reading"]._description_selection(self.env)).get(self.sat_reading)
        words = ", ".join(filter(None, (self.sat_estado, self.sat_estatus_cancelacion, self.sat_es_cancelable)))
        words = words or self.sat_codigo_estatus or ""
        if reading:
            return f"{self.sat_error or ''} {reading} ({words})".strip()
        return self.sat_error or self.env._("SAT has not been asked yet.")

    def _sat_own_xml(self):
        """:return: bytes of the stored XML, which is still the one of this CFDI
        :raise NotSent: ``sat_bad_xml``: SAT would be asked about another CFDI, or about none
        """
        xml = self._sat_xml()
        changed = self.xml_hash and hashlib.sha256(xml).hexdigest() != self.xml_hash
        found, problem = identity.read(xml)
        if changed or problem or found.uuid != (self.uuid or "").upper():
            raise NotSent("sat_bad_xml", "SAT was not asked: the stored XML is not the one of this CFDI. Check it.")
        return xml

    def _sat_question(self, patience):
        """:raise PacError: kept on the record, unless SAT is not to be asked about it at all"""
        self.ensure_one()
        if refusal := self._sat_refusal():
            raise NotSent("sat_not_asked", refusal)
        gate = self.env["l10n_mx_facture.sat_gate"]._get()
        asked = fields.Datetime.now()
        try:
            xml, client = self._sat_own_xml(), gate._client(patience)
            # what was read for the question opened a transaction again
            checkpoint(self.env)
            word = client.ask(xml)
        except PacError as error:
            keep = partial(self._sat_keep_failure, error, asked)
            alone(keep, self.env, f"Keeping why SAT was not asked about {self}")
            gate._note_failure(error)
            if error.reason == "sat_bad_xml":
                alone(self._sat_bad_xml, self.env, f"Checking the files of {self}")
            raise
        gate._note_success()
        durably(partial(self._sat_store, word, asked), self.env)
        alone(self._sat_after, self.env, f"What follows SAT's word on {self}")
        return word

    def _sat_store(self, word, asked):
        """Keep SAT's word and draw its consequences, all or nothing.

        Of a word that was not understood, or that a CFDI which SAT knew can't have, only the answer is kept.
        """
        self.invalidate_recordset()
        if self.sat_date and self.sat_date > asked:
            # somebody asked later and was answered sooner
            return
        reading, words = word.reading, {name: getattr(word, of) for name, of in WORDS.items()}
        vals = {**words, "reading": reading.state, "message": False, "expression": word.expression}
        self.env["l10n_mx_facture.sat_answer"]._keep(self, asked, vals, word.raw)
        if problem := self._sat_doubt(word):
            sealed.write(self, {"sat_failures": self.sat_failures + 1, "sat_error": problem})
            self._sat_plan()
            return
        before = self.sat_reading
        sealed.write(
            self,
            {
                **words,
                "sat_reading": reading.state,
                "sat_how": reading.cancellation,
                "sat_cancelling": reading.cancellable,
                "sat_efos_reading": word.efos,
                "sat_date": asked,
                "sat_failures": 0,
                "sat_error": False,
            },
        )
        self._sat_apply(word, before)
        self._sat_plan()

    def _sat_doubt(self, word):
        """:param word: :class:`~..pac.sat.client.SatAnswer`
        :return: why nothing is concluded from it, as a sentence; None where it counts
        """
        reading = word.reading
        if reading.state == "unknown" and word.lacks_cancellation:
            return self.env._(
                "SAT answers Cancelado, but EstatusCancelacion is empty, which SAT doesn't document. Nothing was "
                "changed. SAT is asked again automatically. Look the CFDI up in SAT's portal."
            )
        if reading.state in NOT_UNDERSTOOD:
            return sat_error_text(self.env, UnknownOutcome("sat_not_understood", ""))
        if reading.state == "not_yet_known" and self.sat_reading in KNOWN:
            return self.env._(
                "SAT doesn't find the CFDI (602), although it had it before. Its earlier answer still counts. SAT is "
                "asked again automatically."
            )
        return None

    def _sat_keep_failure(self, error, asked):
        """No answer, or none that can be read: nothing changes but the time of the next question."""
        self.invalidate_recordset()
        text = sat_error_text(self.env, error)
        sealed.write(self, {"sat_failures": self.sat_failures + 1, "sat_error": text})
        if error.raw:
            nothing = dict.fromkeys(WORDS, False)
            vals = {**nothing, "reading": "unknown", "message": error.reason, "expression": False}
            self.env["l10n_mx_facture.sat_answer"]._keep(self, asked, vals, error.raw)
        self._sat_plan()

    def _sat_put_off(self, wait):
        """:param wait: timedelta after which SAT is asked, unless something else is planned before"""
        sealed.write(self, {"sat_next_date": fields.Datetime.now() + wait})

    def _sat_plan(self):
        """Set when SAT is asked again."""
        for record in self:
            expected, since = record._sat_expected()
            now = fields.Datetime.now()
            wait = next_poll(now - (since or now), record.sat_reading, expected, record.sat_failures)
            sealed.write(record, {"sat_next_date": now + wait})
