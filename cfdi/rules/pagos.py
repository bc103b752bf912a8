"""ImpuestosP and Totales of a receipt of payment: each is the sum of what is printed (matrix of Pagos 2.0)."""

from collections import Counter

from ..amounts.arithmetic import round_half_up, written_decimals
from ..payments.complement import TOTALES
from ..values import EXENTO
from .amount_checks import text
from .rule import rule

_AGAIN_EN, _AGAIN_ES = " Compute the receipt again.", " Vuelva a calcular el complemento."


@rule(
    "REP-VACIO",
    scope="pagos",
    reads=("Pagos/Pago",),
    en="The receipt has no payment. Choose at least one.",
    es="El complemento no tiene pagos. Elija al menos uno.",
)
def receipt_has_payments(x, d, cat):
    """Pagos has a Pago (Pagos20.xsd)."""
    return None if x.pagos else {}


def _sum_of(code, field, name):
    """Register the rule that an attribute of Totales is the rounded sum over all payments in MXN."""

    def judges(x, d, cat):
        written, due = getattr(x.totales, field), getattr(d.payment_sums.totales, field)
        # whether it has to be there is another rule's
        if written is None or (due is None and not written) or written == due:
            return None
        return {"written": text(written), "sum": text(due)}

    judges.__name__, judges.__doc__ = f"{field} is the sum", f"{name}: the sum, then round."
    rule(
        code,
        scope="pagos",
        reads=(f"Totales/@{name}", "Pago/@TipoCambioP", "Pago/ImpuestosP"),
        en=f"{name} is {{written}}, but the payments add up to {{sum}} MXN." + _AGAIN_EN,
        es=f"{name} es {{written}}, pero los pagos suman {{sum}} MXN." + _AGAIN_ES,
    )(judges)


# CRP20201 to CRP20211: retentions, transfers, amounts
for _number, (_field, _name) in enumerate(TOTALES, 20201):
    _sum_of(f"CRP{_number}", _field, _name)


def _missing(code, name, fields, en, es):
    """Register the rule that attributes of Totales exist where their data do."""

    def judges(x, d, cat):
        due = d.payment_sums.totales
        names = [
            name
            for field, name in TOTALES
            if field in fields and getattr(due, field) is not None and getattr(x.totales, field) is None
        ]
        return {"names": ", ".join(names)} if names else None

    judges.__name__, judges.__doc__ = name, "An attribute of Totales exists where its data do."
    rule(code, scope="pagos", reads=("Totales", "Pago/ImpuestosP"), en=en + _AGAIN_EN, es=es + _AGAIN_ES)(judges)


_missing(
    "CRP20264",
    "totals_of_retentions",
    ("retenciones_iva", "retenciones_isr", "retenciones_ieps"),
    "Payments have withheld taxes; {names} is missing.",
    "Hay impuestos retenidos en los pagos; falta {names}.",
)
_missing(
    "CRP20267",
    "totals_of_bases",
    ("base_iva16", "base_iva8", "base_iva0", "base_iva_exento"),
    "Payments have IVA; {names} is missing.",
    "Hay IVA en los pagos; falta {names}.",
)
_missing(
    "CRP20273",
    "totals_of_transfers",
    ("impuesto_iva16", "impuesto_iva8", "impuesto_iva0"),
    "Payments have IVA that is not exempt; {names} is missing.",
    "Hay IVA no exento en los pagos; falta {names}.",
)


@rule(
    "CRP20263",
    scope="pago",
    reads=("RetencionP/@ImpuestoP",),
    en="the withheld tax {impuesto} stands twice in its taxes." + _AGAIN_EN,
    es="la retención {impuesto} está dos veces en sus impuestos." + _AGAIN_ES,
)
def retencion_p_once(p, d, cat):
    """One RetencionP for each tax."""
    twice = next((key for key, n in Counter(row.impuesto for row in p.retenciones).items() if n > 1), None)
    return None if twice is None else {"impuesto": twice}


