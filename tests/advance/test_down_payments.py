from decimal import Decimal

from odoo import Command

from ..support.sale_case import SaleCase

ADVANCE, ACTIVITY = "84111506", "ACT"
ADVANCE_TEXT = "Anticipo del bien o servicio"


class TestDownPayments(SaleCase):
    """Down payments of sales orders: their own CFDIs, and the final invoice that deducts and names them (07)."""

    def two_rates(self, **values):
        """:return: an order of 1000.00 at 16 % and 500.00 at 0 %: 1660.00 with taxes"""
        return self.order({"price_unit": 1000}, {"price_unit": 500, "tax_ids": self.iva0}, **values)

    def assert_advance(self, read, *amounts):
        """It is an income of one activity a tax set, with SAT's code for advances, related to nothing."""
        self.assertEqual(read["TipoDeComprobante"], "I")
        self.assertEqual(self.concepts(read), [(ADVANCE, ACTIVITY, 1, amount, amount, 0) for amount in amounts])
        self.assertEqual({row[0] for row in read.rows("//cfdi:Concepto", "Descripcion")}, {ADVANCE_TEXT})
        self.assertFalse(read.relations())

    def test_a_percentage_then_the_rest(self):
        for way in self.every_rounding():
            with way:
                order = self.two_rates()
                advance = self.down_payment(order, percent=30)
                read = self.issued(advance)
                self.assert_advance(read, 300, 150)
                self.assertEqual(self.sums(read), (450, 0, 498))
                final = self.invoice(order)
                read = self.issued(final)
                self.assertEqual(
                    self.concepts(read),
                    [("56101500", "H87", 1, 1000, 1000, 300), ("56101500", "H87", 1, 500, 500, 150)],
                )
                self.assertEqual(self.sums(read), (1500, 450, 1162))
                self.assertEqual(
                    self.rates(read), {("002", "0.160000"): (700, 112), ("002", "0.000000"): (350, 0)}
                )
                self.assertEqual(read.relations(), [("07", [advance.l10n_mx_facture_uuid])])

    def test_an_amount_then_the_rest(self):
        for way in self.every_rounding():
            with way:
                order = self.two_rates()
                advance = self.down_payment(order, amount=332)
                read = self.issued(advance)
                # 332 of 1660: a fifth of each tax set
                self.assert_advance(read, 200, 100)
                self.assertEqual(self.sums(read), (300, 0, 332))
                read = self.issued(self.invoice(order))
                self.assertEqual(self.sums(read), (1500, 300, 1328))
                self.assertEqual(read.relations(), [("07", [advance.l10n_mx_facture_uuid])])

    def test_several_down_payments(self):
        order = self.two_rates()
        advances = self.down_payment(order, percent=30)
        self.issued(advances)
        advances += self.down_payment(order, amount=332)
        self.issued(advances[1])
        read = self.issued(self.invoice(order))
        self.assertEqual([row[-1] for row in self.concepts(read)], [500, 250])
        self.assertEqual(self.sums(read), (1500, 750, 830))
        [(code, uuids)] = read.relations()
        self.assertEqual(code, "07")
        self.assertCountEqual(uuids, advances.mapped("l10n_mx_facture_uuid"))

    def test_two_tax_sets_with_a_withholding(self):
        order = self.order(
            {"price_unit": 1000, "tax_ids": self.iva16 + self.isr_ret}, {"price_unit": 1000, "tax_ids": self.iva16}
        )
        read = self.issued(self.down_payment(order, percent=50))
        self.assert_advance(read, 500, 500)
        self.assertEqual(self.sums(read), (1000, 0, 1110))
        self.assertEqual(read.withholdings(), [("001", "50.00")])
        read = self.issued(self.invoice(order))
        self.assertEqual([row[-1] for row in self.concepts(read)], [500, 500])
        self.assertEqual(self.sums(read), (2000, 1000, 1110))
        self.assertEqual(read.withholdings(), [("001", "50.00")])

    def test_advance_and_rest_are_the_order_to_the_cent(self):
        for percent in (33.33, 12.5, 99.99):
            for way in self.every_rounding():
                with way:
                    order = self.order(
                        {"price_unit": 33.33, "product_uom_qty": 3, "discount": 7},
                        {"price_unit": 0.33, "product_uom_qty": 7, "tax_ids": self.iva0},
                        {"price_unit": 1234.567, "tax_ids": self.iva16 + self.iva_ret + self.isr_ret},
                    )
                    advance = self.down_payment(order, percent=percent)
                    paid = self.sums(self.issued(advance))[-1]
                    rest = self.sums(self.issued(self.invoice(order)))[-1]
                    self.assertEqual(paid + rest, Decimal(str(order.amount_total)))

    def test_all_paid_in_advance_leaves_a_final_invoice_of_nothing(self):
        order = self.two_rates()
        advance = self.down_payment(order, percent=100)
        self.issued(advance)
        read = self.issued(self.invoice(order))
        self.assertEqual(self.sums(read), (1500, 1500, 0))
        self.assertEqual(read.relations(), [("07", [advance.l10n_mx_facture_uuid])])

    def test_the_final_invoice_waits_for_the_stamp_of_the_advance(self):
        order = self.two_rates()
        advance = self.down_payment(order, percent=30)
        self.number(advance)
        advance.action_post()
        final = self.invoice(order)
        self.number(final)
        final.action_post()
        self.assertIn(advance.name, self.refusal(final))
        self.stamped(advance)
        self.assertEqual(self.stamped(final).relations(), [("07", [advance.l10n_mx_facture_uuid])])

    def test_what_is_not_deducted_is_not_named(self):
        order = self.two_rates()
        self.issued(self.down_payment(order, percent=30))
        read = self.issued(self.invoice(order, deduct_down_payments=False))
        self.assertEqual(self.sums(read), (1500, 0, 1660))
        self.assertFalse(read.relations())

    def test_a_down_payment_that_was_given_back(self):
        order = self.two_rates()
        advance = self.down_payment(order, percent=30)
        self.issued(advance)
        note = self.reverse(advance)
        read = self.stamped(note)
        self.assertEqual(read["TipoDeComprobante"], "E")
        self.assertEqual(read.relations(), [("01", [advance.l10n_mx_facture_uuid])])
        self.assertEqual(
            self.concepts(read), [(ADVANCE, ACTIVITY, 1, amount, amount, 0) for amount in (300, 150)]
        )
        read = self.issued(self.invoice(order))
        self.assertEqual(self.sums(read), (1500, 0, 1660))
        self.assertFalse(read.relations())

    def test_in_dollars(self):
        pricelist = self.env["product.pricelist"].create({"name": "USD", "currency_id": self.worth("USD", 18.5).id})
        order = self.two_rates(pricelist_id=pricelist.id)
        advance = self.down_payment(order, amount=332)
        read = self.issued(advance)
        self.assertEqual((read["Moneda"], read["TipoCambio"]), ("USD", "18.5"))
        self.assertEqual(self.sums(read), (300, 0, 332))
        read = self.issued(self.invoice(order))
        self.assertEqual(self.sums(read), (1500, 300, 1328))
        self.assertEqual(read.relations(), [("07", [advance.l10n_mx_facture_uuid])])

    def test_an_advance_greater_than_the_rest_is_given_back(self):
        order = self.order({"price_unit": 1000})
        advance = self.down_payment(order, percent=100)
        self.issued(advance)
        order.order_line[0].price_unit = 800
        note = self.invoice(order)
        self.assertEqual((note.move_type, note.amount_total), ("out_refund", 232))
        self.number(note)
        note.action_post()
        # which CFDI it credits Odoo doesn't say: the advance, whose remainder is given back
        self.assertIn("Related CFDIs", self.refusal(note))
        note.l10n_mx_facture_relation_ids = [
            Command.create(
                {
                    "relation_type_id": self.sat("c_tipo_relacion", "01").id,
                    "document_id": advance.l10n_mx_facture_document_id.id,
                }
            )
        ]
        read = self.stamped(note)
        self.assertEqual(read["TipoDeComprobante"], "E")
        self.assertEqual(self.concepts(read), [(ADVANCE, ACTIVITY, 1, 1000, 1000, 800)])
        self.assertEqual(self.sums(read), (1000, 800, 232))

    def test_the_credit_note_of_a_final_invoice(self):
        order = self.two_rates()
        self.issued(self.down_payment(order, percent=30))
        final = self.invoice(order)
        self.issued(final)
        read = self.stamped(self.reverse(final))
        self.assertEqual(self.sums(read), (1500, 450, 1162))
        self.assertEqual(read.relations(), [("01", [final.l10n_mx_facture_uuid])])

    def test_a_text_that_says_it_in_sats_words_is_kept(self):
        advance = self.down_payment(self.order({"price_unit": 1000}), percent=30)
        text = f"{ADVANCE_TEXT}, pedido 12"
        advance.invoice_line_ids.filtered("is_downpayment").name = text
        self.assertEqual(self.issued(advance).line().get("Descripcion"), text)

    def test_a_code_that_a_person_set_is_kept(self):
        order = self.two_rates()
        advance = self.down_payment(order, percent=30)
        advance.invoice_line_ids.filtered("is_downpayment").write(
            {"l10n_mx_facture_product_code_id": self.sat("c_clave_prod_serv", "56101500").id}
        )
        read = self.issued(advance)
        self.assertEqual({row[0] for row in self.concepts(read)}, {"56101500"})
        # that is a sale, not SAT's advance
        self.assertNotIn(ADVANCE_TEXT, read.line().get("Descripcion"))
