"""Rules of a DoctoRelacionado: equivalence, balances, its taxes."""

from decimal import Decimal

from ..catalogs import IEPS, ISR, IVA, rate_exists
from ..document import NS
from ..findings import Finding
from ..numbers import decimals, rate_limits
from .reading import currency_decimals, transfers, withheld

WITHOUT_TAXES = ("01", "03", "04", "05")
# (attribute, code for too many decimals)
AMOUNTS = (
    ("ImpSaldoAnt", "CRP20240"),
    ("ImpPagado", "CRP20242"),
    ("ImpSaldoInsoluto", "CRP20243"),
)


def check(document, payment):
    """Findings CRP20236-20261 and 20277-20279 of the documents of a payment."""
    for where, node in payment.documents:
        yield from _currency(where, node, payment)
        yield from _balances(where, node)
        yield from _tax_object(where, node)
        for tax in withheld(node):
            yield from _withholding(document, where, node, tax)
        for tax in transfers(node):
            yield from _transfer(document, where, node, tax)


def _currency(where, node, payment):
    currency, written = node.get("MonedaDR"), node.get("EquivalenciaDR")
    if currency == "XXX":
        yield Finding("CRP20236", where)
    if written is None:
        yield Finding("CRP20237", where)
    elif currency == payment.currency:
        if payment.mixed and Decimal(written) != 1:
            yield Finding("CRP20277", f"{where}: EquivalenciaDR {written}")
        if not payment.mixed and written != "1":
            yield Finding("CRP20238", f"{where}: EquivalenciaDR {written}")


def _balances(where, node):
    before, paid, after = (Decimal(node.get(name)) for name, _code in AMOUNTS)
    if before <= 0:
        yield Finding("CRP20239", f"{where}: ImpSaldoAnt {before}")
    if paid <= 0:
        yield Finding("CRP20241", f"{where}: ImpPagado {paid}")
    for name, code in AMOUNTS:
        if decimals(node.get(name)) > currency_decimals(node.get("MonedaDR")):
            yield Finding(code, f"{where}: {name} {node.get(name)}")
    if after != before - paid:
        yield Finding("CRP20244", f"{where}: ImpSaldoInsoluto {after}, no {before - paid}")


def _tax_object(where, node):
    key, taxes = node.get("ObjetoImpDR"), node.find("pago20:ImpuestosDR", NS)
    moved = {tax.get("ImpuestoDR") for tax in transfers(node)}
    held = {tax.get("ImpuestoDR") for tax in withheld(node)}
    if taxes is None and key == "02":
        yield Finding("CRP20246", where)
    if taxes is not None and key in WITHOUT_TAXES:
        yield Finding("CRP20247", f"{where}: ObjetoImpDR {key}")
    if taxes is not None and not moved | held:
        yield Finding("CRP20248", where)
    if key in ("06", "08") and (moved | held) - {ISR}:
        yield Finding("CRP20278", f"{where}: ObjetoImpDR {key}")
    if key == "07" and (IVA in moved | held or IEPS not in moved):
        yield Finding("CRP20279", where)


def _what(where, kind, tax):
    parts = [tax.get(name) or "-" for name in ("ImpuestoDR", "TipoFactorDR", "TasaOCuotaDR")]
    return f"{where}: {kind} {' '.join(parts)}"


def _withholding(document, where, node, tax):
    what = _what(where, "RetencionDR", tax)
    if tax.get("TipoFactorDR") == "Exento":
        yield Finding("CRP20252", what)
        return
    yield from _rate(what, tax, True, "CRP20253")
    yield from _limits(document, what, node, tax, "CRP20254")


def _transfer(document, where, node, tax):
    what = _what(where, "TrasladoDR", tax)
    written = tax.get("TasaOCuotaDR"), tax.get("ImporteDR")
    if tax.get("TipoFactorDR") == "Exento":
        if written != (None, None):
            yield Finding("CRP20258", what)
        return
    if None in written:
        yield Finding("CRP20259", what)
        return
    yield from _rate(what, tax, False, "CRP20260")
    yield from _limits(document, what, node, tax, "CRP20261")


def _rate(what, tax, held, code):
    rate = Decimal(tax.get("TasaOCuotaDR"))
    if not rate_exists(tax.get("ImpuestoDR"), tax.get("TipoFactorDR"), rate, held):
        yield Finding(code, what)


def _limits(document, what, node, tax, code):
    """Limits at the currency's decimals, or at those that are written where they are more."""
    amount, places = tax.get("ImporteDR"), document.context.limit_decimals
    if places is None:
        places = max(currency_decimals(node.get("MonedaDR")), decimals(amount))
    low, high = rate_limits(tax.get("BaseDR"), tax.get("TasaOCuotaDR"), places)
    if not low <= Decimal(amount) <= high:
        yield Finding(code, f"{what}: ImporteDR {amount}, límites {low}-{high}")
