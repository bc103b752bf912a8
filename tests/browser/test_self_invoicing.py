from urllib.parse import urlencode

from odoo.tests import tagged

from ..support.self_invoicing_case import SelfInvoicingCase


@tagged("post_install_l10n", "post_install", "-at_install", "is_tour")
class TestBrowserSelfInvoicing(SelfInvoicingCase):
    """A customer with a phone and a ticket, in Spanish."""

    browser_size = "375x667"
    touch_enabled = True

    def test_from_the_ticket_to_the_files(self):
        # in tests Odoo draws HTML in place of a PDF
        self.company.l10n_mx_facture_pdf_source = "service"
        ticket = self.sell()
        ticket.sudo().code = "22222222"
        typed = {name: value for name, value in self.typed(ticket).items() if name != "code"}
        options = {"login": None, "cookies": {"frontend_lang": "es_MX"}}
        self.start_tour(f"/es_MX/autofactura?{urlencode(typed)}", "l10n_mx_facture_self_invoicing", **options)
        self.env.invalidate_all()
        self.assertEqual(ticket.invoice_move_id.partner_id.vat, "XIQ891116QE4")
        self.queue()
        self.press(ticket.invoice_move_id, "action_l10n_mx_facture_fetch_pdf")
        path = f"/es_MX/autofactura/{ticket.sudo().link_token}"
        self.start_tour(path, "l10n_mx_facture_self_invoicing_done", **options)
