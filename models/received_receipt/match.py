from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ...cfdi.received_receipt import match_payments
from ..common.taxes import booked


class L10nMxFactureReceivedRepLine(models.Model):
    """Which bill, and which payment of ours, a supplier's receipt is of; where there is none, why.

    It is looked up each time: bills, payments and receipts come in any order, and are undone.
    """

    _inherit = "l10n_mx_facture.received.rep.line"

    move_id = fields.Many2one("account.move", "Bill", compute="_compute_match", compute_sudo=True)
    entry_line_id = fields.Many2one(
        "account.move.line", "Journal item that paid", compute="_compute_match", compute_sudo=True
    )
    payment_id = fields.Many2one("account.payment", "Our payment", compute="_compute_match", compute_sudo=True)
    entry_id = fields.Many2one("account.move", "Our entry", compute="_compute_match", compute_sudo=True)
    problem = fields.Text("What doesn't match", compute="_compute_match", compute_sudo=True)

    # not stored, and of records that this one doesn't link to
    @api.depends("uuid", "amount", "date_payment", "rep_id.in_use")
    @api.depends_context("lang")
    def _compute_match(self):
        Received = self.env["l10n_mx_facture.received"]
        found = Received.search([("uuid", "in", self.mapped("uuid")), ("in_use", "=", True)])
        bills = {(one.root_company_id, one.uuid): one for one in found}
        paid_with = {}
        for received in {bills.get(line._bill_key()) for line in self} - {None}:
            paid_with |= self._matched(received)
        for line in self:
            received = bills.get(line._bill_key(), Received)
            line.move_id = received.move_id
            line.entry_line_id = item = paid_with.get(line._origin or line)
            line.entry_id, line.payment_id = line.entry_line_id.move_id, line.entry_line_id.payment_id
            line.problem = line._problem_text(received, item) or False

    def _bill_key(self):
        return self.rep_id.root_company_id, self.uuid

    @api.model
    def _matched(self, received):
        """:param received: the CFDI of a bill
        :return: dict from lines of receipts of this bill to the journal items that paid what they say
        """
        mine = [("uuid", "=", received.uuid), ("rep_id.root_company_id", "=", received.root_company_id.id)]
        lines = self.search(mine).sorted(lambda line: (line.installment, line.rep_id.fecha, line.id))
        # one that doesn't count takes no payment from one that does
        lines = lines.filtered("rep_id.in_use") + lines.filtered(lambda line: not line.rep_id.in_use)
        payments = list(received.move_id._l10n_mx_facture_bill_payments().items())
        places = match_payments(
            [(line.date_payment, booked(line.amount)) for line in lines],
            [(item.date, amount) for item, amount in payments],
        )
        return {
            line: payments[place][0] for line, place in zip(lines, places, strict=True) if place is not None
        }

    def _problem_text(self, received, item):
        """:param received: the CFDI of the bill, or empty
        :param item: the journal item that paid, or None
        :return: what of this line doesn't match, and what to do; None where all does
        """
        if not received:
            return self.env._(
                "No bill has the CFDI %(uuid)s (%(number)s): upload its XML among the vendor bills, or ask the "
                "supplier what this is.",
                uuid=self.uuid,
                number=self.reference or "-",
            )
        return self._bill_problem(received) or (self._date_problem(item) if item else self._payment_problem(received))

    def _bill_problem(self, received):
        facts = {"bill": received.move_id.display_name, "number": self.reference or self.uuid}
        if received.rfc_emisor != self.rep_id.rfc_emisor:
            return self.env._(
                "%(bill)s was issued by %(issuer)s, the receipt by %(other)s: ask the supplier whether it was ceded "
                "(factoring).",
                issuer=received.rfc_emisor,
                other=self.rep_id.rfc_emisor,
                **facts,
            )
        if received.moneda != self.moneda:
            return self.env._(
                "The CFDI of %(bill)s is in %(currency)s, the receipt says %(other)s: ask for a correct one.",
                currency=received.moneda,
                other=self.moneda,
                **facts,
            )
        if received.move_id.state != "posted":
            return self.env._("%(bill)s is not confirmed: confirm it and register its payment.", **facts)
        if received.metodo_pago == "PUE":
            return self.env._(
                "The CFDI of %(bill)s says that it was paid at once (PUE): it needs no receipt. Ask the supplier to "
                "cancel it.",
                **facts,
            )
        return None

    def _payment_problem(self, received):
        payments = received.move_id._l10n_mx_facture_bill_payments()
        if not payments:
            return self.env._(
                "The receipt says that %(amount)s of %(bill)s was paid on %(date)s; no payment of it is here: register "
                "it.",
                **self._facts(received.move_id),
            )
        texts = ", ".join(
            f"{self._money(amount, received.move_id)} ({format_date(self.env, item.date)})"
            for item, amount in payments.items()
        )
        return self.env._(
            "The receipt says that %(amount)s of %(bill)s was paid on %(date)s. What was paid here, and is on no other "
            "receipt, is of other amounts; its payments: %(payments)s.",
            payments=texts,
            **self._facts(received.move_id),
        )

    def _date_problem(self, item):
        """VAT is credited in the month of the payment (LIVA 5): another day of the same month is no matter."""
        if (item.date.year, item.date.month) == (self.date_payment.year, self.date_payment.month):
            return None
        return self.env._(
            "The receipt says that %(amount)s of %(bill)s was paid on %(date)s, here it was paid on %(other)s: another "
            "month. Correct one of the two.",
            other=format_date(self.env, item.date),
            **self._facts(self.move_id),
        )

    def _facts(self, move):
        return {
            "amount": self._money(self.amount, move),
            "bill": move.display_name,
            "date": format_date(self.env, self.date_payment),
        }

    def _money(self, amount, move):
        return formatLang(self.env, float(amount), currency_obj=self.currency_id or move.currency_id)


class AccountMove(models.Model):
    """What was paid of a bill."""

    _inherit = "account.move"

    def _l10n_mx_facture_bill_payments(self):
        """:return: dict from each journal item that pays this bill to the Decimal that it takes off it, in the bill's
            currency, the oldest first; what is credited by refunds is not paid
        """
        payable = self.line_ids.filtered(lambda item: item.account_id.account_type == "liability_payable")
        found = defaultdict(Decimal)
        for partial, amount in payable._l10n_mx_facture_reconciled("credit").items():
            item = partial.debit_move_id
            # Odoo keeps a payment that is reset to draft reconciled
            if item.parent_state == "posted" and not item.move_id.is_invoice(include_receipts=True):
                found[item] += amount
        return dict(sorted(found.items(), key=lambda pair: (pair[0].date, pair[0].id)))
