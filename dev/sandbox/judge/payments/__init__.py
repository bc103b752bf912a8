"""Rules of the receipts of payment: CFDI of type P with the complement Pagos 2.0 (CRP20xxx).

Written from SAT's matrix of errors, schema and guide. What is judged is the document alone: a PAC
knows no earlier receipt.
"""

from ..findings import Finding
from . import documents, envelope, payment, sums, totals
from .reading import of


def check(document):
    """Findings CRP20101-20279; CRP20999 for a type P without the complement."""
    root = document.payments
    if root is None:
        yield Finding("CRP20999", "Falta el complemento Pagos")
        return
    payments = of(root)
    yield from envelope.check(document)
    for item in payments:
        yield from payment.check(document, item)
        yield from documents.check(document, item)
        yield from sums.check(item)
    yield from totals.check(root, payments)
