from decimal import Decimal

from ..support.currency_case import CurrencyCase
from ..support.read_pagos import ReadPagos

IVA = "002"
SIXTEEN = "0.160000"


class TestCurrencies(CurrencyCase):
    """From Odoo's dialog to the stamped receipt, to the cent; E1 to E21 were computed apart from this code."""

    def assert_receipt(self, read, payment, doctos, taxes, **totals):
        """:param payment: (MonedaP, TipoCambioP, Monto)
        :param doctos: values of each invoice, in any order
        :param taxes: TrasladoP
        """
        self.assertEqual(read.payments, [payment])
        self.assertEqual(sorted(read.doctos.values()), sorted(doctos))
        self.assertEqual(read.taxes_of(), taxes)
        self.assertEqual(read.totals, totals)

    def test_e5_dollars_pay_dollars(self):
        invoice = self.invoice(self.usd)
        read = self.read_receipt(self.pay_in(invoice, self.usd))
        self.assert_receipt(
            read,
            ("USD", "18", "116.00"),
            [("USD", "1", "1", "116.00", "116.00", "0.00")],
            [(IVA, SIXTEEN, "100.00", "16.00")],
            BaseIVA16="1800.00",
            ImpuestoIVA16="288.00",
            MontoTotalPagos="2088.00",
        )
        self.assert_settled(invoice, read)

    def test_e5_the_rate_has_all_its_decimals(self):
        """1,986.32 pesos by 116 dollars would be 17.123448: the rate of the day is another one, and SAT's sums too."""
        self.worth_on("USD", {self.issued: 17.123456})
        read = self.read_receipt(self.pay_in(self.invoice(self.usd), self.usd))
        self.assertEqual(read.payments, [("USD", "17.123456", "116.00")])
        self.assertEqual(
            read.totals, {"BaseIVA16": "1712.35", "ImpuestoIVA16": "273.98", "MontoTotalPagos": "1986.32"}
        )

    def test_the_rate_of_the_bank(self):
        """USD 100 that the bank bought for 1,750 pesos, on a day on which they were worth 1,800."""
        invoice = self.invoice(price=1500.0)
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "payment_ref": "SPEI",
                "amount": 1740.0,
                "date": self.paid,
                "partner_id": self.customer.id,
                "foreign_currency_id": self.usd.id,
                "amount_currency": 100.0,
                "counterpart_account_id": self.customer.property_account_receivable_id.id,
            }
        )
        (line.move_id + invoice).line_ids.filtered(lambda one: one.account_type == "asset_receivable").reconcile()
        self.press(line.move_id, "action_l10n_mx_facture_stamp_receipts")
        rep = line.move_id.l10n_mx_facture_rep_ids
        self.assertEqual(self.pagos_of(rep).pagos[0].tipo_cambio, Decimal("17.4"))
        self.assertEqual(self.pagos_of(rep).pagos[0].doctos[0].equivalencia, Decimal("17.4"))

    def test_a_rate_that_nobody_entered(self):
        self.worth_on("USD", {})
        payment = self.pay_in(self.invoice(), self.usd, 116.0)
        self.assertIn("booked at 1 MXN for 1 USD", self.refusal(payment, "action_l10n_mx_facture_stamp"))

    def test_e7_pesos_pay_dollars_at_the_rate_of_the_payment(self):
        invoice = self.invoice(self.usd)
        read = self.read_receipt(self.pay_in(invoice, self.mxn))
        self.assert_receipt(
            read,
            ("MXN", "1", "2088.00"),
            [("USD", "0.0555555556", "1", "116.00", "116.00", "0.00")],
            [(IVA, SIXTEEN, "1799.999999", "288.000000")],
            BaseIVA16="1800.00",
            ImpuestoIVA16="288.00",
            MontoTotalPagos="2088.00",
        )
        self.assert_settled(invoice, read)

    def test_e6_pesos_pay_dollars_at_the_rate_of_the_invoice(self):
        invoice = self.invoice(self.usd)
        account = self.company.income_currency_exchange_account_id
        settle = {"payment_difference_handling": "reconcile", "writeoff_account_id": account.id}
        read = self.read_receipt(self.pay_in(invoice, self.mxn, 2030.0, **settle))
        self.assert_receipt(
            read,
            ("MXN", "1", "2030.00"),
            [("USD", "0.0571428572", "1", "116.00", "116.00", "0.00")],
            [(IVA, SIXTEEN, "1749.999998", "280.000000")],
            BaseIVA16="1750.00",
            ImpuestoIVA16="280.00",
            MontoTotalPagos="2030.00",
        )
        self.assert_settled(invoice, read)

    def test_e9_dollars_pay_pesos(self):
        invoice = self.invoice(price=1750.0)
        read = self.read_receipt(self.pay_in(invoice, self.usd, 116.0, payment_date=self.issued))
        self.assert_receipt(
            read,
            ("USD", "17.5", "116.00"),
            [("MXN", "17.5", "1", "2030.00", "2030.00", "0.00")],
            [(IVA, SIXTEEN, "100.000000", "16.000000")],
            BaseIVA16="1750.00",
            ImpuestoIVA16="280.00",
            MontoTotalPagos="2030.00",
        )
        self.assert_settled(invoice, read)

    def test_c1_dollars_that_are_no_round_number_pay_pesos(self):
        """The dialog books them at the 2,030 pesos of the invoice, not at the rate of the day."""
        invoice = self.invoice(price=1750.0)
        read = self.read_receipt(self.pay_in(invoice, self.usd, 112.78))
        self.assertEqual(read.payments, [("USD", "17.999645", "112.78")])
        self.assertEqual(list(read.doctos.values()), [("MXN", "17.9996453272", "1", "2030.00", "2030.00", "0.00")])
        self.assertEqual(read.totals["MontoTotalPagos"], "2030.00")
        self.assert_settled(invoice, read)

    def test_one_payment_of_pesos_and_dollars(self):
        pesos, dollars = self.invoice(), self.invoice(self.usd)
        read = self.read_receipt(self.deposit(2204.0, pesos, dollars))
        self.assert_receipt(
            read,
            ("MXN", "1", "2204.00"),
            [
                ("MXN", "1", "1", "116.00", "116.00", "0.00"),
                ("USD", "0.0555555556", "1", "116.00", "116.00", "0.00"),
            ],
            [(IVA, SIXTEEN, "1899.999999", "304.000000")],
            BaseIVA16="1900.00",
            ImpuestoIVA16="304.00",
            MontoTotalPagos="2204.00",
        )
        for invoice in (pesos, dollars):
            self.assert_settled(invoice, read)

    def test_one_payment_in_pesos_of_two_dollar_invoices(self):
        first, second = self.invoice(self.usd), self.invoice(self.usd, 50.0)
        read = self.read_receipt(self.deposit(3132.0, first, second))
        self.assert_receipt(
            read,
            ("MXN", "1", "3132.00"),
            [
                ("USD", "0.0555555556", "1", "116.00", "116.00", "0.00"),
                ("USD", "0.0555555556", "1", "58.00", "58.00", "0.00"),
            ],
            [(IVA, SIXTEEN, "2699.999998", "432.000000")],
            BaseIVA16="2700.00",
            ImpuestoIVA16="432.00",
            MontoTotalPagos="3132.00",
        )
        for invoice in (first, second):
            self.assert_settled(invoice, read)

    def test_partial_payments_of_dollars_in_pesos(self):
        invoice = self.invoice(self.usd)
        first = self.read_receipt(self.pay_in(invoice, self.mxn, 1000.0))
        (docto,) = first.doctos.values()
        self.assertEqual((docto[0], docto[2:]), ("USD", ("1", "116.00", "55.56", "60.44")))
        self.assertEqual(first.payments, [("MXN", "1", "1000.00")])
        second = self.read_receipt(self.pay_in(invoice, self.mxn))
        (docto,) = second.doctos.values()
        self.assertEqual(docto[2:], ("2", "60.44", "60.44", "0.00"))
        self.assertEqual(second.payments, [("MXN", "1", "1087.92")])
        self.assert_settled(invoice, first, second)

    def test_dollars_paid_in_euros_are_asked(self):
        """E11 and E12: the books apply 96.67 euros; the customer means all 100."""
        for applied, equivalence, base, tax, totals in (
            (100.0, "1.16", "86.206897", "13.793103", ("1810.34", "289.66", "2100.00")),
            (96.67, "1.1999586222", "83.336207", "13.333793", ("1750.06", "280.01", "2030.07")),
        ):
            with self.subTest(applied=applied):
                invoice = self.invoice(self.usd)
                payment = self.pay_in(invoice, self.eur, 100.0)
                due = self.receipts_due(payment)
                self.assertEqual(due.question, "third_currency")
                text = self.refusal(payment, "action_l10n_mx_facture_stamp")
                self.assertIn("Odoo's books don't say how much of it was paid", text)
                due.write({"stated": True, "stated_amount": 116.0, "stated_applied": applied})
                read = self.read_receipt(payment)
                self.assert_receipt(
                    read,
                    ("EUR", "21", f"{applied:.2f}"),
                    [("USD", equivalence, "1", "116.00", "116.00", "0.00")],
                    [(IVA, SIXTEEN, base, tax)],
                    **dict(zip(("BaseIVA16", "ImpuestoIVA16", "MontoTotalPagos"), totals, strict=True)),
                )
                self.assert_settled(invoice, read)
                self.assertFalse(self.receipts_due(payment))

    def test_a_substitute_says_what_the_person_has_said(self):
        """The books would have 96.67 euros, and nobody would be asked again."""
        payment = self.pay_in(self.invoice(self.usd), self.eur, 100.0)
        self.receipts_due(payment).write({"stated": True, "stated_amount": 116.0, "stated_applied": 100.0})
        (rep,) = self.stamp_payment(payment)
        payment.l10n_mx_facture_operation_number = "SPEI-1"
        action = self.press(rep, "action_substitute")
        substitute = rep.browse(action["res_id"])
        self.press(substitute, "action_stamp")
        self.assertEqual(substitute.state, "stamped")
        read = ReadPagos(substitute.document_id.xml_attachment_id.raw)
        self.assertEqual(read.payments, [("EUR", "21", "100.00")])
        self.assertEqual(list(read.doctos.values()), [("USD", "1.16", "1", "116.00", "116.00", "0.00")])
        # cancelled too, it is asked again
        self.assertTrue(substitute.line_ids.stated)

    def test_yen(self):
        invoice = self.invoice(self.jpy, 10_000.0)
        first = self.read_receipt(self.pay_in(invoice, self.jpy, 5000.0))
        self.assertEqual(first.payments, [("JPY", "0.125", "5000")])
        self.assertEqual(list(first.doctos.values()), [("JPY", "1", "1", "11600", "5000", "6600")])
        self.assertEqual(first.taxes_of(), [(IVA, SIXTEEN, "4310", "690")])
        second = self.read_receipt(self.pay_in(invoice, self.mxn))
        self.assertEqual(second.payments, [("MXN", "1", "825.00")])
        self.assertEqual(list(second.doctos.values()), [("JPY", "8", "2", "6600", "6600", "0")])
        self.assert_settled(invoice, first, second, left="0")
