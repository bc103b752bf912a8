"""An ERP in small: random carts, computed as Odoo 19 does it. Uses nothing of cfdi/ but values."""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext

from hypothesis import strategies as st
from l10n_mx_facture.cfdi.amounts.fit import ExpectedTotals
from l10n_mx_facture.cfdi.amounts.lines import InvoiceLine, InvoiceTax

D = Decimal
# (taxes) per kind of line: (impuesto, tipo_factor, rate, withheld, joins the base of IVA)
IVA16 = ("002", "Tasa", D("0.16"), False, False)
IVA8 = ("002", "Tasa", D("0.08"), False, False)
IVA0 = ("002", "Tasa", D("0"), False, False)
EXENTO = ("002", "Exento", None, False, False)
RET_IVA = ("002", "Tasa", D("0.106667"), True, False)
RET_FLETE = ("002", "Tasa", D("0.04"), True, False)
RET_ISR = ("001", "Tasa", D("0.10"), True, False)
RET_RESICO = ("001", "Tasa", D("0.0125"), True, False)


def ieps(rate):
    return ("003", "Tasa", D(rate), False, True)


def cuota(rate):
    return ("003", "Cuota", D(rate), False, True)


KINDS = (
    (IVA16,),
    (IVA8,),
    (IVA0,),
    (EXENTO,),
    (),
    (IVA16, RET_IVA, RET_ISR),
    (IVA16, RET_FLETE),
    (IVA16, RET_RESICO),
    (ieps("0.265"), IVA16),
    (ieps("0.08"), IVA16),
    (ieps("0.53"), IVA16),
    (ieps("0.08"), IVA0),
    (cuota("1.6451"), IVA16),
    (RET_ISR,),
    (ieps("0.08"), ieps("0.03"), IVA16),
)


@dataclass(frozen=True)
class Cart:
    invoice_lines: tuple
    decimals: int
    expected: ExpectedTotals
    globally: bool


def r(value, n):
    return value.quantize(D(1).scaleb(-n), ROUND_HALF_UP)


@st.composite
def raw_lines(draw, included=False, smallest=None):
    """(taxes, price, quantity, discount in per cent) of a line worth at least `smallest`."""
    taxes = draw(st.sampled_from(KINDS))
    if included:
        taxes = draw(st.sampled_from(((IVA16,), (IVA8,), (ieps("0.08"), IVA16))))
    price = draw(
        st.one_of(
            st.decimals("0.01", "9999.99", places=2),
            st.decimals("0.0001", "99", places=4),
            st.decimals("0.000001", "9.99", places=6),
            st.decimals("1", "999999.99", places=2),
        )
    )
    quantity = draw(
        st.one_of(
            st.integers(1, 200).map(D),
            st.decimals("0.01", "99", places=2),
            st.decimals("0.0001", "9", places=4),
            st.decimals("0.000001", "3", places=6),
        )
    )
    discount = draw(st.one_of(st.just(D(0)), st.just(D(0)), st.decimals("0.01", "99.99", places=2), st.just(D(100))))
    if smallest:
        # a line worth less than a cent has no base at the currency's decimals; raise its price
        share = 1 - discount / 100 or 1
        while price * quantity * share / D("1.5") < smallest:
            price *= 10
    return taxes, price, quantity, discount


def cart(lines, decimals, globally, included=False, with_taxes=True):
    """Compute the lines as an ERP does (see `raw_lines`) and return the Cart."""
    with localcontext() as context:
        context.prec = 50
        computed = [_line(*line, decimals, globally, included) for line in lines]
        sums, net, total = defaultdict(D), D(0), D(0)
        for _line_values, raw_net, taxes in computed:
            net += raw_net
            for identity, tax in taxes:
                if tax.importe is not None:
                    sums[identity] += tax.importe
        for identity in sums:
            sums[identity] = r(sums[identity], decimals)
        taxes_total = sum((-v if k[3] else v for k, v in sums.items()), D(0))
        if included and globally:
            raw_total = net + sum((t.importe for _l, _n, taxes in computed for _i, t in taxes), D(0))
            total = r(raw_total, decimals)
            net = total - taxes_total
        else:
            net = r(net, decimals)
            total = net + taxes_total
    expected = ExpectedTotals(total, net, dict(sums) if with_taxes else None)
    return Cart(tuple(values for values, _n, _t in computed), decimals, expected, globally)


def _identity(tax):
    rate = None if tax.tasa_o_cuota is None else r(tax.tasa_o_cuota, 6)
    return tax.impuesto, tax.tipo_factor, rate, tax.retencion


