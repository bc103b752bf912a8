from odoo.tests import tagged

from ..support.browser_case import SpanishCase
from ..support.payment_case import PaymentCase


@tagged("post_install_l10n", "post_install", "-at_install", "is_tour")
class TestBrowserReceipts(SpanishCase, PaymentCase):
    """In Spanish, as a user who may only invoice: payments of invoices on credit, and their receipts (REP)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what other tests have left due is none of this company's
        cls.env["l10n_mx_facture.rep.due"].sudo().search([("company_id", "=", cls.company.id)]).unlink()

    def test_from_the_payment_to_the_receipt(self):
        self.bank.l10n_mx_facture_payment_form_id = False
        others = [("company_id", "=", self.company.id), ("type", "in", ("bank", "cash")), ("id", "!=", self.bank.id)]
        self.env["account.journal"].search(others).active = False
        invoice = self.ppd_invoice()
        self.tour(f"/odoo/customer-invoices/{invoice.id}", "receipt", self.user)
        self.env.invalidate_all()
        rep = invoice.l10n_mx_facture_rep_ids
        self.assertEqual((rep.state, rep.create_uid), ("stamped", rep.document_id.create_uid))
        [pago] = self.pagos_of(rep).pagos
        self.assertEqual(pago.forma_de_pago, "03")
        self.assertFalse(self.receipts_due(invoice))

    def test_causes_lead_to_the_field(self):
        with_form = self.pay(self.ppd_invoice())
        self.bank.l10n_mx_facture_payment_form_id = False
        without = self.pay(self.ppd_invoice())
        self.tour("/odoo/action-l10n_mx_facture.action_l10n_mx_facture_rep_due", "receipt_causes", self.user)
        self.env.invalidate_all()
        reps = (with_form | without).l10n_mx_facture_rep_ids
        self.assertEqual(reps.mapped("state"), ["stamped"] * 2)
        forms = {rep.payment_ids: self.pagos_of(rep).pagos[0].forma_de_pago for rep in reps}
        self.assertEqual(forms, {with_form: "03", without: "28"})
