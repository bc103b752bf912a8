from datetime import datetime
from zoneinfo import ZoneInfo

from odoo import api, fields, models

HEADER_FIELDS = (
    "l10n_mx_facture_branch_id",
    "l10n_mx_facture_usage_id",
    "l10n_mx_facture_payment_policy",
    "l10n_mx_facture_payment_form_id",
)
LINE_FIELDS = ("l10n_mx_facture_product_code_id", "l10n_mx_facture_unit_code_id")


class AccountMove(models.Model):
    """When the proposed fiscal values are taken over, and when they are left alone."""

    _inherit = "account.move"

    def write(self, vals):
        """Another due date may be another payment policy."""
        result = super().write(vals)
        if "invoice_date_due" in vals and "l10n_mx_facture_payment_policy" not in vals:
            waiting = self.filtered(lambda move: not move._l10n_mx_facture_is_live())
            # a form that is written along is not proposed anew
            written = [self._fields[name] for name in HEADER_FIELDS if name in vals]
            with self.env.protecting(written, waiting):
                waiting._compute_l10n_mx_facture_payment_policy()
        return result

    @api.depends("needed_terms")
    def _compute_invoice_date_due(self):
        """A due date that was left empty (an import) was no choice of paying at once: core fills it in later."""
        empty = self.filtered(lambda move: move._origin and move.l10n_mx_facture_applies and not move.invoice_date_due)
        (_policy, chosen), *_others = empty._l10n_mx_facture_chosen()
        result = super()._compute_invoice_date_due()
        (empty - chosen)._compute_l10n_mx_facture_payment_policy()
        return result

    @api.onchange("invoice_date_due")
    def _onchange_l10n_mx_facture_invoice_date_due(self):
        self._compute_l10n_mx_facture_payment_policy()

    def _post(self, soft=True):
        """The date that posting sets is the one at the place of issue, and undoes nothing that a person chose."""
        undated = self.filtered(lambda move: move.l10n_mx_facture_applies and not move.invoice_date)
        today = fields.Date.context_today(self)
        elsewhere = undated.filtered(
            lambda move: move.l10n_mx_facture_branch_id.tz and move._l10n_mx_facture_today() != today
        )
        posted = self.browse()
        with self.env.protecting(undated._l10n_mx_facture_chosen()):
            for tz, moves in elsewhere.grouped(lambda m: m.l10n_mx_facture_branch_id.tz).items():
                there = super(AccountMove, moves.with_context(tz=tz))._post(soft)
                posted += there.with_env(self.env)
            if self - elsewhere or not self:
                posted += super(AccountMove, self - elsewhere)._post(soft)
        return posted

    def _l10n_mx_facture_today(self):
        """:return: the date at the place of issue"""
        self.ensure_one()
        return datetime.now(ZoneInfo(self.l10n_mx_facture_branch_id.tz)).date()

    def _l10n_mx_facture_chosen(self):
        """:return: list of (fields, moves) of what a person set otherwise than it is proposed"""
        policy = self._fields["l10n_mx_facture_payment_policy"]
        form = self._fields["l10n_mx_facture_payment_form_id"]
        other_policy = self.filtered(
            lambda move: move[policy.name] and move[policy.name] != move._l10n_mx_facture_default_payment_policy()
        )
        other_form = self.filtered(
            lambda move: move[form.name]
            and move[form.name] != move._l10n_mx_facture_default_payment_form()
            # 99 is no choice, it follows from the policy
            and move[form.name].code != "99"
        )
        return [([policy], other_policy), ([form], other_form)]

    def _l10n_mx_facture_fill_in(self):
        """Take over what was set on journal, customer, product or unit since the invoice was made.

        What is there stays as it is.
        """
        for move in self:
            if not move.l10n_mx_facture_applies or move._l10n_mx_facture_is_live():
                continue
            for name in HEADER_FIELDS:
                if not move[name]:
                    self.env.add_to_compute(self._fields[name], move)
            lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
            for name in LINE_FIELDS:
                empty = lines.filtered(lambda line, name=name: not line[name])
                self.env.add_to_compute(lines._fields[name], empty)
