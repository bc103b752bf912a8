from odoo import api, models
from odoo.fields import Domain

from ..common.languages import in_each_language

KIND = "removed"


class L10nMxFactureDivergence(models.Model):
    """Bills that are posted without the supplier's CFDI that was removed from them."""

    _inherit = "l10n_mx_facture.divergence"

    @api.model
    def _removed_suspects(self):
        """:return: bills that may be posted without their CFDI, or are listed as such"""
        moves = self.env["account.move"].sudo()
        listed = self.sudo().search([("kind", "=", KIND), ("state", "=", "open")]).move_id
        marked = Domain("l10n_mx_facture_removed_uuid", "!=", False) & Domain("state", "=", "posted")
        return moves.search(marked) | listed

    @api.model
    def _find_removed(self, moves):
        """Store which of these bills are posted without their CFDI; solve the rows of the others."""
        moves = moves.sudo().exists()
        if not moves:
            return
        domain = [("kind", "=", KIND), ("move_id", "in", moves.ids), ("state", "=", "open")]
        rows = self.sudo().search(domain).grouped("move_id")
        for move in moves:
            row, texts = rows.get(move, self.browse()), in_each_language(move, _removed_text)
            if row and texts:
                row._update_text(texts)
            elif row:
                row._solve()
            elif texts:
                self._create_removed(move, texts)

    @api.model
    def _create_removed(self, move, texts):
        vals = {"kind": KIND, "text": texts["en_US"], "move_id": move.id, "company_id": move.company_id.id}
        row = self.sudo().with_context(mail_create_nolog=True, lang="en_US").create(vals)
        row._update_text(texts)

    def _dismiss_removed(self):
        """Note on the bill that it needs no CFDI."""
        move = self.move_id
        text = self.env._(
            "%(user)s stated that this bill needs no CFDI after %(uuid)s was removed.",
            user=self.env.user.name,
            uuid=move.l10n_mx_facture_removed_uuid,
        )
        move.message_post(body=text)
        move.l10n_mx_facture_removed_uuid = False


def _removed_text(move):
    uuid = move.l10n_mx_facture_removed_uuid
    if not uuid or move.state != "posted" or move.l10n_mx_facture_received_ids:
        return None
    text = move.env._(
        "The CFDI %s was removed from this bill (button “Remove from this bill”), and the bill with its amounts is "
        "posted without a CFDI. Drop the XML here again, cancel the bill, or state that it needs none.",
        uuid,
    )
    other = move.env["l10n_mx_facture.received"]._find_on_bill(move.company_id, uuid)
    if not other:
        return text
    booked = move.env._("The CFDI is on the bill %s now: is it booked twice?", other.move_id.display_name)
    return f"{text} {booked}"
