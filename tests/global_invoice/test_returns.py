from decimal import Decimal

from odoo.exceptions import UserError

from ..support.global_case import GlobalCase


class TestReturns(GlobalCase):
    """What is returned before and after the global invoice (SAT's guide, appendix 2, I)."""

    def test_the_example_of_the_guide(self):
        tickets = self.guide()
        made = self.stamped_global(tickets)
        ticket = tickets[1]
        note = self.return_of(ticket, 179.99)
        self.stamp(note)
        self.assertEqual(note.l10n_mx_facture_state, "stamped", note.l10n_mx_facture_message)
        xml = self.xml_of(note)
        self.assertEqual(self.total_of(note), Decimal("208.79"))
        self.assertEqual((xml.tipo_de_comprobante, xml.informacion_global), ("E", None))
        self.assertEqual((xml.receptor.rfc, xml.receptor.uso_cfdi), ("XAXX010101000", "G02"))
        (related,) = xml.relacionados
        self.assertEqual((related.tipo_relacion, related.uuids), ("01", (made.uuid,)))
        (line,) = xml.conceptos
        self.assertEqual(
            (line.clave_prod_serv, line.clave_unidad, line.no_identificacion), ("84111506", "ACT", ticket.number)
        )
        self.assertEqual((ticket.state, ticket.amount_credited), ("global", 208.79))

    def test_never_more_than_the_rest(self):
        ticket = self.guide()[1]
        self.stamped_global(ticket)
        self.stamp(self.return_of(ticket, 179.99))
        second = self.return_of(ticket, 180.0)
        self.assertIn(ticket.number, self.refusal(second, "action_l10n_mx_facture_stamp"))
        third = self.return_of(ticket, 179.99)
        self.stamp(third)
        self.assertEqual(ticket.state, "credited")

    def test_two_in_one_call_take_no_more_than_there_is(self):
        ticket = self.sell(179.99, 179.99)
        made = self.stamped_global(ticket)
        first, second = self.return_of(ticket, 200.0), self.return_of(ticket, 200.0)
        self.stamp(first | second)
        self.assertEqual((first | second).mapped("l10n_mx_facture_state"), ["stamped", False])
        self.assert_told(made, **{ticket.number: "185.58"})

    def test_cents_that_two_parts_were_rounded_apart(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        # 0.35 + 0.06 each; the global invoice says 1.06 + 0.17, so that 0.36 + 0.05 is left for the last one
        ticket = self.sell(0.35, 0.35, 0.35)
        made = self.stamped_global(ticket)
        notes = self.env["account.move"]
        for _part in range(3):
            notes |= self.return_of(ticket, 0.35)
            self.stamp(notes[-1])
        self.assertEqual(set(notes.mapped("l10n_mx_facture_state")), {"stamped"})
        self.assertEqual((ticket.state, ticket.amount_credited), ("credited", 1.23))
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_a_cent_too_much_is_told(self):
        # 0.10 + 0.02 twice, of 0.20 + 0.03
        ticket = self.sell(0.10, 0.10)
        self.stamped_global(ticket)
        self.stamp(self.return_of(ticket, 0.10))
        last = self.return_of(ticket, 0.10)
        self.assertIn("0.10 + 0.01", self.refusal(last, "action_l10n_mx_facture_stamp"))

    def test_it_is_queued_by_itself_where_globals_are(self):
        ticket, other = self.sell(), self.sell()
        made = self.stamped_global(ticket)
        self.company.l10n_mx_facture_global_auto = True
        note, before = self.return_of(ticket, 10.0), self.return_of(other, 10.0)
        self.assertTrue(note.l10n_mx_facture_document_id.date_queued)
        self.assertFalse(before.l10n_mx_facture_document_id, "its ticket is in no global invoice yet")
        self.sandbox.fail("stamp", "reset_before")
        self.queue()
        self.assertEqual(note.l10n_mx_facture_state, "unknown")
        # as a look-up or the credits find
        note.l10n_mx_facture_document_id._settle_not_stamped("It was not stamped.")
        self.account.sudo()._release()
        self.press(self.env["l10n_mx_facture.global"], "_cron_global")
        self.queue()
        self.assertEqual((note.l10n_mx_facture_state, self.stamped_since(made)), ("stamped", 1 + len(other.global_id)))
        self.assert_told(made, **{ticket.number: "104.40"})

    def test_all_of_it(self):
        ticket = self.sell()
        self.stamped_global(ticket)
        self.stamp(self.return_of(ticket))
        self.assertEqual((ticket.state, ticket.amount_credited), ("credited", 116.0))

    def test_returned_before_it_is_taken_off(self):
        ticket, other = self.guide()[1], self.sell()
        note = self.return_of(ticket, 179.99)
        self.assertIn("no CFDI", self.refusal(note, "action_l10n_mx_facture_stamp"))
        made = self.stamped_global(ticket | other)
        self.assertEqual((ticket.amount_in_global, ticket.refund_ids), (208.79, note))
        self.assertEqual(self.total_of(made), Decimal("324.79"))
        self.assertIn("no CFDI", self.refusal(note, "action_l10n_mx_facture_stamp"))
        with self.assertRaisesRegex(UserError, made.name), self.env.cr.savepoint():
            note.button_draft()

    def test_returned_as_a_whole_it_is_left_out(self):
        ticket, other = self.sell(), self.sell()
        note = self.return_of(ticket)
        made = self.make(ticket | other)
        self.assertEqual((made.ticket_ids, ticket.state), (other, "left_out"))
        self.assertIn("whole", ticket.reason)
        self.assertIn("no CFDI", self.refusal(note, "action_l10n_mx_facture_stamp"))

    def test_a_global_with_a_credit_note_is_cancelled_after_it(self):
        ticket = self.sell()
        made = self.stamped_global(ticket)
        note = self.return_of(ticket)
        self.stamp(note)
        self.assertEqual(made.document_id._cancel_first(), note.l10n_mx_facture_document_id)

    def test_the_receiver_is_that_of_the_global_invoice(self):
        self.public.l10n_mx_facture_fiscal_name = "CLIENTE DE MOSTRADOR"
        ticket = self.sell()
        made = self.stamped_global(ticket)
        note = self.return_of(ticket)
        self.stamp(note)
        self.assertEqual(self.xml_of(note).receptor.nombre, self.xml_of(made).receptor.nombre)
