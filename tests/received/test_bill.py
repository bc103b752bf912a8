"""Vendor bills of branches, in dollars and by mail."""

from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, fields
from odoo.tools import mute_logger

from ..support.common import CAPITAL
from ..support.received_case import SUPPLIER, US, ReceivedCase

RECEIVED = "l10n_mx_facture.received"


class TestReceivedBill(ReceivedCase):
    """When SAT is asked about them, in which language messages are, and which rate counts."""

    def spanish(self, text):
        self.assertTrue(text)
        self.assertRegex(text, "proveedor|guardado|guardada|archivo")

    def test_a_supplier_s_cfdi_waits_no_longer_than_ours(self):
        received = self.received(self.upload(self.stamped_by_supplier()))
        self.company.vat, self.customer.vat = SUPPLIER, US
        self.company.partner_id.zip = CAPITAL
        move = self.create_invoice()
        move.action_l10n_mx_facture_stamp()
        document = move.l10n_mx_facture_document_id
        self.idle()
        later = fields.Datetime.now() + timedelta(days=1)
        self.env.cr.execute("UPDATE l10n_mx_facture_received SET sat_next_date = %s", (later,))
        for first, second in ((received, document), (document, received)):
            for record, hours in ((first, 2), (second, 1)):
                date = fields.Datetime.now() - timedelta(hours=hours)
                self.env.cr.execute(
                    f"UPDATE {record._table} SET sat_next_date = %s WHERE id = %s", (date, record.id)
                )
            self.env.invalidate_all()
            with self.committing() as env:
                taken = [env["l10n_mx_facture.document"]._sat_claim() for _number in range(3)]
            self.assertEqual([one and (one._name, one.id) for one in taken],
                             [(first._name, first.id), (second._name, second.id), None])  # fmt: skip

    # -- languages --------------------------------------------------------------------------------

    def test_an_activity_is_in_the_language_of_who_does_it(self):
        bill = self.upload(self.stamped_by_supplier())
        bill.action_post()
        self.env.user.lang = "es_MX"
        self.at_sat.elsewhere(self.received(bill).uuid)
        robot = self.env(user=SUPERUSER_ID, context={**self.env.context, "lang": "en_US"})
        self.received(bill).with_env(robot)._sat_ask()
        self.spanish(bill.activity_ids.summary)

    def test_what_is_found_in_the_files_is_in_the_reader_s_language(self):
        received = self.received(self.upload(self.stamped_by_supplier()))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_attachment SET checksum = %s WHERE id = %s", ("0" * 40, received.xml_attachment_id.id)
        )
        self.env.invalidate_all()
        received._check_integrity()
        self.spanish(received.divergence_ids.with_context(lang="es_MX").text)
        self.assertIn("Stored XML", received.divergence_ids.with_context(lang="en_US").text)

    def test_what_came_by_mail_is_told_in_the_company_s_language(self):
        self.company.partner_id.lang = "es_MX"
        bill = self.mail(("a.xml", "text/xml", self.stamped_by_supplier()))
        self.assertTrue(self.received(bill))
        self.spanish(self.chatter_text(bill))

    # -- dollars ----------------------------------------------------------------------------------

    def test_the_rate_of_the_cfdi_is_that_of_the_bill(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": usd.id, "company_id": self.company.id, "name": self.today(), "rate": 1 / 17.0}
        )
        bill = self.upload(self.stamped_by_supplier(moneda="USD", rate="18.4567"))
        self.assertEqual((bill.currency_id, bill.amount_total), (usd, 116.0))
        self.assertEqual(bill.company_currency_id.round(-bill.amount_total_signed), 2140.98)
        self.assert_no_alert(bill)
        bill.action_post()
        self.assertEqual(bill.company_currency_id.round(-bill.amount_total_signed), 2140.98)
        typed = self.bill(100, currency_id=usd.id)
        self.drop(typed, self.stamped_by_supplier(moneda="USD", rate="18.4567"))
        (alert,) = self.alerts(typed).values()
        self.assertEqual(alert[0], "warning")
        self.assertIn("18.456700", alert[1])
        self.assertIn("17.000000", alert[1])


class TestReceivedBranches(ReceivedCase):
    """Branches in Odoo (res.company with a parent) without an RFC are the same taxpayer as their parent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north = cls.odoo_branch("Norte")

    def setUp(self):
        super().setUp()
        self.env = self.env(
            context={**self.env.context, "allowed_company_ids": (self.company + self.north).ids}
        )

    def test_a_branch_books_for_the_rfc_of_its_parent(self):
        bill = self.bill(100, company_id=self.north.id)
        self.drop(bill, self.stamped_by_supplier())
        self.assertEqual(bill.company_id, self.north)
        self.assertTrue(self.received(bill))
        self.assert_no_alert(bill)
        self.north.vat = "IIA040805DZ4"
        self.assertIn("not to this company (IIA040805DZ4)", str(self.alerts(bill)))

    def test_a_cfdi_is_booked_once_in_all_branches(self):
        xml = self.stamped_by_supplier()
        first, second = self.bill(100), self.bill(100, company_id=self.north.id)
        self.drop(first, xml)
        self.drop(second, xml)
        self.assertFalse(self.received(second))
        self.assertIn(f'data-oe-id="{first.id}"', self.chatter_text(second))
        first.button_cancel()
        self.drop(second, xml)
        self.assertEqual(self.received(second).uuid, self.received(first).uuid)
        # what another transaction has booked is not found, and refused by the database
        other = self.bill(100)
        read = self.received(second)
        vals = read.copy_data()[0] | {"move_id": other.id, "uuid": read.uuid}
        self.assertFalse(self.keep(other, read, vals))

    def keep(self, bill, received, vals):
        """Keep a CFDI that a search doesn't see. :return: what was kept"""
        with (
            patch.object(self.env.registry[RECEIVED], "_vals", lambda *_args: vals),
            mute_logger("odoo.sql_db"),
        ):
            return self.env[RECEIVED]._keep(bill, None, received.xml_attachment_id)
