import logging
from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError

from .durable import checkpoint
from .sealed import internal

_logger = logging.getLogger(__name__)

# the receipt is asked for after this time, doubled with each attempt
FIRST_WAIT = timedelta(minutes=2)
LONGEST_WAIT = timedelta(days=1)
WINDOW = 20


class L10nMxFactureDocument(models.Model):
    """Receipts (acuses) by themselves, as soon as the service has them. They prove a request and cancel nothing."""

    _inherit = "l10n_mx_facture.document"

    receipt_next_date = fields.Datetime("Receipt asked for again", readonly=True, copy=False)
    receipt_attempts = fields.Integer("Attempts to get the receipt", readonly=True, copy=False)

    _receipt_due = models.Index(
        "(receipt_next_date, id) WHERE state IN ('cancel_requested', 'cancelled') AND receipt_attachment_id IS NULL"
    )

    @api.model
    def _sat_prepare_round(self):
        left = super()._sat_prepare_round()
        accounts = self._receipt_accounts()
        while left and (document := self._again(partial(self._receipt_lease, accounts))):
            # the next attempt is written: whatever becomes of this one, it is not repeated at once
            checkpoint(self.env)
            document._fetch_receipt_alone()
            left = self.env["ir.cron"]._commit_progress()
        return left

    @api.model
    def _receipt_accounts(self):
        """:return: the accounts whose service has receipts, and may be asked now"""
        return self.env["l10n_mx_facture.account"].sudo().search([("failures", "=", 0)]).filtered(
            lambda account: account._capabilities().receipts and not account._call_refusal()
        )

    @api.model
    def _receipt_lease(self, accounts):
        """:return: a document whose receipt is due, locked and put off; an empty recordset where there is none"""
        now = fields.Datetime.now()
        domain = [
            ("state", "in", ("cancel_requested", "cancelled")),
            ("receipt_attachment_id", "=", False),
            # asked for from here: of what others cancelled the service has none
            ("cancel_code", "!=", False),
            ("account_id", "in", accounts.ids),
            "|",
            ("receipt_next_date", "=", False),
            ("receipt_next_date", "<=", now),
        ]
        due = self.sudo().search(domain, order="receipt_next_date, id", limit=WINDOW)
        document = due.try_lock_for_update(allow_referencing=True, limit=1)
        document.invalidate_recordset()
        document = document.filtered_domain(domain)
        for one in document:
            wait = min(FIRST_WAIT * 2 ** min(one.receipt_attempts, 20), LONGEST_WAIT)
            internal(one).write({"receipt_next_date": now + wait, "receipt_attempts": one.receipt_attempts + 1})
        return document

    def _fetch_receipt_alone(self):
        """Fetch it; a service that has none yet, or fails, is asked again at the next attempt."""
        try:
            self.with_company(self.company_id)._fetch_receipt()
        except UserError as error:
            _logger.info("No receipt of %s yet: %s", self, error)
            self.env.cr.rollback()
        except Exception:  # pylint: disable=broad-except
            _logger.exception("The receipt of %s could not be stored", self)
            self.env.cr.rollback()
