"""The taxes that receipts print beside those of the cash-basis entries (worked figures of E7 and E12)."""

from datetime import timedelta

from odoo import Command
from odoo.tests import new_test_user

from ..support.payment_case import PaymentCase


class TestBooksComparison(PaymentCase):
    """Dollars at 17.50 on the day of the invoice, at 18 on that of the payment; euros at 20 and 21."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the taxes of the tests are due on payment, as those of l10n_mx
        transition = cls.env["account.account"].create(
            {
                "name": "IVA por cobrar",
                "code": "209.99.01",
                "account_type": "liability_current",
                "reconcile": True,
                "company_ids": [Command.set(cls.company.ids)],
            }
        )
        cls.company.tax_exigibility = True
        taxes = cls.iva16 | cls.iva0 | cls.isr_ret | cls.iva_ret | cls.ieps8
        taxes.write({"tax_exigibility": "on_payment", "cash_basis_transition_account_id": transition.id})
        cls.paid = cls.today_of(cls.journal)
        cls.issued = cls.paid - timedelta(days=1)
        cls.usd, cls.eur = (cls.rates(*args) for args in (("USD", 17.5, 18), ("EUR", 20, 21)))

    @classmethod
    def rates(cls, name, issued, paid):
        currency = cls.env.ref(f"base.{name}")
        currency.active = True
        cls.env["res.currency.rate"].create(
            [
                {"currency_id": currency.id, "company_id": cls.company.id, "name": day, "inverse_company_rate": rate}
                for day, rate in ((cls.issued, issued), (cls.paid, paid))
            ]
        )
        return currency

    def issue(self, currency=None, lines=None):
        currency = currency or self.env.ref("base.MXN")
        return self.ppd_invoice(lines=lines, currency_id=currency.id, invoice_date=self.issued)

    def compare(self, date=None):
        """:return: rows of this month's comparison of this class's invoices"""
        dialog = self.env["l10n_mx_facture.rep.books"].create({"date": date or self.paid})
        action = dialog.action_compare()
        self.assertEqual(action["context"], {"search_default_differs": 1})
        return self.env[action["res_model"]].search(action["domain"])

    def figures(self, rows):
        """:return: dict from a tax to (base, tax) of the receipt, (base, tax) of the books, whether they differ"""
        return {
            (row.tax, row.withheld): ((row.rep_base, row.rep_tax), (row.book_base, row.book_tax), row.differs)
            for row in rows
        }

    # -- equal ------------------------------------------------------------------------------------

    def test_pesos_agree(self):
        taxes = self.iva16 + self.isr_ret + self.iva_ret
        invoice = self.issue(lines=[{"price_unit": 10000.0, "tax_ids": taxes}])
        payment = self.pay(invoice)
        rep = self.stamp_payment(payment)
        rows = self.compare()
        whole = {
            ("IVA 16 %", False): ((10000.0, 1600.0),) * 2 + (False,),
            ("ISR 10 %", True): ((10000.0, 1000.0),) * 2 + (False,),
            ("IVA 10.6667 %", True): ((10000.0, 1066.67),) * 2 + (False,),
        }
        self.assertEqual(self.figures(rows), whole)
        self.assertEqual((rows.rep_id, rows.payment_id, rows.move_id), (rep, payment, invoice))
        self.assertEqual(rows.cash_basis_ids.tax_cash_basis_origin_move_id, invoice)
        self.assertFalse(any(rows.mapped("reason")))
        row = rows[0]
        self.assertEqual(row.action_open_cash_basis()["res_id"], rows.cash_basis_ids.id)
        self.assertEqual((row.action_open_rep()["res_id"], row.action_open_payment()["res_id"]), (rep.id, payment.id))

    def test_partial_payments_with_ieps_zero_and_exempt(self):
        lines = [
            {"price_unit": 1000.0, "tax_ids": self.ieps8 + self.iva16},
            {"price_unit": 100.0, "tax_ids": self.iva0},
            {"price_unit": 80.0, "tax_ids": self.exempt},
        ]
        invoice = self.issue(lines=lines)
        self.stamp_payment(self.pay(invoice, 716.40))
        self.stamp_payment(self.pay(invoice))
        rows = self.compare()
        # an exempt tax is told in the books at the invoice
        self.assertEqual({row.tax for row in rows}, {"IEPS 8 %", "IVA 16 %", "IVA 0 %"})
        self.assertEqual(len(rows), 6)
        self.assertEqual(rows.filtered("differs"), rows.browse(), self.figures(rows))
        for tax, base, amount in (("IEPS 8 %", 1000.0, 80.0), ("IVA 16 %", 1080.0, 172.8), ("IVA 0 %", 100.0, 0.0)):
            both = rows.filtered(lambda row, tax=tax: row.tax == tax)
            self.assertAlmostEqual(sum(both.mapped("rep_base")), base)
            self.assertAlmostEqual(sum(both.mapped("rep_tax")), amount)

    def test_dollars_paid_in_pesos_at_the_rate_of_the_day_agree(self):
        """E7."""
        invoice = self.issue(self.usd)
        self.stamp_payment(self.pay(invoice, 2088.0, currency_id=self.env.ref("base.MXN").id))
        rows = self.compare()
        self.assertEqual(self.figures(rows), {("IVA 16 %", False): ((1800.0, 288.0), (1800.0, 288.0), False)})
        self.assertTrue(rows.is_foreign)

    # -- different --------------------------------------------------------------------------------

    def test_dollars_paid_in_pesos_at_another_rate(self):
        """USD 116.00 for which the bank gave 2,100.00 pesos: the books know the rate of the day alone."""
        invoice = self.issue(self.usd)
        entry = self.pay_at(invoice, 2100.0)
        due = self.receipts_due(entry)
        due.write({"stated": True, "stated_amount": 116.0, "stated_applied": 2100.0})
        self.press(entry, "action_l10n_mx_facture_stamp_receipts")
        self.assertEqual(entry.l10n_mx_facture_rep_ids.state, "stamped")
        (row,) = self.compare()
        # 2,100 / 1.16 is 1,810.34, and 16 % of it 289.66
        self.assertEqual((row.rep_base, row.rep_tax), (1810.34, 289.66))
        self.assertEqual((row.book_base, row.book_tax), (1800.0, 288.0))
        self.assertEqual((row.base_difference, row.difference, row.differs), (10.34, 1.66, True))
        self.assertIn("Another exchange rate", row.reason)
        self.assertEqual(row.entry_id, entry)
        self.assertEqual(row.action_open_payment()["res_id"], entry.id)

    def pay_at(self, invoice, pesos):
        return self.pay_by_statement(invoice, pesos)

    def test_dollars_paid_in_euros_as_the_books_have_it(self):
        """E12: 96.67 of 100 euros are applied."""
        row = self.paid_in_euros(96.67)
        self.assertEqual((row.rep_base, row.rep_tax), (1750.06, 280.01))
        self.assertEqual((row.book_base, row.book_tax), (1800.0, 288.0))
        self.assertEqual((row.base_difference, row.difference, row.differs), (-49.94, -7.99, True))

    def test_dollars_paid_in_euros_all_applied(self):
        """E11."""
        row = self.paid_in_euros(100.0)
        self.assertEqual((row.rep_base, row.rep_tax, row.book_tax), (1810.34, 289.66, 288.0))
        self.assertTrue(row.differs)

    def paid_in_euros(self, applied):
        invoice = self.issue(self.usd)
        payment = self.pay(invoice, 100.0, currency_id=self.eur.id)
        self.receipts_due(payment).write({"stated": True, "stated_amount": 116.0, "stated_applied": applied})
        self.stamp_payment(payment)
        return self.compare()

    def test_without_a_cash_basis_entry(self):
        self.iva16.tax_exigibility = "on_invoice"
        self.stamp_payment(self.pay(self.issue()))
        (row,) = self.compare()
        self.assertEqual((row.rep_tax, row.book_tax, row.difference, row.differs), (16.0, 0.0, 16.0, True))
        self.assertIn("no cash-basis entry", row.reason)
        self.assertFalse(row.cash_basis_ids)

    # -- which ------------------------------------------------------------------------------------

    def test_only_receipts_of_the_month_that_are_stamped(self):
        invoice = self.issue()
        payment = self.pay(invoice)
        self.assertFalse(self.compare())
        self.stamp_payment(payment)
        self.assertTrue(self.compare())
        self.assertFalse(self.compare(self.paid - timedelta(days=62)))

    def test_a_list_is_of_who_asked_for_it(self):
        self.stamp_payment(self.pay(self.issue()))
        rows = self.compare()
        groups = "account.group_account_readonly"
        other = new_test_user(
            self.env, f"other-{self.prefix}", groups, company_id=self.company.id, company_ids=self.company.ids
        )
        mine = self.env["l10n_mx_facture.rep.books"].with_user(other).with_company(self.company)
        dialog = mine.create({"date": self.paid})
        dialog.action_compare()
        self.assertEqual(len(dialog.row_ids), len(rows))
        self.assertFalse(self.env["l10n_mx_facture.rep.books.row"].with_user(other).search([("id", "in", rows.ids)]))
