"""Pago: form, currency, amount and bank data of each payment of a receipt (matrix of Pagos 2.0)."""

import re

from ..amounts.arithmetic import CONTEXT, UNITS, exact_sum, round_ceiling, round_floor, written_decimals
from ..rfc import GENERIC_FOREIGN, is_moral
from ..values import currency_decimals
from .amount_checks import exceeds, text
from .rule import WARNING, in_catalogue, rule

_TO_BE_DEFINED, _NO_CURRENCY = "99", "XXX"
_FREE = "[A-Z0-9_]{10,50}"
_ANY_ACCOUNT = rf"[0-9]{{10,11}}|[0-9]{{15,16}}|[0-9]{{18}}|{_FREE}"
# c_FormaPago, "Patrón para cuenta ordenante" and "Patrón para cuenta beneficiaria"; where there is none, no account is
PAYER_ACCOUNTS = {
    "02": "[0-9]{11}|[0-9]{18}",
    "03": "[0-9]{10}|[0-9]{16}|[0-9]{18}",
    "04": "[0-9]{16}",
    "05": _ANY_ACCOUNT,
    "06": "[0-9]{10}",
    "28": "[0-9]{16}",
    "29": "[0-9]{15,16}",
}
PAYEE_ACCOUNTS = {"03": "[0-9]{10}|[0-9]{18}"} | dict.fromkeys("02 04 05 28 29".split(), _ANY_ACCOUNT)

in_catalogue(
    "CRP20999",
    "c_FormaPago",
    "Pago/@FormaDePagoP",
    "forma_de_pago",
    scope="pago",
    fix_in="payment.form",
    en="SAT has no payment form {value}. Choose another one on the payment.",
    es="la forma de pago {value} no existe en el catálogo del SAT. Elija otra en el pago.",
)


@rule(
    "CRP20212",
    scope="pago",
    reads=("Pago/@FormaDePagoP",),
    fix_in="payment.form",
    en="a receipt says how the money came in; 99 (to be defined) can't be. Choose the real payment form.",
    es="el complemento dice cómo se recibió el dinero; no puede ser 99 (por definir). Elija la forma de pago real.",
)
def forma_de_pago_is_known(p, d, cat):
    """FormaDePagoP is not 99."""
    return {} if p.forma_de_pago == _TO_BE_DEFINED else None


in_catalogue(
    "CRP20999",
    "c_Moneda",
    "Pago/@MonedaP",
    "moneda",
    scope="pago",
    fix_in="payment.currency",
    en="SAT has no currency {value}. Register the payment in another currency.",
    es="la moneda {value} no existe en el catálogo del SAT. Registre el pago en otra moneda.",
)


@rule(
    "CRP20213",
    scope="pago",
    reads=("Pago/@MonedaP",),
    fix_in="payment.currency",
    en="a payment has a currency; XXX is none. Choose it on the payment.",
    es="un pago tiene moneda; XXX no lo es. Elíjala en el pago.",
)
def moneda_p_not_xxx(p, d, cat):
    """MonedaP is not XXX."""
    return {} if p.moneda == _NO_CURRENCY else None


@rule(
    "CRP20214",
    scope="pago",
    reads=("Pago/@TipoCambioP",),
    fix_in="payment.currency_rate",
    en="the exchange rate of {moneda} on the day of the payment is missing. Enter it.",
    es="falta el tipo de cambio de {moneda} en la fecha del pago. Regístrelo.",
)
def tipo_cambio_p_required(p, d, cat):
    """TipoCambioP is always there, above zero (Pagos20.xsd)."""
    return {"moneda": p.moneda} if p.tipo_cambio is None or p.tipo_cambio <= 0 else None


@rule(
    "CRP20215",
    scope="pago",
    reads=("Pago/@TipoCambioP", "Pago/@MonedaP"),
    fix_in="payment.currency_rate",
    en="the exchange rate of a payment in MXN is 1, not {tipo_cambio}. Correct it.",
    es="el tipo de cambio de un pago en MXN es 1, no {tipo_cambio}. Corríjalo.",
)
def tipo_cambio_p_of_mxn(p, d, cat):
    """TipoCambioP of MXN is 1."""
    if p.moneda != "MXN" or p.tipo_cambio is None or p.tipo_cambio == 1:
        return None
    return {"tipo_cambio": text(p.tipo_cambio)}


@rule(
    "CRP20218",
    scope="pago",
    reads=("Pago/@Monto",),
    fix_in="payment.amount",
    en="the amount of the payment must be above zero, not {monto}. Correct the payment.",
    es="el monto del pago debe ser mayor que cero, no {monto}. Corrija el pago.",
)
def monto_positive(p, d, cat):
    """Monto is above zero."""
    return {"monto": text(p.monto)} if p.monto <= 0 else None


