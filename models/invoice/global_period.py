from odoo import api, fields, models

from ...cfdi.names import is_general_public
from ...cfdi.rfc import GENERIC_NATIONAL

BIMONTHLY = "05"
DAILY = "l10n_mx_catalogs.c_periodicidad_01"


class AccountMove(models.Model):
    """The period of an invoice to the general public (InformacionGlobal)."""

    _inherit = "account.move"

    l10n_mx_facture_is_global = fields.Boolean(
        "Global invoice to the public",
        compute="_compute_l10n_mx_facture_is_global",
        help="An invoice to PUBLICO EN GENERAL with the RFC XAXX010101000.",
    )
    l10n_mx_facture_global_periodicity_id = fields.Many2one(
        "l10n_mx_catalogs.c_periodicidad",
        "Periodicity",
        compute="_compute_l10n_mx_facture_global_periodicity_id",
        store=True,
        readonly=False,
        copy=False,
        help="Periodicidad of a global invoice. Bimonthly is only for issuers of the tax regime 621.",
    )
    l10n_mx_facture_global_months_id = fields.Many2one(
        "l10n_mx_catalogs.c_meses",
        "Months",
        compute="_compute_l10n_mx_facture_global_months_id",
        store=True,
        readonly=False,
        copy=False,
        help="Meses of a global invoice: the month of the invoice date; two months where it is bimonthly.",
    )
    l10n_mx_facture_global_year = fields.Integer(
        "Year",
        compute="_compute_l10n_mx_facture_global_year",
        store=True,
        readonly=False,
        copy=False,
        aggregator=None,
        help="Año of a global invoice: the one of the invoice date.",
    )

    @api.depends(
        "l10n_mx_facture_applies", "commercial_partner_id.l10n_mx_facture_fiscal_name", "commercial_partner_id.vat"
    )
    def _compute_l10n_mx_facture_is_global(self):
        for move in self:
            partner = move.commercial_partner_id
            move.l10n_mx_facture_is_global = (
                move.move_type == "out_invoice"
                and move.l10n_mx_facture_applies
                and is_general_public(partner.l10n_mx_facture_fiscal_name or "")
                and partner._l10n_mx_facture_rfc() == GENERIC_NATIONAL
            )

    # the three don't depend on the customer's name, so that posted invoices keep their values

    @api.depends("partner_id", "move_type")
    def _compute_l10n_mx_facture_global_periodicity_id(self):
        for move in self:
            periodicity = move.l10n_mx_facture_global_periodicity_id
            if not move._l10n_mx_facture_is_live():
                if not move.l10n_mx_facture_is_global:
                    periodicity = False
                elif not periodicity:
                    periodicity = self.env.ref(DAILY, raise_if_not_found=False)
            move.l10n_mx_facture_global_periodicity_id = periodicity

    @api.depends("l10n_mx_facture_global_periodicity_id", "invoice_date")
    def _compute_l10n_mx_facture_global_months_id(self):
        for move in self:
            if move._l10n_mx_facture_is_live():
                months = move.l10n_mx_facture_global_months_id
            else:
                months = move._l10n_mx_facture_is_dated_global() and move._l10n_mx_facture_default_months()
            move.l10n_mx_facture_global_months_id = months

    @api.depends("partner_id", "move_type", "invoice_date")
    def _compute_l10n_mx_facture_global_year(self):
        for move in self:
            if move._l10n_mx_facture_is_live():
                year = move.l10n_mx_facture_global_year
            else:
                year = move._l10n_mx_facture_is_dated_global() and move.invoice_date.year
            move.l10n_mx_facture_global_year = year

    def _l10n_mx_facture_is_dated_global(self):
        """:return: whether a period can be proposed, for which a date is needed"""
        self.ensure_one()
        return bool(self.invoice_date) and self.l10n_mx_facture_is_global

    def _l10n_mx_facture_issue_date(self):
        """:return: the invoice date, or the one that posting would set now"""
        self.ensure_one()
        if self.invoice_date:
            return self.invoice_date
        tz = self.l10n_mx_facture_branch_id.tz
        return self._l10n_mx_facture_today() if tz else fields.Date.context_today(self)

    def _l10n_mx_facture_default_months(self):
        """:return: the row of c_Meses for the invoice date: 01 to 12, or 13 to 18 for two months"""
        self.ensure_one()
        month = self._l10n_mx_facture_issue_date().month
        if self.l10n_mx_facture_global_periodicity_id.code == BIMONTHLY:
            month = 12 + (month + 1) // 2
        return self.env.ref(f"l10n_mx_catalogs.c_meses_{month:02}")
