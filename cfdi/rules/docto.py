"""DoctoRelacionado: each invoice of a payment, its balance and its taxes (matrix of Pagos 2.0)."""

from ..values import EXENTO, IEPS, IVA, currency_decimals
from .amount_checks import exceeds, tax_outside_limits, text
from .rule import WARNING, in_catalogue, rule

_WITHOUT_TAXES = ("01", "03", "04", "05")


@rule(
    "CRP20236",
    scope="docto",
    reads=("DoctoRelacionado/@MonedaDR",),
    en="the invoice has no currency (XXX). Only invoices with an amount are paid.",
    es="la factura no tiene moneda (XXX). Solo se pagan facturas con importe.",
)
def moneda_dr_not_xxx(x, d, cat):
    """MonedaDR is not XXX."""
    return {} if x.moneda == "XXX" else None


@rule(
    "CRP20237",
    scope="docto",
    reads=("DoctoRelacionado/@EquivalenciaDR",),
    fix_in="settlement.applied",
    en="it isn't known how much of the payment was applied to this invoice in {moneda}. Enter that amount.",
    es="no se sabe cuánto del pago se aplicó a esta factura en {moneda}. Registre ese importe.",
)
def equivalencia_required(x, d, cat):
    """EquivalenciaDR is there; only whoever applied the payment knows it."""
    return {"moneda": x.moneda} if x.equivalencia is None else None


@rule(
    "CRP20239",
    scope="docto",
    reads=("DoctoRelacionado/@ImpSaldoAnt",),
    fix_in="settlement.amount",
    en="nothing of it is open: earlier receipts and credit notes come to its total (balance {balance}). Look at its "
    "receipts; one of them, or a credit note, may be counted that shouldn't be.",
    es="no tiene saldo: sus complementos anteriores y notas de crédito suman su total (saldo {balance}). Revise sus "
    "complementos; quizá se cuenta alguno, o una nota, que no corresponde.",
)
def saldo_anterior_positive(x, d, cat):
    """ImpSaldoAnt is above zero."""
    return {"balance": text(x.imp_saldo_ant)} if x.imp_saldo_ant <= 0 else None


@rule(
    "CRP20241",
    scope="docto",
    reads=("DoctoRelacionado/@ImpPagado",),
    fix_in="settlement.amount",
    en="what is paid of it must be above zero, not {paid}. Correct what is applied, or leave the invoice out.",
    es="lo que se paga de ella debe ser mayor que cero, no {paid}. Corrija lo aplicado o quite la factura.",
)
def pagado_positive(x, d, cat):
    """ImpPagado is above zero."""
    return {"paid": text(x.imp_pagado)} if x.imp_pagado <= 0 else None


def _decimals(code, name, attribute, field, fix_in, what):
    """Register the rule that an amount has at most the decimals of MonedaDR."""

    def judges(x, d, cat):
        value, decimals = getattr(x, field), currency_decimals(x.moneda)
        if not exceeds(value, decimals):
            return None
        return {"amount": text(value), "moneda": x.moneda, "decimals": decimals}

    judges.__name__, judges.__doc__ = name, f"{attribute} has at most the decimals of MonedaDR."
    en, es = what
    rule(
        code,
        scope="docto",
        reads=(f"DoctoRelacionado/@{attribute}", "DoctoRelacionado/@MonedaDR"),
        fix_in=fix_in,
        en=f"{en} {{amount}} has more decimals than {{moneda}} ({{decimals}}). Correct it.",
        es=f"{es} {{amount}} tiene más decimales que {{moneda}} ({{decimals}}). Corríjalo.",
    )(judges)


_decimals("CRP20240", "saldo_anterior_decimals", "ImpSaldoAnt", "imp_saldo_ant", "settlement.balance_before",
          ("the balance before the payment", "el saldo anterior al pago"))  # fmt: skip
_decimals("CRP20242", "pagado_decimals", "ImpPagado", "imp_pagado", "settlement.amount",
          ("what is paid", "el importe pagado"))  # fmt: skip
_decimals("CRP20243", "saldo_insoluto_decimals", "ImpSaldoInsoluto", "imp_saldo_insoluto", "settlement.amount",
          ("the balance after the payment", "el saldo insoluto"))  # fmt: skip


@rule(
    "CRP20244",
    scope="docto",
    reads=("DoctoRelacionado/@ImpSaldoInsoluto", "DoctoRelacionado/@ImpSaldoAnt", "DoctoRelacionado/@ImpPagado"),
    fix_in="settlement.amount",
    en="{paid} {moneda} are paid of it, and only {balance} are open: another receipt or a credit note was counted. "
    "Correct what is applied, or look at its receipts.",
    es="se pagan {paid} {moneda} de ella y su saldo es de {balance}: se contó otro complemento o una nota de crédito. "
    "Corrija lo aplicado o revise sus complementos.",
)
def saldo_insoluto_not_negative(x, d, cat):
    """Not more is paid than is open; an invoice without a balance is CRP20239."""
    if x.imp_saldo_ant <= 0 or x.imp_pagado <= x.imp_saldo_ant:
        return None
    return {"paid": text(x.imp_pagado), "balance": text(x.imp_saldo_ant), "moneda": x.moneda}


