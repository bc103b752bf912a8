"""An independent judge of a CFDI's numbers: reads the XML, counts in fractions, no cfdi/ code.

Each fault is a text that begins with the code of SAT's matrix.
"""

import math
from collections import defaultdict
from fractions import Fraction as F

from lxml import etree

NS = {"c": "http://www.sat.gob.mx/cfd/4", "implocal": "http://www.sat.gob.mx/implocal"}
TINY = F(1, 10**12)


def places(text):
    return len(text.partition(".")[2])


def half_up(value, n):
    return F(math.floor(value * 10**n + F(1, 2)), 10**n)


def limits(one, other, n, fixed_other=False):
    """Trunc of the least and ceil of the greatest product around what is written."""
    half_one, half_other = F(1, 2 * 10 ** places(one)), F(1, 2 * 10 ** places(other))
    least, most = F(one) - half_one, F(one) + half_one - TINY
    if fixed_other:
        least, most = least * F(other), most * F(other)
    else:
        least, most = least * (F(other) - half_other), most * (F(other) + half_other - TINY)
    return F(math.floor(least * 10**n), 10**n), F(math.ceil(most * 10**n), 10**n)


def faults(xml, decimals, untaxed=0, own_bases=False):
    """Return the faults in the numbers of a CFDI of type I or E.

    :param untaxed: a discount that one of its lines has and that lowers no tax (cash rounding)
    :param own_bases: whether a discount may have lowered a tax by another base than the line's
    """
    root = etree.fromstring(xml)
    found = []
    concepts = root.findall("c:Conceptos/c:Concepto", NS)
    for number, concept in enumerate(concepts, 1):
        found += [f"{fault} (line {number})" for fault in _line_faults(concept, decimals, F(untaxed), own_bases)]
    found += _summary_faults(root, concepts, decimals)
    for node in root.iter():
        found += [
            f"EXPONENT {k}={v}"
            for k, v in node.attrib.items()
            if k
            in (
                "Importe",
                "Base",
                "Cantidad",
                "ValorUnitario",
                "Total",
                "SubTotal",
                "Descuento",
                "TasaOCuota",
            )
            and not v.replace(".", "", 1).isdigit()
        ]
    return found


def _within(code, written, bounds_of, decimals):
    return [
        f"{code} {written} not in {[float(b) for b in bounds_of(n)]} at {n}"
        for n in (decimals, places(written))
        if not bounds_of(n)[0] <= F(written) <= bounds_of(n)[1]
    ]


def _line_faults(concept, decimals, untaxed, own_bases):
    get = concept.get
    found = []
    if F(get("ValorUnitario")) <= 0:
        found.append("CFDI40166")
    found += _within(
        "CFDI40167",
        get("Importe"),
        lambda n: limits(get("Cantidad"), get("ValorUnitario"), n),
        decimals,
    )
    discount = get("Descuento")
    if discount is not None:
        if places(discount) > places(get("Importe")):
            found.append("CFDI40168")
        if F(discount) > F(get("Importe")):
            found.append("CFDI40169")
    taxes = concept.findall("c:Impuestos/*/*", NS)
    if get("ObjetoImp") == "02" and not taxes:
        found.append("CFDI40171")
    if get("ObjetoImp") in ("01", "03", "04", "05") and concept.find("c:Impuestos", NS) is not None:
        found.append("CFDI40172")
    net = F(get("Importe")) - F(discount or 0)
    return found + _tax_faults(taxes, {net, net + untaxed}, decimals, own_bases)


def _tax_faults(taxes, bases, decimals, own_bases):
    found = []
    for tax in taxes:
        if F(tax.get("Base")) <= 0:
            found.append("CFDI40174")
        if tax.get("TipoFactor") == "Exento":
            if {"TasaOCuota", "Importe"} & set(tax.attrib):
                found.append("CFDI40177")
            continue
        if places(tax.get("TasaOCuota")) != 6:
            found.append("FAQ40 TasaOCuota")
        found += _within(
            "CFDI40180",
            tax.get("Importe"),
            lambda n, t=tax: limits(t.get("Base"), t.get("TasaOCuota"), n, fixed_other=True),
            decimals,
        )
    if own_bases:
        return found
    # the base of a tax is the net amount, with any of the IEPS of the line
    for tax in taxes:
        if tax.tag.endswith("}Traslado") and tax.get("Impuesto") == "003" and tax.get("Importe"):
            bases |= {base + F(tax.get("Importe")) for base in bases}
    found += [
        f"BASE {t.get('Base')}" for t in taxes if t.get("TipoFactor") != "Cuota" and F(t.get("Base")) not in bases
    ]
    return found


