import hashlib
import logging
from datetime import timedelta
from functools import partial

from psycopg2 import OperationalError

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...pac.errors import PacError
from ...pac.wire.backoff import backoff
from ..common import protected
from ..common.actions import notification
from ..common.languages import in_company_language
from ..common.locks import lock_free, lock_with_retry
from ..common.states import CANCEL_STATES, sql
from ..common.transactions import checkpoint, commit_or_log
from ..service.pause import FAILURES
from .sat_answer import DONE, LOST

_logger = logging.getLogger(__name__)

# wait before the receipt is fetched, by the number of attempts
WAIT = partial(backoff, first=timedelta(minutes=2), ceiling=timedelta(days=1))
# the last one is a day and a half after the first; then only a button fetches it
ATTEMPTS = 10
WINDOW = 20


class L10nMxFactureDocument(models.Model):
    """Fetches receipts (acuses) automatically. A receipt proves a request; it doesn't mean that SAT cancelled."""

    _inherit = "l10n_mx_facture.document"

    receipt_next_date = fields.Datetime("Receipt is fetched again on", readonly=True, copy=False)
    receipt_attempts = fields.Integer("Attempts to get the receipt", readonly=True, copy=False)
    receipt_request_id = fields.Many2one(
        "l10n_mx_facture.request", "Request of the receipt", readonly=True, copy=False, help="The last request when "
                                                                                             "the receipt was fetched."
    )

    _receipt_due = models.Index(
        f"(receipt_next_date, id) WHERE state IN {sql(CANCEL_STATES)} AND receipt_attachment_id IS NULL"
    )

    @api.model
    def _new_receipt_vals(self, state):
        """:return: dict of values that make the receipt of a new request be fetched"""
        return {"receipt_attempts": 0, "receipt_next_date": False} if state == "cancel_requested" else {}

    def _set_aside_receipt(self):
        """Keep the receipt of an earlier request when another one was sent."""
        self.ensure_one()
        if self.receipt_attachment_id and self._receipt_request() != self.receipt_request_id:
            former = [Command.link(self.receipt_attachment_id.id)]
            protected.write(
                self,
                {"former_receipt_ids": former, "receipt_attachment_id": False, "receipt_code": False},
            )

    def _receipt_request(self):
        """:return: ledger row of the last request that arrived or may have: the receipt belongs to it"""
        return self._sat_requests((*DONE, *LOST))[:1]

    def _fetch_receipt(self):
        """Fetch the receipt. It proves that the request arrived at SAT, not that SAT cancelled."""
        self.ensure_one()
        if self.state not in CANCEL_STATES:
            raise UserError(
                self.env._(
                    "%s has no receipt: its cancellation has not been requested.",
                    self._owner().display_name,
                )
            )
        receipt = self._ask("receipt", self.uuid, self.remote_id or None)
        old = self.receipt_attachment_id
        if old and old.sudo().raw == receipt.xml:
            protected.write(self, {"receipt_request_id": self._receipt_request().id})
            return old
        if receipt.xml in self.former_receipt_ids.sudo().mapped("raw"):
            raise UserError(
                self.env._(
                    "The service still gives the receipt of an earlier cancellation request for %s, which is already "
                    "stored. Fetch the new one later.",
                    self._owner().display_name,
                )
            )
        attachment = self._attach(self._file_name("xml", "acuse_"), receipt.xml, "application/xml")
        digest = hashlib.sha256(attachment.raw).hexdigest()
        protected.write(
            self,
            {
                "receipt_attachment_id": attachment.id,
                "former_receipt_ids": [Command.link(old.id)] if old else [],
                "receipt_hashes": {**(self.receipt_hashes or {}), str(attachment.id): digest},
                "receipt_code": receipt.code,
                "receipt_request_id": self._receipt_request().id,
            },
        )
        self._owner().message_post(
            body=self.env._("Receipt (acuse) of the cancellation fetched, code %s", receipt.code or "-"),
            attachment_ids=self.receipt_attachment_id.ids,
        )
        return self.receipt_attachment_id

    @api.model
    def _cron_receipts(self):
        """Fetch due receipts as long as time allows; a failing service is skipped."""
        accounts = self._receipt_accounts()
        while document := lock_with_retry(self.env, partial(self._receipt_lease, accounts)):
            # commit the time of the next attempt, so that a failure is not repeated at once
            checkpoint(self.env)
            if not document._fetch_receipt_or_log():
                accounts -= document.account_id
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _receipt_accounts(self):
        """:return: the accounts whose service has receipts and may be asked now"""
        # a paused account is tried when its pause is over, as only a stamp ends the pause
        available = ["|", ("failures", "=", 0), ("hold_until", "<=", fields.Datetime.now())]
        return self.env["l10n_mx_facture.account"].sudo().search(available).filtered(
            lambda account: account._capabilities().receipts and not account._call_refusal()
        )

    @api.model
    def _receipt_lease(self, accounts):
        """:return: a document with a due receipt, locked and postponed; empty if there is none"""
        now = fields.Datetime.now()
        domain = [
            ("state", "in", CANCEL_STATES),
            ("receipt_attachment_id", "=", False),
            # only requests from here: the service has no other receipts
            ("request_ids", "any", [("operation", "=", "cancel"), ("outcome", "in", (*DONE, *LOST))]),
            ("account_id", "in", accounts.ids),
            ("receipt_attempts", "<", ATTEMPTS),
            "|",
            ("receipt_next_date", "=", False),
            ("receipt_next_date", "<=", now),
        ]
        due = self.sudo().search(domain, order="receipt_next_date, id", limit=WINDOW)
        document = lock_free(due, limit=1).filtered_domain(domain)
        for one in document:
            attempts = one.receipt_attempts + 1
            protected.write(one, {"receipt_next_date": now + WAIT(attempts), "receipt_attempts": attempts})
        return document

    def _fetch_receipt_or_log(self):
        """Fetch it; if the service has none yet, or fails, the next attempt follows.

        :return: whether the service may be asked for more receipts now
        """
        document = in_company_language(self)
        try:
            document._fetch_receipt()
            # here, so that a conflict with another worker ends this receipt and not the whole round
            checkpoint(self.env)
        except OperationalError:
            # it is asked for again at its next attempt
            self.env.cr.rollback()
        except UserError as error:
            _logger.info("No receipt of %s yet: %s", self, error)
            self.env.cr.rollback()
            commit_or_log(partial(document._receipt_missed, str(error)), self.env, f"Noting that {self} has no receipt")
            if isinstance(error.__cause__, PacError):
                self.account_id._record_failure(error.__cause__)
                return error.__cause__.reason not in FAILURES
        except Exception:  # pylint: disable=broad-except
            _logger.exception("The receipt of %s could not be stored", self)
            self.env.cr.rollback()
        return True

    def _receipt_missed(self, text):
        """Post a note after the last attempt."""
        if self.receipt_attempts >= ATTEMPTS:
            self._post_note(
                self.env._(
                    "The receipt (acuse) was requested %(count)s times and did not come: %(text)s It is no longer "
                    "requested automatically. Use the button Fetch receipt, or SAT's portal.",
                    count=self.receipt_attempts,
                    text=text,
                )
            )


class L10nMxFactureOwner(models.AbstractModel):
    """The button Fetch receipt."""

    _inherit = "l10n_mx_facture.owner"

    def action_l10n_mx_facture_fetch_receipt(self):
        """Fetch the acuse of the cancellation and attach it."""
        for owner in self:
            owner._l10n_mx_facture_document()._fetch_receipt()
        return notification(self.env._("The receipt is attached."))
