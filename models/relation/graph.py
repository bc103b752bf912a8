from odoo import models

from ..common.states import STAMPED_STATES


class L10nMxFactureDocument(models.Model):
    """Who names whom among our CFDIs: SAT cancels none that a valid one names (but for its substitute)."""

    _inherit = "l10n_mx_facture.document"

    def _cancel_first(self):
        """:return: the valid CFDIs of ours that name this one, directly or through others, in the order in which they
        are cancelled: of two, the one that names the other comes first. The substitute (04) of this one is not among
        them: it is what reason 01 asks for. As superuser: they may be of companies whose CFDIs the user can't read
        """
        self.ensure_one()
        # of whatever company: SAT doesn't ask who may read it here
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
            # a circle can't come from stamping, but from UUIDs entered by hand
            free = free or left[:1]
            ordered += free
            left -= free
        return ordered

    def _named_by(self, with_substitutes):
        """Called as superuser.

        :param with_substitutes: whether relation 04 counts too
        :return: dict from each of these CFDIs to the valid ones of ours that name it
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
        return named_by
