from functools import partial

from odoo import api, models
from odoo.exceptions import UserError

from ...pac.errors import PacError
from ..common.errors import error_text
from ..common.transactions import checkpoint, commit_with_retry


class L10nMxFactureDocument(models.Model):
    """Adopts one CFDI and asks SAT about it."""

    _inherit = "l10n_mx_facture.document"

    @api.model
    def _adopt_and_commit(self, move, candidate, branch, confirmed=False, ask=True):
        """Adopt one CFDI and commit it. What SAT says of it then applies as to any other: also that it is cancelled.

        :param ask: whether SAT is asked at once; else in its next round
        :return: the CFDI
        :raise UserError: it can't be adopted; nothing was written
        """
        adopt = partial(self._adopt_elsewhere, move, candidate, branch, confirmed)
        document = commit_with_retry(adopt, self.env)
        document._after_adopt()
        if ask and not document._sat_refusal():
            document._sat_ask()
        return document


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
