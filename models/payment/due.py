from collections import defaultdict
from datetime import date
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...cfdi.deadlines import last_day_for_receipt
from ..common.states import STAMPED_STATES
from ..common.transactions import commit_or_log, commit_with_retry
from .books import ELSEWHERE, NO_MONEY, THIRD_CURRENCY, WRITE_OFF

# what a person may say of a payment
ANSWER = {"stated", "stated_amount", "stated_applied"}
# receipts of so many payments are brought up to date together
PART = 500


class L10nMxFactureRepDue(models.Model):
    """A payment of a PPD invoice that has no live receipt (REP), with the day until which SAT wants it.

    It follows from the books, as long as it is true: nobody writes it, and its row goes when the receipt is there. So
    the list of what is due costs nothing of what is done.
    """

    _name = "l10n_mx_facture.rep.due"
    _description = "Receipt of Payment That Is Due"
    _order = "date_due, partner_id, id"

    entry_line_id = fields.Many2one(
        "account.move.line", "Journal item that paid", required=True, readonly=True, ondelete="cascade", index=True
    )
    entry_id = fields.Many2one(related="entry_line_id.move_id", string="Entry", store=True, index=True)
    payment_id = fields.Many2one(
        related="entry_line_id.payment_id", string="Payment", store=True, index="btree_not_null"
    )
    move_id = fields.Many2one(
        "account.move", "Invoice", required=True, readonly=True, ondelete="cascade", index=True
    )
    journal_id = fields.Many2one(related="move_id.journal_id", store=True, index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, index=True)
    date_payment = fields.Date("Paid on", required=True, readonly=True)
    date_due = fields.Date("Due until", required=True, readonly=True, index=True)
    amount = fields.Monetary("Paid", readonly=True, help="Of the invoice, in its currency.")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    applied = fields.Monetary(readonly=True, currency_field="payment_currency_id", help="In the payment's currency.")
    payment_currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    question = fields.Char(readonly=True, help="Technical: what the books can't tell.")
    question_text = fields.Text("Question", compute="_compute_question_text")
    # a person's answer
    stated = fields.Boolean("I say what was paid", help="The amounts below are what the receipt says.")
    stated_amount = fields.Monetary("Of the invoice was paid", help="In the invoice's currency.")
    stated_applied = fields.Monetary(
        "With this much of the payment", currency_field="payment_currency_id", help="In the payment's currency."
    )
    is_late = fields.Boolean("Late", compute="_compute_is_late")

    _pair_unique = models.UniqueIndex("(entry_line_id, move_id)", "This payment of the invoice is listed already.")

    @api.depends("date_due")
    @api.depends_context("tz")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for due in self:
            due.is_late = due.date_due < today

    @api.depends("question")
    @api.depends_context("lang")
    def _compute_question_text(self):
        for due in self:
            due.question_text = due._question_text() if due.question else False

    def _question_text(self):
        """:return: what the books can't tell of it, and what to do, as a sentence"""
        facts = {
            "invoice": self.move_id.name,
            "entry": self.entry_id.display_name,
            "currency": self.currency_id.name,
            "other": self.payment_currency_id.name,
        }
        texts = {
            ELSEWHERE: self.env._(
                "Another system has receipted a part of what was paid of %(invoice)s with %(entry)s, by the balance "
                "that was entered for its next receipt: enter in Receipts due how much of this payment has no receipt.",
                **facts,
            ),
            THIRD_CURRENCY: self.env._(
                "%(invoice)s is in %(currency)s and was paid in %(other)s: Odoo's books don't say how much of it was "
                "paid. Enter it in Receipts due.",
                **facts,
            ),
            WRITE_OFF: self.env._(
                "With %(entry)s something is written off, and the books don't say of which invoice: enter in Receipts "
                "due how much of %(invoice)s was paid.",
                **facts,
            ),
            NO_MONEY: self.env._(
                "%(entry)s settles %(invoice)s without money. If it is a payment for SAT (in kind, a debt that was "
                "forgiven), say so in Receipts due with its amount, and choose the payment form on the entry.",
                **facts,
            ),
        }
        return texts.get(self.question, self.question)

    @api.onchange("stated")
    def _onchange_stated(self):
        if self.stated and not self.stated_amount:
            self.stated_amount, self.stated_applied = self.amount, self.applied

    def write(self, vals):
        """A person answers the question, and nothing else."""
        if not self.env.su and (others := set(vals) - ANSWER):
            raise UserError(
                self.env._("What is due follows from the books and can't be edited: %s", ", ".join(sorted(others)))
            )
        return super().write(vals)

    @api.depends("entry_id.name", "move_id.name")
    def _compute_display_name(self):
        for due in self:
            due.display_name = f"{due.entry_id.name}: {due.move_id.name}"

    # -- brought up to date -------------------------------------------------------------------------

    @api.model
    def _refresh(self, entry_lines):
        """Compare what these journal items settle with what live receipts say of them.

        :param entry_lines: journal items of customers' receivables that may pay PPD invoices
        """
        return self._update_rows(entry_lines.sudo().exists())

    @api.model
    def _update_rows(self, entry_lines):
        """As :meth:`_refresh`, of journal items that are known to exist.

        :param entry_lines: as superuser
        """
        Due = self.sudo()
        wanted = entry_lines._l10n_mx_facture_unreceipted()
        found = {(due.entry_line_id, due.move_id): due for due in entry_lines.l10n_mx_facture_due_ids}
        Due.browse().union(*(due for pair, due in found.items() if pair not in wanted)).unlink()
        new = []
        for pair, vals in wanted.items():
            if pair not in found:
                new.append(vals)
                continue
            due = found[pair]
            fields_of = due._fields
            changed = {
                name: value
                for name, value in vals.items()
                if fields_of[name].convert_to_write(due[name], due) != value
            }
            if changed:
                due.write(changed)
        return Due.create(new)

    @api.model
    def _refresh_invoices(self, moves):
        """As :meth:`_refresh`, of all that pays these invoices."""
        if moves := moves._l10n_mx_facture_on_credit():
            lines = moves.sudo()._l10n_mx_facture_settling_lines()
            # what was due of an invoice whose CFDI is cancelled now
            lines |= self.sudo().search([("move_id", "in", moves.ids)]).entry_line_id
            self._refresh(lines)

    @api.model
    def _refresh_paid(self, moves):
        """After a stamp: what was paid before it needs a receipt now."""
        paid = moves._l10n_mx_facture_on_credit().filtered(lambda move: move.payment_state != "not_paid")
        if paid:
            commit_or_log(partial(self._refresh_invoices, paid), self.env, f"Receipts of payment that {paid} needs")

    @api.model
    def _cron_due(self):
        """Look at everything once a day: what other modules or SQL have changed is found, too."""
        listed = self.sudo()._read_group([], ["entry_line_id"])
        todo = self._unlisted_lines().union(*(line for [line] in listed))
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(todo))
        for start in range(0, len(todo), PART):
            part = todo[start : start + PART]
            # again where somebody pays or stamps at this moment
            commit_with_retry(partial(self._refresh, part), self.env)
            if not cron._commit_progress(len(part)):
                return

    @api.model
    def _unlisted_lines(self):
        """:return: journal items that pay stamped PPD invoices of the last months and are on no live receipt"""
        since = fields.Date.subtract(fields.Date.today(), months=14)
        moves = self.env["account.move"].sudo().search(
            [
                ("move_type", "=", "out_invoice"),
                ("l10n_mx_facture_payment_policy", "=", "PPD"),
                ("payment_state", "in", ("partial", "in_payment", "paid")),
                ("l10n_mx_facture_document_id.state", "in", STAMPED_STATES),
                ("invoice_date", ">=", since),
            ]
        )
        return moves._l10n_mx_facture_settling_lines()


