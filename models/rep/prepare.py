from functools import partial

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import groupby

from ..common import protected
from ..common.languages import in_company_language
from ..common.locks import serialize_on
from ..common.states import STAMPED_STATES
from ..common.transactions import commit_with_retry

# in these states its content follows from the books
OPEN_STATES = ("draft", "rejected")


def in_order(row):
    """Key that sorts what is due, or the lines of a receipt, by payment."""
    return row.date_payment, row.entry_line_id.id, row.id


class L10nMxFactureRepDue(models.Model):
    """From what is due to receipts: one a payment, or one for all payments of a customer in a month."""

    _inherit = "l10n_mx_facture.rep.due"

    def _prepare_reps(self):
        """Make the receipts of these payments, or bring up to date those that are not stamped yet.

        Payments are only in one receipt together where company, branch and receiver are the same.

        :return: the receipts, in the order of the payments
        """
        # who makes receipts of the same payments at this moment has to begin again, and finds these
        serialize_on(self)
        reps = self.env["l10n_mx_facture.rep"]
        rows = self.sudo().sorted(in_order)
        for (company, branch, partner, _when), dues in groupby(rows, key=lambda due: due._rep_key()):
            dues = self.sudo().browse([due.id for due in dues])
            rep = dues._open_rep() or reps.sudo().create(
                {"company_id": company.id, "branch_id": branch.id, "partner_id": partner.id}
            )
            rep._set_lines(dues)
            reps |= rep
        return reps.sudo(False)

    def _rep_key(self):
        """:return: what payments have in common that go into one receipt"""
        monthly = self.company_id.l10n_mx_facture_rep_mode == "month"
        when = (self.date_payment.year, self.date_payment.month) if monthly else self.entry_id.id
        return self.company_id, self._branch(), self.partner_id, when

    def _branch(self):
        """:return: the branch that stamped the invoice, as its receipts go through the same account; where that is
            gone, the journal's
        """
        branch = self.move_id.l10n_mx_facture_document_id.branch_id
        if branch.active and branch.account_id.active:
            return branch
        return self.env["l10n_mx_facture.branch"]._get_by_journal(self.move_id.journal_id)[self.move_id.journal_id]

    def _open_rep(self):
        """:return: the receipt of one of these payments that is not stamped yet, or empty"""
        lines = self.env["l10n_mx_facture.rep.line"].sudo().search(
            [("entry_line_id", "in", self.entry_line_id.ids), ("rep_id.state", "in", OPEN_STATES)], order="id"
        )
        return lines.rep_id.filtered(lambda rep: rep.partner_id == self.partner_id and not rep.replaces_id)[:1]

    def _line_vals(self):
        """:return: dict of values of a line that this becomes"""
        self.ensure_one()
        entry, vals = self.entry_line_id, self._changing_vals()
        rate = abs(entry.balance / entry.amount_currency) if entry.amount_currency else 1.0
        return {
            **vals,
            "move_id": self.move_id.id,
            "entry_line_id": entry.id,
            "date_payment": self.date_payment,
            "currency_id": self.currency_id.id,
            "payment_currency_id": self.payment_currency_id.id,
            "amount_company": self.company_id.currency_id.round(vals["applied"] * rate),
        }

    def _changing_vals(self):
        """:return: dict of those of the values of a line that may change while its receipt isn't sent"""
        stated = self.stated
        return {
            # the invoice is stamped again, the books change, a person says what was paid
            "uuid": self.move_id.l10n_mx_facture_uuid,
            "amount": self.stated_amount if stated else self.amount,
            "applied": self.stated_applied if stated else self.applied,
            "stated": stated,
        }

    # -- by itself ------------------------------------------------------------------------------------

    @api.model
    def _stamp_due(self):
        """Put into the queue what is complete; what isn't stays in Receipts due, where a person sees why."""
        for company in self.env["res.company"].sudo().search([("l10n_mx_facture_rep_auto", "=", True)]):
            # again where somebody works on one of them at this moment
            commit_with_retry(partial(self._queue_due, company), self.env)

    @api.model
    def _queue_due(self, company):
        rows = self.sudo().search([("company_id", "=", company.id)])
        rows = rows.filtered(lambda due: due._is_time() and (not due.question or due.stated))
        if not rows:
            return
        reps = in_company_language(rows.with_company(company))._prepare_reps().sudo()
        waiting = reps.filtered(lambda rep: not rep.document_id.date_queued and not rep._refused_lately())
        waiting._l10n_mx_facture_prefetch(waiting)
        if ready := waiting.filtered(lambda rep: not rep._l10n_mx_facture_judge()[0]):
            self.env["l10n_mx_facture.run"]._start(ready, {})

    def _is_time(self):
        """:return: whether its receipt is made now: the day of the payment has come where it is issued, as a cheque of
            a later day isn't money yet; with one a month, the month is over there
        """
        tz = self._branch().tz or self.env.user.tz or "America/Mexico_City"
        today = fields.Date.context_today(self.with_context(tz=tz))
        if self.company_id.l10n_mx_facture_rep_mode != "month":
            return self.date_payment <= today
        return (self.date_payment.year, self.date_payment.month) < (today.year, today.month)


