"""An XML that was tampered with, and the genuine one of the same UUID."""

from odoo import fields

from ..support.received_case import ReceivedCase
from ..support.received_cfdi import line


class TestReceivedReplacement(ReceivedCase):
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
        # SAT was asked about another total: its answer is evidence, and says nothing of this one
        self.assertEqual(received, old)
        self.assertIn("tt=1044.00", received.sat_answer_ids.expression)
        self.assertFalse(received.sat_reading)
        self.assertLessEqual(received.sat_next_date, fields.Datetime.now())
        self.assertTrue(evidence.exists())
        self.assertEqual((bill.partner_id, bill.amount_total), (self.supplier, 116.0))
        self.assertIn("Total: 1044.0 → 116.0", self.chatter_text(bill))
        self.assertIn(f"The CFDI {received.uuid} replaces the one that was here", self.chatter_text(bill))
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
        self.assertIn("are the same in both", self.chatter_text(bill))

    def test_what_sat_said_and_people_were_told_stays(self):
        xml = self.stamped_by_supplier()
        bill = self.bill(100)
        self.drop(bill, xml.replace(b'Descripcion="Servicio"', b'Descripcion="Otra cosa"'))
        bill.action_post()
        self.at_sat.elsewhere(self.received(bill).uuid)
        bill.action_l10n_mx_facture_received_sat()
        answers, rows = self.received(bill).sat_answer_ids, self.received(bill).divergence_ids
        self.assertEqual((len(answers), rows.mapped("kind"), len(bill.activity_ids)), (1, ["cancelled_posted"], 1))
        self.drop(bill, xml)
        received = self.received(bill)
        self.assertEqual((received.seal, received.sat_reading), ("holds", "cancelled"))
        bill.action_l10n_mx_facture_received_sat()
        self.assertEqual((received.sat_answer_ids, received.divergence_ids), (answers, rows))
        self.assertEqual((rows.state, len(bill.activity_ids)), ("open", 1))

    def test_a_stored_file_that_was_changed_is_none_any_more(self):
        xml = self.stamped_by_supplier()
        bill = self.upload(self.forged(xml))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_received SET xml_hash = %s WHERE move_id = %s", ("0" * 64, bill.id)
        )
        self.env.invalidate_all()
        self.received(bill)._check_integrity()
        rows = self.received(bill).divergence_ids
        self.assertEqual((rows.kind, rows.state), ("tampered", "open"))
        self.drop(bill, xml)
        self.assertEqual((rows.exists(), rows.state), (rows, "solved"))

    def test_only_a_seal_that_holds_replaces_only_one_that_does_not(self):
        xml = self.stamped_by_supplier()
        forged = self.forged(xml)
        for first, second in ((xml, forged), (forged, forged.replace(b'"900.00"', b'"901.00"')), (xml, xml)):
            bill = self.upload(first)
            with self.subTest(first=self.received(bill).seal, second=len(second)):
                before = self.received(bill)
                self.drop(bill, second)
                self.assertEqual(self.received(bill), before)
                self.assertIn("has this CFDI already", self.chatter_text(bill))
                bill.unlink()

    def test_on_another_bill_the_way_out_is_told(self):
        xml = self.stamped_by_supplier()
        first, second = self.upload(self.forged(xml)), self.upload(xml)
        self.assertFalse(self.received(second))
        way = "The seal of the XML on that bill is not valid"
        self.assertIn(way, self.chatter_text(second))
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
        self.assertNotIn("is not valid", self.chatter_text(second) + self.alerts(second)["l10n_mx_facture_refused"][1])

    def test_taken_off_and_dropped_again_it_fills_the_draft(self):
        xml = self.stamped_by_supplier(line("Libro", "2", "50.00"))
        bill = self.upload(xml)
        bill.invoice_line_ids.unlink()
        bill.action_l10n_mx_facture_received_release()
        self.assertFalse(self.received(bill))
        self.drop(bill, xml)
        self.assertEqual((bill.invoice_line_ids.name, bill.amount_total), ("Libro", 116.0))
        self.assert_no_alert(bill)


