"""The portal's pages of a customer's invoices."""

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

from odoo.addons.account.controllers.portal import PortalAccount


class FacturePortal(PortalAccount):
    """A customer's stamped invoices: who may see the invoice may have its PDF, its XML and its receipt."""

    @http.route()
    def portal_my_invoice_detail(self, invoice_id, access_token=None, report_type=None, download=False, **kw):
        """A stamped invoice's PDF is the one that the company gives to customers, drawn anew."""
        if report_type == "pdf" and (invoice := self._facture_invoice(invoice_id, access_token)):
            document = invoice._l10n_mx_facture_printed_document()
            if document:
                return self._facture_pdf(invoice, document, download)
        return super().portal_my_invoice_detail(
            invoice_id, access_token=access_token, report_type=report_type, download=download, **kw
        )

    @http.route("/my/invoices/<int:invoice_id>/cfdi/<string:kind>", type="http", auth="public", website=True)
    def portal_my_invoice_cfdi(self, invoice_id, kind, access_token=None, **_kw):
        """The stored XML (``xml``) or the receipt of its cancellation (``acuse``), byte for byte."""
        invoice = self._facture_invoice(invoice_id, access_token)
        if not invoice:
            return request.redirect("/my")
        return self._facture_customer_file(invoice, kind)

    def _facture_invoice(self, invoice_id, access_token):
        """:return: the invoice as superuser, None where this visitor may not see it"""
        try:
            return self._document_check_access("account.move", invoice_id, access_token)
        except (AccessError, MissingError):
            return None

    def _facture_pdf(self, invoice, document, download):
        """The one PDF that customers get, as the company chose."""
        name = document._file_name("pdf")
        if pdf := invoice._l10n_mx_facture_customer_pdf():
            return self._facture_file(pdf.raw, "application/pdf", name, download)
        template = invoice.partner_id.invoice_template_pdf_report_id.report_name or "account.account_invoices"
        response = self._show_report(model=invoice, report_type="pdf", report_ref=template, download=download)
        response.headers["Content-Disposition"] = content_disposition(name, "attachment" if download else "inline")
        return response

    def _facture_customer_file(self, owner, kind):
        """:param owner: an invoice or a receipt, as superuser, that the visitor may see"""
        attachment = owner._l10n_mx_facture_customer_files().get(kind)
        if not attachment:
            return request.not_found()
        return self._facture_file(attachment.raw, attachment.mimetype, attachment.name, download=True)

    def _facture_file(self, content, mimetype, name, download):
        headers = {
            "Content-Type": mimetype,
            "Content-Length": len(content),
            "Content-Disposition": content_disposition(name, "attachment" if download else "inline"),
            # an XML must never be drawn as a page of this site
            "X-Content-Type-Options": "nosniff",
        }
        return request.make_response(content, list(headers.items()))
