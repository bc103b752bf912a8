import hashlib
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...pac.errors import NotSent, PacError, UnknownOutcome
from ...pac.reading import identity
from ...pac.sat.expression import expressions
from ...pac.sat.pace import next_poll
from ..common import protected
from ..common.errors import sat_error_text
from ..common.transactions import checkpoint, commit_or_log, commit_with_retry
from .answer import ANSWER_FIELDS, EFOS_READINGS, NOT_UNDERSTOOD, READINGS
from .gate import MAX_WAIT

# readings of CFDIs that are not cancelled
ALIVE = ("live", "cancel_in_process", "refused")
# readings of CFDIs that SAT has
KNOWN = (*ALIVE, "cancelled")


class L10nMxFactureSatStatus(models.AbstractModel):
    """SAT's status of a CFDI, ours or a supplier's: queried, stored with its time, and acted upon.

    A model that inherits it has ``company_id``, ``uuid``, ``xml_attachment_id`` and ``xml_hash``, inherits
    ``l10n_mx_facture.integrity`` too, and overrides :meth:`_sat_xml`, :meth:`_sat_expected`, :meth:`_sat_domain` and
    :meth:`_sat_apply`; it writes protected fields through :func:`~.protected.internal`.
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

    # -- overridden by the models ----------------------------------------------------------------

    def _sat_xml(self):
        """:return: bytes of the stored stamped XML; b"" if there is none"""
        raise NotImplementedError

    def _sat_expected(self):
        """:return: the expected change (a key of ``pac.sat.pace.EXPECTED``) and since which UTC datetime"""
        raise NotImplementedError

    @api.model
    def _sat_domain(self):
        """:return: domain of the records that the scheduled action asks about"""
        raise NotImplementedError

    @api.model
    def _sat_urgencies(self):
        """:return: domains in order of urgency"""
        return [[("sat_reading", "=", "cancel_in_process")], [("sat_reading", "in", (False, "not_yet_known"))], []]

    def _sat_refusal(self):
        """:return: why SAT is not asked about this CFDI; None if it is"""
        self.ensure_one()
        if self.sudo().xml_attachment_id:
            return None
        return self.env._("%s has no stamped XML: SAT is not asked.", self.display_name)

    def _sat_apply(self, answer, previous_reading):
        """Apply SAT's answer, in the transaction that stores it: use only the database, call no service.

        :param answer: :class:`~..pac.sat.client.SatAnswer`, asked for at ``sat_date``
        :param previous_reading: the reading of the answer before
        """

    # -- asking ----------------------------------------------------------------------------------

    def _sat_ask(self, max_wait=MAX_WAIT):
        """Ask SAT now, store its answer and commit. No transaction is open during the query.

        :param patience: seconds to wait for the turn
        :return: :class:`~..pac.sat.client.SatAnswer`, or None if SAT could not be asked (``sat_error`` says why)
        """
        try:
            return self._sat_query(max_wait)
        except PacError:
            return None

    def _sat_ask_or_raise(self):
        """As :meth:`_sat_ask`, for a button. :meth:`_sat_text` explains an answer that changes nothing.

        :raise UserError: SAT could not be asked, or its answer can't be read
        """
        try:
            return self._sat_query(MAX_WAIT)
        except PacError as error:
            raise UserError(sat_error_text(self.env, error)) from error

    def _sat_text(self):
        """:return: SAT's last conclusive answer, also word for word; before it, why the newest answer was not
            conclusive
        """
        self.ensure_one()
        reading = dict(self._fields["sat_reading"]._description_selection(self.env)).get(self.sat_reading)
        words = ", ".join(filter(None, (self.sat_estado, self.sat_estatus_cancelacion, self.sat_es_cancelable)))
        words = words or self.sat_codigo_estatus or ""
        if reading:
            return f"{self.sat_error or ''} {reading} ({words})".strip()
        return self.sat_error or self.env._("SAT has not been asked yet.")

    def _sat_checked_xml(self):
        """:return: bytes of the stored XML, after checking that it is this CFDI's
        :raise NotSent: ``sat_bad_xml``: the XML is missing, or not this CFDI's
        """
        xml = self._sat_xml()
        changed = self.xml_hash and hashlib.sha256(xml).hexdigest() != self.xml_hash
        found, problem = identity.read(xml)
        if changed or problem or found.uuid != (self.uuid or "").upper():
            raise NotSent("sat_bad_xml", "SAT was not asked: the stored XML is not the one of this CFDI. Check it.")
        return xml

    def _sat_query(self, max_wait):
        """:raise PacError: also stored on the record, unless SAT must not be asked about it"""
        self.ensure_one()
        if refusal := self._sat_refusal():
            raise NotSent("sat_not_asked", refusal)
        gate = self.env["l10n_mx_facture.sat_gate"]._get()
        asked = fields.Datetime.now()
        try:
            xml, client = self._sat_checked_xml(), gate._client(max_wait)
            # reading the values for the query began a new transaction
            checkpoint(self.env)
            answer = client.ask(xml)
        except PacError as error:
            store = partial(self._sat_keep_failure, error, asked)
            commit_or_log(store, self.env, f"Storing why SAT was not asked about {self}")
            gate._record_failure(error)
            if error.reason == "sat_bad_xml":
                commit_or_log(self._after_bad_xml, self.env, f"Checking the files of {self}")
            raise
        gate._record_success()
        commit_with_retry(partial(self._sat_store, answer, asked), self.env)
        commit_or_log(self._after_sat_answer, self.env, f"Following up SAT's answer on {self}")
        return answer

    def _sat_store(self, answer, asked):
        """Store SAT's answer and apply it, in one transaction.

        An answer that was not understood, or that contradicts an earlier one, is stored but not applied.
        """
        self.invalidate_recordset()
        if self.sat_date and self.sat_date > asked:
            # a later query was answered first
            return
        reading, values = answer.reading, {name: getattr(answer, of) for name, of in ANSWER_FIELDS.items()}
        vals = {**values, "reading": reading.state, "message": False, "expression": answer.expression}
        self.env["l10n_mx_facture.sat_answer"]._keep(self, asked, vals, answer.raw)
        if problem := self._sat_inconclusive_reason(answer):
            protected.write(self, {"sat_failures": self.sat_failures + 1, "sat_error": problem})
            self._sat_schedule()
            return
        previous_reading = self.sat_reading
        protected.write(
            self,
            {
                **values,
                "sat_reading": reading.state,
                "sat_how": reading.cancellation,
                "sat_cancelling": reading.cancellable,
                "sat_efos_reading": answer.efos,
                "sat_date": asked,
                "sat_failures": 0,
                "sat_error": False,
            },
        )
        self._sat_apply(answer, previous_reading)
        self._sat_schedule()

    def _sat_inconclusive_reason(self, answer):
        """:param answer: :class:`~..pac.sat.client.SatAnswer`
        :return: why the answer is not applied, as a sentence; None if it is
        """
        reading = answer.reading
        if reading.state == "unknown" and answer.lacks_cancellation:
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
        """No readable answer: only the time of the next query changes."""
        self.invalidate_recordset()
        text = sat_error_text(self.env, error)
        protected.write(self, {"sat_failures": self.sat_failures + 1, "sat_error": text})
        if error.raw:
            nothing = dict.fromkeys(ANSWER_FIELDS, False)
            question = self._sat_question()
            vals = {**nothing, "reading": "unknown", "message": error.reason, "expression": question}
            self.env["l10n_mx_facture.sat_answer"]._keep(self, asked, vals, error.raw)
        self._sat_schedule()

    def _sat_question(self):
        """:return: what is asked about this CFDI; two forms where its RFC can be written in two ways"""
        try:
            return " ".join(expressions(self._sat_xml()))
        except NotSent:
            return False

    def _sat_postpone(self, wait):
        """:param wait: timedelta until the next query, unless one is scheduled before"""
        protected.write(self, {"sat_next_date": fields.Datetime.now() + wait})

    def _sat_schedule(self):
        """Schedule the next query to SAT."""
        for record in self:
            expected, since = record._sat_expected()
            now = fields.Datetime.now()
            wait = next_poll(now - (since or now), record.sat_reading, expected, record.sat_failures)
            protected.write(record, {"sat_next_date": now + wait})
