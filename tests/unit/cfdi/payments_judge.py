"""An independent judge of a receipt of payment: reads the XML, counts in fractions, no cfdi/ code.

Each fault is a text that begins with the code of SAT's matrix of Pagos 2.0 (CRP20xxx), as the research of the samples
reads it: limits at the decimals of what is written.
"""

import math
from collections import defaultdict
from fractions import Fraction as F

from judge import half_up, places
from lxml import etree

P = "{http://www.sat.gob.mx/Pagos20}"
DECIMALS = {"JPY": 0, "CLP": 0, "KWD": 3}
RATES = {"16": ("002", "Tasa", F(16, 100)), "8": ("002", "Tasa", F(8, 100)), "0": ("002", "Tasa", F(0))}
RETENTIONS = {"ISR": "001", "IVA": "002", "IEPS": "003"}


def decimals(moneda):
    return DECIMALS.get(moneda, 2)


def floor(value, n):
    return F(math.floor(value * 10**n), 10**n)


def ceil(value, n):
    return F(math.ceil(value * 10**n), 10**n)


def number(node, name):
    text = node.get(name)
    return None if text is None else F(text)


def faults(xml):
    """Return the faults in the numbers of a receipt of payment."""
    root = etree.fromstring(xml)
    pagos = root.findall(f".//{P}Pago")
    found = [] if pagos else ["XSD no Pago"]
    for pago in pagos:
        found += _pago(pago)
        for docto in pago.findall(f"{P}DoctoRelacionado"):
            found += _docto(docto, pago.get("MonedaP"))
    return found + _totales(root.find(f".//{P}Totales"), pagos)


def _too_long(code, node, name, n):
    return [f"{code} {name}={node.get(name)}"] if places(node.get(name)) > n else []


def _pago(pago):
    moneda, n = pago.get("MonedaP"), decimals(pago.get("MonedaP"))
    found = _too_long("CRP20219", pago, "Monto", n)
    found += ["CRP20212"] if pago.get("FormaDePagoP") == "99" else []
    found += ["CRP20213"] if moneda == "XXX" else []
    found += ["CRP20214"] if number(pago, "TipoCambioP") is None else []
    found += ["CRP20215"] if moneda == "MXN" and pago.get("TipoCambioP") != "1" else []
    found += ["CRP20218"] if number(pago, "Monto") <= 0 else []
    return found + _covered(pago, moneda, n) + _impuestos_p(pago, moneda, n)


def _covered(pago, moneda, n):
    """CRP20217, CRP20276: by the plain sum, which services have asked for, not by SAT's margin."""
    doctos = pago.findall(f"{P}DoctoRelacionado")
    paid = sum(number(one, "ImpPagado") / number(one, "EquivalenciaDR") for one in doctos)
    code = "CRP20217" if all(one.get("MonedaDR") == moneda for one in doctos) else "CRP20276"
    return [f"{code} {float(paid)} > {pago.get('Monto')}"] if paid > number(pago, "Monto") else []


def _docto(docto, moneda):
    own, n = docto.get("MonedaDR"), decimals(docto.get("MonedaDR"))
    found = []
    for code, name in (("CRP20240", "ImpSaldoAnt"), ("CRP20242", "ImpPagado"), ("CRP20243", "ImpSaldoInsoluto")):
        found += _too_long(code, docto, name, n)
    before, paid, after = (number(docto, name) for name in ("ImpSaldoAnt", "ImpPagado", "ImpSaldoInsoluto"))
    found += ["CRP20239"] if before <= 0 else []
    found += ["CRP20241"] if paid <= 0 else []
    found += ["CRP20244"] if after < 0 or after != before - paid else []
    found += ["CRP20237"] if number(docto, "EquivalenciaDR") is None else []
    found += ["CRP20238"] if own == moneda and docto.get("EquivalenciaDR") != "1" else []
    objeto, taxes = docto.get("ObjetoImpDR"), docto.find(f"{P}ImpuestosDR")
    found += ["CRP20246"] if objeto == "02" and taxes is None else []
    found += ["CRP20247"] if objeto in ("01", "03", "04", "05") and taxes is not None else []
    found += ["CRP20248"] if taxes is not None and not len(taxes.findall(f"{P}*/{P}*")) else []
    kinds = {one.get("ImpuestoDR") for one in docto.iter(f"{P}TrasladoDR", f"{P}RetencionDR")}
    found += ["CRP20278"] if objeto in ("06", "08") and kinds & {"002", "003"} else []
    found += ["CRP20279"] if objeto == "07" and ("002" in kinds or "003" not in kinds) else []
    for code_base, code_limit, name in (
        ("CRP20249", "CRP20254", "RetencionDR"),
        ("CRP20255", "CRP20261", "TrasladoDR"),
    ):
        for row in docto.iter(f"{P}{name}"):
            found += [f"{code_base} {row.get('BaseDR')}"] if number(row, "BaseDR") <= 0 else []
            found += _limits(code_limit, row)
            found += [f"padded {row.get('BaseDR')}"] if places(row.get("BaseDR")) > n else []
    return found


