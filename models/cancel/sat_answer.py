from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...cfdi.deadlines import last_day_to_answer
from ...pac.sat.decision import decide
from ...pac.sat.pace import UNTIL_EXPIRED, UNTIL_KNOWN, next_poll
from ..common import sealed
from ..common.schedule import wake
from ..common.states import EVER_STAMPED_STATES, sql
from ..sat.status import KNOWN
from .notices import LASTING

# SAT's time
CENTRAL = ZoneInfo("America/Mexico_City")
# what of the ledger says that a request to cancel arrived, or may have
DONE, LOST = ("done",), ("unknown", "pending")


class L10nMxFactureDocument(models.Model):
    """Our own CFDIs at SAT. Only its word cancels them, or a person who states it."""

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
            asked = waiting and not document._sat_is_repeated() and document.cancel_date
            document.sat_deadline = asked and last_day_to_answer(
                asked.replace(tzinfo=ZoneInfo("UTC")).astimezone(CENTRAL).date()
            )

    @api.depends("environment")
    def _compute_sat_asks(self):
        real = self.env["l10n_mx_facture.sat_gate"]._is_real()
        for document in self:
            document.sat_asks = not real or document.environment == "production"

    # -- what the mixin asks for -----------------------------------------------------------------

    def _sat_xml(self):
        return self.sudo().xml_attachment_id.raw or b""

    def _sat_refusal(self):
        if not self.sat_asks:
            return self.env._(
                "%s is a test CFDI. SAT's service doesn't have it and is not asked. (The system parameter "
                "l10n_mx_facture.sat_status_url can point to a test service.)",
                self.move_id.display_name,
            )
        return super()._sat_refusal()

    @api.model
    def _sat_domain(self):
        domain = [("state", "in", EVER_STAMPED_STATES), ("xml_attachment_id", "!=", False)]
        if self.env["l10n_mx_facture.sat_gate"]._is_real():
            domain.append(("environment", "=", "production"))
        return domain

    @api.model
    def _sat_urgencies(self):
        fresh = [("state", "=", "stamped"), ("sat_reading", "in", (False, "not_yet_known"))]
        return [[("state", "=", "cancel_requested")], fresh, []]

    def _sat_expected(self):
        if self.state == "cancel_requested":
            return "cancelled_again" if self._sat_is_repeated() else "cancelled", self.cancel_date
        if self.state == "stamped" and self.sat_reading not in KNOWN:
            return "known", self.date_sent
        under_way = self.state == "stamped" and (self.sat_reading == "cancel_in_process" or self._sat_open_requests())
        if under_way and self._sat_request_age() < UNTIL_EXPIRED:
            return "cancelled", fields.Datetime.now() - self._sat_request_age()
        return "nothing", self.date_sent

    def _sat_request_age(self):
        """:return: timedelta since the cancellation was asked for from here, or seen at SAT"""
        begun = self._sat_open_requests()[:1].date_start or self.sat_answer_ids[:1].date
        return fields.Datetime.now() - begun if begun else timedelta.max

    # -- the facts on which SAT's word is judged ---------------------------------------------------

    def _sat_requests(self, outcomes):
        """:return: rows of the ledger that asked for the cancellation, the last one first"""
        return self.sudo().request_ids.filtered(
            lambda row: row.operation == "cancel" and row.outcome in outcomes
        ).sorted("id", reverse=True)

    def _sat_open_requests(self):
        """:return: rows of the requests that arrived, or may have, and that SAT has not shown as refused since, the
        last one first: what SAT shows is their work
        """
        return self._sat_requests((*DONE, *LOST)).filtered(lambda row: not row.refused_date)

    def _sat_lost_request(self):
        """:return: row of the last open request, where its answer is not known"""
        return self._sat_open_requests()[:1].filtered(lambda row: row.outcome in LOST)

    def _sat_is_repeated(self):
        """:return: whether the cancellation was asked for before and refused: a further request never expires"""
        # when it left, not when it was answered: what SAT said meanwhile is nothing former
        begun = self._sat_requests((*DONE, *LOST))[:1].date_start or self.cancel_date
        return len(self._sat_requests(DONE)) > 1 or bool(
            self.sudo().sat_answer_ids.filtered(lambda row: row.reading == "refused" and begun and row.date < begun)
        )

    def _sat_refusal_answers(self):
        """:return: whether the refusal that SAT shows answers the last request

        After a further request SAT may show the former refusal for a while: it counts once SAT has shown the request
        under way, or after the time that SAT may lag. While a request may still be answered, nothing answers it.
        """
        since = self.cancel_date
        if not since or self.sat_date < since or self._is_cancel_under_way():
            return False
        if not self._sat_is_repeated() or self.sat_date - since >= UNTIL_KNOWN:
            return True
        return bool(
            self.sudo().sat_answer_ids.filtered(
                lambda row: row.reading == "cancel_in_process" and row.last_date >= since
            )
        )

    def _sat_lasting(self):
        """:return: timedelta since which SAT doesn't know it, or since the request that SAT doesn't show"""
        if self.sat_reading != "not_yet_known":
            return self.sat_date - self.cancel_date if self.cancel_date else timedelta()
        since = self.sat_date
        for row in self.sudo().sat_answer_ids:
            if row.reading in KNOWN:
                break
            if row.reading == "not_yet_known":
                since = row.date
        return self.sat_date - since

    # -- consequences ----------------------------------------------------------------------------

    def _sat_apply(self, word, before):
        told = self.sat_told
        asked = bool(self._sat_open_requests())
        decision = decide(self.state, word.reading.state, asked, self._sat_refusal_answers(), self._sat_lasting())
        if decision.notice == "refused":
            self._note_refused()
        if decision.state != self.state and decision.state == "cancel_requested":
            self._note_arrived()
        elif decision.state != self.state:
            self._move_to(decision.state, message_code=False, message_text=False)
        lasts = decision.notice if decision.notice in ("not_known", "not_shown") else False
        if decision.notice and decision.notice != self.sat_told:
            sealed.write(self, {"sat_news": decision.notice})
        sealed.write(self, {"sat_told": lasts})
        if told and told != lasts:
            self._settle_activities(LASTING[told])
        if before == "not_yet_known" and self.cancel_order:
            # the order waited until SAT knows the CFDI
            sealed.write(self, {"cancel_order_due": False})
            wake(self.env, "cron_cancel")

    def _check_only_sat_cancels(self, state):
        """:raise UserError: one of these would become cancelled though nobody asked for it and SAT shows nothing"""
        unasked = self.filtered(lambda document: document.state == "stamped" and document.sat_reading != "cancelled")
        if state == "cancelled" and unasked:
            raise UserError(self.env._("No cancellation was requested and SAT shows none. Only SAT cancels a CFDI."))

    @api.model
    def _soon_asked_vals(self, state):
        """:return: dict that has SAT asked soon where its answer about the new state is soon there"""
        expected = {"stamped": "known", "cancel_requested": "cancelled"}.get(state)
        if not expected:
            return {}
        return {"sat_next_date": fields.Datetime.now() + next_poll(timedelta(), None, expected), "sat_failures": 0}
