"""Payments -> a receipt (CFDI of type P), ready to be sent, or the findings of SAT's rules."""

from dataclasses import dataclass, replace
from decimal import Decimal

from ..amounts.arithmetic import round_half_up, strip_zeros
from ..build import Built, build
from ..rules.catalogues import DEFAULT
from ..rules.document import Document
from ..rules.engine import judge
from ..rules.rule import ERROR, Finding, Refused
from ..texts import one_form
from ..values import CfdiRelacionados, Comprobante, Concepto, currency_decimals
from .complement import Pago, Pagos
from .printed import PrintedReceipt
from .split import at_decimals, settle
from .summary import impuestos_p, totales

_ZERO, _ONE = Decimal(0), Decimal(1)
# CRP20111 to CRP20122
_CONCEPTO = Concepto("84111506", _ONE, "ACT", "Pago", _ZERO, _ZERO, "01")
_SUBSTITUTES = "04"
_BANK = ("rfc_emisor_cta_ord", "cta_ordenante", "rfc_emisor_cta_ben", "cta_beneficiario")


@dataclass(frozen=True, slots=True)
class Receipt(Built):
    """What is sent.

    :param printed: the PrintedReceipt of each Settlement, in order of the payments: what the next receipts go on from
    :param findings: warnings of the rules
    """

    printed: tuple[PrintedReceipt, ...]
    findings: tuple[Finding, ...]


class ReceiptRefused(Refused):
    """SAT would refuse the receipt."""

    slug = "receipt_refused"


def build_receipt(header, payments, catalogues=DEFAULT, now=None):
    """Return the Receipt of payments.

    The same invoice may be in several payments, or twice in one: later ones go on from earlier ones.

    :param header: ReceiptHeader
    :param payments: list of Payment
    :param catalogues, now: see `rules.judge` and `rules.Document`
    :raises ReceiptRefused: the rules of Pagos 2.0 or of CFDI 4.0 have an objection
    :raises CfdiError: those of `write.write`
    """
    comprobante, settled = make_receipt(header, payments)
    document = Document.from_comprobante(comprobante, now=now, settled=settled)
    findings = judge(document, catalogues)
    if errors := [one for one in findings if one.severity == ERROR]:
        raise ReceiptRefused(errors)
    built = build(comprobante)
    printed = tuple(one.printed for group in settled for one in group)
    return Receipt(built.comprobante, built.totals, built.payload, _proof(settled), printed, tuple(findings))


def make_receipt(header, payments):
    """Return (Comprobante, its Settled per payment), right or wrong."""
    rfc = None if header.factoring else header.receptor.rfc
    earlier, pagos, settled = {}, [], []
    for payment in payments:
        group = []
        for settlement in payment.settlements:
            before = earlier.setdefault(settlement.invoice.uuid, [])
            group.append(settle(settlement, payment.moneda, before, rfc))
            before.append(group[-1].printed)
        pagos.append(_pago(payment, tuple(one.docto for one in group)))
        settled.append(tuple(group))
    return _comprobante(header, Pagos(totales(pagos), tuple(pagos))), tuple(settled)


def _pago(payment, doctos):
    retenciones, traslados = impuestos_p(doctos, payment.moneda)
    return Pago(
        fecha_pago=payment.fecha,
        forma_de_pago=payment.forma_de_pago,
        moneda=payment.moneda,
        tipo_cambio=_tipo_cambio(payment),
        monto=at_decimals(payment.monto, currency_decimals(payment.moneda)),
        doctos=doctos,
        retenciones=retenciones,
        traslados=traslados,
        num_operacion=one_form(payment.num_operacion or "") or None,
        nom_banco_ord_ext=one_form(payment.nom_banco_ord_ext or "") or None,
        **{name: getattr(payment, name) or None for name in _BANK},
    )


def _tipo_cambio(payment):
    """Always written, 1 for MXN (CRP20214, CRP20215), with six decimals at most."""
    if payment.tipo_cambio is None:
        return _ONE if payment.moneda == "MXN" else None
    return strip_zeros(round_half_up(payment.tipo_cambio, 6))


def _comprobante(header, pagos):
    """The constants of CRP20101 to CRP20123; UsoCFDI is CP01, and a foreigner's residence is left out."""
    receptor = replace(header.receptor, uso_cfdi="CP01", residencia_fiscal=None, num_reg_id_trib=None)
    return Comprobante(
        serie=header.serie,
        folio=header.folio,
        fecha=header.fecha,
        moneda="XXX",
        tipo_cambio=None,
        tipo_de_comprobante="P",
        exportacion="01",
        metodo_pago=None,
        forma_pago=None,
        condiciones_de_pago=None,
        lugar_expedicion=header.lugar_expedicion,
        emisor=header.emisor,
        receptor=receptor,
        conceptos=(_CONCEPTO,),
        relacionados=(CfdiRelacionados(_SUBSTITUTES, tuple(header.replaces)),) if header.replaces else (),
        decimals=0,
        pagos=pagos,
    )


def _proof(settled):
    """JSON-able: what each DoctoRelacionado was computed from."""
    return {
        "settlements": [
            {
                "uuid": one.docto.id_documento,
                "installment": one.docto.num_parcialidad,
                "total": str(one.standing.total),
                "credited": str(one.standing.credited),
                "elsewhere": str(one.standing.elsewhere),
                "balance": str(one.standing.balance),
                "fits": one.standing.fits,
            }
            for group in settled
            for one in group
        ]
    }
