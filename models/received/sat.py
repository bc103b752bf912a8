from functools import partial

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain

from ..common import protected
from ..common.access import users_of
from ..common.transactions import commit_or_log

# readings in which SAT knows the CFDI
KNOWN = ("live", "cancel_in_process", "refused", "cancelled")


class L10nMxFactureReceived(models.Model):
    """SAT's status of a supplier's CFDI, and the notices about it. It changes nothing on the bill."""

    _inherit = "l10n_mx_facture.received"

    told = fields.Char("Notice sent", readonly=True, copy=False, help="What of SAT's answer was already notified.")

    autopost_waits = fields.Boolean(
        "Autopost waits for SAT", readonly=True, copy=False, help="Its bill is posted as soon as SAT shows the CFDI "
                                                                  "as valid."
    )

    _sat_due = models.Index("(sat_next_date, id) WHERE in_use")

    # -- hooks of the mixin ---------------------------------------------------------------------

    @api.model
    def _sat_domain(self):
        return [("in_use", "=", True)]

    def _sat_expected(self):
        if self.sat_reading == "cancel_in_process":
            since = self.sudo().sat_answer_ids[:1].date
            return "cancelled", since or self.create_date
        # a CFDI that SAT doesn't have may be new, or false
        return "nothing" if self.sat_reading in KNOWN else "known", self.create_date

    # -- consequences of the answer -------------------------------------------------------------

    def _sat_follow_up(self):
        """Notify the bookkeeper, and post the bill if it waited for SAT's answer."""
        self._notify_bookkeeper()
        if self.autopost_waits and self._is_valid_at_sat():
            self._autopost()

    def _is_valid_at_sat(self):
        """:return: whether SAT shows it as valid, without a cancellation request"""
        return self.sat_reading in ("live", "refused")

    def _cancel_autopost(self):
        protected.write(self.filtered("autopost_waits"), {"autopost_waits": False})

    def _autopost(self):
        """Post its bill automatically, which had to wait for SAT's answer."""
        self._cancel_autopost()
        move = self.sudo().move_id
        try:
            with self.env.cr.savepoint():
                move._autopost_bill()
        except (RedirectWarning, UserError) as error:
            translated = move.with_context(lang=move._l10n_mx_facture_chatter_lang())
            translated.message_post(body=translated.env._("It was not posted automatically: %s", error.args[0]))

    @api.model
    def _sat_prepare_round(self):
        """Send pending notices, also for bills that were posted after SAT had cancelled their CFDI."""
        for received in self.search(self._unnotified_domain()):
            commit_or_log(partial(received._notify_bookkeeper), self.env, f"Telling what SAT says of {received}")
        return super()._sat_prepare_round()

    @api.model
    def _unnotified_domain(self):
        """:return: domain of those with pending notices; for a single record see :meth:`_pending_notices`"""
        pending = [
            [
                ("sat_reading", "=", "cancelled"),
                ("move_id.state", "=", "posted"),
                ("move_id.payment_state", "!=", "reversed"),
                ("told", "not like", "cancelled"),
            ],
            [("sat_reading", "=", "cancel_in_process"), ("told", "not like", "cancel_in_process")],
            [("sat_efos_reading", "=", "listed"), ("told", "not like", "efos")],
        ]
        return Domain("in_use", "=", True) & Domain.OR(pending)

    def _pending_notices(self):
        """:return: dict from each SAT status that needs action to its sentence"""
        self.ensure_one()
        is_true = {
            # not for reversed bills
            "cancelled": self.sat_reading == "cancelled" and self.move_id.payment_state != "reversed",
            "cancel_in_process": self.sat_reading == "cancel_in_process",
            "efos": self.sat_efos_reading == "listed",
        }
        return {name: text for name, text in self._notice_texts().items() if is_true[name]}

    def _notice_texts(self):
        """:return: dict from each possible notice to its sentence"""
        return {
            "cancelled": self.env._(
                "SAT: the supplier's CFDI %s is cancelled. Ask for its substitute, or cancel the bill.", self.uuid
            ),
            "cancel_in_process": self.env._(
                "SAT: the supplier wants to cancel the CFDI %s. Accept or refuse it in your tax mailbox (buzón "
                "tributario). After three business days without an answer it counts as accepted.",
                self.uuid,
            ),
            "efos": self.env._(
                "SAT: the issuer %s is on the list of simulated operations (article 69-B of the CFF). Its invoices "
                "can't be deducted unless you prove that you received what they state.",
                self.rfc_emisor,
            ),
        }

    def _notify_bookkeeper(self):
        """Create an activity on the bill for each notice, once as long as it lasts."""
        self.ensure_one()
        recipient = self._bookkeeper()
        notices = self.with_context(lang=recipient.lang or self.env.lang)._pending_notices()
        if self.move_id.state != "posted":
            # drafts have an alert instead
            notices.pop("cancelled", None)
        notified = set((self.told or "").split())
        for name in notices.keys() - notified:
            if name == "efos" and self._is_efos_notified():
                continue
            self.move_id.sudo().activity_schedule(
                "mail.mail_activity_data_warning", summary=notices[name], user_id=recipient.id
            )
        if notices.keys() != notified:
            protected.write(self, {"told": " ".join(sorted(notices))})

    def _is_efos_notified(self):
        """:return: whether another CFDI of the same issuer has the notice already; each bill shows an alert anyway"""
        notified = [("in_use", "=", True), ("told", "like", "efos"), ("id", "!=", self.id)]
        same = [("company_id", "=", self.company_id.id), ("rfc_emisor", "=", self.rfc_emisor)]
        return bool(self.sudo().search_count(notified + same, limit=1))

    def _bookkeeper(self):
        """:return: the user responsible for the bill; an accounting administrator if it came by mail"""
        move = self.move_id.sudo()
        people = (move.invoice_user_id | move.create_uid).filtered(
            lambda user: user.active and user._is_internal() and move.company_id in user.company_ids
        )
        if people:
            return people[0]
        return users_of(self.env, "configure", move.company_id)[:1] or self.env.ref("base.user_admin")
