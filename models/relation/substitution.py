from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.access import check_group
from ..common.actions import open_record
from ..common.locks import serialize_on
from ..common.states import STAMPED_STATES
from ..invoice.guard import CFDI_FIELDS

# a substitute has its own number, date and rate
COPIED_FIELDS = CFDI_FIELDS - {"name", "invoice_date", "invoice_currency_rate"} | {
    "invoice_date_due",
    "ref",
    "l10n_mx_facture_anticipo",
    "l10n_mx_facture_applied_to_id",
}
LINE_EXTRAS = ("l10n_mx_facture_customs_numbers",)


class AccountMove(models.Model):
    """Substitution (relation 04): a copy that names the old CFDI is stamped, then the old one is cancelled.

    The relations say which invoice substitutes which, also those made by hand. If it began with Cancel CFDI and reason
    01, the cancellation waits on the old CFDI. Each step is derived from stored data, so an interrupted process
    continues.
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
        """Open the substitute of this invoice, or create it as a draft copy with relation 04.

        :raise UserError: there is no stamped CFDI to substitute
        """
        self.ensure_one()
        check_group(self.env, "stamp")
        self.check_access("write")
        if self.l10n_mx_facture_state != "stamped":
            raise UserError(
                self.env._("%s has no stamped CFDI: there is nothing to substitute.", self.display_name)
            )
        # if two users press it, the second one gets the substitute of the first
        serialize_on(self)
        found = self._l10n_mx_facture_find_substitutes()
        substitute = found.get(self.l10n_mx_facture_document_id) or self._l10n_mx_facture_create_substitute()
        return open_record(substitute)

    def _l10n_mx_facture_create_substitute(self):
        """:return: a draft with the same data, related with 04 to the CFDI of this invoice"""
        self.ensure_one()
        # links to sales etc. are copied, as the copy replaces the old invoice
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
        # only after 04 is added, so that the advances don't count twice
        for relation in self.l10n_mx_facture_relation_ids.filtered("anticipo_amount"):
            substitute.l10n_mx_facture_relation_ids.filtered(
                lambda row, relation=relation: row.uuid == relation.uuid and row.relation_type_id.code == "07"
            ).anticipo_amount = relation.anticipo_amount
        substitute.message_post(body=self._l10n_mx_facture_substitution_note())
        return substitute

    def _l10n_mx_facture_not_copied(self):
        """:return: dict of values that are part of the CFDI and not copied by default"""
        names = [name for name in COPIED_FIELDS if not self._fields[name].copy]
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
        payments = self.env._(
            "Payments and credit notes stay with %(invoice)s. After it is cancelled, reconcile its payments with this "
            "invoice by hand, and replace its stamped credit notes with credit notes of this invoice.",
            **names,
        )
        return f"{first} {payments}"

    def _l10n_mx_facture_substitute_alerts(self):
        """:return: dict of alerts: which CFDI this invoice substitutes"""
        text = self._l10n_mx_facture_substitute_text()
        return {"l10n_mx_facture_made_for": {"level": "info", "message": text}} if text else {}

    def _l10n_mx_facture_substitute_text(self):
        """:return: which CFDI this invoice substitutes and what happens after its stamp, as a sentence; None if it is
            no substitute
        """
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
        return super()._compute_duplicated_ref_ids()

    def _fetch_duplicate_reference(self, matching_states=("draft", "posted")):
        """A substitute equals the invoice that it substitutes: that is no duplicate."""
        found = super()._fetch_duplicate_reference(matching_states)
        if not found:
            return found
        # one query for all, as a list may show hundreds of similar invoices
        alike = self.browse().union(*found, *found.values())
        substitutes = self.sudo().search([("id", "in", alike.ids), ("l10n_mx_facture_made_for_id", "!=", False)])
        for new in substitutes:
            old = new.l10n_mx_facture_made_for_id.move_id
            for one, other in ((new, old), (old, new)):
                if one in found:
                    found[one] -= other
        return found
