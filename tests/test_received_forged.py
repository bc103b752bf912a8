"""An XML that was tampered with, and the genuine one of the same UUID."""

from .received_case import ReceivedCase
from .received_cfdi import line


class TestReceivedForged(ReceivedCase):
    def forged(self, xml):
        """:return: the same with other amounts, which its seal does not fit"""
        changed = xml.replace(b'ValorUnitario="100.00"', b'ValorUnitario="900.00"')
        changed = changed.replace(b' Total="116.00"', b' Total="1044.00"')
        self.assertNotEqual(changed, xml)
        return changed

    def test_the_genuine_one_replaces_it_on_its_draft(self):
        xml = self.stamped_by_supplier()
        bill = self.upload(self.forged(xml))
        old, evidence = self.received(bill), self.received(bill).xml_attachment_id
        self.assertEqual((old.seal, old.total, len(bill.invoice_line_ids)), ("broken", 1044.0, 0))
        bill.action_l10n_mx_facture_received_sat()
        self.drop(bill, xml)
        received = self.received(bill)
        self.assertEqual((received.seal, received.total, received.xml_attachment_id.raw), ("holds", 116.0, xml))
        self.assertFalse(old.exists() or received.sat_reading or received.sat_answer_ids)
        self.assertTrue(evidence.exists())
        self.assertEqual((bill.partner_id, bill.amount_total), (self.supplier, 116.0))
        self.assertIn("Total: 1044.0 → 116.0", self.told(bill))
        self.assertIn(f"The CFDI {received.uuid} replaces the one that was here", self.told(bill))
        self.assert_no_alert(bill)

    def test_on_a_posted_bill_nothing_but_the_cfdi_changes(self):
        xml = self.stamped_by_supplier()
        bill = self.bill(100)
        self.drop(bill, xml.replace(b'Descripcion="Servicio"', b'Descripcion="Otra cosa"'))
        bill.action_post()
        self.assertEqual(self.received(bill).seal, "broken")
        self.drop(bill, xml)
        self.assertEqual((self.received(bill).seal, bill.state), ("holds", "posted"))
        self.assertEqual(bill.invoice_line_ids.mapped("name"), ["Typed"])
        self.assertIn("are the same in both", self.told(bill))

    def test_only_a_seal_that_holds_replaces_only_one_that_does_not(self):
        xml = self.stamped_by_supplier()
        forged = self.forged(xml)
        for first, second in ((xml, forged), (forged, forged.replace(b'"900.00"', b'"901.00"')), (xml, xml)):
            bill = self.upload(first)
            with self.subTest(first=self.received(bill).seal, second=len(second)):
                before = self.received(bill)
                self.drop(bill, second)
                self.assertEqual(self.received(bill), before)
                self.assertIn("has this CFDI already", self.told(bill))
                bill.unlink()

    def test_on_another_bill_the_way_out_is_told(self):
        xml = self.stamped_by_supplier()
        first, second = self.upload(self.forged(xml)), self.upload(xml)
        self.assertFalse(self.received(second))
        way = "The seal of the XML there does not hold"
        self.assertIn(way, self.told(second))
        level, text = self.alerts(second)["l10n_mx_facture_refused"]
        self.assertEqual(level, "danger")
        self.assertIn(way, text)
        first.action_l10n_mx_facture_received_release()
        self.assertFalse(self.received(first))
        self.assertEqual(self.alerts(second)["l10n_mx_facture_free"][0], "info")
        self.drop(second, xml)
        self.assertEqual((self.received(second).seal, second.amount_total), ("holds", 116.0))
        self.assert_no_alert(second)

    def test_of_a_genuine_one_no_such_way_is_told(self):
        xml = self.stamped_by_supplier()
        self.upload(xml)
        second = self.upload(xml)
        self.assertNotIn("does not hold", self.told(second) + self.alerts(second)["l10n_mx_facture_refused"][1])

    def test_taken_off_and_dropped_again_it_fills_the_draft(self):
        xml = self.stamped_by_supplier(line("Libro", "2", "50.00"))
        bill = self.upload(xml)
        bill.invoice_line_ids.unlink()
        bill.action_l10n_mx_facture_received_release()
        self.assertFalse(self.received(bill))
        self.drop(bill, xml)
        self.assertEqual((bill.invoice_line_ids.name, bill.amount_total), ("Libro", 116.0))
        self.assert_no_alert(bill)


class TestReceivedReleased(ReceivedCase):
    def person(self):
        return self.env["res.users"].create(
            {
                "name": "Released by", "login": f"released-{self.prefix}", "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
                "group_ids": [(6, 0, self.env.ref("account.group_account_invoice").ids)],
            }
        )  # fmt: skip

    def test_what_was_taken_off_is_noted(self):
        bill, person = self.upload(self.stamped_by_supplier()), self.person()
        uuid = self.received(bill).uuid
        bill.with_user(person).action_l10n_mx_facture_received_release()
        note = bill.message_ids[0]
        self.assertIn(f"The CFDI {uuid} was taken off this bill.", str(note.body))
        self.assertEqual(note.author_id, person.partner_id)

    def test_what_was_refused_is_noted(self):
        xml, person = self.stamped_by_supplier(), self.person()
        uuid = self.received(self.upload(xml)).uuid
        bill = self.upload(xml)
        bill.with_user(person).action_l10n_mx_facture_received_release()
        note = bill.message_ids[0]
        self.assertIn(f"The CFDI {uuid}, which was refused here, is not of this bill.", str(note.body))
        self.assertEqual(note.author_id, person.partner_id)
        self.assertFalse(bill.l10n_mx_facture_refused_uuid)
        self.assert_no_alert(bill)
