from odoo import models

from .cancel.notices import CANCELLATION
from .common import protected
from .common.states import CANCEL_STATES, STAMPED_STATES
from .common.transactions import commit_or_log


class L10nMxFactureDocument(models.Model):
    """What happens after a change of a CFDI's state, a stamp, or SAT's answer: each is defined here once, in order.

    Every package may call these; they call every package.
    """

    _inherit = "l10n_mx_facture.document"

    def _move_to(self, state, **vals):
        """Change the state, if :mod:`.common.states` allows it, and write the given values with it.

        :raise UserError: one of these can't change to this state
        """
        self._check_only_sat_cancels(state)
        self._check_transition(state)
        if state in CANCEL_STATES:
            # to cancelled directly: SAT's answer may come before the service's
            for document in self.filtered(lambda one: one.state == "stamped"):
                document._set_aside_receipt()
        cancelling = self.filtered(lambda document: document.state in STAMPED_STATES)
        # the others can't have discrepancies
        reviewed = self.filtered(lambda document: document.state not in ("draft", "sending"))
        resolved = self.filtered(lambda document: document.state == "unknown")
        vals = {
            **self._soon_due_vals(state),
            **self._new_receipt_vals(state),
            **self._end_order_vals(state),
            **vals,
        }
        protected.write(self, {"state": state, **vals})
        if state == "cancelled":
            self.move_id._l10n_mx_facture_release_outdated()
        if cancelling:
            cancelling._settle_activities(CANCELLATION)
        if resolved:
            resolved._settle_lost_answer()
        if reviewed:
            reviewed._review()
        if state in CANCEL_STATES:
            self._review_same_sale()
        self.rep_id._count_lines()
        self.global_id._follow()
        self.ticket_credit_id._follow()
        self.move_id._l10n_mx_facture_follow_tickets()
        if state in CANCEL_STATES:
            # payments of an invoice without a CFDI need no receipt
            self.env["l10n_mx_facture.rep.due"]._refresh_invoices(self.move_id)

    def _after_stamp(self, with_pdf=True):
        """What happens after a stamp. Each step may fail without affecting the stamp.

        :param with_pdf: False in the queue, to save its time for stamping
        """
        stamped = self.filtered(lambda document: document.state == "stamped")
        for owners in stamped._owners():
            owners._l10n_mx_facture_set_aside_printed()
        stamped._finish_stamp(with_pdf)
        stamped.account_id._refresh_credits()
        stamped._carry_out_substituted(at_once=with_pdf)
        stamped._review_former()
        for owners in stamped._owners():
            owners._l10n_mx_facture_mail_stamped()
        # sudo: who stamps need not read the customers' addresses
        stamped.move_id.sudo().l10n_mx_facture_named_ticket_ids._wake_mails()
        self.env["l10n_mx_facture.rep.due"]._refresh_paid(stamped.move_id)
        if branches := stamped.global_id.branch_id:
            commit_or_log(branches._settle_due_tickets, self.env, f"Activities of the tickets of {branches}")

    def _after_adopt(self):
        """What happens after a CFDI that was stamped elsewhere became ours."""
        # of another CFDI of the invoice, which SAT had cancelled
        self._settle_activities(CANCELLATION)
        self.move_id._l10n_mx_facture_set_aside_printed()
        self._carry_out_substituted(at_once=False)
        self._review_former()
        self.env["l10n_mx_facture.rep.due"]._refresh_paid(self.move_id)

    def _stamp_notes(self):
        """:return: list of sentences for the user after a stamp: the state of the CFDIs that these substitute"""
        stamped = self.filtered(lambda document: document.state == "stamped")
        return [text for document in stamped for text in document._substituted_texts()]

    def _after_cancel_refused(self):
        """The service refused a cancellation: this CFDI and its substitute may be valid both."""
        self.env["l10n_mx_facture.divergence"]._find_discrepancies(self)

    def _review(self):
        """Check the open discrepancies of these again: a user may have just corrected them."""
        self.env["l10n_mx_facture.divergence"]._refresh(self)


class L10nMxFactureSatStatus(models.AbstractModel):
    """What follows SAT's answer about our own CFDIs and those of suppliers."""

    _inherit = "l10n_mx_facture.sat_status"

    def _after_sat_answer(self):
        """What happens after SAT's answer is committed. It may fail without affecting the answer, and is not
        repeated.
        """
        self._sat_follow_up()
        # after the invoice was cancelled or reversed, if it is
        self.env["l10n_mx_facture.divergence"]._find_discrepancies(self)

    def _after_bad_xml(self):
        """What happens if the stored XML is not this CFDI's, so that SAT can't be asked."""
        self._check_integrity()


class L10nMxFactureReceived(models.Model):
    """What follows the replacement of a supplier's XML."""

    _inherit = "l10n_mx_facture.received"

    def _after_replacement(self):
        """Another XML has replaced the stored one."""
        self._check_integrity()
        self.env["l10n_mx_facture.divergence"]._find_discrepancies(self)
