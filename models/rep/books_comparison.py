"""Receipts of payment against the books: for each payment of an invoice, the taxes that its receipt (REP) prints, and
those of Odoo's cash-basis entries of the same reconciliation. Nothing is stored for longer than the list is looked at.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import date_utils

from ...cfdi.errors import CfdiError
from ...cfdi.payments.docto_taxes import docto_taxes
from ...cfdi.read import read_cfdi
from ...cfdi.values import CUOTA, EXENTO
from ..common.actions import open_all, open_list, open_record
from ..common.states import STAMPED_STATES
from ..common.taxes import IMPUESTOS, booked, sat_tax

CENT = Decimal("0.01")
NAMES = {"001": "ISR", "002": "IVA", "003": "IEPS"}


@dataclass
class Booked:
    """What cash-basis entries say of an invoice's taxes: Decimals in the company's currency by ``TaxRow.key``."""

    entries: models.BaseModel
    bases: dict = field(default_factory=lambda: defaultdict(Decimal))
    taxes: dict = field(default_factory=lambda: defaultdict(Decimal))


class AccountPartialReconcile(models.Model):
    """The cash-basis entries of a reconciliation."""

    _inherit = "account.partial.reconcile"

    def _l10n_mx_facture_cash_basis(self):
        """:return: :class:`Booked` of the customer's invoice that these reconciliations pay"""
        # where a difference in exchange falls on the invoice, its reconciliation has an entry of its own
        invoice = self.debit_move_id.move_id
        differing = self.exchange_move_id.line_ids.matched_debit_ids
        partials = self | differing.filtered(lambda one: one.debit_move_id.move_id == invoice)
        entries = self.env["account.move"].search(
            [("tax_cash_basis_rec_id", "in", partials.ids), ("state", "=", "posted")]
        )
        found = Booked(entries.filtered(lambda entry: entry.tax_cash_basis_origin_move_id == invoice))
        for item in found.entries.line_ids:
            balance = -booked(item.balance)
            for tax in item.tax_ids.flatten_taxes_hierarchy().filtered("l10n_mx_tax_type"):
                found.bases[_key(tax)] += balance
            tax = item.tax_line_id
            if tax.l10n_mx_tax_type in IMPUESTOS:
                key = _key(tax)
                found.taxes[key] += -balance if key[0] else balance
        return found


def _key(tax):
    """:return: as ``TaxRow.key`` of the CFDI, of an account.tax"""
    impuesto, factor, rate, withheld = sat_tax(tax)
    return withheld, impuesto, factor, rate


class L10nMxFactureRepLine(models.Model):
    """What a stamped receipt prints of an invoice's taxes."""

    _inherit = "l10n_mx_facture.rep.line"

    def _printed_taxes(self):
        """:return: dict from each of these to what ``docto_taxes`` returns; nothing where the XML can't be read"""
        found = {}
        for rep, lines in self.grouped("rep_id").items():
            try:
                pagos = read_cfdi(rep.document_id.xml_attachment_id.raw or b"").comprobante.pagos.pagos
            except CfdiError:
                # of changed files there is a discrepancy
                pagos = ()
            printed = {
                (docto.id_documento, docto.num_parcialidad): docto_taxes(docto, pago.tipo_cambio)
                for pago in pagos
                for docto in pago.doctos
            }
            found |= {line: printed.get((line.uuid, line.installment), {}) for line in lines}
        return found

    def _cash_basis(self):
        """:return: :class:`Booked` of the reconciliations of one payment with one invoice"""
        partials = self.entry_line_id.matched_debit_ids
        return partials.filtered(lambda one: one.debit_move_id.move_id == self.move_id)._l10n_mx_facture_cash_basis()


class L10nMxFactureRepBooks(models.TransientModel):
    """A month whose receipts are compared with the books."""

    _name = "l10n_mx_facture.rep.books"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Receipts against the Books"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    date = fields.Date(
        "Month",
        required=True,
        default=lambda self: fields.Date.subtract(fields.Date.context_today(self), months=1),
        help="Any day of the month in which the payments came in.",
    )
    row_ids = fields.One2many("l10n_mx_facture.rep.books.row", "books_id", "Rows", readonly=True)

    def action_compare(self):
        """List the taxes of the month's receipts beside those of the books.

        :return: the list; it begins with those that differ
        """
        self.ensure_one()
        self.check_access("read")
        rows = self.sudo().row_ids
        rows.unlink()
        rows.create(self._row_vals())
        month = self.date.strftime("%m/%Y")
        return open_list(
            self.row_ids,
            self.env._("Receipts against the books, %s", month),
            [("books_id", "=", self.id)],
            context={"search_default_differs": 1},
        )

    def _row_vals(self):
        """:return: list of dicts, one for each tax of a payment of an invoice"""
        start, end = date_utils.get_month(self.date)
        lines = self.env["l10n_mx_facture.rep.line"].sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("counts", "=", True),
                ("rep_id.state", "in", STAMPED_STATES),
                ("date_payment", ">=", start),
                ("date_payment", "<=", end),
            ]
        )
        printed = lines._printed_taxes()
        pairs = lines.grouped(lambda line: (line.entry_line_id, line.move_id)).values()
        return [vals for pair in pairs for vals in self._pair_vals(pair, printed)]

    def _pair_vals(self, lines, printed):
        """:param lines: of receipts, of one payment and invoice: what of it is paid later has a receipt of its own"""
        sums = defaultdict(lambda: [None, None])
        for line in lines:
            for key, amounts in printed[line].items():
                sums[key] = [_plus(*pair) for pair in zip(sums[key], amounts, strict=True)]
        books = lines[:1]._cash_basis()
        for key in dict.fromkeys((*sums, *books.bases, *books.taxes)):
            (base, tax), booked_base, booked_tax = sums[key], books.bases.get(key), books.taxes.get(key)
            # without a tax the books have no entry for it, unless it is set to be due on payment
            if not (tax or booked_base or booked_tax):
                continue
            amounts = {
                "rep_tax": tax,
                "book_tax": booked_tax,
                "rep_base": base,
                # the books have no litres
                "book_base": None if key[2] == CUOTA else booked_base,
            }
            yield {**self._facts(lines, key, books.entries), **_compared(amounts)}

    def _facts(self, lines, key, entries):
        withheld, impuesto, factor, rate = key
        line = lines[-1]
        return {
            "books_id": self.id,
            "rep_id": line.rep_id.id,
            "partner_id": line.rep_id.partner_id.id,
            "move_id": line.move_id.id,
            "entry_id": line.entry_line_id.move_id.id,
            "payment_id": line.entry_line_id.payment_id.id,
            "date_payment": line.date_payment,
            "cash_basis_ids": [Command.set(entries.ids)],
            "is_foreign": (line.currency_id | line.payment_currency_id) != line.company_id.currency_id,
            "tax": " ".join((NAMES.get(impuesto, "-"), _rate_text(factor, rate))),
            "withheld": withheld,
        }


