from odoo.tests import tagged

from ..support.browser_case import SpanishCase
from ..support.sat_case import SatMixin


@tagged("post_install_l10n", "post_install", "-at_install", "is_tour")
class TestBrowserCauses(SatMixin, SpanishCase):
    """In Spanish: what keeps invoices from being stamped, what the service refuses, a cancellation that is accepted."""

    def open(self, move, name, user=None):
        self.tour(f"/odoo/customer-invoices/{move.id}", name, user or self.user)
        self.env.invalidate_all()

    def test_many_with_causes(self):
        partner = self.customer.copy({"name": "Sin Régimen", "l10n_mx_facture_tax_regime_id": False})
        ready = self.create_invoices([{}] * 21)
        wrong = self.create_invoices([{"partner_id": partner.id}] * 2)
        self.tour("/odoo/customer-invoices", "bulk_causes", self.user)
        self.env.invalidate_all()
        self.assertFalse(self.calls("stamp") + self.calls("bulk"), "the run has not begun")
        with self.committing() as env:
            env["l10n_mx_facture.document"]._work_queue()
        self.assertEqual(ready.mapped("l10n_mx_facture_state"), ["stamped"] * 21)
        self.assertFalse(any(wrong.mapped("l10n_mx_facture_document_ids")))

    def test_a_refusal_and_its_remedy(self):
        partner = self.customer.copy({"name": "Cliente Uno", "vat": "XIA190128J61", "zip": "76000"})
        self.sandbox.receiver(rfc=partner.vat, name="CLIENTE UNO", zip="76343", regime="601")
        move = self.create_invoice(partner_id=partner.id)
        self.open(move, "refused")
        self.assertEqual((move.l10n_mx_facture_state, partner.zip), ("stamped", "76343"))
        self.assertEqual(len(self.book(move)), 1)

    def test_a_cancellation_that_the_customer_accepts(self):
        # who may only invoice may not cancel
        accountant = self._create_user("account.group_account_user")
        accountant.lang = "es_MX"
        move = self.create_invoice(lines=[{"price_unit": 5000.0}])
        move.action_l10n_mx_facture_stamp()
        self.open(move, "cancel_asks", accountant)
        document = move.l10n_mx_facture_document_id
        self.assertEqual((document.state, document.sat_reading), ("cancel_requested", "cancel_in_process"))
        self.at_sat.receiver(document.uuid, "accept")
        self.open(move, "cancel_accepted", accountant)
        self.assertEqual((document.state, move.state), ("cancelled", "cancel"))
