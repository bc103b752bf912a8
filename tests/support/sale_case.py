"""What the tests of sales orders share."""

from odoo import Command

from .invoice_case import InvoiceCase


class SaleCase(InvoiceCase):
    """Orders of chairs (56101500, H87, IVA 16) and what else a test puts on them."""

    requires = ("sale",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")

    def order(self, *lines, confirm=True, **values):
        """:param lines: dicts of order lines: a chair at 100 and 16 % where they don't say otherwise
        :return: a sales order of the customer
        """
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create(self.order_line(**line)) for line in lines or [{}]],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def order_line(self, **values):
        if values.get("display_type"):
            return values
        values.setdefault("product_id", self.goods.id)
        if "tax_ids" in values:
            values["tax_ids"] = [Command.set(values["tax_ids"].ids)]
        return values

    def invoice(self, orders, method="delivered", **values):
        """:return: the draft that the wizard *Create invoices* makes of the orders"""
        before = orders.invoice_ids
        wizard = self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=orders.ids)
        wizard.create({"advance_payment_method": method, **values}).create_invoices()
        return orders.invoice_ids - before

    def down_payment(self, order, percent=None, amount=None):
        """:return: the invoice of a down payment, a draft: a percentage, or an amount with its taxes"""
        if percent:
            return self.invoice(order, "percentage", amount=percent)
        return self.invoice(order, "fixed", fixed_amount=amount)
