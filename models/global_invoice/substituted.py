from odoo import models


class AccountMove(models.Model):
    """A ticket's invoice to a name, or its credit note, is substituted."""

    _inherit = "account.move"

    def _l10n_mx_facture_pass_tickets_on(self):
        """Tickets follow their sale to the last CFDI of it that is, or may be, valid: to a substitute when it is sent,
        and back where it was not stamped. Called as superuser.
        """
        for move in self:
            if not (move._l10n_mx_facture_same_sale() or move.l10n_mx_facture_named_ticket_ids):
                continue
            sale = move._l10n_mx_facture_whole_sale()
            if last := sale._l10n_mx_facture_last_of_sale():
                for name in ("invoice_move_id", "credit_move_id"):
                    tickets = self.env["l10n_mx_facture.ticket"].search([(name, "in", (sale - last).ids)])
                    tickets.write({name: last.id})


class L10nMxFactureTicket(models.Model):
    _inherit = "l10n_mx_facture.ticket"

    def _named_invoice(self):
        """:return: its invoice to a name, or one that is there to substitute it and may be stamped any day; empty where
            there is none, or it was cancelled since
        """
        found = self.invoice_move_id.filtered(lambda move: move.state != "cancel")
        if found or not self.invoice_move_id:
            return found
        others = self.invoice_move_id._l10n_mx_facture_whole_sale().with_env(self.env) - self.invoice_move_id
        return others.filtered(lambda move: move.state != "cancel").sorted("id")[-1:]
