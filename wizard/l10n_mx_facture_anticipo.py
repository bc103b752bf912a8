from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.common.actions import open_record
from ..models.invoice.line import ADVANCE_TEXT


class L10nMxFactureAnticipo(models.TransientModel):
    """Creates the invoice of an advance (SAT's procedure A, first step)."""

    _name = "l10n_mx_facture.anticipo"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Advance (Anticipo)"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, check_company=True, domain="[('parent_id', '=', False)]"
    )
    amount = fields.Monetary(required=True, help="What the customer pays, tax included.")
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id.id
    )
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        compute="_compute_tax_ids",
        store=True,
        readonly=False,
        check_company=True,
        domain="[('type_tax_use', '=', 'sale'), ('amount_type', 'in', ('percent', 'group'))]",
        help="The taxes of the goods or services that are paid in advance.",
    )
    payment_form_id = fields.Many2one(
        "l10n_mx_catalogs.c_forma_pago",
        "Payment form",
        compute="_compute_payment_form_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        domain="[('code', 'not in', ('30', '99'))]",
        help="How the advance was paid.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        compute="_compute_journal_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        check_company=True,
        domain="[('type', '=', 'sale')]",
    )
    account_id = fields.Many2one(
        "account.account",
        "Account of advances",
        compute="_compute_account_id",
        store=True,
        readonly=False,
        check_company=True,
        help="Account of the advance until it is applied. If it is empty, the journal's income account is used.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_tax_ids(self):
        for wizard in self:
            company = wizard.company_id
            position = self.env["account.fiscal.position"].with_company(company)._get_fiscal_position(wizard.partner_id)
            wizard.tax_ids = position.map_tax(company.account_sale_tax_id)

    @api.depends("partner_id", "journal_id")
    def _compute_payment_form_id(self):
        for wizard in self:
            wizard.payment_form_id = (
                wizard.partner_id.commercial_partner_id.l10n_mx_facture_payment_form_id
                or wizard.journal_id.l10n_mx_facture_payment_form_id
                or wizard.payment_form_id
            )

    @api.depends("company_id")
    def _compute_journal_id(self):
        for wizard in self:
            journals = self.env["account.journal"].search(
                [*self.env["account.journal"]._check_company_domain(wizard.company_id), ("type", "=", "sale")]
            )
            branches = self.env["l10n_mx_facture.branch"]._get_by_journal(journals)
            wizard.journal_id = journals.filtered(lambda journal, branches=branches: branches.get(journal))[:1] or (
                journals[:1]
            )

    @api.depends("company_id")
    def _compute_account_id(self):
        for wizard in self:
            company = wizard.company_id
            # the down payment account of `sale`, or the one of the Mexican chart
            chosen = "downpayment_account_id" in company._fields and company.downpayment_account_id
            chart = self.env["account.chart.template"].with_company(company)
            wizard.account_id = chosen or chart.ref("cuenta206_01", raise_if_not_found=False)

    def action_create(self):
        """Create the invoice of the advance as a draft.

        :return: the action that opens it
        :raise UserError: the amount is not positive, or a tax is not a percentage
        """
        self.ensure_one()
        if self.currency_id.compare_amounts(self.amount, 0) <= 0:
            raise UserError(self.env._("The amount of the advance has to be more than zero."))
        for tax in self.tax_ids.flatten_taxes_hierarchy():
            if tax.amount_type != "percent":
                raise UserError(
                    self.env._(
                        "The tax %s is charged by quantity. An advance has no quantity, so it can't have this tax.",
                        tax.name,
                    )
                )
        move = self.env["account.move"].create(self._invoice_values())
        return open_record(move, context={"default_move_type": "out_invoice"})

    def _invoice_values(self):
        move = self.env["account.move"]
        commands = fields.Command
        return {
            "move_type": "out_invoice",
            "partner_id": self.partner_id.id,
            "journal_id": self.journal_id.id,
            "currency_id": self.currency_id.id,
            "invoice_payment_term_id": False,
            "l10n_mx_facture_anticipo": True,
            "l10n_mx_facture_payment_policy": "PUE",
            "l10n_mx_facture_payment_form_id": self.payment_form_id.id,
            "invoice_line_ids": [
                commands.create(move._l10n_mx_facture_advance_line(part, ADVANCE_TEXT)) for part in self._parts()
            ],
        }

    def _parts(self):
        """:return: base lines of core's tax engine that add up to the customer's payment, taxes included"""
        Tax = self.env["account.tax"]
        base_line = Tax._prepare_base_line_for_taxes_computation(
            {},
            price_unit=self.amount,
            quantity=1.0,
            tax_ids=self.tax_ids,
            partner_id=self.partner_id,
            currency_id=self.currency_id,
            account_id=self.account_id,
            rate=self.env["res.currency"]._get_conversion_rate(
                self.company_id.currency_id,
                self.currency_id,
                self.company_id,
                fields.Date.context_today(self),
            ),
        )
        Tax._add_tax_details_in_base_lines([base_line], self.company_id)
        Tax._round_base_lines_tax_details([base_line], self.company_id)
        return Tax._prepare_down_payment_lines([base_line], self.company_id, "fixed", self.amount)
