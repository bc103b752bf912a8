from ..support.invoice_case import InvoiceCase


class TestBuildFormulaTaxes(InvoiceCase):
    """Taxes that a formula computes (module ``account_tax_python``)."""

    requires = ("account_tax_python",)

    def test_a_formula_is_refused_with_what_to_use_instead(self):
        tax = self.create_tax("IVA by formula", 0, amount_type="code", formula="price_unit * quantity * 0.16")
        move = self.create_invoice([{"name": "Hospedaje", "price_unit": 100, "tax_ids": tax}])
        refusal = self.refusal(move)
        for part in ("Hospedaje", "IVA by formula", "formula", "Percentage or Fixed"):
            self.assertIn(part, refusal)
        _built, [problem] = self.env["l10n_mx_facture.cfdi"]._build(move)
        self.assertEqual(problem.record, tax)
