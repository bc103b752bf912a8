import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..common.locks import serialize_on

UUID_PATTERN = re.compile(r"[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}")


class L10nMxFactureDocument(models.Model):
    """An index of UUIDs, to look up those of many stamps at once."""

    _inherit = "l10n_mx_facture.document"

    relation_ids = fields.One2many(
        "l10n_mx_facture.relation", "document_id", "Related CFDIs", readonly=True, copy=False
    )


class L10nMxFactureRelation(models.Model):
    """A CfdiRelacionado: one of our CFDIs, or another one by its UUID."""

    _name = "l10n_mx_facture.relation"
    _inherit = ["l10n_mx_facture.access"]
    _description = "CFDI Relation"
    _order = "relation_type_id, id"

    move_id = fields.Many2one("account.move", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="move_id.company_id", store=True)
    relation_type_id = fields.Many2one(
        "l10n_mx_catalogs.c_tipo_relacion", "Relation", required=True, ondelete="restrict"
    )
    document_id = fields.Many2one(
        "l10n_mx_facture.document",
        "Our CFDI",
        ondelete="restrict",
        domain="[('uuid', '!=', False), ('company_id', '=', company_id)]",
    )
    uuid = fields.Char(
        "UUID", compute="_compute_uuid", store=True, readonly=False, required=True, precompute=True
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
        serialize_on(relations._anticipos())
        return relations

    def write(self, vals):
        self._check_not_sent()
        if vals.get("uuid"):
            vals = {**vals, "uuid": vals["uuid"].strip().upper()}
        result = super().write(vals)
        serialize_on(self._anticipos())
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        self._check_not_sent()

    def _check_not_sent(self):
        for move in self.move_id:
            if move._l10n_mx_facture_is_live():
                raise UserError(
                    self.env._(
                        "The relations of %s are part of its CFDI and can't be changed.",
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
