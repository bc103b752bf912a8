from odoo.tests import tagged
from odoo.tools.misc import hash_sign

from odoo.addons.l10n_mx_facture.models.fiscal_data.link import ADDRESS, SCOPE

from ..support.browser_case import BrowserCase
from ..support.constancia_pdf import COMPANY, constancia


@tagged("post_install_l10n", "post_install", "-at_install", "is_tour")
class TestBrowserFiscalData(BrowserCase):
    """The constancia on the contact, the customer's page, and the badges, in Spanish."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_MX")
        cls.accountant = cls._create_user("account.group_account_user,base.group_partner_manager")
        cls.accountant.lang = "es_MX"
        cls.new = cls.env["res.partner"].create({"name": "Universidad Robotica Española", "is_company": True})

    def test_the_constancia_on_the_contact(self):
        self.env["ir.attachment"].create(
            {"name": "csf.pdf", "raw": constancia(COMPANY), "res_model": "res.partner", "res_id": self.new.id}
        )
        self.tour(f"/odoo/res.partner/{self.new.id}", "constancia", self.accountant)
        self.new.invalidate_recordset()
        regime = self.new.l10n_mx_facture_tax_regime_id.code
        self.assertEqual((self.new.vat, regime, self.new.zip), ("URE180429TM6", "601", False))

    def test_the_customer_s_page(self):
        values = {"partner": self.new.id, "user": self.accountant.id, "company": self.company.id}
        token = hash_sign(self.env(su=True), SCOPE, values, expiration_hours=1)
        self.new.l10n_mx_facture_usage_id = self.sat("c_uso_cfdi", "G03")
        self.start_tour(f"/es_MX{ADDRESS}?token={token}", "l10n_mx_facture_fiscal_data", login=None)
        self.new.invalidate_recordset()
        self.assertEqual((self.new.vat, self.new.zip), ("URE180429TM6", "86991"))

    def test_badges_have_names(self):
        self.create_invoice().action_l10n_mx_facture_stamp()
        self.tour("/odoo/customer-invoices", "badges", self.accountant)


@tagged("post_install_l10n", "post_install", "-at_install", "is_tour")
class TestBrowserPhone(BrowserCase):
    """On a phone the first thing to press is Stamp."""

    browser_size = "375x667"
    touch_enabled = True

    def test_stamp_is_the_first_button(self):
        user = self._create_user("account.group_account_user")
        user.lang = self.env["res.lang"]._activate_lang("es_MX").code
        move = self.create_invoice()
        self.tour(f"/odoo/customer-invoices/{move.id}", "phone_causes", user)
        move.invalidate_recordset()
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
