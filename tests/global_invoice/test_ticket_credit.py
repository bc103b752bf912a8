from decimal import Decimal

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form
from odoo.tools import mute_logger

from ..support.global_case import GlobalCase

D = Decimal


class TestTicketCredit(GlobalCase):
    """Returns of tickets that another module has brought: a CFDI of type E without an entry."""

    def guide_taken(self):
        """The tickets of SAT's guide, brought by another module."""
        rows = {"T-1": ("130.00", "20.80"), "T-2": ("359.98", "57.60"), "T-3": ("355.00", "56.80")}
        return self.env["l10n_mx_facture.ticket"].concat(*(self.take(number, row) for number, row in rows.items()))

    def give_back(self, ticket, **bases):
        """Press Return.

        :param bases: base to give back by the rate in percent; none: all that is left
        :return: the credit notes of the ticket
        """
        action = self.press(ticket, "action_return")
        wizard = self.env["l10n_mx_facture.ticket.return"].browse(action["res_id"])
        if bases:
            wizard.whole = False
            for line in wizard.line_ids:
                key = f"t{int(float(line.rate) * 100)}" if line.rate else "exempt" if line.impuesto else "untaxed"
                line.base = bases.get(key, 0.0)
        self.press(wizard, "action_return")
        self.env.invalidate_all()
        return ticket.credit_ids

    def returned(self, base, tax):
        """:return: Ticket with 16 %, as another module gives it"""
        return self.take("returned", (base, tax))._ticket()

    def test_the_example_of_the_guide(self):
        tickets = self.guide_taken()
        made = self.stamped_global(tickets)
        self.assertEqual(self.total_of(made), D("980.18"))
        ticket = tickets[1]
        entries = self.env["account.move"].search_count([])
        credit = self.give_back(ticket, t16=179.99)
        self.assertEqual((credit.state, credit.amount_total, ticket.state), ("draft", 208.79, "global"))
        self.queue()
        self.assertEqual(credit.state, "stamped", credit.message_text)
        self.assertEqual(self.total_of(credit), D("208.79"))
        xml = self.xml_of(credit)
        self.assertEqual(
            (xml.tipo_de_comprobante, xml.informacion_global, xml.metodo_pago, xml.forma_pago), ("E", None, "PUE", "01")
        )
        receptor = xml.receptor
        self.assertEqual(
            (receptor.rfc, receptor.nombre, receptor.uso_cfdi), ("XAXX010101000", "PUBLICO EN GENERAL", "G02")
        )
        self.assertEqual([(one.tipo_relacion, one.uuids) for one in xml.relacionados], [("01", (made.uuid,))])
        (line,) = xml.conceptos
        self.assertEqual(
            (line.clave_prod_serv, line.clave_unidad, line.cantidad, line.no_identificacion),
            ("84111506", "ACT", 1, ticket.number),
        )
        self.assertEqual((ticket.state, ticket.amount_credited), ("global", 208.79))
        self.assertEqual(self.env["account.move"].search_count([]), entries, "it has no entry")
        self.assert_told(made, **{ticket.number: "208.79"})
        self.assertEqual(made.document_id._cancel_first(), credit.document_id)

    def test_the_dialog_counts(self):
        ticket = self.take("P", ("100.00", "16.00"), ("33.00", None))
        self.stamped_global(ticket)
        wizard = self.env["l10n_mx_facture.ticket.return"].browse(self.press(ticket, "action_return")["res_id"])
        with Form(wizard) as form:
            self.assertEqual((form.amount_left, form.amount_total), (149.0, 149.0))
            form.whole = False
            with form.line_ids.edit(0) as line:
                line.base = 50.0
                self.assertEqual((line.name, line.tax), ("IVA 16 %", 8.0))
            self.assertEqual(form.amount_total, 58.0)
        self.press(wizard, "action_return")
        self.queue()
        self.assertEqual(ticket.amount_credited, 58.0)

    def test_all_that_is_left(self):
        ticket = self.take("A", ("33.33", "5.33"))
        made = self.stamped_global(ticket)
        self.give_back(ticket, t16=11.11)
        self.queue()
        credits = self.give_back(ticket)
        self.queue()
        self.assertEqual(credits.mapped("state"), ["stamped"] * 2)
        self.assertEqual((ticket.state, ticket.amount_credited), ("credited", 38.66))
        self.assert_told(made, **{ticket.number: "0.00"})
        self.assertIn("Nothing is left", self.refusal(ticket, "action_return"))

    def test_never_more_than_the_rest(self):
        ticket = self.take("B")
        self.stamped_global(ticket)
        self.give_back(ticket, t16=60.0)
        self.queue()
        with self.assertRaisesRegex(UserError, "40.0 is left"), self.env.cr.savepoint():
            self.give_back(ticket, t16=40.01)
        more = self.returned("40.00", "6.41")
        self.assertIn("more", self.refusal(ticket, "_give_back", more).lower())

    def test_two_in_one_call_take_no_more_than_there_is(self):
        ticket = self.take("C")
        made = self.stamped_global(ticket)
        part = self.returned("60.00", "9.60")
        for _time in range(2):
            self.press(ticket, "_give_back", part)
        self.queue()
        self.queue()
        self.assertEqual(sorted(ticket.credit_ids.mapped("state")), ["draft", "stamped"])
        self.assertEqual(ticket.amount_credited, 69.6)
        self.assert_told(made, **{ticket.number: "46.40"})

    def test_mixed_taxes_and_a_discount(self):
        rows = [
            ("100.00", "8.00", "0.080000", "003"),
            ("108.00", "17.28"),
            ("50.00", "0.00", "0.000000"),
            ("30.00", None),
        ]
        ticket = self.take("M", *rows, net="200.00")
        made = self.stamped_global(ticket | self.take("N"))
        # the goods at 0 %, and half of what is without taxes
        self.give_back(ticket, t0=50.0, untaxed=10.0)
        self.queue()
        self.assertEqual(ticket.amount_credited, 60.0)
        self.assert_told(made, **{ticket.number: "165.28"})
        self.give_back(ticket)
        self.queue()
        self.assertEqual(ticket.state, "credited")
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_tax_that_had_to_move_comes_back_the_same(self):
        # the global invoice says 1.03 + 0.17 of it
        ticket = self.take("R", ("1.08", "0.12"))
        made = self.stamped_global(ticket)
        self.press(ticket, "_give_back", self.returned("0.54", "0.06"))
        self.queue()
        self.assertEqual(ticket.amount_credited, 0.6)
        self.give_back(ticket)
        self.queue()
        self.assertEqual((ticket.state, ticket.amount_credited), ("credited", 1.2))
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_before_the_global_the_ticket_is_lowered(self):
        ticket, whole, other = self.take("L"), self.take("W"), self.take("O")
        self.assertFalse(self.give_back(ticket, t16=40.0))
        self.assertFalse(self.give_back(whole))
        made = self.stamped_global(ticket | whole | other)
        self.assertEqual((ticket.amount_in_global, ticket.amount_total), (69.6, 116.0))
        self.assertEqual((whole.state, made.ticket_ids), ("left_out", ticket | other))
        self.assertEqual(self.total_of(made), D("185.60"))

    def test_not_while_its_global_is_unknown(self):
        ticket = self.take("U")
        made = self.make(ticket)
        self.sandbox.fail("stamp", "reset_after")
        self.press(made, "action_stamp")
        self.assertIn(made.name, self.refusal(ticket, "action_return"))

    def test_an_unknown_credit_note_counts(self):
        ticket = self.take("K")
        self.stamped_global(ticket)
        self.sandbox.fail("stamp", "reset_after")
        credit = self.give_back(ticket)
        self.queue()
        self.assertEqual((credit.state, ticket.state), ("unknown", "credited"))
        document = credit.document_id
        (stamped,) = self.sandbox.book(user=self.login, serie=document.serie, folio=document.folio)
        self.press(credit, "resolve_unknown", stamped["uuid"], "portal")
        self.assertEqual((credit.state, ticket.state), ("stamped", "credited"))

    def test_cancelled_it_is_free_again(self):
        ticket = self.take("F")
        made = self.stamped_global(ticket)
        credit = self.give_back(ticket)
        self.queue()
        self.assertIn("02", self.refusal(credit, "cancel", "01", credit.uuid))
        self.press(credit, "cancel", "02")
        self.cancelled(credit)
        self.assertEqual((ticket.state, ticket.amount_credited), ("global", 0.0))
        self.assertIn("Return", self.refusal(credit, "action_stamp"))
        self.give_back(ticket)
        self.queue()
        self.assertEqual(ticket.state, "credited")
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_of_a_ticket_with_an_invoice_it_is_a_credit_note_of_odoo(self):
        ticket = self.sell()
        self.assertIn(ticket.move_id.name, self.refusal(ticket, "action_return"))

    def test_the_database_holds_one_live_cfdi(self):
        ticket = self.take("Z")
        self.stamped_global(ticket)
        credit = self.give_back(ticket)
        self.queue()
        vals = credit.document_id.copy_data()[0]
        for name, other in (("global_id", ticket.global_id.id), ("state", "stamped")):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                values = {**vals, "ticket_credit_id": credit.id, "uuid": False, name: other}
                self.env["l10n_mx_facture.document"].sudo().create(values).flush_recordset()

    def test_its_dialogs(self):
        ticket = self.take("Y")
        self.stamped_global(ticket)
        credit = self.give_back(ticket)
        self.queue()
        action = self.press(credit, "action_cancel")
        wizard = self.env["l10n_mx_facture.cancel"].with_context(**action["context"]).new({})
        self.assertEqual((wizard.ticket_credit_id, wizard.uuid), (credit, credit.uuid))
        self.assertEqual(self.press(credit, "action_open_ticket")["res_id"], ticket.id)
        self.assertEqual(self.press(ticket, "action_open_credits")["res_id"], credit.id)
