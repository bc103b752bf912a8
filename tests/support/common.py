"""A Mexican company, its customers, products and taxes, and an account at the sandbox."""

from contextlib import contextmanager
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from odoo import Command
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .sandbox import Sandbox, unique_prefix

CAPITAL, TIJUANA, CANCUN, HERMOSILLO = "06000", "22000", "77500", "83000"


@tagged("post_install_l10n", "post_install", "-at_install")
class FactureCase(AccountTestInvoicingCommon):
    """The invoices of a test have a series of their own, so that the sandbox's book can be asked for them.

    Stamping commits, so a test that stamps works inside :meth:`committing`.
    """

    @classmethod
    @AccountTestInvoicingCommon.setup_country("mx")
    def setUpClass(cls):
        # past core's own: nothing here uses its partners, products, taxes and users, which take two seconds a class
        super(AccountTestInvoicingCommon, cls).setUpClass()
        cls.maxDiff = None
        cls.company_data = cls.collect_company_accounting_data(cls.env.company)
        cls.sandbox = Sandbox()
        cls.sandbox.reset()
        # what is told in a person's own language is compared in English
        (cls.env.user | cls.env.ref("base.user_root")).lang = "en_US"
        cls.company = cls.company_data["company"]
        cls.company.partner_id.lang = "en_US"
        cls.company.write({"name": "Escuela Kemper Urgate, S.A. de C.V.", "vat": "EKU9003173C9"})
        cls.company.partner_id.write(
            {"zip": CAPITAL, "l10n_mx_facture_tax_regime_id": cls.sat("c_regimen_fiscal", "601").id}
        )
        cls.prefix = unique_prefix()
        cls.numbers = count(1)
        cls.journal = cls.company_data["default_journal_sale"]
        cls.account = cls._create_account()
        cls.account.action_sync_branches()
        cls.branch = cls.account.branch_ids.filtered(lambda branch: branch.zip == CAPITAL)
        cls.branch.journal_ids = cls.journal
        cls._create_taxes()
        cls._create_records()

    @classmethod
    def odoo_branch(cls, name, **values):
        """:return: a branch of Odoo (res.company with a parent), in which the user works too"""
        branch = cls.env["res.company"].create(
            {"name": name, "parent_id": cls.company.id, "country_id": cls.env.ref("base.mx").id, **values}
        )
        # Odoo gives a branch its defaults (account of the receivables, ...) when its creation is committed
        cls.env.cr.precommit.run()
        cls.env.user.company_ids += branch
        return branch

    @classmethod
    def setup_independent_company(cls, **kwargs):
        """Take the database's own company where it is a fresh Mexican one: a new chart takes seconds a class."""
        company = cls.env.ref("base.main_company")
        if company.chart_template == "mx" and not cls.env["account.move"].search_count(
            [("company_id", "=", company.id)], limit=1
        ):
            return company
        return super().setup_independent_company(**kwargs)

    @classmethod
    def collect_company_accounting_data(cls, company):
        """What of core's the tests use; core creates journals, too."""
        accounts = cls.env["account.account"].with_company(company)
        journals = cls.env["account.journal"]

        def first(model, field, value):
            domain = [*model._check_company_domain(company), (field, "=", value)]
            return model.search(domain, limit=1)

        return {
            "company": company,
            "default_account_revenue": first(accounts, "account_type", "income"),
            "default_account_expense": first(accounts, "account_type", "expense"),
            "default_account_tax_sale": company.account_sale_tax_id.invoice_repartition_line_ids.account_id,
            "default_journal_sale": first(journals, "type", "sale"),
            "default_journal_purchase": first(journals, "type", "purchase"),
        }

    def setUp(self):
        super().setUp()
        self.sandbox.reset()

    @classmethod
    def sat(cls, catalogue, code):
        """:return: the row of one of SAT's catalogues"""
        return cls.env[f"l10n_mx_catalogs.{catalogue}"].search([("code", "=", code)], limit=1)

    @classmethod
    def _create_account(cls, **values):
        return cls.env["l10n_mx_facture.account"].create(
            {
                "name": "Sandbox",
                "provider": "facture_rest",
                "base_url": cls.sandbox.url,
                "login": "demo",
                "secret": "demo",
                "timeout": 10,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def create_tax(cls, *args, **values):
        """:return: a tax for sales; see :meth:`tax_values`"""
        return cls.env["account.tax"].create(cls.tax_values(*args, **values))

    @classmethod
    def tax_values(cls, name, amount, sat_type="iva", factor="Tasa", **values):
        return {
            "name": name,
            "amount": amount,
            "type_tax_use": "sale",
            "l10n_mx_tax_type": sat_type,
            "l10n_mx_factor_type": factor,
            "company_id": cls.company.id,
            "country_id": cls.env.ref("base.mx").id,
            **values,
        }

    @classmethod
    def _create_taxes(cls):
        joins = {"sequence": 1, "include_base_amount": True}
        taxes = {
            "iva16": cls.tax_values("IVA 16", 16, sequence=10),
            "iva8": cls.tax_values("IVA 8", 8, sequence=10),
            "iva0": cls.tax_values("IVA 0", 0, sequence=10),
            "exempt": cls.tax_values("IVA exento", 0, factor="Exento", sequence=10),
            "iva_ret": cls.tax_values("IVA ret 10.6667", -10.6667, sequence=20),
            "iva_ret4": cls.tax_values("IVA ret 4", -4, sequence=20),
            "isr_ret": cls.tax_values("ISR ret 10", -10, "isr", sequence=20),
            "ieps8": cls.tax_values("IEPS 8", 8, "ieps", **joins),
            "ieps265": cls.tax_values("IEPS 26.5", 26.5, "ieps", **joins),
        }
        for name, tax in zip(taxes, cls.env["account.tax"].create(list(taxes.values())), strict=True):
            setattr(cls, name, tax)

    @classmethod
    def _create_records(cls):
        cls.unit = cls.env["uom.uom"].create(
            {
                "name": "Servicio",
                "l10n_mx_facture_unit_code_id": cls.sat("c_clave_unidad", "E48").id,
            }
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Servicio",
                "type": "service",
                "uom_id": cls.unit.id,
                "taxes_id": [Command.set(cls.iva16.ids)],
                "l10n_mx_facture_product_code_id": cls.sat("c_clave_prod_serv", "84111506").id,
            }
        )
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Universidad Robotica Española, S.A. de C.V.",
                "vat": "URE180429TM6",
                "is_company": True,
                "country_id": cls.env.ref("base.mx").id,
                "zip": "86991",
                "l10n_mx_facture_tax_regime_id": cls.sat("c_regimen_fiscal", "601").id,
                "l10n_mx_facture_usage_id": cls.sat("c_uso_cfdi", "G03").id,
                "l10n_mx_facture_payment_form_id": cls.sat("c_forma_pago", "03").id,
            }
        )

    @classmethod
    def today(cls, tz="America/Mexico_City"):
        """:return: the date at a place of issue, which is the one that SAT takes"""
        return datetime.now(ZoneInfo(tz)).date()

    @classmethod
    def today_of(cls, journal):
        """:return: the date where the journal's invoices are issued: for two hours a night it is another one there"""
        branch = journal.l10n_mx_facture_branch_ids[:1]
        return cls.today(branch.tz) if branch.tz else cls.today()

    def create_invoice(self, lines=None, post=True, **values):
        """:param lines: list of dicts for invoice lines; product and 16 % where they don't say otherwise
        :return: an invoice of today with a number in the series of this test class
        """
        return self.create_invoices([{"lines": lines, **values}], post=post)

    def create_invoices(self, several, post=True):
        """Create invoices at once: of many, that takes a quarter of the time.

        :param several: list of dicts of what :meth:`create_invoice` takes
        """
        moves = self.env["account.move"].create([self.invoice_values(**values) for values in several])
        if post:
            moves.action_post()
        return moves

    def invoice_values(self, lines=None, **values):
        lines = lines or [{"price_unit": 100.0}]
        today = self.today_of(self.env["account.journal"].browse(values.get("journal_id", self.journal.id)))
        return {
            "move_type": "out_invoice",
            "partner_id": self.customer.id,
            "journal_id": self.journal.id,
            "invoice_date": today,
            "invoice_date_due": today,
            "invoice_payment_term_id": False,
            "name": f"{self.prefix}/{next(self.numbers):05d}",
            "invoice_line_ids": [Command.create(self.line_values(**line)) for line in lines],
            **values,
        }

    def line_values(self, **values):
        values.setdefault("product_id", self.product.id)
        values.setdefault("quantity", 1.0)
        if isinstance(values.get("tax_ids"), type(self.iva16)):
            values["tax_ids"] = [Command.set(values["tax_ids"].ids)]
        return values

    @contextmanager
    def committing(self):
        """Work as a request does: in a cursor of its own that may commit. Yields the environment."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            yield self.env(cr=cr)

    def book(self, move):
        """:return: what the sandbox has stamped for an invoice"""
        folio = move.l10n_mx_facture_document_id.folio or str(move.sequence_number)
        return self.sandbox.book(serie=self.prefix, folio=folio)

    def calls(self, operation=None):
        return self.sandbox.requests(operation)