class AccountMoveLine(models.Model):
    """What a journal item settles of PPD invoices beyond what live receipts say."""

    _inherit = "account.move.line"

    def _l10n_mx_facture_unreceipted(self, but=None):
        """:param but: a receipt that is left out of account, as another one takes its place
        :return: dict from (journal item, invoice) to the values of its row in what is due"""
        settled = self._l10n_mx_facture_settled()
        invoices = self.env["account.move"].union(*(one.invoice for one in settled))
        needing = set(invoices._l10n_mx_facture_needs_receipts().ids)
        receipted = self._l10n_mx_facture_receipted(but)
        elsewhere = invoices._l10n_mx_facture_receipted_elsewhere()
        wanted = {}
        for one in settled:
            if one.invoice.id not in needing:
                continue
            line, invoice = one.entry_line, one.invoice
            amount, applied = receipted[line, invoice]
            other = elsewhere.get((line, invoice), 0)
            question = one.question or (other and ELSEWHERE)
            left = invoice.currency_id.round(float(one.amount - other) - amount)
            # where a person has said what was paid, the books can't tell what is left
            if left <= 0 or (question and amount):
                continue
            applied += float(one.applied * other / one.amount)
            wanted[line, invoice] = {
                "entry_line_id": line.id,
                "move_id": invoice.id,
                "company_id": invoice.company_id.id,
                "partner_id": line._l10n_mx_facture_receiver(invoice).id,
                "date_payment": line.date,
                "date_due": line._l10n_mx_facture_receipt_due(invoice),
                "amount": left,
                "currency_id": invoice.currency_id.id,
                "applied": line.currency_id.round(float(one.applied) - applied),
                "payment_currency_id": line.currency_id.id,
                "question": question or False,
            }
        return wanted

    def _l10n_mx_facture_receipted(self, but=None):
        """:param but: a receipt that is left out of account
        :return: dict from (journal item, invoice) to what live receipts say is paid: in the invoice's currency, and
            in the payment's
        """
        lines = self.sudo().l10n_mx_facture_rep_line_ids
        if but:
            lines = lines.filtered(lambda line: line.rep_id not in but)
        found = defaultdict(lambda: (0.0, 0.0))
        for line in lines.filtered("counts"):
            amount, applied = found[line.entry_line_id, line.move_id]
            found[line.entry_line_id, line.move_id] = (amount + line.amount, applied + line.applied)
        return found

    def _l10n_mx_facture_receiver(self, invoice):
        """:return: to whom the receipt is made: the invoice's customer, or a factor that pays"""
        payment = self.payment_id
        if payment.l10n_mx_facture_factoring:
            return payment.partner_id.commercial_partner_id
        return invoice.commercial_partner_id

    def _l10n_mx_facture_receipt_due(self, invoice):
        """:return: the fifth day of the month after the payment (RMF 2.7.1.32); where the invoice was stamped later,
            the day of its stamp
        """
        stamped = (invoice.l10n_mx_facture_document_id.date_stamped or "")[:10]
        last = last_day_for_receipt(self.date)
        return max(last, date.fromisoformat(stamped)) if stamped else last


class AccountMove(models.Model):
    """An entry that pays only while it is posted: reset to draft, it keeps its reconciliation."""

    _inherit = "account.move"

    def _l10n_mx_facture_refresh_paid_by(self):
        """Bring up to date what is due of what these entries pay."""
        lines = self.filtered(lambda move: move.move_type == "entry").line_ids
        paying = lines.filtered(lambda line: line.account_type == "asset_receivable" and line.matched_debit_ids)
        if paying:
            self.env["l10n_mx_facture.rep.due"]._refresh(paying)
