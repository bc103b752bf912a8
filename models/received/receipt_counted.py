from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import float_compare


class L10nMxFactureReceived(models.Model):
    """What receipts say was paid of a bill. Stored, so that bills with all of theirs cost the list nothing."""

    _inherit = "l10n_mx_facture.received"

    receipted = fields.Monetary(
        "Paid by the receipts", compute="_compute_receipted", store=True, help="By the supplier's receipts that count."
    )
    receipts_missing = fields.Boolean(
        "Receipts may be owed", compute="_compute_receipted", store=True, help="PPD, and not receipted as a whole."
    )

    _receipts_missing = models.Index("(move_id) WHERE in_use AND receipts_missing")

    # receipts of payment call for it again (`_count_receipts`), as they are found by the UUID
    @api.depends("uuid", "root_company_id", "total", "metodo_pago", "tipo_de_comprobante")
    def _compute_receipted(self):
        lines = self.env["l10n_mx_facture.received.rep.line"].sudo().search(
            [("uuid", "in", self.mapped("uuid")), ("rep_id.in_use", "=", True)]
        )
        found = defaultdict(dict)
        for line in lines.sorted(lambda line: (line.rep_id.fecha, line.id)):
            # one with the installment of another is its substitute: the newer counts
            found[*line._bill_key(), line.moneda][line.installment] = line.amount
        for received in self:
            amounts = found[received.root_company_id, received.uuid, received.moneda].values()
            received.receipted = sum(amounts)
            owes = received.metodo_pago == "PPD" and received.tipo_de_comprobante == "I"
            received.receipts_missing = owes and float_compare(received.receipted, received.total, 6) < 0

    def _recount(self):
        for name in ("receipted", "receipts_missing"):
            self.env.add_to_compute(self._fields[name], self)


class L10nMxFactureReceivedRep(models.Model):
    """A receipt that comes, or counts no more, changes what is owed of its bills."""

    _inherit = "l10n_mx_facture.received.rep"

    @api.model_create_multi
    def create(self, vals_list):
        reps = super().create(vals_list)
        reps._count_receipts()
        return reps

    def write(self, vals):
        result = super().write(vals)
        if {"seal", "sat_reading"} & vals.keys():
            self._count_receipts()
        return result

    def unlink(self):
        bills = self._bills()
        result = super().unlink()
        bills._recount()
        return result

    def _count_receipts(self):
        self._bills()._recount()

    def _bills(self):
        """:return: the CFDIs, as superuser, of the bills that these name"""
        uuids = self.sudo().line_ids.mapped("uuid")
        return self.env["l10n_mx_facture.received"].sudo().search([("uuid", "in", uuids)])
