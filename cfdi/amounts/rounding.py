"""Methods of rounding: each turns lines into Conceptos, none decides whether they are good.

round_per_line    Everything at the currency's decimals; a tax is round(Base × rate). What an ERP that
                  rounds per line has, and what people expect to read.
round_as_the_erp  The same with the ERP's own rounded amounts: with taxes included in the price they
                  may lie a cent off round(Base × rate), still within SAT's limits.
six_decimals      Everything exact to six decimals, only the totals are rounded. What an ERP that
                  rounds globally has.
distribute_cents  At the currency's decimals, the cents that are missing towards the ERP's totals put
                  on the lines with the greatest remainder, within SAT's limits. For what the others
                  can't meet: many small lines, several rates, discounts whose sums round apart.
"""

from collections import defaultdict
from decimal import Decimal

from ..errors import CfdiError
from ..values import CUOTA, EXENTO, IEPS, Concepto, Retencion, Traslado
from .arithmetic import (
    CONTEXT,
    UNITS,
    ZERO,
    exact_sum,
    importe_limits,
    round_half_up,
    strip_zeros,
    tax_limits,
    written_decimals,
)
from .lines import tax_key, without_noise, zero_if_none


class DoesNotFit(CfdiError):
    """This method can't express a line, or can't reach the totals."""

    def __init__(self, text, line=None):
        super().__init__("model", text, line)


def round_per_line(lines, decimals, expected):
    """Amounts at `decimals`, taxes as round(Base × rate)."""

    def tax_amount(_impuesto, base, rate):
        return round_half_up(CONTEXT.multiply(base, rate), decimals)

    return [
        _concepto_of(
            line,
            round_half_up(line.gross, decimals),
            round_half_up(line.net, decimals),
            decimals,
            tax_amount,
        )
        for line in lines
    ]


def round_as_the_erp(lines, decimals, expected):
    """Amounts at `decimals`, as the ERP rounded them."""

    def tax_amount(impuesto, _base, _rate):
        return _rounded_tax(impuesto, decimals)

    return [
        _concepto_of(
            line,
            *_gross_and_net(line, _rounded_net(line, decimals), decimals),
            decimals,
            tax_amount,
        )
        for line in lines
    ]


def six_decimals(lines, decimals, expected):
    """Amounts at six decimals; zeros that say nothing are not written."""

    def tax_amount(_impuesto, base, rate):
        return strip_zeros(round_half_up(CONTEXT.multiply(base, rate), 6), decimals)

    conceptos = []
    for line in lines:
        gross, net = round_half_up(line.gross, 6), round_half_up(line.net, 6)
        # Descuento may not have more decimals than Importe (CFDI40168)
        n = max(written_decimals(strip_zeros(v, decimals)) for v in (gross, gross - net))
        gross, net = round_half_up(gross, n), round_half_up(net, n)
        conceptos.append(_concepto_of(line, gross, net, decimals, tax_amount, base_decimals=6))
    return conceptos


def distribute_cents(lines, decimals, expected):
    """Amounts at `decimals` that add up to the ERP's totals, tax by tax."""
    nets = _distribute_nets(lines, decimals, expected.net_sub_total)
    amounts = {}
    groups = defaultdict(list)
    for line in lines:
        for j, impuesto in enumerate(line.invoice_line.impuestos):
            # a quota is owed for what is given away, too
            if impuesto.tipo_factor != EXENTO and (nets[line.index] or without_noise(impuesto.base)):
                key = tax_key(impuesto)
                groups[key if not impuesto.retencion else (impuesto.impuesto,)].append((line, j))
    # IEPS first: the base of IVA is built upon it
    for key in sorted(groups, key=lambda c: (len(c) == 1, c[0] != IEPS)):
        _distribute_tax(groups[key], key, nets, amounts, decimals, expected)

    conceptos = []
    for line in lines:

        def tax_amount(impuesto, _base, _rate, line=line):
            # by identity: a line may carry two equal taxes
            j = next(k for k, other in enumerate(line.invoice_line.impuestos) if other is impuesto)
            return amounts[line.index, j]

        conceptos.append(
            _concepto_of(
                line,
                *_gross_and_net(line, nets[line.index], decimals),
                decimals,
                tax_amount,
            )
        )
    return conceptos


