"""A ticket as one Concepto, within SAT's limits.

An ERP that rounds the tax of each line has on a ticket a sum that may lie cents away from base × rate (CFDI40180). Then
the ticket keeps its total: the tax is taken out of it anew, and the base takes what the tax loses.
"""

from dataclasses import replace
from decimal import Decimal

from ..amounts.arithmetic import CONTEXT, ZERO, exact_sum, round_half_up, tax_limits
from ..errors import CfdiError
from ..values import CUOTA, EXENTO, Concepto, Traslado
from .ticket import TAXED

CENTS = 2
_ONE = Decimal(1)
# added to an amount it gives it two decimals, as a discount may have no more of them than it (CFDI40168)
_IN_CENTS = Decimal("0.00")
UNIT = "ACT"
# SAT's guide of the CFDI global: Descripcion of a ticket
SALE = "Venta"
# its appendix 2: ClaveProdServ of what returns one. For the text it has no fixed words: those of UsoCFDI G02
RETURN = ("84111506", "Devoluciones, descuentos o bonificaciones")


def within_limits(ticket):
    """Return the Ticket with the same total whose taxes SAT accepts: itself where it is so already.

    :raises CfdiError: ``bad_ticket``: nothing is left of it to be sold
    """
    taxes = tuple(map(_fitted, ticket.taxes))
    moved = ticket.tax - exact_sum(row.importe or ZERO for row in taxes)
    fitted = ticket if taxes == ticket.taxes else replace(ticket, taxes=taxes, sub_total=ticket.sub_total + moved)
    if fitted.net <= 0 or fitted.descuento < 0 or any(row.base <= 0 for row in taxes):
        text = f"The ticket {ticket.number} has nothing to sell ({ticket.total})."
        raise CfdiError("bad_ticket", text, data={"ticket": ticket.number, "total": str(ticket.total)})
    return fitted


def _fitted(row):
    """The TicketTax with the same base and tax together, within SAT's limits."""
    if row.tipo_factor == EXENTO:
        return row
    lower, upper = tax_limits(row.base, row.tasa_o_cuota, CENTS)
    if lower <= row.importe <= upper:
        return row
    if row.tipo_factor == CUOTA:
        # the base is a quantity, which stays
        return replace(row, importe=round_half_up(CONTEXT.multiply(row.base, row.tasa_o_cuota), CENTS))
    together = row.base + row.importe
    share = CONTEXT.divide(row.tasa_o_cuota, _ONE + row.tasa_o_cuota)
    importe = round_half_up(CONTEXT.multiply(together, share), CENTS)
    return replace(row, base=together - importe, importe=importe)


def concepto_of(ticket, words=None):
    """Return the Concepto of a Ticket that is within SAT's limits.

    :param words: RETURN for a credit note
    """
    clave_prod_serv, descripcion = words or (ticket.clave_prod_serv, SALE)
    traslados = tuple(
        Traslado(row.base, row.impuesto, row.tipo_factor, row.tasa_o_cuota, row.importe) for row in ticket.taxes
    )
    return Concepto(
        clave_prod_serv=clave_prod_serv,
        cantidad=_ONE,
        clave_unidad=UNIT,
        descripcion=descripcion,
        valor_unitario=ticket.sub_total + _IN_CENTS,
        importe=ticket.sub_total + _IN_CENTS,
        objeto_imp=TAXED if traslados else ticket.objeto_imp,
        no_identificacion=ticket.number,
        descuento=ticket.descuento or None,
        traslados=traslados,
    )
