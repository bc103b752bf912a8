import logging
from functools import partial

from odoo import SUPERUSER_ID, api, models
from odoo.tools import format_date

from ..common import sealed
from ..common.locks import lock_free
from ..common.transactions import alone

_logger = logging.getLogger(__name__)

# what a person has to do about a CFDI of ours: of types of its own, so that each goes when it is settled
CANCELLATION = "l10n_mx_facture.mail_activity_cancellation"
NOT_AT_SAT = "l10n_mx_facture.mail_activity_not_at_sat"
# what befell all of them (a service that tells SAT nothing, a lost filestore) is a list, not an activity for each
ACTIVITIES_AT_MOST = 10
# which of them tells what lasts
LASTING = {"not_known": NOT_AT_SAT, "not_shown": CANCELLATION}


class L10nMxFactureDocument(models.Model):
    """What follows SAT's word: the invoice first, then the people. It never undoes what SAT said.

    ``sat_news`` is stored together with SAT's word and cleared when the people are told, so that the next round makes
    good what a process that died left behind.
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
        """Do what SAT's word asks for with the invoice, and tell the one who asked for the cancellation."""
        self.ensure_one()
        document = self.sudo().with_company(self.company_id)
        if not document.sat_news:
            return
        reader, document = document._sat_reader(), document._for_reader()
        if document.sat_news in ("cancelled", "cancelled_elsewhere"):
            marking = document.move_id._l10n_mx_facture_mark_earlier
            alone(marking, self.env, f"Looking at what reverses the invoice of {self}")
        problem = document._sat_undo_invoice() if document.sat_news == "cancelled" else None
        alone(partial(document._sat_tell, reader, problem), self.env, f"Telling what SAT says of {self}")

    def _sat_take_news(self):
        """:return: whether the news are still to be told, and nobody else is doing it at this moment"""
        mine = lock_free(self)
        return bool(mine and mine.sat_news)

    # -- the people --------------------------------------------------------------------------------

    def _sat_reader(self):
        """:return: who is told: the one who ordered or asked for it, else the invoice's own people; maybe nobody"""
        asked = self._sat_requests(("done", "unknown", "pending", "rejected"))[:1].user_id
        asking = self.cancel_order_user_id, self.cancel_user_id, asked
        candidates = *asking, self.move_id.invoice_user_id, self.move_id.create_uid
        return next((user for user in candidates if self._sat_may_read(user)), self.env["res.users"])

    def _for_reader(self):
        """:return: this CFDI in the language of who is told, of the company's people where nobody is"""
        return self.with_context(lang=self._sat_reader().lang or self.company_id.partner_id.lang or self.env.lang)

    def _sat_may_read(self, user):
        person = user and user.active and user.id != SUPERUSER_ID
        return person and self.company_id in user.company_ids and user.has_group("l10n_mx_facture.group_stamp")

    def _sat_tell(self, reader, problem):
        """Write it into the chatter of the invoice and of the CFDI.

        The reader gets an activity where a person has to act, else a notice.
        """
        if not self._sat_take_news():
            return
        summary = dict(self._fields["sat_news"]._description_selection(self.env))[self.sat_news]
        text = self._sat_news_text(problem)
        settled = self.sat_news == "cancelled" and self._sat_invoice_followed()
        kind = LASTING.get(self.sat_news, CANCELLATION)
        sealed.write(self, {"sat_news": False})
        self._note(text)
        self.move_id.message_post(body=text, partner_ids=reader.partner_id.ids if settled else [])
        if reader and not settled and not self._sat_is_one_of_many(kind, reader):
            self.move_id.activity_schedule(kind, summary=summary, note=text, user_id=reader.id)

    def _sat_is_one_of_many(self, kind, reader):
        """:return: whether a service that has told SAT of none of its stamps is at work: the list of divergences shows
            all, and nobody needs an activity for each
        """
        if kind != NOT_AT_SAT:
            return False
        mine = [("activity_type_id", "=", self.env.ref(kind).id), ("user_id", "=", reader.id)]
        return self.env["mail.activity"].sudo().search_count(mine, limit=ACTIVITIES_AT_MOST) >= ACTIVITIES_AT_MOST

    def _settle_activities(self, kind):
        """Take away what a person had to do about these: it is done, or something else is to be done by now.

        :param kind: XML id of a type of activities of ours
        """
        self.move_id.sudo().activity_unlink([kind])

    def _sat_news_text(self, problem):
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
        return f"{text} {self._sat_undo_text(problem)}" if self.sat_news == "cancelled" else text

    def _sat_cancelled_text(self):
        how = dict(self._fields["sat_how"]._description_selection(self.env)).get(self.sat_how, "")
        return self.env._("SAT has cancelled CFDI %(uuid)s (%(how)s).", uuid=self.uuid, how=how)

    def _sat_refused_text(self):
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
        return self.env._(
            "SAT shows CFDI %(uuid)s as cancelled (seen on %(date)s), but this Odoo did not request it. The invoice "
            "was not changed. Find out who cancelled it; then cancel or reverse the invoice, or stamp it again.",
            uuid=self.uuid,
            date=format_date(self.env, self.sat_date),
        )

    def _sat_undo_text(self, problem):
        """:return: what became of the invoice, and what is left to do"""
        move = self.move_id
        if move.l10n_mx_facture_undone_by_id:
            return self.env._("The invoice was reversed with %s.", move.l10n_mx_facture_undone_by_id.name)
        if move.state == "cancel":
            return self.env._("The invoice is cancelled too.")
        if move.state == "draft":
            return self.env._("The invoice is a draft.")
        return self.env._("The invoice is still posted; cancel or reverse it yourself: %s", problem or "")
