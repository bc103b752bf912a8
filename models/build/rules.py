from odoo import api, models

from ...cfdi import rules
from ..common.problem import Problem

# fields by the last part of a finding's fix_in, where it isn't the field's name
FIELDS = {
    "rfc": "vat",
    "regime": "l10n_mx_facture_tax_regime_id",
    "country": "country_id",
    "usage": "l10n_mx_facture_usage_id",
    "payment_policy": "l10n_mx_facture_payment_policy",
    "payment_form": "l10n_mx_facture_payment_form_id",
    "export": "l10n_mx_facture_export",
    "relations": "l10n_mx_facture_relation_ids",
    "global": "l10n_mx_facture_global_periodicity_id",
    "date": "invoice_date",
    "currency": "currency_id",
    "currency_rate": "invoice_currency_rate",
    "product_code": "l10n_mx_facture_product_code_id",
    "unit_code": "l10n_mx_facture_unit_code_id",
    # of a payment, or of an invoice that it settles
    "form": "l10n_mx_facture_payment_form_id",
    "operation_number": "l10n_mx_facture_operation_number",
    "installment": "l10n_mx_facture_first_installment",
    "balance_before": "l10n_mx_facture_first_balance",
    # of what a person said
    "amount": "stated_amount",
    "applied": "stated_applied",
    "fiscal_name": "l10n_mx_facture_fiscal_name",
}
# slugs, as those of the rules, by the attribute that could not be written
ATTRIBUTES = {
    "Emisor/@Nombre": "company.fiscal_name",
    "Receptor/@Nombre": "partner.fiscal_name",
    "Receptor/@NumRegIdTrib": "partner.rfc",
    "Pago/@NumOperacion": "payment.operation_number",
    "DoctoRelacionado/@NumParcialidad": "settlement.installment",
    "DoctoRelacionado/@EquivalenciaDR": "settlement.applied",
}


class L10nMxFactureCfdi(models.AbstractModel):
    """Checks the built document by SAT's rules, so that no credit is spent on what SAT would refuse."""

    _inherit = "l10n_mx_facture.cfdi"

    @api.model
    def _prefetch(self, moves):
        """Read together, and once, what the CFDIs of many invoices are made of.

        Read tags and taxes of all lines at once: recordsets that are filtered or sorted lose their prefetch. As
        superuser: who may see an invoice sees what stands on it, and no rule has to be put to each read.
        """
        lines = moves.sudo().line_ids
        # of more than a thousand, mapped reads nothing but its own field
        lines.fetch()
        for name in ("tax_ids", "tax_tag_ids"):
            lines.mapped(name)

    @api.model
    def _findings(self, move, built):
        """:param built: :class:`~..cfdi.build.Built`
        :return: findings of the rules, errors and warnings, in the order of the document
        """
        related = move.l10n_mx_facture_relation_ids.document_id
        kinds = {document.uuid: document.tipo_de_comprobante for document in related}
        # product and unit codes are rows of SAT's catalogues: the rules needn't look them up
        document = rules.Document.from_comprobante(built.comprobante, built.totals, related_types=kinds)
        return rules.judge(document, self.env["l10n_mx_facture.tax_rate"]._catalogues())

    @api.model
    def _finding_problem(self, move, finding):
        """:param finding: :class:`~..cfdi.rules.rule.Finding`
        :return: a problem with SAT's code and a link to the record on which it is corrected
        """
        record = self._record_to_fix(move, finding)
        return self._problem_at(record, finding.numbered(self.env.lang), finding.fix_in)

    @api.model
    def _cfdi_error_problem(self, move, error):
        """:param error: :class:`~..cfdi.errors.CfdiError`
        :return: a problem with a link to where the attribute is corrected that could not be written
        """
        problem, fix_in = self._cfdi_problem(move, error), ATTRIBUTES.get(error.data.get("attribute"))
        return self._problem_at(self._record_at(move, fix_in), problem.text, fix_in) if fix_in else problem

    @api.model
    def _problem_at(self, record, text, fix_in):
        """:param fix_in: slug of the field where a person corrects it, as of a rule
        :return: :class:`~..common.problem.Problem` with a link to this field of the record
        """
        return Problem(text, record, field=self._field_to_fix(record, fix_in))

    @api.model
    def _warnings(self, move, built):
        """What a person should look at before stamping, although SAT would take it. Extend it where your module adds to
        the CFDI.

        :param built: :class:`~..build.comprobante.Built`
        :return: list of :class:`~..common.problem.Problem`
        """
        return [
            *(self._finding_problem(move, finding) for finding in built.warnings),
            *self._rate_warnings(move),
            *self._left_out_warnings(move),
        ]

    @api.model
    def _field_to_fix(self, record, fix_in):
        """:param fix_in: slug of the field where a person corrects it, as of a rule
        :return: name of this field of the record; None: no single one
        """
        owner, _dot, slug = fix_in.partition(".")
        name = FIELDS.get(slug, slug)
        if name not in record._fields and owner == "line" and record._name == "account.move":
            return "invoice_line_ids"
        return name if name in record._fields else None

    def _record_to_fix(self, move, finding):
        """:return: the record on which the finding's ``fix_in`` is corrected"""
        line = self.env["account.move.line"]
        if finding.line is not None:
            line = self._fiscal_lines(move)[finding.line]
        if finding.fix_in == "tax_rates":
            return self.env["l10n_mx_facture.tax_rate"]._of_finding(finding.data) or move
        return self._record_at(move, finding.fix_in, line)

    @api.model
    def _record_at(self, move, fix_in, line=None):
        """:param fix_in: slug of the field where a person corrects it, as of a rule
        :param line: the invoice line that it is about, if it is known
        :return: the record with this field; the invoice, where there is no other
        """
        owner, _dot, field = fix_in.partition(".")
        record = {
            "company": self._issuer(move),
            "partner": move.commercial_partner_id,
            "branch": move.l10n_mx_facture_branch_id,
        }.get(owner)
        account = move.l10n_mx_facture_branch_id.sudo().account_id.sudo(False)
        if owner == "account" and account.has_access("read"):
            record = account
        if fix_in == "partner.zip":
            record = move._l10n_mx_facture_fiscal_address() or record
        elif line and field == "product_code":
            record = line.product_id.product_tmpl_id
        elif line and field == "unit_code":
            record = line.product_uom_id
        elif line and field == "third_party":
            record = line.l10n_mx_facture_third_party_id.commercial_partner_id
        return record or move
