from odoo import Command

from ..support.currency_case import CurrencyCase

ISR, IVA, IEPS = "001", "002", "003"
SIXTEEN, WITHHELD = "0.160000", "0.106667"


class TestTaxesOfReceipts(CurrencyCase):
    """Every kind of tax, and what isn't paid with money: from Odoo's dialog to the stamped receipt, to the cent."""

    def installments(self, invoice, *amounts):
        """Pay in parts. :return: the receipts"""
        # of two installments of a term, the dialog would pay each by itself
        payments = (self.pay_in(invoice, self.mxn, amount, group_payment=True) for amount in amounts)
        reads = [self.read_receipt(payment) for payment in payments]
        self.assertEqual(invoice.amount_residual, 0)
        self.assert_settled(invoice, *reads)
        return reads

    def test_e3_withholdings(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        taxes = self.iva16 + self.isr_ret + self.iva_ret
        invoice = self.invoice(lines=[{"price_unit": 10_000.0, "tax_ids": taxes}])
        self.assertEqual(invoice.amount_total, 9533.33)
        (read,) = self.installments(invoice, 9533.33)
        uuid = invoice.l10n_mx_facture_uuid
        self.assertEqual(read.taxes_of(uuid), [(IVA, SIXTEEN, "10000.00", "1600.00")])
        rows = [(ISR, "0.100000", "10000.00", "1000.00"), (IVA, WITHHELD, "10000.00", "1066.67")]
        self.assertEqual(sorted(read.withheld_of(uuid)), rows)
        self.assertEqual(
            read.totals,
            {
                "RetencionesISR": "1000.00",
                "RetencionesIVA": "1066.67",
                "BaseIVA16": "10000.00",
                "ImpuestoIVA16": "1600.00",
                "MontoTotalPagos": "9533.33",
            },
        )

    def test_e4_ieps_and_withholdings_in_three_parts(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        service = self.iva16 + self.isr_ret + self.iva_ret
        lines = [{"price_unit": 1000.0, "tax_ids": self.ieps8 + self.iva16}, {"price_unit": 500.0, "tax_ids": service}]
        invoice = self.invoice(lines=lines)
        self.assertEqual(invoice.amount_total, 1729.47)
        reads = self.installments(invoice, 600.0, 600.0, 529.47)
        uuid = invoice.l10n_mx_facture_uuid
        self.assertEqual(
            [{one[0]: one[2:] for one in read.taxes_of(uuid)} for read in reads],
            [
                {IEPS: ("346.93", "27.75"), IVA: ("548.14", "87.70")},
                {IEPS: ("346.92", "27.76"), IVA: ("548.15", "87.71")},
                {IEPS: ("306.15", "24.49"), IVA: ("483.71", "77.39")},
            ],
        )
        self.assertEqual(
            [{one[0]: one[2:] for one in read.withheld_of(uuid)} for read in reads],
            [
                {ISR: ("173.46", "17.35"), IVA: ("173.46", "18.50")},
                {ISR: ("173.47", "17.34"), IVA: ("173.47", "18.50")},
                {ISR: ("153.07", "15.31"), IVA: ("153.07", "16.33")},
            ],
        )

    def test_e14_no_rate_no_object_and_exempt(self):
        nothing = self.env["account.tax"]
        zero, without, exempt = (
            self.invoice(lines=[{"price_unit": price, "tax_ids": taxes}])
            for price, taxes in ((100.0, self.iva0), (50.0, nothing), (80.0, self.exempt))
        )
        read = self.read_receipt(self.pay_in(zero + without + exempt, self.mxn))
        self.assertEqual(read.taxes_of(zero.l10n_mx_facture_uuid), [(IVA, "0.000000", "100.00", "0.00")])
        self.assertEqual(read.taxes_of(without.l10n_mx_facture_uuid), [])
        self.assertEqual(read.taxes_of(exempt.l10n_mx_facture_uuid), [(IVA, None, "80.00", None)])
        self.assertEqual(
            read.totals,
            {"BaseIVA0": "100.00", "ImpuestoIVA0": "0.00", "BaseIVAExento": "80.00", "MontoTotalPagos": "230.00"},
        )
        for invoice in (zero, without, exempt):
            self.assert_settled(invoice, read)

    def test_e17_a_quota(self):
        quota = self.create_tax(
            "Quota", 3.0818, "ieps", "Cuota", amount_type="fixed", sequence=1, include_base_amount=True
        )
        invoice = self.invoice(lines=[{"price_unit": 10.0, "quantity": 100, "tax_ids": quota + self.iva16}])
        self.assertEqual(invoice.amount_total, 1517.49)
        reads = self.installments(invoice, 758.75, 758.74)
        uuid = invoice.l10n_mx_facture_uuid
        self.assertEqual(
            [{one[0]: one[1:] for one in read.taxes_of(uuid)} for read in reads],
            [
                {IEPS: ("3.081800", "50.00", "154.09"), IVA: (SIXTEEN, "654.09", "104.66")},
                {IEPS: ("3.081800", "50.00", "154.09"), IVA: (SIXTEEN, "654.09", "104.65")},
            ],
        )

    def test_e21_rounded_line_by_line(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        invoice = self.invoice(lines=[{"price_unit": 33.34}] * 5)
        self.assertEqual(invoice.amount_total, 193.35)
        first, second = self.installments(invoice, 100.0, 93.35)
        uuid = invoice.l10n_mx_facture_uuid
        self.assertEqual(first.taxes_of(uuid), [(IVA, SIXTEEN, "17.24", "2.76")] * 5)
        self.assertEqual(first.taxes_of(), [(IVA, SIXTEEN, "86.20", "13.80")])
        self.assertEqual(second.taxes_of(uuid), [(IVA, SIXTEEN, "16.10", "2.57")] * 5)
        self.assertEqual(second.taxes_of(), [(IVA, SIXTEEN, "80.50", "12.85")])

    # -- what isn't money -------------------------------------------------------------------------

    def test_a_discount_for_early_payment_stays_open_at_sat(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % en 30 días",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 30,
                "early_pay_discount_computation": "included",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 45})],
            }
        )
        invoice = self.invoice(invoice_payment_term_id=term.id)
        read = self.read_receipt(self.pay_in(invoice, self.mxn))
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(read.payments, [("MXN", "1", "113.68")])
        self.assertEqual(list(read.doctos.values()), [("MXN", "1", "1", "116.00", "113.68", "2.32")])
        self.assertEqual(read.taxes_of(), [(IVA, SIXTEEN, "98.00", "15.68")])
        self.assert_settled(invoice, read, left="2.32")

    def test_e20_of_too_much_what_is_applied(self):
        invoice = self.invoice(price=1000.0)
        read = self.read_receipt(self.pay_in(invoice, self.mxn, 1200.0))
        self.assertEqual(read.payments, [("MXN", "1", "1160.00")])
        self.assertEqual(read.taxes_of(), [(IVA, SIXTEEN, "1000.00", "160.00")])
        self.assert_settled(invoice, read)

    def test_what_is_written_off_stays_open_at_sat(self):
        invoice = self.invoice()
        account = self.env["account.account"].search(
            [*self.env["account.account"]._check_company_domain(self.company), ("account_type", "=", "expense")],
            limit=1,
        )
        settle = {"payment_difference_handling": "reconcile", "writeoff_account_id": account.id}
        read = self.read_receipt(self.pay_in(invoice, self.mxn, 110.0, **settle))
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(list(read.doctos.values()), [("MXN", "1", "1", "116.00", "110.00", "6.00")])
        self.assert_settled(invoice, read, left="6.00")

    # -- credit notes -----------------------------------------------------------------------------

    def test_a_credit_note_before_the_payment(self):
        for currency in (self.mxn, self.usd):
            with self.subTest(currency=currency.name):
                invoice = self.invoice(currency)
                note = self.credit(invoice, 20.0)
                read = self.read_receipt(self.pay_in(invoice, currency))
                uuid = invoice.l10n_mx_facture_uuid
                self.assertEqual(read.doctos[uuid], (currency.name, "1", "1", "92.80", "92.80", "0.00"))
                self.assertEqual(read.taxes_of(uuid), [(IVA, SIXTEEN, "80.00", "12.80")])
                self.assert_settled(invoice, read, notes=[note])

    def test_a_credit_note_between_two_payments(self):
        invoice = self.invoice()
        first = self.read_receipt(self.pay_in(invoice, self.mxn, 50.0))
        note = self.credit(invoice, 20.0)
        second = self.read_receipt(self.pay_in(invoice, self.mxn))
        uuid = invoice.l10n_mx_facture_uuid
        self.assertEqual(first.doctos[uuid], ("MXN", "1", "1", "116.00", "50.00", "66.00"))
        self.assertEqual(second.doctos[uuid], ("MXN", "1", "2", "42.80", "42.80", "0.00"))
        self.assert_settled(invoice, first, second, notes=[note])

    def test_a_credit_note_of_one_of_two_lines(self):
        """What is left of each tax is paid: not a share of what is credited."""
        lines = [{"price_unit": 100.0, "tax_ids": self.ieps8 + self.iva16}, {"price_unit": 100.0}]
        invoice = self.invoice(lines=lines)
        first = self.read_receipt(self.pay_in(invoice, self.mxn, 60.0))
        note = self.credit(invoice, 50.0)
        second = self.read_receipt(self.pay_in(invoice, self.mxn))
        self.assert_settled(invoice, first, second, notes=[note])

    def test_a_note_that_was_not_stamped_does_not_lower_the_balance(self):
        """SAT doesn't know it: the receipt goes on from the CFDI's own balance."""
        invoice = self.invoice()
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        action = wizard.create({"journal_id": invoice.journal_id.id, "date": self.paid}).refund_moves()
        note = self.env["account.move"].browse(action["res_id"])
        note.write({"name": f"{self.prefix}/{next(self.numbers):05d}"})
        note.invoice_line_ids.price_unit = 20.0
        note.action_post()
        read = self.read_receipt(self.pay_in(invoice, self.mxn))
        self.assertEqual(list(read.doctos.values()), [("MXN", "1", "1", "116.00", "92.80", "23.20")])
        self.assert_settled(invoice, read, left="23.20")

    def test_installments_of_a_term_are_one_invoice(self):
        halves = [Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (20, 40)]
        term = self.env["account.payment.term"].create({"name": "Mitad y mitad", "line_ids": halves})
        invoice = self.invoice(invoice_payment_term_id=term.id)
        reads = self.installments(invoice, 38.67, 38.67, 38.66)
        self.assertEqual(
            [one[2:] for read in reads for one in read.doctos.values()],
            [
                ("1", "116.00", "38.67", "77.33"),
                ("2", "77.33", "38.67", "38.66"),
                ("3", "38.66", "38.66", "0.00"),
            ],
        )
