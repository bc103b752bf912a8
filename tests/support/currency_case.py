"""Invoices and payments in pesos, dollars, euros and yen, on days on which these are worth different amounts."""

from datetime import timedelta
from decimal import Decimal

from odoo import Command

from .payment_case import PaymentCase
from .read_cfdi import ReadCfdi
from .read_pagos import ReadPagos


class CurrencyCase(PaymentCase):
    """Invoiced yesterday, when a dollar was worth 17.50 and a euro 20; paid today, when they are worth 18 and 21."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mxn = cls.env.ref("base.MXN")
        cls.paid = cls.today_of(cls.journal)
        cls.issued = cls.paid - timedelta(days=1)
        cls.usd, cls.eur, cls.jpy = (
            cls.worth_on(code, {cls.issued: before, cls.paid: after})
            for code, before, after in (("USD", 17.5, 18), ("EUR", 20, 21), ("JPY", 0.12, 0.125))
        )
        # without it the dialog can't mark as paid
        cls.bank.inbound_payment_method_line_ids.payment_account_id = cls.env["account.account"].create(
            {
                "name": "Cobros por conciliar",
                "code": "102.99.01",
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [Command.set(cls.company.ids)],
            }
        )

    @classmethod
    def worth_on(cls, code, pesos):
        """:param pesos: dict from a date to what the currency is worth from then on
        :return: the currency
        """
        currency = cls.env.ref(f"base.{code}")
        currency.active = True
        currency.rate_ids.unlink()
        cls.env["res.currency.rate"].create(
            [
                {"currency_id": currency.id, "company_id": cls.company.id, "name": day, "inverse_company_rate": worth}
                for day, worth in pesos.items()
            ]
        )
        return currency

    # -- steps ------------------------------------------------------------------------------------

    def invoice(self, currency=None, price=100.0, lines=None, **values):
        """:return: a stamped PPD invoice of yesterday, of price and 16 %"""
        values = {"invoice_date": self.issued, "currency_id": (currency or self.mxn).id, **values}
        return self.ppd_invoice(lines=lines or [{"price_unit": price}], **values)

    def pay_in(self, moves, currency, amount=None, **values):
        """:return: the payment that Odoo's dialog makes today"""
        return self.pay(moves, amount, currency_id=currency.id, **{"payment_date": self.paid, **values})

    def deposit(self, amount, *moves):
        """:return: a payment in pesos that was made before anybody knew for which invoices, reconciled with these"""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "journal_id": self.bank.id,
                "date": self.paid,
                "amount": amount,
                "currency_id": self.mxn.id,
            }
        )
        payment.action_post()
        lines = payment.move_id.line_ids.union(*(move.line_ids for move in moves))
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        return payment

    def credit(self, move, price):
        """:return: a stamped credit note of price and 16 % of an invoice, reconciled with it"""
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
        action = wizard.create({"journal_id": move.journal_id.id, "date": self.paid}).refund_moves()
        note = self.env["account.move"].browse(action["res_id"])
        note.write({"name": f"{self.prefix}/{next(self.numbers):05d}", "invoice_line_ids": [
            Command.update(note.invoice_line_ids[:1].id, {"price_unit": price}),
            *(Command.delete(line.id) for line in note.invoice_line_ids[1:]),
        ]})  # fmt: skip
        note.action_post()
        if not note.line_ids.matched_debit_ids:
            lines = (note + move).line_ids
            lines.filtered(lambda one: one.account_type == "asset_receivable" and not one.reconciled).reconcile()
        self.stamp(note)
        self.assertEqual(note.l10n_mx_facture_state, "stamped", note.l10n_mx_facture_message)
        return note

    def read_receipt(self, payment):
        """Stamp what is due of a payment.

        :return: :class:`ReadPagos` of its receipt
        """
        (rep,) = self.stamp_payment(payment)
        return ReadPagos(rep.document_id.xml_attachment_id.raw)

    # -- what is compared -------------------------------------------------------------------------

    def assert_settled(self, invoice, *receipts, left="0.00", notes=()):
        """The receipts of an invoice are a chain; paid whole, their taxes are those of the invoice, to the cent."""
        uuid = invoice.l10n_mx_facture_uuid
        about = self.sandbox.payments(uuid)
        self.assertEqual(about["violations"], [])
        self.assertEqual([one["installment"] for one in about["installments"]], list(range(1, len(receipts) + 1)))
        self.assertEqual(Decimal(about["installments"][-1]["after"]), Decimal(left))
        if Decimal(left):
            return
        expected = self._taxes_of(invoice)
        for note in notes:
            for key, (base, tax) in self._taxes_of(note).items():
                expected[key] = (expected[key][0] - base, expected[key][1] - tax)
        printed = {}
        for read in receipts:
            for key, (base, tax) in read.sums_of(uuid).items():
                before = printed.get(key, (0, 0))
                printed[key] = (before[0] + base, before[1] + tax)
        self.assertEqual(printed, expected)

    def _taxes_of(self, move):
        """:return: dict as that of :meth:`ReadPagos.sums_of`, of the lines of a stamped invoice"""
        read, found = ReadCfdi(move.l10n_mx_facture_xml_attachment_id.raw), {}
        for name in ("Traslado", "Retencion"):
            rows = read.rows(f"//cfdi:Concepto//cfdi:{name}", "Impuesto", "TasaOCuota", "Base", "Importe")
            for impuesto, rate, base, tax in rows:
                before = found.get((f"{name}DR", impuesto, rate), (0, 0))
                found[f"{name}DR", impuesto, rate] = (before[0] + Decimal(base), before[1] + Decimal(tax or 0))
        cents = Decimal(1).scaleb(-move.currency_id.decimal_places)
        return {key: tuple(value.quantize(cents, "ROUND_HALF_UP") for value in both) for key, both in found.items()}
