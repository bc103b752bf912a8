from datetime import datetime
from zoneinfo import ZoneInfo

from odoo import api, fields, models

HEADER_FIELDS = (
    "l10n_mx_facture_branch_id",
    "l10n_mx_facture_usage_id",
    "l10n_mx_facture_payment_policy",
    "l10n_mx_facture_payment_form_id",
)
GLOBAL_FIELDS = (
    "l10n_mx_facture_global_periodicity_id",
    "l10n_mx_facture_global_months_id",
    "l10n_mx_facture_global_year",
)
LINE_FIELDS = ("l10n_mx_facture_product_code_id", "l10n_mx_facture_unit_code_id")


class AccountMove(models.Model):
    """When fiscal values are set from defaults, and when they are kept."""

    _inherit = "account.move"

    def _l10n_mx_facture_update_payment_policy(self, vals):
        """Recompute the payment policy after a change of the due date.

        :param vals: what was written
        """
        if "invoice_date_due" not in vals or "l10n_mx_facture_payment_policy" in vals:
            return
        waiting = self.filtered(lambda move: not move._l10n_mx_facture_is_live())
        # fields that are written in the same call are not recomputed
        written = [self._fields[name] for name in HEADER_FIELDS if name in vals]
        with self.env.protecting(written, waiting):
            waiting._compute_l10n_mx_facture_payment_policy()

    @api.depends("needed_terms")
    def _compute_invoice_date_due(self):
        """An empty due date (an import) is not a choice of immediate payment: core fills it in later."""
        empty = self.filtered(lambda move: move._origin and move.l10n_mx_facture_applies and not move.invoice_date_due)
        (_policy, chosen), *_others = empty._l10n_mx_facture_manual_values()
        result = super()._compute_invoice_date_due()
        (empty - chosen)._compute_l10n_mx_facture_payment_policy()
        return result

    @api.onchange("invoice_date_due")
    def _onchange_l10n_mx_facture_invoice_date_due(self):
        self._compute_l10n_mx_facture_payment_policy()

    def _l10n_mx_facture_group_by_local_date(self):
        """:return: list of parts of these invoices, each with a time zone in its context, so that posting sets the date
            at the place of issue
        """
        today = fields.Date.context_today(self)
        other_date = self._l10n_mx_facture_undated().filtered(
            lambda move: move.l10n_mx_facture_branch_id.tz and move._l10n_mx_facture_today() != today
        )
        grouped = other_date.grouped(lambda move: move.l10n_mx_facture_branch_id.tz)
        parts = [moves.with_context(tz=tz) for tz, moves in grouped.items()]
        same_date = self - other_date
        return [*parts, same_date] if same_date or not parts else parts

    def _l10n_mx_facture_undated(self):
        return self.filtered(lambda move: move.l10n_mx_facture_applies and not move.invoice_date)

    def _l10n_mx_facture_today(self):
        """:return: the date at the place of issue"""
        self.ensure_one()
        return datetime.now(ZoneInfo(self.l10n_mx_facture_branch_id.tz)).date()

    def _l10n_mx_facture_manual_values(self):
        """:return: list of (fields, moves) whose values a user changed from the default"""
        policy = self._fields["l10n_mx_facture_payment_policy"]
        form = self._fields["l10n_mx_facture_payment_form_id"]
        other_policy = self.filtered(
            # the last invoice is only asked for where the due date says otherwise
            lambda move: move[policy.name]
            and move[policy.name] != move._l10n_mx_facture_policy_by_date()
            and move[policy.name] != move._l10n_mx_facture_default_payment_policy()
        )
        other_form = self.filtered(
            lambda move: move[form.name]
            and move[form.name] != move._l10n_mx_facture_default_payment_form()
            # 99 is not a choice, it follows from the policy
            and move[form.name].code != "99"
        )
        # a period on an invoice without date can't be a default
        periods = [([self._fields[name]], self.filtered(name)) for name in GLOBAL_FIELDS[1:]]
        return [([policy], other_policy), ([form], other_form), *periods]

    def _l10n_mx_facture_fill_defaults(self):
        """Fill empty fields with defaults that were set on journal, customer, product or unit since the invoice was
        created.

        Existing values stay.
        """
        for move in self:
            if not move.l10n_mx_facture_applies or move._l10n_mx_facture_is_live():
                continue
            names = HEADER_FIELDS + (GLOBAL_FIELDS if move.l10n_mx_facture_is_global else ())
            for name in names:
                if not move[name]:
                    self.env.add_to_compute(self._fields[name], move)
            # line_ids, which the build reads too: the invoice lines would be a query of their own
            for line in move.line_ids:
                for name in LINE_FIELDS if line.display_type == "product" else ():
                    if not line[name]:
                        self.env.add_to_compute(line._fields[name], line)
