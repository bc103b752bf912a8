"""Small questions about amounts that several rules ask."""

from ..amounts.arithmetic import (
    CONTEXTO,
    UNIDADES,
    decimales_escritos,
    limites_importe,
    limites_impuesto,
    redondea,
)

# what to do about a sum that is wrong
SUMAR_EN = " Compute the sums again from the lines."
SUMAR_ES = " Vuelva a calcular las sumas a partir de las partidas."


def texto(valor):
    """An amount as it is written; a dash for one that is not there."""
    return "—" if valor is None else format(valor, "f")


def excede(valor, n):
    """Whether an amount is written with more than `n` decimals (None is not)."""
    if valor is None or valor.same_quantum(UNIDADES[n]):
        return False
    return decimales_escritos(valor) > n


def demasiados_decimales(valor, d):
    """Values for a sentence if a sum has more decimals than the currency, or None."""
    if not excede(valor, d.decimales):
        return None
    moneda = d.comprobante.moneda
    return {"escrito": texto(valor), "moneda": moneda, "decimales": d.decimales}


def distinto(escrito, debido, **mas):
    """Values for a sentence if a sum is not what it has to be, or None."""
    if escrito == debido:
        return None
    return {"escrito": texto(escrito), "suma": texto(debido), **mas}


def fuera_de_limites(cantidad, valor_unitario, importe, decimales):
    """Return the limits that Importe breaks as values for a sentence, or None.

    The number of decimals of the limits is disputed: PACs take the currency's, SAT's guide (FAQ 41)
    as many as the issuer's system uses. Limits at more decimals lie inside of those at fewer, so the
    greater one of the currency's and the written number meets both readings, and an amount
    rounded to the currency is not held against six decimals that nobody wrote.
    """
    producto = CONTEXTO.multiply(cantidad, valor_unitario)
    if producto == importe:
        return None
    n = max(decimales, decimales_escritos(importe))
    # the product rounded either way lies inside of the limits; they cost more to compute
    if redondea(producto, n) == importe:
        return None
    return _fuera(importe, limites_importe(cantidad, valor_unitario, n))


def impuesto_fuera_de_limites(impuesto, decimales):
    """The same for the Importe of a tax, which may be None (a rule of its own tells that)."""
    importe, tasa = impuesto.importe, impuesto.tasa_o_cuota
    if importe is None or tasa is None:
        return None
    producto = CONTEXTO.multiply(impuesto.base, tasa)
    if producto == importe:
        return None
    n = max(decimales, decimales_escritos(importe))
    if redondea(producto, n) == importe:
        return None
    return _fuera(importe, limites_impuesto(impuesto.base, tasa, n))


def _fuera(importe, limites):
    menor, mayor = limites
    if menor <= importe <= mayor:
        return None
    return {"importe": texto(importe), "menor": texto(menor), "mayor": texto(mayor)}