@rule(
    "CRP20244",
    scope="docto",
    reads=("DoctoRelacionado/@ImpSaldoInsoluto", "DoctoRelacionado/@ImpSaldoAnt", "DoctoRelacionado/@ImpPagado"),
    en="the balance after the payment is {before} less {paid}, not {written}. Compute the receipt again.",
    es="el saldo insoluto es {before} menos {paid}, no {written}. Vuelva a calcular el complemento.",
)
def saldo_insoluto_is_the_difference(x, d, cat):
    """ImpSaldoInsoluto is ImpSaldoAnt less ImpPagado."""
    if x.imp_saldo_ant - x.imp_pagado == x.imp_saldo_insoluto:
        return None
    return {"before": text(x.imp_saldo_ant), "paid": text(x.imp_pagado), "written": text(x.imp_saldo_insoluto)}


@rule(
    "REP-PARCIALIDAD",
    scope="docto",
    reads=("DoctoRelacionado/@NumParcialidad",),
    fix_in="settlement.installment",
    en="an installment is numbered from 1 to 999, not {number}. Correct the number of the invoice's first receipt.",
    es="la parcialidad va de 1 a 999, no {number}. Corrija el número del primer complemento de la factura.",
)
def num_parcialidad_in_range(x, d, cat):
    """NumParcialidad has three digits at most (Pagos20.xsd)."""
    return None if 1 <= x.num_parcialidad <= 999 else {"number": x.num_parcialidad}


in_catalogue(
    "CRP20245",
    "c_ObjetoImp",
    "DoctoRelacionado/@ObjetoImpDR",
    "objeto_imp",
    scope="docto",
    en="SAT has no tax object {value}. Compute the receipt again from the stamped invoice.",
    es="el objeto de impuesto {value} no existe en el catálogo del SAT. Vuelva a calcular el complemento a partir de "
    "la factura timbrada.",
)


def _taxes(x):
    return (*x.retenciones, *x.traslados)


@rule(
    "CRP20246",
    scope="docto",
    reads=("DoctoRelacionado/@ObjetoImpDR", "DoctoRelacionado/ImpuestosDR"),
    fix_in="settlement.amount",
    en="the invoice has taxes (tax object 02) and none falls to this payment. Join it with another payment of the "
    "invoice.",
    es="la factura causa impuestos (objeto 02) y a este pago no le toca ninguno. Júntelo con otro pago de la factura.",
    also=("CRP20248",),
)
def objeto_imp_02_with_taxes(x, d, cat):
    """02 has a node ImpuestosDR. Amounts that are wrong have no taxes: other rules say so."""
    right = 0 < x.imp_pagado <= x.imp_saldo_ant
    return {} if right and x.objeto_imp == "02" and not _taxes(x) else None


@rule(
    "CRP20247",
    scope="docto",
    reads=("DoctoRelacionado/@ObjetoImpDR", "DoctoRelacionado/ImpuestosDR"),
    en="with tax object {objeto} no taxes are told. Compute the receipt again from the stamped invoice.",
    es="con el objeto de impuesto {objeto} no se desglosan impuestos. Vuelva a calcular el complemento a partir de la "
    "factura timbrada.",
)
def objeto_imp_without_taxes(x, d, cat):
    """01, 03, 04 and 05 have no node ImpuestosDR."""
    return {"objeto": x.objeto_imp} if x.objeto_imp in _WITHOUT_TAXES and _taxes(x) else None


@rule(
    "CRP20278",
    scope="docto",
    reads=("DoctoRelacionado/@ObjetoImpDR", "DoctoRelacionado/ImpuestosDR"),
    en="with tax object {objeto} there is neither IVA nor IEPS. Look at the taxes of the stamped invoice.",
    es="con el objeto de impuesto {objeto} no hay IVA ni IEPS. Revise los impuestos de la factura timbrada.",
)
def objeto_imp_dr_06_and_08(x, d, cat):
    """06 and 08 have at most withheld ISR."""
    if x.objeto_imp in ("06", "08") and any(tax.impuesto in (IVA, IEPS) for tax in _taxes(x)):
        return {"objeto": x.objeto_imp}
    return None


@rule(
    "CRP20279",
    scope="docto",
    reads=("DoctoRelacionado/@ObjetoImpDR", "DoctoRelacionado/ImpuestosDR"),
    en="with tax object 07 there is IEPS and no IVA. Look at the taxes of the stamped invoice.",
    es="con el objeto de impuesto 07 hay IEPS y no hay IVA. Revise los impuestos de la factura timbrada.",
)
def objeto_imp_dr_07(x, d, cat):
    """07 has a TrasladoDR of IEPS and nothing of IVA; see `objeto_imp_02_with_taxes` for wrong amounts."""
    if x.objeto_imp != "07" or not 0 < x.imp_pagado <= x.imp_saldo_ant:
        return None
    has_iva = any(tax.impuesto == IVA for tax in _taxes(x))
    return {} if has_iva or not any(tax.impuesto == IEPS for tax in x.traslados) else None


