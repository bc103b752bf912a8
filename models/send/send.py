from odoo import api, models
from odoo.tools import groupby

from ..common.access import check_group, is_of_group
from ..common.problem import Problem
from ..common.states import STAMPED_STATES, UNANSWERED_STATES, UNSENT_STATES

# key of the line in the Send dialog, and of an error that is ours
CFDI = "l10n_mx_facture"
# key of an error: the stamp is still to come, without anybody's doing
WAITS = "l10n_mx_facture_waits"
# id of the XML in the Send dialog before it exists
COMING_XML = "placeholder_l10n_mx_facture_xml"
# context key: the caller is code in the middle of its own work, not the button Send
IN_BETWEEN = "l10n_mx_facture_in_between"


class AccountMoveSend(models.AbstractModel):
    """Send stamps first, then draws the PDF, then mails both.

    The stamp is committed before anything is drawn. Whatever fails after it, the next try finds the invoice stamped and
    goes on from there.
    """

    _inherit = "account.move.send"

    # -- what is offered ------------------------------------------------------------------------

    @api.model
    def _get_all_extra_edis(self):
        label = self.env._("CFDI")
        text = self.env._("Stamp it first; then the PDF is drawn, and both files are mailed.")
        line = {"label": label, "is_applicable": self._l10n_mx_facture_is_offered, "help": text}
        return {**super()._get_all_extra_edis(), CFDI: line}

    @api.model
    def _l10n_mx_facture_is_offered(self, move):
        """:return: whether the invoice needs a stamp, and who sends it may stamp"""
        return self._l10n_mx_facture_needs_stamp(move) and self._l10n_mx_facture_may_stamp(move)

    @api.model
    def _l10n_mx_facture_needs_stamp(self, move):
        # a CFDI that was cancelled is only followed by another one where a person presses Stamp
        waits = move.l10n_mx_facture_applies and move.state == "posted" and move.l10n_mx_facture_state in UNSENT_STATES
        # a ticket is mailed as what it is: its CFDI is the global invoice
        return waits and not move._l10n_mx_facture_is_ticket()

    @api.model
    def _l10n_mx_facture_may_stamp(self, move):
        return is_of_group(self._l10n_mx_facture_sender_env(move), "stamp")

    @api.model
    def _l10n_mx_facture_sender_env(self, move):
        """:return: the environment of who sends: the scheduled action does it for the person who started it"""
        author = self.env.su and (move.sending_data or {}).get("author_user_id")
        if not author:
            return self.env
        return self.env(user=author, context={**self.env.context, "lang": self.env["res.users"].browse(author).lang})

    # -- the files ------------------------------------------------------------------------------

    @api.model
    def _get_invoice_extra_attachments(self, move):
        # the customer gets both: the XML is the invoice, the PDF only its printed form
        attachments = super()._get_invoice_extra_attachments(move)
        document = move._l10n_mx_facture_printed_document()
        if document:
            others = attachments - move.invoice_pdf_report_id
            # what is no longer valid goes out as the PDF that says so, with SAT's receipt
            is_valid = document.state != "cancelled"
            file = document.xml_attachment_id if is_valid else document.receipt_attachment_id
            files = move._l10n_mx_facture_pdf_to_send() + file
            attachments = files.sudo(False) + others.sudo(False)
        return attachments

    @api.model
    def _get_placeholder_mail_attachments_data(self, move, **kwargs):
        """No PDF of Odoo's is announced where the service's goes out."""
        data = super()._get_placeholder_mail_attachments_data(move, **kwargs)
        if not self._l10n_mx_facture_sends_pdf_of_service(move):
            return data
        name = f"placeholder_{move._get_invoice_report_filename(report=kwargs.get('pdf_report'))}"
        return [one for one in data if one["id"] != name]

    @api.model
    def _get_default_mail_attachments_widget(self, move, mail_template, **kwargs):
        """A PDF that shows another state of the CFDI is drawn anew; what is stamped first has an XML, too."""
        data = super()._get_default_mail_attachments_widget(move, mail_template, **kwargs)
        is_stamped = CFDI in (kwargs.get("extra_edis") or ()) and self._l10n_mx_facture_is_offered(move)
        old = move.invoice_pdf_report_id if is_stamped else move._l10n_mx_facture_outdated_pdfs()
        pdf, added = move._get_invoice_report_filename(report=kwargs.get("pdf_report")), []
        if old and not self._l10n_mx_facture_sends_pdf_of_service(move):
            added.append(self._l10n_mx_facture_placeholder(f"placeholder_{pdf}", pdf, "application/pdf"))
        data = [*added, *(one for one in data if one["id"] != old.id)]
        if is_stamped:
            xml = f"{pdf.removesuffix('.pdf')}.xml"
            data.append(self._l10n_mx_facture_placeholder(COMING_XML, xml, "application/xml"))
        return data

    @api.model
    def _l10n_mx_facture_placeholder(self, number, name, mimetype):
        return {"id": number, "name": name, "mimetype": mimetype, "placeholder": True}

    @api.model
    def _l10n_mx_facture_sends_pdf_of_service(self, move):
        pdf = move._l10n_mx_facture_pdf_to_send()
        return bool(pdf) and pdf == move.l10n_mx_facture_document_id.pdf_attachment_id

    # -- stamp ----------------------------------------------------------------------------------

    @api.model
    def _hook_invoice_document_before_pdf_report_render(self, invoice, invoice_data):
        result = super()._hook_invoice_document_before_pdf_report_render(invoice, invoice_data)
        # whether it has a CFDI is not known, whatever is ticked
        if invoice.l10n_mx_facture_applies and invoice.l10n_mx_facture_state in UNANSWERED_STATES:
            invoice_data["error"] = self._l10n_mx_facture_error(invoice)
        return result

    @api.model
    def _call_web_service_before_invoice_pdf_render(self, invoices_data):
        result = super()._call_web_service_before_invoice_pdf_render(invoices_data)
        todo = [
            invoice
            for invoice, data in invoices_data.items()
            if CFDI in data["extra_edis"] and self._l10n_mx_facture_needs_stamp(invoice)
        ]
        refusals = {}
        for (author, _company), invoices in groupby(
            todo, lambda invoice: (invoices_data[invoice]["author_user_id"], invoice.company_id)
        ):
            refusals |= self._l10n_mx_facture_stamp(self.env["account.move"].concat(*invoices), author)
        for invoice, data in invoices_data.items():
            if invoice._l10n_mx_facture_printed_document():
                self._l10n_mx_facture_settle_files(invoice, data)
            elif invoice in todo:
                data["error"] = self._l10n_mx_facture_error(invoice, refusals.get(invoice))
        return result

    @api.model
    def _l10n_mx_facture_stamp(self, invoices, author):
        """Stamp as the button does: what is sent is committed before the call, and answers at once.

        :param invoices: of one company
        :param author: id of the user who sends them
        :return: dict from each invoice that was not sent to its problems
        """
        if not self.env.su:
            check_group(self.env, "stamp")
            invoices.with_env(self.env).check_access("write")
        user = self.env["res.users"].browse(author)
        mine = invoices.with_user(user).with_context(lang=user.lang)
        if not is_of_group(mine.env, "stamp"):
            text = self.env._("%s may not stamp CFDIs.", user.name)
            return {invoice: [Problem(text)] for invoice in invoices}
        # sudo: as in the queue, what the person may do was checked above
        documents, refusals = mine.sudo().with_company(invoices.company_id)._l10n_mx_facture_stamp_now()
        documents._after_stamp(with_pdf=len(documents) == 1)
        return refusals

    @api.model
    def _l10n_mx_facture_error(self, invoice, problems=None):
        """:param problems: why it was not sent; None: what the service answered
        :return: why it is not mailed, as core's ``_format_error_text`` takes it
        """
        document, env = invoice.l10n_mx_facture_document_id, self._l10n_mx_facture_sender_env(invoice)
        waits = document.state == "sending"
        if document.state == "unknown":
            title = env._(
                "Not mailed: it is not known whether it was stamped. Press Resolve on the invoice first, then send it."
            )
        elif waits:
            title = env._("Not mailed: it is being stamped right now.")
        elif not problems and document.state == "draft" and document.date_queued:
            waits = True
            title = env._("Not mailed: the service can't stamp it now. Stamping is tried again by itself.")
        else:
            title = env._("Not mailed, because the CFDI was not stamped.")
        texts = [problem.text for problem in problems] if problems else [document.message_text]
        return {"error_title": title, "errors": [text for text in texts if text], WAITS: waits, CFDI: True}

    # -- draw and mail --------------------------------------------------------------------------

    @api.model
    def _l10n_mx_facture_settle_files(self, invoice, data):
        """Let the invoice have its one PDF: none of an earlier state, and the service's where the company wants it."""
        invoice._l10n_mx_facture_set_aside_printed()
        document = invoice.l10n_mx_facture_document_id
        wants_service = invoice.company_id.l10n_mx_facture_pdf_source == "service"
        if wants_service and document.state in STAMPED_STATES and not document.pdf_attachment_id:
            document.sudo()._fetch_pdf()
        widget = data.get("mail_attachments_widget") or []
        data["mail_attachments_widget"] = self._l10n_mx_facture_settled_widget(invoice, widget, data["pdf_report"])

    @api.model
    def _l10n_mx_facture_settled_widget(self, invoice, widget, pdf_report):
        """The dialog may have been opened before the stamp or the cancellation: let it name the files that there are
        now, so that what was taken out of the mail, which core knows by its name, stays out.

        :param widget: ``mail_attachments_widget``
        :return: list of dicts, as the widget's
        """
        kept, pdf = self._get_invoice_extra_attachments(invoice), invoice._l10n_mx_facture_pdf_to_send()
        files = self.env["ir.attachment"].browse(one["id"] for one in widget if isinstance(one["id"], int)).exists()
        own = files.filtered(lambda file: (file.res_model, file.res_id) == (invoice._name, invoice.id))
        gone, drawn = own - kept, invoice._get_invoice_report_filename(report=pdf_report)
        pdfs = (gone + pdf).filtered(lambda file: file.mimetype == "application/pdf")
        names = dict.fromkeys((f"placeholder_{drawn}", *pdfs.ids), pdf.name or drawn)
        names[COMING_XML] = invoice.l10n_mx_facture_document_id.xml_attachment_id.name
        settled = []
        for one in widget:
            if not one.get("manual"):
                one = {**one, "name": names.get(one["id"], one["name"])}
                # it is not mailed; it still says that it was taken out
                one["id"] = f"gone_{one['id']}" if one["id"] in gone.ids else one["id"]
            settled.append(one)
        return settled

    @api.model
    def _prepare_invoice_pdf_report(self, invoices_data):
        drawn = {
            invoice: data
            for invoice, data in invoices_data.items()
            if not self._l10n_mx_facture_sends_pdf_of_service(invoice)
        }
        if not drawn:
            return None
        result = super()._prepare_invoice_pdf_report(drawn)
        for invoice, data in drawn.items():
            document = invoice._l10n_mx_facture_printed_document()
            if document and data.get("pdf_attachment_values"):
                data["pdf_attachment_values"]["description"] = document._printed_as()
        return result

    @api.model
    def _hook_invoice_document_after_pdf_report_render(self, invoice, invoice_data):
        # other modules write into the PDF that was drawn
        if self._l10n_mx_facture_sends_pdf_of_service(invoice):
            return None
        return super()._hook_invoice_document_after_pdf_report_render(invoice, invoice_data)

    @api.model
    def _link_invoice_documents(self, invoices_data):
        result = super()._link_invoice_documents(invoices_data)
        for invoice in invoices_data:
            if self._l10n_mx_facture_sends_pdf_of_service(invoice):
                invoice.is_move_sent = True
        return result

    @api.model
    def _generate_invoice_fallback_documents(self, invoices_data):
        """A proforma is no substitute for a CFDI: such an invoice stays unmailed."""
        others = {invoice: data for invoice, data in invoices_data.items() if not data["error"].get(CFDI)}
        return super()._generate_invoice_fallback_documents(others)
