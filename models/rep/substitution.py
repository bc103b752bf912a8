from odoo import models
from odoo.exceptions import UserError

from ..common.access import check_group
from ..common.actions import open_record
from ..document.cancel_reasons import WITH_REPLACEMENT


class L10nMxFactureRep(models.Model):
    """Another receipt in the place of one that is wrong, and the order in which receipts are cancelled."""

    _inherit = "l10n_mx_facture.rep"

    def action_substitute(self):
        """Make the receipt that takes the place of this one, with what the books say now, and open it.

        :raise UserError: its CFDI is not valid
        """
        return self.action_l10n_mx_facture_substitute()

    def action_l10n_mx_facture_substitute(self):
        """As ``action_substitute``: the flow of a cancellation with reason 01 calls it."""
        self.ensure_one()
        check_group(self.env, "stamp")
        self.check_access("write")
        if self.state not in ("stamped", "cancel_requested"):
            raise UserError(self.env._("%s has no valid CFDI that could be substituted.", self.name))
        return open_record(self._l10n_mx_facture_substitute() or self._make_substitute())

    def _l10n_mx_facture_substitution_step(self):
        # nothing of it is posted: it waits for its stamp alone
        step = super()._l10n_mx_facture_substitution_step()
        return "stamp" if step == "edit" else step

    def _make_substitute(self):
        substitute = self.sudo().create(
            {
                "company_id": self.company_id.id,
                "branch_id": self.branch_id.id,
                "partner_id": self.partner_id.id,
                "replaces_id": self.document_id.id,
            }
        )
        substitute._take_from_replaced()
        return substitute.sudo(False)

    def _take_from_replaced(self):
        """Take the payments of the receipt that it substitutes, with the amounts of the books."""
        replaced = self.sudo().replaces_id.rep_id
        pairs = {(line.entry_line_id, line.move_id) for line in replaced.line_ids}
        # what it would be without the replaced one
        wanted = replaced.line_ids.entry_line_id._l10n_mx_facture_unreceipted(but=replaced)
        said = {(line.entry_line_id, line.move_id): line for line in replaced.line_ids if line.stated}
        for pair in said.keys() & wanted.keys():
            # what the books can't tell stays as the person has said it
            line = said[pair]
            wanted[pair] |= {"stated": True, "stated_amount": line.amount, "stated_applied": line.applied}
        # they are not stored: what has a live receipt is not due
        Due = self.env["l10n_mx_facture.rep.due"]
        self._set_lines([Due.new(vals) for pair, vals in wanted.items() if pair in pairs])

    # -- the order of cancelling ----------------------------------------------------------------------

    def _l10n_mx_facture_receipts(self):
        """:return: the live CFDIs, as superuser, of later installments of the same invoices"""
        later = self._later_lines()
        return later.rep_id.document_id

    def _later_lines(self):
        """:return: lines, as superuser, of other live receipts that go on from one of these"""
        lines, found = self.env["l10n_mx_facture.rep.line"].sudo(), self.env["l10n_mx_facture.rep.line"].sudo()
        for line in self.sudo().line_ids.filtered("installment"):
            found |= lines.search(
                [
                    ("uuid", "=", line.uuid),
                    ("installment", ">", line.installment),
                    ("counts", "=", True),
                    ("rep_id", "not in", (self | self._live_substitutes()).ids),
                ]
            )
        return found

    def _l10n_mx_facture_check_reason(self, reason, replacement_uuid):
        """Installments are cancelled from the last one backwards; a substitute keeps the chain."""
        result = super()._l10n_mx_facture_check_reason(reason, replacement_uuid)
        later = self._later_lines()
        if reason != WITH_REPLACEMENT and later:
            chain = later.sorted("installment", reverse=True).rep_id
            raise UserError(
                self.env._(
                    "Later receipts go on from the balance of %(rep)s. Cancel these first, in this order: %(chain)s. "
                    "Or substitute %(rep)s (reason 01).",
                    rep=self.name,
                    chain=", ".join(chain.mapped("name")),
                )
            )
        return result


class AccountMove(models.Model):
    """An invoice whose payments have receipts."""

    _inherit = "account.move"

    def _l10n_mx_facture_check_reason(self, reason, replacement_uuid):
        """SAT cancels no invoice that a valid receipt names."""
        result = super()._l10n_mx_facture_check_reason(reason, replacement_uuid)
        if receipts := self._l10n_mx_facture_receipts():
            chain = receipts.rep_id.line_ids.filtered(lambda line: line.move_id == self)
            names = ", ".join(chain.sorted("installment", reverse=True).rep_id.mapped("name"))
            raise UserError(
                self.env._(
                    "%(invoice)s has receipts of payment. SAT doesn't cancel it before them; usually a credit note "
                    "corrects such an invoice. To cancel it all the same, cancel these first, in this order: "
                    "%(chain)s.",
                    invoice=self.name,
                    chain=names,
                )
            )
        return result
