from odoo import models

from ..common.states import STAMPED_STATES


class L10nMxFactureDocument(models.Model):
    """Which of our CFDIs name which: SAT cancels no CFDI that a valid one names, except by its substitute."""

    _inherit = "l10n_mx_facture.document"

    def _cancel_first(self):
        """:return: our valid CFDIs that name this one, directly or through others, in the order in which to cancel
            them: the one that names another comes first. Without the substitute (04) of this one, which reason 01
            needs. As superuser, because they may belong to companies that the user can't read
        """
        self.ensure_one()
        # in all companies, as access rights in Odoo don't matter to SAT
        this = level = self.sudo()
        naming = {}
        while level:
            found = level._named_by(with_substitutes=level != this)
            naming.update(found)
            level = this.union(*found.values()) - this.union(*naming)
        left = this.union(*naming.values()) - this
        ordered = this.browse()
        while left:
            free = left.filtered(lambda one, left=left: not naming.get(one, this.browse()) & left)
            # UUIDs entered by hand can form a circle
            free = free or left[:1]
            ordered += free
            left -= free
        return ordered

    def _named_by(self, with_substitutes):
        """Called as superuser.

        :param with_substitutes: whether relation 04 counts too
        :return: dict from each of these CFDIs to our valid CFDIs that name it
        """
        relations = self.env["l10n_mx_facture.relation"].search(
            [
                ("move_id.l10n_mx_facture_document_id.state", "in", STAMPED_STATES),
                "|",
                ("document_id", "in", self.ids),
                ("uuid", "in", self.filtered("uuid").mapped("uuid")),
            ]
        )
        named_by = dict.fromkeys(self, self.browse())
        by_uuid = self.filtered("uuid").grouped("uuid")
        for relation in relations:
            named = (relation.document_id & self) or by_uuid.get(relation.uuid, self.browse())
            one = relation.move_id.l10n_mx_facture_document_id
            if one != named and (with_substitutes or relation.relation_type_id.code != "04"):
                named_by[named] |= one
        # receipts of payment name the invoices that they pay
        for document in self:
            named_by[document] |= document._owner()._l10n_mx_facture_receipts() - document
        return named_by
