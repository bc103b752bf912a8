"""Taxes on a part of a line, by quota, and of states: the bill has the bases and amounts of the CFDI, to the cent."""

from random import Random

from ..support import received_cfdi
from ..support.received_case import ReceivedCase
from ..support.received_cfdi import EXEMPT, IEPS8, ISR_RET, IVA16, IVA_RET, line

ZERO = ("002", "Tasa", "0.000000", False)
QUOTA = ("003", "Cuota", "0.591100", False)
BILLS = 12


def on(tax, base):
    """:return: the tax with this base"""
    return (*tax, base)


class TestReceivedBases(ReceivedCase):
    def fill(self, *lines, **values):
        """:return: the bill, filled from a CFDI with these lines; its total is that of the CFDI"""
        bill = self.upload(self.stamped_by_supplier(*lines, **values))
        self.assertEqual(self.received(bill).seal, "holds")
        self.assertEqual(bill.currency_id.round(bill.amount_total - self.received(bill).total), 0)
        self.assert_no_alert(bill)
        return bill

    def parts(self, bill):
        """:return: list of (subtotal, amounts of the taxes) of the lines"""
        return [
            (one.price_subtotal, sorted(round(tax.amount, 4) for tax in one.tax_ids)) for one in bill.invoice_line_ids
        ]

    def base(self, bill, amount):
        """:return: sum of the bases of the tax with this amount, and of what is booked of it"""
        items = bill.line_ids.filtered(lambda item: item.tax_line_id and round(item.tax_line_id.amount, 4) == amount)
        based = bill.line_ids.filtered(lambda item: items.tax_line_id & item.tax_ids)
        total = bill.currency_id.round
        return total(sum(based.mapped("amount_currency"))), total(sum(items.mapped("amount_currency")))

    def quota_tax(self, **values):
        return self.create_tax(
            "IEPS Magna", 0.5911, "ieps", "Cuota", amount_type="fixed", type_tax_use="purchase",
            sequence=1, include_base_amount=True, **values
        )  # fmt: skip

    def test_fuel_with_a_base_below_the_amount(self):
        bill = self.fill(line("Magna", "20.123", "21.42", (on(IVA16, "313.03"),)))
        self.assertEqual(self.parts(bill), [(313.03, [16]), (118.0, [])])
        self.assertEqual((bill.amount_total, bill.amount_tax), (481.11, 50.08))
        self.assertEqual(bill.invoice_line_ids.mapped("quantity"), [20.12, 1])
        self.assertEqual(bill.invoice_line_ids.mapped("name"), ["Magna", "Magna (without taxes)"])
        self.assertEqual(self.base(bill, 16), (313.03, 50.08))
        text = "Magna: $&nbsp;313.03 (16%) + $&nbsp;118.00 (without taxes)"
        self.assertIn(f"on a part of the line only: {text}", self.chatter_text(bill))

    def test_two_rates_on_one_line(self):
        for second in (ZERO, EXEMPT):
            with self.subTest(second):
                bill = self.fill(line("Canasta", "1", "100.00", (on(IVA16, "60.00"), on(second, "40.00"))))
                self.assertEqual(self.parts(bill), [(60.0, [16]), (40.0, [0])])

    def test_withheld_on_all_or_on_the_taxed_part(self):
        taxes = (on(IVA16, "600.00"), on(IVA_RET, "600.00"), on(ISR_RET, "1000.00"))
        bill = self.fill(line("Honorarios", "1", "1000.00", taxes))
        self.assertEqual(self.parts(bill), [(600.0, [-10.6667, -10, 16]), (400.0, [-10])])

    def test_a_part_that_has_iva_on_ieps(self):
        # 100.00 with IEPS; IVA is on 60.00 of it and on the IEPS of that part
        bill = self.fill(line("Dulces", "1", "100.00", (IEPS8, on(IVA16, "64.80"))))
        self.assertEqual(self.parts(bill), [(60.0, [8, 16]), (40.0, [8])])
        self.assertEqual(self.base(bill, 8), (100.0, 8.0))

    def test_a_discount_on_a_line_that_is_split(self):
        bill = self.fill(line("Magna", "2", "50.00", (on(IVA16, "45.00"),), discount="10.00"))
        self.assertEqual(self.parts(bill), [(45.0, [16]), (45.0, [])])

    def test_a_line_that_needs_no_split_is_told_nothing(self):
        bill = self.fill(line("Tela", "3", "33.333333", (on(IVA16, "99.999999"),), decimals=6))
        self.assertEqual(len(bill.invoice_line_ids), 1)
        self.assertNotIn("Split", self.chatter_text(bill))

    # -- by quota -------------------------------------------------------------------------------

    def test_a_quota_that_nobody_set_up(self):
        bill = self.fill(
            line("Magna", "100", "20.00", (on(QUOTA, "100"), on(IVA16, "2000.00"))),
            line("Magna", "50", "20.00", (on(QUOTA, "50"), on(IVA16, "1000.00"))),
        )
        self.assertEqual(self.parts(bill), [(2000.0, [16]), (1000.0, [16]), (88.67, [])])
        self.assertIn("IEPS 0.5911", bill.invoice_line_ids[2].name)
        self.assertIn("no purchase tax here is this one: IEPS 0.5911", self.chatter_text(bill))

    def test_iva_on_a_quota_that_nobody_set_up(self):
        bill = self.fill(line("Refresco", "100", "20.00", (on(QUOTA, "100"), IVA16)))
        self.assertEqual(self.parts(bill), [(2000.0, [16]), (59.11, [16])])
        self.assertEqual(self.base(bill, 16), (2059.11, 329.46))

    def test_a_quota_on_the_quantity_and_on_other_units(self):
        quota = self.quota_tax()
        bill = self.fill(line("Refresco", "100", "20.00", (on(QUOTA, "100"), IVA16)))
        self.assertEqual(self.parts(bill), [(2000.0, [0.5911, 16])])
        # 100 boxes of 12 litres
        bill = self.fill(line("Refresco", "100", "20.00", (on(QUOTA, "1200"), IVA16)))
        self.assertEqual(self.parts(bill), [(2000.0, [16]), (0.0, [0.5911, 16])])
        self.assertEqual(bill.invoice_line_ids[1].quantity, 1200)
        self.assertEqual(self.base(bill, 0.5911)[1], 709.32)
        # IVA is not on it, although Odoo's tax would have it so
        bill = self.fill(line("Magna", "100", "20.00", (on(QUOTA, "100"), on(IVA16, "2000.00"))))
        self.assertEqual(self.parts(bill), [(2000.0, [16]), (0.0, [0.5911])])
        # Odoo's tax is in no base, the CFDI's is: the amount of IVA is the CFDI's
        quota.include_base_amount = False
        bill = self.fill(line("Refresco", "100", "20.00", (on(QUOTA, "100"), IVA16)))
        self.assertEqual(self.base(bill, 16)[1], 329.46)

    def test_litres_with_more_decimals_than_odoo_has(self):
        self.quota_tax()
        bill = self.fill(line("Magna", "38.461538", "20.00", (on(QUOTA, "38.461538"), on(IVA16, "769.23"))))
        self.assertEqual(self.base(bill, 0.5911)[1], 22.73)

    # -- of states ------------------------------------------------------------------------------

    def test_local_taxes_that_nobody_set_up(self):
        bill = self.fill(line("Hospedaje"), lodging="3.00", works="0.50")
        self.assertEqual(self.parts(bill), [(100.0, [16]), (3.0, []), (-0.5, [])])
        self.assertEqual(bill.amount_total, 118.5)
        self.assertEqual(bill.invoice_line_ids.mapped("name")[1:], ["ISH 3 %", "5 al millar 0.5 %"])
        self.assertIn("ISH 3 %", self.chatter_text(bill))
        bill.action_post()

    def test_local_taxes_of_the_chart(self):
        values = {"type_tax_use": "purchase", "sequence": 40, "is_base_affected": False}
        ish = self.create_tax("ISH", 3, "local", **values)
        works = self.create_tax("5 al millar", -0.5, "local", **values)
        bill = self.fill(line("Hospedaje", "2", "333.33"), line("Otro"), lodging="23.00", works="3.83")
        for one in bill.invoice_line_ids:
            self.assertLess({ish.id, works.id}, set(one.tax_ids.ids))
        self.assertEqual(self.base(bill, 3)[1], 23.0)
        self.assertEqual(self.base(bill, -0.5)[1], -3.83)
        # on one of the lines only: on which one isn't written
        bill = self.fill(line("Hospedaje"), line("Otro"), lodging="3.00")
        self.assertEqual(self.parts(bill)[2], (3.0, []))
        # two taxes with that rate: nobody knows which is meant
        self.create_tax("ISH otro estado", 3, "local", **values)
        bill = self.fill(line("Hospedaje"), lodging="3.00")
        self.assertEqual(self.parts(bill)[1], (3.0, []))

    # -- whatever a supplier writes -------------------------------------------------------------

    def random_line(self, random):
        amount = random.randint(100, 90000)
        quantity = f"{random.uniform(0.01, 60):.{random.choice((0, 2, 6))}f}"
        quantity = quantity if float(quantity) else "1"
        price = f"{amount / 100 / float(quantity):.6f}"
        part = f"{amount / 100 * random.uniform(0.1, 0.9):.2f}"
        rest = f"{amount / 100 - float(part):.2f}"
        taxes = random.choice(
            [
                (on(IVA16, part),),
                (on(IVA16, part), on(EXEMPT, rest)),
                (on(IVA16, part), on(IVA_RET, part), ISR_RET),
                (on(QUOTA, quantity), on(IVA16, part)),
                (on(QUOTA, f"{random.uniform(1, 900):.3f}"), IVA16),
                (on(QUOTA, quantity), IEPS8, IVA16),
                (IEPS8, on(IVA16, part)),
                (IVA16,),
            ]
        )
        return line("Cosa", quantity, price, taxes)

    def test_random_bills(self):
        for with_tax in (False, True):
            if with_tax:
                self.quota_tax()
            for method in ("round_per_line", "round_globally"):
                self.company.tax_calculation_rounding_method = method
                for seed in range(BILLS):
                    with self.subTest(with_tax=with_tax, method=method, seed=seed):
                        self.check(Random(seed))

    def check(self, random):
        lines = [self.random_line(random) for _line in range(random.randint(1, 9))]
        lodging = random.choice((None, "7.77"))
        text = received_cfdi.cfdi(lines, folio=f"{random.random()}", fecha="2022-05-05T10:00:00", lodging=lodging)
        bill = self.upload(received_cfdi.version_33(text).encode())
        self.assertEqual(bill.currency_id.round(bill.amount_total - self.received(bill).total), 0.0)
