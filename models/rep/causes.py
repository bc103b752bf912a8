from odoo import models
from odoo.tools import format_date

from ..common.problem import Problem
from ..common.states import UNANSWERED_STATES
from .build import MEXICAN_PESO, rate_of


class L10nMxFactureRep(models.Model):
    """What a person has to say or to correct before a receipt's CFDI is computed."""

    _inherit = "l10n_mx_facture.rep"

    def _header_problems(self):
        problems, account = super()._header_problems(), self.branch_id.sudo().account_id
        if account and not account._capabilities().receipts_of_payment:
            text = self.env._(
                "The service of the account %s can't stamp receipts of payment: choose a branch of another account.",
                account.name,
            )
            problems.append(Problem(text, self, field="branch_id"))
        if self.company_id.currency_id.name != MEXICAN_PESO:
            text = self.env._("The books of %s are not in MXN: the exchange rate can't be told.", self.company_id.name)
            problems.append(Problem(text, self.company_id))
        return problems

    def _payment_problems(self, entries, receipted):
        """:param entries: what ``_entries`` returned
        :param receipted: lines of all receipts of the invoices
        :return: what a person has to say about the payments, before anything is computed
        """
        if not self.line_ids:
            text = self.env._("Nothing that it was made for is paid any more: delete it.")
            return [Problem(text, self)]
        problems = self._first_receipt_problems(receipted)
        for entry_line, lines in entries.items():
            entry = entry_line.move_id
            if not entry._l10n_mx_facture_paid_form():
                text = self.env._(
                    "How was %s paid? Choose SAT's payment form on it, or on the journal for the next ones (CRP20212).",
                    entry.display_name,
                )
                record = entry._l10n_mx_facture_paid_with()
                problems.append(Problem(text, record, field="l10n_mx_facture_payment_form_id"))
            asked = self._book_problems(entry_line, lines) or self._said_problems(entry_line, lines)
            problems += asked or self._rate_problems(entry_line)
        return [*problems, *self._earlier_problems(receipted), *self._environment_problems()]

    def _environment_problems(self):
        """A receipt in production names no CFDI of test, and the other way round."""
        account = self.branch_id.sudo().account_id
        return [
            Problem(
                self.env._(
                    "Stamp %(invoice)s first: its CFDI and the account %(account)s must both be in test or both in "
                    "production.",
                    invoice=move.name,
                    account=account.name,
                ),
                move,
            )
            for move in self.line_ids.move_id
            for document in move.l10n_mx_facture_document_id
            if document.environment != account.environment and not document._may_be_real()
        ]

    def _first_receipt_problems(self, receipted):
        """:return: invoices of another system of which nobody has said what was receipted before"""
        asked = (self.line_ids.move_id - receipted.filtered("counts").move_id).filtered(
            lambda move: move.l10n_mx_facture_document_id.adopted_from and not move.l10n_mx_facture_first_installment
        )
        return [
            Problem(
                self.env._(
                    "%s was stamped by another system: enter the number of its next installment and the balance before "
                    "it in the tab CFDI. Without earlier receipts that is 1.",
                    move.name,
                ),
                move,
                field="l10n_mx_facture_first_installment",
            )
            for move in asked
        ]

    def _book_problems(self, entry_line, lines):
        """:return: what the books can't tell of a payment"""
        asked = entry_line.l10n_mx_facture_due_ids.filtered("question")
        asked = asked.filtered(lambda row: row.move_id in lines.move_id and not row.stated)
        return [Problem(row._question_text(), row, field="stated") for row in asked]

    def _said_problems(self, entry_line, lines):
        """:return: that a person has said that more was paid with a payment than it has"""
        said, currency = lines.filtered("stated"), entry_line.currency_id
        if not said:
            return []
        others = entry_line.l10n_mx_facture_rep_line_ids.filtered("counts") - lines - self.replaces_id.rep_id.line_ids
        told = sum((lines | others).mapped("applied"))
        if currency.compare_amounts(told, abs(entry_line.amount_currency)) <= 0:
            return []
        text = self.env._(
            "%(said)s would be told as paid with %(entry)s, which has %(amount)s: correct what is said in Receipts "
            "due.",
            said=currency.format(told),
            entry=entry_line.move_id.display_name,
            amount=currency.format(abs(entry_line.amount_currency)),
        )
        row = entry_line.l10n_mx_facture_due_ids.filtered(lambda due: due.stated and due.move_id in said.move_id)[:1]
        return [Problem(text, row or self, field="stated_applied" if row else None)]

    def _rate_problems(self, entry_line):
        """:return: the exchange rate that Odoo takes where nobody has entered one"""
        currency = entry_line.currency_id
        if currency.name == MEXICAN_PESO or rate_of(entry_line) != 1:
            return []
        entry = entry_line.move_id
        text = self.env._(
            "%(entry)s was booked at 1 MXN for 1 %(currency)s, which Odoo takes where a currency has no exchange rate: "
            "enter the rate of %(date)s under Rates of the currency, then reset the payment and confirm it again.",
            entry=entry.display_name,
            currency=currency.name,
            date=format_date(self.env, entry_line.date),
        )
        return [Problem(text, entry._l10n_mx_facture_paid_with())]

    def _earlier_problems(self, receipted):
        """An earlier receipt of the same invoice has to be known before the next one is numbered."""
        lines = receipted.filtered(lambda line: line.rep_id != self and line.rep_id.state in UNANSWERED_STATES)
        return [
            Problem(
                self.env._(
                    "It is not known whether the receipt %(rep)s of %(invoice)s was stamped: resolve that first.",
                    rep=line.rep_id.name,
                    invoice=line.move_id.name,
                ),
                line.rep_id,
            )
            for line in lines
        ]
