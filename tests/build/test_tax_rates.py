from decimal import ROUND_HALF_UP, Decimal

from ..support.build_case import BuildCase

IMPUESTO = {"isr": "001", "iva": "002", "ieps": "003"}
CENT = Decimal("0.01")

# c_TasaOCuota of 2026, but for IVA 8 %, which is of the border (see test_values_taxes); of a range both ends and some
# between. Odoo keeps four decimals of an amount and can't tell a withheld IVA of 0 from a transferred one, so that the
# lowest withheld rate and the lowest quota are the first that it can say.
TRANSFERRED = {
    ("iva", "Tasa"): ("0", "0.16"),
    ("ieps", "Tasa"): (
        *("0", "0.03", "0.06", "0.07", "0.08", "0.09", "0.25"),
        *("0.265", "0.3", "0.304", "0.5", "0.53", "1.6"),
    ),
    ("ieps", "Cuota"): ("0.0001", "3.0818", "36.08", "72.1605"),
}
WITHHELD = {
    ("iva", "Tasa"): ("0.000001", "0.04", "0.06", "0.106666", "0.106667", "0.16"),
    ("isr", "Tasa"): ("0", "0.0125", "0.1", "0.2", "0.35"),
    ("ieps", "Tasa"): ("0.06", "0.07", "0.08", "0.09", "0.25", "0.265", "0.3", "0.304", "0.5", "0.53", "1.6"),
    ("ieps", "Cuota"): ("0.0001", "3.0818", "72.1605"),
}
# next to what the catalogue has, with SAT's code
NOT_TRANSFERRED = {
    ("iva", "Tasa"): ("0.000001", "0.15", "0.159999", "0.160001", "0.32"),
    ("ieps", "Tasa"): ("0.01", "0.029999", "0.265001", "1.600001", "3"),
    ("ieps", "Cuota"): ("72.1606", "100"),
    ("iva", "Cuota"): ("3.0818",),
}
NOT_WITHHELD = {
    ("iva", "Tasa"): ("0.160001", "0.2"),
    ("isr", "Tasa"): ("0.350001", "1"),
    ("ieps", "Tasa"): ("0.03", "0.01", "1.600001"),
    ("ieps", "Cuota"): ("72.1606",),
}


class TestBuildTaxRates(BuildCase):
    """Every row of c_TasaOCuota that Odoo can say, and what lies next to it."""

    def each(self, table):
        """Yield (sat type, factor, rate) of a table."""
        for (sat_type, factor), rates in table.items():
            for text in rates:
                yield sat_type, factor, Decimal(text)

    def tax(self, sat_type, factor, rate, withheld):
        """:return: an Odoo tax of a rate; a quota is an amount a piece"""
        quota = factor == "Cuota"
        amount = float(rate if quota else rate * 100)
        return self.create_tax(
            f"{sat_type} {factor} {rate}",
            -amount if withheld else amount,
            sat_type,
            factor,
            amount_type="fixed" if quota else "percent",
            sequence=20 if withheld else 1,
        )

    def invoice_with(self, taxes):
        return self.invoices_with([taxes])

    def invoices_with(self, several):
        first, other = {"price_unit": 5000}, {"name": "Con tasa", "price_unit": 411.53, "quantity": 3}
        return self.create_invoices([{"lines": [first, {**other, "tax_ids": taxes}]} for taxes in several])

    def expected(self, factor, rate):
        """:return: (base, amount) of three pieces at 411.53, figured here"""
        base = Decimal(3) if factor == "Cuota" else Decimal("1234.59")
        return base, base * rate

    def test_every_transferred_rate_is_stamped(self):
        kinds = list(self.each(TRANSFERRED))
        moves = self.invoices_with([self.tax(*kind, withheld=False) for kind in kinds])
        moves.action_l10n_mx_facture_stamp()
        for kind, move in zip(kinds, moves, strict=True):
            with self.subTest(tax=kind):
                sat_type, factor, rate = kind
                read = self.read_stamped(move)
                self.assertEqual(read.line(2).get("ObjetoImp"), "02")
                ((*kept, base, amount),) = read.transfers(2)
                self.assertEqual(kept, [IMPUESTO[sat_type], factor, f"{rate:.6f}"])
                self.assert_amount((base, amount), factor, rate)
                self.assertFalse(read.withholdings(2))

    def test_every_withheld_rate_is_stamped(self):
        kinds = list(self.each(WITHHELD))
        moves = self.invoices_with([self.iva16 + self.tax(*kind, withheld=True) for kind in kinds])
        moves.action_l10n_mx_facture_stamp()
        for kind, move in zip(kinds, moves, strict=True):
            with self.subTest(tax=kind):
                sat_type, factor, rate = kind
                read = self.read_stamped(move)
                ((*kept, base, amount),) = read.withholdings(2)
                self.assertEqual(kept, [IMPUESTO[sat_type], f"{rate:.6f}"])
                self.assert_amount((base, amount), factor, rate)
                self.assertEqual(len(read.transfers(2)), 1)

    def assert_amount(self, written, factor, rate):
        base, amount = map(Decimal, written)
        expected_base, expected = self.expected(factor, rate)
        self.assertEqual(base, expected_base)
        # of a quota the amount keeps its decimals
        unit = CENT if factor == "Tasa" else Decimal("0.000001")
        self.assertEqual(amount, expected.quantize(unit, ROUND_HALF_UP))

    def test_a_transferred_rate_outside_is_refused_with_code_and_line(self):
        for kind in self.each(NOT_TRANSFERRED):
            with self.subTest(tax=kind):
                self.assert_refused("CFDI40179", kind[2], self.tax(*kind, withheld=False))

    def test_a_withheld_rate_outside_is_refused_with_code_and_line(self):
        for kind in self.each(NOT_WITHHELD):
            with self.subTest(tax=kind):
                self.assert_refused("CFDI40185", kind[2], self.iva16 + self.tax(*kind, withheld=True))

    def assert_refused(self, code, rate, taxes):
        refusal = self.refusal(self.invoice_with(taxes))
        self.assertIn(code, refusal)
        self.assertIn("Con tasa", refusal)
        self.assertIn(f"{rate:.6f}", refusal)

    def test_several_rates_on_one_line(self):
        taxes = self.iva16 + self.ieps8 + self.ieps265 + self.iva_ret + self.iva_ret4 + self.isr_ret
        for method in ("round_per_line", "round_globally"):
            with self.subTest(method=method):
                self.company.tax_calculation_rounding_method = method
                read = self.stamped(self.invoice_with(taxes))
                self.assertEqual(
                    sorted(row[:3] for row in read.transfers(2)),
                    [
                        ("002", "Tasa", "0.160000"),
                        ("003", "Tasa", "0.080000"),
                        ("003", "Tasa", "0.265000"),
                    ],
                )
                self.assertEqual(
                    sorted(row[:2] for row in read.withholdings(2)),
                    [("001", "0.100000"), ("002", "0.040000"), ("002", "0.106667")],
                )