def _line(taxes, price, quantity, discount, decimals, globally, included):
    gross = price * quantity
    factor = 1 - discount / 100
    rounded = (lambda v: v) if globally else (lambda v: r(v, decimals))
    amount = rounded(gross * factor)
    rate = D(1)
    if included:
        for _i, _f, tax_rate, _w, joins in taxes:
            rate *= 1 + tax_rate if joins or len(taxes) == 2 else 1
        if len(taxes) == 1:
            rate = 1 + taxes[0][2]
    net = rounded(amount / rate) if included else amount
    found, joined = [], D(0)
    for impuesto, tipo, tax_rate, withheld, joins in taxes:
        base = quantity if tipo == "Cuota" else net + (joined if impuesto == "002" and not withheld else 0)
        importe = None if tipo == "Exento" else rounded(base * tax_rate)
        if not net and tipo != "Exento":
            importe = D(0)
        found.append([impuesto, tipo, tax_rate, withheld, base, importe])
        if joins:
            joined += importe
    if included and not globally:  # what is left of the price after the taxes is the net
        net = amount - sum(tax[5] for tax in found)
        for tax in found:
            tax[4] = net + sum((t[5] for t in found if t[0] == "003" and tax[0] == "002"), D(0))
    raw_taxes = tuple(InvoiceTax(i, f, t, w, b, a) for i, f, t, w, b, a in found)
    if not net:
        raw_taxes = tuple(t for t in raw_taxes if t.tipo_factor != "Cuota")
    gross_net = gross / rate
    values = InvoiceLine(
        clave_prod_serv="84111506",
        cantidad=quantity,
        clave_unidad="E48",
        descripcion="Servicio",
        valor_unitario=price / rate,
        importe=gross_net if discount else net,
        descuento=gross_net - net if discount and gross_net > net else D(0),
        impuestos=raw_taxes,
        objeto_imp="02" if taxes else "01",
    )
    identities = tuple(map(_identity, raw_taxes))
    return (
        values,
        net if discount else values.importe,
        tuple(zip(identities, raw_taxes, strict=True)),
    )


def with_both(lines, decimals, globally, included=False):
    """The cart of an ERP that tells raw and rounded amounts: no sums, they are in the lines."""
    exact = cart(lines, decimals, True, included)
    target = cart(lines, decimals, globally, included)
    nets = [r(p.importe - p.descuento, decimals) for p in target.invoice_lines]
    nets = _spread(nets, target.expected.net_sub_total, decimals)
    rounded = {
        (i, j): r(tax.importe, decimals)
        for i, invoice_line in enumerate(target.invoice_lines)
        for j, tax in enumerate(invoice_line.impuestos)
        if tax.importe is not None
    }
    for key, amount in target.expected.impuestos.items():
        places = [(i, j) for i, j in rounded if _identity(target.invoice_lines[i].impuestos[j]) == key]
        spread = _spread([rounded[place] for place in places], amount, decimals)
        rounded.update(zip(places, spread, strict=True))
    invoice_lines = tuple(
        replace(
            invoice_line,
            rounded_importe=nets[i],
            impuestos=tuple(
                replace(tax, rounded_importe=rounded.get((i, j))) for j, tax in enumerate(invoice_line.impuestos)
            ),
        )
        for i, invoice_line in enumerate(exact.invoice_lines)
    )
    expected = replace(target.expected, impuestos=None)
    return Cart(invoice_lines, decimals, expected, globally)


def _spread(values, total, decimals):
    """The values with the difference to `total` put on the greatest ones, unit by unit."""
    unit = D(1).scaleb(-decimals)
    missing = int((total - sum(values, D(0))) / unit)
    order = sorted(range(len(values)), key=lambda i: -values[i])
    values = list(values)
    for n in range(abs(missing)):
        values[order[n % len(order)]] += unit if missing > 0 else -unit
    return values


@st.composite
def carts(draw, min_lines=1, max_lines=8, tiny=False):
    decimals = draw(st.sampled_from((2, 2, 2, 0, 3)))
    # prices with taxes in them and no decimals: rounding apart by a whole unit may be out of reach
    included = draw(st.booleans()) and (tiny or decimals > 0)
    smallest = None if tiny else D(1).scaleb(-decimals)
    lines = draw(st.lists(raw_lines(included, smallest), min_size=min_lines, max_size=max_lines))
    globally, told = draw(st.booleans()), draw(st.sampled_from(("nothing", "sums", "both")))
    if told == "both":
        return with_both(lines, decimals, globally, included)
    return cart(lines, decimals, globally, included, told == "sums")
