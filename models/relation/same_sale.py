from odoo import api, models
from odoo.fields import Domain

from ..common.problem import Problem
from ..common.states import STAMPED_STATES
from ..sat.status import ALIVE


class AccountMove(models.Model):
    """One sale has one live CFDI: among an invoice, its substitutes (04) and those that were made to substitute it.

    One whose CFDI was cancelled is stamped again only where it still stands, and on purpose.
    """

    _inherit = "account.move"

    def _l10n_mx_facture_restamp_problems(self, single=True):
        """:param single: whether the user pressed Stamp on this invoice alone
        :return: list of problems: why it is not stamped again after its CFDI was cancelled
        """
        self.ensure_one()
        if not single and self._l10n_mx_facture_is_ticket():
            text = self.env._(
                "It is a ticket and goes into a global invoice. To give it a CFDI of its own, press Stamp on it alone."
            )
            return [Problem(text, self)]
        cancelled = self._l10n_mx_facture_cancelled()
        if not cancelled:
            return []
        if contradicted := cancelled.filtered(lambda document: document.sat_reading in ALIVE)[:1]:
            text = self.env._(
                "%(user)s stated that its CFDI %(uuid)s is cancelled, but SAT's last answer differs: %(word)s. Press "
                "SAT status: the invoice can be stamped again when SAT shows the CFDI as cancelled.",
                uuid=contradicted.uuid,
                user=contradicted.resolved_by_id.name or "-",
                word=contradicted.with_env(self.env).sudo()._sat_text(),
            )
            return [Problem(text, self)]
        reversals = self._l10n_mx_facture_cancel_reversals()
        if draft := reversals.filtered(lambda one: one.state == "draft")[:1]:
            text = self.env._(
                "Its CFDI was cancelled, and the draft %s reverses the invoice. To stamp the invoice again, delete "
                "the draft.",
                draft.display_name,
            )
            return [Problem(text, draft)]
        if reversal := reversals[:1]:
            text = self.env._(
                "Its CFDI was cancelled, and %s reverses the invoice: make a new invoice.",
                reversal.display_name,
            )
            return [Problem(text, reversal)]
        if self.payment_state == "reversed":
            text = self.env._("Its CFDI was cancelled, and the invoice is reversed: make a new invoice.")
            return [Problem(text, self)]
        if substitute := self._l10n_mx_facture_live_substitute():
            text = self.env._(
                "Its CFDI was cancelled, and %s substitutes it. Stamping again would invoice the sale twice.",
                substitute.display_name,
            )
            return [Problem(text, self._l10n_mx_facture_link_to(substitute))]
        if single:
            return []
        text = self.env._("Its CFDI was cancelled. To stamp it again, open the invoice and press Stamp again.")
        return [Problem(text, self)]

    def _l10n_mx_facture_cancelled(self):
        """:return: the cancelled CFDIs of these invoices, without test CFDIs of a company that stamps in production"""
        return self.sudo().l10n_mx_facture_document_ids.filtered(
            lambda document: document.state == "cancelled"
            and document.uuid
            and document.environment == document.account_id.environment
        )

    def _l10n_mx_facture_live_substitute(self):
        """:return: an invoice, as superuser, with a CFDI that is, or may be, valid and substitutes (04) or replaces
            (01) a cancelled one of this invoice, or was made to, directly or through others that were cancelled since;
            else empty
        """
        seen = level = self
        while level:
            level = level._l10n_mx_facture_cancelled()._substituting() - seen
            if live := level.filtered(lambda move: move._l10n_mx_facture_is_live()):
                return live[:1]
            seen |= level
        return self.browse()

    def _l10n_mx_facture_substituted(self):
        """:return: the invoices, as superuser, whose CFDIs these name with 04"""
        documents = self.env["l10n_mx_facture.document"].sudo()
        uuids = self.sudo()._l10n_mx_facture_named_with_04()
        return documents.search([("uuid", "in", uuids)]).move_id if uuids else self.sudo().browse()

    def _l10n_mx_facture_live_of_same_sale(self):
        """:return: an invoice, as superuser, of the same sale (this one was made to substitute it, replaced it, or was
            replaced by it) with a CFDI that is, or may be, valid; empty if this one names that CFDI with 04
        """
        self.ensure_one()
        move = self.sudo()
        named = move._l10n_mx_facture_named_with_04()
        for one in move._l10n_mx_facture_same_sale() - move._origin - move:
            other = one if one._l10n_mx_facture_is_live() else one._l10n_mx_facture_live_substitute() - move
            if other and other.l10n_mx_facture_uuid not in named:
                return other
        return move.browse()

    def _l10n_mx_facture_same_sale(self):
        """:return: the invoices, as superuser, which these substitute, were made to substitute, or have replaced"""
        moves = self.sudo()
        replaced = moves._l10n_mx_facture_cancelled()._reported_as_replaced().move_id
        return moves._l10n_mx_facture_substituted() | moves.l10n_mx_facture_made_for_id.move_id | replaced

    def _l10n_mx_facture_whole_sale(self):
        """:return: these, and the invoices, as superuser, that they substitute or that substitute them, directly or
            through others
        """
        found = level = self.sudo()
        while level:
            level = (level._l10n_mx_facture_same_sale() | level.l10n_mx_facture_document_ids._substituting()) - found
            found |= level
        return found

    def _l10n_mx_facture_last_of_sale(self):
        """:return: of these, which are of one sale, the one with a CFDI that is, or may be, valid and that no other
            such one substitutes; empty where none has one
        """
        live = self.filtered(lambda move: move._l10n_mx_facture_is_live())
        earlier = self.browse()
        for move in live:
            level = move
            while level := level._l10n_mx_facture_same_sale() - earlier - move:
                earlier |= level
        return (live - earlier)[:1]

    def _l10n_mx_facture_link_to(self, other):
        """:return: the other invoice, or this one if the user may not read the other"""
        other = other.with_env(self.env)
        return other if other.has_access("read") else self

    def _l10n_mx_facture_claim_substituted(self, claimed):
        """Only one invoice in a call may substitute (04) a given CFDI.

        :param claimed: set of UUIDs that earlier invoices of the call substitute; this one's are added
        :return: problems
        """
        self.ensure_one()
        named = {*self._l10n_mx_facture_named_with_04(), self.sudo().l10n_mx_facture_made_for_id.uuid} - {False}
        if duplicated := named & claimed:
            text = self.env._(
                "Another invoice of this selection substitutes %s too. Only one of them can.",
                ", ".join(sorted(duplicated)),
            )
            return [Problem(text, self)]
        claimed |= set(self.env["l10n_mx_facture.document"]._same_sale_uuids(named))
        return []

    # -- which invoice substitutes which ----------------------------------------------------------

    def _l10n_mx_facture_named_with_04(self):
        """:return: list of the UUIDs of the CFDIs that these invoices substitute"""
        relations = self.l10n_mx_facture_relation_ids
        return relations.filtered(lambda relation: relation.relation_type_id.code == "04").mapped("uuid")

    def _l10n_mx_facture_find_substitutes(self):
        """:return: dict from a CFDI of these invoices to the invoice that substitutes it, stamped or not"""
        by_uuid = self.l10n_mx_facture_document_id._origin.filtered("uuid").grouped("uuid")
        relations = self.env["l10n_mx_facture.relation"].search(
            [
                # a user may have entered only the UUID
                ("uuid", "in", list(by_uuid)),
                ("relation_type_id.code", "=", "04"),
                ("move_id.state", "!=", "cancel"),
            ]
        )
        alive = relations.filtered(lambda row: row.move_id.l10n_mx_facture_state != "cancelled")
        # the last one wins: put the stamped one after drafts
        alive = alive.sorted(lambda row: row.move_id.l10n_mx_facture_state in STAMPED_STATES)
        return {by_uuid[row.uuid]: row.move_id for row in alive}

    # -- before it is stamped ---------------------------------------------------------------------

    def _l10n_mx_facture_same_sale_problems(self):
        """:return: problems: why its CFDI would be a second one for its sale. A CFDI has one substitute (04), which
            names it
        """
        self.ensure_one()
        named = self._l10n_mx_facture_named_with_04()
        old, found = self.sudo().l10n_mx_facture_made_for_id, []
        if old.state in STAMPED_STATES and old.uuid not in named:
            text = self.env._(
                "This invoice was made to substitute the CFDI %(uuid)s of %(invoice)s, which is valid, but it no "
                "longer names it. Add that CFDI under Related CFDIs with 04. For another sale, make a new invoice.",
                uuid=old.uuid,
                invoice=old.move_id.display_name,
            )
            found.append(Problem(text, self))
        for uuid in named:
            others = self.env["l10n_mx_facture.relation"]._substitutes([uuid]) - self._origin - self
            for other in others.filtered(lambda one: one._l10n_mx_facture_is_live())[:1]:
                text = self.env._(
                    "%(other)s already substitutes %(uuid)s (04), and its CFDI is valid: substitute or cancel "
                    "%(other)s.",
                    other=other.display_name,
                    uuid=uuid,
                )
                found.append(Problem(text, self._l10n_mx_facture_link_to(other)))
        return found or self._l10n_mx_facture_second_cfdi_problems()

    def _l10n_mx_facture_second_cfdi_problems(self):
        """The invoice that it was made to substitute may have a new CFDI, or another substitute."""
        other = self._l10n_mx_facture_live_of_same_sale()
        if not other:
            return []
        document = other.l10n_mx_facture_document_id
        text = self.env._(
            "%(invoice)s belongs to the same sale and already has a CFDI (%(uuid)s). To substitute that CFDI, add it "
            "under Related CFDIs with 04. Otherwise this invoice is not stamped, as the sale would have two CFDIs.",
            invoice=other.display_name,
            uuid=document.uuid or document._state_label(document.state),
        )
        return [Problem(text, self._l10n_mx_facture_link_to(other))]


