from dataclasses import replace
from decimal import Decimal
from functools import partial

from odoo import api, models

from ...cfdi.amounts.fit import ExpectedTotals, fit_lines
from ...cfdi.amounts.lines import InvoiceLine, tax_key
from ...cfdi.errors import CfdiError
from ...cfdi.values import currency_decimals
from ..common.problem import Problem
from ..common.taxes import booked, exact
from ..invoice.line import ADVANCE_CODE, ADVANCE_TEXT

# SAT's guide, appendix 6, procedure B: the invoice of the rest after an advance
REMAINDER = "CFDI por remanente de un anticipo"
DESCRIPTION_SIZE = 1000
# context key: only the amounts are asked for, so that a line needs no codes of SAT's
TOTALS_ONLY = "l10n_mx_facture_totals_only"


class L10nMxFactureCfdi(models.AbstractModel):
    """The lines of an invoice and their taxes, from core's own tax computation."""

    _inherit = "l10n_mx_facture.cfdi"

    def _conceptos(self, move, problems):
        """:return: :class:`~..cfdi.amounts.fit.Fit` with Conceptos of the invoice's total; None with problems"""
        known = len(problems)
        self._check_special_lines(move, problems)
        if len(problems) > known:
            return None
        base_lines = self._base_lines(move)
        if not base_lines:
            problems.append(Problem(self.env._("The invoice has no lines."), move))
            return None
        books = self._booked_taxes(move)
        locales = self._impuestos_locales(base_lines, books, problems)
        rows = self._rows(move, base_lines, problems)
        if len(problems) > known:
            return None
        partidas = self._spread(move, rows, problems)
        if len(problems) > known:
            return None
        expected = ExpectedTotals(
            total=booked(move.amount_total),
            net_sub_total=booked(move.amount_untaxed),
            impuestos=self._expected_taxes(rows, books),
        )
        rounded = partial(self._rounded_partidas, move, base_lines)
        decimals = currency_decimals(move.currency_id.name)
        try:
            return fit_lines(partidas, decimals, expected, impuestos_locales=locales, rounded=rounded)
        except CfdiError as error:
            problems.append(self._cfdi_problem(move, error))
            return None

    def _base_lines(self, move):
        """:return: core's base lines of the sold goods and of the cash rounding, in their order, with tax details
            before any rounding, whatever the company's way to round
        """
        lines = move.line_ids.filtered(lambda line: line.display_type in ("product", "rounding"))
        lines -= self._left_out(move)
        base_lines = [
            move._prepare_product_base_line_for_taxes_computation(line)
            if line.display_type == "product"
            else move._prepare_cash_rounding_base_line_for_taxes_computation(line)
            for line in lines.sorted(self._line_order)
        ]
        for base_line in base_lines:
            self._add_raw_details(move, base_line)
        return base_lines

    def _add_raw_details(self, move, base_line):
        self.env["account.tax"]._add_tax_details_in_base_line(
            base_line, move.company_id, rounding_method="round_globally"
        )

    def _rows(self, move, base_lines, problems):
        """:return: list of (base line of core, :class:`~..cfdi.amounts.lines.InvoiceLine`)"""
        taxes = {}
        rows = [(base_line, self._partida(move, base_line, taxes, problems)) for base_line in base_lines]
        if any(map(self._reduces, base_lines)) and move._l10n_mx_facture_deducted():
            rows = [(line, partida and self._with_remainder_text(line, partida)) for line, partida in rows]
        return rows

    def _with_remainder_text(self, base_line, partida):
        """:return: a line of an invoice that deducts down payments, with a text about the deduction (appendix 6,
            procedure B)
        """
        if base_line["special_type"] or self._reduces(base_line):
            return partida
        max_length = DESCRIPTION_SIZE - len(REMAINDER) - 1
        return replace(partida, descripcion=f"{partida.descripcion[:max_length].rstrip()} {REMAINDER}")

    def _rounded_partidas(self, move, base_lines):
        """:return: the lines again with core's rounded amounts, which few invoices need"""
        rounded, _tax_lines = move._get_rounded_base_and_tax_lines()
        details = {base_line["record"]: base_line["tax_details"] for base_line in rounded}
        for base_line in base_lines:
            base_line["rounded_details"] = details[base_line["record"]]
        return self._spread(move, self._rows(move, base_lines, []), [])

    @api.model
    def _booked_taxes(self, move):
        """:return: dict from a tax to its booked amount, as it adds to the total"""
        books = {}
        for line in move.line_ids:
            if line.tax_repartition_line_id:
                amount = move.direction_sign * booked(line.amount_currency)
                books[line.tax_line_id] = books.get(line.tax_line_id, Decimal(0)) + amount
        return books

    def _expected_taxes(self, rows, books):
        """:return: what the books say of each tax, by :func:`~..cfdi.amounts.lines.tax_key`"""
        keys = {}
        for base_line, partida in rows:
            taxes_data = self._federal_taxes(base_line["tax_details"])
            for tax_data, impuesto in zip(taxes_data, partida.impuestos, strict=True):
                if impuesto.importe is not None:
                    keys[tax_data["tax"]] = tax_key(impuesto)
        sums = {}
        for tax, key in keys.items():
            amount = books.get(tax, Decimal(0))
            *_kind, is_withheld = key
            sums[key] = sums.get(key, Decimal(0)) + (-amount if is_withheld else amount)
        return sums

    def _federal_taxes(self, tax_details):
        """:return: the taxes that are broken down by line; local taxes have a complement instead"""
        return [data for data in tax_details["taxes_data"] if data["tax"].l10n_mx_tax_type != "local"]

    @api.model
    def _fiscal_lines(self, move):
        """:return: the lines of the invoice that are Conceptos, in their order"""
        # cash rounding is not an invoice line, but it is part of the total
        lines = move.line_ids.filtered(
            lambda line: line.display_type in ("product", "rounding")
            and not (line.display_type == "rounding" and line.tax_repartition_line_id)
            and not self._is_reduction(line)
        )
        return (lines - self._left_out(move)).sorted(self._line_order)

    @api.model
    def _line_order(self, line):
        """Order of the invoice lines; amounts that are not invoice lines come last."""
        return (line.display_type != "product", line.sequence, line.id)

    def _partida(self, move, base_line, taxes, problems):
        """:param base_line: a base line of core, with its tax details
        :param taxes: as :meth:`_impuesto` takes it
        :return: :class:`~..cfdi.amounts.lines.InvoiceLine` with unrounded amounts, positive also for a negative line;
            None with problems
        """
        if base_line["special_type"] == "cash_rounding":
            return self._rounding_partida(base_line)
        line = base_line["record"]
        name = self._line_name(line)
        known = len(problems)
        self._check_line(move, base_line, name, problems)
        extras = self._extras(move, line, name, problems)
        # rounded amounts only if requested
        raw, rounded = base_line["tax_details"], base_line.get("rounded_details")
        self._check_included_taxes(move, base_line, name, raw, problems)
        self._check_needed_taxes(move, line, name, raw["taxes_data"], problems)
        taxes_data = self._federal_taxes(raw)
        its_rounded = self._federal_taxes(rounded) if rounded else [None] * len(taxes_data)
        impuestos = [
            impuesto
            for tax_data, one in zip(taxes_data, its_rounded, strict=True)
            if (impuesto := self._impuesto(move, line, name, tax_data, one, taxes, problems))
        ]
        if len(problems) > known:
            return None
        cantidad, valor_unitario, importe, neto = self._amounts(move, base_line, raw)
        return InvoiceLine(
            clave_prod_serv=self._code(line.l10n_mx_facture_product_code_id),
            no_identificacion=line.l10n_mx_facture_identification or None,
            cantidad=cantidad,
            clave_unidad=self._code(line.l10n_mx_facture_unit_code_id),
            descripcion=self._descripcion(line),
            valor_unitario=valor_unitario,
            importe=importe,
            descuento=importe - neto,
            objeto_imp=line.l10n_mx_facture_tax_object,
            extras=extras,
            impuestos=tuple(impuestos),
            rounded_importe=rounded
            and abs(exact(rounded["total_excluded_currency"] + rounded["delta_total_excluded_currency"])),
        )

    def _amounts(self, move, base_line, raw):
        """:param raw: core's tax details of the line before any rounding
        :return: quantity, price, gross and net amount, without included taxes
        """
        cantidad = abs(exact(base_line["quantity"]))
        if any(tax_data["price_include"] for tax_data in raw["taxes_data"]):
            gross = {**base_line, "discount": 0.0}
            if base_line["discount"]:
                self._add_raw_details(move, gross)
            importe = abs(exact(gross["tax_details"]["raw_total_excluded_currency"]))
            valor_unitario = importe / cantidad if cantidad else Decimal(0)
            neto = abs(exact(raw["raw_total_excluded_currency"]))
        else:
            valor_unitario = abs(exact(base_line["price_unit"]))
            importe = cantidad * valor_unitario
            neto = importe * (1 - exact(base_line["discount"]) / 100)
        return cantidad, valor_unitario, importe, neto

    @api.model
    def _descripcion(self, line):
        """:return: SAT's words for a down payment; else the printed text of the line, or the product's name in the
            customer's language
        """
        if self._is_sat_advance(line):
            return ADVANCE_TEXT
        if text := " ".join((line.name or "").split()):
            return text
        product = line.product_id
        if line.partner_id.lang:
            product = product.with_context(lang=line.partner_id.lang)
        return " ".join((product.display_name or "").split())

    def _is_sat_advance(self, line):
        """:return: whether a line is a down payment by SAT's code, and its text doesn't say so in SAT's words yet"""
        if not line._l10n_mx_facture_is_advance() or ADVANCE_TEXT.casefold() in (line.name or "").casefold():
            return False
        return line.l10n_mx_facture_product_code_id == self.env.ref(ADVANCE_CODE, raise_if_not_found=False)

    def _line_name(self, line):
        return " ".join((line.name or line.display_name or "").split())[:60]

    def _check_line(self, move, base_line, name, problems):
        line = base_line["record"]
        if not 0 <= base_line["discount"] <= 100:
            problems.append(Problem(self.env._("Line %s: the discount is not between 0 and 100 %%.", name), move))
        if not self._reduces(base_line) and not self.env.context.get(TOTALS_ONLY):
            self._check_codes(move, line, name, problems)

    def _check_codes(self, move, line, name, problems):
        if not line.l10n_mx_facture_product_code_id:
            problems.append(
                Problem(
                    self.env._(
                        "Line %s: the SAT product code (ClaveProdServ) is missing: set it on the product or its "
                        "category.",
                        name,
                    ),
                    line.product_id.product_tmpl_id or move,
                    field="l10n_mx_facture_product_code_id" if line.product_id else "invoice_line_ids",
                )
            )
        if not line.l10n_mx_facture_unit_code_id:
            problems.append(
                Problem(
                    self.env._(
                        "Line %(line)s: the unit %(unit)s has no SAT unit code (ClaveUnidad).",
                        line=name,
                        unit=line.product_uom_id.display_name,
                    ),
                    line.product_uom_id or move,
                    field="l10n_mx_facture_unit_code_id" if line.product_uom_id else "invoice_line_ids",
                )
            )
