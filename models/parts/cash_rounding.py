from decimal import Decimal

from odoo import models

from ...cfdi.amounts.lines import InvoiceLine
from ..common.problem import Problem
from ..common.taxes import booked

# SAT has no key for a rounding: "not in the catalogue", and one activity
NOT_IN_CATALOGUE, ACTIVITY, NOT_SUBJECT = "01010101", "ACT", "01"


class L10nMxFactureCfdi(models.AbstractModel):
    """Amounts of an invoice that nobody entered as a line: cash rounding, early payment discounts."""

    _inherit = "l10n_mx_facture.cfdi"

    def _check_special_lines(self, move, problems):
        """Find lines that change the amounts in a way that a CFDI can't express."""
        kinds = move.line_ids.grouped("display_type")
        if "rounding" in kinds and kinds["rounding"].tax_repartition_line_id:
            problems.append(
                Problem(
                    self.env._(
                        "The cash rounding %s changes the largest tax, which then no longer equals its rate of the "
                        "base (CFDI40180): use a rounding that adds a line.",
                        move.invoice_cash_rounding_id.name,
                    ),
                    move.invoice_cash_rounding_id,
                )
            )
        if "epd" in kinds:
            problems.append(
                Problem(
                    self.env._(
                        "The payment terms %s lower the tax for an early payment, but not the price. A CFDI can't "
                        "express that. Use terms that lower the tax only when the payment is early, and stamp a "
                        "credit note then.",
                        move.invoice_payment_term_id.name,
                    ),
                    move.invoice_payment_term_id,
                )
            )
        # what core computes taxes of besides (_get_rounded_base_and_tax_lines)
        for line in [*kinds.get("non_deductible_product", ()), *kinds.get("non_deductible_product_total", ())]:
            problems.append(
                Problem(
                    self.env._(
                        "%s is an amount that is not a line of the invoice: it can't be expressed in a CFDI.",
                        self._line_name(line),
                    ),
                    move,
                )
            )

    def _rounding_partida(self, base_line):
        """A cash rounding becomes a Concepto without taxes; a negative one becomes a discount.

        :param base_line: a base line of core
        :return: :class:`~..cfdi.amounts.lines.InvoiceLine`
        """
        line = base_line["record"]
        amount = abs(booked(line.amount_currency))
        return InvoiceLine(
            clave_prod_serv=NOT_IN_CATALOGUE,
            cantidad=Decimal(1),
            clave_unidad=ACTIVITY,
            descripcion=" ".join((line.name or "").split()) or self.env._("Rounding"),
            valor_unitario=amount,
            importe=amount,
            descuento=Decimal(0),
            impuestos=(),
            objeto_imp=NOT_SUBJECT,
            rounded_importe=amount,
        )
