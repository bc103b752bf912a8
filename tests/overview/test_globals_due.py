import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo import SUPERUSER_ID
from odoo.tests import new_test_user

from odoo.addons.l10n_mx_facture.models.overview.globals_due import GLOBAL_DUE, TICKETS

from ..support.global_case import GlobalCase


class TestGlobalsDue(GlobalCase):
    """A period without its global invoice is a to-do of who makes them, until the global invoice is stamped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.create_user(cls, "globals", "l10n_mx_facture.group_stamp", "account.group_account_invoice")
        cls.person.lang = "en_US"
        cls.branch = cls.journal.l10n_mx_facture_branch_ids

    def setUp(self):
        super().setUp()
        self.patch(
            type(self.env["l10n_mx_facture.global"]), "_person_of", lambda _self, _company, _branch: self.person
        )

    def run_cron(self):
        self.env["l10n_mx_facture.account"].with_user(SUPERUSER_ID)._cron_activities()
        self.env.invalidate_all()

    def told(self):
        kind = self.env.ref(GLOBAL_DUE)
        return self.branch.sudo().activity_ids.filtered(lambda one: one.activity_type_id == kind)

    def at(self, hour, days=0):
        """:return: UTC: so many hours and days after this midnight at the branch"""
        zone = ZoneInfo(self.branch.tz)
        midnight = datetime.combine(datetime.now(zone).date() + timedelta(days=days), datetime.min.time(), zone)
        moment = (midnight + timedelta(hours=hour)).astimezone(ZoneInfo("UTC"))
        return freeze_time(moment.replace(tzinfo=None), tick=True)

    def test_yesterday_is_told_from_noon_on(self):
        tickets = self.guide()
        with self.at(11):
            self.run_cron()
            self.assertFalse(self.told())
        with self.at(13):
            self.run_cron()
            self.run_cron()
            told = self.told()
            self.assertEqual((len(told), told.user_id), (1, self.person))
            self.assertEqual(told.summary, f"{self.branch.name}: tickets without a global invoice: 3")
            self.assertEqual(told.date_deadline, tickets[0].date + timedelta(days=1))
            self.assertIn(TICKETS, told.note)

    def test_it_goes_with_the_stamp(self):
        ticket, other = self.sell(days=3), self.sell(days=2)
        self.run_cron()
        self.assertIn("2", self.told().summary)
        made = self.make(ticket | other)
        self.run_cron()
        # drafts are none
        self.assertIn("2", self.told().summary)
        for one, left in zip(made, (1, 0), strict=True):
            self.press(one, "action_stamp")
            self.env.invalidate_all()
            self.assertEqual(one.state, "stamped")
            self.assertEqual(len(self.told()), left)
        self.assertFalse(self.branch.sudo().due_told)

    def test_today_is_not_told(self):
        self.sell(days=0)
        with self.at(23):
            self.run_cron()
        self.assertFalse(self.told())

    def test_a_month_is_told_when_it_is_over(self):
        self.company.l10n_mx_facture_global_periodicity = "04"
        self.sell(days=0)
        with self.at(13, days=1):
            self.run_cron()
            self.assertEqual(bool(self.told()), datetime.now(ZoneInfo(self.branch.tz)).day == 1)
        with self.at(13, days=32):
            self.run_cron()
            self.assertTrue(self.told())

    def test_what_is_done_is_told_again_with_the_next_day_only(self):
        self.sell(days=2)
        with self.at(13):
            self.run_cron()
            self.told().with_user(self.person).action_feedback()
            self.run_cron()
            self.assertFalse(self.told())
            self.sell(days=1)
            self.run_cron()
            self.assertIn("2", self.told().summary)

    def test_its_button_its_filter_and_the_card_lead_to_the_tickets(self):
        due, _today = self.sell(), self.sell(days=0)
        Ticket = self.env["l10n_mx_facture.ticket"]
        mine = [("company_id", "=", self.company.id)]
        self.assertEqual(Ticket.search([("is_due", "=", True), *mine]), due)
        self.assertNotIn(due, Ticket.search([("is_due", "=", False), *mine]))
        self.assertEqual(due.is_due, True)
        self.assertEqual(self.branch.due_ticket_count, 1)
        action = self.branch.action_open_due_tickets()
        self.assertEqual(Ticket.search(action["domain"]), due)
        self.journal.invalidate_recordset(["kanban_dashboard"])
        card = json.loads(self.journal.kanban_dashboard)["l10n_mx_facture"]
        self.assertEqual(card["tickets_due"], 1)
        self.assertEqual(Ticket.search(self.journal.action_l10n_mx_facture_tickets_due()["domain"]), due)


class TestPersonOfGlobals(GlobalCase):
    """Who makes the global invoices of a branch."""

    def test_who_made_the_last_one_else_who_may_stamp(self):
        Global = self.env["l10n_mx_facture.global"]
        branch = self.journal.l10n_mx_facture_branch_ids
        groups = "l10n_mx_facture.group_stamp,account.group_account_invoice"
        values = {"company_id": self.company.id, "company_ids": self.company.ids}
        first, second = (new_test_user(self.env, f"{name}-{self.prefix}", groups, **values) for name in ("aa", "bb"))
        self.assertIn(Global._person_of(self.company, branch), self.env.ref("l10n_mx_facture.group_stamp").all_user_ids)
        for person in (first, second):
            ticket = self.sell()
            self.press(ticket, "action_make_globals", user=person)
            self.press(ticket.global_id, "action_stamp", user=person)
            self.assertEqual(Global._person_of(self.company, branch), person)
        second.active = False
        self.assertEqual(Global._person_of(self.company, branch), first)
