import json

from odoo.tests import new_test_user

from ..support.stamp_case import StampCase


class TestDashboard(StampCase):
    """The card of a sales journal on the accounting dashboard."""

    def card(self, journal=None, user=None):
        journal = (journal or self.journal).with_user(user or self.env.user)
        journal.invalidate_recordset(["kanban_dashboard"])
        return json.loads(journal.kanban_dashboard).get("l10n_mx_facture")

    def assertFilter(self, name):
        """The list that the card's number opens has this filter."""
        filters = self.env["account.move"].get_view(
            self.env.ref("account.view_account_invoice_filter").id, "search"
        )["arch"]
        self.assertIn(f'name="l10n_mx_facture_{name}"', filters)

    def test_it_counts_what_waits_and_each_number_has_its_list(self):
        journal = self.create_journal("TAB", self.branch)
        self.assertEqual(self.card(journal)["to_stamp"], 0)
        self.create_invoices([{"journal_id": journal.id}] * 3)
        self.create_invoice(journal_id=journal.id, post=False)
        self.stamped_invoice(journal_id=journal.id)
        self.unknown_invoice(journal_id=journal.id)
        partner = self.customer.copy({"name": "Otro", "vat": "XIA190128J61", "zip": "76343"})
        self.sandbox.receiver(rfc=partner.vat, name="OTRO", zip="76000", regime="601")
        refused = self.create_invoice(journal_id=journal.id, partner_id=partner.id)
        self.stamp(refused)
        card = self.card(journal)
        # what was rejected is to be stamped too
        self.assertEqual((card["to_stamp"], card["rejected"], card["unknown"], card["acceptance"]), (4, 1, 1, 0))
        for name in ("to_stamp", "rejected", "unknown", "sat_in_process"):
            self.assertFilter(name)

    def test_a_cancellation_that_waits_for_the_customer_is_counted(self):
        journal = self.create_journal("ACE", self.branch)
        move = self.cancel_requested_invoice(journal_id=journal.id)
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET sat_reading = 'cancel_in_process' WHERE move_id = %s", (move.id,)
        )
        self.env.invalidate_all()
        self.assertEqual(self.card(journal)["acceptance"], 1)

    def test_the_credits_last_as_long_as_last_months_pace_lets_them(self):
        def credits(left):
            self.env.cr.execute(
                "UPDATE l10n_mx_facture_account SET credits = %s, credits_date = now() WHERE id = %s",
                (left, self.account.id),
            )
            self.env.invalidate_all()

        credits(9)
        self.assertEqual(self.card()["credits"], "9 credits left")
        for _ in range(3):
            self.stamped_invoice()
        credits(1000)
        self.assertEqual(self.card()["credits"], "1000 credits left")
        left = 9
        credits(left)
        self.assertEqual(
            self.card()["credits"], f"{left} credits left, for {left * 30 // 3} days at last month's pace"
        )

    def test_a_journal_without_branch_and_a_purchase_journal_have_none(self):
        self.assertIsNone(self.card(self.create_journal("SIN")))
        purchase = self.env["account.journal"].search(
            [("type", "=", "purchase"), ("company_id", "=", self.company.id)], limit=1
        )
        self.assertIsNone(self.card(purchase))

    def test_only_who_may_stamp_sees_it(self):
        biller = new_test_user(self.env, "card-biller", "account.group_account_invoice", company_id=self.company.id)
        reader = new_test_user(self.env, "card-reader", "account.group_account_readonly", company_id=self.company.id)
        self.assertTrue(self.card(user=biller))
        self.assertIsNone(self.card(user=reader))

    def test_many_journals_take_as_many_queries_as_one(self):
        journals = self.journal
        for number in range(4):
            journals |= self.create_journal(f"J{number}", self.branch)

        def queries(of):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            of._l10n_mx_facture_card()
            return self.env.cr.sql_log_count - before

        queries(journals)
        self.assertEqual(queries(journals), queries(self.journal))
