import logging
from datetime import timedelta
from functools import partial

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ...pac.wire.backoff import backoff
from ..common import protected
from ..common.locks import lock_free_with_retry
from ..common.states import CANCEL_STATES
from ..common.transactions import checkpoint, commit_or_log, commit_with_retry, wake
from ..document.cancel_reasons import CANCEL_REASONS, WITH_REPLACEMENT
from .notices import CANCELLATION
from .sat_answer import DONE, LOST

_logger = logging.getLogger(__name__)

# wait after attempts without a result
WAIT = partial(backoff, first=timedelta(minutes=5), ceiling=timedelta(hours=6))
# codes: SAT doesn't have the CFDI yet; the request is repeated
NOT_YET_KNOWN = ("205", "not_at_sat")
# codes: valid CFDIs are related to it
NOT_CANCELLABLE = ("204", "not_cancellable")
# outcomes of unanswered requests
UNANSWERED = ("not_sent", "unknown")
NO_ORDER = {
    "cancel_order": False,
    "cancel_order_uuid": False,
    "cancel_order_date": False,
    "cancel_order_user_id": False,
    "cancel_order_due": False,
    "cancel_order_tries": 0,
    "cancel_order_text": False,
}


class L10nMxFactureDocument(models.Model):
    """Waiting cancellations ("orders"): each is requested automatically, once, as soon as possible.

    The order is committed before anything is sent, so after a crash the scheduled action finds it again. After a lost
    answer, SAT is asked before the request is repeated.
    """

    _inherit = "l10n_mx_facture.document"

    cancel_order = fields.Selection(CANCEL_REASONS, "Cancellation registered", readonly=True, copy=False)
    cancel_order_uuid = fields.Char(
        "To be replaced by", readonly=True, copy=False, help="With reason 01. If it is empty, the substitute is used "
                                                             "once it is stamped."
    )
    cancel_order_date = fields.Datetime("Ordered on", readonly=True, copy=False)
    cancel_order_user_id = fields.Many2one("res.users", "Ordered by", readonly=True, copy=False)
    cancel_order_due = fields.Datetime("Not requested before", readonly=True, copy=False)
    cancel_order_tries = fields.Integer("Attempts without a result", readonly=True, copy=False)
    cancel_order_text = fields.Text("Why it waits", readonly=True, copy=False)

    _cancel_orders = models.Index("(id) WHERE cancel_order IS NOT NULL")

    # -- registering and withdrawing ------------------------------------------------------------

    def _order_cancel(self, reason, replacement_uuid=None, waits=None):
        """Register the cancellation; the caller has checked that it is allowed.

        :param reason: SAT's motivo, ``01`` to ``04``
        :param replacement_uuid: with ``01``; if it is missing, the order waits for a stamped substitute
        :param waits: why it can't be requested yet, as a sentence without full stop
        """
        protected.write(
            self,
            {
                **NO_ORDER,
                "cancel_order": reason,
                "cancel_order_uuid": replacement_uuid,
                "cancel_order_date": fields.Datetime.now(),
                "cancel_order_user_id": self.env.uid,
                "cancel_order_text": waits,
            },
        )
        # no message for one that is requested right now
        for document in self.filtered(lambda one: one.cancel_order_text or not one._order_is_ready()):
            document._log_order()
        self._review()

    def _log_order(self):
        """Post on the invoice who registered it and why it waits."""
        self._owner()._message_log(body=self._order_text())

    def _check_withdrawable(self):
        """:raise UserError: a request was sent and may have arrived, so the order can't be withdrawn"""
        for document in self.filtered("cancel_order"):
            last = document._sat_requests((*DONE, *LOST, "rejected"))[:1]
            since = document.cancel_order_date or last.date_start
            if last.outcome in LOST and last.date_start >= since:
                raise UserError(
                    self.env._(
                        "%s: the cancellation request was sent and its answer is not known, so SAT may already have "
                        "it. It can't be withdrawn until SAT shows the result (button SAT status).",
                        document._owner().display_name,
                    )
                )

    def _withdraw_order(self):
        protected.write(self.filtered("cancel_order"), NO_ORDER)

    def _end_order_vals(self, state):
        """:return: dict of values that end the order when the CFDI is requested or cancelled, by anyone"""
        return {**NO_ORDER, **self._order_vals()} if state in CANCEL_STATES else {}

    def _order_vals(self):
        """:return: dict of values of the request whose lost answer SAT has confirmed"""
        lost = self._sat_lost_request() if len(self) == 1 else None
        if lost and lost.cancel_reason:
            return self._request_vals(lost)
        if len(self) != 1 or not self.cancel_order or not self._last_cancel():
            return {}
        return {
            "cancel_reason": self.cancel_order,
            "cancel_replacement_uuid": self._order_replacement() if self.cancel_order == WITH_REPLACEMENT else False,
            "cancel_user_id": self.cancel_order_user_id.id,
        }

    # -- requesting -----------------------------------------------------------------------------

    @api.model
    def _cron_cancel(self):
        """Request the due cancellations one by one, as long as time allows."""
        due = [("cancel_order_due", "=", False), ("cancel_order_due", "<=", fields.Datetime.now())]
        # newest first, as a CFDI that names others is stamped after them
        orders = self.sudo().search([("cancel_order", "!=", False), "|", *due], order="cancel_order_date, id desc")
        orders = orders.filtered(lambda document: document.state != "stamped" or document._order_is_ready())
        cron, started = self.env["ir.cron"], fields.Datetime.now()
        cron._commit_progress(remaining=len(orders))
        unresponsive, gate = self.env["l10n_mx_facture.account"], self.env["l10n_mx_facture.sat_gate"]._get()
        for document in orders:
            if gate._is_paused() and document._order_needs_sat():
                # queries to SAT are paused; only buttons still ask
                commit_with_retry(partial(document._postpone_until_sat, gate), self.env)
            # a service that didn't answer is skipped until the next round
            elif document.account_id not in unresponsive:
                document._carry_out_order()
                last = document._last_cancel()
                if last.outcome in UNANSWERED and last.date_start >= started:
                    unresponsive |= document.account_id
            if not cron._commit_progress(1):
                break

    def _carry_out_substituted(self, at_once):
        """Request the waiting cancellations of the CFDIs that these substitute.

        :param at_once: False: leave it to the scheduled action
        """
        orders = self._substituted().filtered(lambda document: document._order_is_ready())
        if at_once:
            for document in orders:
                document._carry_out_order()
        elif orders:
            wake(self.env, "cron_cancel")

    def _order_is_ready(self):
        """:return: whether everything that the request needs is there"""
        self.ensure_one()
        return bool(self.cancel_order) and (self.cancel_order != WITH_REPLACEMENT or bool(self._order_replacement()))

    def _order_replacement(self):
        """:return: UUID of the substitute; None as long as there is none"""
        if self.cancel_order_uuid:
            return self.cancel_order_uuid
        owner = self._owner()
        substitute = owner._l10n_mx_facture_find_substitutes().get(self, owner.browse())
        stamped = substitute.l10n_mx_facture_state == "stamped"
        return substitute.l10n_mx_facture_uuid if stamped else None

    def _carry_out_order(self):
        """Request the waiting cancellation now, if it is allowed, as the user who registered it. Never raises."""
        self.ensure_one()
        user = self.sudo().cancel_order_user_id or self.env.user
        document = self.with_user(user).with_context(lang=user.lang).sudo().with_company(self.company_id)
        try:
            # commit first, so that a failure here rolls back nothing else
            checkpoint(self.env)
            document._carry_out()
        except OperationalError:
            # another transaction changed this row: the scheduled action tries again
            self.env.cr.rollback()
        except Exception as error:  # pylint: disable=broad-except
            _logger.exception("The ordered cancellation of %s could not be requested", self)
            self.env.cr.rollback()
            commit_or_log(partial(document._postpone, str(error)), self.env, f"Putting off the cancellation of {self}")

    def _carry_out(self):
        if self._order_needs_sat() and not self._sat_allows_request():
            return
        # another transaction may have changed it before the lock
        if not lock_free_with_retry(self):
            return
        if self.state != "stamped":
            self._withdraw_order()
            return
        if not self._order_is_ready() or self._is_cancel_under_way():
            return
        reason = self.cancel_order
        replacement = self._order_replacement() if reason == WITH_REPLACEMENT else None
        try:
            self._owner()._l10n_mx_facture_check_reason(reason, replacement)
        except UserError as error:
            self._give_up_order(str(error))
            return
        try:
            text = self._request_cancel(reason, replacement)
        except UserError as refusal:
            # nothing may be sent from this database
            text = str(refusal)
        if text:
            commit_with_retry(partial(self._settle_order, text), self.env)

    def _settle_order(self, text):
        """:param text: why the request was not accepted; the order is postponed, or ended if the service refused"""
        last = self._last_cancel()
        waits = last.code in NOT_YET_KNOWN or (last.code in NOT_CANCELLABLE and self._related_are_requested())
        if last.outcome == "rejected" and not waits:
            self._give_up_order(text)
        else:
            self._postpone(text)

    def _related_are_requested(self):
        """:return: whether the cancellation of all CFDIs that come before this one was requested"""
        first = self._cancel_first()
        return bool(first) and all(one.state == "cancel_requested" or one.cancel_order for one in first)

    # -- asking SAT before ----------------------------------------------------------------------

    def _last_cancel(self):
        """:return: the ledger row of the last request since the order was registered, or empty"""
        rows = self.sudo().request_ids
        return rows.filtered(
            lambda row: row.operation == "cancel" and row.date_start >= (self.cancel_order_date or row.date_start)
        )[:1]

    def _is_cancel_under_way(self):
        """:return: whether a request was sent and may still be answered"""
        rows = self.sudo().request_ids.filtered(lambda row: row.operation == "cancel" and row.outcome == "pending")
        return any(not row.document_id._is_timed_out(row.date_start) for row in rows)

    def _order_needs_sat(self):
        """:return: whether SAT is asked before the request: the last answer was lost, SAT didn't have the CFDI, or
            related CFDIs come first
        """
        last = self._last_cancel()
        lost = last.outcome in ("pending", "unknown") or last.code in NOT_YET_KNOWN
        asked = self.state == "stamped" and self.sat_asks and not self._is_cancel_under_way()
        return asked and (lost or self.sat_reading == "not_yet_known" or bool(self._cancel_first()))

    def _sat_allows_request(self):
        """Ask SAT whether a request would succeed. If not, the order is postponed or settled.

        It runs without a lock; the caller checks the result again under one.
        """
        answer = self._sat_ask()
        state = answer.reading.state if answer else None
        if self.state != "stamped" or not self.cancel_order:
            # SAT's answer has settled it, for example as refused by the customer
            return False
        text = None
        if state not in ("live", "refused"):
            text = self._cancel_expectation(problem=self.sat_error).texts[0]
        elif answer.reading.cancellable == "not_cancellable" and self._cancel_first():
            first = ", ".join(one._owner().name for one in self._cancel_first())
            text = self.env._("These related CFDIs have to be cancelled first: %s.", first)
        if text:
            commit_with_retry(partial(self._postpone, text), self.env)
        return not text

    # -- outcome --------------------------------------------------------------------------------

    def _postpone(self, text):
        """Try again later, with increasing waits."""
        tries = self.cancel_order_tries + 1
        self._set_wait_reason(text, cancel_order_tries=tries, cancel_order_due=fields.Datetime.now() + WAIT(tries))

    def _postpone_until_sat(self, gate):
        """Try again after the pause of queries to SAT; it doesn't count as an attempt.

        :param gate: l10n_mx_facture.sat_gate, which is paused
        """
        order = self.with_context(lang=self.cancel_order_user_id.lang or self.env.lang)
        text = order.env._("SAT has to be asked first, but can't be asked at the moment: %s", gate.hold_reason or "-")
        order._set_wait_reason(text, cancel_order_due=gate.hold_until)

    def _set_wait_reason(self, text, **vals):
        """:param text: why the order waits, as a sentence; posted on the invoice the first time
        :param vals: further values of the order
        """
        is_first_time = not self.cancel_order_text
        protected.write(self, {**vals, "cancel_order_text": text})
        if is_first_time:
            self._log_order()

    def _give_up_order(self, text):
        """End the order and notify the user who registered it, or else a user of the invoice. The CFDI stays valid."""
        recipient = self._sat_recipient()
        self._withdraw_order()
        protected.write(self, {"message_text": text})
        translated = self.with_context(lang=recipient.lang or self.env.lang)
        summary = translated.env._("The CFDI was not cancelled")
        self._owner().message_post(body=plaintext2html(f"{summary}\n{text}"))
        if recipient:
            self._owner().activity_schedule(
                CANCELLATION, user_id=recipient.id, summary=summary, note=plaintext2html(text)
            )

    def _substituted_texts(self):
        """:return: a sentence for each CFDI that this one substitutes: the state of its cancellation"""
        texts = []
        for old in self._substituted().with_env(self.env):
            if old.state != "stamped" and old.cancel_replacement_uuid == self.uuid:
                texts.append(self.env._("The cancellation of %s (reason 01) was requested.", old._owner().name))
            elif text := old._order_text():
                texts.append(f"{old._owner().name}: {text}")
        return texts

    def _order_text(self):
        """:return: the waiting cancellation and its reason to wait, as a sentence; None without an order"""
        self.ensure_one()
        if not self.cancel_order:
            return None
        if not self._order_is_ready():
            waits = self.env._("it waits until the substitute is stamped")
        elif self._last_cancel().outcome == "pending":
            waits = self.env._("an earlier request may still be answered; SAT is asked before it is repeated")
        elif self.cancel_order_text:
            waits = self.cancel_order_text.rstrip(".")
        else:
            waits = self.env._("it will be requested within minutes")
        return self.env._(
            "%(user)s asked to cancel this CFDI (reason %(reason)s): %(waits)s.",
            user=self.cancel_order_user_id.name,
            reason=self.cancel_order,
            waits=waits,
        )