def _must(found, d):
    """A function that notes a number that is not the computed one, or has too many decimals."""

    def must(code, written, value):
        if written is None or F(written) != value or places(written) > d:
            found.append(f"{code} written {written}, computed {float(value)}")

    return must


def _summary_faults(root, concepts, d):
    found = []
    must = _must(found, d)
    sub_total = half_up(sum(F(c.get("Importe")) for c in concepts), d)
    must("CFDI40108", root.get("SubTotal"), sub_total)
    discounts = [F(c.get("Descuento")) for c in concepts if c.get("Descuento")]
    discount = half_up(sum(discounts), d)
    if discounts:
        must("CFDI40111", root.get("Descuento"), discount)
    elif root.get("Descuento"):
        found.append("CFDI40111 Descuento without any")
    plus = _transferred_faults(root, must, found, d)
    minus = _withheld_faults(root, must, found, d)
    local = _local_taxes(root, _must(found, 2))
    must("CFDI40119", root.get("Total"), sub_total - discount + plus - minus + local)
    return found


def _local_taxes(root, must):
    """Check the totals of the complement of local taxes, of two decimals; return what it adds to the document's."""
    node = root.find("c:Complemento/implocal:ImpuestosLocales", NS)
    if node is None:
        return F(0)
    plus, minus = (
        sum((F(row.get("Importe")) for row in node.findall(f"implocal:{name}", NS)), F(0))
        for name in ("TrasladosLocales", "RetencionesLocales")
    )
    must("implocal", node.get("TotaldeTraslados"), plus)
    must("implocal", node.get("TotaldeRetenciones"), minus)
    return plus - minus


def _transferred_faults(root, must, found, d):
    """Check the rows of transferred taxes; return their sum."""
    sums = defaultdict(lambda: [F(0), F(0)])
    for tax in root.iterfind("c:Conceptos/c:Concepto/c:Impuestos/c:Traslados/c:Traslado", NS):
        row = sums[tax.get("Impuesto"), tax.get("TipoFactor"), tax.get("TasaOCuota")]
        row[0] += F(tax.get("Base"))
        row[1] += F(tax.get("Importe") or 0)
    rows = root.findall("c:Impuestos/c:Traslados/c:Traslado", NS)
    keys = [(t.get("Impuesto"), t.get("TipoFactor"), t.get("TasaOCuota")) for t in rows]
    if sorted(map(str, keys)) != sorted(map(str, sums)):
        found.append(f"CFDI40218 {keys}")
    for key, row in zip(keys, rows, strict=True):
        must("CFDI40215", row.get("Base"), half_up(sums[key][0], d))
        if key[1] != "Exento":
            must("CFDI40221", row.get("Importe"), half_up(sums[key][1], d))
    total = sum((F(t.get("Importe")) for t in rows if t.get("Importe")), F(0))
    summary = root.find("c:Impuestos", NS)
    if any(key[1] != "Exento" for key in keys):
        must("CFDI40205", summary.get("TotalImpuestosTrasladados"), total)
    elif summary is not None and summary.get("TotalImpuestosTrasladados"):
        found.append("CFDI40213")
    return total


def _withheld_faults(root, must, found, d):
    """Check the rows of withheld taxes; return their sum."""
    sums = defaultdict(F)
    for tax in root.iterfind("c:Conceptos/c:Concepto/c:Impuestos/c:Retenciones/c:Retencion", NS):
        sums[tax.get("Impuesto")] += F(tax.get("Importe"))
    rows = root.findall("c:Impuestos/c:Retenciones/c:Retencion", NS)
    if sorted(row.get("Impuesto") for row in rows) != sorted(sums):
        found.append("CFDI40208")
    for row in rows:
        must("CFDI40211", row.get("Importe"), half_up(sums[row.get("Impuesto")], d))
    total = sum((F(row.get("Importe")) for row in rows), F(0))
    if rows:
        must("CFDI40203", root.find("c:Impuestos", NS).get("TotalImpuestosRetenidos"), total)
    return total
