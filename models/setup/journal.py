from odoo import api, fields, models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    l10n_mx_facture_branch_ids = fields.Many2many(
        "l10n_mx_facture.branch",
        string="CFDI branch",
        check_company=True,
        help="Invoices of this journal are stamped through this branch.",
    )
    l10n_mx_facture_payment_form_id = fields.Many2one(
        "l10n_mx_catalogs.c_forma_pago",
        "CFDI payment form",
        help="Of a sales journal: FormaPago of PUE invoices where neither the invoice nor the customer has one. Of a "
        "bank or cash journal: how what is paid into it comes in, on receipts of payment.",
    )

    @api.constrains("l10n_mx_facture_branch_ids")
    def _check_l10n_mx_facture_branch_ids(self):
        self.l10n_mx_facture_branch_ids._check_one_branch_a_journal()
