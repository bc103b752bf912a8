"""Invoice lines as an ERP computed them, made ready for the methods of rounding."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations

from ..errors import CfdiError
from ..values import CUOTA, EXENTO, IEPS
from .arithmetic import UNITS, ZERO, exact_sum, round_half_up, strip_zeros


@dataclass(frozen=True, slots=True)
class InvoiceTax:
    """A tax of a line, in the currency of the document and unrounded.

    `base` is what the ERP multiplied (for a Cuota: the quantity in its unit, not money);
    `importe` is None for Exento, otherwise positive, also for a retention.
    `rounded_importe` is the ERP's own rounded amount, when it has one.
    """

    impuesto: str
    tipo_factor: str
    tasa_o_cuota: Decimal | None
    retencion: bool
    base: Decimal
    importe: Decimal | None
    rounded_importe: Decimal | None = None


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A line, in the currency of the document.

    `valor_unitario` is without included taxes and, as `importe` (gross: quantity by price) and
    `descuento` (at least 0), unrounded: more than six decimals say that the price was derived.
    `rounded_importe` is the ERP's own rounded *net* amount (after the discount, before taxes),
    when it has one. `untaxed_discount` is what of `descuento` lowers no tax.
    """

    clave_prod_serv: str
    cantidad: Decimal
    clave_unidad: str
    descripcion: str
    valor_unitario: Decimal
    importe: Decimal
    descuento: Decimal
    impuestos: tuple[InvoiceTax, ...]
    objeto_imp: str
    no_identificacion: str | None = None
    unidad: str | None = None
    rounded_importe: Decimal | None = None
    untaxed_discount: Decimal = ZERO
    extras: Mapping[str, object] = field(default_factory=dict)  # other fields of Concepto, as they are


@dataclass(frozen=True, slots=True)
class PreparedLine:
    """An InvoiceLine with what every method needs: written price and quantity, clean raw amounts."""

    invoice_line: InvoiceLine
    index: int
    cantidad: Decimal
    valor_unitario: Decimal
    # the price has no exact decimal form (taxes were taken out of it): it may follow the Importe
    inexact_price: bool
    gross: Decimal
    net: Decimal
    # per tax: indexes of the taxes that are part of its base, or None when the base is its own
    joining_taxes: tuple[tuple[int, ...] | None, ...]


def tax_key(impuesto):
    """Key of a tax in `ExpectedTotals.impuestos`: (impuesto, tipo_factor, tasa_o_cuota, retencion)."""
    rate = None if impuesto.tasa_o_cuota is None else round_half_up(impuesto.tasa_o_cuota, 6)
    return impuesto.impuesto, impuesto.tipo_factor, rate, impuesto.retencion


def prepare_lines(invoice_lines, decimals):
    """Return the list of PreparedLine.

    :raises CfdiError: ``no_lines``, ``zero_price`` (CFDI40166), ``zero_amount``, ``negative_line``,
        ``bad_quantity``, ``bad_discount`` (CFDI40169)
    """
    if not invoice_lines:
        raise CfdiError("no_lines", "A CFDI needs at least one line.")
    return [_prepare_line(invoice_line, index, decimals) for index, invoice_line in enumerate(invoice_lines)]


def without_noise(value):
    """Take away the noise that binary floats leave behind the tenth decimal."""
    return round_half_up(value, 10)


def _prepare_line(invoice_line, index, decimals):
    cantidad = strip_zeros(round_half_up(invoice_line.cantidad, 6))
    value = round_half_up(without_noise(invoice_line.valor_unitario), 6)
    gross, descuento = without_noise(invoice_line.importe), without_noise(invoice_line.descuento)
    _validate(invoice_line, index, cantidad, value, gross, descuento)
    net = gross - descuento
    if descuento and not round_half_up(net, 6):
        net = ZERO  # less than can be written is left of it
    return PreparedLine(
        invoice_line=invoice_line,
        index=index,
        cantidad=cantidad,
        valor_unitario=strip_zeros(value, decimals),
        inexact_price=value != without_noise(invoice_line.valor_unitario),
        gross=gross,
        net=net,
        joining_taxes=tuple(
            _joining_taxes(invoice_line, i, net + invoice_line.untaxed_discount, decimals)
            for i in range(len(invoice_line.impuestos))
        ),
    )


def _validate(invoice_line, index, cantidad, value, gross, descuento):
    found = _objection(index + 1, cantidad, value, gross, descuento)
    if found:
        code, text = found
        data = {
            "line": index + 1,
            "quantity": str(cantidad),
            "price": str(value),
            "amount": str(gross),
            "discount": str(descuento),
            "description": invoice_line.descripcion,
        }
        raise CfdiError(code, text, index, data)


def _objection(number, cantidad, value, gross, descuento):
    """(code, sentence) of what keeps a line out of a CFDI; None where nothing does."""
    if min(cantidad, value, gross) < 0:
        return (
            "negative_line",
            f"Line {number} is negative ({cantidad} × {value}); SAT knows no negative "
            "amounts: turn it into a discount of other lines.",
        )
    if not cantidad:
        return "bad_quantity", f"Line {number} has no quantity."
    if not value:
        return (
            "zero_price",
            f"Line {number} has a price of zero, which SAT refuses (CFDI40166): remove it, "
            "or give it a price and a discount of 100 %.",
        )
    if not gross:
        return (
            "zero_amount",
            f"Line {number} amounts to zero ({cantidad} × {value}), so that there is nothing to invoice: remove it.",
        )
    if not 0 <= descuento <= gross:
        return (
            "bad_discount",
            f"The discount of line {number} ({descuento}) must be between 0 and its amount {gross} (CFDI40169).",
        )
    return None


def _joining_taxes(invoice_line, i, net, decimals):
    """Which IEPS of the line belong to the base of tax `i`, found from the raw base and the taxed net amount.

    None when the base is its own: the quantity of a Cuota, or what the net amount can't explain.
    """
    impuesto = invoice_line.impuestos[i]
    if impuesto.tipo_factor == CUOTA:
        return None
    rest = without_noise(impuesto.base) - net
    # exact, as nearly always: nothing to search for
    if not rest:
        return ()
    candidates = [
        j
        for j, other in enumerate(invoice_line.impuestos)
        if j != i and other.impuesto == IEPS and not other.retencion and other.tipo_factor != EXENTO
    ]
    options = [group for k in range(len(candidates) + 1) for group in combinations(candidates, k)]
    distance, best = min(
        (abs(rest - exact_sum(invoice_line.impuestos[j].importe for j in group)), group) for group in options
    )
    return best if distance <= UNITS[decimals] * 3 / 2 else None


def zero_if_none(value):
    """ZERO for None (the Importe of an Exento)."""
    return ZERO if value is None else value
