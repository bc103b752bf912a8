"""A company that gets bills: its supplier stamps at the sandbox, whose SAT knows them."""

import base64
from itertools import count
from zoneinfo import ZoneInfo

from odoo import Command, fields

from . import received_cfdi
from .common import CAPITAL, FactureCase
from .received_cfdi import line
from .sat_case import SatMixin

US, SUPPLIER = "URE180429TM6", "EKU9003173C9"


class ReceivedCase(SatMixin, FactureCase):
    """The company of :class:`FactureCase` is the supplier here; its customer is our company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sandbox.user(name=cls.prefix.lower(), password="x", credits=1000)
        cls.account.write({"login": cls.prefix.lower(), "secret": "x"})
        cls.company.vat = US
        cls.company.partner_id.zip = "86991"
        cls.customer.vat = False
        cls.folios = count(1)
        cls.bill_journal = cls.company_data["default_journal_purchase"]
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Escuela Kemper", "vat": SUPPLIER, "is_company": True, "country_id": cls.env.ref("base.mx").id}
        )

    def stamped_by_supplier(self, *lines, **values):
        """:param lines: what :func:`~.received_cfdi.line` returns
        :return: bytes of the XML that the supplier sends
        """
        return self._stamped(received_cfdi.cfdi, list(lines) or [line()], **values)

    def receipt_of_supplier(self, *payments, **values):
        """:param payments: (date, list of what :func:`~.received_cfdi.paid` returns)
        :return: bytes of the XML of type P that the supplier sends
        """
        return self._stamped(received_cfdi.receipt, payments, **values)

    def _stamped(self, write, *args, **values):
        now = fields.Datetime.now().replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo("America/Mexico_City"))
        values.setdefault("folio", f"{self.prefix}{next(self.folios)}")
        values.setdefault("fecha", f"{now:%Y-%m-%dT%H:%M:%S}")
        text = write(*args, zip_code=CAPITAL, **values)
        return self.account._client().stamp(text.encode(), self.branch.remote_id).xml

    # -- the ways in which a file comes ---------------------------------------------------------

    def upload(self, *files):
        """Drop files on the list of bills: Odoo makes a bill of each. :return: the bills"""
        attachments = self.env["ir.attachment"].create(
            [{"name": f"factura{number}.xml", "raw": xml} for number, xml in enumerate(files)]
        )
        journal = self.bill_journal.with_context(default_move_type="in_invoice")
        return journal._create_document_from_attachment(attachments.ids)

    def drop(self, bill, xml, name="factura.xml"):
        """Post a message with the file on a bill, as the chatter does."""
        attachment = bill.env["ir.attachment"].create({"name": name, "raw": xml})
        bill.message_post(attachment_ids=attachment.ids, message_type="comment")

    def address(self):
        """:return: the address to which bills are mailed"""
        if not self.company.alias_domain_id:
            self.company.alias_domain_id = self.env["mail.alias.domain"].create({"name": "bills.example.com"})
        self.bill_journal.alias_name = f"bills-{self.prefix.lower()}"
        return self.bill_journal.alias_id.alias_full_name

    def mail(self, *files, sender="supplier@example.com"):
        """A mail to the address of the journal. :return: the bills that came of it"""
        before = self.env["account.move"].search([("journal_id", "=", self.bill_journal.id)])
        parts = "".join(
            f"--limit\nContent-Type: {kind}; name={name}\nContent-Transfer-Encoding: base64\n"
            f"Content-Disposition: attachment; filename={name}\n\n{base64.encodebytes(content).decode()}\n"
            for name, kind, content in files
        )
        self.env["mail.thread"].message_process(
            "account.move",
            f"From: {sender}\nTo: {self.address()}\nSubject: Factura\n"
            f"Message-ID: <{self.prefix}-{next(self.folios)}@example.com>\nMIME-Version: 1.0\n"
            f"Content-Type: multipart/mixed; boundary=limit\n\n--limit\nContent-Type: text/plain\n\nFactura\n{parts}"
            "--limit--\n",
        )
        return self.env["account.move"].search([("journal_id", "=", self.bill_journal.id)]) - before

    def bill(self, *prices, **values):
        """:return: a draft that somebody typed, with one line of 16 % for each price"""
        tax = self.company.account_purchase_tax_id
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "journal_id": self.bill_journal.id,
                "partner_id": self.supplier.id,
                "invoice_date": self.today(),
                "invoice_line_ids": [
                    Command.create({"name": "Typed", "price_unit": price, "tax_ids": [Command.set(tax.ids)]})
                    for price in prices
                ],
                **values,
            }
        )

    # -- what came of it ------------------------------------------------------------------------

    def received(self, bill):
        return bill.l10n_mx_facture_received_id

    def chatter_text(self, bill):
        """:return: the text of everything in the chatter"""
        return "\n".join(str(message.body) for message in bill.message_ids)

    def alerts(self, bill):
        """:return: dict from the name of an alert of ours to (level, text)"""
        bill.invalidate_recordset(["alerts"])
        return {
            name: (alert["level"], alert["message"])
            for name, alert in bill._get_alerts().items()
            if name.startswith("l10n_mx_facture")
        }

    def assert_no_alert(self, bill):
        self.assertEqual(self.alerts(bill), {})
