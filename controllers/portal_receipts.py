"""The portal's receipts of payment (REP): on the page of the invoice that they pay, and in a list of their own."""

from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager as portal_pager

from .portal import FacturePortal

COUNTER = "l10n_mx_facture_rep_count"


class FactureReceiptsPortal(FacturePortal):
    """Who may see an invoice may have the files of its receipts; who is logged in, those of the own company."""

    @http.route(
        "/my/invoices/<int:invoice_id>/receipts/<int:rep_id>/<string:kind>", type="http", auth="public", website=True
    )
    def portal_my_invoice_receipt(self, invoice_id, rep_id, kind, access_token=None, **_kw):
        """A file of a receipt, for who may see the invoice that it pays."""
        invoice = self._facture_invoice(invoice_id, access_token)
        receipts = invoice and invoice._l10n_mx_facture_customer_receipts()
        return self._facture_receipt_file(receipts and receipts.filtered(lambda rep: rep.id == rep_id), kind)

    @http.route("/my/receipts/<int:rep_id>/<string:kind>", type="http", auth="user", website=True)
    def portal_my_receipt(self, rep_id, kind, **_kw):
        """A file of a receipt of who is logged in."""
        return self._facture_receipt_file(self._facture_my_receipts([("id", "=", rep_id)]), kind)

    @http.route(["/my/receipts", "/my/receipts/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_receipts(self, page=1, **_kw):
        """The list of the receipts of who is logged in."""
        values = self._prepare_portal_layout_values()
        pager = portal_pager(
            url="/my/receipts", total=self._facture_receipt_count(), page=page, step=self._items_per_page
        )
        receipts = self._facture_my_receipts(limit=self._items_per_page, offset=pager["offset"])
        values |= {"receipts": receipts, "pager": pager, "page_name": "l10n_mx_facture_rep"}
        return request.render("l10n_mx_facture.portal_my_receipts", values)

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if COUNTER in counters:
            values[COUNTER] = self._facture_receipt_count()
        return values

    def _facture_my_receipts(self, domain=(), **kwargs):
        """:return: receipts, as superuser, of who is logged in"""
        # sudo: customers on the portal can't read receipts; the domain says which are theirs
        receipts = request.env["l10n_mx_facture.rep"].sudo()
        return receipts.search(receipts._portal_domain(request.env.user.partner_id) & Domain(domain), **kwargs)

    def _facture_receipt_count(self):
        receipts = request.env["l10n_mx_facture.rep"].sudo()
        return receipts.search_count(receipts._portal_domain(request.env.user.partner_id))

    def _facture_receipt_file(self, rep, kind):
        """:param rep: one that the visitor may see; empty: there is none"""
        if not rep:
            return request.redirect("/my")
        if kind != "pdf":
            return self._facture_customer_file(rep, kind)
        return self._facture_file(rep._customer_pdf(), "application/pdf", f"{rep._print_name()}.pdf", download=True)
