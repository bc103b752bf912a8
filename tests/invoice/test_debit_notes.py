from odoo import Command

from ..support.invoice_case import InvoiceCase


class TestDebitNotes(InvoiceCase):
    """Debit notes, as Odoo's wizard makes them: an income with relation 02 to what they debit."""

    requires = ("account_debit_note",)

    def debit(self, move, **values):
        """:return: the debit note of an invoice, a draft"""
        wizard = self.env["account.debit.note"].with_context(active_model="account.move", active_ids=move.ids)
        return self.env["account.move"].browse(
            wizard.create({"date": self.today(), **values}).create_debit()["res_id"]
        )

    def test_with_the_lines_of_the_invoice(self):
        origin = self.create_invoice([{"price_unit": 100, "tax_ids": self.iva16 + self.isr_ret}])
        self.stamped(origin)
        note = self.debit(origin, copy_lines=True, reason="Intereses")
        self.assertFalse(note.l10n_mx_facture_document_ids)
        self.assertFalse(note.l10n_mx_facture_uuid)
        read = self.issued(note)
        self.assertEqual(read["TipoDeComprobante"], "I")
        self.assertEqual(read.relations(), [("02", [origin.l10n_mx_facture_uuid])])
        self.assertEqual(self.sums(read), (100, 0, 106))
        self.assertNotEqual(note.l10n_mx_facture_uuid, origin.l10n_mx_facture_uuid)

    def test_with_lines_of_its_own(self):
        origin = self.create_invoice()
        self.stamped(origin)
        note = self.debit(origin, copy_lines=False)
        self.assertFalse(note.invoice_line_ids)
        note.invoice_line_ids = [Command.create(self.line_values(price_unit=7.5, quantity=2))]
        read = self.issued(note)
        self.assertEqual(self.sums(read)[0], 15)
        self.assertEqual(read.relations(), [("02", [origin.l10n_mx_facture_uuid])])

    def test_of_an_invoice_that_was_not_stamped_yet(self):
        origin = self.create_invoice()
        note = self.debit(origin, copy_lines=True)
        self.number(note)
        note.action_post()
        self.assertIn(origin.name, self.refusal(note))
        self.stamped(origin)
        self.assertEqual(self.stamped(note).relations(), [("02", [origin.l10n_mx_facture_uuid])])

    def test_a_relation_by_hand_is_kept(self):
        origin = self.create_invoice()
        self.stamped(origin)
        note = self.debit(origin, copy_lines=True)
        uuid = "5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9"
        note.l10n_mx_facture_relation_ids = [
            Command.clear(),
            Command.create({"relation_type_id": self.sat("c_tipo_relacion", "02").id, "uuid": uuid}),
        ]
        self.assertEqual(self.issued(note).relations(), [("02", [uuid])])

    def test_of_a_credit_note_the_usage_is_the_customers_again(self):
        origin = self.create_invoice()
        self.stamped(origin)
        credit = self.reverse(origin)
        self.assertEqual(self.stamped(credit).node("cfdi:Receptor").get("UsoCFDI"), "G02")
        note = self.debit(credit, copy_lines=True)
        self.assertEqual(note.move_type, "out_invoice")
        read = self.issued(note)
        self.assertEqual(read["TipoDeComprobante"], "I")
        self.assertEqual(read.node("cfdi:Receptor").get("UsoCFDI"), "G03")
