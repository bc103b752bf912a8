from datetime import timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import Command

from ..support.invoice_case import InvoiceCase

FOREIGN_UUID = "5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9"


class TestReversalsAndCopies(InvoiceCase):
    """Credit notes of all or of a part, reissued invoices, copies and recurring invoices."""

    def stamped_invoice(self, *lines, **values):
        lines = lines or ({"price_unit": 100, "quantity": 3, "tax_ids": self.iva16}, {"price_unit": 50.5})
        move = self.create_invoice([dict(line) for line in lines], **values)
        self.stamped(move)
        return move

    def assert_fresh(self, move):
        """Nothing of another invoice's CFDI came along."""
        self.assertEqual(move.state, "draft")
        self.assertFalse(move.l10n_mx_facture_document_ids)
        self.assertFalse(move.l10n_mx_facture_document_id)
        self.assertFalse(move.l10n_mx_facture_state)
        self.assertFalse(move.l10n_mx_facture_uuid)
        self.assertFalse(move.l10n_mx_facture_xml_attachment_id)
        self.assertFalse(move.l10n_mx_facture_relation_ids)
        self.assertFalse(move.attachment_ids)

    # -- credit notes --------------------------------------------------------------------------------

    def test_a_part_is_credited_and_later_another_one(self):
        origin = self.stamped_invoice()
        for quantity, total in ((1, 116), (2, 232)):
            note = self.reversed(origin)
            goods, service = note.invoice_line_ids
            note.invoice_line_ids = [Command.update(goods.id, {"quantity": quantity}), Command.delete(service.id)]
            read = self.issued(note)
            self.assertEqual(self.sums(read), (100 * quantity, 0, total))
            self.assertEqual(read.relations(), [("01", [origin.l10n_mx_facture_uuid])])

    def test_a_rebate_instead_of_the_lines(self):
        origin = self.stamped_invoice()
        note = self.reversed(origin)
        note.invoice_line_ids = [
            Command.clear(),
            Command.create(self.line_values(name="Bonificación", price_unit=12.34)),
        ]
        read = self.issued(note)
        # 12.34 and its IVA of 1.97
        self.assertEqual(self.sums(read), (Decimal("12.34"), 0, Decimal("14.31")))
        self.assertEqual(read.node("cfdi:Receptor").get("UsoCFDI"), "G02")

    def test_all_of_an_invoice_in_dollars_with_the_rate_of_its_day(self):
        origin = self.stamped_invoice(currency_id=self.worth("USD", 18.5).id)
        read = self.stamped(self.reverse(origin))
        self.assertEqual((read["Moneda"], read["TipoCambio"]), ("USD", "18.5"))
        # 350.50 and IVA 48.00 + 8.08
        self.assertEqual(self.sums(read), (Decimal("350.5"), 0, Decimal("406.58")))

    # -- reverse and reissue -------------------------------------------------------------------------

    def test_reverse_and_reissue(self):
        origin = self.stamped_invoice()
        again = self.reversed(origin, "modify_moves")
        note = origin.reversal_move_ids
        self.assertEqual((note.state, note.move_type), ("posted", "out_refund"))
        self.assertEqual(origin.payment_state, "reversed")
        self.assert_fresh(again)
        self.number(note)
        read = self.stamped(note)
        self.assertEqual(read["TipoDeComprobante"], "E")
        self.assertEqual(read.relations(), [("01", [origin.l10n_mx_facture_uuid])])
        read = self.issued(again)
        self.assertEqual(read["TipoDeComprobante"], "I")
        self.assertEqual(self.sums(read), (Decimal("350.5"), 0, Decimal("406.58")))
        self.assertFalse(read.relations())
        uuids = {move.l10n_mx_facture_uuid for move in (origin, note, again)}
        self.assertEqual(len(uuids), 3)
        self.assertEqual(origin.l10n_mx_facture_state, "stamped")

    def test_reissue_of_what_was_not_stamped(self):
        origin = self.create_invoice()
        again = self.reversed(origin, "modify_moves")
        note = origin.reversal_move_ids
        self.number(note)
        self.assertIn(origin.name, self.refusal(note))
        # the new invoice doesn't wait for either of them
        self.issued(again)

    # -- copies --------------------------------------------------------------------------------------

    def test_a_copy_of_a_stamped_invoice(self):
        relation = Command.create(
            {"relation_type_id": self.sat("c_tipo_relacion", "07").id, "uuid": FOREIGN_UUID}
        )
        origin = self.stamped_invoice(
            l10n_mx_facture_usage_id=self.sat("c_uso_cfdi", "G01").id, l10n_mx_facture_relation_ids=[relation]
        )
        copy = origin.copy({"invoice_date": self.today()})
        self.assert_fresh(copy)
        read = self.issued(copy)
        self.assertEqual(read.node("cfdi:Receptor").get("UsoCFDI"), "G01")
        self.assertEqual(self.sums(read), (Decimal("350.5"), 0, Decimal("406.58")))
        self.assertNotEqual(copy.l10n_mx_facture_uuid, origin.l10n_mx_facture_uuid)

    def test_a_copy_of_a_credit_note_credits_nothing_yet(self):
        note = self.reverse(self.stamped_invoice())
        self.stamped(note)
        copy = note.copy({"invoice_date": self.today()})
        self.assert_fresh(copy)
        self.number(copy)
        copy.action_post()
        self.assertIn("Related CFDIs", self.refusal(copy))

    # -- recurring invoices --------------------------------------------------------------------------

    def test_recurring_invoices(self):
        move = self.create_invoice(post=False, auto_post="monthly", date=self.today())
        with self.enter_registry_test_mode():
            self.env.ref("account.ir_cron_auto_post_draft_entry").method_direct_trigger()
        self.assertEqual(move.state, "posted")
        following = self.env["account.move"].search([("auto_post_origin_id", "=", move.id), ("id", "!=", move.id)])
        self.stamped(move)
        self.assert_fresh(following)
        self.assertEqual(following.invoice_date, move.invoice_date + relativedelta(months=1))
        # it is not its day yet
        following.auto_post = "no"
        following.invoice_date = self.today() + timedelta(days=1)
        self.number(following)
        following.action_post()
        self.assertIn("future", self.refusal(following))
        following.button_draft()
        following.write({"invoice_date": self.today(), "invoice_date_due": self.today()})
        following.action_post()
        read = self.stamped(following)
        self.assertEqual((read["MetodoPago"], read["FormaPago"]), ("PUE", "03"))
