from datetime import date
from decimal import Decimal

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user

from odoo.addons.l10n_mx_facture.cfdi.rules import DEFAULT, tax_rates

from ..support.build_case import BuildCase

NEXT_YEAR = "2027-01-02 18:00:00"
QUOTA = 75.5


class TestTaxRate(BuildCase):
    """The dated table of tax rates: what SAT has, what only the law has, and what an administrator adds."""

    def quota(self, amount=QUOTA):
        name = f"IEPS quota {amount}, {next(self.numbers)}"
        return self.create_tax(
            name, amount, "ieps", "Cuota", amount_type="fixed", sequence=1, include_base_amount=True
        )

    def ieps(self, percent):
        return self.create_tax(f"IEPS {percent}", percent, "ieps", sequence=1, include_base_amount=True)

    def row(self, **values):
        """Add a row as an administrator does."""
        return self.env["l10n_mx_facture.tax_rate"].create(
            {
                "impuesto": "003",
                "tipo_factor": "Cuota",
                "lowest": 0,
                "highest": 80,
                "date_from": "2027-01-01",
                "date_to": "2027-12-31",
                "source": "DOF 2026-12-28",
                **values,
            }
        )

    def build(self, taxes):
        """:return: (problems, warnings) of an invoice of today with these taxes"""
        move = self.create_invoice([{"price_unit": 100, "tax_ids": taxes + self.iva16}])
        built, problems = self.env["l10n_mx_facture.cfdi"]._build(move)
        return problems, self.env["l10n_mx_facture.cfdi"]._warnings(move, built) if built else []

    def test_the_table_begins_with_the_rows_of_the_module(self):
        rates = self.env["l10n_mx_facture.tax_rate"]
        wanted = list(tax_rates.read_rows(tax_rates.FILE.read_text(encoding="utf-8")))
        self.assertCountEqual([rate._row() for rate in rates.search([])], wanted)

    def test_what_only_the_law_has_is_refused_with_just_that(self):
        for percent in (32, 100, 200):
            with self.subTest(percent=percent):
                [problem], _warnings = self.build(self.ieps(percent))
                self.assertIn("CFDI40179", problem.text)
                self.assertIn("the law has the rate", problem.text)
                self.assertIn("LIEPS", problem.text)
                self.assertEqual(problem.record._name, "l10n_mx_facture.tax_rate")
                self.assertEqual(problem.record.highest, percent / 100)

    def test_what_nobody_has_is_not_said_to_be_of_the_law(self):
        problems, _warnings = self.build(self.ieps(31))
        self.assertFalse([problem for problem in problems if "the law" in problem.text])

    def test_a_rate_that_sat_has_published_meanwhile_is_added(self):
        self.row(tipo_factor="Tasa", lowest=2, highest=2, date_from="2026-01-01", date_to=False)
        self.assertEqual(self.build(self.ieps(200))[0], [])

    def test_a_quota_of_next_year_is_not_refused_because_nobody_has_entered_it(self):
        with freeze_time(NEXT_YEAR):
            problems, [warning] = self.build(self.quota())
            self.assertEqual(problems, [])
            self.assertIn("TASA-VIGENCIA", warning.text)
            self.assertEqual(warning.record.date_to, date(2026, 12, 31))

    def test_the_table_is_extended_by_an_administrator(self):
        self.row()
        with freeze_time(NEXT_YEAR):
            self.assertEqual(self.build(self.quota()), ([], []))
            problems, _warnings = self.build(self.quota(80.5))
            self.assertIn("CFDI40179", problems[0].text)

    def test_its_end_is_told_before(self):
        for day, told in (("2026-11-10 18:00:00", False), ("2026-12-20 18:00:00", True)):
            with self.subTest(day=day), freeze_time(day):
                problems, warnings = self.build(self.quota(3))
                self.assertEqual(problems, [])
                self.assertEqual(["ends" in warning.text for warning in warnings], [True] * told)
                row = self.env.ref("l10n_mx_facture.tax_rate_ieps_quota_2026")
                row.invalidate_recordset(["ends_soon"])
                self.assertEqual(row.ends_soon, told)
        added = self.row()
        with freeze_time("2026-12-20 18:00:00"):
            row.invalidate_recordset(["ends_soon"])
            self.assertFalse(row.ends_soon)
            self.assertEqual(self.build(self.quota(3)), ([], []))
        added.unlink()
        with freeze_time("2026-12-20 18:00:00"):
            self.assertEqual(len(self.build(self.quota(3))[1]), 1)

    def test_an_archived_row_does_not_count(self):
        self.env.ref("l10n_mx_facture.tax_rate_ieps_8").active = False
        self.assertTrue(self.build(self.ieps8)[0])

    def test_without_rows_those_of_the_module_count(self):
        self.env["l10n_mx_facture.tax_rate"].search([]).active = False
        self.assertEqual(self.build(self.ieps8)[0], [])

    def test_what_a_row_can_not_be(self):
        for values in (
            {"lowest": -1},
            {"lowest": 2, "highest": 1},
            {"date_to": "2026-12-31"},
            {"transferred": False, "withheld": False},
        ):
            with self.subTest(**values), self.assertRaises(ValidationError):
                self.row(**values)

    def test_who_may_extend_it(self):
        manager = new_test_user(self.env, "manager-of-rates", "account.group_account_manager")
        accountant = new_test_user(self.env, "accountant-of-rates", "account.group_account_user")
        rates = self.env["l10n_mx_facture.tax_rate"]
        values = {"lowest": 3, "highest": 3, "date_from": "2027-01-01", "source": "DOF"}
        self.assertTrue(rates.with_user(manager).create(values))
        self.assertTrue(rates.with_user(accountant).search_count([]))
        with self.assertRaises(AccessError):
            rates.with_user(accountant).create(values)

    # -- the columns of c_ClaveProdServ ----------------------------------------------------------------

    def test_the_codes_that_need_a_tax_are_those_of_the_catalogue(self):
        needed = self.env["l10n_mx_facture.tax_rate"]._needed_taxes()
        self.assertEqual(needed, {code: DEFAULT.needed_taxes(code) for code in needed})
        self.assertEqual(needed["80111700"], ("002",))

    def test_a_code_that_needs_iva_is_refused_without_it(self):
        code = self.sat("c_clave_prod_serv", "80111700").id
        for taxes, refused in ((self.iva16, False), (self.exempt, False), (self.env["account.tax"], True)):
            with self.subTest(taxes=taxes.mapped("name")):
                line = {"price_unit": 100, "tax_ids": taxes, "l10n_mx_facture_product_code_id": code}
                _built, problems = self.env["l10n_mx_facture.cfdi"]._build(self.create_invoice([line]))
                self.assertEqual(["CFDI40164" in problem.text for problem in problems], [True] * refused)

    def test_a_code_that_the_catalogue_marks_later_counts(self):
        row = self.sat("c_clave_prod_serv", "84111506").sudo()
        row.includes_ieps = "Sí"
        self.env.registry.clear_cache()
        _built, problems = self.env["l10n_mx_facture.cfdi"]._build(self.create_invoice())
        self.assertIn("003 (IEPS)", problems[0].text)

    def test_numbers_are_exact(self):
        rate = self.env.ref("l10n_mx_facture.tax_rate_ieps_quota_2026")
        self.assertEqual(rate._row().highest, Decimal("72.1605"))
