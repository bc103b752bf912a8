from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_mx_facture_self_invoicing = fields.Boolean(
        "Customers invoice their tickets on a page",
        help="Prints a QR code, a link and a code on each ticket. The till has to be able to invoice too: SAT regards "
        "a page as the only way as an undue practice (criterion 1/CFF/PI).",
    )
    l10n_mx_facture_self_deadline = fields.Selection(
        [("year", "31 December of the year of the sale"), ("days", "A number of days after the sale")],
        "Tickets can be invoiced until",
        default="year",
        required=True,
    )
    l10n_mx_facture_self_days = fields.Integer(
        "Days after the sale", default=30, help="The day of the sale is day 0. They may end in the next year."
    )
    l10n_mx_facture_self_in_global = fields.Selection(
        [
            ("invoice", "Credit it there and invoice it by itself"),
            ("ask", "Tell the customer to ask the shop"),
        ],
        "Tickets in a global invoice",
        default="invoice",
        required=True,
        help="By itself: a credit note (E) with relation 01 to the global invoice, and an invoice to the customer's "
        "name (SAT's guide, appendix 2, III).",
    )

    _l10n_mx_facture_self_days_positive = models.Constraint(
        "CHECK (l10n_mx_facture_self_days >= 0)", "The number of days in which tickets can be invoiced is 0 or more."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_mx_facture_self_invoicing = fields.Boolean(
        related="company_id.l10n_mx_facture_self_invoicing", readonly=False
    )
    l10n_mx_facture_self_deadline = fields.Selection(
        related="company_id.l10n_mx_facture_self_deadline", readonly=False, required=True
    )
    l10n_mx_facture_self_days = fields.Integer(related="company_id.l10n_mx_facture_self_days", readonly=False)
    l10n_mx_facture_self_in_global = fields.Selection(
        related="company_id.l10n_mx_facture_self_in_global", readonly=False, required=True
    )
