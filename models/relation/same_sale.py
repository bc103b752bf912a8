from odoo import models

from ..common.problem import Problem
from ..sat.status import ALIVE


class AccountMove(models.Model):
    """An invoice whose CFDI was cancelled is stamped again only where it still stands, and on purpose."""

    _inherit = "account.move"

    def _l10n_mx_facture_again_refusals(self):
        """:return: dict from those whose CFDI was cancelled to why they are not stamped along with others"""
        again = ((move, move._l10n_mx_facture_again_problems(alone=False)) for move in self)
        return {move: problems for move, problems in again if problems}

    def _l10n_mx_facture_again_problems(self, alone=True):
        """:param alone: whether a person has pressed Stamp on this very invoice
        :return: why it is not stamped again after its CFDI was cancelled; nothing where none was
        """
        self.ensure_one()
        cancelled = self._l10n_mx_facture_cancelled()
        if not cancelled:
            return []
        if doubted := cancelled.filtered(lambda document: document.sat_reading in ALIVE)[:1]:
            text = self.env._(
                "%(user)s stated that its CFDI %(uuid)s is cancelled, but SAT's last answer differs: %(word)s. Press "
                "SAT status: the invoice can be stamped again when SAT shows the CFDI as cancelled.",
                uuid=doubted.uuid,
                user=doubted.resolved_by_id.name or "-",
                word=doubted.with_env(self.env).sudo()._sat_text(),
            )
            return [Problem(text, self)]
        undoing = self._l10n_mx_facture_undoing()
        if draft := undoing.filtered(lambda one: one.state == "draft")[:1]:
            text = self.env._(
                "Its CFDI was cancelled, and the draft %s reverses the invoice. To stamp the invoice again, delete "
                "the draft.",
                draft.display_name,
            )
            return [Problem(text, draft)]
        if undone := undoing[:1]:
            text = self.env._(
                "Its CFDI was cancelled, and %s reverses the invoice: make a new invoice.",
                undone.display_name,
            )
            return [Problem(text, undone)]
        if self.payment_state == "reversed":
            text = self.env._("Its CFDI was cancelled, and the invoice is reversed: make a new invoice.")
            return [Problem(text, self)]
        if substitute := self._l10n_mx_facture_live_substitute():
            text = self.env._(
                "Its CFDI was cancelled, and %s substitutes it. Stamping again would invoice the sale twice.",
                substitute.display_name,
            )
            return [Problem(text, self._l10n_mx_facture_link_to(substitute))]
        if alone:
            return []
        text = self.env._("Its CFDI was cancelled. To stamp it again, open the invoice and press Stamp again.")
        return [Problem(text, self)]

    def _l10n_mx_facture_cancelled(self):
        """:return: the cancelled CFDIs of these invoices, without those of test of a company that stamps for real"""
        return self.sudo().l10n_mx_facture_document_ids.filtered(
            lambda document: document.state == "cancelled"
            and document.uuid
            and document.environment == document.account_id.environment
        )

    def _l10n_mx_facture_live_substitute(self):
        """:return: an invoice, as superuser, whose CFDI is, or may be, alive and substitutes (04) or replaces (01) a
        cancelled one of this invoice, or was made to, directly or through others that were cancelled since; else none
        """
        seen = level = self
        while level:
            cancelled = level._l10n_mx_facture_cancelled()
            # whatever they name themselves: what SAT was told of with the request (01), and what was made for it
            made = cancelled.env["account.move"].search([("l10n_mx_facture_made_for_id", "in", cancelled.ids)])
            substitutes = self.env["l10n_mx_facture.relation"]._substitutes(cancelled.mapped("uuid"))
            level = (substitutes | cancelled._replacements().move_id | made) - seen
            if live := level.filtered(lambda move: move._l10n_mx_facture_is_live()):
                return live[:1]
            seen |= level
        return self.browse()

    def _l10n_mx_facture_substituted(self):
        """:return: the invoices, as superuser, whose CFDIs these name with 04"""
        documents = self.env["l10n_mx_facture.document"].sudo()
        uuids = self.sudo()._l10n_mx_facture_named_with_04()
        return documents.search([("uuid", "in", uuids)]).move_id if uuids else self.sudo().browse()

    def _l10n_mx_facture_live_of_same_sale(self):
        """:return: an invoice, as superuser, which this one was made to substitute or has replaced, or which took its
        place since, and whose CFDI is, or may be, alive; none where this one names that CFDI with 04
        """
        self.ensure_one()
        move = self.sudo()
        named = move._l10n_mx_facture_named_with_04()
        for one in move._l10n_mx_facture_same_sale() - move._origin - move:
            other = one if one._l10n_mx_facture_is_live() else one._l10n_mx_facture_live_substitute() - move
            if other and other.l10n_mx_facture_uuid not in named:
                return other
        return move.browse()

    def _l10n_mx_facture_same_sale(self):
        """:return: the invoices, as superuser, which these substitute, were made to substitute, or have replaced"""
        moves = self.sudo()
        replaced = moves._l10n_mx_facture_cancelled()._told_as_replaced().move_id
        return moves._l10n_mx_facture_substituted() | moves.l10n_mx_facture_made_for_id.move_id | replaced

    def _l10n_mx_facture_link_to(self, other):
        """:return: another invoice, or this one where the user may not read that one"""
        other = other.with_env(self.env)
        return other if other.has_access("read") else self

    def _l10n_mx_facture_take_substituted(self, taken):
        """Of invoices that go in one call, one substitutes (04) a CFDI, or was made to.

        :param taken: set of the UUIDs of what those before this one substitute, to which its own are added
        :return: problems
        """
        self.ensure_one()
        named = {*self._l10n_mx_facture_named_with_04(), self.sudo().l10n_mx_facture_made_for_id.uuid} - {False}
        if doubled := named & taken:
            text = self.env._(
                "Another invoice of this selection substitutes %s too. Only one of them can.",
                ", ".join(sorted(doubled)),
            )
            return [Problem(text, self)]
        taken |= set(self.env["l10n_mx_facture.document"]._sale_of(named))
        return []
