"""Rules of a Pago's own attributes: currency, amount, bank data, payment string."""

import re
from decimal import Decimal

from ..findings import Finding
from ..numbers import CONTEXT, decimals, quotient_floor
from .reading import equivalence

FOREIGN_BANK = "XEXX010101000"
TRANSFER = "03"
_FREE = r"[A-Z0-9_]{10,50}"
_LONG = rf"[0-9]{{10,11}}|[0-9]{{15,16}}|[0-9]{{18}}|{_FREE}"
# c_FormaPago: patterns of the payer's and of the beneficiary's account of the forms that go
# through a bank; None: no beneficiary
BANKED = {
    "02": (r"[0-9]{11}|[0-9]{18}", _LONG),
    "03": (r"[0-9]{10}|[0-9]{16}|[0-9]{18}", r"[0-9]{10}|[0-9]{18}"),
    "04": (r"[0-9]{16}", _LONG),
    "05": (_LONG, _LONG),
    "06": (r"[0-9]{10}", None),
    "28": (r"[0-9]{16}", _LONG),
    "29": (r"[0-9]{15,16}", _LONG),
}
# (attribute, code without it beside TipoCadPago, code with it and no TipoCadPago)
STRING = (
    ("CertPago", "CRP20230", "CRP20231"),
    ("CadPago", "CRP20232", "CRP20233"),
    ("SelloPago", "CRP20234", "CRP20235"),
)


def check(document, payment):
    """Findings CRP20212-20235, 20275 and 20276."""
    node, where = payment.node, payment.where
    if node.get("FormaDePagoP") == "99":
        yield Finding("CRP20212", where)
    yield from _currency(where, payment)
    yield from _amount(where, payment)
    yield from _applied(where, payment, document.context.naive_payment_sum)
    yield from _payer(document, where, node)
    yield from _beneficiary(where, node)
    yield from _string(where, node)


def _currency(where, payment):
    rate = payment.node.get("TipoCambioP")
    if payment.currency == "XXX":
        yield Finding("CRP20213", where)
    if rate is None:
        yield Finding("CRP20214", where)
    elif payment.currency == "MXN" and rate != "1":
        yield Finding("CRP20215", f"{where}: TipoCambioP {rate}")


def _amount(where, payment):
    written = payment.node.get("Monto")
    if Decimal(written) <= 0:
        yield Finding("CRP20218", f"{where}: Monto {written}")
    if decimals(written) > payment.decimals:
        yield Finding("CRP20219", f"{where}: Monto {written}")


def _applied(where, payment, naive):
    """What is applied is not more than Monto, in other currencies within SAT's margins.

    How SAT divides the margin between CRP20275 and 20276 is not published: here 20275 is for one
    document that is more than the whole payment, 20276 for all of them. ``naive``: the plain sum
    must fit too, as some PACs want.
    """
    amount = Decimal(payment.node.get("Monto"))
    same = sum(Decimal(node.get("ImpPagado")) for _where, node in payment.documents
               if node.get("MonedaDR") == payment.currency)
    if same > amount:
        yield Finding("CRP20217", f"{where}: ImpPagado {same}, Monto {amount}")
    if not payment.mixed or any(node.get("EquivalenciaDR") is None
                                for _where, node in payment.documents):
        return
    lowest = []
    for name, node in payment.documents:
        lowest.append(_lowest(payment, node))
        if node.get("MonedaDR") != payment.currency and lowest[-1] > amount:
            yield Finding("CRP20275", f"{name}: al menos {lowest[-1]}, Monto {amount}")
    plain = sum(CONTEXT.divide(Decimal(node.get("ImpPagado")), equivalence(node))
                for _where, node in payment.documents)
    if sum(lowest) > amount or naive and plain > amount:
        yield Finding("CRP20276", f"{where}: suma {plain:.10f}, Monto {amount}")


def _lowest(payment, node):
    """The least that an ImpPagado can be in MonedaP, for the decimals that are written."""
    paid = node.get("ImpPagado")
    if node.get("MonedaDR") == payment.currency:
        return Decimal(paid)
    return quotient_floor(paid, node.get("EquivalenciaDR"), payment.decimals)


def _payer(document, where, node):
    bank, account = node.get("RfcEmisorCtaOrd"), node.get("CtaOrdenante")
    form = BANKED.get(node.get("FormaDePagoP"))
    if bank is not None:
        if form is None:
            yield Finding("CRP20221", where)
        listed = document.context.receiver(bank)
        if bank != FOREIGN_BANK and listed and not listed["listed"]:
            yield Finding("CRP20222", f"{where}: {bank}")
        if bank == FOREIGN_BANK and not node.get("NomBancoOrdExt"):
            yield Finding("CRP20223", where)
    if account is not None:
        if form is None:
            yield Finding("CRP20224", where)
        elif not re.fullmatch(form[0], account):
            yield Finding("CRP20225", f"{where}: CtaOrdenante {account}")


def _beneficiary(where, node):
    account = node.get("CtaBeneficiario")
    pattern = BANKED.get(node.get("FormaDePagoP"), (None, None))[1]
    if node.get("RfcEmisorCtaBen") is not None and pattern is None:
        yield Finding("CRP20227", where)
    if account is not None:
        if pattern is None:
            yield Finding("CRP20228", where)
        elif not re.fullmatch(pattern, account):
            yield Finding("CRP20226", f"{where}: CtaBeneficiario {account}")


def _string(where, node):
    kind = node.get("TipoCadPago")
    if kind is not None and node.get("FormaDePagoP") != TRANSFER:
        yield Finding("CRP20229", where)
    for name, missing, unwanted in STRING:
        if kind is not None and node.get(name) is None:
            yield Finding(missing, where)
        if kind is None and node.get(name) is not None:
            yield Finding(unwanted, where)
