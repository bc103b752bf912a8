"""Suppliers' receipts of payment: how they come in, what is refused, of which bills and payments they are."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from ..support.receipt_case import OTHER_COMPANY, ReceiptCase
from ..support.received_case import US
from ..support.received_cfdi import line, paid


class TestReceivedReceipt(ReceiptCase):
    # -- in which ways it comes -------------------------------------------------------------------

    def test_uploaded_on_its_own_list(self):
        bill = self.ppd_bill()
        payment = self.pay(bill)
        rep = self.upload_receipt(self.receipt_of(bill))
        self.assertEqual((rep.seal, rep.partner_id, rep.amount_total), ("holds", self.supplier, 116.0))
        self.assertEqual((rep.rfc_emisor, rep.rfc_receptor, rep.date_payment), ("EKU9003173C9", US, self.today()))
        one = rep.line_ids
        self.assertEqual((one.move_id, one.payment_id, one.entry_id), (bill, payment, payment.move_id))
        self.assertEqual(
            (one.installment, one.balance_before, one.amount, one.balance_after), (1, 116.0, 116.0, 0.0)
        )
        self.assertFalse(rep.problems)
        self.assertEqual(rep.xml_attachment_id.res_id, rep.id)

    def test_dropped_among_the_bills_it_makes_no_draft(self):
        bill = self.ppd_bill()
        self.pay(bill)
        files = [self.receipt_of(bill), self.stamped_by_supplier()]
        moves = self.env["account.move"].search([("journal_id", "=", self.bill_journal.id)])
        action = self.upload_action(*files)
        made = self.env["account.move"].search([("journal_id", "=", self.bill_journal.id)]) - moves
        self.assertEqual((len(made), made.amount_total, action["res_id"]), (1, 116.0, made.id))
        (text,) = action["context"]["notifications"].values()
        self.assertIn("1 receipts of payment", text)
        self.assertEqual(self.receipts().line_ids.move_id, bill)
        # alone
        other = self.ppd_bill()
        action = self.upload_action(self.receipt_of(other))
        self.assertEqual(action["res_model"], "l10n_mx_facture.received.rep")
        self.assertEqual(self.receipts(action["res_id"]).line_ids.move_id, other)

    def test_mailed(self):
        bill = self.ppd_bill()
        self.pay(bill)
        draft = self.mail(("rep.xml", "text/xml", self.receipt_of(bill)))
        self.assertEqual(self.receipts().line_ids.move_id, bill)
        self.assertFalse(self.receipts().problems)
        self.assertIn("Receipts of suppliers", self.alerts(draft)["l10n_mx_facture_refused_file"][1])
        self.assertFalse(draft.invoice_line_ids)

    def test_dropped_on_its_bill(self):
        bill = self.ppd_bill()
        self.pay(bill)
        self.drop(bill, self.receipt_of(bill))
        rep = self.receipts()
        self.assertEqual(rep.line_ids.move_id, bill)
        self.assertIn(rep.uuid, self.chatter_text(bill))
        self.assert_no_alert(bill)
        # the bill's message keeps its file
        self.assertNotEqual(rep.xml_attachment_id, bill.message_ids.attachment_ids.filtered(lambda one: one.raw))

    # -- what is refused ------------------------------------------------------------------------

    def test_a_duplicate(self):
        bill = self.ppd_bill()
        xml = self.receipt_of(bill)
        self.upload_receipt(xml)
        with self.assertRaisesRegex(UserError, "is here already"):
            self.upload_receipt(xml)
        draft = self.upload(xml)
        self.assertIn("is here already", draft.l10n_mx_facture_hint)
        self.assertEqual(len(self.receipts()), 1)

    def test_of_somebody_else(self):
        bill = self.ppd_bill()
        with self.assertRaisesRegex(UserError, f"issued to {OTHER_COMPANY['Rfc']}, not to this company"):
            self.upload_receipt(self.receipt_of(bill, receiver=OTHER_COMPANY))
        self.company.vat = "EKU9003173C9"
        with self.assertRaisesRegex(UserError, "this company issued it"):
            self.upload_receipt(self.receipt_of(bill))
        self.assertFalse(self.receipts())

    def test_of_another_type_or_damaged(self):
        with self.assertRaisesRegex(UserError, "upload it among the vendor bills"):
            self.upload_receipt(self.stamped_by_supplier())
        with self.assertRaisesRegex(UserError, "ends too early"):
            self.upload_receipt(self.receipt_of(self.ppd_bill())[:-30])
        with self.assertRaisesRegex(UserError, "without Pagos 2.0"):
            self.upload_receipt(self.receipt_of(self.ppd_bill()).replace(b"/Pagos20", b"/Pagos21"))

    def test_one_of_many_is_refused(self):
        bill = self.ppd_bill()
        action = self.receive(self.receipt_of(bill), self.stamped_by_supplier())
        self.assertEqual(action["res_id"], self.receipts().id)
        self.assertIn("among the vendor bills", "".join(action["context"]["notifications"].values()))

    def test_a_broken_seal_doesn_t_count_and_is_replaced(self):
        bill = self.ppd_bill()
        self.pay(bill)
        xml = self.receipt_of(bill)
        broken = self.upload_receipt(xml.replace(b'NumParcialidad="1"', b'NumParcialidad="2"'))
        self.assertEqual((broken.seal, broken.in_use), ("broken", False))
        self.assertIn("seal is not valid", broken.problems)
        self.assertTrue(self.owed(bill))
        rep = self.upload_receipt(xml)
        self.assertEqual((rep.seal, rep.line_ids.installment), ("holds", 1))
        self.assertEqual(self.receipts(), rep)
        self.assertFalse(self.owed(bill))

    # -- what doesn't match ---------------------------------------------------------------------

    def test_before_its_bill_and_its_payment(self):
        xml = self.stamped_by_supplier(method="PPD")
        bill = self.upload(xml)
        receipt = self.receipt_of(bill)
        bill.unlink()
        rep = self.upload_receipt(receipt)
        self.assertIn("No bill has the CFDI", rep.problems)
        bill = self.upload(xml)
        self.assert_problem(rep, "is not confirmed")
        bill.action_post()
        self.assert_problem(rep, "no payment of it is here")
        payment = self.pay(bill)
        self.assert_problem(rep)
        self.assertEqual(rep.line_ids.payment_id, payment)

    def test_of_another_amount(self):
        bill = self.ppd_bill()
        self.pay(bill, 100.0)
        rep = self.upload_receipt(self.receipt_of(bill))
        self.assert_problem(rep, "116.00", "100.00", "is of other amounts")
        self.assertFalse(rep.line_ids.payment_id)

    def test_of_another_month(self):
        bill = self.ppd_bill()
        self.pay(bill, payment_date=self.today() - timedelta(days=40))
        rep = self.upload_receipt(self.receipt_of(bill))
        self.assert_problem(rep, "another month")
        self.assertTrue(rep.line_ids.payment_id)

    def test_paid_at_once(self):
        bill = self.upload(self.stamped_by_supplier())
        bill.action_post()
        self.pay(bill)
        self.assert_problem(self.upload_receipt(self.receipt_of(bill)), "PUE")

    def test_two_payments_of_one_amount(self):
        """The nearest in time; each payment is of one receipt."""
        bill = self.ppd_bill()
        old = self.pay(bill, 58.0, payment_date=self.today() - timedelta(days=3))
        new = self.pay(bill, 58.0)
        second = self.upload_receipt(self.receipt_of(bill, "58.00", before="58.00", installment=2))
        self.assertEqual(second.line_ids.payment_id, new)
        first = self.upload_receipt(
            self.receipt_of(bill, "58.00", before="116.00", date=self.today() - timedelta(days=3))
        )
        self.env.invalidate_all()
        self.assertEqual((first.line_ids.payment_id, second.line_ids.payment_id), (old, new))

    def test_several_bills_in_one_receipt_by_a_statement_line(self):
        bills = self.ppd_bill() | self.ppd_bill(line(price="200.00"))
        entry = self.pay_by_statement(bills, 348.0)
        rep = self.upload_receipt(
            self.receipt_of_supplier(
                (self.today(), [paid(one.l10n_mx_facture_received_uuid, f"{one.amount_total:.2f}") for one in bills])
            )
        )
        self.assertFalse(rep.problems)
        self.assertEqual((rep.line_ids.move_id, rep.line_ids.entry_id), (bills, entry))
        self.assertEqual(rep.action_open_bills()["domain"], [("id", "in", bills.ids)])

    def test_a_refund_is_no_payment(self):
        bill = self.ppd_bill()
        refund = bill._reverse_moves([{"invoice_date": self.today()}])
        refund.invoice_line_ids.price_unit = 16.0 / 1.16
        refund.action_post()
        lines = (bill | refund).line_ids.filtered(lambda one: one.account_type == "liability_payable")
        lines.reconcile()
        self.pay(bill)
        self.assertEqual(self.owed(bill).mapped("missing"), [100.0])
        rep = self.upload_receipt(self.receipt_of(bill, "100.00"))
        self.assert_problem(rep)
        self.assertFalse(self.owed(bill))

    # -- SAT ------------------------------------------------------------------------------------

    def test_at_sat(self):
        bill = self.ppd_bill()
        self.pay(bill)
        rep = self.upload_receipt(self.receipt_of(bill))
        self.assertIn("Valid", rep.action_ask_sat()["params"]["message"])
        self.assertEqual(rep.sat_reading, "live")
        (question,) = self.questions()
        self.assertIn("tt=0&", str(question).replace("&amp;", "&"))
        self.assertFalse(self.owed(bill))
        self.at_sat.elsewhere(rep.uuid)
        rep.action_ask_sat()
        self.assertEqual((rep.sat_reading, rep.in_use), ("cancelled", False))
        self.assertIn("cancelled it", rep.problems)
        self.assertTrue(self.owed(bill))

    def test_the_scheduled_round_asks(self):
        rep = self.upload_receipt(self.receipt_of(self.ppd_bill()))
        self.due(rep)
        with self.committing() as env:
            env["l10n_mx_facture.document"]._cron_sat_status()
        self.env.invalidate_all()
        self.assertEqual(rep.sat_reading, "live")

    def test_one_that_sat_doesn_t_have_is_a_discrepancy(self):
        rep = self.upload_receipt(self.receipt_of(self.ppd_bill()))
        self.at_sat.says(rep.uuid, "not_yet_known")
        rep.action_ask_sat()
        self.assertIn("SAT doesn't have it", rep.problems)
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_received_rep SET create_date = create_date - interval '4 days' WHERE id = %s",
            (rep.id,),
        )
        self.env.invalidate_all()
        Divergence = self.env["l10n_mx_facture.divergence"]
        self.assertIn(rep.id, Divergence._suspects(rep._name))
        Divergence._judge(rep)
        row = rep.divergence_ids
        self.assertEqual((row.kind, row.company_id), ("not_at_sat", self.company))
        self.assertIn(rep.display_name, row.display_name)
        self.assertEqual(row.action_open()["res_id"], rep.id)
        self.at_sat.truth()
        row.action_check_again()
        self.assertEqual(row.state, "solved")

    # -- evidence -------------------------------------------------------------------------------

    def test_it_stays_as_it_came(self):
        rep = self.upload_receipt(self.receipt_of(self.ppd_bill()))
        rep.action_ask_sat()
        attachment = rep.xml_attachment_id
        for record, vals in ((rep, {"rfc_emisor": "X"}), (rep.line_ids, {"amount": 1}), (attachment, {"raw": b"x"})):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                record.write(vals)
        for records in (rep, rep.line_ids, rep.xml_attachment_id):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                records.unlink()

    def test_one_that_sat_doesn_t_have_can_be_deleted(self):
        rep = self.upload_receipt(self.receipt_of(self.ppd_bill()))
        self.at_sat.says(rep.uuid, "not_yet_known")
        rep.action_ask_sat()
        attachment = rep.xml_attachment_id
        rep.unlink()
        self.assertFalse(attachment.exists())

    def test_changed_files_are_told(self):
        rep = self.upload_receipt(self.receipt_of(self.ppd_bill()))
        rep._check_integrity()
        self.assertFalse(rep.tampered_text)
        self.env.cr.execute("UPDATE l10n_mx_facture_received_rep SET xml_hash = 'x' WHERE id = %s", (rep.id,))
        self.env.invalidate_all()
        rep._check_integrity()
        self.assertIn("SHA-256", rep.tampered_text)

    # -- who ------------------------------------------------------------------------------------

    def test_who_may(self):
        xml = self.receipt_of(self.ppd_bill())
        reader, biller = (
            new_test_user(
                self.env, f"{name}-{self.prefix}", group, company_id=self.company.id, company_ids=self.company.ids
            )
            for name, group in (("r", "account.group_account_readonly"), ("b", "account.group_account_invoice"))
        )
        with self.assertRaises(AccessError):
            self.receive(xml, user=reader)
        self.receive(xml, user=biller)
        rep = self.receipts()
        self.assertEqual(rep.with_user(reader).line_ids.problem, rep.line_ids.problem)
        with self.assertRaises(AccessError):
            rep.with_user(biller).unlink()