def _rounded_net(line, decimals):
    given = line.invoice_line.rounded_importe
    return round_half_up(line.net if given is None else given, decimals)


def _rounded_tax(impuesto, decimals):
    given = impuesto.rounded_importe
    return round_half_up(without_noise(impuesto.importe) if given is None else given, decimals)


def _gross_and_net(line, net, decimals):
    """(Importe, net) of a line whose net is given: without discount the Importe is the net."""
    if line.gross == line.net:
        return net, net
    return max(net, round_half_up(line.gross, decimals)), net


def _base(line, j, net, amounts, decimals):
    """Base of tax `j`: the net and the IEPS that joins it, or the tax's own base."""
    impuesto, joining_taxes = line.invoice_line.impuestos[j], line.joining_taxes[j]
    if joining_taxes is not None:
        taxed = net + line.invoice_line.untaxed_discount
        return taxed + exact_sum(zero_if_none(amounts.get(k)) for k in joining_taxes)
    if impuesto.tipo_factor == CUOTA:
        return strip_zeros(round_half_up(without_noise(impuesto.base), 6))
    return round_half_up(without_noise(impuesto.base), decimals)


def _concepto_of(line, importe, net, decimals, tax_amount, base_decimals=None):
    """The Concepto of a line; `tax_amount(impuesto, base, rate)` returns the amount of a tax."""
    impuestos = line.invoice_line.impuestos
    amounts, rows = {}, {}
    # IEPS first: other bases are built upon it
    for j in sorted(range(len(impuestos)), key=lambda k: impuestos[k].impuesto != IEPS):
        impuesto = impuestos[j]
        base = strip_zeros(
            _base(line, j, net, amounts, base_decimals or decimals),
            0 if impuesto.tipo_factor == CUOTA else decimals,
        )
        if base <= 0:
            if line.net:
                raise DoesNotFit(f"line {line.index + 1}: a tax base of 0", line.index)
            continue  # nothing is left to tax (CFDI40174 forbids a base of 0)
        rate = amount = None
        if impuesto.tipo_factor != EXENTO:
            rate = round_half_up(impuesto.tasa_o_cuota, 6)
            amount = amounts[j] = tax_amount(impuesto, base, rate)
        kind = Retencion if impuesto.retencion else Traslado
        rows[j] = kind(base, impuesto.impuesto, impuesto.tipo_factor, rate, amount)
    return _concepto(line, importe, importe - net, [rows[j] for j in sorted(rows)])


def _concepto(line, importe, descuento, rows):
    invoice_line = line.invoice_line
    objeto = invoice_line.objeto_imp
    if not line.net and not rows and objeto in ("02", "07"):
        objeto = "01"  # given away: neither 02 nor 07 is allowed without taxes
    return Concepto(
        clave_prod_serv=invoice_line.clave_prod_serv,
        cantidad=line.cantidad,
        clave_unidad=invoice_line.clave_unidad,
        descripcion=invoice_line.descripcion,
        valor_unitario=_valor_unitario(line, importe),
        importe=importe,
        objeto_imp=objeto,
        no_identificacion=invoice_line.no_identificacion,
        unidad=invoice_line.unidad,
        descuento=descuento or None,
        traslados=tuple(f for f in rows if isinstance(f, Traslado)),
        retenciones=tuple(f for f in rows if isinstance(f, Retencion)),
        **invoice_line.extras,
    )


