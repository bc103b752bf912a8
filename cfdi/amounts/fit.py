"""Raw lines -> Conceptos whose total is the ERP's total to the cent, with the proof, or a refusal.

The models of `modelos` are tried in order; the first whose lines hold SAT's limits and whose sums
are the ERP's wins. A model that meets the total but not the ERP's net or a single tax is taken only
if no other meets them all, and the proof says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ..errors import CfdiError
from ..values import CUOTA, Concepto, ImpuestosLocales, Totales
from .arithmetic import CERO, decimales_escritos, redondea, suma
from .lines import Impuesto, Partida, clave, prepara
from .proof import acta, diferencias, fallas
from .rounding import NoCabe, como_el_erp, por_linea, repartido, seis_decimales
from .totals import summarise

__all__ = ["Ajuste", "Esperado", "Impuesto", "Partida", "clave", "fit"]

# amounts as a person reads them first; six decimals first where a quota has more than the currency
POR_LINEA = (por_linea, seis_decimales, como_el_erp, repartido)
SEIS_PRIMERO = (seis_decimales, por_linea, como_el_erp, repartido)


@dataclass(frozen=True, slots=True)
class Esperado:
    """What the ERP's document says, at the currency's decimals.

    `total` with local taxes; `sub_total_neto` is the untaxed total (after discounts); `impuestos`
    (optional) the sum of each tax: {clave(impuesto): amount}, retentions positive as well; without
    it the sums of `Impuesto.importe_redondeado` are taken, if every tax has one.
    """

    total: Decimal
    sub_total_neto: Decimal
    impuestos: Mapping[tuple, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Ajuste:
    """The lines, the model that made them, their totals, and the proof (JSON-able)."""

    conceptos: tuple[Concepto, ...]
    modelo: str
    totales: Totales
    prueba: Mapping[str, object] = field(default_factory=dict)
    impuestos_locales: ImpuestosLocales | None = None


@dataclass(frozen=True, slots=True)
class _Intento:
    modelo: str
    conceptos: list
    totales: Totales | None
    fallas: list
    distintas: dict


def fit(partidas, decimales, esperado, seis_primero=None, impuestos_locales=None):
    """Return the Ajuste of lines of an income or a credit note.

    :param partidas: sequence of Partida, all positive
    :param int decimales: of the currency
    :param Esperado esperado: what the ERP's document says
    :param seis_primero: try `seis_decimales` first; None: where a line has a quota, whose amounts
        have more decimals than the currency
    :param impuestos_locales: ImpuestosLocales of the document, part of the total
    :raises CfdiError: ``total_mismatch`` (data: expected, got, difference, model, lines),
        ``amount_out_of_bounds`` (a line's own numbers contradict each other), and those of
        `partidas.prepara` (``zero_price`` …)
    """
    for importe in (esperado.total, esperado.sub_total_neto):
        if decimales_escritos(importe.normalize()) > decimales:
            raise CfdiError(
                "bad_amount",
                f"{importe} has more decimals than the currency.",
                data={"attribute": "Total", "value": str(importe)},
            )
    lineas = prepara(partidas, decimales)
    esperado = _con_impuestos(partidas, esperado)
    intentos = []
    if seis_primero is None:
        seis_primero = any(i.tipo_factor == CUOTA for p in partidas for i in p.impuestos)
    for modelo in SEIS_PRIMERO if seis_primero else POR_LINEA:
        intento = _prueba(modelo, lineas, decimales, esperado, impuestos_locales)
        intentos.append(intento)
        if not intento.fallas and not intento.distintas:
            return _ajuste(intento, decimales, impuestos_locales)
    for intento in intentos:
        if not intento.fallas and "total" not in intento.distintas:
            return _ajuste(intento, decimales, impuestos_locales)
    raise _rechazo(intentos, lineas, decimales, esperado)


def _con_impuestos(partidas, esperado):
    """`esperado` with the sums of the ERP's own rounded taxes, if it came without sums."""
    gravados = [i for p in partidas for i in p.impuestos if i.importe is not None]
    if esperado.impuestos is not None or any(i.importe_redondeado is None for i in gravados):
        return esperado
    sumas = {}
    for impuesto in gravados:
        llave = clave(impuesto)
        sumas[llave] = sumas.get(llave, CERO) + impuesto.importe_redondeado
    return replace(esperado, impuestos=sumas)


def _prueba(modelo, lineas, decimales, esperado, locales):
    try:
        conceptos = modelo(lineas, decimales, esperado)
    except NoCabe as error:
        return _Intento(modelo.__name__, [], None, [("model", error.line, error.text)], {})
    totales = summarise(conceptos, decimales, locales)
    return _Intento(
        modelo.__name__,
        conceptos,
        totales,
        fallas(conceptos, decimales),
        diferencias(totales, conceptos, esperado),
    )


def _ajuste(intento, decimales, locales):
    return Ajuste(
        tuple(intento.conceptos),
        intento.modelo,
        intento.totales,
        acta(intento.modelo, intento.conceptos, intento.totales, decimales, intento.distintas),
        locales,
    )


def _rechazo(intentos, lineas, decimales, esperado):
    """The error that tells the nearest try and the lines that are farthest off."""
    armados = [i for i in intentos if i.totales]
    cercano = min(
        armados or intentos,
        key=lambda i: (bool(i.fallas), abs(i.totales.total - esperado.total) if i.totales else 0),
    )
    if cercano.fallas:
        codigo, linea, texto = cercano.fallas[0]
        numero = "" if linea is None else f" of line {linea + 1}"
        return CfdiError(
            "amount_out_of_bounds",
            f"The amounts{numero} contradict each other ({codigo}): {texto}. Check its quantity, price and taxes.",
            linea,
            {"sat_code": codigo, "line": None if linea is None else linea + 1, "detail": texto},
        )
    lejanas = _lejanas(cercano.conceptos, lineas, decimales)
    peor = lejanas[0]
    diferencia = cercano.totales.total - esperado.total
    return CfdiError(
        "total_mismatch",
        f"The CFDI would total {cercano.totales.total}, the invoice says {esperado.total} "
        f"(difference {diferencia}). The greatest difference is in line {peor['line']}: "
        f"{peor['written']} against {peor['raw']}.",
        peor["line"] - 1,
        {
            "expected": str(esperado.total),
            "got": str(cercano.totales.total),
            "difference": str(diferencia),
            "model": cercano.modelo,
            "lines": lejanas,
            "sums": {nombre: [str(a), str(b)] for nombre, (a, b) in cercano.distintas.items()},
        },
    )


def _lejanas(conceptos, lineas, decimales, cuantas=3):
    """The lines whose written total is farthest from the ERP's raw one, worst first."""
    filas = []
    for concepto, linea in zip(conceptos, lineas, strict=True):
        escrito = (
            concepto.importe
            - (concepto.descuento or 0)
            + suma(t.importe for t in concepto.traslados if t.importe is not None)
            - suma(r.importe for r in concepto.retenciones)
        )
        crudo = linea.neto + suma(
            -i.importe if i.retencion else i.importe for i in linea.partida.impuestos if i.importe is not None
        )
        filas.append((abs(escrito - crudo), linea.indice, escrito, crudo))
    filas.sort(key=lambda f: (-f[0], f[1]))
    return [
        {
            "line": indice + 1,
            "written": str(escrito),
            "raw": str(redondea(crudo, 6)),
            "difference": str(redondea(escrito - crudo, 6)),
        }
        for _distancia, indice, escrito, crudo in filas[:cuantas]
    ]
