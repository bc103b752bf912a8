"""What a CFDI may be of. An owner is one row here with its field below, and its model, which inherits
``l10n_mx_facture.owner``.
"""

from typing import NamedTuple

from odoo import api, fields, models


class Owner(NamedTuple):
    """:param field: name of the field to it, on CFDIs and on what is about them
    :param current: name of its own field with the CFDI that it shows
    """

    field: str
    current: str


OWNERS = {
    "account.move": Owner("move_id", "l10n_mx_facture_document_id"),
    "l10n_mx_facture.rep": Owner("rep_id", "document_id"),
    "l10n_mx_facture.global": Owner("global_id", "document_id"),
    "l10n_mx_facture.ticket.credit": Owner("ticket_credit_id", "document_id"),
}
OWNER_FIELDS = tuple(owner.field for owner in OWNERS.values())


def owner_vals(owner):
    """:return: dict of values that make a record the owner's"""
    return {OWNERS[owner._name].field: owner.id}


class L10nMxFactureOwned(models.AbstractModel):
    """A CFDI, or something about one: a stored problem, a dialog, a discrepancy. One of its fields has the owner."""

    _name = "l10n_mx_facture.owned"
    _description = "What Is About a CFDI's Owner"

    move_id = fields.Many2one("account.move", "Invoice", readonly=True, ondelete="cascade", index="btree_not_null")
    rep_id = fields.Many2one(
        "l10n_mx_facture.rep", "Receipt of payment", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    global_id = fields.Many2one(
        "l10n_mx_facture.global", "Global invoice", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    ticket_credit_id = fields.Many2one(
        "l10n_mx_facture.ticket.credit",
        "Credit note of a ticket",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    owner_name = fields.Char("Document", compute="_compute_owner_name", compute_sudo=True)

    @api.depends(*(f"{name}.name" for name in OWNER_FIELDS))
    def _compute_owner_name(self):
        for record in self:
            record.owner_name = record._owner().display_name

    def _owner(self):
        """:return: the invoice or other document that it is of; an empty one of invoices where there is none"""
        self.ensure_one()
        return next((self[name] for name in OWNER_FIELDS if self[name]), self[OWNER_FIELDS[0]])

    def _owners(self):
        """:return: list of what these are of: one recordset for each model that has any"""
        return [owners for name in OWNER_FIELDS if (owners := self[name])]
