import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, formatLang

UUID_PATTERN = re.compile(r"[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}")


class L10nMxFactureRelation(models.Model):
    """A CfdiRelacionado: a CFDI of ours, or a foreign one by its UUID."""

    _name = "l10n_mx_facture.relation"
    _description = "CFDI Relation"
    _order = "relation_type_id, id"

    move_id = fields.Many2one("account.move", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="move_id.company_id", store=True)
    relation_type_id = fields.Many2one(
        "l10n_mx_catalogs.c_tipo_relacion", "Relation", required=True, ondelete="restrict"
    )
    document_id = fields.Many2one(
        "l10n_mx_facture.document",
        "CFDI of ours",
        ondelete="restrict",
        domain="[('uuid', '!=', False), ('company_id', '=', company_id)]",
    )
    uuid = fields.Char(
        "UUID", compute="_compute_uuid", store=True, readonly=False, required=True, precompute=True
    )
    currency_id = fields.Many2one(related="move_id.currency_id")
    anticipo_amount = fields.Monetary(
        "Advance to apply", help="Tax included: how much of the advance (07) is deducted by a credit note."
    )

    @api.depends("document_id.uuid")
    def _compute_uuid(self):
        for relation in self:
            if relation.document_id:
                relation.uuid = relation.document_id.uuid
            else:
                relation.uuid = (relation.uuid or "").strip().upper()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("uuid"):
                vals["uuid"] = vals["uuid"].strip().upper()
        relations = super().create(vals_list)
        relations._check_not_sent()
        relations._anticipos()._l10n_mx_facture_hold()
        return relations

    def write(self, vals):
        self._check_not_sent()
        if vals.get("uuid"):
            vals = {**vals, "uuid": vals["uuid"].strip().upper()}
        result = super().write(vals)
        self._anticipos()._l10n_mx_facture_hold()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        self._check_not_sent()

    def _check_not_sent(self):
        for move in self.move_id:
            if move._l10n_mx_facture_is_live():
                raise UserError(
                    self.env._(
                        "The relations of %s are part of its CFDI: they can't change any more.",
                        move.display_name,
                    )
                )

    @api.constrains("uuid")
    def _check_uuid(self):
        for relation in self:
            if not UUID_PATTERN.fullmatch(relation.uuid or ""):
                raise ValidationError(
                    self.env._(
                        "%s is not a UUID: it has 36 characters, such as 5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9.",
                        relation.uuid,
                    )
                )

    @api.model
    def _substitutes(self, uuids):
        """:param uuids: list of UUIDs of CFDIs
        :return: the invoices of whatever company, as superuser, that name one of them with 04
        """
        named = [("uuid", "in", uuids), ("relation_type_id.code", "=", "04")]
        return self.sudo().search(named).move_id if uuids else self.env["account.move"].sudo()

    @api.model
    def _hold_substitutes(self, uuids):
        """Of two transactions that stamp substitutes (04) of one CFDI, of ours or not, the second waits, begins anew
        and sees what the first did.

        :param uuids: list of UUIDs of CFDIs
        """
        if named := uuids and self.sudo().search([("uuid", "in", uuids), ("relation_type_id.code", "=", "04")]):
            # rows that both see and nobody else locks; an update, as in _l10n_mx_facture_hold
            query = "UPDATE l10n_mx_facture_relation SET write_date = write_date WHERE id IN %s"
            self.env.cr.execute(SQL(query, tuple(named.ids)))

    # -- advances (anticipos) -------------------------------------------------------------------

    def _anticipos(self):
        """:return: the advances of which these rows apply something"""
        return self.filtered("anticipo_amount").document_id.move_id

    @api.constrains("anticipo_amount", "document_id", "relation_type_id", "move_id")
    def _check_anticipo(self):
        for move, relations in self.filtered("anticipo_amount").grouped("move_id").items():
            if refusals := relations._anticipo_refusals(asking=move):
                raise ValidationError("\n".join(refusals))

    def _anticipo_refusals(self, asking):
        """:param asking: the invoice of these rows, which counts although its CFDI may have been cancelled
        :return: list of sentences: why the amounts can't be applied to it
        """
        applied = asking.l10n_mx_facture_relation_ids.filtered("anticipo_amount")
        texts = [text for relation in self if (text := relation._anticipo_refusal(asking, applied))]
        total = asking.currency_id.round(sum(applied.mapped("anticipo_amount")))
        if self and asking.currency_id.compare_amounts(total, asking.amount_total) > 0:
            texts.append(
                self.env._(
                    "The advances to apply (%(applied)s) are more than the total of %(invoice)s (%(total)s): lower "
                    "them.",
                    applied=formatLang(self.env, total, currency_obj=asking.currency_id),
                    invoice=asking.display_name,
                    total=formatLang(self.env, asking.amount_total, currency_obj=asking.currency_id),
                )
            )
        return texts

    def _anticipo_refusal(self, asking, applied):
        """:return: why the amount of this row can't be applied, or None"""
        self.ensure_one()
        advance = self.document_id.move_id
        names = {"advance": advance.display_name or self.uuid, "invoice": asking.display_name}
        if not advance.l10n_mx_facture_anticipo or self.relation_type_id.code != "07":
            return self.env._("%(advance)s is no advance that %(invoice)s relates to with 07.", **names)
        if asking.move_type != "out_invoice" or asking.l10n_mx_facture_anticipo:
            return self.env._("%(advance)s can be applied to customer invoices only, not to %(invoice)s.", **names)
        if self.anticipo_amount < 0:
            return self.env._("The amount of %(advance)s to apply is negative: enter what it pays.", **names)
        if advance.l10n_mx_facture_state != "stamped":
            return self.env._(
                "The advance %(advance)s has no valid CFDI that %(invoice)s could name: stamp it first.", **names
            )
        if advance.company_id != asking.company_id or advance.commercial_partner_id != asking.commercial_partner_id:
            return self.env._(
                "The advance %(advance)s is of %(owner)s, %(invoice)s of %(customer)s: an advance is applied to "
                "invoices of its own customer.",
                owner=advance.commercial_partner_id.display_name,
                customer=asking.commercial_partner_id.display_name or "-",
                **names,
            )
        if advance.currency_id != asking.currency_id:
            return self.env._(
                "The advance %(advance)s is in %(currency)s, %(invoice)s in %(other)s: an advance is applied in its "
                "own currency.",
                currency=advance.currency_id.name,
                other=asking.currency_id.name,
                **names,
            )
        if len(applied.filtered(lambda relation: relation.document_id.move_id == advance)) > 1:
            return self.env._("The advance %(advance)s is applied twice to %(invoice)s: one row is enough.", **names)
        over = advance._l10n_mx_facture_anticipo_used(asking) - advance.amount_total
        if advance.currency_id.compare_amounts(over, 0) > 0:
            left = advance.currency_id.round(self.anticipo_amount - over)
            return self.env._(
                "%(amount)s of the advance %(advance)s are more than what is left of it (%(left)s).",
                amount=formatLang(self.env, self.anticipo_amount, currency_obj=advance.currency_id),
                left=formatLang(self.env, max(left, 0), currency_obj=advance.currency_id),
                **names,
            )
        return None
