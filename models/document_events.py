from odoo import models

from .cancel.notices import CANCELLATION
from .common import sealed
from .common.states import CANCEL_STATES, STAMPED_STATES


class L10nMxFactureDocument(models.Model):
    """What follows a change of a CFDI's state, a stamp, and SAT's answer: each stands here once, in order.

    Every package may call these; they call every package.
    """

    _inherit = "l10n_mx_facture.document"

    def _move_to(self, state, **vals):
        """Change the state as :mod:`.common.states` allows it, together with the facts that go with it.

        :raise UserError: one of these can't have this state after its own
        """
        self._check_only_sat_cancels(state)
        self._check_transition(state)
        if state in CANCEL_STATES:
            # cancelled: SAT may be faster than the service's answer
            for document in self.filtered(lambda one: one.state == "stamped"):
                document._set_aside_receipt()
        cancelling = self.filtered(lambda document: document.state in STAMPED_STATES)
        # about the others nothing was open before
        reviewed = self.filtered(lambda document: document.state not in ("draft", "sending"))
        vals = {
            **self._soon_asked_vals(state),
            **self._new_receipt_vals(state),
            **self._end_order_vals(state),
            **vals,
        }
        sealed.write(self, {"state": state, **vals})
        if cancelling:
            cancelling._settle_activities(CANCELLATION)
        if reviewed:
            reviewed._review()
        if state in CANCEL_STATES:
            self._review_same_sale()

    def _after_stamp(self, with_pdf=True):
        """What follows a stamp, and may fail alone: nothing of it touches the stamp.

        :param with_pdf: False in the queue, whose time is for stamping
        """
        stamped = self.filtered(lambda document: document.state == "stamped")
        stamped._follow_stamp(with_pdf)
        stamped.account_id._refresh_credits()
        stamped._carry_out_substituted(at_once=with_pdf)
        stamped._review_former()

    def _stamp_notes(self):
        """:return: list of sentences that a person is told after a stamp: what became of the CFDIs that these
            substitute
        """
        stamped = self.filtered(lambda document: document.state == "stamped")
        return [text for document in stamped for text in document._substituted_texts()]

    def _sat_after(self):
        self._sat_follow_up()
        # once the invoice has followed SAT's answer, where it does
        self.env["l10n_mx_facture.divergence"]._find_divergences(self)

    def _sat_bad_xml(self):
        self._check_integrity()

    def _review(self):
        """Look again at what is open about these: a person may have just mended it."""
        self.env["l10n_mx_facture.divergence"]._refresh(self)


class L10nMxFactureReceived(models.Model):
    """The same for a supplier's CFDI."""

    _inherit = "l10n_mx_facture.received"

    def _sat_after(self):
        self._sat_follow_up()
        self.env["l10n_mx_facture.divergence"]._find_divergences(self)

    def _sat_bad_xml(self):
        self._check_integrity()

    def _after_replacement(self):
        """Another XML has taken the place of the stored one."""
        self._check_integrity()
        self.env["l10n_mx_facture.divergence"]._find_divergences(self)
