"""Whatever a supplier writes, the bill has the total of the CFDI to the cent."""

from random import Random

from ..support import received_cfdi
from ..support.received_case import ReceivedCase
from ..support.received_cfdi import EXEMPT, IEPS8, ISR_RET, IVA16, IVA_RET, line

TAXES = ((IVA16,), (IVA16, IVA_RET, ISR_RET), (IEPS8, IVA16), (EXEMPT,), ())
BILLS = 8


class TestReceivedCents(ReceivedCase):
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
