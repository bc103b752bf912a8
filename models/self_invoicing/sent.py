from odoo import api, models
from odoo.tools.mail import append_content_to_html

BLOCK = "l10n_mx_facture.mail_self_invoicing_block"


class AccountMoveSend(models.AbstractModel):
    """The mail of a ticket's invoice says where the customer invoices it to the own name. That stands after what the
    template says, whichever it is, and who sends reads it in the dialog.
    """

    _inherit = "account.move.send"

    @api.model
    def _get_default_mail_body(self, move, mail_template, mail_lang):
        body = super()._get_default_mail_body(move, mail_template, mail_lang)
        ticket = move._origin._l10n_mx_facture_page_ticket() if body else None
        # a template of the shop's own may have it
        if not ticket or ticket.page_url in body:
            return body
        block = self.env["ir.qweb"].with_context(lang=mail_lang)._render(BLOCK, {"ticket": ticket})
        return append_content_to_html(body, block, plaintext=False)