@rule(
    "CRP20271",
    scope="pago",
    reads=("TrasladoP/@ImpuestoP", "TrasladoP/@TipoFactorP", "TrasladoP/@TasaOCuotaP"),
    en="the tax {impuesto} ({tasa}) stands twice in its taxes." + _AGAIN_EN,
    es="el impuesto {impuesto} ({tasa}) está dos veces en sus impuestos." + _AGAIN_ES,
)
def traslado_p_once(p, d, cat):
    """One TrasladoP for each tax, factor and rate."""
    keys = Counter((row.impuesto, row.tipo_factor, row.tasa_o_cuota) for row in p.traslados)
    twice = next((key for key, n in keys.items() if n > 1), None)
    return None if twice is None else {"impuesto": twice[0], "tasa": text(twice[2])}


def _sums(p, d):
    """Dict from (withheld, key) to the exact (base, tax) of the invoices."""
    withheld, transferred = d.payment_sums.of_pago[id(p)]
    return {
        **{(True, impuesto): (None, value) for impuesto, value in withheld.items()},
        **{(False, key): pair for key, pair in transferred.items()},
    }


def _written(p):
    """The same of ImpuestosP, as written."""
    return {
        **{(True, row.impuesto): (None, row.importe) for row in p.retenciones},
        **{(False, (row.impuesto, row.tipo_factor, row.tasa_o_cuota)): (row.base, row.importe) for row in p.traslados},
    }


def _different(p, d, withheld, place):
    """Values for a sentence if a row of ImpuestosP isn't the sum of the invoices' rows, or None."""
    due, written = _sums(p, d), _written(p)
    for key in dict.fromkeys([*due, *written]):
        if key[0] != withheld or (place and not withheld and key[1][1] == EXENTO):
            continue
        one, other = due.get(key, (None, None))[place], written.get(key, (None, None))[place]
        if one is None or other is None or round_half_up(one, written_decimals(other)) != other:
            impuesto = key[1] if withheld else key[1][0]
            return {"impuesto": impuesto, "written": text(other), "sum": text(one and round_half_up(one, 6))}
    return None


@rule(
    "CRP20265",
    scope="pago",
    reads=("RetencionP/@ImporteP", "RetencionDR/@ImporteDR", "DoctoRelacionado/@EquivalenciaDR"),
    en="its withheld tax {impuesto} is {written}, but its invoices add up to {sum}." + _AGAIN_EN,
    es="su retención {impuesto} es {written}, pero sus facturas suman {sum}." + _AGAIN_ES,
)
def retencion_p_is_the_sum(p, d, cat):
    """Of what is printed, divided by EquivalenciaDR and rounded to the decimals that are written."""
    return _different(p, d, True, 1)


@rule(
    "CRP20268",
    scope="pago",
    reads=("TrasladoP/@BaseP", "TrasladoDR/@BaseDR", "DoctoRelacionado/@EquivalenciaDR"),
    en="its base of the tax {impuesto} is {written}, but its invoices add up to {sum}." + _AGAIN_EN,
    es="su base del impuesto {impuesto} es {written}, pero sus facturas suman {sum}." + _AGAIN_ES,
    also=("CRP20269",),
)
def base_p_is_the_sum(p, d, cat):
    """Of what is printed; see `retencion_p_is_the_sum`. CRP20269 is the same of what is exempt."""
    return _different(p, d, False, 0)


@rule(
    "CRP20274",
    scope="pago",
    reads=("TrasladoP/@ImporteP", "TrasladoDR/@ImporteDR", "DoctoRelacionado/@EquivalenciaDR"),
    en="its tax {impuesto} is {written}, but its invoices add up to {sum}." + _AGAIN_EN,
    es="su impuesto {impuesto} es {written}, pero sus facturas suman {sum}." + _AGAIN_ES,
)
def importe_p_is_the_sum(p, d, cat):
    """Of what is printed; see `retencion_p_is_the_sum`."""
    return _different(p, d, False, 1)
