"""What a CFDI of a cart must say, from the cart alone: exact fractions, nothing of ``cfdi/``, nothing of Odoo.

Rounding is the one thing that is not recounted line by line: an amount may lie off its own rounding where the sums of
the books ask for it. The document as a whole is compared with the books by the test.
"""

from collections import Counter, defaultdict
from fractions import Fraction as F

from lxml import etree

from .carts import IMPUESTOS

NS = {"cfdi": "http://www.sat.gob.mx/cfd/4"}


def wares(cart):
    """What becomes a Concepto: neither negative lines nor those of nothing, unless there are no others."""
    lines = [line for line in cart.lines if line.price or any(tax.factor == "Cuota" for tax in line.taxes)]
    return [line for line in lines or cart.lines if not line.is_reduction]


def federal(line):
    return [tax for tax in line.taxes if tax.kind != "local"]


def host_taxes(line):
    """What a negative line and the line that bears it have in common: all taxes of SAT's but quotas."""
    return Counter((tax.kind, tax.amount, tax.factor) for tax in line.taxes if tax.factor != "Cuota")


def mixes_bases(cart):
    """Whether a negative line and one that bears it have the same taxes on another base."""
    return any(
        host_taxes(line) == host_taxes(other) and Counter(_bases(line)) != Counter(_bases(other))
        for line in cart.lines
        if line.is_reduction
        for other in wares(cart)
    )


def _bases(line):
    return [(tax.kind, tax.amount, tax.factor, tax.joins) for tax in line.taxes]


def net(line):
    """The exact amount of a line without the taxes that are in its price."""
    amount = F(line.amount)
    inside = [tax for tax in line.taxes if tax.included and tax.factor == "Tasa"]
    ieps = [tax for tax in inside if tax.kind == "ieps"]
    iva = sum((F(tax.amount) / 100 for tax in inside if tax.kind == "iva"), F(0))
    joined = sum((F(tax.amount) / 100 for tax in ieps if tax.joins), F(0))
    return amount / (1 + sum((F(tax.amount) / 100 for tax in ieps), F(0)) + iva * (1 + joined))


def base(line, tax):
    """The exact base of a tax: the quantity of a quota; else the net, for a transferred IVA with IEPS that joins."""
    if tax.factor == "Cuota":
        return F(line.quantity)
    found = net(line)
    if tax.kind != "iva" or tax.amount < 0:
        return found
    for other in line.taxes:
        if other.joins:
            found += base(line, other) * (F(other.amount) / (1 if other.factor == "Cuota" else 100))
    return found


def faults(cart, xml):
    """:return: list of texts, what the CFDI says otherwise than the cart"""
    root = etree.fromstring(xml)
    concepts = root.findall("cfdi:Conceptos/cfdi:Concepto", NS)
    lines = wares(cart)
    # a cash rounding up is a line more
    if not len(lines) <= len(concepts) <= len(lines) + bool(cart.rounding):
        return [f"{len(concepts)} Conceptos for {len(lines)} lines"]
    found = _header(cart, root)
    lowered = [line for line in cart.lines if line.is_reduction]
    groups = defaultdict(lambda: [F(0), F(0)])
    for number, (line, concept) in enumerate(zip(lines, concepts, strict=False), 1):
        touched = bool(cart.rounding) or any(host_taxes(line) == host_taxes(other) for other in lowered)
        found += [f"line {number}: {fault}" for fault in _line(cart, line, concept, touched)]
        group = groups[frozenset(host_taxes(line).items())]
        group[0] += net(line)
        group[1] += F(concept.get("Importe")) - F(concept.get("Descuento", "0"))
    for line in lowered:
        groups[frozenset(host_taxes(line).items())][0] += net(line)
    if not cart.rounding:
        for wanted, written in groups.values():
            if abs(written - wanted) > _slack(cart):
                found.append(f"lines of the same taxes come to {float(written)}, not {float(wanted)}")
    return found


def _header(cart, root):
    wanted = {"Moneda": cart.currency, "TipoDeComprobante": "E" if cart.refund else "I"}
    found = [f"{name} {root.get(name)}, not {value}" for name, value in wanted.items() if root.get(name) != value]
    rate = root.get("TipoCambio")
    if (rate and F(rate)) != (cart.rate and F(cart.rate)):
        found.append(f"TipoCambio {rate}, not {cart.rate}")
    return found


def _slack(cart):
    """How far a line may be off: the books put what all their lines round apart on one of them."""
    return F(len(cart.lines) + 2, 2) / 10**cart.decimals


def _line(cart, line, concept, touched):
    """:param touched: negative lines or a rounding may have lowered it"""
    slack = _slack(cart)
    found = []
    if F(concept.get("Cantidad")) != F(line.quantity):
        found.append(f"Cantidad {concept.get('Cantidad')}, not {line.quantity}")
    included = any(tax.included for tax in line.taxes)
    if not included and F(concept.get("ValorUnitario")) != F(line.price):
        found.append(f"ValorUnitario {concept.get('ValorUnitario')}, not {line.price}")
    importe, descuento = F(concept.get("Importe")), F(concept.get("Descuento", "0"))
    gross = net(line) / (1 - F(line.discount) / 100) if line.discount != 100 else None
    if gross is not None and abs(importe - gross) > slack:
        found.append(f"Importe {concept.get('Importe')}, exactly {float(gross)}")
    if not touched and abs(importe - descuento - net(line)) > slack:
        found.append(f"net {float(importe - descuento)}, exactly {float(net(line))}")
    return found + _taxes(cart, line, concept, touched, importe - descuento)


def _joining_quota(tax):
    return tax.joins and tax.factor == "Cuota"


def _taxes(cart, line, concept, touched, written_net):
    written, rows = Counter(), {}
    for node in concept.findall("cfdi:Impuestos/*/*", NS):
        rate = node.get("TasaOCuota")
        key = (node.tag.endswith("}Retencion"), node.get("Impuesto"), node.get("TipoFactor"), rate and F(rate))
        written[key] += 1
        rows[key] = node
    wanted = {}
    for tax in federal(line):
        withheld = tax.amount < 0
        rate = abs(F(tax.amount)) / (1 if tax.factor == "Cuota" else 100)
        key = withheld, IMPUESTOS[tax.kind], tax.factor, None if tax.factor == "Exento" else rate
        # a line that is given away has its quotas alone, and the IVA on those that join its base and come to a unit
        joined = F(0)
        if tax.kind == "iva" and not withheld:
            joined = sum((F(line.quantity * quota.amount) for quota in line.taxes if _joining_quota(quota)), joined)
        if written_net or tax.factor == "Cuota" or joined * 10**cart.decimals >= 1 or (joined and key in written):
            wanted[key] = tax
    found = []
    if written != Counter(list(wanted)):
        found.append(f"taxes {sorted(map(str, written))}, not {sorted(map(str, wanted))}")
        return found
    for key, tax in wanted.items():
        exactly = base(line, tax)
        slack = F(0) if tax.factor == "Cuota" else _slack(cart) + F(len(line.taxes), 10**cart.decimals)
        if (tax.factor == "Cuota" or not touched) and abs(F(rows[key].get("Base")) - exactly) > slack:
            found.append(f"Base {rows[key].get('Base')} of {tax.kind} {tax.amount}, exactly {float(exactly)}")
    tax_object = line.tax_object or ("02" if federal(line) else "01")
    if not written_net and not rows:
        tax_object = concept.get("ObjetoImp") if tax_object in ("02", "07") else tax_object
    if concept.get("ObjetoImp") != tax_object:
        found.append(f"ObjetoImp {concept.get('ObjetoImp')}, not {tax_object}")
    return found
