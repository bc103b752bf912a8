"""Whether lines are within SAT's limits, and the record of it that is kept with a document."""

from ..values import EXENTO
from .arithmetic import ZERO, exact_sum, importe_limits, round_half_up, tax_limits, written_decimals


def line_limits(concepto, decimals):
    """Return the checks of one line: (place, lower, written, upper, code) per limit.

    SAT's texts dispute the number of decimals; both readings are taken: the currency's, and
    those with which the amount is written.
    """
    rows = []
    for n in {decimals, written_decimals(concepto.importe)}:
        lower, upper = importe_limits(concepto.cantidad, concepto.valor_unitario, n)
        rows.append(("Importe", lower, concepto.importe, upper, "CFDI40167"))
    for name, code, impuestos in (
        ("Traslado", "CFDI40180", concepto.traslados),
        ("Retencion", "CFDI40186", concepto.retenciones),
    ):
        for i, impuesto in enumerate(impuestos, 1):
            if impuesto.tipo_factor == EXENTO:
                continue
            for n in {decimals, written_decimals(impuesto.importe)}:
                lower, upper = tax_limits(impuesto.base, impuesto.tasa_o_cuota, n)
                rows.append((f"{name}[{i}]/@Importe", lower, impuesto.importe, upper, code))
    return rows


def violations(conceptos, limits):
    """Return what SAT would object to in the lines: (code, line index, text).

    :param limits: of each line, as `line_limits` returns them
    """
    found = []
    for line, concepto in enumerate(conceptos):
        for place, lower, written, upper, code in limits[line]:
            if not lower <= written <= upper:
                found.append((code, line, f"{place} {written} is not between {lower} and {upper}"))
        descuento = concepto.descuento
        if descuento is not None and not 0 <= descuento <= concepto.importe:
            found.append(("CFDI40169", line, f"Descuento {descuento} of {concepto.importe}"))
        if descuento is not None and (written_decimals(descuento) > written_decimals(concepto.importe)):
            found.append(("CFDI40168", line, f"Descuento {descuento}: too many decimals"))
        for code, impuestos in (
            ("CFDI40174", concepto.traslados),
            ("CFDI40181", concepto.retenciones),
        ):
            found += [(code, line, "a base of 0") for i in impuestos if i.base <= 0]
    return found


def sum_differences(totals, conceptos, expected):
    """Return {name: (of the CFDI, of the ERP)} for every sum that is not the ERP's."""
    pairs = {
        "total": (totals.total, expected.total),
        "neto": (totals.sub_total - (totals.descuento or ZERO), expected.net_sub_total),
    }
    if expected.impuestos:
        pairs.update(_tax_pairs(totals, expected.impuestos))
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _tax_pairs(totals, impuestos):
    """Per row of the summary, {name: (of the CFDI, of the ERP)}."""
    ours = {
        _row_name(t.impuesto, t.tipo_factor, t.tasa_o_cuota, False): t.importe
        for t in totals.traslados
        if t.tipo_factor != EXENTO
    }
    ours.update((_row_name(i, None, None, True), importe) for i, importe in totals.retenciones)
    theirs = {}
    for (impuesto, tipo, rate, retencion), importe in impuestos.items():
        if tipo != EXENTO:
            row = _row_name(impuesto, tipo, rate, retencion)
            theirs[row] = theirs.get(row, ZERO) + importe
    return {row: (ours.get(row, ZERO), theirs.get(row, ZERO)) for row in dict.fromkeys([*ours, *theirs])}


def _row_name(impuesto, tipo_factor, rate, retencion):
    """Name of a row of the summary; retentions are one row per Impuesto (CFDI40208)."""
    if retencion:
        return f"retencion {impuesto}"
    return f"traslado {impuesto} {tipo_factor} {round_half_up(rate, 6)}"


def _text(value):
    return None if value is None else format(value, "f")


def make_proof(method, conceptos, totals, decimals, differing, limits):
    """Return the JSON-able record: model, sums, limits of every line, what differs from the ERP.

    :param limits: of each line, as `line_limits` returns them
    """
    return {
        "modelo": method,
        "decimales": str(decimals),
        "sub_total": _text(totals.sub_total),
        "descuento": _text(totals.descuento),
        "trasladados": _text(totals.total_impuestos_trasladados),
        "retenidos": _text(totals.total_impuestos_retenidos),
        "total": _text(totals.total),
        "sumas": {
            "importes": _text(exact_sum(c.importe for c in conceptos)),
            "descuentos": _text(exact_sum(c.descuento for c in conceptos if c.descuento is not None)),
            "traslados": [
                [
                    t.impuesto,
                    t.tipo_factor,
                    _text(t.tasa_o_cuota),
                    _text(t.base),
                    _text(t.importe),
                ]
                for t in totals.traslados
            ],
            "retenciones": [[impuesto, _text(importe)] for impuesto, importe in totals.retenciones],
        },
        "limites": [
            [[place, _text(lower), _text(written), _text(upper)] for place, lower, written, upper, _code in of_line]
            for of_line in limits
        ],
        "distinto_del_erp": {n: [_text(a), _text(b)] for n, (a, b) in differing.items()},
    }
