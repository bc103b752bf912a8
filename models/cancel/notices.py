import logging
from functools import partial

from odoo import SUPERUSER_ID, api, models
from odoo.tools import format_date

from ..common import protected
from ..common.locks import lock_free
from ..common.transactions import commit_or_log

_logger = logging.getLogger(__name__)

# own activity types for our CFDIs, so that activities can be removed when they are settled
CANCELLATION = "l10n_mx_facture.mail_activity_cancellation"
NOT_AT_SAT = "l10n_mx_facture.mail_activity_not_at_sat"
# for problems of many CFDIs (a service that reports nothing to SAT, a lost filestore) a list is enough
MAX_ACTIVITIES = 10
# notices about a lasting condition, with their activity type
PERSISTENT_NOTICES = {"not_known": NOT_AT_SAT, "not_shown": CANCELLATION}


class L10nMxFactureDocument(models.Model):
    """After SAT's answer: update the invoice, then notify users. Failures don't affect the answer.

    ``sat_news`` is stored with SAT's answer and cleared after the notification, so that the next round completes what a
    crashed process left.
    """

    _inherit = "l10n_mx_facture.document"

    @api.model
    def _sat_prepare_round(self):
        left = super()._sat_prepare_round()
        for document in self.sudo().search([("sat_news", "!=", False)], order="id"):
            document._sat_follow_up()
            left = left and self.env["ir.cron"]._commit_progress()
            if not left:
                break
        return left

    def _sat_follow_up(self):
        """Update the invoice after SAT's answer, and notify the user who requested the cancellation."""
        self.ensure_one()
        document = self.sudo().with_company(self.company_id)
        if not document.sat_news:
            return
        recipient, document = document._sat_recipient(), document._for_recipient()
        if document.sat_news in ("cancelled", "cancelled_elsewhere"):
            mark_earlier = document._owner()._l10n_mx_facture_mark_earlier_reversals
            commit_or_log(mark_earlier, self.env, f"Marking the reversals of the invoice of {self}")
        problem = document._sat_update_invoice() if document.sat_news == "cancelled" else None
        commit_or_log(
            partial(document._sat_notify, recipient, problem), self.env, f"Notifying about SAT's answer on {self}"
        )

    def _sat_claim_notice(self):
        """:return: whether the notice is still pending and no other transaction is sending it"""
        locked = lock_free(self)
        return bool(locked and locked.sat_news)

    # -- notifications -----------------------------------------------------------------------------

    def _sat_recipient(self):
        """:return: the user to notify: who requested the cancellation, else a user of the invoice; may be empty"""
        asked = self._sat_requests(("done", "unknown", "pending", "rejected"))[:1].user_id
        asking = self.cancel_order_user_id, self.cancel_user_id, asked
        candidates = *asking, *self._owner()._l10n_mx_facture_responsibles()
        return next((user for user in candidates if self._sat_may_read(user)), self.env["res.users"])

    def _for_recipient(self):
        """:return: this CFDI in the language of the notified user, else the company's"""
        return self.with_context(lang=self._sat_recipient().lang or self.company_id.partner_id.lang or self.env.lang)

    def _sat_may_read(self, user):
        person = user and user.active and user.id != SUPERUSER_ID
        return person and self.company_id in user.company_ids and user.has_group("l10n_mx_facture.group_stamp")

    def _sat_notify(self, recipient, problem):
        """Post to the chatter of the invoice and of the CFDI.

        The user gets an activity if something has to be done, else a notification.
        """
        if not self._sat_claim_notice():
            return
        summary = dict(self._fields["sat_news"]._description_selection(self.env))[self.sat_news]
        text = self._sat_notice_text(problem)
        before = self._sat_was_cancelled_before()
        settled = (self.sat_news == "cancelled" or before) and self._sat_invoice_followed()
        kind = PERSISTENT_NOTICES.get(self.sat_news, CANCELLATION)
        protected.write(self, {"sat_news": False})
        self._post_note(text)
        self._owner().message_post(body=text, partner_ids=recipient.partner_id.ids if settled and not before else [])
        if recipient and not settled and not self._sat_is_one_of_many(kind, recipient):
            self._owner().activity_schedule(kind, summary=summary, note=text, user_id=recipient.id)

    def _sat_was_cancelled_before(self):
        """:return: whether SAT had cancelled it before it was adopted: its first answer says so"""
        return bool(self.adopted_from) and self.sat_news == "cancelled_elsewhere" and len(self.sat_answer_ids) == 1

    def _sat_is_one_of_many(self, kind, recipient):
        """:return: whether the user already has many such activities, for example of a service that doesn't report its
            stamps to SAT: the list of discrepancies is enough then
        """
        if kind != NOT_AT_SAT:
            return False
        existing = [("activity_type_id", "=", self.env.ref(kind).id), ("user_id", "=", recipient.id)]
        return self.env["mail.activity"].sudo().search_count(existing, limit=MAX_ACTIVITIES) >= MAX_ACTIVITIES

    def _settle_activities(self, kind):
        """Remove activities of these CFDIs that are settled or outdated.

        :param kind: XML id of one of our activity types
        """
        for owners in self._owners():
            owners.sudo().activity_unlink([kind])

    def _sat_notice_text(self, problem):
        texts = {
            "cancelled": self._sat_cancelled_text,
            "cancelled_elsewhere": self._sat_elsewhere_text,
            "refused": self._sat_refused_text,
            "not_known": lambda: self.env._(
                "SAT has not found CFDI %s for 72 hours, longer than a stamp takes to arrive. Send its XML to the "
                "service and ask.",
                self.uuid,
            ),
            "not_shown": lambda: self.env._(
                "72 hours after its cancellation was asked for, SAT still shows CFDI %s as valid, without a request. "
                "Look at SAT's portal; if there is none, state it (button Record SAT's answer) and ask again.",
                self.uuid,
            ),
        }
        text = texts[self.sat_news]()
        return f"{text} {self._sat_invoice_text(problem)}".rstrip() if self.sat_news == "cancelled" else text

    def _sat_cancelled_text(self):
        how = dict(self._fields["sat_how"]._description_selection(self.env)).get(self.sat_how, "")
        return self.env._("SAT has cancelled CFDI %(uuid)s (%(how)s).", uuid=self.uuid, how=how)

    def _sat_refused_text(self):
        if not self.move_id:
            return self.env._(
                "The customer refused the cancellation of CFDI %s, which stays valid. You can request it again; a "
                "second request does not expire.",
                self.uuid,
            )
        if self.move_id.state == "posted":
            return self.env._(
                "The customer refused the cancellation of CFDI %s. The CFDI and the invoice are valid. You can "
                "request it again; a second request does not expire.",
                self.uuid,
            )
        return self.env._(
            "The customer refused the cancellation of CFDI %s. The CFDI is valid, but the invoice is no longer "
            "posted. Post it again unchanged (buttons Reset to Draft and Confirm), or request the cancellation again; "
            "a second request does not expire.",
            self.uuid,
        )

    def _sat_elsewhere_text(self):
        if not self.move_id:
            return self.env._(
                "SAT shows CFDI %(uuid)s as cancelled (seen on %(date)s), but this Odoo did not request it. Find out "
                "who cancelled it.",
                uuid=self.uuid,
                date=format_date(self.env, self.sat_date),
            )
        if self._sat_was_cancelled_before():
            return self.env._(
                "SAT shows CFDI %s, which was adopted, as cancelled. The invoice was not changed. If it is still "
                "posted, cancel or reverse it, or stamp it again.",
                self.uuid,
            )
        return self.env._(
            "SAT shows CFDI %(uuid)s as cancelled (seen on %(date)s), but this Odoo did not request it. The invoice "
            "was not changed. Find out who cancelled it; then cancel or reverse the invoice, or stamp it again.",
            uuid=self.uuid,
            date=format_date(self.env, self.sat_date),
        )

    def _sat_invoice_text(self, problem):
        """:return: the state of the invoice, and what remains to be done; "" of another owner"""
        move = self.move_id
        if not move:
            return ""
        if move.l10n_mx_facture_undone_by_id:
            return self.env._("The invoice was reversed with %s.", move.l10n_mx_facture_undone_by_id.name)
        if move.state == "cancel":
            return self.env._("The invoice is cancelled too.")
        if move.state == "draft":
            return self.env._("The invoice is a draft.")
        return self.env._("The invoice is still posted; cancel or reverse it yourself: %s", problem or "")