class TestReceivedUnverified(ReceivedCase):
    """A CFDI with a complement whose rules are not known here: its seal can't be verified."""

    def unverified(self, xml):
        """:return: the same with other amounts, and a complement that keeps the seal from being judged"""
        odd = b'<x:Odd xmlns:x="http://www.sat.gob.mx/odd" Version="1.0"/></cfdi:Complemento>'
        changed = xml.replace(b"</cfdi:Complemento>", odd, 1)
        for old, new in ((b'"100.00"', b'"900.00"'), (b'"16.00"', b'"144.00"'), (b'"116.00"', b'"1044.00"')):
            changed = changed.replace(old, new)
        self.assertNotEqual(changed, xml)
        return changed

    def always(self):
        self.company.autopost_bills = True
        self.supplier.autopost_bills = "always"

    def ask(self, bill):
        bill.action_l10n_mx_facture_received_sat()
        self.env.invalidate_all()

    def test_what_waits_no_more_or_can_t_be_posted_stays_a_draft(self):
        self.always()
        reset, dateless = (
            self.upload(self.stamped_by_supplier(line("Servicio", "1", price))) for price in ("10.00", "20.00")
        )
        reset.action_post()
        reset.button_draft()
        dateless.invoice_date = False
        for bill in (reset, dateless):
            self.ask(bill)
            self.assertEqual((self.received(bill).sat_reading, bill.state), ("live", "draft"))
        self.assertNotIn("not posted automatically", self.chatter_text(reset))
        self.assertRegex(self.chatter_text(dateless), "not posted automatically: .*[Dd]ate")

    def test_it_is_not_posted_by_itself_and_says_so(self):
        self.always()
        bill = self.upload(self.unverified(self.stamped_by_supplier()))
        self.assertEqual((self.received(bill).seal, bill.amount_total), ("unverified", 1044.0))
        self.assertEqual(bill.state, "draft")
        self.assertIn("can't be verified here", bill.l10n_mx_facture_hint)
        self.assertIn("not posted automatically", self.chatter_text(bill))
        # SAT's answer is on parties and total, a person's on the rest
        self.at_sat.says(self.received(bill).uuid, "live")
        self.ask(bill)
        self.assertEqual(bill.state, "draft")
        self.assert_no_alert(bill)

    def test_the_genuine_one_replaces_it(self):
        xml = self.stamped_by_supplier()
        bill = self.upload(self.unverified(xml))
        self.drop(bill, xml)
        self.assertEqual((self.received(bill).seal, self.received(bill).total), ("holds", 116.0))
        self.assertIn("could not be verified", self.chatter_text(bill))

    def test_on_another_bill_the_way_out_is_told(self):
        xml = self.stamped_by_supplier()
        first, second = self.upload(self.unverified(xml)), self.upload(xml)
        self.assertEqual(self.received(first).seal, "unverified")
        way = "The seal of the XML on that bill could not be verified"
        self.assertIn(way, self.chatter_text(second))
        self.assertIn(way, self.alerts(second)["l10n_mx_facture_refused"][1])

    def test_one_that_sat_does_not_know_says_so(self):
        bill = self.upload(self.stamped_by_supplier())
        self.at_sat.says(self.received(bill).uuid, "not_yet_known")
        self.ask(bill)
        self.assertIn("SAT doesn't have", bill.l10n_mx_facture_hint)
        self.at_sat.says(self.received(bill).uuid, "live")
        self.ask(bill)
        self.assert_no_alert(bill)

    def test_autopost_waits_for_sat(self):
        self.always()
        # of the same amount Odoo takes them for duplicates
        waiting, false, by_hand = (
            self.upload(self.stamped_by_supplier(line("Servicio", "1", price))) for price in ("10.00", "20.00", "30.00")
        )
        for bill in waiting + false + by_hand:
            self.assertEqual((bill.state, self.received(bill).seal), ("draft", "holds"))
            self.assertIn("until SAT shows the CFDI as valid", self.chatter_text(bill))
        # what a person changed meanwhile differs from the CFDI
        by_hand.invoice_line_ids.price_unit = 50
        self.at_sat.says(self.received(false).uuid, "not_yet_known")
        self.due((waiting + false + by_hand).l10n_mx_facture_received_ids)
        self.round()
        self.assertEqual((waiting + false + by_hand).mapped("state"), ["posted", "draft", "draft"])
        # posted automatically only once: not again after a user resets it
        waiting.button_draft()
        self.ask(waiting)
        self.assertEqual(waiting.state, "draft")
        self.at_sat.truth()
        self.ask(false)
        self.assertEqual(false.state, "posted")


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
        self.assertIn(f"The CFDI {uuid} was removed from this bill.", str(note.body))
        self.assertEqual(note.author_id, person.partner_id)

    def test_what_was_refused_is_noted(self):
        xml, person = self.stamped_by_supplier(), self.person()
        uuid = self.received(self.upload(xml)).uuid
        bill = self.upload(xml)
        bill.with_user(person).action_l10n_mx_facture_received_release()
        note = bill.message_ids[0]
        self.assertIn(f"The CFDI {uuid}, which was refused here, was dismissed from this bill.", str(note.body))
        self.assertEqual(note.author_id, person.partner_id)
        self.assertFalse(bill.l10n_mx_facture_refused_uuid)
        self.assert_no_alert(bill)
