"""Rules of Totales: pesos with two decimals, from the printed rows of all payments."""

from decimal import Decimal

from ..catalogs import IEPS, ISR, IVA
from ..document import NS, number
from ..findings import Finding
from ..numbers import half_up
from .reading import key

# (attribute, code, of which tax) and the code for a missing one
WITHHELD = (
    ("TotalRetencionesIVA", "CRP20201", IVA),
    ("TotalRetencionesISR", "CRP20202", ISR),
    ("TotalRetencionesIEPS", "CRP20203", IEPS),
)
_16, _8, _0 = ((IVA, "Tasa", Decimal(rate)) for rate in ("0.16", "0.08", "0"))
_EXEMPT = (IVA, "Exento", None)
# (attribute, code, what it sums, of which rows, code for a missing one)
TRANSFERRED = (
    ("TotalTrasladosBaseIVA16", "CRP20204", "BaseP", _16, "CRP20267"),
    ("TotalTrasladosImpuestoIVA16", "CRP20205", "ImporteP", _16, "CRP20273"),
    ("TotalTrasladosBaseIVA8", "CRP20206", "BaseP", _8, "CRP20267"),
    ("TotalTrasladosImpuestoIVA8", "CRP20207", "ImporteP", _8, "CRP20273"),
    ("TotalTrasladosBaseIVA0", "CRP20208", "BaseP", _0, "CRP20267"),
    ("TotalTrasladosImpuestoIVA0", "CRP20209", "ImporteP", _0, "CRP20273"),
    ("TotalTrasladosBaseIVAExento", "CRP20210", "BaseP", _EXEMPT, "CRP20267"),
)


def check(root, payments):
    """Findings CRP20201-20211, 20264, 20267 and 20273."""
    totals = root.find("pago20:Totales", NS)
    for name, code, tax in WITHHELD:
        rows = [(payment, node) for payment in payments for node in payment.withheld()
                if node.get("ImpuestoP") == tax]
        yield from _total(totals, name, code, rows, "ImporteP", "CRP20264")
    for name, code, summed, row, missing in TRANSFERRED:
        rows = [(payment, node) for payment in payments for node in payment.transfers()
                if key(node, "P") == row]
        yield from _total(totals, name, code, rows, summed, missing)
    rows = [(payment, payment.node) for payment in payments]
    yield from _total(totals, "MontoTotalPagos", "CRP20211", rows, "Monto", "CRP20211")


def _total(totals, name, code, rows, summed, missing):
    written = totals.get(name)
    if written is None:
        if rows:
            yield Finding(missing, f"Totales: falta {name}")
        return
    expected = half_up(sum((number(node, summed) * number(payment.node, "TipoCambioP")
                            for payment, node in rows), Decimal(0)), 2)
    if Decimal(written) != expected:
        yield Finding(code, f"Totales: {name} {written}, suma {expected}")