@rule(
    "CRP20219",
    scope="pago",
    reads=("Pago/@Monto", "Pago/@MonedaP"),
    fix_in="payment.amount",
    en="the amount {monto} has more decimals than {moneda} ({decimals}). Correct the payment.",
    es="el monto {monto} tiene más decimales que {moneda} ({decimals}). Corrija el pago.",
)
def monto_decimals(p, d, cat):
    """Monto has at most the decimals of MonedaP."""
    decimals = currency_decimals(p.moneda)
    if not exceeds(p.monto, decimals):
        return None
    return {"monto": text(p.monto), "moneda": p.moneda, "decimals": decimals}


@rule(
    "CRP20217",
    scope="pago",
    reads=("Pago/@Monto", "DoctoRelacionado/@ImpPagado"),
    fix_in="payment.amount",
    en="{sum} {moneda} are applied to invoices, more than the {monto} of the payment. Correct one of the two.",
    es="se aplican {sum} {moneda} a facturas, más que los {monto} del pago. Corrija uno de los dos.",
)
def monto_covers_what_is_paid(p, d, cat):
    """Without any margin where all invoices are in the payment's currency."""
    paid = exact_sum(docto.imp_pagado for docto in p.doctos)
    if _is_mixed(p) or paid <= p.monto:
        return None
    return {"sum": text(paid), "moneda": p.moneda, "monto": text(p.monto)}


@rule(
    "CRP20276",
    scope="pago",
    reads=("Pago/@Monto", "DoctoRelacionado/@ImpPagado", "DoctoRelacionado/@EquivalenciaDR"),
    fix_in="payment.amount",
    en="at their exchange rates {sum} {moneda} are applied to invoices, more than the {monto} of the payment. Correct "
    "what is applied, or the payment.",
    es="según sus equivalencias se aplican {sum} {moneda} a facturas, más que los {monto} del pago. Corrija lo "
    "aplicado o el pago.",
    also=("CRP20275",),
)
def monto_covers_what_is_paid_in_other_currencies(p, d, cat):
    """Within the margin of what is written, where an invoice is in another currency."""
    if not _is_mixed(p) or any(docto.equivalencia is None for docto in p.doctos):
        return None
    paid = exact_sum(CONTEXT.divide(docto.imp_pagado, docto.equivalencia) for docto in p.doctos)
    decimals = currency_decimals(p.moneda)
    if paid <= p.monto or exact_sum(_least(docto, p.moneda, decimals) for docto in p.doctos) <= p.monto:
        return None
    return {"sum": text(round_ceiling(paid, decimals)), "moneda": p.moneda, "monto": text(p.monto)}


def _is_mixed(p):
    return any(docto.moneda != p.moneda for docto in p.doctos)


def _least(docto, moneda, decimals):
    """The least that ImpPagado may be in the payment's currency; of the payment's own 1 is 1.0000000000 (CRP20277)."""
    paid, rate = docto.imp_pagado, docto.equivalencia
    written = 10 if docto.moneda == moneda else written_decimals(rate)
    lowest = CONTEXT.subtract(paid, UNITS[written_decimals(paid)] / 2)
    return round_floor(CONTEXT.divide(lowest, CONTEXT.add(rate, UNITS[written] / 2)), decimals)


@rule(
    "REP-VACIO",
    scope="pago",
    reads=("Pago/DoctoRelacionado",),
    en="nothing is applied to an invoice. Reconcile the payment with the invoices that it pays.",
    es="nada se aplica a una factura. Concilie el pago con las facturas que paga.",
)
def pago_has_invoices(p, d, cat):
    """A Pago has a DoctoRelacionado (Pagos20.xsd)."""
    return None if p.doctos else {}


@rule(
    "GUIA-REP-FECHA",
    scope="pago",
    reads=("Pago/@FechaPago", "Fecha"),
    fix_in="payment.date",
    severity=WARNING,
    en="the payment is dated {pagado}, after the receipt ({fecha}). Make sure that the money has come in.",
    es="el pago tiene fecha {pagado}, posterior a la del complemento ({fecha}). Verifique que el dinero ya se recibió.",
)
def fecha_pago_not_ahead(p, d, cat):
    """SAT's guide; not in the matrix."""
    fecha = d.comprobante.fecha
    if p.fecha_pago <= fecha:
        return None
    return {"pagado": p.fecha_pago.isoformat(), "fecha": fecha.isoformat()}


def _forbidden(code, name, attribute, field, fix_in, patterns, what):
    """Register the rule that bank data are only there with the payment forms that allow them."""

    def judges(p, d, cat):
        value = getattr(p, field)
        return {"forma": p.forma_de_pago} if value and p.forma_de_pago not in patterns else None

    judges.__name__, judges.__doc__ = name, f"{attribute} only with payment forms that allow it."
    en, es = what
    rule(
        code,
        scope="pago",
        reads=(f"Pago/@{attribute}", "Pago/@FormaDePagoP"),
        fix_in=fix_in,
        en=f"with payment form {{forma}} {en} isn't told. Remove it, or correct the payment form.",
        es=f"con la forma de pago {{forma}} no se informa {es}. Quite el dato o corrija la forma de pago.",
    )(judges)


