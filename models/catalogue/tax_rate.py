from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ...cfdi import rules
from ..common.taxes import booked

IEPS, IVA = "003", "002"
# so many days before its table of rates ends it is shown
SOON = timedelta(days=45)
# as SAT writes it, and as others type it; no ilike, which reads the 50,000 rows eight times as long
YES = ("Sí", "SÍ", "sí", "Si", "SI", "si")


class Catalogues(rules.Catalogues):
    """SAT's catalogues with the tables of this database."""

    def __init__(self, rates, needed_taxes):
        super().__init__(rates)
        self._needed_taxes = needed_taxes

    def needed_taxes(self, clave_prod_serv):
        return self._needed_taxes.get(clave_prod_serv, ())


class L10nMxFactureTaxRate(models.Model):
    """A rate or quota that a tax of a CFDI may have (c_TasaOCuota), with its days and its source.

    The rows of the module come with each update. An administrator adds what SAT publishes in between.
    """

    _name = "l10n_mx_facture.tax_rate"
    _description = "Tax Rate of SAT"
    _order = "impuesto, tipo_factor, date_from, lowest, id"

    impuesto = fields.Selection([("001", "ISR"), (IVA, "IVA"), (IEPS, "IEPS")], "Tax", required=True, default=IEPS)
    tipo_factor = fields.Selection([("Tasa", "Tasa"), ("Cuota", "Cuota")], "Factor", required=True, default="Tasa")
    lowest = fields.Float(
        "Rate from", digits=(16, 6), required=True, help="As in the CFDI: 0.16 is 16 %; a quota is in pesos a unit."
    )
    highest = fields.Float(
        "Rate to", digits=(16, 6), required=True, help="The same as the first, unless it is a range."
    )
    transferred = fields.Boolean(default=True, help="A transferred tax (Traslado) may have it.")
    withheld = fields.Boolean(help="A withheld tax (Retencion) may have it.")
    date_from = fields.Date("In force from", required=True)
    date_to = fields.Date("Until", help="The last day. Empty: until something else is published.")
    in_catalogue = fields.Boolean(
        "In SAT's catalogue",
        default=True,
        help="Whether c_TasaOCuota has it. Where only the law has it, SAT refuses it, and the refusal says so.",
    )
    source = fields.Char(required=True, help="Where it is published: the catalogue and its date, or the law.")
    active = fields.Boolean(default=True)
    ends_soon = fields.Boolean("Ends soon", compute="_compute_ends_soon", help="Nothing follows it yet.")

    @api.depends("impuesto", "tipo_factor", "lowest", "highest")
    def _compute_display_name(self):
        kinds = dict(self._fields["impuesto"].selection)
        for rate in self:
            numbers = dict.fromkeys([f"{rate.lowest:.6f}", f"{rate.highest:.6f}"])
            rate.display_name = f"{kinds.get(rate.impuesto, '')} {rate.tipo_factor or ''} {' - '.join(numbers)}"

    @api.depends("date_to", "in_catalogue", "impuesto", "tipo_factor", "transferred", "withheld")
    def _compute_ends_soon(self):
        today = fields.Date.context_today(self)
        rates = self._catalogues().rates
        for rate in self:
            ends = rate.in_catalogue and rate.date_to and rate.date_to <= today + SOON
            key = (rate.impuesto, rate.tipo_factor, not rate.transferred)
            rate.ends_soon = bool(ends) and rates.end(key, rate.date_to) == rate.date_to

    @api.constrains("lowest", "highest", "date_from", "date_to", "transferred", "withheld")
    def _check_row(self):
        for rate in self:
            if not 0 <= rate.lowest <= rate.highest:
                raise ValidationError(self.env._("A rate is not negative, and a range begins with the lower one."))
            if rate.date_to and rate.date_to < rate.date_from:
                raise ValidationError(self.env._("A rate ends after the day from which it is in force."))
            if not rate.transferred and not rate.withheld:
                raise ValidationError(self.env._("A rate is of transferred taxes, of withheld ones, or of both."))

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        self.env.registry.clear_cache()
        return rates

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @ormcache()
    def _catalogues(self):
        """:return: :class:`Catalogues` with this table and the columns of c_ClaveProdServ"""
        rows = [rate._row() for rate in self.sudo().search([])]
        # an empty table would refuse every tax
        return Catalogues(rules.TaxRates(rows) if rows else rules.DEFAULT.rates, self._needed_taxes())

    def _row(self):
        return rules.TaxRate(
            self.impuesto,
            self.tipo_factor,
            booked(self.lowest),
            booked(self.highest),
            self.transferred,
            self.withheld,
            self.date_from,
            self.date_to or None,
            self.in_catalogue,
            self.source,
        )

    def _needed_taxes(self):
        """:return: dict from a product code to the taxes that it needs, for the few that need one"""
        needed = {}
        for field, impuesto in (("includes_iva", IVA), ("includes_ieps", IEPS)):
            for row in self.env["l10n_mx_catalogs.c_clave_prod_serv"].sudo().search([(field, "in", YES)]):
                needed[row.code] = (*needed.get(row.code, ()), impuesto)
        return needed

    @api.model
    def _of_finding(self, data):
        """:param data: dict of values of a finding
        :return: the row that it is about: of the law, or else the last one of the tax
        """
        rows = self.search([("impuesto", "=", data["impuesto"]), ("tipo_factor", "=", data["factor"])])
        if "tasa" not in data:
            return rows.filtered("in_catalogue").sorted("date_from")[-1:]
        rate = Decimal(data["tasa"])
        return rows.filtered(lambda row: not row.in_catalogue and booked(row.lowest) <= rate <= booked(row.highest))[:1]
