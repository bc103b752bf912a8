"""Puts every rule to every thing of a document."""

from dataclasses import replace
from types import SimpleNamespace

from . import (
    cfdi_relacionados,
    comprobante,
    concepto,
    concepto_impuestos,
    concepto_nodes,
    docto,
    emisor,
    impuestos,
    informacion_global,
    pago,
    pagos,
    receptor,
    totals,
)
from .catalogues import DEFAULT
from .rule import REGISTERED, SCOPES, Finding

# the order of the nodes in a document is the order of the findings
_MODULES = (
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
    pagos,
    pago,
    docto,
)
RULES = tuple(r for m in _MODULES for r in REGISTERED if r.judges.__module__ == m.__name__)
# per scope pairs of function and rule: a rule's attributes would be looked up for every line
_BY_SCOPE = {s: tuple((r.judges, r) for r in RULES if r.scope == s) for s in SCOPES}


# what a receiver alone is judged by
_OF_RECEPTOR = tuple(r for r in RULES if all(read.startswith("Receptor/") for read in r.reads))


def judge_receptor(receptor, fecha, catalogues=DEFAULT):
    """Return what the rules find that look at the receiver of an invoice alone.

    :param receptor: Receptor
    :param fecha: datetime of the invoice, for what is in force then
    :return: list of Finding
    """
    alone = SimpleNamespace(receptor=receptor, fecha=fecha)
    document = SimpleNamespace(comprobante=alone)
    found = ((r, r.judges(alone, document, catalogues)) for r in _OF_RECEPTOR)
    return [Finding(r, data=data) for r, data in found if data is not None]


def judge(document, catalogues=DEFAULT):
    """Return what the rules find, in the order of the document.

    :param Document document: see Document.de, .leido and .xml
    :param Catalogues catalogues: SAT's catalogues
    :return: list of Finding; errors and warnings alike (`severity`)
    """
    c, findings = document.comprobante, []
    _apply(c, "comprobante", document, catalogues, findings)
    for line, item in enumerate(c.conceptos):
        _apply(item, "concepto", document, catalogues, findings, line)
        if item.traslados:
            _apply_to_rows(item.traslados, "traslado", document, catalogues, findings, line)
        if item.retenciones:
            _apply_to_rows(item.retenciones, "retencion", document, catalogues, findings, line)
        if item.a_cuenta_terceros:
            _apply(item.a_cuenta_terceros, "third_party", document, catalogues, findings, line)
        if item.pedimentos:
            _apply_to_rows(item.pedimentos, "pedimento", document, catalogues, findings, line)
        if document.partes:
            _apply_to_rows(document.partes[line], "parte", document, catalogues, findings, line)
    _apply(c, "summary", document, catalogues, findings)
    t = document.totals
    _apply_to_rows(t.retenciones, "summary_retencion", document, catalogues, findings)
    _apply_to_rows(t.traslados, "summary_traslado", document, catalogues, findings)
    if c.pagos:
        findings += _judge_pagos(c.pagos, document, catalogues)
    return findings


def _judge_pagos(pagos, document, catalogues):
    """What the rules find in a receipt's payments."""
    found = []
    _apply(pagos, "pagos", document, catalogues, found)
    for i, one in enumerate(pagos.pagos):
        some = []
        _apply(one, "pago", document, catalogues, some)
        named = {"pago": i + 1, "cobrado": one.fecha_pago.date().isoformat()}
        found += [replace(finding, data={**named, **finding.data}, pago=i) for finding in some]
        settled = document.settled[i] if document.settled else ()
        for j, invoice in enumerate(one.doctos):
            some = _judge_docto(invoice, settled[j : j + 1], document, catalogues)
            named = {"pago": i + 1, "invoice": invoice.label}
            found += [replace(finding, data={**named, **finding.data}, pago=i, docto=j) for finding in some]
    return found


def _judge_docto(invoice, settled, document, catalogues):
    found = []
    _apply(invoice, "docto", document, catalogues, found)
    _apply_to_rows(invoice.retenciones, "docto_retencion", document, catalogues, found)
    _apply_to_rows(invoice.traslados, "docto_traslado", document, catalogues, found)
    for one in settled:
        _apply(one, "settlement", document, catalogues, found)
    return found


def _apply(x, scope, document, catalogues, findings, line=None, row=None):
    """Put every rule of a scope to one thing."""
    for judges, rule in _BY_SCOPE[scope]:
        data = judges(x, document, catalogues)
        if data is not None:
            if line is not None:
                descripcion = document.comprobante.conceptos[line].descripcion
                data = {"line": line + 1, "descripcion": descripcion, **data}
            # a text that is missing is as wrong as one that SAT does not know
            data = {name: "—" if value in (None, "") else value for name, value in data.items()}
            findings.append(Finding(rule, line, data, row))


def _apply_to_rows(rows, scope, document, catalogues, findings, line=None):
    for row, x in enumerate(rows):
        _apply(x, scope, document, catalogues, findings, line, row)
