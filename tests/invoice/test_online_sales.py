from odoo import Command
from odoo.tests import new_test_user

from ..support.sale_case import SaleCase


class TestOnlineSales(SaleCase):
    """Orders that Odoo invoices by itself when the customer has paid: as the public user, from wherever."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.setup_other_company(name="Otra")["company"]
        cls.buyer = new_test_user(
            cls.env, f"portal-{cls.prefix}", "base.group_portal", company_id=cls.company.id, partner_id=cls.customer.id
        )

    def as_web_visitor(self, records, user=None):
        """:return: the records as the web site's process has them: sudo, in the company of the site, no language"""
        env = self.env(
            user=(user or self.env.ref("base.public_user")).id,
            su=True,
            context={"allowed_company_ids": self.elsewhere.ids},
        )
        return records.with_env(env)

    def paid(self, order, amount):
        """:return: the transaction with which the customer paid"""
        provider = self.env["payment.provider"].sudo().search([("company_id", "=", self.company.id)], limit=1)
        if not provider:
            provider = self.env["payment.provider"].sudo().search([], limit=1).copy({"company_id": self.company.id})
        method = self.env["payment.method"].sudo().with_context(active_test=False).search([], limit=1)
        return self.env["payment.transaction"].sudo().create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": order.name,
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": "done",
            }
        )

    def invoiced(self, order, amount, user=None):
        """:return: the posted invoice that a payment led to, for the accountant"""
        transaction = self.paid(order, amount)
        self.as_web_visitor(transaction, user)._invoice_sale_orders()
        move = self.as_web_visitor(order.invoice_ids, user)
        self.number(move)
        move._post()
        return move.with_env(self.env)

    def test_a_paid_order(self):
        for user in (self.env.ref("base.public_user"), self.buyer):
            with self.subTest(user=user.login):
                order = self.order({"product_uom_qty": 2, "name": "Silla roja"})
                move = self.invoiced(order, order.amount_total, user)
                self.assertEqual((move.company_id, move.l10n_mx_facture_branch_id), (self.company, self.branch))
                read = self.stamped(move)
                self.assertEqual(self.concepts(read), [("56101500", "H87", 2, 100, 200, 0)])
                self.assertEqual(self.sums(read), (200, 0, 232))
                self.assertEqual(read.node("cfdi:Receptor").get("UsoCFDI"), "G03")
                self.assertEqual((read["MetodoPago"], read["FormaPago"]), ("PUE", "03"))

    def test_a_part_that_was_paid_is_a_down_payment(self):
        order = self.order({"product_uom_qty": 2})
        move = self.invoiced(order, 58)
        read = self.stamped(move)
        self.assertEqual(self.concepts(read), [("84111506", "ACT", 1, 50, 50, 0)])
        self.assertEqual(self.sums(read), (50, 0, 58))

    def test_orders_invoiced_by_the_system_in_another_company(self):
        order = self.order({}, {"price_unit": 1, "tax_ids": self.iva0})
        move = self.as_web_visitor(order)._create_invoices(final=True)
        self.number(move)
        move.action_post()
        self.assertEqual(self.sums(self.stamped(move.with_env(self.env))), (101, 0, 117))
