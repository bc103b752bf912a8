from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...pac.errors import PacError
from ...pac.sat.pace import UNTIL_KNOWN
from ..common.errors import error_text, sat_error_text
from ..common.transactions import checkpoint, commit_with_retry
from ..sat.status import KNOWN

# FechaTimbrado is local: Mexico is up to eight hours behind UTC
BEHIND_UTC = timedelta(hours=8)


class L10nMxFactureDocument(models.Model):
    """SAT's word before and after a CFDI is adopted, and the service's copy of one."""

    _inherit = "l10n_mx_facture.document"

    @api.model
    def _adopt_and_commit(self, move, candidate, branch, confirmed=False, ask=True):
        """Adopt one CFDI and commit it. What SAT says of it then applies as to any other: also that it is cancelled.

        :param ask: whether SAT is asked at once; else in its next round
        :return: the CFDI
        :raise UserError: it can't be adopted; nothing was written
        """
        environment = self._adopted_environment(branch.sudo().account_id, candidate)
        adopt = partial(self._adopt_elsewhere, move, candidate, branch, environment, confirmed)
        document = commit_with_retry(adopt, self.env)
        document._after_adopt()
        if ask and not document._sat_refusal():
            document._sat_ask()
        return document

    @api.model
    def _adopted_environment(self, account, candidate):
        """A real CFDI that counted as a test one would be stamped again when the account goes live: SAT decides.

        :return: ``production`` or ``test``
        :raise UserError: SAT has to be asked, and gave no answer that decides
        """
        gate = self.env["l10n_mx_facture.sat_gate"]._get()
        if account.environment == "production" or not gate._is_production():
            return account.environment
        try:
            client = gate._client()
            checkpoint(self.env)
            answer = client.ask(candidate.xml)
        except PacError as error:
            gate._record_failure(error)
            raise UserError(self._undecided_text(account, sat_error_text(self.env, error))) from error
        gate._record_success()
        if answer.reading.state in KNOWN:
            return "production"
        # SAT has a new one within 72 hours
        known_since = candidate.read.fecha_timbrado + BEHIND_UTC + UNTIL_KNOWN
        if answer.reading.state == "not_yet_known" and known_since < fields.Datetime.now():
            return "test"
        raise UserError(self._undecided_text(account, answer.codigo_estatus or ""))

    def _undecided_text(self, account, text):
        return self.env._(
            "The account %(account)s is set to Test, so SAT has to say first whether this CFDI is a real one: %(text)s "
            "Try again later, or set the account to Production.",
            account=account.name,
            text=text,
        )


class L10nMxFactureAccount(models.Model):
    """The stamped XML of a UUID that is no CFDI of ours yet."""

    _inherit = "l10n_mx_facture.account"

    def _fetch_cfdi(self, uuid, remote_id=None):
        """:param remote_id: the service's own id of the invoice, where it needs one
        :return: bytes of the XML
        :raise UserError: the service may not be asked, doesn't have it, or can't be understood
        """
        self.ensure_one()
        try:
            client = self._client()
            checkpoint(self.env)
            return client.fetch_xml(uuid, remote_id)
        except PacError as error:
            raise UserError(error_text(self.env, error, reading=True)) from error
