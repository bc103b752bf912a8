from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.access import check_group
from ..common.actions import open_record
from ..common.locks import serialize_on
from ..common.states import STAMPED_STATES
from ..invoice.guard import STATED

# a substitute has a number, a date and so a rate of its own
SAME = STATED - {"name", "invoice_date", "invoice_currency_rate"} | {
    "invoice_date_due",
    "ref",
    "l10n_mx_facture_anticipo",
    "l10n_mx_facture_applied_to_id",
}
LINE_EXTRAS = ("l10n_mx_facture_customs_numbers",)


class AccountMove(models.Model):
    """Substitution (relation 04): a copy is stamped that names the old CFDI, which is cancelled after that.

    Which invoice substitutes which is told by the relations, also by those made by hand. Where the flow was begun by
    Cancel CFDI with reason 01, the order to cancel waits on the old CFDI: each step is found again from what is
    stored, whoever or whatever was interrupted.
    """

    _inherit = "account.move"

    l10n_mx_facture_substitute_id = fields.Many2one(
        "account.move",
        "Substituted by",
        compute="_compute_l10n_mx_facture_substitute_id",
        compute_sudo=True,
        help="The invoice that names this invoice's CFDI with relation 04.",
    )
    l10n_mx_facture_made_for_id = fields.Many2one(
        "l10n_mx_facture.document",
        "Made to substitute",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="This invoice is a copy, made to substitute that CFDI. It is not stamped unless it names it (relation "
        "04).",
    )
    l10n_mx_facture_is_substituted = fields.Boolean(
        "CFDI substituted",
        compute="_compute_l10n_mx_facture_substitute_id",
        compute_sudo=True,
        help="The substitute is stamped.",
    )

    @api.depends("l10n_mx_facture_document_id", "l10n_mx_facture_document_id.state")
    def _compute_l10n_mx_facture_substitute_id(self):
        found = self._l10n_mx_facture_find_substitutes()
        for move in self:
            substitute = found.get(move.l10n_mx_facture_document_id._origin, self.browse())
            move.l10n_mx_facture_substitute_id = substitute
            move.l10n_mx_facture_is_substituted = substitute and substitute.l10n_mx_facture_state in STAMPED_STATES

    def action_l10n_mx_facture_substitute(self):
        """Open the substitute of this invoice; where there is none yet, a copy in draft with relation 04.

        :raise UserError: there is no stamped CFDI to substitute
        """
        self.ensure_one()
        check_group(self.env, "stamp")
        self.check_access("write")
        if self.l10n_mx_facture_state != "stamped":
            raise UserError(
                self.env._("%s has no stamped CFDI: there is nothing to substitute.", self.display_name)
            )
        # of two who press it, the second one finds the substitute of the first
        serialize_on(self)
        found = self._l10n_mx_facture_find_substitutes()
        substitute = found.get(self.l10n_mx_facture_document_id) or self._l10n_mx_facture_create_substitute()
        return open_record(substitute)

    def _l10n_mx_facture_create_substitute(self):
        """:return: a draft with the same data, related with 04 to the CFDI of this invoice"""
        self.ensure_one()
        # links to sales and the like go along: once the old one is cancelled, the copy stands for it
        substitute = self.with_context(include_business_fields=True).copy(self._l10n_mx_facture_not_copied())
        substitute.reversed_entry_id = self.reversed_entry_id
        substitute.l10n_mx_facture_made_for_id = self.l10n_mx_facture_document_id
        for old, new in zip(self.invoice_line_ids, substitute.invoice_line_ids, strict=True):
            for name in LINE_EXTRAS:
                new[name] = old[name]
        known = substitute.l10n_mx_facture_relation_ids.mapped("uuid")
        for relation in self.l10n_mx_facture_relation_ids:
            if relation.relation_type_id.code != "04" and relation.uuid not in known:
                relation.copy({"move_id": substitute.id, "anticipo_amount": 0})
        substitute._l10n_mx_facture_relate([("04", self.l10n_mx_facture_document_id)])
        # not before 04 is there: it says that the advances are not applied twice
        for relation in self.l10n_mx_facture_relation_ids.filtered("anticipo_amount"):
            substitute.l10n_mx_facture_relation_ids.filtered(
                lambda row, relation=relation: row.uuid == relation.uuid and row.relation_type_id.code == "07"
            ).anticipo_amount = relation.anticipo_amount
        substitute.message_post(body=self._l10n_mx_facture_substitution_note())
        return substitute

    def _l10n_mx_facture_not_copied(self):
        """:return: dict of what a CFDI states of this invoice and an ordinary copy would not take over"""
        names = [name for name in SAME if not self._fields[name].copy]
        return {name: self._fields[name].convert_to_write(self[name], self) for name in names}

    def _l10n_mx_facture_substitution_note(self):
        names = {"uuid": self.l10n_mx_facture_uuid, "invoice": self.display_name}
        if self.l10n_mx_facture_document_id.cancel_order == "01":
            first = self.env._(
                "Substitutes the CFDI %(uuid)s of %(invoice)s (relation 04). When this invoice is stamped, the "
                "cancellation of that CFDI (reason 01) is requested automatically.",
                **names,
            )
        else:
            first = self.env._(
                "Substitutes the CFDI %(uuid)s of %(invoice)s (relation 04). When this invoice is stamped, cancel "
                "that CFDI with reason 01.",
                **names,
            )
        rest = self.env._(
            "Payments and credit notes stay with %(invoice)s. After it is cancelled, reconcile its payments with this "
            "invoice by hand, and replace its stamped credit notes with credit notes of this invoice.",
            **names,
        )
        return f"{first} {rest}"

    def _l10n_mx_facture_made_for_alerts(self):
        """:return: dict of alerts: what a substitute is made for"""
        text = self._l10n_mx_facture_made_for_text()
        return {"l10n_mx_facture_made_for": {"level": "info", "message": text}} if text else {}

    def _l10n_mx_facture_made_for_text(self):
        """:return: what this substitute is made for and what follows its stamp, as a sentence; None where it is none"""
        self.ensure_one()
        old = self.sudo().l10n_mx_facture_made_for_id
        if old.state != "stamped" or self.state == "cancel" or self._l10n_mx_facture_is_live():
            return None
        names = {"uuid": old.uuid, "invoice": old.move_id.display_name}
        if old.cancel_order == "01":
            return self.env._(
                "This invoice substitutes the CFDI %(uuid)s of %(invoice)s (04). When it is stamped, the cancellation "
                "of that CFDI is requested automatically.",
                **names,
            )
        return self.env._(
            "This invoice substitutes the CFDI %(uuid)s of %(invoice)s (04). When it is stamped, cancel that CFDI "
            "with reason 01 (button Cancel CFDI on that invoice).",
            **names,
        )

    @api.depends("l10n_mx_facture_made_for_id")
    def _compute_duplicated_ref_ids(self):
        """A substitute says the same as what it substitutes: that is no mistake to be warned of."""
        result = super()._compute_duplicated_ref_ids()
        suspected = self.filtered("duplicated_ref_ids")
        if suspected:
            # one question for all: a list may show hundreds that look alike
            alike = (suspected | suspected.duplicated_ref_ids)._origin
            made = self.sudo().search([("id", "in", alike.ids), ("l10n_mx_facture_made_for_id", "!=", False)])
            meant = defaultdict(self.browse)
            for new in made:
                old = new.l10n_mx_facture_made_for_id.move_id
                meant[new] |= old
                meant[old] |= new
            for move in suspected:
                move.duplicated_ref_ids -= meant[move._origin]
        return result
