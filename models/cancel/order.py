import logging
from datetime import timedelta
from functools import partial

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ...pac.wire.backoff import backoff
from ..common import sealed
from ..common.cancel_reasons import CANCEL_REASONS, WITH_REPLACEMENT
from ..common.locks import lock_free_anew
from ..common.schedule import wake
from ..common.states import CANCEL_STATES
from ..common.transactions import alone, checkpoint, durably
from .notices import CANCELLATION
from .sat_answer import DONE, LOST

_logger = logging.getLogger(__name__)

# the wait after attempts that decided nothing
WAIT = partial(backoff, first=timedelta(minutes=5), ceiling=timedelta(hours=6))
# SAT doesn't know the CFDI yet: the request is repeated when it does
NOT_YET_KNOWN = ("205", "not_at_sat")
# valid CFDIs relate to it
NOT_CANCELLABLE = ("204", "not_cancellable")
# outcomes of a request that was not answered
UNHEARD = ("not_sent", "unknown")
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
    """A cancellation that was ordered is requested by itself, once, as soon as that makes sense.

    The order is committed before anything leaves. Whichever process dies at whatever step, the scheduled action finds
    what was ordered and not yet requested; whose answer was lost is asked for at SAT before it is requested again.
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

    # -- giving and taking back -----------------------------------------------------------------

    def _order_cancel(self, reason, replacement_uuid=None, waits=None):
        """Keep that the cancellation is to be requested; the caller has checked that it may be.

        :param reason: SAT's motivo, ``01`` to ``04``
        :param replacement_uuid: with ``01``; without it the order waits until a substitute is stamped
        :param waits: why it can't be requested yet, as a sentence without its dot
        """
        sealed.write(
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
        # what can be requested at once tells of the request
        for document in self.filtered(lambda one: one.cancel_order_text or not one._order_is_ready()):
            document._log_order()
        self._review()

    def _log_order(self):
        """Say on the invoice who ordered it and why it waits."""
        self.move_id._message_log(body=self._order_text())

    def _check_withdrawable(self):
        """:raise UserError: a request has left, and may have arrived: it can't be taken back"""
        for document in self.filtered("cancel_order"):
            last = document._sat_requests((*DONE, *LOST, "rejected"))[:1]
            since = document.cancel_order_date or last.date_start
            if last.outcome in LOST and last.date_start >= since:
                raise UserError(
                    self.env._(
                        "%s: the cancellation request was sent and its answer is not known, so SAT may already have "
                        "it. It can't be withdrawn until SAT shows the result (button SAT status).",
                        document.move_id.display_name,
                    )
                )

    def _withdraw_order(self):
        sealed.write(self.filtered("cancel_order"), NO_ORDER)

    def _end_order_vals(self, state):
        """:return: dict: what is requested or cancelled is ordered no longer, whoever did it"""
        return {**NO_ORDER, **self._order_vals()} if state in CANCEL_STATES else {}

    def _order_vals(self):
        """:return: dict of what was asked for, where SAT tells that a request arrived whose answer was lost"""
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

    # -- carrying out ---------------------------------------------------------------------------

    @api.model
    def _cron_cancel(self):
        """Request what was ordered and is due, one after the other, as long as the time of this round lasts."""
        due = [("cancel_order_due", "=", False), ("cancel_order_due", "<=", fields.Datetime.now())]
        # what names others was stamped after them, and comes first
        orders = self.sudo().search([("cancel_order", "!=", False), "|", *due], order="cancel_order_date, id desc")
        orders = orders.filtered(lambda document: document.state != "stamped" or document._order_is_ready())
        cron, begun = self.env["ir.cron"], fields.Datetime.now()
        cron._commit_progress(remaining=len(orders))
        silent, gate = self.env["l10n_mx_facture.account"], self.env["l10n_mx_facture.sat_gate"]._get()
        for document in orders:
            if gate._is_held() and document._order_asks_sat():
                # SAT is left in peace; who presses a button asks it nevertheless
                durably(partial(document._await_sat, gate), self.env)
            # a service that did not answer one request is left in peace until the next round
            elif document.account_id not in silent:
                document._carry_out_order()
                last = document._last_cancel()
                if last.outcome in UNHEARD and last.date_start >= begun:
                    silent |= document.account_id
            if not cron._commit_progress(1):
                break

    def _carry_out_substituted(self, at_once):
        """Request the cancellation of what was ordered to be cancelled once these substitute it.

        :param at_once: False: by the scheduled action
        """
        orders = self._substituted().filtered(lambda document: document._order_is_ready())
        if at_once:
            for document in orders:
                document._carry_out_order()
        elif orders:
            wake(self.env, "cron_cancel")

    def _order_is_ready(self):
        """:return: whether nothing of ours is missing for the request"""
        self.ensure_one()
        return bool(self.cancel_order) and (self.cancel_order != WITH_REPLACEMENT or bool(self._order_replacement()))

    def _order_replacement(self):
        """:return: UUID of the CFDI that takes its place, or None as long as there is none"""
        if self.cancel_order_uuid:
            return self.cancel_order_uuid
        substitute = self.move_id._l10n_mx_facture_find_substitutes().get(self, self.env["account.move"])
        stamped = substitute.l10n_mx_facture_state == "stamped"
        return substitute.l10n_mx_facture_uuid if stamped else None

    def _carry_out_order(self):
        """Request the ordered cancellation now, if it may be; for the one who ordered it. Never raises."""
        self.ensure_one()
        user = self.sudo().cancel_order_user_id or self.env.user
        document = self.with_user(user).with_context(lang=user.lang).sudo().with_company(self.company_id)
        try:
            # nothing that was done before is undone by what fails here
            checkpoint(self.env)
            document._carry_out()
        except OperationalError:
            # somebody else was faster with this row: the scheduled action looks again
            self.env.cr.rollback()
        except Exception as error:  # pylint: disable=broad-except
            _logger.exception("The ordered cancellation of %s could not be requested", self)
            self.env.cr.rollback()
            alone(partial(document._put_off, str(error)), self.env, f"Putting off the cancellation of {self}")

    def _carry_out(self):
        if self._order_asks_sat() and not self._sat_agrees():
            return
        # between the question and the lock somebody else may have requested or decided it
        if not lock_free_anew(self):
            return
        if self.state != "stamped":
            self._withdraw_order()
            return
        if not self._order_is_ready() or self._is_cancel_under_way():
            return
        reason = self.cancel_order
        replacement = self._order_replacement() if reason == WITH_REPLACEMENT else None
        try:
            self.move_id._l10n_mx_facture_check_reason(reason, replacement)
        except UserError as error:
            self._give_up_order(str(error))
            return
        try:
            text = self._request_cancel(reason, replacement)
        except UserError as refusal:
            # from here and now nothing may be sent at all
            text = str(refusal)
        if text:
            durably(partial(self._settle_order, text), self.env)

    def _settle_order(self, text):
        """:param text: why the request was not accepted: it is put off, or given up where the service said no"""
        last = self._last_cancel()
        waits = last.code in NOT_YET_KNOWN or (last.code in NOT_CANCELLABLE and self._first_are_leaving())
        if last.outcome == "rejected" and not waits:
            self._give_up_order(text)
        else:
            self._put_off(text)

    def _first_are_leaving(self):
        """:return: whether what has to be cancelled before this one is on its way, all of it"""
        first = self._cancel_first()
        return bool(first) and all(one.state == "cancel_requested" or one.cancel_order for one in first)

    # -- asking SAT before ----------------------------------------------------------------------

    def _last_cancel(self):
        """:return: the row of the last request since the order was given, or none"""
        rows = self.sudo().request_ids
        return rows.filtered(
            lambda row: row.operation == "cancel" and row.date_start >= (self.cancel_order_date or row.date_start)
        )[:1]

    def _is_cancel_under_way(self):
        """:return: whether a request has left and may still be answered"""
        rows = self.sudo().request_ids.filtered(lambda row: row.operation == "cancel" and row.outcome == "pending")
        return any(not row.document_id._is_dead(row.date_start) for row in rows)

    def _order_asks_sat(self):
        """:return: whether SAT is asked before the request: its last answer was lost, SAT didn't know the CFDI, or
        related ones come first
        """
        last = self._last_cancel()
        lost = last.outcome in ("pending", "unknown") or last.code in NOT_YET_KNOWN
        asked = self.state == "stamped" and self.sat_asks and not self._is_cancel_under_way()
        return asked and (lost or self.sat_reading == "not_yet_known" or bool(self._cancel_first()))

    def _sat_agrees(self):
        """Ask SAT; whether a request can do what it should. Where not, the order is put off, or is settled.

        It runs without a lock: whatever SAT says is judged again under one.
        """
        word = self._sat_ask()
        state = word.reading.state if word else None
        if self.state != "stamped" or not self.cancel_order:
            # SAT's word has settled it, perhaps by showing that the customer refused a request whose answer was lost
            return False
        text = None
        if state not in ("live", "refused"):
            text = self._cancel_expectation(problem=self.sat_error).texts[0]
        elif word.reading.cancellable == "not_cancellable" and self._cancel_first():
            first = ", ".join(self._cancel_first().move_id.mapped("name"))
            text = self.env._("These related CFDIs have to be cancelled first: %s.", first)
        if text:
            durably(partial(self._put_off, text), self.env)
        return not text

    # -- what comes of it -----------------------------------------------------------------------

    def _put_off(self, text):
        """Try again later, each time later than the last."""
        tries = self.cancel_order_tries + 1
        self._keep_waiting(text, cancel_order_tries=tries, cancel_order_due=fields.Datetime.now() + WAIT(tries))

    def _await_sat(self, gate):
        """Try again when SAT may be asked; that it can't be asked now is no attempt.

        :param gate: l10n_mx_facture.sat_gate, which is held
        """
        order = self.with_context(lang=self.cancel_order_user_id.lang or self.env.lang)
        text = order.env._("SAT has to be asked first, but can't be asked at the moment: %s", gate.hold_reason or "-")
        order._keep_waiting(text, cancel_order_due=gate.hold_until)

    def _keep_waiting(self, text, **vals):
        """:param text: why the order waits, as a sentence; the first time it is said on the invoice
        :param vals: what else is kept of the order
        """
        untold = not self.cancel_order_text
        sealed.write(self, {**vals, "cancel_order_text": text})
        if untold:
            self._log_order()

    def _give_up_order(self, text):
        """The CFDI stays valid; whoever ordered its cancellation, or else the invoice's people, are told why."""
        reader = self._sat_reader()
        self._withdraw_order()
        sealed.write(self, {"message_text": text})
        told = self.with_context(lang=reader.lang or self.env.lang)
        summary = told.env._("The CFDI was not cancelled")
        self.move_id.message_post(body=plaintext2html(f"{summary}\n{text}"))
        if reader:
            self.move_id.activity_schedule(
                CANCELLATION, user_id=reader.id, summary=summary, note=plaintext2html(text)
            )

    def _substituted_texts(self):
        """:return: for each CFDI that this one substitutes, what became of its cancellation, as a sentence"""
        texts = []
        for old in self._substituted().with_env(self.env):
            if old.state != "stamped" and old.cancel_replacement_uuid == self.uuid:
                texts.append(self.env._("The cancellation of %s (reason 01) was requested.", old.move_id.name))
            elif text := old._order_text():
                texts.append(f"{old.move_id.name}: {text}")
        return texts

    def _order_text(self):
        """:return: what was ordered and what it waits for, as a sentence; None without an order"""
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
