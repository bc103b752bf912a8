"""The model that distributes cents, where a line is given away and still owes a quota."""

from decimal import Decimal as D

from carts import IVA16, Cart, cart
from fits import fitted, judged
from l10n_mx_facture.cfdi.amounts.fit import ExpectedTotals
from l10n_mx_facture.cfdi.amounts.lines import InvoiceLine, InvoiceTax


def test_cents_are_distributed_beside_a_gift_that_owes_a_quota():
    sold = cart([((IVA16,), D("100.05"), D(1), D(0))] * 3, 2, False)
    first = sold.invoice_lines[0]
    fields = {name: getattr(first, name) for name in InvoiceLine.__slots__}
    quota = InvoiceTax("003", "Cuota", D("1.5"), False, D(2), D("3.00"))
    upon_it = InvoiceTax("002", "Tasa", D("0.16"), False, D("3.00"), D("0.48"))
    gift = InvoiceLine(
        **{
            **fields,
            "cantidad": D(2),
            "valor_unitario": D(10),
            "importe": D(20),
            "descuento": D(20),
            "rounded_importe": D("0.00"),
            "impuestos": (quota, upon_it),
        }
    )
    # a person has put a cent more on the tax line of IVA: no other model gets there
    taxes = {
        ("002", "Tasa", D("0.160000"), False): D("48.52"),
        ("003", "Cuota", D("1.500000"), False): D("3.00"),
    }
    expected = ExpectedTotals(D("300.15") + sum(taxes.values()), D("300.15"), taxes)
    case = Cart((*sold.invoice_lines, gift), 2, expected, False)
    fit = fitted(case)
    judged(fit, case)
    assert fit.method == "repartido"
    assert [t.importe for t in fit.conceptos[3].traslados][0] == D("3.00")
