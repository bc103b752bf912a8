import re
from decimal import Decimal

from odoo import models

from ...cfdi.amounts.lines import InvoiceTax
from ...cfdi.values import CUOTA, EXENTO
from ..common.problem import Problem
from ..common.taxes import ADMITTED_TAXES, IMPUESTOS, ISR, NEEDED_TAXES, exact, sat_tax, tipo_factor

KINDS = re.compile(r"\b(isr|iva|ieps)\b", re.IGNORECASE)
EXEMPT = re.compile(r"\bex(?:en|emp)t", re.IGNORECASE)


class L10nMxFactureCfdi(models.AbstractModel):
    """The taxes of a line: what a CFDI can say of them, and what contradicts itself."""

    _inherit = "l10n_mx_facture.cfdi"

    def _impuesto(self, move, line, name, tax_data, rounded, taxes, problems):
        """:param tax_data: one tax of a line, with core's raw amounts
        :param rounded: the same with core's rounded ones, or None
        :param taxes: dict from a tax that was looked at, on this invoice, to what :func:`sat_tax` returns; it is filled
        :return: :class:`~..cfdi.amounts.lines.InvoiceTax`; None with a problem
        """
        tax = tax_data["tax"]
        if tax not in taxes:
            if text := self._tax_problem(name, tax):
                problems.append(Problem(text, tax))
                return None
            taxes[tax] = sat_tax(tax)
        if text := self._tax_object_problem(line, name, tax):
            problems.append(Problem(text, move))
            return None
        found, importe, rounded_importe = taxes[tax], None, None
        # the base of a quota is the quantity in its unit (Anexo 20, golden rule of IEPS)
        base = line.quantity if found.tipo_factor == CUOTA else tax_data["raw_base_amount_currency"]
        if found.tipo_factor != EXENTO:
            importe = abs(exact(tax_data["raw_tax_amount_currency"]))
            rounded_importe = rounded and abs(exact(rounded["tax_amount_currency"]))
        return InvoiceTax(*found, abs(exact(base)), importe, rounded_importe)

    def _check_included_taxes(self, move, base_line, name, raw, problems):
        """A quota that is included in the price may exceed it, especially after a discount."""
        sold = exact(base_line["quantity"]) * exact(base_line["price_unit"])
        if sold * exact(raw["raw_total_excluded_currency"]) < 0:
            problems.append(
                Problem(
                    self.env._(
                        "Line %s: the price after the discount is less than the taxes that it includes: raise it, or "
                        "use taxes that are not included in the price.",
                        name,
                    ),
                    move,
                )
            )

    def _check_needed_taxes(self, move, line, name, taxes_data, problems):
        needed, code = NEEDED_TAXES.get(line.l10n_mx_facture_tax_object, (None, None))
        if needed and not any(tax_data["tax"].l10n_mx_tax_type in needed for tax_data in taxes_data):
            problems.append(
                Problem(
                    self.env._(
                        "Line %(line)s: its tax object %(object)s needs a tax that the line doesn't have (%(code)s): "
                        "correct one of the two.",
                        line=name,
                        object=line.l10n_mx_facture_tax_object,
                        code=code,
                    ),
                    move,
                )
            )

    def _tax_problem(self, name, tax):
        """:return: what is wrong with a tax, whatever the line that has it; None if nothing is"""
        if tax.l10n_mx_tax_type not in IMPUESTOS:
            return self.env._(
                "Line %(line)s: the tax %(tax)s is not IVA, ISR or IEPS: set its SAT tax type.",
                line=name,
                tax=tax.name,
            )
        if problem := self._computation_problem(name, tax) or self._default_problem(name, tax):
            return problem
        if (tax.l10n_mx_factor_type == "Cuota") > (tax.amount_type == "fixed"):
            return self.env._(
                "Line %(line)s: the tax %(tax)s has the SAT factor Cuota, but is computed as a percentage: correct "
                "one of the two.",
                line=name,
                tax=tax.name,
            )
        return self._rate_problem(name, tax)

    def _computation_problem(self, name, tax):
        """:return: why the way in which Odoo computes a tax has no place in a CFDI, and what to use instead; None if it
            has one
        """
        if tax.amount_type == "division":
            return self.env._(
                "Line %(line)s: the tax %(tax)s is a percentage of the price that includes it (computation Percentage "
                "Tax Included). A CFDI has the rate on the base: use a tax of computation Percentage with %(rate)s %%, "
                "included in the price.",
                line=name,
                tax=tax.name,
                rate=self._rate_on_base(exact(tax.amount) / 100),
            )
        if tax.amount_type == "code":
            return self.env._(
                "Line %(line)s: the tax %(tax)s is computed by a formula, and a CFDI has one rate of the base, or one "
                "amount for each unit: use a tax of computation Percentage or Fixed for each rate of SAT's.",
                line=name,
                tax=tax.name,
            )
        if tax.amount_type not in ("percent", "fixed"):
            return self.env._(
                "Line %(line)s: the tax %(tax)s is computed in a way that a CFDI can't express: use a tax of "
                "computation Percentage or Fixed.",
                line=name,
                tax=tax.name,
            )
        return None

    def _rate_on_base(self, share):
        """:param share: of a price that includes the tax
        :return: text of the rate in per cent that gives the same amount
        """
        if share >= 1:
            return "-"
        rate = (share / (1 - share) * 100).quantize(Decimal("0.0001")).normalize()
        return f"{rate:f}"

    def _default_problem(self, name, tax):
        """Odoo fills the SAT tax type of a Mexican tax with IVA, and its factor with Tasa, before anybody chose them.

        :return: why the name of a tax says that it is another one; None if it doesn't
        """
        kinds = {kind.lower() for kind in KINDS.findall(tax.name)}
        if kinds and tax.l10n_mx_tax_type not in kinds:
            return self.env._(
                "Line %(line)s: by its name the tax %(tax)s is %(named)s, and by its SAT tax type it is %(kind)s, "
                "which Odoo proposes for every tax: correct one of the two.",
                line=name,
                tax=tax.name,
                named=" / ".join(sorted(kind.upper() for kind in kinds)),
                kind=tax.l10n_mx_tax_type.upper(),
            )
        if EXEMPT.search(tax.name) and tipo_factor(tax) == "Tasa" and not tax.amount:
            return self.env._(
                "Line %(line)s: by its name the tax %(tax)s is exempt, and by its SAT factor it is a rate of 0 %%, "
                "which is another thing: set the factor Exento, or correct the name.",
                line=name,
                tax=tax.name,
            )
        return None

    def _rate_problem(self, name, tax):
        """:return: why the amount of a tax contradicts its SAT factor; None if it doesn't"""
        exempt = tipo_factor(tax) == "Exento"
        if exempt and (tax.amount < 0 or tax.l10n_mx_tax_type == ISR):
            return self.env._(
                "Line %(line)s: the tax %(tax)s is withheld, and a withheld tax can't be exempt (CFDI40184): correct "
                "its SAT factor.",
                line=name,
                tax=tax.name,
            )
        if exempt and tax.amount:
            return self.env._(
                "Line %(line)s: the tax %(tax)s has the SAT factor Exento, but adds %(rate)s %%: correct one of the "
                "two.",
                line=name,
                tax=tax.name,
                rate=exact(tax.amount),
            )
        if tax.l10n_mx_tax_type == ISR and tax.amount > 0:
            return self.env._(
                "Line %(line)s: the tax %(tax)s is ISR, which can only be withheld, but it raises the total: give it "
                "a negative rate.",
                line=name,
                tax=tax.name,
            )
        return None

    def _tax_object_problem(self, line, name, tax):
        """:return: why a tax can't be on a line with this tax object; None if it can"""
        tax_object = line.l10n_mx_facture_tax_object
        admitted, code = ADMITTED_TAXES.get(tax_object, (tuple(IMPUESTOS), None))
        # the kind of tax is enough, as ISR is always withheld
        if tax.l10n_mx_tax_type not in admitted:
            return self.env._(
                "Line %(line)s has the tax %(tax)s, which its tax object %(object)s doesn't allow (%(code)s): correct "
                "one of the two.",
                line=name,
                tax=tax.name,
                object=tax_object,
                code=code,
            )
        return None
