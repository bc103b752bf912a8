from datetime import timedelta

from ..support.build_case import BuildCase


class TestBuildExchangeRate(BuildCase):
    """TipoCambio is a rate that somebody entered; what Odoo makes up where there is none is refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollar = cls.worth("USD", 18.5)

    def rates(self, currency, *rates, company=None):
        """Replace the rates of a currency by (days before today, pesos)."""
        currency.rate_ids.unlink()
        company = company or self.company
        for days, pesos in rates:
            self.env["res.currency.rate"].create(
                {
                    "currency_id": currency.id,
                    "company_id": company.id,
                    "name": self.today() - timedelta(days=days),
                    "inverse_company_rate": pesos,
                }
            )

    def in_dollars(self, **values):
        return self.create_invoice([{"price_unit": 100.0}], currency_id=self.dollar.id, **values)

    def problems(self, move):
        _built, problems = self.env["l10n_mx_facture.cfdi"]._build(move)
        return problems

    def warnings(self, move):
        return self.env["l10n_mx_facture.cfdi"]._rate_warnings(move)

    def alerts(self, move):
        move.invalidate_recordset(["l10n_mx_facture_rate_text"])
        return [alert for name, alert in move._get_alerts().items() if name.startswith("l10n_mx_facture_rate")]

    # -- what is refused ------------------------------------------------------------------------------

    def test_a_currency_without_rates_is_not_worth_a_peso(self):
        self.rates(self.dollar)
        move = self.in_dollars()
        self.assertEqual(move.invoice_currency_rate, 1.0)
        [problem] = self.problems(move)
        self.assertEqual(problem.record, self.dollar)
        refusal = self.refusal(move)
        for part in ("USD has no exchange rate", "Rates of the currency", "reset the invoice to draft"):
            self.assertIn(part, refusal)

    def test_the_rate_entered_afterwards_has_to_reach_the_invoice(self):
        self.rates(self.dollar)
        move = self.in_dollars()
        self.rates(self.dollar, (0, 18.5))
        self.assertIn("still has the exchange rate 1", self.refusal(move))
        move.button_draft()
        move.refresh_invoice_currency_rate()
        move.action_post()
        self.assertEqual(self.stamped(move)["TipoCambio"], "18.5")

    def test_a_rate_of_a_later_day_is_not_the_one_of_the_invoice(self):
        self.rates(self.dollar, (0, 18.5))
        move = self.in_dollars(invoice_date=self.today() - timedelta(days=1))
        self.assertAlmostEqual(1 / move.invoice_currency_rate, 18.5)
        self.assertIn("USD has no exchange rate", self.refusal(move))

    def test_rates_of_another_company_are_none(self):
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.env.ref("base.MXN").id})
        self.rates(self.dollar, (0, 18.5), company=other)
        self.assertIn("USD has no exchange rate", self.refusal(self.in_dollars()))

    def test_a_rate_of_one_that_somebody_entered_is_one(self):
        self.rates(self.dollar, (0, 1.0))
        self.assertEqual(self.stamped(self.in_dollars())["TipoCambio"], "1")

    def test_a_rate_entered_on_the_invoice_needs_no_other(self):
        self.rates(self.dollar)
        move = self.in_dollars(invoice_currency_rate=1 / 20.5)
        self.assertEqual(self.stamped(move)["TipoCambio"], "20.5")
        self.assertIn("entered on the invoice", move.l10n_mx_facture_rate_text)

    def test_pesos_need_a_rate_where_the_books_are_in_another_currency(self):
        company = self.env["res.company"].create(
            {"name": "Books in dollars", "country_id": self.env.ref("base.mx").id, "currency_id": self.dollar.id}
        )
        pesos = self.env.ref("base.MXN")
        (self.dollar + pesos).rate_ids.unlink()
        move = self.env["account.move"].new(
            {
                "move_type": "out_invoice",
                "company_id": company.id,
                "currency_id": self.dollar.id,
                "invoice_date": self.today(),
                "invoice_currency_rate": 1.0,
            }
        )
        Cfdi = self.env["l10n_mx_facture.cfdi"]
        [problem] = Cfdi._check_rates(move)
        self.assertEqual(problem.record, pesos)
        self.assertIn("MXN has no exchange rate", problem.text)
        self.env["res.currency.rate"].create(
            {"currency_id": pesos.id, "company_id": company.id, "name": self.today(), "company_rate": 18.5}
        )
        self.assertFalse(Cfdi._check_rates(move))

    # -- what is asked about ---------------------------------------------------------------------------

    def test_an_old_rate_is_told_and_stamped(self):
        for days, told in ((7, False), (8, True)):
            with self.subTest(days=days):
                self.rates(self.dollar, (days, 18.5))
                move = self.in_dollars()
                found = self.warnings(move)
                self.assertEqual([problem.record for problem in found], [self.dollar] * told)
                self.assertEqual([f"{days} days before" in problem.text for problem in found], [True] * told)
                self.assertEqual(self.stamped(move)["TipoCambio"], "18.5")

    def test_when_a_rate_is_old_the_company_says(self):
        self.rates(self.dollar, (8, 18.5))
        move = self.in_dollars()
        for days, told in ((8, 0), (3, 1), (0, 0)):
            self.company.l10n_mx_facture_rate_days = days
            self.assertEqual(len(self.warnings(move)), told)

    def test_an_old_rate_is_among_the_warnings_of_check_cfdi(self):
        self.rates(self.dollar, (30, 18.5))
        action = self.in_dollars().action_l10n_mx_facture_check()
        check = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(check.summary, "Ready to be stamped.")
        [line] = check.line_ids
        self.assertEqual(line.severity, "warning")
        self.assertEqual((line.record_model, line.record_id), ("res.currency", self.dollar.id))

    def test_a_rate_entered_upside_down_is_asked_about(self):
        self.rates(self.dollar, (0, 18.5))
        for entered, told in ((18.5, 1), (1 / 18.4, 0), (1 / 185, 1)):
            with self.subTest(entered=entered):
                found = self.warnings(self.in_dollars(invoice_currency_rate=entered))
                self.assertEqual(["right way round" in problem.text for problem in found], [True] * told)

    # -- what is shown ---------------------------------------------------------------------------------

    def test_the_rate_is_shown_before_it_is_stamped(self):
        self.rates(self.dollar, (1, 18.2345))
        move = self.in_dollars()
        day = self.today() - timedelta(days=1)
        self.assertEqual(move.l10n_mx_facture_rate_text, f"1 USD = 18.2345 MXN (rate of {day})")
        [alert] = self.alerts(move)
        self.assertEqual(alert["level"], "info")
        self.assertIn("1 USD = 18.2345 MXN", alert["message"])
        self.stamped(move)
        self.assertFalse(self.alerts(move))

    def test_an_old_rate_and_a_missing_one_are_shown_with_a_link(self):
        self.rates(self.dollar, (30, 18.5))
        told = self.alerts(self.in_dollars())
        self.assertEqual([alert["level"] for alert in told], ["info", "warning"])
        self.assertEqual(told[1]["action"]["res_id"], self.dollar.id)
        self.rates(self.dollar)
        move = self.in_dollars()
        [alert] = self.alerts(move)
        self.assertIn("USD has no exchange rate", alert["message"])
        # once it is checked it stands among the findings
        move._l10n_mx_facture_build()
        self.assertFalse(self.alerts(move))

    def test_pesos_have_no_rate_to_show(self):
        move = self.create_invoice()
        self.assertFalse(move.l10n_mx_facture_rate_text)
        self.assertFalse(self.alerts(move))

    def test_a_check_is_out_of_date_when_a_rate_comes(self):
        self.rates(self.dollar)
        move = self.in_dollars()
        move._l10n_mx_facture_build()
        kept = move.l10n_mx_facture_findings
        self.assertEqual(kept["fingerprint"], move._l10n_mx_facture_fingerprint(kept["found"]))
        self.rates(self.dollar, (0, 18.5))
        self.assertNotEqual(kept["fingerprint"], move._l10n_mx_facture_fingerprint(kept["found"]))
