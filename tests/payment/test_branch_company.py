from odoo.tests import new_test_user

from ..support.payment_case import PaymentCase


class TestReceiptsOfBranches(PaymentCase):
    """Companies with branches of Odoo (res.company with a parent): an invoice of a branch, paid to its parent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north = cls.odoo_branch("Norte")

    def invoice_of_north(self):
        self.env = self.env(context={**self.env.context, "allowed_company_ids": (self.north | self.company).ids})
        return self.ppd_invoice(company_id=self.north.id, journal_id=self.journal.id)

    def test_paid_to_the_parent(self):
        invoice = self.invoice_of_north()
        self.assertEqual(invoice.company_id, self.north)
        payment = self.pay(invoice)
        (rep,) = self.stamp_payment(payment)
        self.assertEqual((rep.company_id, rep.document_id.company_id), (self.north, self.north))
        user = new_test_user(
            self.env,
            f"norte-{self.prefix}",
            "account.group_account_invoice",
            company_id=self.north.id,
            company_ids=self.north.ids,
        )
        # who works in the branch alone reads it
        rep.with_user(user).with_context(allowed_company_ids=self.north.ids).read()
