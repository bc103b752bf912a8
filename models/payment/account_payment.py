from odoo import api, fields, models


class L10nMxFacturePaidWith(models.AbstractModel):
    """How the money came in: on a payment, and in the dialog that makes one."""

    _name = "l10n_mx_facture.paid_with"
    _description = "How a Customer Paid"

    l10n_mx_facture_payment_form_id = fields.Many2one(
        "l10n_mx_catalogs.c_forma_pago",
        "SAT's payment form",
        compute="_compute_l10n_mx_facture_payment_form_id",
        store=True,
        readonly=False,
        domain=[("code", "!=", "99")],
        help="FormaDePagoP on the receipt of payment (REP): how the money came in. From the journal.",
    )
    l10n_mx_facture_operation_number = fields.Char(
        "Operation number",
        copy=False,
        help="NumOperacion on the receipt of payment: the bank's tracking key, the number of the cheque.",
    )

    @api.depends("journal_id", "payment_type", "partner_type")
    def _compute_l10n_mx_facture_payment_form_id(self):
        for record in self:
            form = record.l10n_mx_facture_payment_form_id
            if record.payment_type == "inbound" and record.partner_type == "customer":
                # empty where the journal has none: what another journal proposed would be a guess
                form = self.env["account.move"]._l10n_mx_facture_journal_form(record.journal_id)
            record.l10n_mx_facture_payment_form_id = form


class AccountPayment(models.Model):
    """What a customer's payment says on its receipt (REP)."""

    _name = "account.payment"
    _inherit = ["account.payment", "l10n_mx_facture.paid_with"]

    l10n_mx_facture_factoring = fields.Boolean(
        "Factoring",
        copy=False,
        help="The invoices were ceded to who pays: the receipt of payment is made to the payer, not to the customer.",
    )
    l10n_mx_facture_rep_ids = fields.Many2many(
        "l10n_mx_facture.rep",
        string="Receipts of payment",
        compute="_compute_l10n_mx_facture_rep_ids",
        compute_sudo=True,
    )
    l10n_mx_facture_due_ids = fields.One2many("l10n_mx_facture.rep.due", "payment_id", "Receipts due")
    l10n_mx_facture_due_date = fields.Date(
        "Receipt due until", compute="_compute_l10n_mx_facture_due_date", compute_sudo=True
    )

    @api.depends("l10n_mx_facture_due_ids.date_due")
    def _compute_l10n_mx_facture_due_date(self):
        for payment in self:
            dates = payment.l10n_mx_facture_due_ids.mapped("date_due")
            payment.l10n_mx_facture_due_date = min(dates, default=False)

    def _compute_l10n_mx_facture_rep_ids(self):
        lines = self.env["l10n_mx_facture.rep.line"].search([("entry_line_id.payment_id", "in", self.ids)])
        for payment in self:
            mine = lines.filtered(lambda line, payment=payment: line.entry_line_id.payment_id == payment)
            payment.l10n_mx_facture_rep_ids = mine.rep_id


class AccountPaymentRegister(models.TransientModel):
    """The dialog *Pay*: form and operation number go onto the payments that it makes."""

    _name = "account.payment.register"
    _inherit = ["account.payment.register", "l10n_mx_facture.paid_with"]

    def _create_payment_vals_from_wizard(self, batch_result):
        return super()._create_payment_vals_from_wizard(batch_result) | self._l10n_mx_facture_payment_vals()

    def _create_payment_vals_from_batch(self, batch_result):
        return super()._create_payment_vals_from_batch(batch_result) | self._l10n_mx_facture_payment_vals()

    def _l10n_mx_facture_payment_vals(self):
        vals = {"l10n_mx_facture_operation_number": self.l10n_mx_facture_operation_number}
        if self.l10n_mx_facture_payment_form_id:
            vals["l10n_mx_facture_payment_form_id"] = self.l10n_mx_facture_payment_form_id.id
        return vals
