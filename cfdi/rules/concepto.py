"""Concepto: product, unit, amounts and ObjetoImp."""

from ..amounts.arithmetic import written_decimals
from ..values import IEPS, IVA
from .amount_checks import exceeds, outside_limits, text
from .rule import in_catalogue, rule

_NAMES = {IVA: "IVA", IEPS: "IEPS"}
# ObjetoImp with which a line has no node Impuestos (c_ObjetoImp)
_WITHOUT_IMPUESTOS = ("01", "03", "04", "05")

in_catalogue(
    "CFDI40162",
    "c_ClaveProdServ",
    "Concepto/@ClaveProdServ",
    "clave_prod_serv",
    scope="concepto",
    fix_in="line.product_code",
    en="SAT has no product code {value}. Choose another one on the product or its category.",
    es="la clave de producto o servicio {value} no existe en el catálogo del SAT. Elija otra en el "
    "producto o en su categoría.",
)

@rule(
    "CFDI40164",
    scope="concepto",
    reads=("Concepto/@ClaveProdServ", "Concepto/Impuestos/Traslado/@Impuesto"),
    fix_in="line.tax",
    en="SAT wants the tax {impuesto} on lines with the product code {clave}. Add it, or choose another code.",
    es="el SAT exige el impuesto {impuesto} en las partidas con la clave {clave}. Agréguelo, o elija otra clave.",
)
def taxes_of_clave_prod_serv(c, d, cat):
    """c_ClaveProdServ, "Incluir IVA/IEPS trasladado": Sí."""
    needed = cat.needed_taxes(c.clave_prod_serv)
    if not needed or not d.has_amounts:
        return None
    declared = {t.impuesto for t in c.traslados}
    missing = [f"{impuesto} ({_NAMES[impuesto]})" for impuesto in needed if impuesto not in declared]
    return {"impuesto": ", ".join(missing), "clave": c.clave_prod_serv} if missing else None


in_catalogue(
    "CFDI40165",
    "c_ClaveUnidad",
    "Concepto/@ClaveUnidad",
    "clave_unidad",
    scope="concepto",
    fix_in="line.unit_code",
    en="SAT has no unit {value}. Choose another code on the unit of measure.",
    es="la clave de unidad {value} no existe en el catálogo del SAT. Elija otra en la unidad de medida.",
)


@rule(
    "CFDI40166",
    scope="concepto",
    reads=("Concepto/@ValorUnitario", "TipoDeComprobante"),
    fix_in="line.price",
    en="the price must be above zero, not {price}. Remove the line, or give it a price and a discount of 100 %.",
    es="el precio debe ser mayor que cero, no {price}. Quite la partida, o asígnele un precio y un "
    "descuento de 100 %.",
)
def valor_unitario_positive(c, d, cat):
    """Types I, E and N have no line with a price of zero."""
    if c.valor_unitario > 0 or not d.has_amounts:
        return None
    return {"price": text(c.valor_unitario)}


@rule(
    "CFDI40167",
    scope="concepto",
    reads=("Concepto/@Importe", "Concepto/@Cantidad", "Concepto/@ValorUnitario"),
    fix_in="line.price",
    en="the amount {importe} is not quantity × price ({cantidad} × {price}); SAT allows {lower} "
    "to {upper}. Check quantity and price.",
    es="el importe {importe} no es cantidad × precio ({cantidad} × {price}); el SAT admite de "
    "{lower} a {upper}. Revise la cantidad y el precio.",
)
def importe_within_limits(c, d, cat):
    """See `amount_checks.outside_limits` for the number of decimals."""
    fault = outside_limits(c.cantidad, c.valor_unitario, c.importe, d.decimals)
    if fault is None:
        return None
    return fault | {"cantidad": text(c.cantidad), "price": text(c.valor_unitario)}


@rule(
    "CFDI40168",
    scope="concepto",
    reads=("Concepto/@Descuento", "Concepto/@Importe"),
    fix_in="line.discount",
    en="the discount {descuento} has more decimals than the amount {importe}. Round the discount.",
    es="el descuento {descuento} tiene más decimales que el importe {importe}. Redondee el descuento.",
)
def descuento_decimals_of_importe(c, d, cat):
    """At most as many ("hasta"); the error text says "la misma cantidad"."""
    descuento, importe = c.descuento, c.importe
    if descuento is None or descuento.same_quantum(importe):
        return None
    if not exceeds(descuento, written_decimals(importe)):
        return None
    return {"descuento": text(descuento), "importe": text(importe)}


