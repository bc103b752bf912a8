"""Rules of ImpuestosP: each row is the sum of the printed rows of the documents."""

from collections import defaultdict
from decimal import Decimal

from ..catalogs import rate_exists
from ..findings import Finding
from ..numbers import CONTEXT, half_up
from .reading import equivalence, key, transfers, withheld

EXEMPT = "Exento"


def check(payment):
    """Findings CRP20263, 20265, 20266, 20268, 20269, 20271, 20272 and 20274 of a payment."""
    yield from _withheld(payment)
    yield from _transferred(payment)


def _sums(payment, taxes, keyed, name):
    """{key: sum in MonedaP} of an attribute of all documents' taxes, exact."""
    found = defaultdict(Decimal)
    for _where, node in payment.documents:
        for tax in taxes(node):
            part = CONTEXT.divide(Decimal(tax.get(name, "0")), equivalence(node))
            found[keyed(tax)] = CONTEXT.add(found[keyed(tax)], part)
    return found


def _agrees(payment, written, exact):
    """Six decimals; those of MonedaP are as good where no document is in another currency."""
    value = Decimal(written)
    if value == half_up(exact, 6):
        return True
    return not payment.mixed and value == half_up(exact, payment.decimals)


def _withheld(payment):
    sums = _sums(payment, withheld, lambda tax: tax.get("ImpuestoDR"), "ImporteDR")
    seen = set()
    for node in payment.withheld():
        tax, written = node.get("ImpuestoP"), node.get("ImporteP")
        what = f"{payment.where}: RetencionP {tax}"
        if tax in seen:
            yield Finding("CRP20263", what)
        seen.add(tax)
        exact = sums.get(tax, Decimal(0))
        if not _agrees(payment, written, exact):
            yield Finding("CRP20265", f"{what}: ImporteP {written}, suma {exact:.10f}")
    for tax in sorted(set(sums) - seen):
        yield Finding("CRP20265", f"{payment.where}: falta RetencionP {tax}")


def _transferred(payment):
    bases = _sums(payment, transfers, lambda tax: key(tax, "DR"), "BaseDR")
    amounts = _sums(payment, transfers, lambda tax: key(tax, "DR"), "ImporteDR")
    seen = set()
    for node in payment.transfers():
        one = key(node, "P")
        what = f"{payment.where}: TrasladoP {one[0]} {one[1]} {one[2]}"
        if one in seen:
            yield Finding("CRP20271", what)
        seen.add(one)
        yield from _transfer(payment, node, what, bases.get(one), amounts.get(one))
    for tax, factor, rate in bases:
        if (tax, factor, rate) not in seen:
            code = "CRP20269" if factor == EXEMPT else "CRP20268"
            yield Finding(code, f"{payment.where}: falta TrasladoP {tax} {factor} {rate}")


def _transfer(payment, node, what, base, amount):
    tax, factor, rate = key(node, "P")
    written = node.get("ImporteP")
    if factor == EXEMPT and (rate is not None or written is not None):
        yield Finding("CRP20266", what)
        return
    if factor != EXEMPT and (rate is None or not rate_exists(tax, factor, rate, withheld=False)):
        yield Finding("CRP20272", what)
        return
    if not _agrees(payment, node.get("BaseP"), base or Decimal(0)):
        code = "CRP20269" if factor == EXEMPT else "CRP20268"
        yield Finding(code, f"{what}: BaseP {node.get('BaseP')}, suma {base or 0:.10f}")
    if factor != EXEMPT and (written is None
                             or not _agrees(payment, written, amount or Decimal(0))):
        yield Finding("CRP20274", f"{what}: ImporteP {written}, suma {amount or 0:.10f}")
