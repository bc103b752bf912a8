from decimal import Decimal

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.l10n_mx_facture.models.common import protected

from ..support.global_case import GlobalCase


class TestGlobalStates(GlobalCase):
    """What a change of its CFDI's state does to the tickets."""

    def test_unknown_keeps_its_tickets(self):
        tickets = self.guide()
        made = self.make(tickets)
        self.sandbox.fail("stamp", "reset_after")
        self.press(made, "action_stamp")
        self.assertEqual((made.state, set(tickets.mapped("state"))), ("unknown", {"global"}))
        self.assertIn(made.name, self.refusal(tickets[0].move_id, "action_l10n_mx_facture_stamp"))
        self.assertIn("waits for a global", self.refusal(tickets, "action_make_globals"))
        document = made.document_id
        (stamped,) = self.sandbox.book(user=self.login, serie=document.serie, folio=document.folio)
        self.press(made, "resolve_unknown", stamped["uuid"], "portal")
        self.assertEqual((made.state, set(tickets.mapped("state"))), ("stamped", {"global"}))

    def test_unknown_is_found_again_by_itself(self):
        self.account.detects_duplicates = True
        self.sandbox.settings(detect_duplicates=True)
        tickets = self.guide()
        made = self.make(tickets)
        self.sandbox.fail("stamp", "reset_after")
        self.press(made, "action_stamp")
        self.assertEqual(made.state, "unknown")
        self.later()
        self.assertEqual((made.state, set(tickets.mapped("state"))), ("stamped", {"global"}))
        self.assertEqual(self.stamped_since(made), 0)

    def test_a_cfdi_of_test_makes_room_for_a_real_one(self):
        tickets, taken = self.guide(), self.take("T")
        made = self.stamped_global(tickets | taken)
        first = made.document_id
        self.press(taken, "_give_back")
        self.queue()
        credit = taken.credit_ids
        self.assertEqual((taken.state, credit.state), ("credited", "stamped"))
        self.assertEqual(made._l10n_mx_facture_stamped(), made)
        self.account.environment = "production"
        self.env.invalidate_all()
        self.assertTrue(made.l10n_mx_facture_test_only and credit.l10n_mx_facture_test_only)
        self.assertIn("no valid global", self.refusal(credit, "action_stamp"))
        self.press(made, "action_stamp")
        self.env.invalidate_all()
        self.assertEqual((first.state, made.state), ("cancelled", "stamped"))
        self.assertEqual(made.document_id.environment, "production")
        self.assertEqual((made.ticket_ids, self.total_of(made)), (tickets | taken, Decimal("1096.18")))
        # the credit note of test takes nothing off
        self.assertEqual((set((tickets | taken).mapped("state")), taken.amount_credited), ({"global"}, 0.0))
        self.press(credit, "action_stamp")
        self.assertEqual((taken.state, credit.document_id.environment), ("credited", "production"))
        self.assert_told(made, **{taken.number: "0.00"})
        # the real ones stay, whatever is pressed
        self.press(made | made, "action_stamp")
        self.assertEqual(self.stamped_since(made), 1)

    def test_rejected_frees_them_and_is_stamped_again(self):
        tickets = self.guide()
        made = self.make(tickets)
        self.sandbox.fail("stamp", "reset_before")
        self.press(made, "action_stamp")
        self.env.cr.execute("UPDATE l10n_mx_facture_request SET date_start = date_start - interval '1 day'")
        self.env.cr.execute("UPDATE l10n_mx_facture_document SET date_sent = date_sent - interval '1 day'")
        self.env.invalidate_all()
        self.press(made, "resolve_unknown", None, "portal")
        self.assertEqual((made.state, set(tickets.mapped("state"))), ("rejected", {"open"}))
        self.assertEqual(made.former_ticket_ids, tickets)
        self.assertFalse(tickets.global_id)
        self.press(made, "action_stamp")
        self.assertEqual((made.state, made.ticket_ids), ("stamped", tickets))

    def test_cancelled_frees_them(self):
        tickets = self.guide()
        made = self.stamped_global(tickets)
        self.press(made, "cancel", "04")
        self.assertEqual((made.state, set(tickets.mapped("state"))), ("cancel_requested", {"global"}))
        self.cancelled(made)
        self.assertEqual((set(tickets.mapped("state")), tickets.global_id), ({"open"}, made.browse()))
        again = self.stamped_global(tickets)
        self.assertNotEqual(again, made)
        self.assertEqual(made.former_ticket_ids, tickets)

    def test_the_database_holds_one_owner_and_one_live_cfdi(self):
        made = self.stamped_global()
        vals = made.document_id.copy_data()[0]
        for name, other in (("move_id", made.ticket_ids[0].move_id.id), ("state", "stamped")):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                values = {**vals, "global_id": made.id, "uuid": False, name: other}
                self.env["l10n_mx_facture.document"].sudo().create(values).flush_recordset()

    def test_a_ticket_in_a_global_names_it(self):
        ticket = self.stamped_global().ticket_ids[0]
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            ticket.sudo().global_id = False
            ticket.flush_recordset()

    def test_what_was_sent_stays(self):
        made = self.stamped_global()
        with self.assertRaisesRegex(Exception, "sent to be stamped"), self.env.cr.savepoint():
            made.unlink()
        with self.assertRaisesRegex(Exception, "can't be edited"), self.env.cr.savepoint():
            made.date_to = "2020-01-01"
        protected.write(made, {"date_to": made.date_to})

    def test_while_it_is_sent_its_invoices_are_its_own(self):
        tickets = self.guide()
        made = self.make(tickets)

        def look():
            self.env.invalidate_all()
            text = tickets[0].move_id._l10n_mx_facture_state_problems()[0].text
            with self.assertRaisesRegex(UserError, made.name):
                tickets[0]._check_may_be_named()
            return text, set(tickets.mapped("state"))

        seen = self.watch("stamp", look)
        self.press(made, "action_stamp")
        ((text, states),) = seen
        self.assertIn(made.name, text)
        self.assertEqual(states, {"global"})

    def test_while_its_invoice_is_sent_it_is_in_no_global(self):
        ticket = self.sell(days=0)
        made = self.make(ticket)

        def look():
            self.env.invalidate_all()
            return ticket.state, bool(ticket.global_id)

        seen = self.watch("stamp", look)
        self.stamp(ticket.move_id)
        self.assertEqual(seen, [("invoiced", False)])
        self.assertIn("delete it", self.refusal(made, "action_stamp"))

    def test_a_dead_process(self):
        tickets = self.guide()
        made = self.make(tickets)
        with self.dying():
            self.press(made, "action_stamp")
        self.env.invalidate_all()
        self.assertEqual((made.state, set(tickets.mapped("state"))), ("sending", {"global"}))
