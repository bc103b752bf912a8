import logging

from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import format_date

from ..common.transactions import commit_with_retry

_logger = logging.getLogger(__name__)


class AccountMove(models.Model):
    """Cancels or reverses the invoice of a CFDI that SAT has cancelled."""

    _inherit = "account.move"

    def _l10n_mx_facture_mark_earlier_reversals(self):
        """Mark earlier reversals without a CFDI: they need none after SAT has cancelled the invoice's CFDI."""
        if document := self._l10n_mx_facture_cfdi_to_reverse():
            earlier = self.reversal_move_ids.filtered(
                lambda one: one.l10n_mx_facture_applies and one.state != "cancel" and not one._l10n_mx_facture_is_live()
            )
            earlier._l10n_mx_facture_mark_cancel_reversals(document)
            earlier._l10n_mx_facture_review_reversed()

    def _l10n_mx_facture_followed(self):
        return self.state == "cancel" or bool(self.l10n_mx_facture_undone_by_id)

    def _l10n_mx_facture_cancel_or_reverse_refusal(self, document):
        """:param document: the CFDI that SAT cancelled
        :return: why this posted invoice is left to the user; None if it isn't
        """
        self.ensure_one()
        way = self.company_id.l10n_mx_facture_on_cancel
        if self.l10n_mx_facture_document_id != document:
            return self.env._("it has another CFDI now.")
        if way == "nothing":
            return self.env._("the company's setting leaves the invoice to the user.")
        if draft := self._l10n_mx_facture_cancel_reversals().filtered(lambda one: one.state == "draft")[:1]:
            return self.env._("the draft %s reverses it: post that, or delete it.", draft.display_name)
        # sudo: also payments of branches that the user can't read
        matched = self.sudo()
        if matched._get_all_reconciled_invoice_partials() or matched.matched_payment_ids.filtered(
            lambda payment: payment.state in ("in_process", "paid")
        ):
            return self.env._("payments or credit notes are matched with it. Unmatch them first.")
        if way == "cancel" and self.sudo().inalterable_hash:
            return self.env._(
                "Odoo has secured it with a hash (journal %s), so it can't be cancelled. Reverse it.",
                self.journal_id.display_name,
            )
        if way == "cancel" and (locks := self._get_violated_lock_dates(self.date, self._affect_tax_report())):
            return self.env._(
                "its date, %(date)s, is locked: %(locks)s. Reverse it with a date of today.",
                date=format_date(self.env, self.date),
                locks=self.env["res.company"]._format_lock_dates(locks),
            )
        return None

    def _l10n_mx_facture_cancel_or_reverse(self, document):
        """Cancel or reverse this posted invoice, as the company's setting says.

        :param document: the CFDI that SAT cancelled
        :raise UserError: Odoo refuses it
        """
        self.ensure_one()
        if self.state != "posted" or self.l10n_mx_facture_undone_by_id:
            return
        if self.company_id.l10n_mx_facture_on_cancel == "cancel":
            self.sudo().button_cancel()
            return
        # in the scheduled action's time zone it may already be tomorrow
        today = fields.Date.context_today(self.with_context(tz=document.branch_id.tz))
        values = {
            "ref": self.env._("Reversal of: %s, whose CFDI SAT has cancelled", self.name),
            "date": today,
            "invoice_date": today,
            "invoice_date_due": today,
            # the rate of the invoice, as another one would leave a difference
            "invoice_currency_rate": self.invoice_currency_rate,
            "invoice_payment_term_id": False,
            "journal_id": self.journal_id.id,
            "invoice_user_id": self.invoice_user_id.id,
        }
        reversals = self.sudo()._reverse_moves([values], cancel=True)
        reversals.filtered(lambda one: not one.l10n_mx_facture_undoes_id)._l10n_mx_facture_mark_cancel_reversals(
            document
        )


class L10nMxFactureDocument(models.Model):
    """Updates the invoice after SAT's answer, or leaves it to the user."""

    _inherit = "l10n_mx_facture.document"

    def _sat_update_invoice(self):
        """Cancel or reverse the invoice, as the company's setting says.

        :return: why it is left to the user; None if it isn't
        """
        move = self.move_id
        if move.state != "posted" or move.l10n_mx_facture_undone_by_id:
            return None
        try:
            return commit_with_retry(self._sat_cancel_or_reverse, self.env)
        except (UserError, RedirectWarning) as error:
            return str(error.args[0])
        except Exception:  # pylint: disable=broad-except
            # SAT's answer stays valid; the user has to update the invoice by hand
            _logger.exception("The invoice of %s could not be cancelled or reversed", self)
            return self.env._("Odoo could not do it: see the server's log.")

    def _sat_cancel_or_reverse(self):
        """:return: why the invoice is left to the user; None if it isn't"""
        if not self._sat_claim_notice():
            return None
        # checked in each attempt, as a payment may have been made in between
        if reason := self.move_id._l10n_mx_facture_cancel_or_reverse_refusal(self):
            return reason
        self.move_id._l10n_mx_facture_cancel_or_reverse(self)
        return None

    def _sat_invoice_followed(self):
        """:return: whether the invoice was cancelled or reversed after SAT's answer"""
        return self._owner()._l10n_mx_facture_followed()
