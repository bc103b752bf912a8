from functools import partial

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain

from ..common import sealed
from ..common.transactions import alone

# readings in which SAT knows the CFDI
KNOWN = ("live", "cancel_in_process", "refused", "cancelled")


class L10nMxFactureReceived(models.Model):
    """What SAT says of a supplier's CFDI, and who is told. Nothing on the bill is changed by it."""

    _inherit = "l10n_mx_facture.received"

    told = fields.Char("Notice sent", readonly=True, copy=False, help="What of SAT's answer was already notified.")

    autopost_waits = fields.Boolean(
        "Autopost waits for SAT", readonly=True, copy=False, help="Its bill is posted as soon as SAT shows the CFDI "
                                                                  "as valid."
    )

    _sat_due = models.Index("(sat_next_date, id) WHERE in_use")

    # -- what the mixin asks for ----------------------------------------------------------------

    def _sat_xml(self):
        return self.sudo().xml_attachment_id.raw or b""

    @api.model
    def _sat_domain(self):
        return [("in_use", "=", True)]

    def _sat_expected(self):
        if self.sat_reading == "cancel_in_process":
            since = self.sudo().sat_answer_ids[:1].date
            return "cancelled", since or self.create_date
        # one that SAT doesn't know at once may be minutes old, or false
        return "nothing" if self.sat_reading in KNOWN else "known", self.create_date

    # -- consequences ---------------------------------------------------------------------------

    def _sat_follow_up(self):
        """Tell the bookkeeper, and post the bill that has waited for SAT's answer."""
        self._tell()
        if self.autopost_waits and self._is_valid_at_sat():
            self._autopost()

    def _is_valid_at_sat(self):
        """:return: whether SAT calls it valid, and nobody asks to cancel it"""
        return self.sat_reading in ("live", "refused")

    def _wait_no_more(self):
        sealed.write(self.filtered("autopost_waits"), {"autopost_waits": False})

    def _autopost(self):
        """Post its bill as the uploader would have: SAT was not asked by then."""
        self._wait_no_more()
        move = self.sudo().move_id
        try:
            with self.env.cr.savepoint():
                move._autopost_bill()
        except (RedirectWarning, UserError) as error:
            reader = move.with_context(lang=move._l10n_mx_facture_told_lang())
            reader.message_post(body=reader.env._("It was not posted automatically: %s", error.args[0]))

    @api.model
    def _sat_prepare_round(self):
        """Tell what could not be told at once, and of bills that were posted after SAT had cancelled their CFDI."""
        for received in self.search(self._untold_domain()):
            alone(partial(received._tell), self.env, f"Telling what SAT says of {received}")
        return super()._sat_prepare_round()

    @api.model
    def _untold_domain(self):
        """:return: domain of those of which something is to be told still, as :meth:`_news` says it of one"""
        untold = [
            [
                ("sat_reading", "=", "cancelled"),
                ("move_id.state", "=", "posted"),
                ("move_id.payment_state", "!=", "reversed"),
                ("told", "not like", "cancelled"),
            ],
            [("sat_reading", "=", "cancel_in_process"), ("told", "not like", "cancel_in_process")],
            [("sat_efos_reading", "=", "listed"), ("told", "not like", "efos")],
        ]
        return Domain("in_use", "=", True) & Domain.OR(untold)

    def _news(self):
        """:return: dict from what SAT says of it that a person has to act on, to the sentence that says so"""
        self.ensure_one()
        is_true = {
            # a bill that was reversed says so already
            "cancelled": self.sat_reading == "cancelled" and self.move_id.payment_state != "reversed",
            "cancel_in_process": self.sat_reading == "cancel_in_process",
            "efos": self.sat_efos_reading == "listed",
        }
        return {name: text for name, text in self._news_texts().items() if is_true[name]}

    def _news_texts(self):
        """:return: dict from all that may be told of it to the sentence"""
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

    def _tell(self):
        """Put what a person has to act on among the activities of the bill, each once as long as it lasts."""
        self.ensure_one()
        reader = self._bookkeeper()
        news = self.with_context(lang=reader.lang or self.env.lang)._news()
        if self.move_id.state != "posted":
            # until then the alert on the draft says it
            news.pop("cancelled", None)
        told = set((self.told or "").split())
        for name in news.keys() - told:
            if name == "efos" and self._is_efos_told():
                continue
            self.move_id.sudo().activity_schedule(
                "mail.mail_activity_data_warning", summary=news[name], user_id=reader.id
            )
        if news.keys() != told:
            sealed.write(self, {"told": " ".join(sorted(news))})

    def _is_efos_told(self):
        """:return: whether somebody was told by another CFDI of the same issuer: each bill of it shows an alert"""
        told = [("in_use", "=", True), ("told", "like", "efos"), ("id", "!=", self.id)]
        same = [("company_id", "=", self.company_id.id), ("rfc_emisor", "=", self.rfc_emisor)]
        return bool(self.sudo().search_count(told + same, limit=1))

    def _bookkeeper(self):
        """:return: who answers for the bill; who administers accounting where it came by mail"""
        move = self.move_id.sudo()
        people = (move.invoice_user_id | move.create_uid).filtered(
            lambda user: user.active and user._is_internal() and move.company_id in user.company_ids
        )
        if people:
            return people[0]
        administrators = self.env.ref("l10n_mx_facture.group_configure").sudo().all_user_ids
        known = administrators.filtered(lambda user: user.active and move.company_id in user.company_ids)
        return known[:1] or self.env.ref("base.user_admin")
