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
