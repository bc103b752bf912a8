from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...pac.service_codes import CODE_EXAMPLES, code_parts

TAXES = {"001": "ISR", "002": "IVA", "003": "IEPS"}


class L10nMxFactureServiceCode(models.Model):
    """A number by which a service names a tax, a payment form, a currency or a kind of receipt.

    There is no public list: each account has the numbers that the service gave it.
    """

    _name = "l10n_mx_facture.service_code"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Id of the CFDI Service"
    _order = "account_id, code, id"
    _rec_names_search = ["code", "remote_id"]

    account_id = fields.Many2one("l10n_mx_facture.account", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    code = fields.Char(
        required=True,
        help="What it is on the invoice: receipt_type:I, payment_method:03, money:MXN, tax:Traslado:002:Tasa:0.160000, "
        "tax:Traslado:002:Exento, tax:Retencion:001:Tasa:0.100000",
    )
    name = fields.Char("Meaning", compute="_compute_name")
    remote_id = fields.Char(
        "Id at the service", help="The id that the service gave you. An invoice that needs a row without an id is not "
                                  "sent."
    )

    _code_unique = models.UniqueIndex("(account_id, code)", "This code stands in the account's table already.")

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_name(self):
        for row in self:
            kind, *parts = code_parts(row.code) or (None,)
            row.name = row._describe(kind, parts) if kind else False

    @api.depends("code", "name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.name or row.code

    def _describe(self, kind, parts):
        """:param parts: those of the code after its kind
        :return: a readable name
        """
        if kind == "tax":
            return self._tax_name(*parts)
        if kind == "payment_method":
            form = self.env["l10n_mx_catalogs.c_forma_pago"].search([("code", "=", parts[0])], limit=1)
            return self.env._("Payment form %(code)s %(name)s", code=parts[0], name=form.name or "").strip()
        if kind == "money":
            return self.env._("Currency %s", parts[0])
        kinds = {"I": self.env._("Invoice (I)"), "E": self.env._("Credit note (E)")}
        return kinds.get(parts[0], parts[0])

    def _tax_name(self, way, impuesto, tipo_factor, rate=None):
        tax = TAXES.get(impuesto, impuesto)
        if rate is None:
            amount = self.env._("exempt")
        elif tipo_factor == "Cuota":
            amount = self.env._("%s per unit", f"{Decimal(rate).normalize():f}")
        else:
            amount = f"{(Decimal(rate) * 100).normalize():f} %"
        if way == "Retencion":
            return self.env._("Withheld %(tax)s %(amount)s", tax=tax, amount=amount)
        return self.env._("Transferred %(tax)s %(amount)s", tax=tax, amount=amount)

    @api.constrains("code")
    def _check_code(self):
        for row in self:
            if not code_parts(row.code):
                raise ValidationError(
                    self.env._(
                        "“%(code)s” is not a valid code for the table of %(account)s. Write it like one of these: "
                        "%(examples)s.",
                        code=row.code,
                        account=row.account_id.name,
                        examples=", ".join(CODE_EXAMPLES),
                    )
                )
