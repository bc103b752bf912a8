from odoo.tests import tagged

from ..support.browser_case import SpanishCase


@tagged("post_install_l10n", "post_install", "-at_install", "is_tour")
class TestBrowserPhone(SpanishCase):
    """In Spanish, 390 pixels wide."""

    browser_size = "390x844"
    touch_enabled = True

    def test_stamp_is_first_and_causes_wrap(self):
        partner = self.customer.copy({"name": "Sin Régimen", "l10n_mx_facture_tax_regime_id": False})
        move = self.create_invoice(partner_id=partner.id)
        self.tour(f"/odoo/customer-invoices/{move.id}", "phone", self.user)
        self.assertFalse(self.calls("stamp"))

    def test_a_stamped_invoice_fits(self):
        move = self.create_invoice()
        move.action_l10n_mx_facture_stamp()
        self.tour(f"/odoo/customer-invoices/{move.id}", "phone_stamped", self.user)

    def test_what_is_missing_fits(self):
        self.customer.copy({"name": "Sin Régimen", "customer_rank": 1, "l10n_mx_facture_tax_regime_id": False})
        self.tour("/odoo/action-l10n_mx_facture.action_checklist", "phone_checklist", self.user)
