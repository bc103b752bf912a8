"""What the live receipts of payment (REP) say of an invoice, read together.

A PAC judges each receipt alone and SAT doesn't refuse by the earlier ones; this is for tests.
"""

from decimal import Decimal
from itertools import pairwise

from lxml import etree

from .sat import CANCELLED, SUBSTITUTION
from .sat_relations import PAYMENT

NOTE = "E"


class PaymentsAudit:
    """Reads SAT's book. What doesn't fit is told as words in ``violations``."""

    def __init__(self, sat):
        self.sat = sat

    def of(self, uuid):
        """{uuid, total (None: SAT doesn't know the invoice), currency, notes, installments, left,
        violations}; amounts are texts in the invoice's currency.

        ``installments``: those that count, by number: {rep, installment, before, paid, after,
        currency}. ``left``: the same of receipts that are cancelled, or replaced by a live one.
        """
        invoice = self.sat.store.cfdi(uuid)
        root = None if invoice is None else etree.fromstring(invoice.xml)
        total = None if root is None else Decimal(root.get("Total"))
        currency = None if root is None else root.get("Moneda")
        rows, left = self._rows(uuid)
        notes = self._notes(uuid)
        violations = [*_numbers(rows, known=root is not None), *_currencies(rows, currency),
                      *_balances(rows, total, notes)]
        return {"uuid": uuid, "total": total, "currency": currency, "notes": notes,
                "installments": rows, "left": left, "violations": violations}

    def broken(self):
        """What `of` says of each invoice that has violations."""
        found = [self.of(uuid) for uuid in self.sat.relations.paid()]
        return [about for about in found if about["violations"]]

    def _live(self, uuid):
        cfdi = self.sat.store.cfdi(uuid)
        return cfdi if cfdi and self.sat.state(cfdi)[0] != CANCELLED else None

    def _replaced(self, uuid):
        return any(kind == SUBSTITUTION and self._live(other)
                   for kind, other in self.sat.relations.naming(uuid))

    def _rows(self, uuid):
        """(rows that count, rows that don't), by number."""
        counting, left = [], []
        for kind, rep in self.sat.relations.naming(uuid):
            cfdi = self.sat.store.cfdi(rep) if kind == PAYMENT else None
            if cfdi is not None:
                counts = self._live(rep) and not self._replaced(rep)
                (counting if counts else left).extend(_printed(cfdi, uuid))
        return [sorted(rows, key=lambda row: (row["installment"], -row["before"]))
                for rows in (counting, left)]

    def _notes(self, uuid):
        """The sum of the live credit notes that name the invoice; each may be of others too."""
        notes = {other for kind, other in self.sat.relations.naming(uuid) if kind != PAYMENT}
        found = filter(None, map(self._live, notes))
        return sum((Decimal(cfdi.total) for cfdi in found if cfdi.kind == NOTE), Decimal(0))


def _printed(cfdi, uuid):
    for node in etree.fromstring(cfdi.xml).iter("{*}DoctoRelacionado"):
        if node.get("IdDocumento").lower() == uuid.lower():
            yield {"rep": cfdi.uuid, "installment": int(node.get("NumParcialidad")),
                   "before": Decimal(node.get("ImpSaldoAnt")),
                   "paid": Decimal(node.get("ImpPagado")),
                   "after": Decimal(node.get("ImpSaldoInsoluto")),
                   "currency": node.get("MonedaDR")}


def _numbers(rows, known):
    """Installments count up by one; from 1 where the invoice is one that SAT knows."""
    numbers = [row["installment"] for row in rows]
    if known and numbers and numbers[0] != 1:
        yield f"the first installment is {numbers[0]}"
    for before, after in pairwise(numbers):
        if after == before:
            yield f"installment {after} is there twice"
        elif after != before + 1:
            yield f"installment {after} follows {before}"


def _currencies(rows, currency):
    for row in rows:
        if currency and row["currency"] != currency:
            yield f"installment {row['installment']} is in {row['currency']}, not {currency}"


def _balances(rows, total, notes):
    """Each balance is the one that the installment before left, less credit notes."""
    if not rows:
        return
    credited = Decimal(0)
    balance = rows[0]["before"] if total is None else total
    for row in rows:
        drop = balance - row["before"]
        if drop < 0:
            yield f"installment {row['installment']}: {row['before']} before, {balance} was left"
        credited += max(drop, Decimal(0))
        balance = row["after"]
    if credited > notes:
        yield f"{credited} of the balance went without receipt, credit notes are {notes}"
    paid = sum(row["paid"] for row in rows)
    if total is not None and paid > total:
        yield f"{paid} paid of {total}"
