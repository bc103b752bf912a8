"""Rounds that share their time fairly, and what vendor bills of branches, in dollars and by mail are told."""

from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, fields
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.l10n_mx_facture.models.audit import divergence
from odoo.addons.l10n_mx_facture.models.cancel.receipt import ATTEMPTS

from ..support.cancel_case import CancelCase
from ..support.common import CAPITAL
from ..support.received_case import SUPPLIER, US, ReceivedCase

RECEIVED = "l10n_mx_facture.received"


class TestSchedule(CancelCase):
    """Receipts, divergences and ordered cancellations, each at its own pace."""

    def setUp(self):
        super().setUp()
        # what is told to the company's people is compared in English
        self.company.partner_id.lang = "en_US"
        self.idle()
        self.gate = self.env["l10n_mx_facture.sat_gate"]._get()
        self.gate.write({"failures": 0, "hold_until": False})

    def run_cron(self, method, model="l10n_mx_facture.document"):
        with self.committing() as env:
            getattr(env[model].with_user(SUPERUSER_ID), method)()
        self.env.invalidate_all()

    # -- receipts ---------------------------------------------------------------------------------

    def requested(self, count):
        self.sandbox.settings(cancel_state="En proceso")
        documents = self.env["l10n_mx_facture.document"]
        for _number in range(count):
            documents |= self.document(self.cancel_requested_invoice())
        return documents

    def test_sat_s_round_asks_no_service_for_receipts(self):
        document = self.requested(1)
        self.due(document)
        self.run_cron("_cron_sat_status")
        self.assertEqual(self.calls("receipt"), [])
        self.assertTrue(document.sat_reading)
        cron = self.env.ref("l10n_mx_facture.cron_receipts")
        self.press(cron.ir_actions_server_id, "run", user=self.env.ref("base.user_root"))
        self.env.invalidate_all()
        self.assertTrue(document.receipt_attachment_id)

    def test_a_service_that_fails_at_a_receipt_is_left_in_peace(self):
        documents = self.requested(3)
        self.due(documents)
        self.sandbox.fail("receipt", "error_500_before", times=-1)
        self.run_cron("_cron_receipts")
        self.assertEqual(len(self.calls("receipt")), 1)
        self.assertEqual(self.account.failures, 1)
        self.run_cron("_cron_receipts")
        self.assertEqual(len(self.calls("receipt")), 1)
        # it goes on by itself, though nothing is stamped meanwhile
        self.sandbox.reset()
        self.account.sudo().hold_until = fields.Datetime.now() - timedelta(seconds=1)
        self.due(documents)
        self.run_cron("_cron_receipts")
        self.assertTrue(all(documents.mapped("receipt_attachment_id")))

    def test_a_receipt_that_never_comes_is_given_up_and_told(self):
        document = self.requested(1)
        self.sandbox.fail("receipt", "not_found_404", times=-1)
        for number in range(ATTEMPTS):
            self.assertEqual(document.receipt_attempts, number)
            self.assertNotIn("did not come", self.chatter(document))
            self.due(document)
            self.run_cron("_cron_receipts")
        self.assertIn(f"was asked for {ATTEMPTS} times", self.chatter(document))
        asked = len(self.calls("receipt"))
        self.due(document)
        self.run_cron("_cron_receipts")
        self.assertEqual(len(self.calls("receipt")), asked)
        # refused, and asked for again: another receipt
        self.at_sat.says(document.uuid, "refused")
        self.ask(document.move_id)
        self.assertEqual(document.state, "stamped")
        self.cancel(document.move_id)
        self.assertEqual((document.state, document.receipt_attempts), ("cancel_requested", 0))

    # -- divergences ------------------------------------------------------------------------------

    def test_divergences_go_on_where_the_time_was_up(self):
        documents = self.document(self.stamped_invoice()) + self.document(self.stamped_invoice())
        for document in documents:
            self.env.cr.execute("UPDATE account_move SET amount_total = 1 WHERE id = %s", (document.move_id.id,))
        self.env.invalidate_all()
        found = []
        for _run in range(2):
            with (
                patch.object(divergence, "PART", 1),
                patch.object(IrCron, "_commit_progress", lambda cron, *args, **kwargs: 0),
            ):
                self.run_cron("_cron_divergences", "l10n_mx_facture.divergence")
            found.append(len(documents.divergence_ids))
        self.assertEqual(found, [1, 2])
        self.assertTrue(all(documents.mapped("divergence_date")))
        left = self.env["l10n_mx_facture.divergence"]._suspects(documents._name)
        self.assertFalse(set(left) & set(documents.ids), "until the next round")

    # -- ordered cancellations --------------------------------------------------------------------

    def test_orders_wait_while_sat_is_left_in_peace(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.at_sat.says(document.uuid, "not_yet_known")
        self.ask(move)
        self.press(move, "_l10n_mx_facture_order_cancel", "02")
        until = fields.Datetime.now() + timedelta(hours=1)
        self.gate.write({"failures": 3, "hold_until": until, "hold_reason": "Nobody is there."})
        asked = len(self.questions())
        self.cron()
        self.assertEqual(len(self.questions()), asked)
        self.assertEqual((document.cancel_order_due, document.cancel_order_tries), (until, 0))
        self.assertIn("Nobody is there", document.cancel_order_text)
        self.gate.write({"failures": 0, "hold_until": False})
        self.at_sat.truth()
        self.hours_pass(move)
        self.cron()
        self.assertEqual(document.state, "cancel_requested")


class TestReceivedBill(ReceivedCase):
    """Vendor bills: whose turn it is at SAT, which language is read, which rate counts."""

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
                taken = [env["l10n_mx_facture.document"]._sat_take() for _number in range(3)]
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
        self.spanish(self.told(bill))

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
        cls.north = cls.env["res.company"].create(
            {"name": "Norte", "parent_id": cls.company.id, "country_id": cls.env.ref("base.mx").id}
        )
        # Odoo gives a branch its defaults when its creation is committed
        cls.env.cr.precommit.run()
        cls.env.user.company_ids += cls.north

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
        self.assertIn(f'data-oe-id="{first.id}"', self.told(second))
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
