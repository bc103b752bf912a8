import random

from ..support.build_case import BuildCase

SEED = 20261120
INVOICES = 30  # in a selection


class TestBuildBatch(BuildCase):
    """Random invoices, stamped in bulk; the sandbox checks them, and the test recomputes what they must say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chance = random.Random(SEED)
        quota = cls.create_tax(
            "Quota", 3.0818, "ieps", "Cuota", amount_type="fixed", sequence=1, include_base_amount=True
        )
        resico = cls.create_tax("ISR ret 1.25", -1.25, "isr", sequence=20)
        iva_in = cls.iva16.copy({"name": "IVA in", "price_include_override": "tax_included"})
        ieps_in = cls.ieps8.copy({"name": "IEPS in", "price_include_override": "tax_included"})
        cls.tax_sets = [
            cls.iva16,
            cls.iva0,
            cls.exempt,
            cls.env["account.tax"],
            cls.iva16 + cls.isr_ret,
            cls.iva16 + cls.isr_ret + cls.iva_ret,
            cls.iva16 + cls.iva_ret4,
            cls.iva16 + resico,
            cls.ieps8 + cls.iva16,
            cls.ieps265 + cls.iva16,
            cls.ieps8 + cls.iva0,
            quota + cls.iva16,
            iva_in,
            ieps_in + iva_in,
        ]
        cls.currencies = [
            cls.env.ref("base.MXN"),
            cls.env.ref("base.MXN"),
            cls.worth("USD", 18.2345),
            cls.worth("EUR", 19.876543),
            cls.worth("JPY", 0.115432),
        ]

    def random_line(self, currency):
        chance = self.chance
        least = 10 if currency.name == "JPY" else 0.5
        price = chance.choice([chance.uniform(least, 30), chance.uniform(least, 5000)])
        quantity = chance.choice([1, 1, 2, 3, 7, 12, 1.5, 0.25, 33.333])
        return {
            "price_unit": round(price, chance.choice([0, 1, 2, 2, 2, 3, 4, 6])) or 1.0,
            "quantity": round(quantity, 2),
            "discount": chance.choice([0, 0, 0, 5, 10, 12.5, 33.33, round(chance.uniform(0, 99), 2), 100]),
            "tax_ids": chance.choice(self.tax_sets),
        }

    def random_invoice(self):
        """:return: dict of what create_invoice takes"""
        currency = self.chance.choice(self.currencies)
        lines = [self.random_line(currency) for _number in range(self.chance.choice([1, 2, 3, 5, 9]))]
        return {"lines": lines, "currency_id": currency.id}

    def stamp_batch(self, method):
        self.company.tax_calculation_rounding_method = method
        self.chance.seed(f"{SEED} {method}")
        moves = self.create_invoices([self.random_invoice() for _number in range(INVOICES)])
        action = moves.action_l10n_mx_facture_stamp()
        self.assertEqual(moves.mapped("l10n_mx_facture_state"), ["stamped"] * INVOICES, action["params"]["message"])
        self.assertEqual(len(self.calls("bulk")), 1)
        for move in moves:
            with self.subTest(move=move.name, currency=move.currency_id.name):
                self.read_stamped(move)

    def test_a_batch_rounded_per_line(self):
        self.stamp_batch("round_per_line")

    def test_a_batch_rounded_globally(self):
        self.stamp_batch("round_globally")
