import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import split_every

from ..common.states import STAMPED_STATES
from ..elsewhere.agreement import CONFIRMABLE, TYPES

# files that are read together, and at how many of ours the search ends: the next one finds the rest
CHUNK, AT_MOST = 200, 1000


class IrAttachment(models.Model):
    """The files that may be adopted."""

    _inherit = "ir.attachment"

    @api.model
    def _l10n_mx_facture_adoptable(self, moves):
        """:param moves: invoices that the user may write; none: all of the user's companies that show no valid CFDI
        :return: the stamped CFDIs among their files that no document has, and those that other modules keep
            elsewhere, if one of the user's companies issued them; as superuser
        """
        move_model = self.env["account.move"]
        domain = Domain("id", "in", moves.ids) if moves else move_model._l10n_mx_facture_adoptable_domain()
        hanging = Domain("res_model", "=", move_model._name) & Domain("res_id", "in", move_model._search(domain))
        files = self.sudo().search(
            (hanging & self._l10n_mx_facture_xml_domain()) | self._l10n_mx_facture_homes_domain(), order="id"
        )
        issuers = {
            company._l10n_mx_facture_taxpayer()._l10n_mx_facture_own_rfc()
            for company in moves.company_id or self.env.companies
        }
        found = self.sudo().browse()
        for part in split_every(CHUNK, files.ids, files.browse):
            found |= part._l10n_mx_facture_foreign_of(issuers)
            # free the memory of their content
            part.invalidate_recordset()
            if len(found) >= AT_MOST:
                break
        return found

    def _l10n_mx_facture_foreign_of(self, issuers):
        """:param issuers: set of RFCs
        :return: those of these files that are stamped CFDIs of these issuers and that no document has
        """
        read = {file: one for file in self for one, _error in [file._l10n_mx_facture_read_issued()] if one}
        known = self.env["l10n_mx_facture.document"]._invoice_ids_by_uuid([one.uuid for one in read.values()])
        mine = [file for file, one in read.items() if one.uuid not in known and one.rfc_emisor in issuers]
        return self.browse().concat(*mine)


class AccountMove(models.Model):
    """The invoices to which CFDIs belong that are not on any invoice: from a ZIP, or from the service."""

    _inherit = "account.move"

    @api.model
    def _l10n_mx_facture_adoptable_domain(self):
        """:return: domain of the customer invoices of the user's companies that may have a CFDI and show none"""
        none_valid = Domain("l10n_mx_facture_document_id", "=", False)
        none_valid |= Domain("l10n_mx_facture_document_id.state", "not in", STAMPED_STATES)
        return (
            Domain("move_type", "in", list(TYPES))
            & Domain("state", "in", ("posted", "cancel"))
            & Domain("company_id", "in", self.env.companies.ids)
            & none_valid
        )

    @api.model
    def _l10n_mx_facture_invoices_of(self, reads, scope=None):
        """:param reads: list of :class:`~..cfdi.issued.IssuedCfdi`
        :param scope: the only invoices that come into question; None: all that may be adopted for
        :return: dict from UUID to the invoices that fit best: those that agree in all; else those that one fact speaks
            against and the date speaks for
        """
        domain = self._l10n_mx_facture_adoptable_domain() if scope is None else Domain("id", "in", scope.ids)
        # one query for all; grouped, as thousands of invoices may have the same total
        totals = sorted({float(read.total) for read in reads})
        alike = self.search(domain & Domain("amount_total", "in", totals))
        groups = [
            alike.grouped(lambda move: (move.amount_total, move.sequence_number)),
            alike.grouped(lambda move: (move.amount_total, move.invoice_date)),
        ]
        found = {}
        for read in reads:
            total = float(read.total)
            near = self.browse().union(
                *(group.get((total, key), self.browse()) for group, key in zip(groups, _keys(read), strict=True))
            )
            found[read.uuid] = near._l10n_mx_facture_best(read)
        return found

    def _l10n_mx_facture_best(self, read):
        """:return: those of these invoices that fit a CFDI best"""
        differences = {move: set(move._l10n_mx_facture_differences(read)) for move in self}
        exact = self.filtered(lambda move: not differences[move])
        return exact or self.filtered(
            lambda move: len(differences[move]) == 1
            and differences[move] <= set(CONFIRMABLE)
            and move.invoice_date == read.fecha.date()
        )


def _keys(read):
    """:return: (number at the end of its Folio, date of issue)"""
    digits = re.search(r"[0-9]*$", read.folio or "").group()
    return int(digits or 0), read.fecha.date()
