from odoo import fields, models

from ...cfdi.rfc import is_moral
from ..fiscal_data.confirmed import FORM


class L10nMxFactureTicket(models.Model):
    """The contact to whom a ticket is invoiced.

    Who types an RFC has not shown to be its owner. So what the shop has of a customer is neither shown nor changed: a
    contact with the very same data is taken, else there is a new one, with a note about the others.
    """

    _inherit = "l10n_mx_facture.ticket"

    page_partner_id = fields.Many2one(
        "res.partner", "Contact created by self-invoicing", readonly=True, index="btree_not_null", ondelete="set null"
    )

    def _page_form(self, user):
        """:param user: who visits the page
        :return: dict of what the form shows at first: of a refused invoice what was entered; of a customer who is
            logged in the own data
        """
        mine = user._page_customer().sudo()
        shown = self._page_own_contact() or mine or self.env["res.partner"].new({})
        return {**shown._l10n_mx_facture_form(), "email": self.page_email or mine.email or ""}

    def _page_own_contact(self):
        """:return: the contact that this page has made for the ticket's invoice, before any CFDI was stamped to it:
            whoever has the link may correct it; else empty
        """
        partner = self.page_partner_id
        is_own = bool(partner) and self.invoice_move_id.partner_id == partner
        return partner if is_own and partner._l10n_mx_facture_may_change_rfc() else partner.browse()

    def _page_clean(self, sent):
        """:param sent: dict of texts, as anybody may send it
        :return: dict of the form
        """
        made = self._page_own_contact() or self.env["res.partner"].new({})
        form = made._l10n_mx_facture_clean_form(sent)
        # who confirms is the customer
        return {**form, "who": form["name"], "email": str(sent.get("email") or "").strip()[:100]}

    def _page_contact(self, form, address, user):
        """Make a contact, or take one with the same data. Called in a savepoint.

        :param form: dict of :meth:`_page_clean`
        :param address: IP address
        :param user: who visits the page
        :raise RefusedError: SAT would refuse it
        """
        own = self._page_own_contact()
        partner = own or own.create(
            {"name": form["name"] or "-", "company_id": self.company_id.id, "lang": self.env.lang}
        )
        partner._l10n_mx_facture_confirm(form, address)
        partner.write({"name": form["name"], "is_company": is_moral(form["rfc"])})
        if form["email"]:
            partner.email = form["email"]
        if own:
            return own
        others = partner._page_namesakes()
        same = others.filtered(lambda one: one._page_facts() == partner._page_facts())
        if same:
            partner.unlink()
            mine = same & user._page_customer()
            return mine or same[0]
        self.page_partner_id = partner
        partner._page_note(self, others)
        return partner


class ResUsers(models.Model):
    _inherit = "res.users"

    def _page_customer(self):
        """:return: the contact of a customer who is logged in; empty for a visitor, and for the shop's own people"""
        return self.sudo().partner_id.commercial_partner_id if self._is_portal() else self.env["res.partner"]


class ResPartner(models.Model):
    """Contacts with the RFC that was entered on the page."""

    _inherit = "res.partner"

    def _page_namesakes(self):
        """:return: the other customers with this one's RFC, that its company may use"""
        rfc = self._l10n_mx_facture_own_rfc()
        found = self.search(
            [
                ("vat", "in", [rfc, f"MX{rfc}", self.vat]),
                ("parent_id", "=", False),
                ("id", "!=", self.id),
                ("company_id", "in", [False, self.company_id.id]),
            ],
            order="id",
        )
        return found.filtered(
            lambda one: one._l10n_mx_facture_own_rfc() == rfc and not one._l10n_mx_facture_link_refusal()
        )

    def _page_facts(self):
        """:return: what a CFDI says of the customer"""
        names = [name for name in FORM.values() if name != "l10n_mx_facture_usage_id"]
        return [self._l10n_mx_facture_own_rfc(), *(self[name] for name in names if name not in ("vat", "zip"))] + [
            self._l10n_mx_facture_zip()
        ]

    def _page_note(self, ticket, others):
        partner = self.with_context(lang=ticket.company_id.partner_id.lang)
        texts = [partner.env._("Made by the page on which customers invoice their tickets, for %s.", ticket.number)]
        if others:
            names = ", ".join(others.mapped("display_name"))
            texts.append(partner.env._("Compare it with who has the same RFC and other data: %s.", names))
        self.message_post(body=" ".join(texts), subtype_xmlid="mail.mt_note")
