from urllib.parse import urlencode

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import hash_sign, verify_hash_signed

from ...cfdi.names import GENERAL_PUBLIC
from ..common.access import check_group

# what the token of a link is good for, and how long
SCOPE, DAYS = "l10n_mx_facture.fiscal_data", 30
ADDRESS = "/my/fiscal-data"
TEMPLATE = "l10n_mx_facture.mail_template_fiscal_data"


class ResPartner(models.Model):
    """The link with which a customer reaches the page of the own fiscal data, without a login.

    Its token is signed with the database's secret. It names one contact, serves this page alone, and expires.
    """

    _inherit = "res.partner"

    def action_l10n_mx_facture_ask_fiscal_data(self):
        """Open a mail to the customer with the link."""
        self.ensure_one()
        check_group(self.env, "stamp")
        partner = self.commercial_partner_id
        # the link lets the customer do it
        partner.check_access("write")
        if refusal := partner._l10n_mx_facture_link_refusal():
            raise UserError(refusal)
        context = {
            "default_model": partner._name,
            "default_res_ids": partner.ids,
            "default_composition_mode": "comment",
            "default_template_id": self.env.ref(TEMPLATE).id,
            "default_email_layout_xmlid": "mail.mail_notification_light",
            "force_email": True,
        }
        window = {"type": "ir.actions.act_window", "view_mode": "form", "views": [(False, "form")], "target": "new"}
        name = self.env._("Ask %s for fiscal data", partner.display_name)
        return {**window, "name": name, "res_model": "mail.compose.message", "context": context}

    def _l10n_mx_facture_link_refusal(self):
        """:return: why nobody may change this contact's data by a link; None if the customer may"""
        partner = self.sudo()
        if partner.l10n_mx_facture_fiscal_name == GENERAL_PUBLIC:
            return self.env._("This contact is the general public, and no customer who could confirm its data.")
        if self.env["res.company"].sudo().search_count([("partner_id", "=", partner.id)], limit=1):
            return self.env._("This contact is your own company: its data are changed in the settings.")
        if partner.user_ids.filtered(lambda user: not user.share):
            return self.env._("This contact is a user of this Odoo, whose data are not changed by a link.")
        if partner.country_id and partner.country_id != self.env.ref("base.mx"):
            return self.env._(
                "The address of %(partner)s is in %(country)s: only customers in Mexico have the data that are asked.",
                partner=partner.display_name,
                country=partner.country_id.name,
            )
        return None

    def _l10n_mx_facture_fiscal_data_url(self):
        """:return: the address of the page in the contact's language, valid for :data:`DAYS`; the user gets the answer
        """
        self.ensure_one()
        values = {"partner": self.id, "user": self.env.uid, "company": self.env.company.id}
        token = hash_sign(self.env(su=True), SCOPE, values, expiration_hours=24 * DAYS)
        language = self.env["res.lang"]._get_data(code=self.lang).url_code if self.lang else None
        path = f"/{language}{ADDRESS}" if language else ADDRESS
        return f"{self.get_base_url()}{path}?{urlencode({'token': token})}"

    @api.model
    def _l10n_mx_facture_of_token(self, token):
        """:param token: as it stood in the address
        :return: the contact as superuser, in the company and with the user (context ``asked_by``) of the link; empty:
            the link is not valid, or not any more
        """
        try:
            values = verify_hash_signed(self.env(su=True), SCOPE, token or "")
        except ValueError:
            values = None
        if not values:
            return self.browse()
        partner = self.sudo().browse(values["partner"]).exists()
        company = self.env["res.company"].sudo().browse(values["company"]).exists()
        if not partner.active or not company or partner._l10n_mx_facture_link_refusal():
            return self.browse()
        return partner.with_company(company).with_context(asked_by=values["user"])
