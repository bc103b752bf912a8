from decimal import Decimal

from odoo import models

from ...cfdi.values import ImpuestoLocal, ImpuestosLocales
from ..common.problem import Problem
from ..common.taxes import exact

CENT = Decimal("0.01")


class L10nMxFactureCfdi(models.AbstractModel):
    """Taxes of states and towns (lodging, "5 al millar"), in the complement implocal 1.0."""

    _inherit = "l10n_mx_facture.cfdi"

    def _impuestos_locales(self, base_lines, books, problems):
        """:param books: dict from a tax to what it adds to the total
        :return: :class:`~..cfdi.values.ImpuestosLocales`, None where the invoice has none
        """
        taxes = [data["tax"] for base_line in base_lines for data in base_line["tax_details"]["taxes_data"]]
        sums = {tax: books.get(tax, Decimal(0)) for tax in taxes if tax.l10n_mx_tax_type == "local"}
        rows = {}
        for tax, amount in sums.items():
            withheld = tax.amount < 0
            key = (withheld, self._local_tax_name(tax), abs(exact(tax.amount)))
            rows[key] = rows.get(key, Decimal(0)) + (-amount if withheld else amount)
            if problem := self._local_tax_problem(tax, rows[key]):
                problems.append(Problem(problem, tax))
        # rows of zero are left out
        kinds = {
            kind: tuple(
                ImpuestoLocal(nombre=name, tasa=rate, importe=amount)
                for (withheld, name, rate), amount in rows.items()
                if withheld == kind and amount
            )
            for kind in (True, False)
        }
        if not any(kinds.values()):
            return None
        return ImpuestosLocales(retenciones=kinds[True], traslados=kinds[False])

    def _local_tax_name(self, tax):
        """:return: its name in Spanish, if that language is installed"""
        spanish = self.env["res.lang"]._get_data(code="es_MX")
        return " ".join((tax.with_context(lang="es_MX") if spanish else tax).name.split())

    def _local_tax_problem(self, tax, amount):
        """:return: why a local tax can't be written; None if it can"""
        if tax.amount_type != "percent":
            return self.env._(
                "The local tax %s is not a percentage, but the complement of local taxes needs its rate: define it as "
                "a percentage.",
                tax.name,
            )
        if exact(tax.amount) % CENT:
            return self.env._(
                "The local tax %(tax)s has the rate %(rate)s %%, and the complement of local taxes takes two "
                "decimals: correct the rate.",
                tax=tax.name,
                rate=abs(exact(tax.amount)),
            )
        if amount % CENT:
            return self.env._(
                "The local tax %(tax)s comes to %(amount)s, but the complement of local taxes has two decimals: "
                "invoice in a currency with two decimals.",
                tax=tax.name,
                amount=amount,
            )
        return None
