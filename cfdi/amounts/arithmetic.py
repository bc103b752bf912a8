"""Decimal arithmetic as SAT's rules need it. No float ever gets in here."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal

# t_Importe has up to 18 + 6 digits, so a product has up to 48
CONTEXTO = Context(prec=60, rounding=ROUND_HALF_UP)
CERO = Decimal(0)
UNIDADES = tuple(Decimal(1).scaleb(-n) for n in range(13))


def redondea(valor, n):
    """Round half up to `n` decimals; the result carries exactly `n` decimals.

    SAT only says "redondeo"; half up is what every known implementation does.
    """
    return valor.quantize(UNIDADES[n], ROUND_HALF_UP, CONTEXTO)


def trunca(valor, n):
    """Cut to `n` decimals (towards minus infinity)."""
    return valor.quantize(UNIDADES[n], ROUND_FLOOR, CONTEXTO)


def eleva(valor, n):
    """Round up to `n` decimals (towards infinity)."""
    return valor.quantize(UNIDADES[n], ROUND_CEILING, CONTEXTO)


def decimales_escritos(valor):
    """How many decimals a Decimal carries, that is, how many are written."""
    return max(0, -valor.as_tuple().exponent)


def recorta(valor, minimo=0):
    """Drop trailing zeros of the fraction, but keep at least `minimo` decimals."""
    exponente = valor.normalize(CONTEXTO).as_tuple().exponent
    return valor.quantize(UNIDADES[max(minimo, -exponente, 0)], ROUND_HALF_UP, CONTEXTO)


def suma(valores):
    """Exact sum (the default context would round after 28 digits)."""
    total = CERO
    for valor in valores:
        total = CONTEXTO.add(total, valor)
    return total


def _alrededor(valor):
    """(lower, upper) end of what a written number stands for: half a last unit around it."""
    media = UNIDADES[decimales_escritos(valor)] / 2
    # SAT's formula keeps the upper end out by 10^-12
    return CONTEXTO.subtract(valor, media), CONTEXTO.add(valor, media - UNIDADES[12])


def limites_importe(cantidad, valor_unitario, n):
    """Return (lower, upper) limit of a line's Importe at `n` decimals (matrix: CFDI40167).

    Pass the Decimals exactly as they are written: the tolerance hangs on their decimals.
    """
    (menor_c, mayor_c), (menor_v, mayor_v) = _alrededor(cantidad), _alrededor(valor_unitario)
    return (
        trunca(CONTEXTO.multiply(menor_c, menor_v), n),
        eleva(CONTEXTO.multiply(mayor_c, mayor_v), n),
    )


def limites_impuesto(base, tasa_o_cuota, n):
    """Return (lower, upper) limit of a tax's Importe at `n` decimals (CFDI40180, CFDI40186)."""
    menor, mayor = _alrededor(base)
    return (
        trunca(CONTEXTO.multiply(menor, tasa_o_cuota), n),
        eleva(CONTEXTO.multiply(mayor, tasa_o_cuota), n),
    )
