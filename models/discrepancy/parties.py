from odoo import api, models
from odoo.tools import SQL

from ...cfdi.rfc import is_generic


class L10nMxFactureDocument(models.Model):
    """The invoice names another RFC than its CFDI: its contact was merged with another one, or got another RFC."""

    _inherit = "l10n_mx_facture.document"

    @api.model
    def _discrepancy_parties_suspects(self):
        """:return: those whose customer may have another RFC"""
        query = SQL(
            """SELECT document.id FROM l10n_mx_facture_document AS document
                 JOIN account_move AS move ON move.l10n_mx_facture_document_id = document.id
                 JOIN res_partner AS partner ON partner.id = move.commercial_partner_id
                WHERE document.state IN ('stamped', 'cancel_requested') AND %s""",
            _is_other("document.rfc_receptor"),
        )
        self.env.flush_all()
        return self.browse(id for (id,) in self.env.execute_query(query))

    def _discrepancy_parties(self):
        # a generic RFC says nothing of who the customer is
        if not self._is_live_now() or is_generic(self.rfc_receptor or ""):
            return None
        customer = self.partner_id
        rfc = customer._l10n_mx_facture_own_rfc()
        if rfc == self.rfc_receptor:
            return None
        return self.env._(
            "The CFDI was issued to %(rfc)s, but the RFC of the customer %(customer)s is %(vat)s: its contact was "
            "merged with another one, or changed. Correct the RFC of the contact, or substitute the CFDI.",
            rfc=self.rfc_receptor,
            customer=customer.display_name,
            vat=rfc or "-",
        )


class L10nMxFactureReceived(models.Model):
    """The bill names another RFC than its CFDI."""

    _inherit = "l10n_mx_facture.received"

    @api.model
    def _discrepancy_parties_suspects(self):
        """:return: those whose vendor, or whose company, may have another RFC"""
        query = SQL(
            """SELECT received.id FROM l10n_mx_facture_received AS received
                 JOIN account_move AS move ON move.id = received.move_id
                 JOIN res_company AS company ON company.id = move.company_id
                 LEFT JOIN res_partner AS partner ON partner.id = move.commercial_partner_id
                 LEFT JOIN res_partner AS ours ON ours.id = company.partner_id
                WHERE received.in_use AND move.state = 'posted'
                  AND (%s OR upper(coalesce(ours.vat, '')) <> received.rfc_receptor)""",
            _is_other("received.rfc_emisor"),
        )
        self.env.flush_all()
        return self.browse(id for (id,) in self.env.execute_query(query))

    def _discrepancy_parties(self):
        return self._is_booked() and "\n".join(self._wrong_parties())


def _is_other(column):
    """:return: SQL condition: the tax id of ``partner`` doesn't end in the RFC of this column, which more contacts meet
        than have another RFC
    """
    rfc = SQL("regexp_replace(upper(coalesce(partner.vat, '')), '[^A-Z0-9Ñ&]', '', 'g')")
    return SQL("right(%s, length(%s)) <> %s", rfc, SQL(column), SQL(column))
