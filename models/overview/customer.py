from odoo import fields, models

from ...cfdi.rules import WARNING, judge_receptor
from ..common.access import check_group


class ResPartner(models.Model):
    """*Check CFDI* for a customer alone, before there is an invoice."""

    _inherit = "res.partner"

    def action_l10n_mx_facture_check_customer(self):
        """Show what an invoice to this customer would be refused for. Nothing is stored or sent."""
        self.ensure_one()
        check_group(self.env, "stamp")
        self.check_access("read")
        errors, warnings = self._l10n_mx_facture_judge_customer()
        return self.env["l10n_mx_facture.check"]._open_customer(self, errors, warnings)

    def _l10n_mx_facture_judge_customer(self):
        """:return: two lists of problems: errors that SAT would refuse, and warnings"""
        Cfdi, partner = self.env["l10n_mx_facture.cfdi"], self.commercial_partner_id
        move = self.env["account.move"].new(
            {
                "move_type": "out_invoice",
                "company_id": self.env.company.id,
                "partner_id": self.id,
                "l10n_mx_facture_usage_id": partner.l10n_mx_facture_usage_id.id,
            }
        )
        errors, warnings = [], []
        receptor = Cfdi._receptor(move, errors)
        if not errors:
            catalogues = self.env["l10n_mx_facture.tax_rate"]._catalogues()
            for finding in judge_receptor(receptor, fields.Datetime.now(), catalogues):
                found = warnings if finding.severity == WARNING else errors
                found.append(Cfdi._finding_problem(move, finding))
        # what would be chosen on the invoice is proposed by the customer
        return [self._l10n_mx_facture_of_customer(found, move) for found in (errors, warnings)]

    def _l10n_mx_facture_of_customer(self, problems, move):
        return [
            problem.at(self.commercial_partner_id if problem.record is None or problem.record == move else None)
            for problem in problems
        ]