class L10nMxFactureRelation(models.Model):
    """Relations 04 to a CFDI."""

    _inherit = "l10n_mx_facture.relation"

    @api.model
    def _substitutions(self, uuids):
        """:param uuids: list of UUIDs of CFDIs, of ours or not
        :return: the rows of any company, as superuser, that name one of them with 04
        """
        named = [("uuid", "in", uuids), ("relation_type_id.code", "=", "04")]
        return self.sudo().search(named) if uuids else self.sudo().browse()

    @api.model
    def _substitutes(self, uuids):
        """:param uuids: list of UUIDs of CFDIs
        :return: the invoices of any company, as superuser, that name one of them with 04
        """
        return self._substitutions(uuids).move_id

class L10nMxFactureDocument(models.Model):
    """What a CFDI substitutes, and its substitutes."""

    _inherit = "l10n_mx_facture.document"

    def _named_with_04(self):
        """:return: UUIDs that these CFDIs substitute"""
        return [uuid for owners in self.sudo()._owners() for uuid in owners._l10n_mx_facture_named_with_04()]

    def _same_sale_uuids(self, uuids):
        """:return: these UUIDs and those of all other CFDIs of the same invoices"""
        if not uuids:
            return []
        owners = self.sudo().search([("uuid", "in", uuids)])._owners()
        return [*uuids, *(one.uuid for owner in owners for one in owner.l10n_mx_facture_document_ids if one.uuid)]

    def _substituted(self):
        """:return: our CFDIs, as superuser, that these name with 04, also by the UUID alone"""
        uuids = self._named_with_04()
        return self.sudo().search([("uuid", "in", uuids)]) if uuids else self.sudo().browse()

    def _replacements(self):
        """:return: our CFDIs, as superuser, that replace these by the cancellation request (01)"""
        uuids = self.sudo().filtered("cancel_replacement_uuid").mapped("cancel_replacement_uuid")
        return self.sudo().search([("uuid", "in", uuids)])

    def _substituting(self):
        """:return: the invoices, as superuser, that substitute these: by relation 04, by the cancellation request (01),
            or made to
        """
        uuids = self.sudo().filtered("uuid").mapped("uuid")
        moves = self.env["account.move"].sudo()
        if not uuids:
            return moves
        made = moves.search([("l10n_mx_facture_made_for_id", "in", self.ids)])
        return self.env["l10n_mx_facture.relation"]._substitutes(uuids) | self._replacements().move_id | made

    def _reported_as_replaced(self):
        """:return: our CFDIs, as superuser, that these replace by the cancellation request (01)"""
        uuids = self.filtered("uuid").mapped("uuid")
        return self.sudo().search([("cancel_replacement_uuid", "in", uuids)]) if uuids else self.sudo().browse()

    @api.model
    def _invoice_ids_by_uuid(self, uuids):
        """:return: dict from UUID to the id of its invoice, for those that are ours"""
        documents = self.sudo().search_fetch([("uuid", "in", uuids)], ["uuid", "move_id"])
        return {document.uuid: document.move_id.id for document in documents}

    @api.model
    def _stamped_with_04(self, domain):
        """:return: relations 04 of invoices with a stamped CFDI, in all companies"""
        stamped = Domain("move_id.l10n_mx_facture_document_id.state", "=", "stamped")
        return self.env["l10n_mx_facture.relation"].sudo().search(
            stamped & Domain("relation_type_id.code", "=", "04") & Domain(domain)
        )

    @api.model
    def _stamped_copies(self, domain):
        """:return: invoices with a stamped CFDI that were made to substitute another one, with or without relation
        04
        """
        stamped = Domain("l10n_mx_facture_document_id.state", "=", "stamped")
        return self.env["account.move"].sudo().search(
            stamped & Domain("l10n_mx_facture_made_for_id", "!=", False) & Domain(domain)
        )

    def _live_substitutes(self, uuids):
        """:param uuids: list of UUIDs of CFDIs, all of one sale
        :return: other valid CFDIs of the same issuer that substitute one of these, or were made to, the last one first
        """
        if not uuids:
            return self.browse()
        moves = self._stamped_with_04([("uuid", "in", uuids)]).move_id
        moves |= self._stamped_copies([("l10n_mx_facture_made_for_id.uuid", "in", uuids)])
        found = moves.l10n_mx_facture_document_id.filtered(
            lambda one: one != self and one.rfc_emisor == self.rfc_emisor and one._is_live_now()
        )
        return found.sorted("id", reverse=True).with_env(self.env)
