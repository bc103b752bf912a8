"""Negative lines of an ERP as discounts of other lines: a CFDI knows no negative line."""

from dataclasses import replace

from ..errors import CfdiError
from ..values import CUOTA
from .arithmetic import CERO, UNIDADES, redondea, suma
from .lines import clave


def descuenta(partidas, rebaja, decimales):
    """Return the Partidas with the net amount of `rebaja` taken off as discount.

    Each gives in proportion to what is left of it, in whole units of the currency; so do its taxes.
    What exceeds the lines by less than one unit is noise of rounding and is left out.

    :param partidas: the lines of the same taxes; they may have quotas besides, which a discount does
        not lower (the base of a quota is the quantity)
    :param Partida rebaja: the negative line, with positive amounts
    :param int decimales: of the currency
    :raises CfdiError: ``too_great`` (data: left, the sum that is left of the lines)
    """
    neto = rebaja.importe - rebaja.descuento
    if not neto:
        return list(partidas)
    restos = [partida.importe - partida.descuento for partida in partidas]
    quedan = suma(restos)
    if neto - quedan >= UNIDADES[decimales]:
        raise CfdiError(
            "too_great",
            f"{neto} can't be taken off lines of which {quedan} is left.",
            data={"left": str(redondea(quedan, decimales))},
        )
    if not quedan:
        return list(partidas)
    partes = _partes(restos, min(neto, quedan), decimales)
    return [
        _rebajada(partida, rebaja, parte, neto) if parte else partida
        for partida, parte in zip(partidas, partes, strict=True)
    ]


def _partes(restos, importe, decimales):
    """`importe` in parts, none greater than its rest, in proportion to them."""
    quedan = suma(restos)
    partes = [min(resto, redondea(importe * resto / quedan, decimales)) for resto in restos]
    falta = importe - suma(partes)
    # the greatest first: there the cents that are left over are felt least
    for i in sorted(range(len(restos)), key=lambda i: -restos[i]):
        parte = min(max(partes[i] + falta, CERO), restos[i])
        falta -= parte - partes[i]
        partes[i] = parte
    return partes


def _rebajada(partida, rebaja, parte, neto):
    """A line less `parte` of the `neto` of a negative line, and less as much of its taxes."""
    suyos = list(rebaja.impuestos)
    impuestos = []
    for impuesto in partida.impuestos:
        suyo = next((i for i in suyos if clave(i) == clave(impuesto)), None)
        if suyo is None or impuesto.tipo_factor == CUOTA:
            impuestos.append(impuesto)
            continue
        suyos.remove(suyo)
        impuestos.append(
            replace(
                impuesto,
                # exact where the base is the net amount, so that nobody looks for what else joins it
                base=impuesto.base - (parte if suyo.base == neto else suyo.base * parte / neto),
                importe=None if impuesto.importe is None else impuesto.importe - suyo.importe * parte / neto,
                importe_redondeado=None,
            )
        )
    return replace(
        partida,
        descuento=partida.descuento + parte,
        impuestos=tuple(impuestos),
        importe_redondeado=None,
    )
