"""Payments of PPD invoices and their receipts."""

from datetime import timedelta

from odoo.addons.l10n_mx_facture.cfdi.read import read_cfdi

from .stamp_case import StampCase


class PaymentCase(StampCase):
    """The receipts of a test have a series of their own, as its invoices have."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.sequence"].create(
            {
                "name": "REP",
                "code": "l10n_mx_facture.rep",
                "company_id": cls.company.id,
                "prefix": f"{cls.prefix}R-",
                "padding": 5,
            }
        )
        banks = [("company_id", "=", cls.company.id), ("type", "=", "bank")]
        cls.bank = cls.env["account.journal"].search(banks, limit=1)
        cls.transfer = cls.sat("c_forma_pago", "03")
        cls.bank.l10n_mx_facture_payment_form_id = cls.transfer

    def ppd_invoice(self, **values):
        """:return: a stamped invoice of 116 on credit, due after its month"""
        today = self.today_of(self.journal)
        return self.stamped_invoice(
            invoice_date_due=today + timedelta(days=40), l10n_mx_facture_payment_policy="PPD", **values
        )

    def pay(self, moves, amount=None, **values):
        """Register a payment with Odoo's dialog.

        :return: the account.payment
        """
        if amount is not None:
            values["amount"] = amount
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        ).create({"journal_id": self.bank.id, "group_payment": len(moves) > 1, **values})
        return wizard._create_payments()

    def pay_by_statement(self, moves, amount):
        """Pay by a line of the bank's statement, which has no account.payment.

        :return: the line's entry
        """
        receivable = moves.line_ids.filtered(lambda one: one.account_type == "asset_receivable")
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "payment_ref": "SPEI",
                "amount": amount,
                "date": self.today_of(self.journal),
                "partner_id": moves.partner_id.id,
                "counterpart_account_id": receivable.account_id.id,
            }
        )
        paying = line.move_id.line_ids.filtered(lambda one: one.account_type == "asset_receivable")
        (paying + receivable).reconcile()
        return line.move_id

    def receipts_due(self, records):
        """:return: rows of what is due of payments, entries or invoices"""
        names = {"account.payment": ["payment_id"], "account.move": ["entry_id", "move_id"]}[records._name]
        Due = self.env["l10n_mx_facture.rep.due"]
        return Due.union(*(Due.search([(name, "in", records.ids)]) for name in names))

    def stamp_payment(self, payments, **kwargs):
        """:return: the receipts"""
        action = self.press(payments, "action_l10n_mx_facture_stamp", **kwargs)
        reps = self.env["l10n_mx_facture.rep"].search([("payment_ids", "in", payments.ids)], order="id")
        self.assertEqual(set(reps.mapped("state")), {"stamped"}, action)
        return reps

    def pagos_of(self, rep):
        """:return: the Pagos of the stamped XML"""
        return read_cfdi(rep.document_id.xml_attachment_id.raw).comprobante.pagos
