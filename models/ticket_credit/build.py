from odoo import models

from ...cfdi import rules
from ...cfdi.errors import CfdiError
from ...cfdi.global_invoice.credit import CreditHeader, build_credit
from ...cfdi.global_invoice.document import GlobalRefused
from ..build.comprobante import Built
from ..common.problem import Problem
from ..common.states import STAMPED_STATES


class L10nMxFactureTicketCredit(models.Model):
    """Credit note of a ticket to CFDI."""

    _inherit = "l10n_mx_facture.ticket.credit"

    def _l10n_mx_facture_build(self):
        self.ensure_one()
        Cfdi, problems = self.env["l10n_mx_facture.cfdi"], []
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
        except GlobalRefused as refused:
            return None, [self._finding_problem(one) for one in refused.findings]
        except CfdiError as error:
            return None, [self._error_problem(error)]
        draft = Cfdi._draft(self, made, problems)
        if problems:
            return None, problems
        warnings = tuple(one for one in findings if one.severity == rules.WARNING)
        return Built(made.comprobante, made.totals, made.payload, made.proof, self, draft, warnings), []

    def _credit_header(self, emisor):
        serie, folio = self._serie_and_folio()
        return CreditHeader(
            serie=serie,
            folio=folio,
            fecha=self._issued_now(),
            lugar_expedicion=self.branch_id.zip,
            emisor=emisor,
            uuid=self.sudo().global_id.uuid,
        )

    # -- problems -------------------------------------------------------------------------------------

    def _header_problems(self):
        if not self.branch_id:
            text = self.env._("The credit note has no CFDI branch: choose one.")
            return [Problem(text, self, field="branch_id")]
        return self.env["l10n_mx_facture.cfdi"]._check_branch(self)

    def _global_problems(self):
        """:return: why there is no global invoice whose CFDI it could name"""
        told, names = self.sudo().ticket_id._live_global(), {"ticket": self.sudo().ticket_id.number}
        if not told:
            text = self.env._(
                "The ticket %(ticket)s is in no valid global invoice, so nothing of it is credited by a CFDI.", **names
            )
            return [Problem(text, self.ticket_id)]
        names["name"] = told.name
        if told.state not in STAMPED_STATES:
            text = self.env._(
                "It is not known whether %(name)s with the ticket %(ticket)s was stamped: resolve that first.", **names
            )
            return [Problem(text, told.sudo(False))]
        if told.document_id.environment != self.branch_id.sudo().account_id.environment:
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
        return Problem(self.ticket_id._error_text(error), self)
