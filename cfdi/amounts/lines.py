"""Raw lines as an ERP computed them, made ready for the models of rounding."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations

from ..errors import CfdiError
from ..values import CUOTA, EXENTO, IEPS
from .arithmetic import CERO, UNIDADES, recorta, redondea, suma


@dataclass(frozen=True, slots=True)
class Impuesto:
    """A tax of a line, in the currency of the document and unrounded.

    `base` is what the ERP multiplied (for a Cuota: the quantity in its unit, not money);
    `importe` is None for Exento, otherwise positive, also for a retention.
    `importe_redondeado` is the ERP's own rounded amount, when it has one.
    """

    impuesto: str
    tipo_factor: str
    tasa_o_cuota: Decimal | None
    retencion: bool
    base: Decimal
    importe: Decimal | None
    importe_redondeado: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Partida:
    """A line, in the currency of the document.

    `valor_unitario` is without included taxes and, as `importe` (gross: quantity by price) and
    `descuento` (at least 0), unrounded: more than six decimals say that the price was derived.
    `importe_redondeado` is the ERP's own rounded *net* amount (after the discount, before taxes),
    when it has one.
    """

    clave_prod_serv: str
    cantidad: Decimal
    clave_unidad: str
    descripcion: str
    valor_unitario: Decimal
    importe: Decimal
    descuento: Decimal
    impuestos: tuple[Impuesto, ...]
    objeto_imp: str
    no_identificacion: str | None = None
    unidad: str | None = None
    importe_redondeado: Decimal | None = None
    extras: Mapping[str, object] = field(default_factory=dict)  # other fields of Concepto, as they are


@dataclass(frozen=True, slots=True)
class Linea:
    """A Partida with what every model needs: written price and quantity, clean raw amounts."""

    partida: Partida
    indice: int
    cantidad: Decimal
    valor_unitario: Decimal
    # the price has no exact decimal form (taxes were taken out of it): it may follow the Importe
    precio_inexacto: bool
    bruto: Decimal
    neto: Decimal
    # per tax: indexes of the taxes that join its base, or None when the base is its own
    sumandos: tuple[tuple[int, ...] | None, ...]


def clave(impuesto):
    """Key of a tax in `Esperado.impuestos`: (impuesto, tipo_factor, tasa_o_cuota, retencion)."""
    tasa = None if impuesto.tasa_o_cuota is None else redondea(impuesto.tasa_o_cuota, 6)
    return impuesto.impuesto, impuesto.tipo_factor, tasa, impuesto.retencion


def prepara(partidas, decimales):
    """Return the list of Linea.

    :raises CfdiError: ``no_lines``, ``zero_price`` (CFDI40166), ``zero_amount``, ``negative_line``,
        ``bad_quantity``, ``bad_discount`` (CFDI40169)
    """
    if not partidas:
        raise CfdiError("no_lines", "A CFDI needs at least one line.")
    return [_linea(partida, indice, decimales) for indice, partida in enumerate(partidas)]


def limpio(valor):
    """Take away the noise that binary floats leave behind the tenth decimal."""
    return redondea(valor, 10)


def _linea(partida, indice, decimales):
    cantidad = recorta(redondea(partida.cantidad, 6))
    valor = redondea(limpio(partida.valor_unitario), 6)
    bruto, descuento = limpio(partida.importe), limpio(partida.descuento)
    _valida(partida, indice, cantidad, valor, bruto, descuento)
    neto = bruto - descuento
    if descuento and not redondea(neto, 6):
        neto = CERO  # less than can be written is left of it
    return Linea(
        partida=partida,
        indice=indice,
        cantidad=cantidad,
        valor_unitario=recorta(valor, decimales),
        precio_inexacto=valor != limpio(partida.valor_unitario),
        bruto=bruto,
        neto=neto,
        sumandos=tuple(_sumandos(partida, i, neto, decimales) for i in range(len(partida.impuestos))),
    )


def _valida(partida, indice, cantidad, valor, bruto, descuento):
    numero = indice + 1
    datos = {
        "line": numero,
        "quantity": str(cantidad),
        "price": str(valor),
        "amount": str(bruto),
        "discount": str(descuento),
        "description": partida.descripcion,
    }
    if min(cantidad, valor, bruto) < 0:
        raise CfdiError(
            "negative_line",
            f"Line {numero} is negative ({cantidad} × {valor}); SAT knows no negative "
            "amounts: turn it into a discount of other lines.",
            indice,
            datos,
        )
    if not cantidad:
        raise CfdiError("bad_quantity", f"Line {numero} has no quantity.", indice, datos)
    if not valor:
        raise CfdiError(
            "zero_price",
            f"Line {numero} has a price of zero, which SAT refuses (CFDI40166): remove it, "
            "or give it a price and a discount of 100 %.",
            indice,
            datos,
        )
    if not bruto:
        raise CfdiError(
            "zero_amount",
            f"Line {numero} amounts to zero ({cantidad} × {valor}), so that there is nothing to invoice: remove it.",
            indice,
            datos,
        )
    if not 0 <= descuento <= bruto:
        raise CfdiError(
            "bad_discount",
            f"The discount of line {numero} ({descuento}) must be between 0 and its amount {bruto} (CFDI40169).",
            indice,
            datos,
        )


def _sumandos(partida, i, neto, decimales):
    """Which IEPS of the line joins the base of tax `i`, told by the raw base.

    None when the base is its own: the quantity of a Cuota, or what the net amount can't explain.
    """
    impuesto = partida.impuestos[i]
    if impuesto.tipo_factor == CUOTA:
        return None
    extra = limpio(impuesto.base) - neto
    # exact, as nearly always: nothing to search for
    if not extra:
        return ()
    candidatos = [
        j
        for j, otro in enumerate(partida.impuestos)
        if j != i and otro.impuesto == IEPS and not otro.retencion and otro.tipo_factor != EXENTO
    ]
    opciones = [grupo for k in range(len(candidatos) + 1) for grupo in combinations(candidatos, k)]
    distancia, mejor = min(
        (abs(extra - suma(partida.impuestos[j].importe for j in grupo)), grupo) for grupo in opciones
    )
    return mejor if distancia <= UNIDADES[decimales] * 3 / 2 else None


def vacio(valor):
    """CERO for None (the Importe of an Exento)."""
    return CERO if valor is None else valor
