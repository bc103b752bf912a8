"""Rules of the totals and of the summary of taxes."""

from collections import defaultdict
from decimal import Decimal

from .document import NS, number
from .findings import Finding
from .lines import transfer_rate_valid
from .numbers import decimals, half_up


def check(document):
    """Findings CFDI40108-40119 (sums) and CFDI40201-40221."""
    yield from _subtotal(document)
    yield from _discount(document)
    if document.kind in "TP" and document.summary is not None:
        yield Finding("CFDI40201", f"TipoDeComprobante {document.kind}")
    yield from _totals_of_taxes(document)
    yield from _withheld(document)
    yield from _transferred(document)
    yield from _total(document)


def _subtotal(document):
    written = number(document.root, "SubTotal")
    if document.kind in "TP":
        if written:
            yield Finding("CFDI40109", f"SubTotal {written}")
        return
    expected = half_up(sum(number(node, "Importe") for node in document.concepts),
                       document.decimals)
    if written != expected:
        yield Finding("CFDI40108", f"SubTotal {written}, suma {expected}")


def _discount(document):
    root = document.root
    lines = [node for node in document.concepts if node.get("Descuento") is not None]
    written = root.get("Descuento")
    if written is not None and Decimal(written) > number(root, "SubTotal"):
        yield Finding("CFDI40110", f"Descuento {written}, SubTotal {root.get('SubTotal')}")
    if (written is not None) != bool(lines):
        yield Finding("CFDI40111", f"Descuento {written}, {len(lines)} conceptos con Descuento")
    elif written is not None:
        expected = half_up(sum(number(node, "Descuento") for node in lines), document.decimals)
        if Decimal(written) != expected:
            yield Finding("CFDI40111", f"Descuento {written}, suma {expected}")


def _totals_of_taxes(document):
    """The two attributes of Impuestos: presence, decimals, sum of the summary nodes."""
    for kind, name, missing, too_long, unequal in (
        ("Retencion", "TotalImpuestosRetenidos", "CFDI40206", "CFDI40202", "CFDI40203"),
        ("Traslado", "TotalImpuestosTrasladados", "CFDI40212", "CFDI40204", "CFDI40205"),
    ):
        nodes = document.summary_taxes(kind)
        written = None if document.summary is None else document.summary.get(name)
        needed = [node for node in nodes if node.get("TipoFactor") != "Exento"]
        if written is None:
            if needed:
                yield Finding(missing, f"Falta {name}")
            continue
        if decimals(written) > document.decimals:
            yield Finding(too_long, f"{name} {written}")
        expected = sum((number(node, "Importe") for node in nodes), Decimal(0))
        if Decimal(written) != expected:
            yield Finding(unequal, f"{name} {written}, suma {expected}")


def _withheld(document):
    sums = defaultdict(Decimal)
    for tax in document.line_taxes("Retencion"):
        sums[tax.get("Impuesto")] += number(tax, "Importe")
    seen = set()
    for node in document.summary_taxes("Retencion"):
        key, written = node.get("Impuesto"), node.get("Importe")
        if key in seen:
            yield Finding("CFDI40208", f"Retencion {key}")
        seen.add(key)
        if decimals(written) > document.decimals:
            yield Finding("CFDI40210", f"Retencion {key}: Importe {written}")
        expected = half_up(sums[key], document.decimals)
        if Decimal(written) != expected:
            yield Finding("CFDI40211", f"Retencion {key}: Importe {written}, suma {expected}")
    for key in sorted(set(sums) - seen):
        yield Finding("CFDI40211", f"Retencion {key}: falta en el resumen")


def _key(tax):
    rate = tax.get("TasaOCuota")
    return tax.get("Impuesto"), tax.get("TipoFactor"), None if rate is None else Decimal(rate)


def _transferred(document):
    bases, amounts = defaultdict(Decimal), defaultdict(Decimal)
    for tax in document.line_taxes("Traslado"):
        bases[_key(tax)] += number(tax, "Base")
        amounts[_key(tax)] += number(tax, "Importe")
    nodes = document.summary_taxes("Traslado")
    seen = set()
    for node in nodes:
        key = _key(node)
        if key in seen:
            yield Finding("CFDI40218", f"Traslado {key[0]} {key[1]} {key[2]}")
        seen.add(key)
        yield from _transfer_node(document, node, bases.get(key), amounts.get(key))
    for key in bases:
        if key not in seen:
            code = "CFDI40216" if key[1] == "Exento" else "CFDI40221"
            yield Finding(code, f"Traslado {key[0]} {key[1]} {key[2]}: falta en el resumen")


def _transfer_node(document, node, base, amount):
    tax, factor, rate = node.get("Impuesto"), node.get("TipoFactor"), node.get("TasaOCuota")
    what = f"Traslado {tax} {factor} {rate}"
    if decimals(node.get("Base")) > document.decimals:
        yield Finding("CFDI40214", f"{what}: Base {node.get('Base')}")
    expected = half_up(base or Decimal(0), document.decimals)
    if base is None or number(node, "Base") != expected:
        code = "CFDI40216" if factor == "Exento" else "CFDI40215"
        yield Finding(code, f"{what}: Base {node.get('Base')}, suma {expected}")
    written = node.get("Importe")
    if factor == "Exento":
        if rate is not None or written is not None:
            yield Finding("CFDI40213", what)
        return
    if rate is None or written is None:
        yield Finding("CFDI40219" if rate is None else "CFDI40221", f"{what}: incompleto")
        return
    if not transfer_rate_valid(document, node):
        yield Finding("CFDI40219", what)
    if decimals(written) > document.decimals:
        yield Finding("CFDI40220", f"{what}: Importe {written}")
    expected = half_up(amount or Decimal(0), document.decimals)
    if Decimal(written) != expected:
        yield Finding("CFDI40221", f"{what}: Importe {written}, suma {expected}")


def _total(document):
    root = document.root
    expected = number(root, "SubTotal") - number(root, "Descuento")
    if document.summary is not None:
        expected += number(document.summary, "TotalImpuestosTrasladados")
        expected -= number(document.summary, "TotalImpuestosRetenidos")
    for node in root.findall("cfdi:Complemento/implocal:ImpuestosLocales", NS):
        expected += number(node, "TotaldeTraslados") - number(node, "TotaldeRetenciones")
    written = number(root, "Total")
    if written != expected:
        yield Finding("CFDI40119", f"Total {written}, calculado {expected}")
