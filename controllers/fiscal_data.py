"""The page on which a customer confirms the own fiscal data, reached by a link that expires."""

from odoo import http
from odoo.http import request

from ..models.fiscal_data.confirmed import CATALOGUES, RefusedError
from ..models.fiscal_data.link import ADDRESS

HEADERS = {
    # the address has the token
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}


def storable(sent):
    """:param sent: dict of what anybody may send
    :return: the same without NUL characters, which PostgreSQL can neither store nor look for
    """
    return {name: value.replace("\0", "") if isinstance(value, str) else value for name, value in sent.items()}


class FiscalDataPage(http.Controller):
    """Who has the link needs no login, sees the data of its one contact, and may correct these alone."""

    @http.route(ADDRESS, type="http", auth="public", website=True, methods=["GET", "POST"], sitemap=False)
    def fiscal_data(self, token=None, **sent):
        """Show the form; take it when it is sent. Odoo checks the form's own token (CSRF) before."""
        partner = request.env["res.partner"]._l10n_mx_facture_of_token(token)
        if not partner:
            return self._page({"is_gone": True}, status=404)
        page = {"partner": partner, "token": token, "may_send": not request.env.user._is_internal(), "errors": {}}
        if request.httprequest.method == "GET" or not page["may_send"]:
            return self._page({**page, "form": partner._l10n_mx_facture_form()})
        form = partner._l10n_mx_facture_clean_form(storable(sent))
        try:
            partner._l10n_mx_facture_confirm(form, request.httprequest.remote_addr)
        except RefusedError as refused:
            return self._page({**page, "form": form, "errors": refused.errors})
        return self._page({**page, "form": form, "is_done": True})

    def _page(self, values, status=200):
        if partner := values.get("partner"):
            values |= self._texts(partner, values.get("is_done"))
            models = {name: partner.env[model] for name, model in CATALOGUES.items()}
            values["catalogues"] = {name: model.search([], order="code") for name, model in models.items()}
        response = request.render("l10n_mx_facture.fiscal_data_page", values, status=status)
        response.headers.update(HEADERS)
        return response

    def _texts(self, partner, is_done):
        """:return: dict of the sentences with names in them, and whether the RFC may be changed"""
        env, company, may_change = request.env, partner.env.company.name, partner._l10n_mx_facture_may_change_rfc()
        intro = env._(
            "%(company)s invoices %(customer)s with these data. Compare them with your Constancia de Situación Fiscal, "
            "correct what is wrong, and confirm.",
            company=company,
            customer=partner.name,
        )
        fixed = env._("Invoices were issued to this RFC. If it is wrong, write to %s.", company)
        return {
            "intro": env._("%s will invoice you with these data.", company) if is_done else intro,
            "about_rfc": "" if may_change else fixed,
            "may_change_rfc": may_change,
        }
