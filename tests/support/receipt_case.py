"""Bills on credit of a supplier, our payments of them, and the receipts that the supplier sends."""

from .received_case import ReceivedCase
from .received_cfdi import paid

OTHER_COMPANY = {
    "Rfc": "IIA040805DZ4",
    "Nombre": "INDISTRIA ILUMINADORA DE ALMACENES",
    "DomicilioFiscalReceptor": "62661",
    "RegimenFiscalReceptor": "626",
}


class ReceiptCase(ReceivedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        banks = [("company_id", "=", cls.company.id), ("type", "=", "bank")]
        cls.bank = cls.env["account.journal"].search(banks, limit=1)

    def ppd_bill(self, *lines):
        """:return: a posted bill of 116 from the supplier's CFDI of MetodoPago PPD"""
        bill = self.upload(self.stamped_by_supplier(*lines, method="PPD"))
        self.assert_no_alert(bill)
        bill.action_post()
        return bill

    def pay(self, bills, amount=None, **values):
        """:return: the account.payment that Odoo's dialog makes"""
        if amount is not None:
            values["amount"] = amount
        values.setdefault("payment_date", self.today())
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bills.ids
        ).create({"journal_id": self.bank.id, "group_payment": len(bills) > 1, **values})
        return wizard._create_payments()

    def pay_by_statement(self, bills, amount):
        """:return: the entry of a line of the bank's statement that pays these bills"""
        payable = bills.line_ids.filtered(lambda one: one.account_type == "liability_payable")
        entry = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "payment_ref": "SPEI",
                "amount": -amount,
                "date": self.today(),
                "partner_id": self.supplier.id,
                "counterpart_account_id": payable.account_id.id,
            }
        ).move_id
        (entry.line_ids.filtered(lambda one: one.account_type == "liability_payable") + payable).reconcile()
        return entry

    def receipt_of(self, bill, amount="116.00", date=None, receiver=None, **values):
        """:return: bytes of the supplier's receipt of one payment of a bill"""
        docto = paid(bill.l10n_mx_facture_received_uuid, amount, **values)
        return self.receipt_of_supplier((date or self.today(), [docto]), receiver=receiver)

    def receive(self, *files, user=None):
        """Upload files on the list of receipts. :return: the action"""
        Rep = self.env["l10n_mx_facture.received.rep"].with_user(user or self.env.user).with_company(self.company)
        attachments = Rep.env["ir.attachment"].create(
            [{"name": f"rep{number}.xml", "raw": xml} for number, xml in enumerate(files)]
        )
        return Rep.create_document_from_attachment(attachments.ids)

    def upload_receipt(self, xml):
        """:return: the receipt that came of a file on its own list"""
        return self.receipts(self.receive(xml)["res_id"])

    def upload_action(self, *files):
        """Drop files on the list of bills. :return: the action"""
        attachments = self.env["ir.attachment"].create(
            [{"name": f"file{number}.xml", "raw": xml} for number, xml in enumerate(files)]
        )
        journal = self.bill_journal.with_context(default_move_type="in_invoice")
        return journal.create_document_from_attachment(attachments.ids)

    def receipts(self, *ids):
        """:return: the suppliers' receipts of our company, or those with these ids"""
        Rep = self.env["l10n_mx_facture.received.rep"]
        return Rep.browse(ids) if ids else Rep.search([("company_id", "=", self.company.id)])

    def owed(self, *bills):
        """:return: rows of what the supplier owes of these bills"""
        self.env.flush_all()
        Owed = self.env["l10n_mx_facture.received.rep.owed"]
        Owed.invalidate_model()
        return Owed.search([("move_id", "in", [bill.id for bill in bills])])

    def assert_problem(self, rep, *words):
        """What doesn't match is told with these words; without words, all matches."""
        self.env.invalidate_all()
        if not words:
            self.assertFalse(rep.problems)
        for word in words:
            self.assertIn(word, rep.problems.replace("\N{NO-BREAK SPACE}", " "))
