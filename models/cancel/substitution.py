from odoo import models

from ..common.access import check_group
from ..common.states import CANCEL_STATES, UNANSWERED_STATES
from ..common.transactions import checkpoint
from ..document.cancel_reasons import WITH_REPLACEMENT


class L10nMxFactureOwner(models.AbstractModel):
    """Substitution and cancellation in one flow (reason 01)."""

    _inherit = "l10n_mx_facture.owner"

    def _l10n_mx_facture_order_substitution(self):
        """Register the cancellation with reason 01 and create the substitute, both in one transaction.

        Once the substitute is stamped, the cancellation is requested automatically.

        :return: the action that opens the substitute
        """
        check_group(self.env, "cancel")
        self.ensure_one()
        self._l10n_mx_facture_order_cancel(WITH_REPLACEMENT)
        action = self.action_l10n_mx_facture_substitute()
        substitute = self.browse(action["res_id"])
        if substitute.l10n_mx_facture_state == "stamped":
            # the substitute is already stamped: request the cancellation now
            checkpoint(self.env)
            self.l10n_mx_facture_document_id._carry_out_order()
        return action

    def _l10n_mx_facture_substitute(self):
        """:return: what substitutes its CFDI, stamped or not; empty where there is none"""
        found = self._l10n_mx_facture_find_substitutes()
        return found.get(self.l10n_mx_facture_document_id._origin, self.browse())

    def _l10n_mx_facture_substitution_step(self):
        """:return: the step of the substitution: ``start``, ``edit`` (the substitute is a draft), ``stamp``, ``answer``
            (it is not known whether it is stamped), ``cancel``, ``sat`` (waiting for SAT) or ``done``
        """
        self.ensure_one()
        document = self.l10n_mx_facture_document_id
        if document.state in CANCEL_STATES:
            return "sat" if document.state == "cancel_requested" else "done"
        substitute = self._l10n_mx_facture_substitute()
        if not substitute:
            return "start"
        if substitute.state == "draft":
            return "edit"
        if substitute.l10n_mx_facture_state == "stamped":
            return "cancel"
        return "answer" if substitute.l10n_mx_facture_state in UNANSWERED_STATES else "stamp"