def _limits(code, row):
    if row.get("TipoFactorDR") == "Exento":
        return ["CRP20258"] if {"TasaOCuotaDR", "ImporteDR"} & set(row.attrib) else []
    base, rate, tax = number(row, "BaseDR"), number(row, "TasaOCuotaDR"), number(row, "ImporteDR")
    half, n = F(1, 2 * 10 ** places(row.get("BaseDR"))), places(row.get("ImporteDR"))
    least, most = floor((base - half) * rate, n), ceil((base + half - F(1, 10**12)) * rate, n)
    return [] if least <= tax <= most else [f"{code} {row.get('ImporteDR')} of {row.get('BaseDR')} x {float(rate)}"]


def _key(row, suffix):
    return row.get(f"Impuesto{suffix}"), row.get(f"TipoFactor{suffix}"), number(row, f"TasaOCuota{suffix}")


def _impuestos_p(pago, moneda, n):
    doctos = pago.findall(f"{P}DoctoRelacionado")
    n = n if all(one.get("MonedaDR") == moneda for one in doctos) else 6
    bases, taxes, withheld = defaultdict(F), defaultdict(F), defaultdict(F)
    for docto in doctos:
        rate = number(docto, "EquivalenciaDR")
        for row in docto.iter(f"{P}TrasladoDR"):
            bases[_key(row, "DR")] += number(row, "BaseDR") / rate
            taxes[_key(row, "DR")] += (number(row, "ImporteDR") or 0) / rate
        for row in docto.iter(f"{P}RetencionDR"):
            withheld[row.get("ImpuestoDR")] += number(row, "ImporteDR") / rate
    found = []
    rows = list(pago.iter(f"{P}TrasladoP"))
    found += ["CRP20271"] if sorted(map(str, (_key(row, "P") for row in rows))) != sorted(map(str, bases)) else []
    for row in rows:
        key = _key(row, "P")
        found += [f"CRP20268 {row.get('BaseP')}"] if number(row, "BaseP") != half_up(bases[key], n) else []
        if key[1] != "Exento":
            found += [f"CRP20274 {row.get('ImporteP')}"] if number(row, "ImporteP") != half_up(taxes[key], n) else []
        found += ["CRP20266"] if (key[1] == "Exento") == ("ImporteP" in row.attrib) else []
    rows = {row.get("ImpuestoP"): number(row, "ImporteP") for row in pago.iter(f"{P}RetencionP")}
    found += ["CRP20263"] if len(rows) != len(list(pago.iter(f"{P}RetencionP"))) else []
    return found + (["CRP20265"] if rows != {key: half_up(value, n) for key, value in withheld.items()} else [])


def _totales(totales, pagos):
    due = {"MontoTotalPagos": sum(number(one, "Monto") * number(one, "TipoCambioP") for one in pagos)}

    def add(name, pago, value):
        due[name] = due.get(name, F(0)) + value * number(pago, "TipoCambioP")

    for pago in pagos:
        for row in pago.iter(f"{P}TrasladoP"):
            for name, key in RATES.items():
                if _key(row, "P") == key:
                    add(f"TotalTrasladosBaseIVA{name}", pago, number(row, "BaseP"))
                    add(f"TotalTrasladosImpuestoIVA{name}", pago, number(row, "ImporteP"))
            if _key(row, "P") == ("002", "Exento", None):
                add("TotalTrasladosBaseIVAExento", pago, number(row, "BaseP"))
        for row in pago.iter(f"{P}RetencionP"):
            name = next(name for name, key in RETENTIONS.items() if key == row.get("ImpuestoP"))
            add(f"TotalRetenciones{name}", pago, number(row, "ImporteP"))
    written = {name: F(value) for name, value in totales.attrib.items()}
    right = written == {name: half_up(value, 2) for name, value in due.items()}
    return [] if right else [f"CRP20201-20211 {dict(totales.attrib)}"]


def printed(xml):
    """Yield (UUID, installment, before, paid, after, dict from key to (base, tax)) of each DoctoRelacionado."""
    for docto in etree.fromstring(xml).iter(f"{P}DoctoRelacionado"):
        sums = defaultdict(lambda: [F(0), F(0)])
        for row in docto.iter(f"{P}TrasladoDR", f"{P}RetencionDR"):
            one = sums[(row.tag == f"{P}RetencionDR", *_key(row, "DR"))]
            one[0] += number(row, "BaseDR")
            one[1] += number(row, "ImporteDR") or 0
        amounts = (number(docto, name) for name in ("ImpSaldoAnt", "ImpPagado", "ImpSaldoInsoluto"))
        yield docto.get("IdDocumento"), int(docto.get("NumParcialidad")), *amounts, sums
