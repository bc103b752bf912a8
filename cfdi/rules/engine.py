"""Puts every rule to every thing of a document."""

from . import (
    cfdi_relacionados,
    comprobante,
    concepto,
    concepto_impuestos,
    concepto_nodes,
    emisor,
    impuestos,
    informacion_global,
    receptor,
    totals,
)
from .catalogues import DEFAULT
from .rule import REGISTRADAS, SCOPES, Hallazgo

# the order of the nodes in a document is the order of the findings
_MODULOS = (
    comprobante,
    totals,
    informacion_global,
    cfdi_relacionados,
    emisor,
    receptor,
    concepto,
    concepto_impuestos,
    concepto_nodes,
    impuestos,
)
RULES = tuple(r for m in _MODULOS for r in REGISTRADAS if r.judges.__module__ == m.__name__)
# per scope pairs of function and rule: a rule's attributes would be looked up for every line
_POR = {s: tuple((r.judges, r) for r in RULES if r.scope == s) for s in SCOPES}


def judge(documento, catalogos=DEFAULT):
    """Return what the rules find, in the order of the document.

    :param Documento documento: see Documento.de, .leido and .xml
    :param Catalogos catalogos: SAT's catalogues
    :return: list of Hallazgo; errors and warnings alike (`severity`)
    """
    c, hallazgos = documento.comprobante, []
    _aplica(c, "comprobante", documento, catalogos, hallazgos)
    for linea, item in enumerate(c.conceptos):
        _aplica(item, "concepto", documento, catalogos, hallazgos, linea)
        if item.traslados:
            _fila_a_fila(item.traslados, "traslado", documento, catalogos, hallazgos, linea)
        if item.retenciones:
            _fila_a_fila(item.retenciones, "retencion", documento, catalogos, hallazgos, linea)
        if item.a_cuenta_terceros:
            _aplica(item.a_cuenta_terceros, "tercero", documento, catalogos, hallazgos, linea)
        if item.pedimentos:
            _fila_a_fila(item.pedimentos, "pedimento", documento, catalogos, hallazgos, linea)
        if documento.partes:
            _fila_a_fila(documento.partes[linea], "parte", documento, catalogos, hallazgos, linea)
    _aplica(c, "pie", documento, catalogos, hallazgos)
    t = documento.totales
    _fila_a_fila(t.retenciones, "fila_retencion", documento, catalogos, hallazgos)
    _fila_a_fila(t.traslados, "fila_traslado", documento, catalogos, hallazgos)
    return hallazgos


def _aplica(x, scope, documento, catalogos, hallazgos, linea=None, fila=None):
    """Put every rule of a scope to one thing."""
    for juzga, rule in _POR[scope]:
        datos = juzga(x, documento, catalogos)
        if datos is not None:
            if linea is not None:
                descripcion = documento.comprobante.conceptos[linea].descripcion
                datos = {"linea": linea + 1, "descripcion": descripcion, **datos}
            # a text that is missing is as wrong as one that SAT does not know
            datos = {nombre: "—" if valor in (None, "") else valor for nombre, valor in datos.items()}
            hallazgos.append(Hallazgo(rule, linea, datos, fila))


def _fila_a_fila(filas, scope, documento, catalogos, hallazgos, linea=None):
    for fila, x in enumerate(filas):
        _aplica(x, scope, documento, catalogos, hallazgos, linea, fila)
