import json

from odoo import SUPERUSER_ID, Command

from odoo.addons.l10n_mx_facture.models.overview.no_branch import BRANCH, NO_BRANCH

from ..support.global_case import GlobalCase


class TestNoBranch(GlobalCase):
    """Tickets of a journal without a branch are in no global invoice: a to-do, and a number on the journal's card."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.journal.l10n_mx_facture_branch_ids
        values = {"name": "Mostrador", "code": "MOS", BRANCH: [Command.clear()], "l10n_mx_facture_to_global": True}
        cls.place = cls.journal.copy(values)
        cls.person = cls.create_user(cls, "places", "l10n_mx_facture.group_configure", "account.group_account_manager")
        cls.person.lang = "en_US"

    def setUp(self):
        super().setUp()
        self.patch(type(self.place), "_l10n_mx_facture_person_of_branch", lambda _self: self.person)

    def sold(self, **values):
        return self.sell(journal_id=self.place.id, **values)

    def run_cron(self):
        crons = {"l10n_mx_facture.global": "_cron_global", "l10n_mx_facture.account": "_cron_activities"}
        for model, method in crons.items():
            with self.committing() as env:
                getattr(env(user=SUPERUSER_ID, context={})[model], method)()
        self.env.invalidate_all()

    def told(self):
        kind = self.env.ref(NO_BRANCH)
        return self.place.activity_ids.filtered(lambda one: one.activity_type_id == kind)

    def card(self):
        self.place.invalidate_recordset(["kanban_dashboard"])
        return json.loads(self.place.kanban_dashboard).get("l10n_mx_facture")

    def choose(self):
        self.place[BRANCH] = self.branch

    def test_it_is_told_until_the_branch_is_chosen(self):
        self.assertIsNone(self.card())
        ticket, other = self.sold(), self.sold(days=0)
        self.assertFalse((ticket | other).branch_id)
        self.run_cron()
        self.assertEqual(set((ticket | other).mapped("state")), {"left_out"})
        self.assertIn("on the journal", ticket.reason)
        [told] = self.told()
        summary = f"{self.place.name}: tickets without a CFDI branch: 2"
        self.assertEqual((told.user_id, told.summary), (self.person, summary))
        self.assertEqual(self.card()["no_branch"], 2)
        action = self.place.action_l10n_mx_facture_choose_branch()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.journal", self.place.id))
        self.assertEqual(action["context"], {"l10n_mx_facture_field": BRANCH})
        self.choose()
        self.assertEqual(self.card()["no_branch"], 0)
        self.run_cron()
        self.assertFalse(self.told())
        self.assertEqual((ticket | other).mapped("state"), ["open"] * 2)
        self.assertEqual((ticket | other).branch_id, self.branch)
        self.assertEqual((ticket | other).move_id.l10n_mx_facture_branch_id, self.branch)
        self.assertEqual(self.card()["tickets_due"], 1)
        self.assertEqual(self.stamped_global(ticket).ticket_ids, ticket)

    def test_the_button_takes_them_at_once(self):
        ticket = self.sold()
        self.run_cron()
        self.choose()
        self.press(self.env["l10n_mx_facture.ticket"].with_company(self.company), "action_make_globals")
        self.assertEqual((ticket.state, ticket.global_id.branch_id), ("open", self.branch))

    def test_look_again_takes_one(self):
        ticket = self.sold()
        self.press(ticket, "action_read_again")
        self.assertEqual(ticket.state, "left_out")
        self.choose()
        self.press(ticket, "action_read_again")
        self.assertEqual((ticket.state, ticket.branch_id), ("open", self.branch))

    def test_only_what_nothing_else_keeps_out(self):
        credit, returned = self.sold(l10n_mx_facture_payment_policy="PPD"), self.sold()
        self.return_of(returned, journal_id=self.place.id)
        self.run_cron()
        self.assertEqual((credit | returned).mapped("state"), ["left_out"] * 2)
        self.assertFalse(self.told())
        self.assertIsNone(self.card())

    def test_who_marks_it_as_done_is_told_with_the_next_day(self):
        self.sold(days=2)
        self.run_cron()
        self.told().with_user(self.person).action_feedback()
        self.run_cron()
        self.assertFalse(self.told())
        self.sold(days=2)
        self.run_cron()
        self.assertFalse(self.told())
        self.sold(days=1)
        self.run_cron()
        self.assertIn("3", self.told().summary)

    def test_the_reason_is_in_the_language_of_the_company(self):
        self.env["res.lang"]._activate_lang("es_MX")
        self.env["ir.module.module"]._load_module_terms(["l10n_mx_facture"], ["es_MX"])
        self.company.partner_id.lang = "es_MX"
        ticket = self.sold()
        self.run_cron()
        self.assertIn("sucursal", ticket.reason)

    def test_of_another_module_it_says_who_has_to(self):
        ticket = self.take("W", branch_id=False)
        self.press(ticket, "action_read_again")
        self.assertIn("module", ticket.reason)


class TestPersonOfBranch(GlobalCase):
    """Who is told that a journal has no branch."""

    def test_one_who_may_choose_it(self):
        user = self.journal.sudo()._l10n_mx_facture_person_of_branch()
        self.assertTrue(user.has_group("l10n_mx_facture.group_configure"))
        self.assertIn(self.company, user.company_ids)
