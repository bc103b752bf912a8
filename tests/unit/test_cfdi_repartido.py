"""The model that distributes cents, where a line is given away and still owes a quota."""

from decimal import Decimal as D

from carts import IVA16, Cart, cart
from fits import fitted, judged
from l10n_mx_facture.cfdi import Esperado, Impuesto, Partida


def test_cents_are_distributed_beside_a_gift_that_owes_a_quota():
    sold = cart([((IVA16,), D("100.05"), D(1), D(0))] * 3, 2, False)
    first = sold.partidas[0]
    fields = {name: getattr(first, name) for name in Partida.__slots__}
    quota = Impuesto("003", "Cuota", D("1.5"), False, D(2), D("3.00"))
    upon_it = Impuesto("002", "Tasa", D("0.16"), False, D("3.00"), D("0.48"))
    gift = Partida(
        **{
            **fields,
            "cantidad": D(2),
            "valor_unitario": D(10),
            "importe": D(20),
            "descuento": D(20),
            "importe_redondeado": D("0.00"),
            "impuestos": (quota, upon_it),
        }
    )
    # a person has put a cent more on the tax line of IVA: no other model gets there
    taxes = {
        ("002", "Tasa", D("0.160000"), False): D("48.52"),
        ("003", "Cuota", D("1.500000"), False): D("3.00"),
    }
    expected = Esperado(D("300.15") + sum(taxes.values()), D("300.15"), taxes)
    case = Cart((*sold.partidas, gift), 2, expected, False)
    ajuste = fitted(case)
    judged(ajuste, case)
    assert ajuste.modelo == "repartido"
    assert [t.importe for t in ajuste.conceptos[3].traslados][0] == D("3.00")
