"""The page on which a customer confirms the own fiscal data, reached by a link that expires."""

from odoo import http
from odoo.http import request

from ..models.fiscal_data.confirmed import CATALOGUES, RefusedError
from ..models.fiscal_data.link import ADDRESS

_HEADERS = {
    # the address has the token
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}


class FiscalDataPage(http.Controller):
    """Who has the link needs no login, sees the data of its one contact, and may correct these alone."""

    @http.route(ADDRESS, type="http", auth="public", website=True, methods=["GET", "POST"], sitemap=False)
    def fiscal_data(self, token=None, **sent):
        """Show the form; take it when it is sent. Odoo checks the form's own token (CSRF) before."""
        partner = request.env["res.partner"]._l10n_mx_facture_of_token(token)
        if not partner:
            return self._page({"is_gone": True}, status=404)
        may_send = not request.env.user._is_internal()
        page = {"partner": partner, "token": token, "company": partner.env.company, "may_send": may_send, "errors": {}}
        if request.httprequest.method == "GET" or not may_send:
            return self._page({**page, "form": partner._l10n_mx_facture_form()})
        form = partner._l10n_mx_facture_clean_form(sent)
        try:
            partner._l10n_mx_facture_confirm(form, request.httprequest.remote_addr)
        except RefusedError as refused:
            return self._page({**page, "form": form, "errors": refused.errors})
        return self._page({**page, "form": form, "is_done": True})

    def _page(self, values, status=200):
        catalogues = {}
        if partner := values.get("partner"):
            catalogues = {name: partner.env[model].search([], order="code") for name, model in CATALOGUES.items()}
            values["may_change_rfc"] = partner._l10n_mx_facture_may_change_rfc()
        template = "l10n_mx_facture.fiscal_data_page"
        response = request.render(template, {**values, "catalogues": catalogues}, status=status)
        response.headers.update(_HEADERS)
        return response
