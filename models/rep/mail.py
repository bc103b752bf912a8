import base64

from odoo import fields, models
from odoo.exceptions import UserError

from ..common.access import check_group

TEMPLATE = "l10n_mx_facture.mail_template_rep"
# context key: what is posted goes to the customer
SENT = "l10n_mx_facture_sent"


class L10nMxFactureRep(models.Model):
    """Mailing a receipt: PDF and XML, in the receiver's language."""

    _inherit = "l10n_mx_facture.rep"

    is_sent = fields.Boolean(
        "Mailed",
        readonly=True,
        copy=False,
        help="Stamping mails nothing, whether by the button, for many or by itself: press Send.",
    )

    def action_send(self):
        """Open the mail to the customer, or to the customers of these.

        :raise UserError: one of them has nothing that could be sent
        """
        check_group(self.env, "stamp")
        self.check_access("read")
        if problems := [problem for rep in self if (problem := rep._print_problem())]:
            raise UserError("\n".join(problems))
        self._check_addresses()
        self._fetch_customer_pdfs()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": self.env.ref(TEMPLATE).id,
                "default_email_layout_xmlid": "mail.mail_notification_light",
                "force_email": True,
                "hide_mail_template_management_options": True,
                SENT: True,
            },
        }

    def _check_addresses(self):
        """:raise UserError: one of several has nobody with an address; the dialog of a single one asks for it"""
        receivers = self._mail_get_partners()
        without = self.filtered(lambda rep: not receivers[rep.id].filtered("email"))
        if without and len(self) > 1:
            raise UserError(
                self.env._(
                    "These customers have no e-mail address: %s. Enter it on the contact, or leave their receipts out.",
                    ", ".join(without.partner_id.mapped("name")),
                )
            )

    def _fetch_customer_pdfs(self):
        """The service's PDF is fetched first, where that one goes to customers and has not come yet."""
        for rep in self.filtered(lambda rep: rep.company_id.l10n_mx_facture_pdf_source == "service"):
            document = rep._l10n_mx_facture_printed_document()
            if document.state != "cancelled" and not document.pdf_attachment_id:
                document._fetch_pdf()

    def _process_attachments_for_template_post(self, mail_template):
        """Copies of the files: PDF and XML; of a cancelled one the PDF, which says so, and SAT's acuse."""
        result = super()._process_attachments_for_template_post(mail_template)
        for rep in self:
            if rep._print_problem():
                continue
            files = [(f"{rep._print_name()}.pdf", rep._customer_pdf())]
            others = rep._l10n_mx_facture_customer_files()
            if rep.state == "cancelled":
                others.pop("xml", None)
            files += [(file.name, file.raw) for file in others.values()]
            attachments = result.setdefault(rep.id, {}).setdefault("attachments", [])
            attachments += [(name, base64.b64encode(content)) for name, content in files]
        return result

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if self.env.context.get(SENT):
            # sudo: who may read a receipt may post on it
            rep = self.sudo()
            rep.is_sent = rep.is_sent or any(message.partner_ids.mapped("email"))
            # what the customer has is shown beside the form
            pdf = message.sudo().attachment_ids.filtered(lambda file: file.mimetype == "application/pdf")
            rep._message_set_main_attachment_id(pdf, force=True)
        return result

    def _mail_get_partners(self, introspect_fields=False):
        """As for invoices: the contacts to whom the paid invoices are made; else the receiver."""
        found = super()._mail_get_partners(introspect_fields=introspect_fields)
        for rep in self:
            contacts = rep.sudo().line_ids.move_id.partner_id.sudo(False)
            contacts = contacts.filtered(
                lambda one, rep=rep: one.commercial_partner_id == rep.commercial_partner_id and one.email
            )
            found[rep.id] = contacts or found[rep.id]
        return found
