from functools import partial

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...pac.errors import PacError
from ..common.states import UNANSWERED_STATES
from ..common.transactions import checkpoint, commit_or_log

STAMPING = ("stamp", "stamp_many", "resend")


class L10nMxFactureAccount(models.Model):
    """The credits as evidence: an invoice that cost no credit was not stamped."""

    _inherit = "l10n_mx_facture.account"

    detects_duplicates = fields.Boolean(
        "Recognises repeated documents",
        compute="_compute_switches",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Turn it on only if the service confirms this: when the same document is sent twice, it answers with the "
        "first stamp (error 307) and never stamps again. Lost answers are then resolved by sending the document "
        "again, unchanged.",
    )
    exclusive = fields.Boolean(
        "Used only by this Odoo",
        compute="_compute_switches",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Turn it on only if nobody else stamps with this user. If the credits have not changed, an invoice whose "
        "answer was lost was not stamped, and it is released. Don't buy credits while invoices wait or are unknown.",
    )
    witness_credits = fields.Integer("Verified credits", readonly=True, copy=False)
    witness_request = fields.Integer(
        "Last call before the verified credits",
        readonly=True, copy=False, help="The last call before the credits were read."
    )
    witness_date = fields.Datetime("Credits verified on", readonly=True, copy=False)

    @api.depends("provider")
    def _compute_switches(self):
        """Turn off switches that the new service has no use for."""
        for account in self:
            account.detects_duplicates = account.detects_duplicates and account.asks_duplicates
            account.exclusive = account.exclusive and account.tells_credits

    @api.constrains("provider", "detects_duplicates", "exclusive")
    def _check_switches(self):
        for account in self:
            switch = (account.detects_duplicates and not account.asks_duplicates and "detects_duplicates") or (
                account.exclusive and not account.tells_credits and "exclusive"
            )
            if switch:
                raise ValidationError(
                    self.env._(
                        "“%(switch)s” doesn't apply to the service of %(account)s: leave it off.",
                        switch=self._fields[switch]._description_string(self.env),
                        account=account.name,
                    )
                )

    def _reset_verified_credits(self):
        """After a change of account or a purchase, the verified credits prove nothing."""
        if outdated := self.filtered("witness_date"):
            outdated.sudo().write({"witness_date": False})

    @api.model
    def _verify_all_credits(self):
        """Read the credits of exclusive accounts while no call is open; each time, as some may have been bought."""
        for account in self.sudo().search([("exclusive", "=", True)]):
            unsettled = self.env["l10n_mx_facture.document"].sudo().search_count(
                [("account_id", "=", account.id), ("state", "in", UNANSWERED_STATES)], limit=1
            )
            if not unsettled and not account._call_refusal():
                account._verify_credits()

    def _verify_credits(self):
        found = self._credits_if_idle()
        if found:
            credits_now, last = found
            vals = {
                "witness_credits": credits_now,
                "witness_request": last,
                "witness_date": fields.Datetime.now(),
            }
            commit_or_log(partial(self.with_context(tracking_disable=True).write, vals), self.env, f"Credits of {self}")

    def _count_calls(self):
        """:return: id of the last stamping call of this account, number of calls, number of pending calls"""
        domain = [("document_id.account_id", "=", self.id), ("operation", "in", STAMPING)]
        Request = self.env["l10n_mx_facture.request"].sudo()
        last = Request.search(domain, order="id desc", limit=1).id or 0
        # counted as well, because ids are assigned before their rows are visible
        return last, Request.search_count(domain), Request.search_count([*domain, ("outcome", "=", "pending")])

    def _credits_if_idle(self):
        """:return: the credits and the last call before they were read; None if a call was pending meanwhile"""
        before = self._count_calls()
        if before[-1]:
            return None
        try:
            client = self._client()
            checkpoint(self.env)
            status = client.account_status()
        except PacError:
            return None
        # calls are committed before they are sent, so one that began during the reading is visible now
        self.env.invalidate_all()
        if status.credits is None or self._count_calls() != before:
            return None
        return status.credits, before[0]
