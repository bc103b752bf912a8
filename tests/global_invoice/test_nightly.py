import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo.tools import mute_logger

from ..support.common import TIJUANA
from ..support.global_case import GlobalCase


class TestNightly(GlobalCase):
    """Global invoices that are made by themselves when the period is over where it was sold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.l10n_mx_facture_global_auto = True

    def night(self):
        self.press(self.env["l10n_mx_facture.global"], "_cron_global")

    def test_yesterday_is_stamped_today_is_not(self):
        before, today = self.sell(), self.sell(days=0)
        self.night()
        self.queue()
        self.assertEqual((before.global_id.state, before.state), ("stamped", "global"))
        self.assertEqual((today.state, bool(today.global_id)), ("open", False))

    def test_new_tickets_are_read_through_the_day(self):
        """Their taxes are not computed again at night, unless the books have changed."""
        good, credit = self.sell(days=0), self.sell(days=0, l10n_mx_facture_payment_policy="PPD")
        self.night()
        self.assertEqual((good.state, good.seen and good.amounts["sub_total"]), ("open", "100.00"))
        self.assertEqual(credit.state, "left_out")
        read = []
        Ticket = type(good)
        original = Ticket._ticket_or_reason
        self.patch(Ticket, "_ticket_or_reason", lambda ticket, move: read.append(move) or original(ticket, move))
        self.make(good)
        self.assertFalse(read)
        # in one transaction all is written at the same time
        later = "UPDATE account_move SET write_date = write_date + interval '1 second' WHERE id = %s"
        self.env.cr.execute(later, good.move_id.ids)
        self.env.invalidate_all()
        self.make(good)
        self.assertEqual(read, [good.move_id])

    def test_a_second_night_makes_no_second_one(self):
        tickets = self.guide()
        self.night()
        self.night()
        made = tickets.global_id
        self.assertEqual(len(made), 1)
        self.queue()
        self.night()
        self.queue()
        self.assertEqual((tickets.global_id, made.state, len(made.document_ids)), (made, "stamped", 1))
        self.assertEqual(len(self.own_book()), 1)

    def test_what_keeps_it_is_told_once(self):
        ticket = self.sell()
        self.env.cr.execute(
            "UPDATE account_move SET l10n_mx_facture_payment_form_id = NULL WHERE id = %s", [ticket.move_id.id]
        )
        self.env.invalidate_all()
        self.night()
        made = ticket.global_id
        self.assertIn(ticket.number, made.question)
        self.assertEqual(len(made.activity_ids), 1)
        self.night()
        self.assertEqual(len(made.activity_ids), 1)
        ticket.move_id.l10n_mx_facture_payment_form_id = self.cash
        self.night()
        self.queue()
        self.assertEqual((made.state, made.question), ("stamped", False))

    def test_midnight_of_tijuana(self):
        branch = self.branch_at(TIJUANA)
        journal = self.create_journal("TIJ", branch)
        journal.l10n_mx_facture_to_global = True
        zone = ZoneInfo(branch.tz)
        today = datetime.now(zone).date()
        # yesterday, an hour before and after the end of that day
        end = datetime.combine(today, datetime.min.time(), zone).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
        day = today - timedelta(days=1)
        ticket = self.sell(journal_id=journal.id, invoice_date=day, invoice_date_due=day)
        self.assertEqual(ticket.branch_id, branch)
        with freeze_time(end - timedelta(minutes=30), tick=True):
            self.night()
            self.assertFalse(ticket.global_id)
        with freeze_time(end + timedelta(minutes=30), tick=True):
            self.night()
        self.assertEqual(ticket.global_id.branch_id, branch)

    def test_new_year(self):
        """A week over the new year is two, each with the year of its days (Año), whenever it is stamped."""
        self.company.l10n_mx_facture_global_periodicity = "02"
        year = self.today().year
        days = [date(year, 12, 31), date(year + 1, 1, 1)]
        with freeze_time(datetime(year + 1, 1, 11, 12), tick=True):
            tickets = self.env["l10n_mx_facture.ticket"].concat(
                *(self.take(str(day), date=day) for day in days)
            )
            self.night()
            told = []
            for made in tickets.global_id.sorted("date_from"):
                built, problems = made._l10n_mx_facture_build()
                self.assertFalse(problems)
                info = built.comprobante.informacion_global
                told.append((made.date_from, made.date_to, info.periodicidad, info.meses, info.anio))
        monday = days[0] - timedelta(days=days[0].weekday())
        self.assertEqual(told[0], (monday, days[0], "02", "12", year))
        self.assertEqual(told[1][:1] + told[1][2:], (days[1], "02", "01", year + 1))
        self.assertLess(told[1][1], date(year + 1, 1, 8))

    def test_two_runs_write_the_same_rows(self):
        """The second of two runs at once gets a conflict, and begins again."""
        ticket = self.sell()
        self.patch(time, "sleep", lambda _seconds: None)
        seen = []
        Ticket = type(self.env["l10n_mx_facture.ticket"])
        original = Ticket._read_books

        def conflict(tickets):
            seen.append(1)
            if len(seen) == 1:
                # what the database says when two transactions collide
                tickets.env.cr.execute("DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$")
            return original(tickets)

        self.patch(Ticket, "_read_books", conflict)
        with mute_logger("odoo.service.model", "odoo.sql_db"):
            self.night()
        self.assertTrue(ticket.global_id)
        self.assertGreater(len(seen), 1)

    def test_what_the_service_has_refused_waits_for_a_person(self):
        """Sent again each hour, it would be refused each hour."""
        ticket = self.sell()
        self.sandbox.fail("stamp", "refuse", code="CFDI40999", text="no")
        self.night()
        self.queue()
        made = ticket.global_id or self.env["l10n_mx_facture.global"].search([("former_ticket_ids", "in", ticket.ids)])
        self.assertEqual(made.state, "rejected")
        self.night()
        self.queue()
        self.assertEqual((made.state, len(made.document_ids)), ("rejected", 1))
        self.assertTrue(made.question and made.activity_ids)
        self.env.cr.execute("UPDATE l10n_mx_facture_document SET date_sent = date_sent - interval '25 hours'")
        self.env.invalidate_all()
        self.night()
        self.queue()
        self.assertEqual((made.state, made.question, ticket.state), ("stamped", False, "global"))
