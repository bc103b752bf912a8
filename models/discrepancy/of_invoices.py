from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..cancel.notices import CANCELLATION, NOT_AT_SAT
from ..common.states import STAMPED_STATES
from .checks import LISTED, VALID

# types of activities on the invoice, by the kind of discrepancy that they are about
SETTLES = {"cancelled_posted": CANCELLATION, "not_at_sat": NOT_AT_SAT}


class L10nMxFactureDocument(models.Model):
    """Our own CFDI: SAT's status and its invoice."""

    _name = "l10n_mx_facture.document"
    _inherit = ["l10n_mx_facture.document", "l10n_mx_facture.diverging"]

    divergence_ids = fields.One2many("l10n_mx_facture.divergence", "document_id", "Discrepancies", readonly=True)

    @api.model
    def _discrepancy_domain(self):
        stamped = Domain("state", "in", STAMPED_STATES)
        listed = self.env["l10n_mx_facture.received"]._listed_issuers()
        return Domain.OR(
            [
                Domain("state", "=", "cancelled")
                & Domain([("move_id.state", "=", "posted"), ("move_id.payment_state", "!=", "reversed")]),
                Domain("state", "=", "cancelled") & Domain("sat_reading", "in", VALID),
                stamped & Domain("move_id.state", "in", ("cancel", "draft")),
                stamped & Domain("sat_reading", "=", "not_yet_known"),
                stamped & Domain("sat_efos_reading", "in", LISTED),
                stamped & Domain("rfc_receptor", "in", listed),
                Domain("state", "=", "unknown"),
                Domain("rep_id", "in", self._receipts_without_payment()) & stamped,
                self._duplicates_domain(),
            ]
        )

    @api.model
    def _discrepancy_totals(self):
        query = SQL(
            """SELECT document.id FROM l10n_mx_facture_document AS document
                 JOIN account_move AS move ON move.l10n_mx_facture_document_id = document.id
                WHERE document.state IN ('stamped', 'cancel_requested')
                  AND (abs(document.total - move.amount_total) >= 0.0005
                       OR document.currency_id <> move.currency_id)"""
        )
        self.env.flush_all()
        return self.browse(id for (id,) in self.env.execute_query(query))

    # -- one method for each kind ---------------------------------------------------------------

    def _discrepancy_cancelled_posted(self):
        move = self.move_id
        is_reversed = move.l10n_mx_facture_undone_by_id or move.payment_state == "reversed"
        if self.state != "cancelled" or move.state != "posted" or is_reversed or not self._is_current():
            return None
        if self.sat_reading in VALID:
            # then `valid_cancelled` is the discrepancy
            return None
        reason = move._l10n_mx_facture_cancel_or_reverse_refusal(self)
        if reason:
            return self.env._("The CFDI is cancelled at SAT, and its invoice is still posted: %s", reason)
        return self.env._("The CFDI is cancelled at SAT, and its invoice is still posted.")

    def _discrepancy_valid_cancelled(self):
        if self.state == "cancelled" and self.sat_reading in VALID:
            if self.environment != self.account_id.environment:
                return None
            if not self.resolved_by_id:
                return self.env._(
                    "SAT showed it as cancelled before and shows it as valid now (%s).", self.sat_estado or "-"
                )
            return self.env._(
                "%(user)s stated that it is cancelled; SAT shows it as valid (%(state)s).",
                user=self.resolved_by_id.name,
                state=self.sat_estado or "-",
            )
        if not self.move_id or self.state != "stamped" or self.move_id.state == "posted" or not self._is_live_now():
            return None
        if self.move_id.state == "draft":
            return self.env._("The invoice is a draft in Odoo, but its CFDI is valid: post it again unchanged.")
        if self.sat_reading == "refused":
            return self.env._(
                "The invoice is cancelled in Odoo, but its CFDI is valid because the customer refused the "
                "cancellation. Bring the invoice back, or request the cancellation again (button Cancel CFDI)."
            )
        return self.env._("The invoice is cancelled in Odoo, but its CFDI is valid: request its cancellation.")

    def _discrepancy_total(self):
        if not self.move_id or not self._is_live_now():
            return None
        move = self.move_id
        same = self.currency_id == move.currency_id
        if same and not self.currency_id.compare_amounts(self.total, move.amount_total):
            return None
        return self.env._(
            "The CFDI has a total of %(cfdi)s, the invoice of %(invoice)s. Correct the invoice or substitute the CFDI.",
            cfdi=formatLang(self.env, self.total, currency_obj=self.currency_id),
            invoice=formatLang(self.env, move.amount_total, currency_obj=move.currency_id),
        )

    def _efos_group(self):
        if not self._is_live_now():
            return None
        if self.sat_efos_reading in LISTED:
            same = [("rfc_emisor", "=", self.rfc_emisor), ("sat_efos_reading", "in", LISTED)]
        elif self.env["l10n_mx_facture.received"]._is_issuer_listed(self.rfc_receptor):
            same = [("rfc_receptor", "=", self.rfc_receptor), ("sat_efos_reading", "not in", LISTED)]
        else:
            return None
        # the domain of _is_live_now
        shown = [
            ("state", "in", STAMPED_STATES),
            ("move_id.l10n_mx_facture_document_id.state", "in", STAMPED_STATES),
            ("environment", "=", self.environment),
            ("account_id.environment", "=", self.environment),
        ]
        return Domain([("company_id", "=", self.company_id.id), *shown, *same])

    def _efos_text(self, count):
        if self.sat_efos_reading in LISTED:
            return self.env._(
                "The issuer %(rfc)s, or a third party on the CFDI, is on SAT's list of simulated operations (CFF "
                "69-B). Our CFDIs: %(count)s.",
                rfc=self.rfc_emisor,
                count=count,
            )
        return self.env._(
            "The customer %(rfc)s is on SAT's list of simulated operations (CFF 69-B), as SAT showed for a CFDI that "
            "the customer issued. Our valid CFDIs to this customer: %(count)s.",
            rfc=self.rfc_receptor,
            count=count,
        )

    def _close_kind_activities(self, kind):
        if kind in SETTLES:
            self._settle_activities(SETTLES[kind])

    def _discrepancy_unresolved(self):
        if self.state != "unknown" or not self._is_timed_out(self.date_sent):
            return None
        text = self.env._("Its answer was lost: look it up at the service and resolve it.")
        return f"{text} {self.message_text or ''}".strip()

    def _discrepancy_not_at_sat(self):
        return super()._discrepancy_not_at_sat() if self._is_live_now() else None

    def _stamped_since(self):
        return self.date_sent

    def _is_refused(self):
        return self.state == "rejected"

    def _can_be_reposted(self):
        """:return: whether the invoice only has to be posted again, as its CFDI stays valid"""
        refused = self.move_id.state == "cancel" and self.sat_reading == "refused"
        return self.state == "stamped" and (refused or self.move_id.state == "draft")
