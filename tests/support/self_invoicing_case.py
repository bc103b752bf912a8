"""A shop whose customers invoice their tickets on the page, and a visitor who does."""

from lxml import html

from odoo.addons.l10n_mx_facture.models.self_invoicing.code import ADDRESS

from .browser_case import BrowserCase
from .global_case import GlobalCase


class SelfInvoicingCase(BrowserCase, GlobalCase):
    """Real HTTP, without a login, in Spanish."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_MX")
        cls.company.l10n_mx_facture_self_invoicing = True
        cls.good = {
            "rfc": "xiq-891116 qe4",
            "name": "Xenón Industrial Quirúrgica, S.A. de C.V.",
            "regime": cls.sat("c_regimen_fiscal", "601").id,
            "zip": "76343",
            "usage": cls.sat("c_uso_cfdi", "G03").id,
        }

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def invoice_values(self, **values):
        """Odoo numbers the invoices to names in the same series, so it numbers all but the first."""
        domain = [("name", "=like", f"{self.prefix}/%")]
        if self.env["account.move"].search_count(domain, limit=1):
            values["name"] = False
        return super().invoice_values(**values)

    # -- as the customer does ---------------------------------------------------------------------

    def get(self, path="", **kwargs):
        """:return: the answer and the page; a file has none"""
        answer = self.url_open(f"/es_MX{ADDRESS}{path}", **kwargs)
        is_page = answer.headers["Content-Type"].startswith("text/html")
        return answer, html.fromstring(answer.content) if is_page else None

    def post(self, page, **values):
        """Fill in the form of a page and send it.

        :return: the answer and the page
        """
        [form] = page.xpath("//form[@method='post']")
        values = {**dict(form.fields), **values, "csrf_token": form.fields["csrf_token"]}
        answer = self.url_open(form.action, data={name: value for name, value in values.items() if value is not None})
        self.env.invalidate_all()
        return answer, html.fromstring(answer.content)

    def typed(self, ticket, **changes):
        """:return: what is printed on a ticket"""
        ticket = ticket.sudo()
        values = {"number": ticket.number, "date": ticket.date.isoformat(), "total": f"{ticket.amount_total:,.2f}"}
        return {**values, "code": ticket._code_to_read().lower(), **changes}

    def search(self, ticket, **changes):
        """Type what is printed on a ticket."""
        return self.post(self.get()[1], **self.typed(ticket, **changes))

    def open(self, ticket):
        """Follow the ticket's link."""
        return self.get(f"/{ticket.sudo().link_token}")

    def send(self, ticket, **changes):
        """Open the link, fill in the form, and press the button."""
        return self.post(self.open(ticket)[1], **{**self.good, **changes})

    # -- what there is ----------------------------------------------------------------------------

    def queue(self):
        self.press(self.env["l10n_mx_facture.document"], "_work_queue")
        self.env.invalidate_all()

    def shown(self, page):
        """:return: name of what the page says: form, waiting, done …"""
        if page.xpath("//input[@name='rfc']"):
            return "form"
        names = page.xpath("//*[@role='status' or @role='alert']/@name")
        return names[0] if names else "search"

    def marked(self, page):
        return set(page.xpath("//*[contains(@class, 'is-invalid')]/@name"))

    def assert_nothing_posted(self, ticket):
        self.assertFalse(ticket.invoice_move_id | ticket.credit_move_id | ticket.move_id.reversal_move_ids)
        self.assertFalse(ticket.page_partner_id)
        self.assertFalse(self.env["res.partner"].search([("vat", "=", "XIQ891116QE4"), ("id", "!=", self.customer.id)]))
