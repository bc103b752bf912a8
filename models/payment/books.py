"""What Odoo's books say of a payment: which invoices it pays, how much of each, in both currencies.

It is read from the reconciliation of journal items, so that a payment, a bank statement line and any other entry are
the same. Nothing is written.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from odoo import models

from ..common.taxes import booked

# Why the books can't tell; the amounts are a proposal then.
# A foreign invoice is paid in another foreign currency: Odoo applies by the invoice's rate, whatever was agreed.
THIRD_CURRENCY = "third_currency"
# A part is written off, and it isn't said of which invoice.
WRITE_OFF = "write_off"
# A part was receipted by another system, before its invoice was adopted.
ELSEWHERE = "elsewhere"
# Nothing but income and expense stands against the receivable: forgiven, lost, or paid in kind.
NO_MONEY = "no_money"


@dataclass(frozen=True)
class Settled:
    """What a receivable item pays of one invoice.

    ``amount`` is in the invoice's currency, ``applied`` the same in the item's, both Decimal. ``order`` sorts the
    payments of an invoice: date of the reconciliation, then id. ``question``: a reason from above, None where the books
    can tell.
    """

    entry_line: models.BaseModel
    invoice: models.BaseModel
    amount: Decimal
    applied: Decimal
    partials: models.BaseModel
    order: tuple
    question: str | None = None


@dataclass(frozen=True)
class Credited:
    """What a credit note takes off an invoice: ``amount`` is Decimal in the invoice's currency."""

    invoice: models.BaseModel
    note: models.BaseModel
    amount: Decimal
    partials: models.BaseModel


class AccountMoveLine(models.Model):
    """A receivable item that pays."""

    _inherit = "account.move.line"

    def _l10n_mx_facture_settled(self):
        """:return: list of :class:`Settled`, in order; nothing of items that pay no invoice"""
        paying = self.filtered(lambda line: line._l10n_mx_facture_pays())
        invoiced = paying.matched_debit_ids.debit_move_id.filtered(lambda line: line.move_id.move_type == "out_invoice")
        amounts = paying._l10n_mx_facture_reconciled("credit")
        amounts_of_invoices = invoiced._l10n_mx_facture_reconciled("debit")
        settled = []
        for line in paying:
            partials = defaultdict(self.env["account.partial.reconcile"].browse)
            for partial in line.matched_debit_ids.sorted("id"):
                if partial in amounts_of_invoices and partial in amounts:
                    partials[partial.debit_move_id.move_id] += partial
            found = [
                line._l10n_mx_facture_settled_of(invoice, some, amounts_of_invoices, amounts)
                for invoice, some in partials.items()
            ]
            # an entry that corrects the value of a foreign item in pesos pays nothing
            settled += line._l10n_mx_facture_without_write_off([one for one in found if one.amount and one.applied])
        return sorted(settled, key=lambda one: one.order)

    def _l10n_mx_facture_settled_of(self, invoice, partials, amounts_of_invoice, amounts):
        company, currency = self.company_currency_id, self.currency_id
        third = company not in (invoice.currency_id, currency) and invoice.currency_id != currency
        return Settled(
            entry_line=self,
            invoice=invoice,
            amount=sum(amounts_of_invoice[partial] for partial in partials),
            applied=sum(amounts[partial] for partial in partials),
            partials=partials,
            order=(max(partials.mapped("max_date")), min(partials.ids)),
            question=THIRD_CURRENCY if third else None,
        )

    def _l10n_mx_facture_pays(self):
        """:return: whether it is on the side that pays: a credit note and a difference in exchange don't pay"""
        return (
            self.account_id.account_type == "asset_receivable"
            and self.parent_state == "posted"
            and self.company_currency_id.compare_amounts(self.balance, 0) < 0
            and not self.move_id.is_invoice(include_receipts=True)
            and not self.move_id.exchange_diff_partial_ids
        )

    # -- amounts ----------------------------------------------------------------------------------

    def _l10n_mx_facture_reconciled(self, side):
        """What each reconciliation takes off the item, in the item's currency.

        Where the currencies differ, a part of what is paid stands in a second reconciliation, with Odoo's entry of the
        difference in exchange. It belongs to the first.

        :param side: "credit" for items that pay, "debit" for those of invoices
        :return: dict from account.partial.reconcile to Decimal, without those with a difference in exchange
        """
        others, other_side = ("matched_debit_ids", "debit") if side == "credit" else ("matched_credit_ids", "credit")
        # of all at once: most have none
        of_difference = self[others][f"{other_side}_move_id"].move_id.filtered("exchange_diff_partial_ids")
        amounts = {}
        for line in self:
            partials = line[others].sorted("id")
            exchange = partials.filtered(lambda one: one[f"{other_side}_move_id"].move_id in of_difference)
            own = partials - exchange
            amounts |= {one: booked(one[f"{side}_amount_currency"]) for one in own}
            if not exchange:
                continue
            # on an item in a foreign currency they change the value in pesos alone
            exchange = exchange.filtered(f"{side}_amount_currency")
            for one, difference in zip(line._l10n_mx_facture_differing(own, exchange, side), exchange, strict=False):
                amounts[one] += booked(difference[f"{side}_amount_currency"])
        return amounts

    def _l10n_mx_facture_differing(self, partials, exchange, side):
        """Which reconciliations the differences in exchange belong to.

        Odoo notes one on each entry of a difference, but where one payment pays several invoices at once it may be the
        wrong one: it takes the first that touches the item. What holds is the order, and that one of a single currency
        has no difference.

        :return: list as long as ``exchange``
        """
        found = partials.filtered(lambda one: one.debit_currency_id != one.credit_currency_id)
        if len(found) > len(exchange) > 0:
            found = found.sorted(lambda one: -self._l10n_mx_facture_difference(one, side))[: len(exchange)].sorted("id")
        return found

    def _l10n_mx_facture_difference(self, partial, side):
        """:return: float, the difference in exchange that Odoo must have seen between the two items"""
        other = partial.debit_move_id if side == "credit" else partial.credit_move_id
        if side == "credit":
            rate = other.currency_id._get_conversion_rate(
                other.currency_id, self.currency_id, self.company_id, self.date
            )
        else:
            rate = abs(other.balance / other.amount_currency) if other.amount_currency else 0
        other_side = "debit" if side == "credit" else "credit"
        return abs(partial[f"{other_side}_amount_currency"] * rate - partial[f"{side}_amount_currency"])

    # -- what isn't money -------------------------------------------------------------------------

    def _l10n_mx_facture_without_write_off(self, settled):
        """What was paid of it: a discount for early payment, or what is written off with the payment, is not.

        :param settled: list of :class:`Settled` of this item
        """
        entry = self.move_id
        paid_out = entry.origin_payment_id or entry.statement_line_id
        # of two items of a payment this is one, and the money the other
        if paid_out and len(entry.line_ids) == 2:
            return settled
        written_off = entry._l10n_mx_facture_written_off()
        lost = sum(written_off.mapped("balance"))
        if not settled or self.company_currency_id.compare_amounts(lost, 0) <= 0:
            return settled
        if not paid_out:
            # of an entry it isn't known whether it is a discount, a commission or a debt that is given up
            money = entry.line_ids.filtered(lambda line: line.balance > 0) - written_off
            return [_asked(one, WRITE_OFF if money else NO_MONEY) for one in settled]
        receivable = entry._l10n_mx_facture_receivable().filtered(lambda line: line.balance < 0)
        several = len(settled) > 1 or len(receivable) > 1 or not self.reconciled
        reduced = self._l10n_mx_facture_reduced(settled, receivable, written_off)
        return [_asked(one, WRITE_OFF) for one in reduced] if several else reduced

    def _l10n_mx_facture_reduced(self, settled, receivable, written_off):
        """Take so much off each as is written off of all, without losing a cent."""
        name = "amount_currency" if receivable.currency_id == written_off.currency_id else "balance"
        full = -booked(sum(receivable.mapped(name)))
        kept = 1 - booked(sum(written_off.mapped(name))) / full
        reduced, before, given = [], Decimal(), Decimal()
        for one in settled:
            before += one.applied
            applied = _rounded(before * kept, self.currency_id) - given
            given += applied
            amount = applied
            if one.invoice.currency_id != self.currency_id:
                amount = _rounded(one.amount * applied / one.applied, one.invoice.currency_id)
            reduced.append(replace(one, amount=amount, applied=applied))
        return reduced


