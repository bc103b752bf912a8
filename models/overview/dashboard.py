from collections import defaultdict
from datetime import timedelta

from odoo import fields, models

from ..common.access import is_of_group
from ..common.actions import open_list
from ..common.states import UNANSWERED_STATES, UNSENT_STATES

# of the pace at which credits are used
PACE_DAYS = 30
# a longer time says nothing
FAR_DAYS = 365
# as the search filter "CFDI to stamp" that the card opens
TO_STAMP = [
    ("state", "=", "posted"),
    ("move_type", "in", ("out_invoice", "out_refund")),
    ("l10n_mx_facture_undoes_id", "=", False),
    ("l10n_mx_facture_by_ticket", "=", False),
]


class L10nMxFactureDocument(models.Model):
    _inherit = "l10n_mx_facture.document"

    # the pace reads the last month alone
    _pace = models.Index("(account_id, date_sent)")


class AccountMove(models.Model):
    _inherit = "account.move"

    # the card counts what has no CFDI among many that have one
    _l10n_mx_facture_without_cfdi = models.Index(
        "(journal_id) WHERE l10n_mx_facture_document_id IS NULL AND state = 'posted' "
        "AND move_type IN ('out_invoice', 'out_refund')"
    )


class AccountJournal(models.Model):
    """The card of a sales journal says what waits at its CFDIs. A few queries, however many journals there are."""

    _inherit = "account.journal"

    def _get_journal_dashboard_data_batched(self):
        data = super()._get_journal_dashboard_data_batched()
        if is_of_group(self.env, "stamp"):
            for journal, found in self._l10n_mx_facture_card().items():
                data[journal.id]["l10n_mx_facture"] = found
        return data

    def _l10n_mx_facture_card(self):
        """:return: dict from each Mexican sales journal with a branch, or with tickets that wait for one, to what its
            card says: numbers of invoices and tickets, and a sentence about the credits or False
        """
        journals = self.filtered(lambda journal: journal.type == "sale" and journal.country_code == "MX")
        branches = self.env["l10n_mx_facture.branch"]._get_by_journal(journals)
        waiting = journals._l10n_mx_facture_without_branch(journals.company_id) if journals else {}
        journals = journals.filtered(lambda journal: branches[journal] or journal in waiting)
        if not journals:
            return {}
        counts = journals._l10n_mx_facture_counts()
        accounts = {journal: branches[journal].account_id for journal in journals}
        credits_texts = self.env["l10n_mx_facture.account"].union(*accounts.values())._credits_texts()
        return {
            journal: {
                **counts[journal],
                "no_branch": waiting.get(journal, (0, None))[0],
                "credits": credits_texts.get(accounts[journal], False),
            }
            for journal in journals
        }

    def action_l10n_mx_facture_receipts_due(self):
        """Open the receipts of payment that are due of these journals' invoices."""
        due = self.env["l10n_mx_facture.rep.due"]
        title = self.env._("Receipts due")
        return open_list(due, title, [("journal_id", "in", self.ids)])

    def action_l10n_mx_facture_tickets_due(self):
        """Open the tickets of these journals that wait although their period is over."""
        return self.env["l10n_mx_facture.ticket"]._open_due([("move_id.journal_id", "in", self.ids)])

    def _l10n_mx_facture_counts(self):
        """:return: dict from a journal to the numbers of its invoices by what they wait for"""
        names = ("to_stamp", "rejected", "unknown", "acceptance", "receipts_due", "tickets_due")
        counts = defaultdict(lambda: dict.fromkeys(names, 0))
        mine, Move = ("journal_id", "in", self.ids), self.env["account.move"]
        never = [mine, *TO_STAMP, ("l10n_mx_facture_document_id", "=", False)]
        for journal, count in Move._read_group(never, ["journal_id"], ["__count"]):
            counts[journal]["to_stamp"] += count
        for states, name, domain in (
            (tuple(filter(None, UNSENT_STATES)), "to_stamp", TO_STAMP),
            (("rejected",), "rejected", []),
            (UNANSWERED_STATES, "unknown", []),
        ):
            domain = [mine, *domain, ("l10n_mx_facture_document_id.state", "in", states)]
            for journal, count in Move._read_group(domain, ["journal_id"], ["__count"]):
                counts[journal][name] += count
        waits = [
            mine,
            ("l10n_mx_facture_document_id.state", "=", "cancel_requested"),
            ("l10n_mx_facture_sat_reading", "=", "cancel_in_process"),
        ]
        for journal, count in Move._read_group(waits, ["journal_id"], ["__count"]):
            counts[journal]["acceptance"] += count
        due = self.env["l10n_mx_facture.rep.due"]._read_group([mine], ["journal_id"], ["move_id:count_distinct"])
        for journal, count in due:
            counts[journal]["receipts_due"] += count
        due = [("is_due", "=", True), ("move_id.journal_id", "in", self.ids)]
        for journal, count in self.env["l10n_mx_facture.ticket"]._read_group(due, ["move_id.journal_id"], ["__count"]):
            counts[journal]["tickets_due"] += count
        return counts


class L10nMxFactureAccount(models.Model):
    _inherit = "l10n_mx_facture.account"

    def _credits_texts(self):
        """:return: dict from each account that tells its credits to how many are left and for how long they last"""
        known = self.filtered(lambda account: account.tells_credits and account.credits_date)
        if not known:
            return {}
        since = fields.Datetime.now() - timedelta(days=PACE_DAYS)
        used = dict(
            self.env["l10n_mx_facture.document"]
            .sudo()
            ._read_group(
                [("account_id", "in", known.ids), ("date_sent", ">", since), ("uuid", "!=", False)],
                ["account_id"],
                ["__count"],
            )
        )
        texts = {}
        for account in known:
            texts[account] = self.env._("%s credits left", account.credits)
            pace = used.get(account.sudo(), 0)
            if pace and (days := account.credits * PACE_DAYS // pace) <= FAR_DAYS:
                texts[account] = self.env._(
                    "%(credits)s credits left, for %(days)s days at last month's pace",
                    credits=account.credits,
                    days=days,
                )
        return texts
