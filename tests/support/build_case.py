"""From an invoice to its CFDI: stamp it at the sandbox and read the XML that comes back."""

from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from odoo import Command
from odoo.exceptions import UserError

from .common import FactureCase
from .read_cfdi import ReadCfdi


class BuildCase(FactureCase):
    """Every invoice is stamped at the sandbox, which checks it with rules of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # amounts of two decimals, unless a test says otherwise
        cls.company.tax_calculation_rounding_method = "round_per_line"

    @classmethod
    def _create_account(cls, **values):
        # a user of these tests alone: they stamp more than the others have credits for
        cls.sandbox.user(name="valores", password="valores", credits=1_000_000)
        return super()._create_account(**{"login": "valores", "secret": "valores", **values})

    @classmethod
    def branch_at(cls, zip_code):
        """:return: the synced branch with this postal code"""
        return cls.account.branch_ids.filtered(lambda branch: branch.zip == zip_code)

    @classmethod
    def journal_at(cls, zip_code):
        """:return: a sales journal whose invoices are issued at this postal code"""
        journal = cls.env["account.journal"].create(
            {
                "name": f"Sales {zip_code}",
                "code": f"V{zip_code[:4]}",
                "type": "sale",
                "company_id": cls.company.id,
            }
        )
        cls.branch_at(zip_code).journal_ids += journal
        return journal

    @classmethod
    def worth(cls, code, pesos):
        """:return: an active currency, worth this many pesos from the first of the year on"""
        currency = cls.env.ref(f"base.{code}")
        currency.active = True
        currency.rate_ids.unlink()
        cls.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": cls.company.id,
                "name": cls.today().replace(month=1, day=1),
                "inverse_company_rate": pesos,
            }
        )
        return currency

    @classmethod
    def taxpayer(cls, name, vat, regime="601", zip_code="86991", usage="G03", **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "vat": vat,
                "zip": zip_code,
                "country_id": cls.env.ref("base.mx").id,
                "l10n_mx_facture_tax_regime_id": cls.sat("c_regimen_fiscal", regime).id,
                "l10n_mx_facture_usage_id": cls.sat("c_uso_cfdi", usage).id,
                "l10n_mx_facture_payment_form_id": cls.sat("c_forma_pago", "03").id,
                **values,
            }
        )

    @staticmethod
    def local_now(zone):
        """:return: the time at a place, as a CFDI writes it: without zone and fractions"""
        return datetime.now(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0)

    def every_way(self):
        """:return: contexts that give a currency: both ways to round, each with pesos and dollars"""
        currencies = (self.env.ref("base.MXN"), self.env.ref("base.USD"))
        return [
            self.one_way(method, currency)
            for method in ("round_per_line", "round_globally")
            for currency in currencies
        ]

    @contextmanager
    def one_way(self, method, currency):
        with self.subTest(rounding=method, currency=currency.name):
            self.company.tax_calculation_rounding_method = method
            yield currency

    def stamped(self, move):
        """Stamp an invoice and compare its total with what the service has in its book.

        :return: :class:`ReadCfdi` of the stamped XML
        """
        move.action_l10n_mx_facture_stamp()
        return self.read_stamped(move)

    def read_stamped(self, move):
        self.assertEqual(move.l10n_mx_facture_state, "stamped", move.l10n_mx_facture_message)
        (row,) = self.book(move)
        xml = self.sandbox.stamped(row["uuid"])["xml"].encode()
        self.assertEqual(move.l10n_mx_facture_xml_attachment_id.raw, xml)
        read = ReadCfdi(xml)
        stamp = read.node("//tfd:TimbreFiscalDigital")
        self.assertEqual(stamp.get("UUID").upper(), move.l10n_mx_facture_uuid)
        self.assert_total(move, read)
        return read

    def assert_total(self, move, read):
        total = Decimal(str(move.currency_id.round(move.amount_total)))
        self.assertEqual(Decimal(read["Total"]), total)
        self.assertEqual(read.recomputed_total(), total)
        self.assertEqual(self.written_taxes(read), self.booked_taxes(move))

    @staticmethod
    def written_taxes(read):
        """:return: dict from (withheld, Impuesto) to the sum of its rows in the summary; none of 0"""
        sums = {}
        for withheld, rows in ((False, read.transfers()), (True, read.withholdings())):
            for impuesto, *_others, amount in rows:
                key = (withheld, impuesto)
                sums[key] = sums.get(key, 0) + Decimal(amount or "0")
        return {key: amount for key, amount in sums.items() if amount}

    @staticmethod
    def booked_taxes(move):
        """:return: the same of the journal items; local taxes are in a complement instead"""
        sums = {}
        for line in move.line_ids.filtered("tax_line_id"):
            tax = line.tax_line_id
            if tax.l10n_mx_tax_type == "local":
                continue
            withheld = tax.amount < 0
            key = (withheld, {"isr": "001", "iva": "002", "ieps": "003"}[tax.l10n_mx_tax_type])
            # one tax may have items on both sides, of lines with different accounts
            sign = move.direction_sign * (-1 if withheld else 1)
            sums[key] = sums.get(key, 0) + sign * Decimal(str(move.currency_id.round(line.amount_currency)))
        return {key: amount for key, amount in sums.items() if amount}

    def refusal(self, move):
        """:return: why the invoice is not sent; nothing arrived at the service"""
        before = len(self.calls())
        with self.assertRaises(UserError) as caught:
            move.action_l10n_mx_facture_stamp()
        self.assertEqual(len(self.calls()), before, "something was sent")
        self.assertFalse(move.l10n_mx_facture_document_ids)
        return str(caught.exception)

    def rejection(self, move):
        """:return: what the service said of an invoice that it refused"""
        move.action_l10n_mx_facture_stamp()
        self.assertEqual(move.l10n_mx_facture_state, "rejected")
        self.assertFalse(self.book(move))
        return move.l10n_mx_facture_message

    def built(self, move):
        """:return: the Comprobante that would be sent"""
        built, problems = self.env["l10n_mx_facture.cfdi"]._build(move)
        self.assertFalse([problem.text for problem in problems])
        return built.comprobante

    def group_of(self, *taxes):
        """:return: a tax of type group"""
        return self.create_tax(
            "Group",
            0,
            amount_type="group",
            children_tax_ids=[Command.set([tax.id for tax in taxes])],
        )
