from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...cfdi.deadlines import last_day_to_answer
from ...pac.sat.decision import decide
from ...pac.sat.pace import UNTIL_EXPIRED, UNTIL_KNOWN, next_poll
from ..common import protected
from ..common.states import EVER_STAMPED_STATES, sql
from ..common.transactions import wake
from ..sat.status import KNOWN
from .notices import PERSISTENT_NOTICES

# SAT's time
CENTRAL = ZoneInfo("America/Mexico_City")
# outcomes of requests that arrived, and of those that may have
DONE, LOST = ("done",), ("unknown", "pending")


class L10nMxFactureDocument(models.Model):
    """Our own CFDIs at SAT. Only SAT's answer cancels them, or a user who records it."""

    _name = "l10n_mx_facture.document"
    _inherit = ["l10n_mx_facture.document", "l10n_mx_facture.sat_status"]

    sat_news = fields.Selection(
        [
            ("cancelled", "SAT has cancelled it"),
            ("cancelled_elsewhere", "Cancelled at SAT, not from this Odoo"),
            ("refused", "The customer refused the cancellation"),
            ("not_known", "Not found at SAT"),
            ("not_shown", "SAT shows no request to cancel it"),
        ],
        "Notice to send",
        readonly=True,
        copy=False,
        help="What SAT's answer changed and nobody was notified of yet.",
    )
    sat_told = fields.Char(
        "Notice sent", readonly=True, copy=False, help="What was already notified, so that it is not repeated."
    )
    sat_deadline = fields.Date(
        "Customer may answer until",
        compute="_compute_sat_deadline",
        help="Three business days. No answer counts as acceptance. SAT's own non-working days extend it.",
    )
    sat_asks = fields.Boolean(
        compute="_compute_sat_asks", help="SAT's service has no test CFDIs, so it is not asked about them."
    )

    _sat_due = models.Index(f"(sat_next_date, id) WHERE state IN {sql(EVER_STAMPED_STATES)}")
    _sat_news_index = models.Index("(id) WHERE sat_news IS NOT NULL")

    @api.depends("state", "cancel_date", "sat_reading", "request_ids.outcome")
    def _compute_sat_deadline(self):
        for document in self:
            waiting = document.state == "cancel_requested" and document.sat_reading == "cancel_in_process"
            asked = waiting and not document._sat_is_second_request() and document.cancel_date
            document.sat_deadline = asked and last_day_to_answer(
                asked.replace(tzinfo=ZoneInfo("UTC")).astimezone(CENTRAL).date()
            )

    @api.depends("environment", "adopted_from")
    def _compute_sat_asks(self):
        real = self.env["l10n_mx_facture.sat_gate"]._is_production()
        for document in self:
            # an adopted one may be real whatever the account is set to
            document.sat_asks = not real or document.environment == "production" or bool(document.adopted_from)

    # -- hooks of the mixin ----------------------------------------------------------------------

    def _sat_xml(self):
        return self.sudo().xml_attachment_id.raw or b""

    def _sat_refusal(self):
        if not self.sat_asks:
            return self.env._(
                "%s is a test CFDI. SAT's service doesn't have it and is not asked. (The system parameter "
                "l10n_mx_facture.sat_status_url can point to a test service.)",
                self._owner().display_name,
            )
        return super()._sat_refusal()

    @api.model
    def _sat_domain(self):
        domain = [("state", "in", EVER_STAMPED_STATES), ("xml_attachment_id", "!=", False)]
        if self.env["l10n_mx_facture.sat_gate"]._is_production():
            domain += ["|", ("environment", "=", "production"), ("adopted_from", "!=", False)]
        return domain

    @api.model
    def _sat_urgencies(self):
        fresh = [("state", "=", "stamped"), ("sat_reading", "in", (False, "not_yet_known"))]
        return [[("state", "=", "cancel_requested")], fresh, []]

    def _sat_expected(self):
        if self.state == "cancel_requested":
            return "cancelled_again" if self._sat_is_second_request() else "cancelled", self.cancel_date
        if self.state == "stamped" and self.sat_reading not in KNOWN:
            return "known", self.date_sent
        under_way = self.state == "stamped" and (self.sat_reading == "cancel_in_process" or self._sat_open_requests())
        if under_way and self._sat_request_age() < UNTIL_EXPIRED:
            return "cancelled", fields.Datetime.now() - self._sat_request_age()
        return "nothing", self.date_sent

    def _sat_request_age(self):
        """:return: timedelta since our cancellation request, or since SAT first showed one"""
        started = self._sat_open_requests()[:1].date_start or self.sat_answer_ids[:1].date
        return fields.Datetime.now() - started if started else timedelta.max

    # -- facts for the decision on SAT's answer ----------------------------------------------------

    def _sat_requests(self, outcomes):
        """:return: ledger rows of cancellation requests, the last one first"""
        return self.sudo().request_ids.filtered(
            lambda row: row.operation == "cancel" and row.outcome in outcomes
        ).sorted("id", reverse=True)

    def _sat_open_requests(self):
        """:return: ledger rows of requests that arrived, or may have, and were not refused at SAT since, the last one
            first
        """
        return self._sat_requests((*DONE, *LOST)).filtered(lambda row: not row.refused_date)

    def _sat_lost_request(self):
        """:return: ledger row of the last open request, if its answer is unknown"""
        return self._sat_open_requests()[:1].filtered(lambda row: row.outcome in LOST)

    def _sat_is_second_request(self):
        """:return: whether an earlier request was refused; a second request never expires"""
        # the time of sending, not of the answer: SAT's answers in between are about this request
        started = self._sat_requests((*DONE, *LOST))[:1].date_start or self.cancel_date
        return len(self._sat_requests(DONE)) > 1 or bool(
            self.sudo().sat_answer_ids.filtered(lambda row: row.reading == "refused" and started and row.date < started)
        )

    def _sat_refusal_is_current(self):
        """:return: whether the refusal that SAT shows is about the last request

        After a second request SAT may still show the former refusal. It counts once SAT has shown the request in
        process, or after SAT's maximum delay. It doesn't count while a request is pending.
        """
        since = self.cancel_date
        if not since or self.sat_date < since or self._is_cancel_under_way():
            return False
        if not self._sat_is_second_request() or self.sat_date - since >= UNTIL_KNOWN:
            return True
        return bool(
            self.sudo().sat_answer_ids.filtered(
                lambda row: row.reading == "cancel_in_process" and row.last_date >= since
            )
        )

    def _sat_missing_for(self):
        """:return: timedelta since SAT doesn't have the CFDI, or since the request that SAT doesn't show"""
        if self.sat_reading != "not_yet_known":
            return self.sat_date - self.cancel_date if self.cancel_date else timedelta()
        since = self.sat_date
        for row in self.sudo().sat_answer_ids:
            if row.reading in KNOWN:
                break
            if row.reading == "not_yet_known":
                since = row.date
        return self.sat_date - since

    # -- consequences of the answer --------------------------------------------------------------

    def _sat_apply(self, answer, previous_reading):
        self._sat_confirm_real()
        notified = self.sat_told
        asked = bool(self._sat_open_requests())
        decision = decide(
            self.state, answer.reading.state, asked, self._sat_refusal_is_current(), self._sat_missing_for()
        )
        if decision.notice == "refused":
            self._record_request_refused()
        if decision.state != self.state and decision.state == "cancel_requested":
            self._record_request_arrived()
        elif decision.state != self.state:
            self._move_to(decision.state, message_code=False, message_text=False)
        persistent = decision.notice if decision.notice in ("not_known", "not_shown") else False
        if decision.notice and decision.notice != self.sat_told:
            protected.write(self, {"sat_news": decision.notice})
        protected.write(self, {"sat_told": persistent})
        if notified and notified != persistent:
            self._settle_activities(PERSISTENT_NOTICES[notified])
        if previous_reading == "not_yet_known" and self.cancel_order:
            # the order waited until SAT has the CFDI
            protected.write(self, {"cancel_order_due": False})
            wake(self.env, "cron_cancel")

    def _sat_confirm_real(self):
        """What SAT has is no test CFDI: an adopted one counts as real from then on, and is not stamped again when the
        account goes live.
        """
        real = self.env["l10n_mx_facture.sat_gate"]._is_production()
        if real and self.adopted_from and self.environment == "test" and self.sat_reading in KNOWN:
            protected.write(self, {"environment": "production"})

    def _check_only_sat_cancels(self, state):
        """:raise UserError: one of these would become cancelled without a request and without SAT's answer"""
        unasked = self.filtered(lambda document: document.state == "stamped" and document.sat_reading != "cancelled")
        if state == "cancelled" and unasked:
            raise UserError(self.env._("No cancellation was requested and SAT shows none. Only SAT cancels a CFDI."))

    @api.model
    def _soon_due_vals(self, state):
        """:return: dict of values that have SAT asked soon if the new state is soon visible there"""
        expected = {"stamped": "known", "cancel_requested": "cancelled"}.get(state)
        if not expected:
            return {}
        return {"sat_next_date": fields.Datetime.now() + next_poll(timedelta(), None, expected), "sat_failures": 0}