def _plus(one, other):
    return one if other is None else other + (one or 0)


def _rate_text(factor, rate):
    if rate is None:
        return EXENTO
    return f"{rate.normalize():f}" if factor == CUOTA else f"{(rate * 100).normalize():f} %"


def _compared(amounts):
    """:param amounts: dict of Decimals, None where one of the two doesn't say it
    :return: dict of values of a row
    """
    tax = (amounts["rep_tax"] or Decimal()) - (amounts["book_tax"] or Decimal())
    both = amounts["rep_base"] is not None and amounts["book_base"] is not None
    base = amounts["rep_base"] - amounts["book_base"] if both else Decimal()
    return {
        **{name: float(value or 0) for name, value in amounts.items()},
        "difference": float(tax),
        "base_difference": float(base),
        "differs": max(abs(tax), abs(base)) > CENT,
    }


class L10nMxFactureRepBooksRow(models.TransientModel):
    """A tax of a payment of an invoice: as the receipt prints it, and as the cash-basis entries have it."""

    _name = "l10n_mx_facture.rep.books.row"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Tax of a Receipt against the Books"
    _order = "date_payment, move_id, withheld, tax"
    _rec_name = "tax"

    books_id = fields.Many2one(
        "l10n_mx_facture.rep.books", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="books_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    rep_id = fields.Many2one("l10n_mx_facture.rep", "Receipt of payment", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Receiver", readonly=True, ondelete="cascade")
    move_id = fields.Many2one("account.move", "Invoice", readonly=True, ondelete="cascade")
    entry_id = fields.Many2one("account.move", "Entry that paid", readonly=True, ondelete="cascade")
    payment_id = fields.Many2one("account.payment", readonly=True, ondelete="cascade")
    cash_basis_ids = fields.Many2many("account.move", string="Cash-basis entries", readonly=True)
    date_payment = fields.Date("Paid on", readonly=True)
    tax = fields.Char(readonly=True)
    withheld = fields.Boolean(readonly=True)
    is_foreign = fields.Boolean("In a foreign currency", readonly=True)
    rep_base = fields.Monetary("Base, receipt", readonly=True, help="0 for a quota, whose base is a quantity.")
    book_base = fields.Monetary("Base, books", readonly=True)
    base_difference = fields.Monetary(readonly=True)
    rep_tax = fields.Monetary("Tax, receipt", readonly=True)
    book_tax = fields.Monetary("Tax, books", readonly=True)
    difference = fields.Monetary(readonly=True, help="Receipt minus books.")
    differs = fields.Boolean("Differs by more than a cent", readonly=True)
    reason = fields.Char("Look at", compute="_compute_reason")

    @api.depends_context("lang")
    @api.depends("differs", "is_foreign", "cash_basis_ids")
    def _compute_reason(self):
        for row in self:
            row.reason = row.differs and row._reason_text()

    def _reason_text(self):
        """:return: where such a difference comes from, and where to look"""
        if not self.cash_basis_ids:
            return self.env._(
                "The books have no cash-basis entry of this payment: is the tax set to be due on payment, and is the "
                "payment still reconciled with the invoice?"
            )
        if self.is_foreign:
            return self.env._(
                "Another exchange rate: the receipt has what the payment was worth, the books the rate of its day."
            )
        return self.env._("Compare the taxes of the invoice's CFDI with those of its journal items.")

    def action_open_rep(self):
        """Open the receipt of payment."""
        return open_record(self.rep_id)

    def action_open_payment(self):
        """Open the payment, or the entry that paid."""
        return open_record(self.payment_id or self.entry_id)

    def action_open_cash_basis(self):
        """Open the cash-basis entries."""
        entries = self.cash_basis_ids
        return open_all(entries, self.env._("Cash-basis entries"))
