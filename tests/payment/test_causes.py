from datetime import date, datetime

from odoo.addons.l10n_mx_facture.models.rep.build import paid_at

from ..support.payment_case import PaymentCase

EUROS = 10.0


class TestReceiptCauses(PaymentCase):
    """What keeps a receipt from being stamped leads to the field where it is corrected."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollar, cls.euro = cls.env.ref("base.USD"), cls.env.ref("base.EUR")
        (cls.dollar | cls.euro).active = True
        today = cls.today_of(cls.journal)
        for currency, rate in ((cls.dollar, 18.0), (cls.euro, 21.0)):
            cls.env["res.currency.rate"].search([("currency_id", "=", currency.id), ("name", "=", today)]).unlink()
            cls.env["res.currency.rate"].create(
                {"currency_id": currency.id, "name": today, "inverse_company_rate": rate, "company_id": cls.company.id}
            )

    def problem_of(self, payment):
        """:return: the only problem of its receipt"""
        [due] = self.receipts_due(payment)
        [problem], _warnings = due._prepare_reps()._l10n_mx_facture_judge()
        return due, problem

    def test_dollars_paid_in_euros(self):
        payment = self.pay(self.ppd_invoice(currency_id=self.dollar.id), EUROS, currency_id=self.euro.id)
        due, problem = self.problem_of(payment)
        self.assertEqual((problem.record, problem.field), (due, "stated"))
        due.write({"stated": True, "stated_amount": 5000.0, "stated_applied": EUROS})
        due, problem = self.problem_of(payment)
        self.assertIn("CRP20244", problem.text)
        self.assertEqual((problem.record, problem.field), (due, "stated_amount"))
        due.stated_amount = 11.5
        self.stamp_payment(payment)

    def test_no_more_is_said_than_was_paid(self):
        payment = self.pay(self.ppd_invoice(currency_id=self.dollar.id), EUROS, currency_id=self.euro.id)
        self.receipts_due(payment).write({"stated": True, "stated_amount": 11.5, "stated_applied": EUROS * 10})
        due, problem = self.problem_of(payment)
        self.assertIn("100.00", problem.text)
        self.assertEqual((problem.record, problem.field), (due, "stated_applied"))

    def test_no_form(self):
        self.bank.l10n_mx_facture_payment_form_id = False
        payment = self.pay(self.ppd_invoice())
        _due, problem = self.problem_of(payment)
        self.assertEqual((problem.record, problem.field), (payment, "l10n_mx_facture_payment_form_id"))

    def test_an_operation_number_that_can_not_be_written(self):
        for number, said in (("A|B", "|"), ("9" * 101, "101"), ("SPEI\ufffe1", "U+FFFE")):
            with self.subTest(number=number[:6]):
                payment = self.pay(self.ppd_invoice())
                payment.l10n_mx_facture_operation_number = number
                _due, problem = self.problem_of(payment)
                self.assertIn(said, problem.text)
                self.assertEqual((problem.record, problem.field), (payment, "l10n_mx_facture_operation_number"))

    def test_an_operation_number_of_a_statement_line(self):
        entry = self.pay_by_statement(self.ppd_invoice(), 116.0)
        entry.l10n_mx_facture_operation_number = "A|B"
        _due, problem = self.problem_of(entry)
        self.assertEqual((problem.record, problem.field), (entry, "l10n_mx_facture_operation_number"))

    def test_a_customer_s_name_that_can_not_be_written(self):
        payment = self.pay(self.ppd_invoice())
        self.customer.l10n_mx_facture_fiscal_name = "ACME|NORTE"
        _due, problem = self.problem_of(payment)
        self.assertEqual((problem.record, problem.field), (self.customer, "l10n_mx_facture_fiscal_name"))

    def test_a_stored_xml_that_can_not_be_read(self):
        invoice = self.ppd_invoice()
        payment = self.pay(invoice)
        attachment = invoice.l10n_mx_facture_document_id.sudo().xml_attachment_id
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = NULL, db_datas = NULL WHERE id = %s", (attachment.id,)
        )
        self.env.invalidate_all()
        _due, problem = self.problem_of(payment)
        self.assertEqual(problem.record, invoice)
        self.assertIn(invoice.name, problem.text)

    def test_no_form_of_a_statement_line(self):
        self.bank.l10n_mx_facture_payment_form_id = False
        entry = self.pay_by_statement(self.ppd_invoice(), 116.0)
        _due, problem = self.problem_of(entry)
        self.assertEqual((problem.record, problem.field), (entry, "l10n_mx_facture_payment_form_id"))

    def test_a_draft_substitute_waits_for_its_stamp(self):
        rep = self.stamp_payment(self.pay(self.ppd_invoice()))
        self.assertEqual(rep._l10n_mx_facture_substitution_step(), "start")
        rep.action_substitute()
        self.assertEqual(rep._l10n_mx_facture_substitution_step(), "stamp")

    def test_what_is_paid_today_is_not_after_its_receipt(self):
        today, noon = date(2026, 11, 30), datetime(2026, 11, 30, 12)
        self.assertEqual(paid_at(today, datetime(2026, 11, 30, 9, 5)), datetime(2026, 11, 30, 9, 5))
        self.assertEqual(paid_at(today, datetime(2026, 11, 30, 17, 5)), noon)
        self.assertEqual(paid_at(today, datetime(2026, 12, 3, 9, 5)), noon)
        # a warning tells of it
        self.assertEqual(paid_at(today, datetime(2026, 11, 29, 9, 5)), noon)
