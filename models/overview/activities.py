import logging
from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.tools import format_date

from ...cfdi.certificate import certificate_end
from ...cfdi.errors import CfdiError
from ..common import protected
from ..common.access import users_of
from ..common.states import UNSENT_STATES
from ..common.transactions import commit_or_log

_logger = logging.getLogger(__name__)

SERVICE = "l10n_mx_facture.mail_activity_service"
TO_CORRECT = "l10n_mx_facture.mail_activity_to_correct"
LOST_ANSWER = "l10n_mx_facture.mail_activity_lost_answer"
# until then the queue resolves it by itself, where the service allows it
LOST_AFTER = timedelta(hours=1)
# of more than these the list is enough
MAX_ACTIVITIES = 10
CERTIFICATE_DAYS = 60
# of an older run nobody is told any more
RUN_DAYS = 7


class L10nMxFactureAccount(models.Model):
    """Activities about an account: its credits run low, or its certificate ends soon.

    Each condition makes one activity a person, once as long as it lasts: who marks it as done isn't told again. When
    the condition ends, the activities that are left are removed.
    """

    _name = "l10n_mx_facture.account"
    _inherit = ["l10n_mx_facture.account", "mail.activity.mixin"]

    notices = fields.Json(
        readonly=True, copy=False, groups="base.group_system", help="Technical: the conditions that were announced."
    )

    @api.model
    def _cron_activities(self):
        for account in self.sudo().search([("active", "=", True)]):
            commit_or_log(account._review_activities, self.env, f"Activities of {account}")
        Document, Run = self.env["l10n_mx_facture.document"], self.env["l10n_mx_facture.run"]
        commit_or_log(Document._announce_lost_answers, self.env, "Activities of lost answers")
        commit_or_log(Run._announce_refusals, self.env, "Activities of stamping runs")
        due = self.env["l10n_mx_facture.branch"].sudo()._announce_due_tickets
        commit_or_log(due, self.env, "Activities of tickets without a global invoice")
        no_branch = self.env["account.journal"]._l10n_mx_facture_announce_branches
        commit_or_log(no_branch, self.env, "Activities of tickets without a branch")

    def _review_activities(self):
        """Compare the conditions with what was announced."""
        self.ensure_one()
        now = {"credits": "low"} if self.credits_low else {}
        end = self._certificate_end()
        if end and end <= fields.Date.today() + timedelta(days=CERTIFICATE_DAYS):
            now["certificate"] = fields.Date.to_string(end)
        before = self.notices or {}
        if now == before:
            return
        new = {name for name, value in now.items() if before.get(name) != value}
        if set(before) - set(now) or new & set(before):
            # a condition ended: what is left is announced anew
            self.activity_unlink([SERVICE])
            new = set(now)
        self.with_context(tracking_disable=True).write({"notices": now})
        for name in sorted(new):
            self._announce(partial(self._notice, name, end))

    def _notice(self, name, end, env):
        """:return: summary and note of an activity in the language of ``env``"""
        if name == "credits":
            return env._("CFDI: few credits left"), env._(
                "The account %(account)s has %(credits)s credits left: buy more.",
                account=self.name,
                credits=self.credits,
            )
        return env._("CFDI: the certificate ends soon"), env._(
            "The certificate (CSD) with which %(account)s seals ends on %(date)s. Make a new one at SAT and load it at "
            "the service; until then nothing else changes.",
            account=self.name,
            date=format_date(env, end),
        )

    def _announce(self, notice):
        """:param notice: callable from an environment to summary and note"""
        for user in users_of(self.env, "configure", self.company_id):
            summary, note = notice(self.with_context(lang=user.lang).env)
            self.activity_schedule(SERVICE, summary=summary, note=note, user_id=user.id)

    def _certificate_end(self):
        """:return: date, by the newest CFDI of each branch: the earliest; None if no XML tells it"""
        Document = self.env["l10n_mx_facture.document"].sudo()
        grouped = Document._read_group(
            [("account_id", "=", self.id), ("xml_attachment_id", "!=", False), ("branch_id.active", "=", True)],
            ["branch_id", "rfc_emisor"],
            ["id:max"],
        )
        ends = []
        for document in Document.browse(newest for _branch, _rfc, newest in grouped):
            try:
                ends.append(certificate_end(document.xml_attachment_id.raw or b""))
            except CfdiError as error:
                _logger.info("The certificate of %s was not read: %s", document, error)
        return min(filter(None, ends), default=None)


class L10nMxFactureDocument(models.Model):
    """An activity on each invoice whose answer stays lost; it goes when the invoice is resolved."""

    _inherit = "l10n_mx_facture.document"

    lost_announced = fields.Boolean(readonly=True, copy=False, help="Technical: its lost answer was announced.")

    @api.model
    def _announce_lost_answers(self):
        lost = [
            ("state", "=", "unknown"),
            ("lost_announced", "=", False),
            ("date_sent", "<", fields.Datetime.now() - LOST_AFTER),
        ]
        for document in self.sudo().search(lost, limit=MAX_ACTIVITIES, order="id"):
            protected.write(document, {"lost_announced": True})
            recipient = document._sat_recipient()
            mine = [
                ("activity_type_id", "=", self.env.ref(LOST_ANSWER).id),
                ("user_id", "=", recipient.id),
            ]
            many = self.env["mail.activity"].sudo().search_count(mine, limit=MAX_ACTIVITIES) >= MAX_ACTIVITIES
            if recipient and not many:
                env = document._for_recipient().env
                document._owner().activity_schedule(
                    LOST_ANSWER,
                    summary=env._("CFDI: it is not known whether it was stamped"),
                    note=env._("The service's answer was lost. Look it up at the service and press Resolve."),
                    user_id=recipient.id,
                )

    def _settle_lost_answer(self):
        """These are resolved."""
        announced = self.filtered("lost_announced")
        if announced:
            announced._settle_activities(LOST_ANSWER)


class L10nMxFactureRun(models.Model):
    """One activity about a run of which something has to be corrected; it goes when nothing is left."""

    _name = "l10n_mx_facture.run"
    _inherit = ["l10n_mx_facture.run", "mail.thread", "mail.activity.mixin"]

    refusals_announced = fields.Boolean(readonly=True, copy=False, help="Technical: what to correct was announced.")

    @api.model
    def _announce_refusals(self):
        recent = [("create_date", ">", fields.Datetime.now() - timedelta(days=RUN_DAYS))]
        for run in self.sudo().search([*recent, ("refusals_announced", "=", False), ("refusal_ids", "!=", False)]):
            left = run._left_to_correct()
            if run.state != "done" or not left:
                continue
            run.refusals_announced = True
            if run.user_id._is_internal() and run.user_id.active:
                env = run.with_context(lang=run.user_id.lang).env
                run.activity_schedule(
                    TO_CORRECT,
                    summary=env._("CFDI: invoices to correct before they are stamped: %s", len(left)),
                    user_id=run.user_id.id,
                )
        kind = self.env.ref(TO_CORRECT).id
        for run in self.sudo().search([("activity_ids.activity_type_id", "=", kind)]):
            if not run._left_to_correct():
                run.activity_unlink([TO_CORRECT])

    def _left_to_correct(self):
        """:return: list of what of this run was refused and has no CFDI yet: posted invoices, and other owners"""
        found = [one for owners in self.refusal_ids._owners() for one in owners]
        return [
            one
            for one in found
            if one.l10n_mx_facture_state in UNSENT_STATES and (one._name != "account.move" or one.state == "posted")
        ]
