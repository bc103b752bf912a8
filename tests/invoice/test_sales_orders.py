from decimal import Decimal

from odoo import Command

from ..support.sale_case import SaleCase

HUNDREDTH = Decimal("0.01")


class TestSalesOrders(SaleCase):
    """Sales orders, invoiced as Odoo does it, with and without discounts."""

    def test_what_was_ordered_with_a_discount(self):
        order = self.order({"product_uom_qty": 3, "discount": 10}, {"product_uom_qty": 2, "price_unit": 19.99})
        read = self.issued(self.invoice(order))
        self.assertEqual(
            self.concepts(read),
            [
                ("56101500", "H87", 3, 100, 300, 30),
                ("56101500", "H87", 2, Decimal("19.99"), Decimal("39.98"), 0),
            ],
        )
        # 270.00 + 39.98, of each line the IVA: 43.20 + 6.40
        self.assertEqual(self.sums(read), (Decimal("339.98"), 30, Decimal("359.58")))
        self.assertEqual(order.invoice_status, "invoiced")

    def test_what_was_delivered_and_later_the_rest(self):
        self.goods.invoice_policy = "delivery"
        order = self.order({"product_uom_qty": 5})
        order.order_line.qty_delivered = 2
        first = self.issued(self.invoice(order))
        self.assertEqual(self.concepts(first), [("56101500", "H87", 2, 100, 200, 0)])
        self.assertEqual(self.sums(first), (200, 0, 232))
        order.order_line.qty_delivered = 5
        rest = self.issued(self.invoice(order))
        self.assertEqual(self.concepts(rest), [("56101500", "H87", 3, 100, 300, 0)])
        self.assertFalse(rest.relations())

    def test_what_was_returned_after_it_was_invoiced_is_credited_by_the_order(self):
        self.goods.invoice_policy = "delivery"
        order = self.order({"product_uom_qty": 5})
        order.order_line.qty_delivered = 5
        origin = self.invoice(order)
        self.issued(origin)
        order.order_line.qty_delivered = 4
        note = self.invoice(order)
        self.assertEqual(note.move_type, "out_refund")
        self.number(note)
        note.action_post()
        # Odoo doesn't say which invoice this credits, so a person does
        self.assertIn("Related CFDIs", self.refusal(note))
        note.l10n_mx_facture_relation_ids = [
            Command.create(
                {
                    "relation_type_id": self.sat("c_tipo_relacion", "03").id,
                    "document_id": origin.l10n_mx_facture_document_id.id,
                }
            )
        ]
        read = self.stamped(note)
        self.assertEqual(read["TipoDeComprobante"], "E")
        self.assertEqual(self.concepts(read), [("56101500", "H87", 1, 100, 100, 0)])
        self.assertEqual(read.relations(), [("03", [origin.l10n_mx_facture_uuid])])

    def test_dozens_of_what_is_kept_in_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        dozen.l10n_mx_facture_unit_code_id = self.sat("c_clave_unidad", "DPC")
        order = self.order({"product_uom_qty": 2, "product_uom_id": dozen.id})
        self.assertEqual(order.order_line.price_unit, 1200)
        read = self.issued(self.invoice(order))
        self.assertEqual(self.concepts(read), [("56101500", "DPC", 2, 1200, 2400, 0)])
        self.assertEqual(self.sums(read), (2400, 0, 2784))

    def test_a_unit_without_code_is_told_by_name(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        dozen.l10n_mx_facture_unit_code_id = False
        move = self.invoice(self.order({"product_uom_id": dozen.id}))
        self.number(move)
        move.action_post()
        self.assertIn(dozen.name, self.refusal(move))
        dozen.l10n_mx_facture_unit_code_id = self.sat("c_clave_unidad", "DPC")
        self.assertEqual(self.concepts(self.stamped(move))[0][1], "DPC")

    def test_sections_and_notes_are_no_concepts(self):
        order = self.order(
            {"display_type": "line_section", "name": "Muebles"},
            {"name": "Silla roja"},
            {"display_type": "line_note", "name": "Se entrega el lunes"},
            {"display_type": "line_section", "name": "Otros"},
            {"price_unit": 7},
        )
        move = self.invoice(order)
        self.assertEqual(len(move.invoice_line_ids), 5)
        read = self.issued(move)
        self.assertEqual(len(self.concepts(read)), 2)
        self.assertEqual(read.line(1).get("Descripcion"), "Silla roja")
        self.assertEqual(self.sums(read), (107, 0, Decimal("124.12")))

    def test_several_orders_make_one_invoice(self):
        orders = self.order({"price_unit": 10}) + self.order({"price_unit": 20, "tax_ids": self.iva0})
        move = self.invoice(orders)
        self.assertEqual(len(move), 1)
        read = self.issued(move)
        self.assertEqual(self.sums(read), (30, 0, Decimal("31.60")))
        self.assertEqual(
            self.rates(read), {("002", "0.160000"): (10, Decimal("1.60")), ("002", "0.000000"): (20, 0)}
        )
        self.assertEqual(set(orders.mapped("invoice_status")), {"invoiced"})

    def test_an_order_in_dollars(self):
        dollar = self.worth("USD", 18.5)
        pricelist = self.env["product.pricelist"].create({"name": "USD", "currency_id": dollar.id})
        order = self.order({"price_unit": 33.33, "product_uom_qty": 3}, pricelist_id=pricelist.id)
        read = self.issued(self.invoice(order))
        self.assertEqual((read["Moneda"], read["TipoCambio"]), ("USD", "18.5"))
        self.assertEqual(self.sums(read), (Decimal("99.99"), 0, Decimal("115.99")))

    # -- the wizard Discount -------------------------------------------------------------------------

    def discounted(self, kind, *lines, **values):
        """:return: the draft invoice of an order with the discount that the wizard puts on it"""
        order = self.order(*lines, confirm=False)
        wizard = self.env["sale.order.discount"].create({"sale_order_id": order.id, "discount_type": kind, **values})
        wizard.action_apply_discount()
        order.action_confirm()
        return self.invoice(order)

    def two_rates(self):
        return ({"price_unit": 1000}, {"price_unit": 500, "tax_ids": self.iva0})

    def test_a_discount_on_all_lines(self):
        move = self.discounted("sol_discount", *self.two_rates(), discount_percentage=0.1)
        read = self.issued(move)
        self.assertEqual([row[-1] for row in self.concepts(read)], [100, 50])
        self.assertEqual(self.sums(read), (1500, 150, 1494))

    def test_a_global_discount_in_per_cent(self):
        for way in self.every_rounding():
            with way:
                move = self.discounted("so_discount", *self.two_rates(), discount_percentage=0.1)
                self.assertEqual(len(move.invoice_line_ids.filtered(lambda line: line.price_subtotal < 0)), 2)
                read = self.issued(move)
                self.assertEqual([row[-1] for row in self.concepts(read)], [100, 50])
                self.assertEqual(self.sums(read), (1500, 150, 1494))
                self.assertEqual(
                    self.rates(read), {("002", "0.160000"): (900, 144), ("002", "0.000000"): (450, 0)}
                )

    def test_a_global_discount_of_an_amount(self):
        for way in self.every_rounding():
            with way:
                move = self.discounted("amount", *self.two_rates(), discount_amount=83)
                read = self.issued(move)
                # 83 of 1660, taxes included: 5 % of each line
                self.assertEqual([row[-1] for row in self.concepts(read)], [50, 25])
                self.assertEqual(self.sums(read), (1500, 75, 1577))

    def test_a_global_discount_whose_cents_do_not_divide(self):
        for way in self.every_rounding():
            with way:
                lines = [{"price_unit": 33.33, "tax_ids": taxes} for taxes in (self.iva16, self.iva16 + self.isr_ret)]
                move = self.discounted("so_discount", *lines, *lines, discount_percentage=0.3333)
                read = self.issued(move)
                _sub_total, discount, total = self.sums(read)
                # 33.33 % of 133.32 is 44.4356; of 147.9852 with taxes 98.6617 are left: cents at most beside it
                self.assertAlmostEqual(discount, Decimal("44.44"), delta=HUNDREDTH)
                self.assertAlmostEqual(total, Decimal("98.66"), delta=2 * HUNDREDTH)
                self.assertEqual(total, Decimal(str(move.amount_total)))

    def test_two_global_discounts_on_one_order(self):
        order = self.order({"price_unit": 1000}, confirm=False)
        for percentage in (0.1, 0.05):
            self.env["sale.order.discount"].create(
                {"sale_order_id": order.id, "discount_type": "so_discount", "discount_percentage": percentage}
            ).action_apply_discount()
        order.action_confirm()
        read = self.issued(self.invoice(order))
        # 10 % of 1000, then 5 % of the 900 that are left
        self.assertEqual(self.sums(read), (1000, 145, Decimal("991.80")))