def _of_each_row(condition, code, name, withheld, **sentence):
    """Register a rule of the rows of retentions, or of transfers."""
    scope, node = ("docto_retencion", "RetencionDR") if withheld else ("docto_traslado", "TrasladoDR")
    reads = tuple(f"{node}/@{name}DR" for name in ("Base", "Importe", "TasaOCuota"))

    def judges(tax, d, cat):
        return condition(tax)

    judges.__name__, judges.__doc__ = name, condition.__doc__
    rule(code, scope=scope, reads=reads, **sentence)(judges)


def _base_positive(tax):
    """BaseDR is above zero."""
    return None if tax.base > 0 else {"impuesto": tax.impuesto, "base": text(tax.base)}


def _within_limits(tax):
    """ImporteDR is base × rate within SAT's limits, at the decimals that it is written with."""
    fault = None if tax.tipo_factor == EXENTO else tax_outside_limits(tax, 0)
    if fault is None:
        return None
    return fault | {"impuesto": tax.impuesto, "base": text(tax.base), "tasa": text(tax.tasa_o_cuota)}


_BASE = {
    "en": "the base of the tax {impuesto} must be above zero, not {base}. Compute the receipt again.",
    "es": "la base del impuesto {impuesto} debe ser mayor que cero, no {base}. Vuelva a calcular el complemento.",
}
_LIMITS = {
    "en": "the tax {impuesto} of {importe} is not base × rate ({base} × {tasa}); SAT allows {lower} to {upper}. "
    "Compute the receipt again.",
    "es": "el impuesto {impuesto} de {importe} no es base × tasa ({base} × {tasa}); el SAT admite de {lower} a "
    "{upper}. Vuelva a calcular el complemento.",
}
_of_each_row(_base_positive, "CRP20249", "retencion_dr_base_positive", True, **_BASE)
_of_each_row(_within_limits, "CRP20254", "retencion_dr_within_limits", True, **_LIMITS)
_of_each_row(_base_positive, "CRP20255", "traslado_dr_base_positive", False, **_BASE)
_of_each_row(_within_limits, "CRP20261", "traslado_dr_within_limits", False, **_LIMITS)


@rule(
    "REP-RFC",
    scope="settlement",
    reads=("Receptor/@Rfc", "DoctoRelacionado/@IdDocumento"),
    fix_in="partner.rfc",
    en="the invoice is for the RFC {invoiced}, the receipt for {rfc}. Make the receipt for the customer of the "
    "invoice, or say that it is paid by a factor to whom it was ceded.",
    es="la factura es del RFC {invoiced} y el complemento de {rfc}. Emítalo al cliente de la factura, o indique que la "
    "paga una empresa de factoraje a la que se cedió.",
)
def receipt_is_for_the_invoices_receiver(x, d, cat):
    """SAT's guide; a factor is the receiver of its own receipts (Apéndice 2)."""
    invoiced = x.settlement.invoice.rfc_receptor
    return None if x.rfc in (None, invoiced) else {"invoiced": invoiced, "rfc": x.rfc}


@rule(
    "REP-SALDO",
    scope="settlement",
    reads=("DoctoRelacionado/@NumParcialidad", "DoctoRelacionado/@ImpSaldoAnt"),
    fix_in="settlement.balance_before",
    en="its first receipt here is installment {number}, and what is open is {balance} of {total}. Enter both as they "
    "stand after the last receipt of the other system.",
    es="su primer complemento aquí es la parcialidad {number} y su saldo es {balance} de {total}. Registre ambos como "
    "quedaron en el último complemento del otro sistema.",
)
def first_receipt_of_an_invoice_stamped_elsewhere(x, d, cat):
    """Installment 2 or later goes with a balance below the total, 1 with the whole."""
    s, stand = x.settlement, x.standing
    if s.printed or stand.installment != (s.installment or 1):
        return None
    total = stand.total + stand.elsewhere
    balance = total if s.balance_before is None else s.balance_before
    later = stand.installment > 1
    if (later and s.balance_before is not None and balance < total) or (not later and balance == total):
        return None
    return {"number": stand.installment, "balance": text(balance), "total": text(total)}


@rule(
    "REP-NOTA",
    scope="settlement",
    reads=("DoctoRelacionado/ImpuestosDR",),
    fix_in="settlement.notes",
    severity=WARNING,
    en="its credit notes credit taxes that the invoice doesn't have, or that earlier receipts already told. The taxes "
    "of this payment are those that are left; look at them.",
    es="sus notas de crédito acreditan impuestos que la factura no tiene o que ya se informaron en complementos "
    "anteriores. Los impuestos de este pago son los que quedan; revíselos.",
)
def notes_fit_the_invoice(x, d, cat):
    """No exact way exists to tell the taxes then."""
    return None if x.standing.fits else {}
