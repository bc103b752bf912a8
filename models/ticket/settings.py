from odoo import fields, models

PERIODICITIES = [
    ("01", "01 Day"),
    ("02", "02 Week"),
    ("03", "03 Fortnight"),
    ("04", "04 Month"),
    ("05", "05 Two months (regime 621)"),
]


class AccountJournal(models.Model):
    _inherit = "account.journal"

    l10n_mx_facture_to_global = fields.Boolean(
        "Sales to the public go into a global invoice",
        help="A posted invoice of this journal to XAXX010101000 is a ticket: it has no CFDI of its own, but a line in "
        "the global invoice of its day, week or month.",
    )


    l10n_mx_facture_fuel_permit = fields.Char(
        "Permit to sell fuels",
        help="Of diesel, gasoline, LP gas or natural gas: the number of the permit of the CRE, for example "
        "LP/00751/EXP/ES/2016. SAT wants it before the number of each ticket.",
    )


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_mx_facture_global_periodicity = fields.Selection(
        PERIODICITIES,
        "Period of global invoices",
        default="01",
        required=True,
        help="Periodicidad. SAT wants the global invoice within 24 hours after the period (RMF 2.7.1.21).",
    )
    l10n_mx_facture_global_auto = fields.Boolean(
        "Stamp global invoices by themselves",
        help="When a period is over at the place of issue, its global invoice is made and stamped in the background.",
    )
    l10n_mx_facture_global_limit = fields.Integer(
        "Tickets in one global invoice",
        default=5000,
        help="Where a period has more, it gets several global invoices. 0: no limit.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_mx_facture_global_periodicity = fields.Selection(
        related="company_id.l10n_mx_facture_global_periodicity", readonly=False, required=True
    )
    l10n_mx_facture_global_auto = fields.Boolean(related="company_id.l10n_mx_facture_global_auto", readonly=False)
    l10n_mx_facture_global_limit = fields.Integer(related="company_id.l10n_mx_facture_global_limit", readonly=False)
