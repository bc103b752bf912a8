"""Which purchase taxes are taken for the taxes of the CFDI; its rate, and its total."""

from random import Random

from odoo.tests import Form

from ..support import received_cfdi
from ..support.received_case import ReceivedCase
from ..support.received_cfdi import EXEMPT, IEPS8, ISR_RET, IVA16, IVA_RET, line

TAXES = ((IVA16,), (IVA16, IVA_RET, ISR_RET), (IEPS8, IVA16), (EXEMPT,), ())
BILLS = 8


class TestReceivedTaxes(ReceivedCase):
    """One of several taxes is chosen, and the bill says which others would fit."""

    def taxes(self, *names):
        """:return: the purchase taxes of the chart, in the order of the names"""
        found = self.env["account.tax"].search(
            [("type_tax_use", "=", "purchase"), ("name", "in", names), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(len(found), len(names))
        return found.sorted(lambda tax: names.index(tax.name))

    def notes(self, bill):
        """:return: list of the sentences on a choice between taxes"""
        return [text for text in self.chatter_text(bill).split("<li>") if "would also fit" in text]

    def test_what_is_chosen_by_its_place_alone_is_told(self):
        first, second = self.taxes("10% WH L I", "10% WH I S")
        for taken, other in ((first, second), (second, first)):
            taken.sequence, other.sequence = 1, 2
            bill = self.upload(self.stamped_by_supplier(line("Uno", taxes=(ISR_RET,)), line("Dos", taxes=(ISR_RET,))))
            with self.subTest(taken=taken.name):
                self.assertEqual(bill.invoice_line_ids.tax_ids, taken)
                (note,) = self.notes(bill)
                text = f"ISR -10 %: the tax “{taken.display_name}” was used. “{other.display_name}” would also fit"
                self.assertIn(text, note)

    def test_withheld_ones_too(self):
        bill = self.upload(self.stamped_by_supplier(line("Honorarios", "1", "1000.00", (IVA16, ISR_RET, IVA_RET))))
        self.assertEqual([note.partition(":")[0] for note in self.notes(bill)], ["ISR -10 %", "IVA -10.6667 %"])
        self.assertEqual(bill.amount_total, self.received(bill).total)

    def test_the_company_s_default_is_a_choice_already(self):
        default = self.company.account_purchase_tax_id
        same = self.env["account.tax"].search(
            [("type_tax_use", "=", "purchase"), ("amount", "=", default.amount), ("id", "!=", default.id),
             ("company_id", "=", self.company.id)]
        )  # fmt: skip
        self.assertTrue(same)
        bill = self.upload(self.stamped_by_supplier(line(), line("Libro", taxes=(EXEMPT,))))
        self.assertEqual(bill.invoice_line_ids[0].tax_ids, default)
        self.assertEqual(self.notes(bill), [])

    def test_the_nearest_rate_is_no_guess(self):
        near, far = self.taxes("10.67% WH", "10.67% WH L")
        far.amount = -10.67
        bill = self.upload(self.stamped_by_supplier(line("Flete", taxes=(IVA16, IVA_RET))))
        self.assertIn(near, bill.invoice_line_ids.tax_ids)
        self.assertEqual(self.notes(bill), [])


class TestReceivedRate(ReceivedCase):
    def test_the_rate_is_shown_where_the_currency_is_not_ours(self):
        self.env.ref("base.USD").active = True
        for values, shown in (({}, False), ({"moneda": "MXN", "rate": "1"}, False),
                              ({"moneda": "USD", "rate": "18.123400"}, True)):  # fmt: skip
            with self.subTest(values):
                received = self.received(self.upload(self.stamped_by_supplier(**values)))
                form = Form(received)
                self.assertEqual(not form._get_modifier("tipo_cambio", "invisible"), shown)
        self.assertEqual(received.tipo_cambio, 18.1234)


class TestReceivedCents(ReceivedCase):
    """Whatever a supplier writes, the bill has the total of the CFDI to the cent."""

    def random_line(self, random, decimals):
        """A line of up to six decimals, some with a discount."""
        quantity = f"{random.choice((random.randint(1, 20), round(random.uniform(0.001, 40), 6)))}"
        price = f"{random.uniform(1, 900):.{random.choice((2, 4, 6))}f}"
        discount = random.random() < 0.4 and f"{float(quantity) * float(price) * random.uniform(0, 0.6):.{decimals}f}"
        return line("Cosa", quantity, price, random.choice(TAXES), discount=discount or None, decimals=decimals)

    def test_random_bills(self):
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            for decimals in (2, 6):
                for seed in range(BILLS):
                    with self.subTest(method=method, decimals=decimals, seed=seed):
                        self.check(Random(seed), decimals)

    def check(self, random, decimals):
        lines = [self.random_line(random, decimals) for _line in range(random.randint(1, 9))]
        text = received_cfdi.cfdi(lines, folio=f"{random.random()}", fecha="2022-05-05T10:00:00")
        bill = self.upload(received_cfdi.version_33(text).encode())
        received = self.received(bill)
        self.assertEqual((received.version, received.seal), ("3.3", "unverified"))
        self.assertEqual(len(bill.invoice_line_ids), len(lines))
        self.assertEqual(bill.currency_id.round(bill.amount_total - received.total), 0.0)
        # nobody verifies a seal of 3.3 any more
        self.assertEqual(len(self.alerts(bill)), 1)
        self.assertIn("can't be verified", self.alerts(bill)["l10n_mx_facture_received_0"][1])
