from odoo import api, models

from ...cfdi import rules
from ..common.problem import Problem


class L10nMxFactureCfdi(models.AbstractModel):
    """SAT's matrix over the built document: what SAT would refuse is refused before a credit is spent."""

    _inherit = "l10n_mx_facture.cfdi"

    @api.model
    def _prefetch(self, moves):
        """Read together, and once, what the CFDIs of many invoices are made of.

        Lines that are filtered or sorted forget what they were read with: read their tags and taxes before. As
        superuser: who may see an invoice sees what stands on it, and no rule has to be put to each read.
        """
        lines = moves.sudo().line_ids
        for name in ("tax_ids", "tax_tag_ids"):
            lines.mapped(name)

    @api.model
    def _findings(self, move, built):
        """:param built: :class:`~..cfdi.build.Built`
        :return: what the rules find, refusals and warnings, in the order of the document
        """
        related = move.l10n_mx_facture_relation_ids.document_id
        kinds = {document.uuid: document.tipo_de_comprobante for document in related}
        # product and unit codes are rows of SAT's catalogues: the rules needn't look them up
        return rules.judge(rules.Document.from_comprobante(built.comprobante, built.totals, related_types=kinds))

    @api.model
    def _finding_problem(self, move, finding):
        """:param finding: :class:`~..cfdi.rules.rule.Finding`
        :return: a problem with SAT's code and a link to the record that mends it
        """
        text = finding.text(self.env.lang or "en_US")
        return Problem(f"{finding.code}: {text}", self._mended_record(move, finding))

    def _mended_record(self, move, finding):
        """:return: the record on which the finding's ``fix_in`` is corrected"""
        line = self.env["account.move.line"]
        if finding.line is not None:
            line = self._fiscal_lines(move)[finding.line]
        owner, _dot, field = finding.fix_in.partition(".")
        record = {
            "company": self._issuer(move),
            "partner": move.commercial_partner_id,
            "branch": move.l10n_mx_facture_branch_id,
        }.get(owner)
        if field == "product_code":
            record = line.product_id.product_tmpl_id
        elif field == "unit_code":
            record = line.product_uom_id
        elif field == "third_party":
            record = line.l10n_mx_facture_third_party_id.commercial_partner_id
        return record or move
