"""The page on which a customer invoices a ticket to the own name (autofactura)."""

from odoo import SUPERUSER_ID, http
from odoo.http import request
from odoo.tools import format_amount, format_date

from ..models.fiscal_data.confirmed import CATALOGUES
from ..models.self_invoicing.code import ADDRESS, LONGEST
from ..models.self_invoicing.state import AFTER, CORRECTION, DONE, FORM_SHOWN, WAITING
from .fiscal_data import HEADERS, storable
from .portal import FacturePortal

# seconds until a page that waits for the stamp looks again
AGAIN = 6


class SelfInvoicing(FacturePortal):
    """Who has number, date, total and code of a ticket, or its link, needs no login. Nobody else learns whether there
    is such a ticket. No address has a record's id.
    """

    @http.route(ADDRESS, type="http", auth="public", website=True, methods=["GET", "POST"], sitemap=False)
    def self_invoicing(self, **sent):
        """Ask for a ticket. Odoo checks the form's own token (CSRF) before."""
        tickets, sent = request.env["l10n_mx_facture.ticket"], storable(sent)
        if not tickets._page_is_offered():
            return self._self_invoicing_gone()
        page = {"typed": {name: str(sent.get(name) or "")[:longest] for name, longest in LONGEST.items()}}
        if request.httprequest.method == "GET":
            return self._self_invoicing_page("search", page)
        ticket, wait = tickets._of_typed(sent, request.httprequest.remote_addr)
        if ticket:
            return self._self_invoicing_protect(request.redirect(f"{ADDRESS}/{ticket.link_token}"))
        if wait:
            error = request.env._("Too many tries. Wait %s minutes, or scan the QR code of the ticket.", wait)
        else:
            error = request.env._(
                "No ticket has this number, date, total and code. Enter them as they are printed on the ticket."
            )
        response = self._self_invoicing_page("search", {**page, "error": error}, status=429 if wait else 200)
        if wait:
            response.headers["Retry-After"] = str(wait * 60)
        return response

    @http.route(
        f"{ADDRESS}/<string:token>", type="http", auth="public", website=True, methods=["GET", "POST"], sitemap=False
    )
    def self_invoicing_ticket(self, token, **sent):
        """Show what the page offers for a ticket; take the form when it is sent."""
        ticket = self._self_invoicing_of(token)
        if not ticket:
            return self._self_invoicing_gone()
        errors = {}
        if request.httprequest.method == "POST":
            # the visitor can't post an invoice: OdooBot does, for this ticket alone
            by_bot, address = ticket.with_user(SUPERUSER_ID), request.httprequest.remote_addr
            form, errors = by_bot._invoice_by_customer(storable(sent), address, request.env.user)
            if not errors:
                # so that going back or reloading sends nothing again
                return self._self_invoicing_protect(request.redirect(f"{ADDRESS}/{token}"))
        else:
            form = ticket._page_form(request.env.user)
        return self._self_invoicing_shown(ticket, form, errors)

    @http.route(
        f"{ADDRESS}/<string:token>/<any(pdf, xml):kind>", type="http", auth="public", website=True, sitemap=False
    )
    def self_invoicing_file(self, token, kind, **_kw):
        """The files of the CFDI, while the page offers them."""
        ticket = self._self_invoicing_of(token)
        if not ticket or ticket._page_state() != DONE:
            return self._self_invoicing_gone()
        invoice = ticket._page_invoice()
        if kind == "pdf":
            response = self._facture_pdf(invoice, invoice._l10n_mx_facture_printed_document(), download=True)
        else:
            response = self._facture_customer_file(invoice, kind)
        return self._self_invoicing_protect(response)

    def _self_invoicing_of(self, token):
        """:return: the ticket of a link, as superuser, in its company"""
        tickets = request.env["l10n_mx_facture.ticket"]
        ticket = tickets._of_link(token.replace("\0", ""), request.httprequest.remote_addr)
        return ticket.with_company(ticket.company_id) if ticket else ticket

    # -- pages ------------------------------------------------------------------------------------

    def _self_invoicing_shown(self, ticket, form, errors):
        state, env = ticket._page_state(), ticket.env
        if state == CORRECTION and not errors:
            errors = ticket._page_refusal()
        page = {
            "ticket": ticket,
            "company": ticket.company_id,
            "facts": self._self_invoicing_facts(ticket),
            "state": state,
            "has_form": state in (FORM_SHOWN, CORRECTION),
            "form": form,
            "errors": errors,
            "catalogues": {name: env[model].search([], order="code") for name, model in CATALOGUES.items()},
            "action": f"{ADDRESS}/{ticket.link_token}",
            "cfdi_state": ticket._page_invoice()._l10n_mx_facture_customer_state() if state == DONE else None,
            "says": self._self_invoicing_texts(ticket).get(state),
        }
        response = self._self_invoicing_page("ticket", page)
        if state == WAITING:
            response.headers["Refresh"] = str(AGAIN)
        return response

    def _self_invoicing_facts(self, ticket):
        env = request.env
        return [
            (env._("Ticket"), ticket.number),
            (env._("Date"), format_date(env, ticket.date)),
            (env._("Total"), format_amount(env, ticket.amount_total, ticket.currency_id)),
            (env._("To be invoiced until"), format_date(env, ticket._page_deadline())),
        ]

    def _self_invoicing_texts(self, ticket):
        """:return: dict from a state of the page to what is said where there is no form"""
        env = request.env
        ask = env._("This ticket can't be invoiced on this page. Ask the shop, with the ticket at hand.")
        return {
            "waiting": env._(
                "Your invoice is being stamped. This page looks again by itself; or come back later to this same link."
            ),
            "done": env._("Your invoice is stamped. You can fetch it here for %s days after it was made.", AFTER.days),
            "late": env._("The time in which this ticket can be invoiced here is over. Ask the shop."),
            "in_global": env._("This ticket is in the shop's global invoice already. Ask the shop for your invoice."),
            "returned": env._("What this ticket sold was returned: nothing is left to be invoiced."),
            "later": env._("The shop's global invoice with this ticket is being sent. Come back in a few minutes."),
            "ask": ask,
        }

    def _self_invoicing_gone(self):
        return self._self_invoicing_page("gone", {}, status=404)

    def _self_invoicing_page(self, name, values, status=200):
        values = {**values, "page": name, "address": ADDRESS}
        return self._self_invoicing_protect(
            request.render("l10n_mx_facture.self_invoicing_page", values, status=status)
        )

    def _self_invoicing_protect(self, response):
        response.headers.update(HEADERS)
        return response
