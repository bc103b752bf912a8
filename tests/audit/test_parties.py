"""The invoice names another RFC than its CFDI; a bill is posted without the CFDI that was removed from it."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..support.discrepancy_case import DiscrepancyMixin
from ..support.received_case import ReceivedCase
from ..support.received_cfdi import line
from ..support.sat_case import SatCase


class TestDiscrepancyParties(DiscrepancyMixin, SatCase):
    def merge(self, source, target):
        """As Odoo's wizard does, which writes the foreign keys by SQL."""
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge((source | target).ids, target)
        self.env.invalidate_all()

    def test_a_contact_that_was_merged_with_another(self):
        customer = self.customer.copy({"name": "Duplicate", "vat": self.customer.vat})
        other = self.customer.copy({"name": "Somebody else", "vat": "XIA190128J61"})
        move = self.stamped_invoice(partner_id=customer.id)
        document = self.document(move)
        self.night()
        self.assertFalse(document.divergence_ids)
        self.merge(customer, other)
        self.assertEqual(move.partner_id, other)
        self.night()
        divergence = self.found(document, "parties")
        self.assertEqual(document.divergence_ids, divergence)
        for word in (document.rfc_receptor, "XIA190128J61", "Somebody else", "merged"):
            self.assertIn(word, divergence.text)
        self.assertEqual(divergence.remedy, "open")
        self.assertIn(divergence.text, [alert["message"] for alert in move._get_alerts().values()])
        other.vat = document.rfc_receptor
        self.press(divergence, "action_check_again")
        self.assertEqual(divergence.state, "solved")

    def test_how_a_tax_id_is_written_is_no_difference(self):
        move = self.stamped_invoice()
        document = self.document(move)
        rfc = document.rfc_receptor
        for vat in (f"MX{rfc}", f"{rfc[:4]}-{rfc[4:10]}-{rfc[10:]}", rfc.lower()):
            with self.subTest(vat):
                self.sql("UPDATE res_partner SET vat = %s WHERE id = %s", vat, self.customer.id)
                self.night()
                self.assertFalse(document.divergence_ids)
        self.sql("UPDATE res_partner SET vat = NULL WHERE id = %s", self.customer.id)
        self.night()
        self.assertTrue(self.found(document, "parties"))

    def test_a_generic_rfc_names_nobody(self):
        self.customer.write({"vat": "XAXX010101000", "name": "PUBLICO EN GENERAL"})
        move = self.create_invoice()
        self.stamp(move)
        document = self.document(move)
        if document.state != "stamped":
            self.skipTest(document.message_text or "refused")
        self.sql("UPDATE res_partner SET vat = 'XIA190128J61' WHERE id = %s", self.customer.id)
        self.night()
        self.assertFalse(self.found(document, "parties"))


class TestDiscrepancyPartiesReceived(DiscrepancyMixin, ReceivedCase):
    def test_a_vendor_that_was_merged_with_another(self):
        bill = self.upload(self.stamped_by_supplier())
        bill.action_post()
        received = self.received(bill)
        self.night()
        self.assertFalse(received.divergence_ids)
        self.sql("UPDATE res_partner SET vat = 'XIA190128J61' WHERE id = %s", self.supplier.id)
        self.night()
        divergence = self.found(received, "parties")
        self.assertEqual(received.divergence_ids, divergence)
        self.assertIn("XIA190128J61", divergence.text)
        self.sql("UPDATE res_partner SET vat = %s WHERE id = %s", received.rfc_emisor, self.supplier.id)
        self.night()
        self.assertEqual(divergence.state, "solved")

    def removed_rows(self, bill):
        return bill.l10n_mx_facture_divergence_ids.filtered(lambda one: one.kind == "removed")

    def test_removed_and_posted_with_its_amounts(self):
        xml = self.stamped_by_supplier()
        bill, second = self.upload(xml), self.upload(self.stamped_by_supplier(line("Otro", "1", "7.00")))
        uuid = self.received(bill).uuid
        for one in (bill, second):
            one.action_l10n_mx_facture_received_release()
            self.assertFalse(self.removed_rows(one))
            one.action_post()
        row = self.removed_rows(bill)
        self.assertEqual((len(row), len(self.removed_rows(second))), (1, 1))
        self.assertEqual((row.uuid, row.remedy), (uuid, "dismiss"))
        self.assertIn(uuid, row.text)
        self.assertNotIn("booked twice", row.text)
        self.assertIn(row.text, [alert["message"] for alert in bill._get_alerts().values()])
        # on another bill now
        third = self.upload(xml)
        self.night()
        self.assertIn(third.display_name, self.removed_rows(bill).text)
        third.button_cancel()
        # dropped here again
        self.drop(bill, xml)
        self.assertEqual(row.state, "solved")
        self.assertFalse(self.removed_rows(bill))

    def test_a_person_states_that_it_needs_none(self):
        bill = self.upload(self.stamped_by_supplier())
        bill.action_l10n_mx_facture_received_release()
        bill.action_post()
        row = self.removed_rows(bill)
        reader = new_test_user(
            self.env, "removed_reader", "base.group_user,account.group_account_readonly",
            company_id=self.company.id, company_ids=[(6, 0, self.company.ids)],
        )  # fmt: skip
        with self.assertRaises(AccessError):
            row.with_user(reader).action_fix()
        row.action_fix()
        self.assertEqual(row.state, "solved")
        self.assertIn("needs no CFDI", self.chatter_text(bill))
        self.night()
        self.assertFalse(self.removed_rows(bill))

    def test_one_that_was_of_another_bill_leaves_nothing(self):
        wrong = self.bill(5, ref="wrong")
        self.drop(wrong, self.stamped_by_supplier())
        wrong.action_l10n_mx_facture_received_release()
        wrong.action_post()
        self.assertFalse(wrong.l10n_mx_facture_removed_uuid or self.removed_rows(wrong))

    def test_reset_or_cancelled_it_is_none(self):
        bill = self.upload(self.stamped_by_supplier())
        bill.action_l10n_mx_facture_received_release()
        bill.action_post()
        row = self.removed_rows(bill)
        bill.button_draft()
        self.assertEqual(row.state, "solved")
        bill.action_post()
        self.assertTrue(self.removed_rows(bill))
        bill.button_draft()
        bill.button_cancel()
        self.assertFalse(self.removed_rows(bill))
