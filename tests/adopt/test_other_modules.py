from ..support.adopt_case import AdoptCase
from ..support.received_cfdi import version_33


class TestOtherModules(AdoptCase):
    """Files as other modules leave them, by their public documentation and by what their users publish."""

    def split(self, move):
        """:return: (letters and digits of the series, folio with its zeros), as OCA's l10n_mx_cfdi writes them"""
        return "".join(filter(str.isalnum, move.sequence_prefix)), move.name[len(move.sequence_prefix):]

    def test_enterprise_leaves_an_attachment_on_the_invoice(self):
        move = self.create_invoice()
        name = f"{move.journal_id.code}-{move.name}-MX-Invoice-4.0.xml".replace("/", "")
        xml = self.foreign(move, Serie=move.sequence_prefix, Folio=str(move.sequence_number))
        file = self.hang(move, xml, name=name, description="Mexican invoice CFDI")
        self.refusal(move, "action_l10n_mx_facture_stamp")
        self.adopt(move)
        document = move.l10n_mx_facture_document_id
        self.assertEqual((document.state, document.adopted_file), ("stamped", name))
        self.assertEqual(document.xml_attachment_id, file)

    def oca_file(self, move, **attributes):
        """OCA's field of files hangs on a model of its own, which is gone after the module was removed."""
        serie, folio = self.split(move)
        xml = self.foreign(move, Serie=serie, Folio=folio, **attributes)
        vals = {"res_model": "l10n_mx_cfdi.document", "res_id": 7, "res_field": "xml_file"}
        return self.hang(move, xml, name="xml_file", **vals)

    def test_oca_keeps_it_in_a_field_of_its_own_model(self):
        move, other = self.create_invoice([{"price_unit": 61.0}]), self.create_invoice([{"price_unit": 61.0}])
        file = self.oca_file(move)
        self.refusal(move, "action_l10n_mx_facture_stamp")
        self.assertFalse(other._l10n_mx_facture_elsewhere(), "it is of another invoice")
        wizard = self.env["l10n_mx_facture.adopt"].create({})
        self.press(wizard, "action_find")
        line = wizard.line_ids.filtered(lambda line: line.move_id == move)
        self.assertEqual((line.name, line.chosen), ("xml_file", True))
        (wizard.line_ids - line).chosen = False
        self.press(wizard, "action_adopt")
        document = move.l10n_mx_facture_document_id
        self.assertEqual(document.state, "stamped")
        self.assertNotEqual(document.xml_attachment_id, file, "a copy: the field's owner may delete its file")
        self.assertEqual(document.xml_attachment_id.res_id, move.id)

    def test_one_invoice_finds_its_own_among_oca_s_files(self):
        move, other = self.create_invoice([{"price_unit": 62.0}]), self.create_invoice([{"price_unit": 63.0}])
        self.oca_file(other)
        self.oca_file(move)
        wizard = self.adopt_wizard(move)
        self.assertEqual(wizard.line_ids.filtered("chosen").number, " ".join(self.split(move)))

    def test_a_cfdi_3_3_is_adopted_without_its_seal(self):
        move = self.create_invoice()
        xml = version_33(self.env["l10n_mx_facture.cfdi"]._build(move)[0].payload.decode())
        xml = xml.replace(' SelloCFD="c2VsbG8="', ' FechaTimbrado="2021-05-04T12:00:00" SelloCFD="c2VsbG8="')
        self.hang(move, xml.encode())
        self.adopt(move)
        document = move.l10n_mx_facture_document_id
        self.assertEqual((document.state, document.date_stamped), ("stamped", "2021-05-04 12:00:00"))
        self.assertEqual(document._integrity_problems(), [])

    def test_a_payment_receipt_is_no_invoice(self):
        move = self.create_invoice()
        xml = self.foreign(move).replace(b'TipoDeComprobante="I"', b'TipoDeComprobante="P"')
        self.hang(move, xml)
        wizard = self.adopt_wizard(move)
        self.assertTrue(wizard.line_ids.refused)
        self.assertIn("type P", wizard.line_ids.text)