class AccountMove(models.Model):
    """An invoice and what settles it."""

    _inherit = "account.move"

    def _l10n_mx_facture_settling_lines(self):
        """:return: the receivable items that pay these invoices, oldest first"""
        lines = self._l10n_mx_facture_receivable().matched_credit_ids.credit_move_id
        return lines.filtered(lambda line: line._l10n_mx_facture_pays()).sorted(lambda line: (line.date, line.id))

    def _l10n_mx_facture_reconciled_notes(self):
        """:return: list of :class:`Credited`, of these invoices and the credit notes reconciled with them"""
        partials, found = self.line_ids.matched_credit_ids, {}
        # most have none
        if "out_refund" not in partials.credit_move_id.move_id.mapped("move_type"):
            return []
        lines = self._l10n_mx_facture_receivable()
        for partial, amount in lines._l10n_mx_facture_reconciled("debit").items():
            invoice, note = partial.debit_move_id.move_id, partial.credit_move_id.move_id
            if note.move_type == "out_refund" and note.state == "posted":
                one = found.get((invoice, note)) or Credited(invoice, note, Decimal(), partial.browse())
                found[invoice, note] = replace(one, amount=one.amount + amount, partials=one.partials + partial)
        return list(found.values())

    def _l10n_mx_facture_receivable(self):
        lines = self.line_ids
        accounts = lines.account_id.filtered(lambda account: account.account_type == "asset_receivable")
        return lines.filtered(lambda line: line.account_id in accounts)

    def _l10n_mx_facture_written_off(self):
        """:return: the items of an entry that pays which are neither money nor owed by or to anybody"""
        if self.origin_payment_id:
            return self.origin_payment_id._seek_for_lines()[2]
        if self.statement_line_id:
            _money, _suspense, others = self.statement_line_id._seek_for_lines()
            owed = ("asset_receivable", "liability_payable")
            return others.filtered(lambda line: line.account_id.account_type not in owed)
        return self.line_ids.filtered(lambda line: line.account_id.internal_group in ("income", "expense"))


def _rounded(amount, currency):
    return amount.quantize(Decimal(1).scaleb(-currency.decimal_places), ROUND_HALF_UP)


def _asked(settled, question):
    """:return: the same with a question, unless there is one already"""
    return settled if settled.question else replace(settled, question=question)