@rule(
    "CFDI40169",
    scope="concepto",
    reads=("Concepto/@Descuento", "Concepto/@Importe"),
    fix_in="line.discount",
    en="the discount {descuento} is greater than the amount {importe}. Lower the discount.",
    es="el descuento {descuento} es mayor que el importe {importe}. Reduzca el descuento.",
)
def descuento_within_importe(c, d, cat):
    """Descuento is at most Importe."""
    if c.descuento is None or c.descuento <= c.importe:
        return None
    return {"descuento": text(c.descuento), "importe": text(c.importe)}


in_catalogue(
    "CFDI40170",
    "c_ObjetoImp",
    "Concepto/@ObjetoImp",
    "objeto_imp",
    scope="concepto",
    fix_in="line.tax_object",
    en="SAT has no tax object {value} (yet). Choose 01 to 08.",
    es="el objeto de impuesto {value} no existe (aún) en el catálogo del SAT. Elija de 01 a 08.",
)


def _has_empty_impuestos(c, d):
    """Whether the line has a node Impuestos without taxes."""
    empty, conceptos = d.empty_impuestos, d.comprobante.conceptos
    return any(conceptos[i] is c for i in empty)


@rule(
    "CFDI40171",
    scope="concepto",
    reads=("Concepto/@ObjetoImp", "Concepto/Impuestos"),
    fix_in="line.tax",
    en="the line is subject to tax (tax object 02) and has no tax. Add its taxes, IVA 0 % and "
    "exempt included, or choose tax object 01.",
    es="la partida es objeto de impuesto (02) y no lleva impuestos. Agregue los impuestos, también "
    "si es IVA 0 % o exento, o elija el objeto de impuesto 01.",
)
def objeto_imp_02_with_impuestos(c, d, cat):
    """02 has a node Impuestos; an empty one is CFDI40173."""
    if c.objeto_imp != "02" or c.traslados or c.retenciones or _has_empty_impuestos(c, d):
        return None
    return {}


@rule(
    "CFDI40172",
    scope="concepto",
    reads=("Concepto/@ObjetoImp", "Concepto/Impuestos"),
    fix_in="line.tax_object",
    en="with tax object {objeto} the line has no taxes. Remove its taxes, or choose tax object 02.",
    es="con objeto de impuesto {objeto} la partida no lleva impuestos. Quite los impuestos, o elija "
    "el objeto de impuesto 02.",
)
def objeto_imp_without_impuestos(c, d, cat):
    """01, 03, 04 and 05 have no node Impuestos."""
    if c.objeto_imp not in _WITHOUT_IMPUESTOS:
        return None
    if c.traslados or c.retenciones or _has_empty_impuestos(c, d):
        return {"objeto": c.objeto_imp}
    return None


@rule(
    "CFDI40173",
    scope="concepto",
    reads=("Concepto/Impuestos",),
    fix_in="line.tax",
    en="the node Impuestos is empty. Add the taxes of the line, or leave the node out.",
    es="el nodo Impuestos está vacío. Agregue los impuestos de la partida, o quite el nodo.",
)
def impuestos_not_empty(c, d, cat):
    """Only an XML can have it: the builder writes no empty node."""
    return {} if d.empty_impuestos and _has_empty_impuestos(c, d) else None


@rule(
    "CFDI140226",
    scope="concepto",
    reads=("Concepto/@ObjetoImp", "Concepto/Impuestos"),
    fix_in="line.tax_object",
    en="with tax object {objeto} the line has neither IVA nor IEPS, at most withheld ISR. Remove "
    "those taxes, or choose tax object 02.",
    es="con objeto de impuesto {objeto} la partida no lleva IVA ni IEPS, a lo más retención de ISR. "
    "Quite esos impuestos, o elija el objeto de impuesto 02.",
)
def objeto_imp_06_and_08(c, d, cat):
    """06 and 08 have at most withheld ISR."""
    if c.objeto_imp not in ("06", "08"):
        return None
    if any(i.impuesto in (IVA, IEPS) for i in (*c.traslados, *c.retenciones)):
        return {"objeto": c.objeto_imp}
    return None


@rule(
    "CFDI140227",
    scope="concepto",
    reads=("Concepto/@ObjetoImp", "Concepto/Impuestos"),
    fix_in="line.tax_object",
    en="with tax object 07 the line has IEPS and no IVA. Correct its taxes, or choose tax object 02.",
    es="con objeto de impuesto 07 la partida lleva IEPS y no IVA. Corrija los impuestos, o elija el "
    "objeto de impuesto 02.",
)
def objeto_imp_07(c, d, cat):
    """07 has a Traslado of IEPS and nothing of IVA."""
    if c.objeto_imp != "07":
        return None
    has_iva = any(i.impuesto == IVA for i in (*c.traslados, *c.retenciones))
    has_ieps = any(t.impuesto == IEPS for t in c.traslados)
    return {} if has_iva or not has_ieps else None
