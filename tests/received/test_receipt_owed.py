"""Receipts that suppliers owe us."""

from datetime import date, timedelta

from odoo.tests import new_test_user
from odoo.tools import SQL

from ..support.receipt_case import ReceiptCase


class TestReceiptOwed(ReceiptCase):
    def test_paid_without_a_receipt(self):
        bill = self.ppd_bill()
        self.assertFalse(self.owed(bill))
        payment = self.pay(bill)
        row = self.owed(bill)
        self.assertEqual((row.partner_id, row.payment_id), (self.supplier, payment))
        self.assertEqual((row.paid, row.missing), (116.0, 116.0))
        self.assertEqual((row.date_payment, row.date_due.day), (self.today(), 5))
        self.assertGreater(row.date_due, self.today())
        self.assertFalse(row.is_late)
        self.assertEqual(row.action_open_payment()["res_id"], payment.id)
        self.upload_receipt(self.receipt_of(bill))
        self.assertFalse(self.owed(bill))

    def test_the_fifth_of_the_next_month_or_the_day_of_the_cfdi(self):
        bill = self.ppd_bill()
        self.pay(bill, payment_date=date(self.today().year - 1, 12, 31))
        # paid long before its CFDI: as soon as that was there
        self.assertEqual(self.owed(bill).date_due, self.today())

    def test_late(self):
        bill = self.ppd_bill()
        self.pay(bill, payment_date=self.today() - timedelta(days=70))
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_received SET fecha = %s WHERE move_id = %s",
            (f"{self.today() - timedelta(days=80)} 10:00:00", bill.id),
        )
        row = self.owed(bill)
        self.assertTrue(row.is_late)
        paid = row.date_payment
        following = date(paid.year + paid.month // 12, paid.month % 12 + 1, 5)
        self.assertEqual(row.date_due, following)

    def test_partly_paid_and_partly_receipted(self):
        bill = self.ppd_bill()
        first = self.pay(bill, 58.0, payment_date=self.today() - timedelta(days=2))
        second = self.pay(bill, 58.0)
        self.assertEqual(self.owed(bill).payment_id, first | second)
        self.upload_receipt(self.receipt_of(bill, "58.00", before="116.00"))
        row = self.owed(bill)
        self.assertEqual((row.payment_id, row.missing), (second, 58.0))
        self.upload_receipt(self.receipt_of(bill, "30.00", before="58.00", installment=2))
        self.assertEqual((self.owed(bill).paid, self.owed(bill).missing), (58.0, 28.0))

    def test_a_substitute_isn_t_counted_twice(self):
        bill = self.ppd_bill()
        self.pay(bill, 58.0, payment_date=self.today() - timedelta(days=2))
        self.pay(bill, 58.0)
        for _number in range(2):
            self.upload_receipt(self.receipt_of(bill, "58.00", before="116.00"))
        self.assertEqual(self.owed(bill).mapped("missing"), [58.0])

    def test_which_bills_owe_none(self):
        pue = self.upload(self.stamped_by_supplier())
        typed = self.bill(100)
        (pue | typed).action_post()
        for bill in (pue, typed):
            self.pay(bill)
        self.assertFalse(self.owed(pue, typed))
        self.assertEqual((pue.l10n_mx_facture_received_id.metodo_pago, self.ppd_metodo()), ("PUE", "PPD"))

    def ppd_metodo(self):
        return self.ppd_bill().l10n_mx_facture_received_id.metodo_pago

    def test_a_payment_that_is_undone(self):
        bill = self.ppd_bill()
        payment = self.pay(bill)
        self.assertTrue(self.owed(bill))
        payment.action_draft()
        self.assertFalse(self.owed(bill))
        self.assertFalse(bill._l10n_mx_facture_bill_payments())

    def test_paid_in_another_currency(self):
        """A bill of 116.00 pesos, paid with dollars whose rate has changed since: what of the bill is paid counts."""
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": usd.id, "company_id": self.company.id, "name": self.today(), "inverse_company_rate": 18}
        )
        bill = self.ppd_bill()
        self.pay(bill, 6.44, currency_id=usd.id)
        rows = self.owed(bill)
        payable = bill.line_ids.filtered(lambda one: one.account_type == "liability_payable")
        settled = -(payable.balance - payable.amount_residual)
        self.assertAlmostEqual(sum(rows.mapped("missing")), settled)
        items = bill._l10n_mx_facture_bill_payments()
        self.assertAlmostEqual(float(sum(items.values())), settled)

    def test_what_receipts_say_is_counted_on_the_bill(self):
        bill = self.ppd_bill()
        received = bill.l10n_mx_facture_received_id
        self.assertEqual((received.receipted, received.receipts_missing), (0.0, True))
        first = self.upload_receipt(self.receipt_of(bill, "58.00", before="116.00"))
        self.assertEqual((received.receipted, received.receipts_missing), (58.0, True))
        second = self.upload_receipt(self.receipt_of(bill, "58.00", before="58.00", installment=2))
        self.assertEqual((received.receipted, received.receipts_missing), (116.0, False))
        self.at_sat.elsewhere(second.uuid)
        second.action_ask_sat()
        self.assertEqual((received.receipted, received.receipts_missing), (58.0, True))
        self.at_sat.says(first.uuid, "not_yet_known")
        first.action_ask_sat()
        first.unlink()
        self.assertEqual(received.receipted, 0.0)

    def test_a_receipt_that_was_there_before_its_bill(self):
        xml = self.stamped_by_supplier(method="PPD")
        bill = self.upload(xml)
        self.upload_receipt(self.receipt_of(bill))
        bill.unlink()
        bill = self.upload(xml)
        bill.action_post()
        self.pay(bill)
        self.assertFalse(bill.l10n_mx_facture_received_id.receipts_missing)
        self.assertFalse(self.owed(bill))

    def test_bills_with_all_receipts_cost_nothing(self):
        """The list reads the index of those that may be owed alone."""
        self.env.flush_all()
        Owed = self.env["l10n_mx_facture.received.rep.owed"]
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        plan = self.env.execute_query(SQL("EXPLAIN %s", Owed._table_query))
        self.assertIn("l10n_mx_facture_received_receipts_missing", str(plan))

    def test_of_another_company_nothing_is_listed(self):
        bill = self.ppd_bill()
        self.pay(bill)
        self.upload_receipt(self.receipt_of(self.ppd_bill()))
        self.assertTrue(self.owed(bill))
        other = self.env["res.company"].create({"name": "Otra"})
        stranger = new_test_user(
            self.env, f"s-{self.prefix}", "account.group_account_manager", company_id=other.id, company_ids=other.ids
        )
        for name in ("", ".line", ".owed"):
            self.assertFalse(self.env[f"l10n_mx_facture.received.rep{name}"].with_user(stranger).search([]))

    def test_old_bills_are_not_looked_at(self):
        bill = self.ppd_bill()
        self.pay(bill)
        self.env.cr.execute(
            "UPDATE account_move SET invoice_date = invoice_date - interval '3 years' WHERE id = %s", (bill.id,)
        )
        self.assertFalse(self.owed(bill))
