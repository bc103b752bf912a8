"""What CFDIs tell of a day's sales to the public, beside the books."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from odoo.addons.l10n_mx_facture.models.common import protected

from ..support.global_case import GlobalCase

FIGURES = ("told_globals", "told_invoices", "told_credit_notes", "booked", "difference")


class TestSalesBooks(GlobalCase):
    """Each difference, to the cent, has its cause with a link; together the causes are the difference."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.journal.copy({"name": "Mostrador", "code": "MOS", "l10n_mx_facture_to_global": True})
        cls.sold_today = cls.today_of(cls.journal)
        cls.yesterday = cls.sold_today - timedelta(days=1)

    def sell(self, *prices, **values):
        return super().sell(*prices, journal_id=self.journal.id, **values)

    def queue(self):
        self.press(self.env["l10n_mx_facture.document"], "_work_queue")

    def compare(self, **values):
        """:return: dict from a day to its row, of the class's branch"""
        vals = {"date_from": self.yesterday, "date_to": self.sold_today, **values}
        dialog = self.env["l10n_mx_facture.sales.books"].create(vals)
        action = dialog.action_compare()
        rows = self.env[action["res_model"]].search(action["domain"])
        for row in rows:
            self.assertAlmostEqual(sum(row.cause_ids.mapped("amount")), row.difference, places=2, msg=row.causes)
            self.assertEqual(row.differs, bool(row.difference))
        return {row.date: row for row in rows}

    def figures(self, row):
        return tuple(round(row[name], 2) for name in FIGURES)

    def causes(self, row):
        """:return: dict from a kind to its amount and the records that its button opens"""
        found = {}
        for cause in row.cause_ids:
            action = cause.action_open()
            domain = action.get("domain") or [("id", "=", action["res_id"])]
            found[cause.kind] = (round(cause.amount, 2), self.env[action["res_model"]].search(domain))
            self.assertTrue(cause.advice)
        return found

    def test_the_day_of_the_guide_in_all_three_ways(self):
        """980.18; a line of ticket 2 is returned (208.79); ticket 3 is invoiced to a name (411.80)."""
        tickets = self.guide()
        days = self.compare()
        self.assertEqual(self.figures(days[self.yesterday]), (0.0, 0.0, 0.0, 980.18, -980.18))
        self.assertEqual(self.causes(days[self.yesterday]), {"open": (-980.18, tickets)})
        self.stamped_global(tickets)
        self.assertEqual(self.figures(self.compare()[self.yesterday]), (980.18, 0.0, 0.0, 980.18, 0.0))
        note = self.return_of(tickets[1], 179.99)
        days = self.compare()
        self.assertEqual(self.causes(days[self.sold_today]), {"without": (208.79, note)})
        self.stamp(note)
        self.press(tickets[2], "_invoice_to", self.customer)
        self.queue()
        days = self.compare()
        self.assertEqual(self.figures(days[self.yesterday]), (980.18, 0.0, 0.0, 980.18, 0.0))
        self.assertEqual(self.figures(days[self.sold_today]), (0.0, 411.80, -620.59, -208.79, 0.0))
        self.assertFalse(days[self.sold_today].causes)

    def test_returned_before_the_global_invoice(self):
        ticket, whole = self.sell(200.0), self.sell(50.0)
        notes = self.return_of(ticket, 100.0) | self.return_of(whole)
        self.stamped_global(ticket | whole)
        days = self.compare()
        self.assertEqual(self.figures(days[self.yesterday]), (116.0, 0.0, 0.0, 290.0, -174.0))
        self.assertEqual(self.causes(days[self.yesterday]), {"returned": (-174.0, ticket | whole)})
        self.assertEqual(self.causes(days[self.sold_today]), {"returned": (174.0, notes)})

    def test_left_out_and_without_a_cfdi(self):
        due = self.sold_today + timedelta(days=40)
        later = self.sell(100.0, l10n_mx_facture_payment_policy="PPD", invoice_date_due=due)
        named = self.create_invoice(
            journal_id=self.journal.id, invoice_date=self.yesterday, invoice_date_due=self.yesterday
        )
        later._read_books()
        self.assertEqual(later.state, "left_out")
        found = self.causes(self.compare()[self.yesterday])
        self.assertEqual(found["left_out"], (-116.0, later))
        self.assertEqual(found["without"], (-named.amount_total, named))
        self.stamp(named)
        self.assertEqual(self.causes(self.compare()[self.yesterday]), {"left_out": (-116.0, later)})

    def test_a_lost_answer_and_a_cancelled_global_invoice(self):
        ticket = self.sell()
        made = self.make(ticket)
        self.sandbox.fail("stamp", "reset_after")
        self.press(made, "action_stamp")
        self.assertEqual(made.state, "unknown")
        self.assertEqual(self.causes(self.compare()[self.yesterday]), {"unknown": (-116.0, made)})
        document = made.document_id
        (entry,) = self.sandbox.book(user=self.login, serie=document.serie, folio=document.folio)
        self.press(made, "resolve_unknown", entry["uuid"], "portal")
        self.assertEqual(self.compare()[self.yesterday].difference, 0.0)
        self.press(made, "cancel", "02")
        self.cancelled(made)
        self.assertEqual(self.causes(self.compare()[self.yesterday]), {"open": (-116.0, ticket)})

    def test_a_cancelled_cfdi_of_its_own(self):
        move = self.stamped_invoice(
            journal_id=self.journal.id, invoice_date=self.yesterday, invoice_date_due=self.yesterday
        )
        self.assertEqual(self.compare()[self.yesterday].difference, 0.0)
        self.company.l10n_mx_facture_on_cancel = "nothing"
        self.cancel(move)
        self.at_sat.says(move.l10n_mx_facture_uuid, "cancelled")
        self.press(move, "action_l10n_mx_facture_update_sat_status")
        self.assertEqual(move.l10n_mx_facture_state, "cancelled")
        found = self.causes(self.compare()[self.yesterday])
        self.assertEqual(found, {"cancelled": (-move.amount_total, move)})

    def test_dollars_in_pesos(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollar.id,
                "company_id": self.company.id,
                "name": self.yesterday,
                "inverse_company_rate": 18.2,
            }
        )
        self.stamped_invoice(
            journal_id=self.journal.id,
            currency_id=dollar.id,
            invoice_date=self.yesterday,
            invoice_date_due=self.yesterday,
        )
        self.assertEqual(self.figures(self.compare()[self.yesterday]), (0.0, 2111.2, 0.0, 2111.2, 0.0))

    def test_tax_that_moved_and_another_total(self):
        made = self.stamped_global(self.sell())
        made.sudo().tax_moved = 0.03
        row = self.compare()[self.yesterday]
        self.assertEqual((row.tax_moved, self.causes(row)), (0.03, {"tax_moved": (0.0, made)}))
        self.assertIn("0.03", row.causes)
        protected.write(made.document_id, {"total": 120.0})
        row = self.compare()[self.yesterday]
        self.assertEqual((row.told_globals, self.causes(row)["total"]), (120.0, (4.0, made)))

    def test_of_these_days_and_journals_only(self):
        self.sell()
        other = self.journal.copy({"name": "Otro", "code": "OTR", "l10n_mx_facture_to_global": False})
        self.create_invoice(journal_id=other.id, invoice_date=self.yesterday, invoice_date_due=self.yesterday)
        self.assertEqual(self.compare()[self.yesterday].booked, 116.0)
        before = self.compare(date_to=self.yesterday, date_from=self.yesterday - timedelta(days=1))
        self.assertNotIn(self.sold_today, before)
        # a journal that is no longer chosen, with tickets of these days
        self.journal.l10n_mx_facture_to_global = False
        self.assertEqual(self.compare()[self.yesterday].booked, 116.0)

    def test_strangers_get_nothing(self):
        self.sell()
        row = self.compare()[self.yesterday]
        Books = self.env["l10n_mx_facture.sales.books"]
        company = self._create_company(name="Otra empresa")
        groups = "account.group_account_manager"
        stranger = new_test_user(
            self.env, f"stranger-{self.prefix}", groups, company_id=company.id, company_ids=company.ids
        )
        mine = Books.with_user(stranger).with_company(company)
        with self.assertRaises(AccessError):
            mine.create({"company_id": self.company.id, "date_from": self.yesterday, "date_to": self.sold_today})
        dialog = mine.create({"date_from": self.yesterday, "date_to": self.sold_today})
        dialog.action_compare()
        self.assertFalse(dialog.day_ids)
        with self.assertRaises(AccessError):
            row.books_id.with_user(stranger).action_compare()
        # nor who is of the company, what another one has asked for
        colleague = self.create_user("colleague", groups)
        for records in (row, row.cause_ids, row.books_id):
            for user in (stranger, colleague):
                self.assertFalse(records.with_user(user).search([("id", "in", records.ids)]))
        nobody = self.create_user("nobody", "base.group_user")
        with self.assertRaises(AccessError):
            Books.with_user(nobody).create({})