class L10nMxFactureRep(models.Model):
    """What is on a receipt, until it is sent."""

    _inherit = "l10n_mx_facture.rep"

    def _set_lines(self, dues):
        """:param dues: what is due, of one receiver, in order; it need not be stored"""
        wanted = {(due.entry_line_id.id, due.move_id.id): due._changing_vals() for due in dues}
        lines = {(line.entry_line_id.id, line.move_id.id): line for line in self.line_ids}
        if lines.keys() != wanted.keys() or any(
            lines[pair][name] != value for pair, vals in wanted.items() for name, value in vals.items()
        ):
            protected.unlink(self.line_ids)
            protected.write(self, {"line_ids": [Command.create(due._line_vals()) for due in dues]})

    def _refresh_lines(self):
        """Take the amounts that are due by now; what is paid no more goes."""
        if self.replaces_id:
            self._take_from_replaced()
            return
        lines = self.sudo().line_ids
        pairs = {(line.entry_line_id.id, line.move_id.id) for line in lines}
        rows = lines.entry_line_id.l10n_mx_facture_due_ids
        rows = rows.filtered(lambda due: (due.entry_line_id.id, due.move_id.id) in pairs)
        self._set_lines(rows.sorted(in_order))

    def _l10n_mx_facture_sending(self):
        """Their installments count from now on, whatever the answer is."""
        # who numbers another one of the same invoices at this moment has to begin again
        serialize_on(self.sudo().line_ids.move_id)
        self._count_lines()

    def _count_lines(self):
        """After a change of its CFDI's state: its installments count while that is, or may be, valid.

        Those of a receipt that is substituted by a live one count no more, as the substitute has the same numbers.
        """
        related = self.sudo()
        # a union has no prefetch any more, and most substitute none
        if replaced := related.replaces_id.rep_id:
            related |= replaced
        counting = {rep: rep._is_live() and not rep._live_substitutes() for rep in related}
        changed = related.line_ids.filtered(lambda line: line.counts != counting[line.rep_id])
        ending = changed.filtered("counts")
        # first what ends, as the index allows one of each
        beginning = changed - ending
        for lines, vals in (
            (ending, {"counts": False, "late": False}),
            (beginning._taken_meanwhile(), {"late": True}),
            (beginning, {"counts": True}),
        ):
            protected.write(lines, vals)
            lines.flush_recordset(list(vals))
        # of the others the same is due as before
        self.env["l10n_mx_facture.rep.due"]._refresh(changed.entry_line_id)

    def _live_substitutes(self):
        """:return: the receipts that substitute this one's CFDI and are, or may be, valid"""
        return self.sudo().document_ids.rep_substitute_ids.filtered(lambda rep: rep._is_live())

    def _entries(self):
        """:return: dict from each journal item that paid to its lines, in order"""
        return self.line_ids.sorted(in_order).grouped("entry_line_id")


class L10nMxFactureRepLine(models.Model):
    _inherit = "l10n_mx_facture.rep.line"

    def _taken_meanwhile(self):
        """A late answer: a receipt was stamped after it had counted as refused. That is kept, and told.

        :return: lines whose installment another receipt has by now
        """
        # one that is being sent takes no number that another one has
        stamped = self.filtered(lambda line: line.rep_id.document_id.state in STAMPED_STATES)
        taken = self.browse()
        for line in stamped:
            same = [("uuid", "=", line.uuid), ("installment", "=", line.installment), ("counts", "=", True)]
            if other := self.search([*same, ("rep_id", "!=", line.rep_id.id)], limit=1):
                taken |= line
                line.rep_id.message_post(
                    body=self.env._(
                        "It was stamped although the service had refused it. The installment %(number)s of %(invoice)s "
                        "is on %(other)s too: cancel one of the two.",
                        number=line.installment,
                        invoice=line.move_id.name,
                        other=other.rep_id.name,
                    )
                )
        return taken