_PAYER_BANK = ("the RFC of the payer's bank", "el RFC del banco del cliente")
_PAYER_ACCOUNT = ("the payer's account", "la cuenta del cliente")
_PAYEE_BANK = ("the RFC of your bank", "el RFC de su banco")
_PAYEE_ACCOUNT = ("your account", "su cuenta")
for _arguments in (
    ("CRP20221", "payer_bank_allowed", "RfcEmisorCtaOrd", "rfc_emisor_cta_ord", "payment.payer_bank_rfc",
     PAYER_ACCOUNTS, _PAYER_BANK),
    ("CRP20224", "payer_account_allowed", "CtaOrdenante", "cta_ordenante", "payment.payer_account",
     PAYER_ACCOUNTS, _PAYER_ACCOUNT),
    ("CRP20227", "payee_bank_allowed", "RfcEmisorCtaBen", "rfc_emisor_cta_ben", "payment.payee_bank_rfc",
     PAYEE_ACCOUNTS, _PAYEE_BANK),
    ("CRP20228", "payee_account_allowed", "CtaBeneficiario", "cta_beneficiario", "payment.payee_account",
     PAYEE_ACCOUNTS, _PAYEE_ACCOUNT),
):  # fmt: skip
    _forbidden(*_arguments)


@rule(
    "CRP20223",
    scope="pago",
    reads=("Pago/@NomBancoOrdExt", "Pago/@RfcEmisorCtaOrd"),
    fix_in="payment.payer_bank_name",
    en="the payer's bank is a foreign one (XEXX010101000) and its name is missing. Enter the name of the bank.",
    es="el banco del cliente es extranjero (XEXX010101000) y falta su nombre. Registre el nombre del banco.",
)
def foreign_bank_has_a_name(p, d, cat):
    """NomBancoOrdExt goes with XEXX010101000."""
    return {} if p.rfc_emisor_cta_ord == GENERIC_FOREIGN and not p.nom_banco_ord_ext else None


def fits_account(patterns, form, account):
    """Tell whether an account may be told with a payment form.

    :param patterns: PAYER_ACCOUNTS or PAYEE_ACCOUNTS
    """
    return form in patterns and re.fullmatch(patterns[form], account) is not None


def _account_form(p, account, patterns):
    """Values for a sentence if an account doesn't have the form of c_FormaPago, or None."""
    if not account or p.forma_de_pago not in patterns or fits_account(patterns, p.forma_de_pago, account):
        return None
    return {"account": account, "forma": p.forma_de_pago}


@rule(
    "CRP20225",
    scope="pago",
    reads=("Pago/@CtaOrdenante", "Pago/@FormaDePagoP"),
    fix_in="payment.payer_account",
    en="the payer's account {account} doesn't have the digits that SAT asks for with payment form {forma}. Correct it, "
    "or leave it out.",
    es="la cuenta del cliente {account} no tiene los dígitos que pide el SAT con la forma de pago {forma}. Corríjala o "
    "quítela.",
)
def payer_account_form(p, d, cat):
    """CtaOrdenante has the form of c_FormaPago."""
    return _account_form(p, p.cta_ordenante, PAYER_ACCOUNTS)


@rule(
    "CRP20226",
    scope="pago",
    reads=("Pago/@CtaBeneficiario", "Pago/@FormaDePagoP"),
    fix_in="payment.payee_account",
    en="your account {account} doesn't have the digits that SAT asks for with payment form {forma}. Correct it, or "
    "leave it out.",
    es="su cuenta {account} no tiene los dígitos que pide el SAT con la forma de pago {forma}. Corríjala o quítela.",
)
def payee_account_form(p, d, cat):
    """CtaBeneficiario has the form of c_FormaPago."""
    return _account_form(p, p.cta_beneficiario, PAYEE_ACCOUNTS)


@rule(
    "REP-RFC-BANCO",
    scope="pago",
    reads=("Pago/@RfcEmisorCtaOrd",),
    fix_in="payment.payer_bank_rfc",
    en="{rfc} is no RFC of a bank: the payer's bank has one of 12 characters, a foreign one XEXX010101000. Correct it.",
    es="{rfc} no es el RFC de un banco: el banco del cliente tiene uno de 12 caracteres, y uno extranjero, "
    "XEXX010101000. Corríjalo.",
)
def payer_bank_is_a_company(p, d, cat):
    """The form alone (Pagos20.xsd); whether it is a bank's only SAT's list says (CRP20222)."""
    rfc = p.rfc_emisor_cta_ord
    return {"rfc": rfc} if rfc and rfc != GENERIC_FOREIGN and not is_moral(rfc) else None


@rule(
    "REP-RFC-BANCO",
    scope="pago",
    reads=("Pago/@RfcEmisorCtaBen",),
    fix_in="payment.payee_bank_rfc",
    en="{rfc} is no RFC of a bank, which has 12 characters. Correct that of your bank.",
    es="{rfc} no es el RFC de un banco, que tiene 12 caracteres. Corrija el de su banco.",
)
def payee_bank_is_a_company(p, d, cat):
    """The form alone (t_RFC_PM)."""
    rfc = p.rfc_emisor_cta_ben
    return {"rfc": rfc} if rfc and not is_moral(rfc) else None
