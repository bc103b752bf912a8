"""Files of SAT that are no CFDI of a bill, what SAT's own program writes, and errors: no empty draft in silence."""

from unittest.mock import patch

from psycopg2.errors import NumericValueOutOfRange, SerializationFailure

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..support.received_case import ReceivedCase

RECEIVED = "l10n_mx_facture.received"
FILL = "odoo.addons.l10n_mx_facture.models.received.fill"
CORE = "odoo.addons.account.models.account_document_import_mixin"
SAT = "http://www.sat.gob.mx"
OTHERS = {
    "withholdings": f'<r:Retenciones xmlns:r="{SAT}/esquemas/retencionpago/2" Version="2.0"/>',
    "a receipt of SAT": '<Acuse RfcEmisor="X"><Folios xmlns="http://cancelacfd.sat.gob.mx"/></Acuse>',
    "electronic accounting (Balanza)": f'<B:Balanza xmlns:B="{SAT}/esquemas/ContabilidadE/1_3/BalanzaComprobacion"/>',
    "a CFD 2.2": f'<Comprobante xmlns="{SAT}/cfd/2" version="2.2"/>',
    "a CFDI of version 3.2": f'<c:Comprobante xmlns:c="{SAT}/cfd/3" version="3.2"/>',
    "not in SAT's namespace": '<Comprobante Version="4.0" Total="1.00"/>',
    "a request to cancel": '<Cancelacion xmlns="http://cancelacfd.sat.gob.mx"/>',
    "a stamp alone": f'<t:TimbreFiscalDigital xmlns:t="{SAT}/TimbreFiscalDigital" Version="1.1"/>',
    "an XML with the root Order": "<Order/>",
    "ends too early": f'<r:Retenciones xmlns:r="{SAT}/esquemas/retencionpago/2">',
    "not written by the rules of XML": "<a><b></a>",
    "does not start with": "Internal Server Error",
}


class TestReceivedOtherFiles(ReceivedCase):
    def assert_told(self, move, *words):
        """On top of the form, in the list and in the chatter."""
        self.assertFalse(self.received(move) or move.invoice_line_ids)
        ((level, text),) = self.alerts(move).values()
        self.assertEqual(level, "danger")
        self.assertIn("If you don't need this draft, delete it", text)
        for word in words:
            for where in (text, move.l10n_mx_facture_hint, self.chatter_text(move).replace("&#39;", "'")):
                self.assertIn(word, where)

    def test_what_sat_s_own_program_writes(self):
        xml = self.stamped_by_supplier()
        location = b'xmlns:schemaLocation="http://www.sat.gob.mx/cfd/4 http://www.sat.gob.mx/cfdv40.xsd" '
        end = b"</cfdi:Comprobante>"
        addenda = b"<cfdi:Addenda><own:a own:b='1'/></cfdi:Addenda>"
        for old, new in ((b"xmlns:cfdi=", location + b"xmlns:cfdi="), (end, addenda + end)):
            with self.subTest(new):
                odd = xml.replace(old, new, 1)
                bill = self.upload(odd)
                received = self.received(bill)
                self.assertEqual((bill.amount_total, received.xml_attachment_id.raw), (116.0, odd))
                self.assertEqual(received.seal, "holds")
                self.assert_no_alert(bill)
                bill.action_l10n_mx_facture_received_sat()
                self.assertEqual(received.sat_reading, "live")
                self.assertEqual(received._integrity_problems(), [])
                bill.unlink()

    def test_other_documents_say_what_they_are(self):
        for word, text in OTHERS.items():
            for name, move in (("upload", self.upload), ("sold", self.upload_sold)):
                with self.subTest(word, way=name):
                    self.assert_told(move(text.encode()), word)

    def upload_sold(self, xml):
        attachment = self.env["ir.attachment"].create({"name": "factura.xml", "raw": xml})
        journal = self.journal.with_context(default_move_type="out_invoice")
        return journal._create_document_from_attachment(attachment.ids)

    def test_by_mail_and_on_an_empty_draft(self):
        self.company.partner_id.lang = "en_US"
        acuse = OTHERS["a receipt of SAT"].encode()
        for kind in ("text/xml", "text/plain", "application/octet-stream"):
            with self.subTest(kind):
                self.assert_told(self.mail(("acuse.xml", kind, acuse)), "a receipt of SAT")
        bill = self.bill()
        self.drop(bill, acuse)
        self.assert_told(bill, "a receipt of SAT")
        self.drop(bill, self.stamped_by_supplier())
        self.assert_no_alert(bill)

    def test_beside_a_cfdi_it_is_an_ordinary_file(self):
        acuse = OTHERS["a receipt of SAT"].encode()
        bill = self.mail(("acuse.xml", "text/xml", acuse), ("a.xml", "text/xml", self.stamped_by_supplier()))
        self.assertEqual(len(bill), 1)
        self.assertEqual(bill.amount_total, 116.0)
        for other in (bill, self.bill(100)):
            before = len(other.message_ids)
            self.drop(other, acuse)
            self.assertEqual(len(other.message_ids), before + 1)

    def test_of_a_company_elsewhere_it_is_none_of_ours(self):
        self.company.account_fiscal_country_id = self.env.ref("base.us")
        bill = self.upload(b"<Order/>")
        self.assertFalse(bill.l10n_mx_facture_hint or "Order" in self.chatter_text(bill))

    # -- errors while filling -------------------------------------------------------------------

    def failing(self, error, name="_line_values"):
        """:return: context in which a step of the import raises this error"""
        return patch.object(self.env.registry[RECEIVED], name, side_effect=error)

    def test_an_error_keeps_the_cfdi_and_is_told(self):
        for error, word in (
            (UserError("Choose an account."), "Choose an account."),
            (KeyError("x"), "KeyError"),
            (NumericValueOutOfRange("too large"), "NumericValueOutOfRange"),
        ):
            with self.subTest(word):
                with self.failing(error), mute_logger(FILL):
                    bill = self.upload(self.stamped_by_supplier())
                self.assertTrue(self.received(bill))
                self.assertFalse(bill.invoice_line_ids or bill.partner_id)
                self.assertIn(word, next(iter(self.alerts(bill).values()))[1])
                for where in (bill.l10n_mx_facture_hint, self.chatter_text(bill)):
                    self.assertIn(word, where)
                bill.action_l10n_mx_facture_received_fill()
                self.assertEqual(bill.amount_total, 116.0)
                self.assert_no_alert(bill)
                bill.invoice_line_ids.unlink()
                self.assertNotIn(word, bill.l10n_mx_facture_hint)

    def test_an_error_in_the_import_itself_is_told_too(self):
        with self.failing(ValueError("odd"), "_vals"), mute_logger(CORE):
            bill = self.upload(self.stamped_by_supplier())
        self.assertIn("an error occurred", bill.l10n_mx_facture_hint)
        self.assertIn("odd", self.chatter_text(bill))
        self.drop(bill, self.stamped_by_supplier())
        self.assert_no_alert(bill)

    def test_a_conflict_is_left_to_odoo(self):
        bill = self.upload(self.stamped_by_supplier())
        bill.invoice_line_ids.unlink()
        with self.failing(SerializationFailure("conflict")), self.assertRaises(SerializationFailure):
            self.received(bill)._fill_or_tell(may_create=False)
