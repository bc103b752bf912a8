from odoo import models

from ...cfdi.errors import CfdiError
from ...cfdi.global_invoice.credit import CreditHeader, build_credit
from ..common.problem import Problem
from ..common.states import STAMPED_STATES


class L10nMxFactureTicketCredit(models.Model):
    """Credit note of a ticket to CFDI."""

    _inherit = "l10n_mx_facture.ticket.credit"

    def _l10n_mx_facture_build(self):
        self.ensure_one()
        Cfdi = self.env["l10n_mx_facture.cfdi"]
        if problems := [*self._header_problems(), *self._global_problems()]:
            return None, problems
        emisor = Cfdi._emisor(self, problems)
        if problems:
            return None, problems
        try:
            rest = self.ticket_id.sudo()._rest(but=self)
            returned = self._returned().snapped_to(rest)
            rest.less(returned)
            catalogues = self.env["l10n_mx_facture.tax_rate"]._catalogues()
            made, findings = build_credit(self._credit_header(emisor), returned, catalogues)
        except CfdiError as error:
            return None, self._refused_problems(error)
        return Cfdi._with_draft(self, made, findings)

    def _credit_header(self, emisor):
        return CreditHeader(**self._header_values(emisor), uuid=self.sudo().global_id.uuid)

    # -- problems -------------------------------------------------------------------------------------

    def _global_problems(self):
        """:return: why there is no global invoice whose CFDI it could name"""
        global_invoice, names = self.sudo().ticket_id._live_global(), {"ticket": self.sudo().ticket_id.number}
        if not global_invoice:
            text = self.env._(
                "The ticket %(ticket)s is in no valid global invoice, so nothing of it is credited by a CFDI.", **names
            )
            return [Problem(text, self.ticket_id)]
        names["name"] = global_invoice.name
        if global_invoice.state not in STAMPED_STATES:
            text = self.env._(
                "It is not known whether %(name)s with the ticket %(ticket)s was stamped: resolve that first.", **names
            )
            return [Problem(text, global_invoice.sudo(False))]
        if global_invoice.document_id.environment != self.branch_id.sudo().account_id.environment:
            text = self.env._(
                "%(name)s was stamped in another environment than the account of its credit note: both must be in test "
                "or both in production.",
                **names,
            )
            return [Problem(text, self, field="branch_id")]
        return []

    def _error_problem(self, error):
        """:param error: :class:`~..cfdi.errors.CfdiError`"""
        if error.code == "no_form":
            text = self.env._("How is it given back? Choose the payment form.")
            return Problem(text, self, field="payment_form_id")
        if "attribute" in error.data:
            return super()._error_problem(error)
        return Problem(self.ticket_id._error_text(error), self)
