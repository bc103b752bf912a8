from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..common.languages import in_each_language
from .checks import ISSUER_CHECKED, LISTED

# notices on bills, by kind; they are summaries of activities of this type
BILL_NOTICES = {"cancelled_posted": "cancelled", "efos": "efos"}
BILL_ACTIVITY = "mail.mail_activity_data_warning"
# bills that are posted without the CFDI that was removed from them
REMOVED = "removed"


class L10nMxFactureReceived(models.Model):
    """A supplier's CFDI: SAT's status and the bill that it is on."""

    _name = "l10n_mx_facture.received"
    _inherit = ["l10n_mx_facture.received", "l10n_mx_facture.diverging"]

    divergence_ids = fields.One2many("l10n_mx_facture.divergence", "received_id", "Discrepancies", readonly=True)

    @api.model
    def _discrepancy_domain(self):
        suspect = [("sat_reading", "in", ("cancelled", "not_yet_known")), ("sat_efos_reading", "in", LISTED)]
        return Domain("in_use", "=", True) & Domain.OR([[one] for one in suspect])

    @api.model
    def _discrepancy_totals(self):
        query = SQL(
            """SELECT received.id FROM l10n_mx_facture_received AS received
                 JOIN account_move AS move ON move.id = received.move_id
                WHERE received.in_use AND move.state = 'posted'
                  AND (abs(received.total - move.amount_total) >= 0.0005
                       OR received.currency_id IS DISTINCT FROM move.currency_id)"""
        )
        self.env.flush_all()
        return self.browse(id for (id,) in self.env.execute_query(query))

    def _is_booked(self):
        return self.in_use and self.move_id.state == "posted"

    def _discrepancy_cancelled_posted(self):
        if self.sat_reading != "cancelled" or not self._is_booked() or self.move_id.payment_state == "reversed":
            return None
        return self.env._(
            "SAT has cancelled the supplier's CFDI, and the bill is posted: ask for its substitute, or cancel or "
            "reverse the bill."
        )

    def _discrepancy_total(self):
        return self._is_booked() and "\n".join(self._wrong_amounts())

    def _efos_group(self):
        if not self.in_use or self.sat_efos_reading not in LISTED:
            return None
        return Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("in_use", "=", True),
                ("sat_efos_reading", "in", LISTED),
                ("rfc_emisor", "=", self.rfc_emisor),
            ]
        )

    def _efos_text(self, count):
        return self.env._(
            "The issuer %(rfc)s, or a third party on the CFDI, is on SAT's list of simulated operations (CFF 69-B). "
            "Its invoices can't be deducted unless you prove that you received what they state. Its CFDIs here: "
            "%(count)s.",
            rfc=self.rfc_emisor,
            count=count,
        )

    @api.model
    def _is_issuer_listed(self, rfc):
        """:return: whether SAT's newest answer about a CFDI of this issuer has it on the list; only CFDIs in use
        count
        """
        checked = [("rfc_emisor", "=", rfc), ("in_use", "=", True), ("sat_efos_reading", "in", ISSUER_CHECKED)]
        return self.sudo().search(checked, order="sat_date desc, id desc", limit=1).sat_efos_reading == "listed"

    @api.model
    def _listed_issuers(self):
        """:return: list of RFCs for which :meth:`_is_issuer_listed` is true"""
        listed = [("sat_efos_reading", "=", "listed"), ("in_use", "=", True)]
        rfcs = [rfc for (rfc,) in self.sudo()._read_group(listed, ["rfc_emisor"])]
        return [rfc for rfc in rfcs if self._is_issuer_listed(rfc)]

    def _close_kind_activities(self, kind):
        if notice := BILL_NOTICES.get(kind):
            summaries = in_each_language(self, lambda one: one._notice_texts()[notice])
            same_summary = [("summary", "in", list(summaries.values()))]
            self.move_id.activity_search([BILL_ACTIVITY], additional_domain=same_summary).unlink()

    def _stamped_since(self):
        # it was stamped before it was received
        return self.create_date


class L10nMxFactureDivergence(models.Model):
    """Bills that are posted without the supplier's CFDI that was removed from them."""

    _inherit = "l10n_mx_facture.divergence"

    @api.model
    def _removed_suspects(self):
        """:return: bills that may be posted without their CFDI, or are listed as such"""
        moves = self.env["account.move"].sudo()
        listed = self.sudo().search([("kind", "=", REMOVED), ("state", "=", "open")]).move_id
        marked = Domain("l10n_mx_facture_removed_uuid", "!=", False) & Domain("state", "=", "posted")
        return moves.search(marked) | listed

    @api.model
    def _find_removed(self, moves):
        """Store which of these bills are posted without their CFDI; solve the rows of the others."""
        moves = moves.sudo().exists()
        if not moves:
            return
        domain = [("kind", "=", REMOVED), ("move_id", "in", moves.ids), ("state", "=", "open")]
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
        vals = {"kind": REMOVED, "text": texts["en_US"], "move_id": move.id, "company_id": move.company_id.id}
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
