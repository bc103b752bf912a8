from odoo.tests import tagged

from ..support.browser_case import BrowserCase


@tagged("post_install_l10n", "post_install", "-at_install", "is_tour")
class TestBrowserPhone(BrowserCase):
    """In Spanish, 390 pixels wide."""

    browser_size = "390x844"
    touch_enabled = True

    def test_stamp_is_first_and_causes_wrap(self):
        self.env["res.lang"]._activate_lang("es_MX")
        partner = self.customer.copy({"name": "Sin Régimen", "l10n_mx_facture_tax_regime_id": False})
        move = self.create_invoice(partner_id=partner.id)
        user = self._create_user("account.group_account_invoice,base.group_partner_manager")
        user.lang = "es_MX"
        self.tour(f"/odoo/customer-invoices/{move.id}", "phone", user)
        self.assertFalse(self.calls("stamp"))
