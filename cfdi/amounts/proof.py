"""Do these lines hold SAT's limits? The proof that is kept with a document."""

from ..values import EXENTO
from .arithmetic import CERO, decimales_escritos, limites_importe, limites_impuesto, redondea, suma


def limites(concepto, decimales):
    """Return the checks of one line: (place, lower, written, upper, code) per limit.

    SAT's texts dispute the number of decimals; both readings are taken: the currency's, and
    those with which the amount is written.
    """
    filas = []
    for n in {decimales, decimales_escritos(concepto.importe)}:
        menor, mayor = limites_importe(concepto.cantidad, concepto.valor_unitario, n)
        filas.append(("Importe", menor, concepto.importe, mayor, "CFDI40167"))
    for nombre, codigo, impuestos in (
        ("Traslado", "CFDI40180", concepto.traslados),
        ("Retencion", "CFDI40186", concepto.retenciones),
    ):
        for i, impuesto in enumerate(impuestos, 1):
            if impuesto.tipo_factor == EXENTO:
                continue
            for n in {decimales, decimales_escritos(impuesto.importe)}:
                menor, mayor = limites_impuesto(impuesto.base, impuesto.tasa_o_cuota, n)
                filas.append((f"{nombre}[{i}]/@Importe", menor, impuesto.importe, mayor, codigo))
    return filas


def fallas(conceptos, decimales):
    """Return what SAT would object to in the lines: (code, line index, text)."""
    encontradas = []
    for linea, concepto in enumerate(conceptos):
        for lugar, menor, escrito, mayor, codigo in limites(concepto, decimales):
            if not menor <= escrito <= mayor:
                encontradas.append((codigo, linea, f"{lugar} {escrito} is not between {menor} and {mayor}"))
        descuento = concepto.descuento
        if descuento is not None and not 0 <= descuento <= concepto.importe:
            encontradas.append(("CFDI40169", linea, f"Descuento {descuento} of {concepto.importe}"))
        if descuento is not None and (decimales_escritos(descuento) > decimales_escritos(concepto.importe)):
            encontradas.append(("CFDI40168", linea, f"Descuento {descuento}: too many decimals"))
        for codigo, impuestos in (
            ("CFDI40174", concepto.traslados),
            ("CFDI40181", concepto.retenciones),
        ):
            encontradas += [(codigo, linea, "a base of 0") for i in impuestos if i.base <= 0]
    return encontradas


def diferencias(totales, conceptos, esperado):
    """Return {name: (of the CFDI, of the ERP)} for every sum that is not the ERP's."""
    pares = {
        "total": (totales.total, esperado.total),
        "neto": (totales.sub_total - (totales.descuento or CERO), esperado.sub_total_neto),
    }
    if esperado.impuestos:
        pares.update(_pares_de_impuestos(totales, esperado.impuestos))
    return {nombre: par for nombre, par in pares.items() if par[0] != par[1]}


def _pares_de_impuestos(totales, impuestos):
    """Per row of the summary, {name: (of the CFDI, of the ERP)}."""
    nuestros = {
        _fila(t.impuesto, t.tipo_factor, t.tasa_o_cuota, False): t.importe
        for t in totales.traslados
        if t.tipo_factor != EXENTO
    }
    nuestros.update((_fila(i, None, None, True), importe) for i, importe in totales.retenciones)
    suyos = {}
    for (impuesto, tipo, tasa, retencion), importe in impuestos.items():
        if tipo != EXENTO:
            fila = _fila(impuesto, tipo, tasa, retencion)
            suyos[fila] = suyos.get(fila, CERO) + importe
    return {fila: (nuestros.get(fila, CERO), suyos.get(fila, CERO)) for fila in dict.fromkeys([*nuestros, *suyos])}


def _fila(impuesto, tipo_factor, tasa, retencion):
    """Name of a row of the summary; retentions are one row per Impuesto (CFDI40208)."""
    if retencion:
        return f"retencion {impuesto}"
    return f"traslado {impuesto} {tipo_factor} {redondea(tasa, 6)}"


def _texto(valor):
    return None if valor is None else format(valor, "f")


def acta(modelo, conceptos, totales, decimales, distintas):
    """Return the JSON-able record: model, sums, limits of every line, what differs from the ERP."""
    return {
        "modelo": modelo,
        "decimales": str(decimales),
        "sub_total": _texto(totales.sub_total),
        "descuento": _texto(totales.descuento),
        "trasladados": _texto(totales.total_impuestos_trasladados),
        "retenidos": _texto(totales.total_impuestos_retenidos),
        "total": _texto(totales.total),
        "sumas": {
            "importes": _texto(suma(c.importe for c in conceptos)),
            "descuentos": _texto(suma(c.descuento for c in conceptos if c.descuento is not None)),
            "traslados": [
                [
                    t.impuesto,
                    t.tipo_factor,
                    _texto(t.tasa_o_cuota),
                    _texto(t.base),
                    _texto(t.importe),
                ]
                for t in totales.traslados
            ],
            "retenciones": [[impuesto, _texto(importe)] for impuesto, importe in totales.retenciones],
        },
        "limites": [
            [
                [lugar, _texto(menor), _texto(escrito), _texto(mayor)]
                for lugar, menor, escrito, mayor, _codigo in limites(concepto, decimales)
            ]
            for concepto in conceptos
        ],
        "distinto_del_erp": {n: [_texto(a), _texto(b)] for n, (a, b) in distintas.items()},
    }
