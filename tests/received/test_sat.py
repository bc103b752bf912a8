"""What SAT says of a supplier's CFDI."""

from datetime import timedelta

from odoo import fields

from ..support.received_case import SUPPLIER, ReceivedCase


class TestReceivedSat(ReceivedCase):
    def setUp(self):
        super().setUp()
        self.at_sat.efos(SUPPLIER, "200")

    def received_bill(self, post=True):
        bill = self.upload(self.stamped_by_supplier())
        if post:
            bill.action_post()
        return bill

    def ask(self, bill):
        """:return: the text of the notification"""
        return bill.action_l10n_mx_facture_received_sat()["params"]["message"]

    def activities(self, bill):
        return bill.activity_ids.mapped("summary")

    def test_a_valid_one(self):
        bill = self.received_bill()
        self.assertIn("Valid", self.ask(bill))
        received = self.received(bill)
        self.assertEqual((received.sat_estado, received.sat_reading), ("Vigente", "live"))
        self.assertEqual((received.sat_efos, received.sat_efos_reading), ("200", "clean"))
        self.assertEqual(len(received.sat_answer_ids), 1)
        (question,) = self.questions()
        self.assertIn(received.uuid.lower(), str(question).lower())
        self.assert_no_alert(bill)
        self.assertFalse(self.activities(bill))

    def test_one_that_only_sat_knows(self):
        xml = self.stamped_by_supplier()
        uuid = self.received(self.upload(xml)).uuid
        self.assertTrue(uuid)
        # a stranger's: of a service that the sandbox has no book of
        other = xml.replace(uuid.lower().encode(), b"0d1e6a52-7b3c-4f7e-9a64-3c1b2a5d9e10").replace(
            uuid.encode(), b"0d1e6a52-7b3c-4f7e-9a64-3c1b2a5d9e10"
        )
        bill = self.upload(other)
        self.assertIn("Not found yet", self.ask(bill))
        self.at_sat.register(other.decode())
        self.assertIn("Valid", self.ask(bill))
        self.assertEqual(len(self.received(bill).sat_answer_ids), 2)

    def test_the_question_is_that_of_the_xml(self):
        """A total that somebody mistyped on the bill is not what SAT is asked."""
        bill = self.bill(55)
        self.drop(bill, self.stamped_by_supplier())
        self.ask(bill)
        self.assertEqual(bill.l10n_mx_facture_received_id.sat_reading, "live")
        self.assertIn("tt=116.00", self.received(bill).sat_answer_ids.expression)

    def test_cancelled_while_the_bill_is_posted(self):
        bill = self.received_bill()
        self.at_sat.elsewhere(self.received(bill).uuid)
        self.ask(bill)
        self.ask(bill)
        self.assertEqual(bill.state, "posted")
        self.assertEqual(self.alerts(bill)["l10n_mx_facture_received_cancelled"][0], "danger")
        (activity,) = bill.activity_ids
        self.assertIn("is cancelled", activity.summary)
        self.assertEqual(activity.user_id, self.env.user)

    def test_cancelled_before_the_bill_is_posted(self):
        bill = self.received_bill(post=False)
        self.at_sat.elsewhere(self.received(bill).uuid)
        self.ask(bill)
        self.assertFalse(self.activities(bill))
        self.assertIn("l10n_mx_facture_received_cancelled", self.alerts(bill))
        bill.action_post()
        later = fields.Datetime.now() + timedelta(days=1)
        self.env.cr.execute("UPDATE l10n_mx_facture_received SET sat_next_date = %s", (later,))
        self.env["l10n_mx_facture.received"]._sat_prepare_round()
        self.assertEqual(len(self.activities(bill)), 1)

    def test_a_bill_that_was_reversed_is_not_looked_at_each_round(self):
        bill, other = self.received_bill(), self.received_bill()
        for one in (bill, other):
            self.at_sat.elsewhere(self.received(one).uuid)
        bill._reverse_moves([{"invoice_date": self.today()}], cancel=True)
        self.assertEqual(bill.payment_state, "reversed")
        for one in (bill, other):
            self.ask(one)
        self.assertEqual((len(bill.activity_ids), len(other.activity_ids)), (0, 1))
        Received = self.env["l10n_mx_facture.received"]
        self.env.cr.execute("UPDATE l10n_mx_facture_received SET told = NULL")
        self.env.invalidate_all()
        found = Received.search(Received._unnotified_domain())
        self.assertEqual(found & (bill + other).l10n_mx_facture_received_ids, self.received(other))

    def test_the_supplier_asks_to_cancel(self):
        bill = self.received_bill()
        uuid = self.received(bill).uuid
        self.at_sat.says(uuid, "cancel_in_process")
        self.ask(bill)
        self.assertIn("Accept or refuse", self.activities(bill)[0])
        self.assertLess(self.received(bill).sat_next_date, fields.Datetime.now() + timedelta(hours=5))
        # refused by us, and asked again: told again
        self.at_sat.says(uuid, "refused")
        self.ask(bill)
        self.assert_no_alert(bill)
        self.at_sat.says(uuid, "cancel_in_process")
        self.ask(bill)
        self.assertEqual(len(self.activities(bill)), 2)

    def test_an_issuer_on_the_list(self):
        bill = self.received_bill()
        self.at_sat.efos(SUPPLIER, "100")
        self.ask(bill)
        self.assertEqual(bill.l10n_mx_facture_received_id.sat_efos_reading, "listed")
        self.assertEqual(self.alerts(bill)["l10n_mx_facture_received_efos"][0], "danger")
        self.assertIn("69-B", self.activities(bill)[0])

    def test_not_known_and_not_understood_change_nothing(self):
        bill = self.received_bill()
        for reading in ("not_yet_known", "unknown", "bad_expression"):
            with self.subTest(reading):
                self.at_sat.says(self.received(bill).uuid, reading)
                self.ask(bill)
                self.assertEqual(bill.l10n_mx_facture_received_id.sat_reading, "not_yet_known")
                self.assertFalse(self.activities(bill))
                self.assertEqual(bill.state, "posted")

    def test_the_round_asks_about_them(self):
        bill, idle, cancelled = (self.received_bill(post=False) for _ in range(3))
        cancelled.button_cancel()
        self.idle()
        self.due(self.received(bill) | self.received(cancelled))
        later = fields.Datetime.now() + timedelta(days=1)
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_received SET sat_next_date = %s WHERE id = %s", (later, self.received(idle).id)
        )
        self.env.invalidate_all()
        self.round()
        self.assertEqual(self.received(bill).sat_reading, "live")
        self.assertFalse(self.received(idle).sat_reading or self.received(cancelled).sat_reading)
        self.assertGreater(self.received(bill).sat_next_date, fields.Datetime.now() + timedelta(hours=12))

    def test_what_differs_is_not_posted_by_itself(self):
        self.company.autopost_bills = True
        self.supplier.autopost_bills = "always"
        posted = self.upload(self.stamped_by_supplier())
        self.ask(posted)
        self.assertEqual(posted.state, "posted")
        tax = self.company.account_purchase_tax_id
        self.env["account.tax"].search(
            [("type_tax_use", "=", "purchase"), ("amount", "=", tax.amount), ("company_id", "=", self.company.id)]
        ).active = False
        held = self.upload(self.stamped_by_supplier())
        self.assertEqual(held.state, "draft")
        self.assertIn("not posted automatically", self.chatter_text(held))
