from decimal import Decimal

from odoo import fields, models
from odoo.fields import Command

from ...cfdi.values import Retencion, Traslado
from ...pac.service_codes import code_parts, tax_code
from ..common.taxes import IMPUESTOS, sat_tax

# cash, transfer, credit and debit card, to be defined; 15 and 30 are used on credit notes that this module makes
PAYMENT_FORMS = ("01", "03", "04", "15", "28", "30", "99")
KINDS = ("I", "E")
NONE = Decimal(0)


class L10nMxFactureAccount(models.Model):
    """The table of the service's ids, and the rows that the company needs."""

    _inherit = "l10n_mx_facture.account"

    code_ids = fields.One2many("l10n_mx_facture.service_code", "account_id", "The service's ids")

    def _service_ids(self):
        """:return: dict from a code (``tax:Traslado:002:Tasa:0.160000``) to the service's id, for the rows that have
            one
        """
        self.ensure_one()
        return {row.code: row.remote_id for row in self.sudo().code_ids if row.remote_id}

    def action_add_usual_codes(self):
        """Add the rows that the company's taxes, currencies and payment forms need, without their ids."""
        for account in self:
            account.check_access("write")
            known = set(account.code_ids.mapped("code"))
            codes = [
                *(f"receipt_type:{kind}" for kind in KINDS),
                *(f"money:{currency.name}" for currency in self.env["res.currency"].search([])),
                *(f"payment_method:{form}" for form in account._usual_payment_forms()),
                *account._usual_tax_codes(),
            ]
            # currencies that SAT doesn't have get no row
            new = [code for code in dict.fromkeys(codes) if code not in known and code_parts(code)]
            account.code_ids = [Command.create({"code": code}) for code in new]

    def _usual_payment_forms(self):
        """:return: the common codes of c_FormaPago, and those of the company's journals and customers"""
        company = [("company_id", "child_of", self.company_id.id)]
        journals = self.env["account.journal"].search([*company, ("type", "=", "sale")])
        partners = self.env["res.partner"].search(
            [("company_id", "in", (False, self.company_id.id)), ("l10n_mx_facture_payment_form_id", "!=", False)]
        )
        used = journals.l10n_mx_facture_payment_form_id | partners.l10n_mx_facture_payment_form_id
        return sorted({*PAYMENT_FORMS, *used.mapped("code")})

    def _usual_tax_codes(self):
        """:return: the codes of the company's active taxes on sales, as they are written into a CFDI"""
        taxes = self.env["account.tax"].search(
            [
                ("company_id", "parent_of", self.company_id.id),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "in", ("percent", "fixed")),
                ("l10n_mx_tax_type", "in", tuple(IMPUESTOS)),
            ]
        )
        return [self._tax_code(tax) for tax in taxes]

    def _tax_code(self, tax):
        """:param tax: account.tax"""
        impuesto, factor, rate, withheld = sat_tax(tax)
        return tax_code((Retencion if withheld else Traslado)(NONE, impuesto, factor, rate, NONE))