def _valor_unitario(line, importe):
    """The price as given; a derived one follows the Importe where SAT's limits are not met otherwise."""
    if line.inexact_price:
        n = written_decimals(importe)
        lower, upper = importe_limits(line.cantidad, line.valor_unitario, n)
        if not lower <= importe <= upper:
            return round_half_up(CONTEXT.divide(importe, line.cantidad), 6)
    return line.valor_unitario


def _distribute_nets(lines, decimals, target):
    """Net amounts that add up to `target`, each at most one unit from its own rounding."""
    unit = UNITS[decimals]
    slots = []
    for line in lines:
        net = round_half_up(line.net, decimals)
        lower, upper = max(net - unit, unit), net + unit
        if not line.inexact_price:
            lower_limit, upper_limit = importe_limits(line.cantidad, line.valor_unitario, decimals)
            # with a discount only the gross amount has a lower limit
            lower = max(lower, lower_limit) if line.gross == line.net else lower
            upper = min(upper, upper_limit)
        if not line.net:
            lower = upper = ZERO
        slots.append((line.net, lower, upper))
    return _distribute(slots, target, decimals, "net amount")


def _distribute_tax(cases, key, nets, amounts, decimals, expected):
    """Amounts of one row of the summary, one per line that has the tax, into `amounts`."""
    unit = UNITS[decimals]
    slots = []
    for line, j in cases:
        impuesto = line.invoice_line.impuestos[j]
        own = {k: amounts[i, k] for i, k in amounts if i == line.index}
        base = _base(line, j, nets[line.index], own, decimals)
        lower_limit, upper_limit = tax_limits(base, round_half_up(impuesto.tasa_o_cuota, 6), decimals)
        raw = without_noise(impuesto.importe)
        centre = round_half_up(raw, decimals)
        slots.append((raw, max(lower_limit, centre - unit), min(upper_limit, centre + unit)))
    target = _target(key, expected.impuestos)
    if target is None:
        target = _rounded_per_rate(cases, decimals)
    shares = _distribute(slots, target, decimals, f"tax {key}")
    amounts.update(((line.index, j), amount) for (line, j), amount in zip(cases, shares, strict=True))


def _target(key, impuestos):
    """What the ERP's sum for a row of the summary is; None if it is not known."""
    if not impuestos:
        return None
    if len(key) == 1:  # retentions are one row per Impuesto (CFDI40208)
        parts = [v for k, v in impuestos.items() if k[3] and k[0] == key[0]]
    else:
        parts = [v for k, v in impuestos.items() if k == key]
    return exact_sum(parts) if parts else None


def _rounded_per_rate(cases, decimals):
    """What an ERP has that rounds each of its taxes: the sum of the rounded sums per rate."""
    raw_amounts = defaultdict(list)
    for line, j in cases:
        impuesto = line.invoice_line.impuestos[j]
        raw_amounts[tax_key(impuesto)].append(without_noise(impuesto.importe))
    return exact_sum(round_half_up(exact_sum(group), decimals) for group in raw_amounts.values())


def _distribute(slots, target, decimals, what):
    """Round every (raw, min, max) so that they sum to `target`, greatest remainder first."""
    unit = UNITS[decimals]
    if any(lower > upper for _raw, lower, upper in slots):
        raise DoesNotFit(f"{what}: a line has no amount inside of SAT's limits")
    values = [min(max(round_half_up(raw, decimals), lower), upper) for raw, lower, upper in slots]
    missing = int((target - exact_sum(values)) / unit)
    if missing * unit != target - exact_sum(values):
        raise DoesNotFit(f"{what}: {target} has more decimals than the currency")
    sign = 1 if missing > 0 else -1
    order = sorted(range(len(slots)), key=lambda i: sign * (values[i] - slots[i][0]))
    while missing:
        before = missing
        for i in order:
            new = values[i] + sign * unit
            if missing and slots[i][1] <= new <= slots[i][2]:
                values[i] = new
                missing -= sign
        if missing == before:
            raise DoesNotFit(f"{what}: {Decimal(missing) * unit} can't be placed on any line")
    return values
