"""Pagos -> the element of the complement Pagos 2.0 (SAT's Pagos20.xsd: order of attributes and nodes, facets)."""

import re
from decimal import Decimal

from .. import formats
from ..amounts.arithmetic import written_decimals
from ..element import Element
from ..errors import CfdiError
from ..rfc import PATTERN as RFC
from ..values import EXENTO
from .complement import TOTALES

# a UUID, or the number of an invoice of before 2011
ID_DOCUMENTO = re.compile(rf"{formats.UUID.pattern}|[0-9]{{3}}-[0-9]{{2}}-[0-9]{{9}}")
CUENTA = re.compile(r"[A-Z0-9_]{10,50}")
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
MAX_PARCIALIDAD = 999


def pagos_element(pagos):
    """Return the Element ``pago20:Pagos``.

    :raises CfdiError: ``missing``, ``too_long``, ``pipe``, ``invalid_character``, ``bad_format``, ``bad_amount``,
        ``bad_date``; `data["attribute"]` says where (``Pago/@Monto``), `data["pago"]` and `data["docto"]` in which
        payment and invoice (zero-based)
    """
    totales = ((name, _mxn(getattr(pagos.totales, field), name)) for field, name in TOTALES)
    children = [_element("Totales", totales), *_each(_pago, pagos.pagos, "pago")]
    return _element("Pagos", (("Version", "2.0"),), children)


def _element(name, attributes=(), children=()):
    return Element(f"pago20:{name}", attributes, children)


def _each(write, values, name):
    """Yield what is written of each; an error says of which one, under the name."""
    for index, value in enumerate(values):
        try:
            yield write(value)
        except CfdiError as error:
            error.data[name] = index
            raise


def _mxn(value, name):
    """t_ImporteMXN: two decimals at most."""
    if value is not None and written_decimals(value) > 2:
        raise CfdiError("bad_amount", f"{name} has two decimals, not {value}.", data={"attribute": name})
    return None if value is None else formats.amount(value, name)


def _pago(pago):
    name = "Pago/@{}".format
    attributes = (
        ("FechaPago", formats.date_time(pago.fecha_pago, name("FechaPago"))),
        ("FormaDePagoP", formats.key(pago.forma_de_pago, name("FormaDePagoP"))),
        ("MonedaP", formats.key(pago.moneda, name("MonedaP"))),
        ("TipoCambioP", _optional_amount(pago.tipo_cambio, name("TipoCambioP"))),
        ("Monto", formats.amount(pago.monto, name("Monto"))),
        ("NumOperacion", formats.optional(pago.num_operacion, name("NumOperacion"), 100)),
        *_bank(pago, name),
        ("TipoCadPago", pago.tipo_cad_pago and formats.key(pago.tipo_cad_pago, name("TipoCadPago"))),
        ("CertPago", _optional(pago.cert_pago, BASE64, name("CertPago"))),
        ("CadPago", _cadena(pago.cad_pago)),
        ("SelloPago", _optional(pago.sello_pago, BASE64, name("SelloPago"))),
    )
    return _element("Pago", attributes, [*_each(_docto, pago.doctos, "docto"), *_impuestos_p(pago)])


def _bank(pago, name):
    return (
        ("RfcEmisorCtaOrd", _optional(pago.rfc_emisor_cta_ord, RFC, name("RfcEmisorCtaOrd"))),
        ("NomBancoOrdExt", formats.optional(pago.nom_banco_ord_ext, name("NomBancoOrdExt"), 300)),
        ("CtaOrdenante", _optional(pago.cta_ordenante, CUENTA, name("CtaOrdenante"))),
        ("RfcEmisorCtaBen", _optional(pago.rfc_emisor_cta_ben, RFC, name("RfcEmisorCtaBen"))),
        ("CtaBeneficiario", _optional(pago.cta_beneficiario, CUENTA, name("CtaBeneficiario"))),
    )


def _optional(value, pattern, name):
    return formats.matching(value, pattern, name) if value else None


def _optional_amount(value, name):
    return None if value is None else formats.amount(value, name, positive=True)


def _cadena(text):
    """CadPago may hold pipes: it is the bank's own original string."""
    if text and len(text) > 8192:
        raise CfdiError("too_long", "CadPago has more than 8192 characters.", data={"attribute": "Pago/@CadPago"})
    return text or None


def _docto(docto):
    name = "DoctoRelacionado/@{}".format
    attributes = (
        ("IdDocumento", formats.matching(docto.id_documento, ID_DOCUMENTO, name("IdDocumento"))),
        ("Serie", formats.optional(docto.serie, name("Serie"), 25)),
        ("Folio", formats.optional(docto.folio, name("Folio"), 40)),
        ("MonedaDR", formats.key(docto.moneda, name("MonedaDR"))),
        ("EquivalenciaDR", _equivalence(docto.equivalencia)),
        ("NumParcialidad", _installment(docto.num_parcialidad)),
        ("ImpSaldoAnt", formats.amount(docto.imp_saldo_ant, name("ImpSaldoAnt"))),
        ("ImpPagado", formats.amount(docto.imp_pagado, name("ImpPagado"))),
        ("ImpSaldoInsoluto", formats.amount(docto.imp_saldo_insoluto, name("ImpSaldoInsoluto"))),
        ("ObjetoImpDR", formats.key(docto.objeto_imp, name("ObjetoImpDR"))),
    )
    groups = _groups("DR", [_row("RetencionDR", one) for one in docto.retenciones],
                     [_row("TrasladoDR", one) for one in docto.traslados])  # fmt: skip
    return _element("DoctoRelacionado", attributes, groups)


def _impuestos_p(pago):
    withheld = [
        _element("RetencionP", (("ImpuestoP", impuesto), ("ImporteP", formats.amount(importe, "RetencionP/@ImporteP"))))
        for impuesto, importe in pago.retenciones
    ]
    return _groups("P", withheld, [_row("TrasladoP", one, positive=False) for one in pago.traslados])


def _groups(suffix, withheld, transferred):
    """A list with the node Impuestos, retentions first (the reverse of a Concepto); empty without taxes."""
    groups = [
        _element(f"{name}{suffix}", (), rows)
        for name, rows in (("Retenciones", withheld), ("Traslados", transferred))
        if rows
    ]
    return [_element(f"Impuestos{suffix}", (), groups)] if groups else []


def _row(element, tax, positive=True):
    """A RetencionDR, TrasladoDR or TrasladoP."""
    suffix = element.removeprefix("Retencion").removeprefix("Traslado")
    name = f"{element}/@{{}}{suffix}".format
    exento = tax.tipo_factor == EXENTO
    attributes = (
        (f"Base{suffix}", formats.amount(tax.base, name("Base"), positive=positive)),
        (f"Impuesto{suffix}", formats.key(tax.impuesto, name("Impuesto"))),
        (f"TipoFactor{suffix}", formats.key(tax.tipo_factor, name("TipoFactor"))),
        (f"TasaOCuota{suffix}", None if exento else formats.rate(tax.tasa_o_cuota, name("TasaOCuota"))),
        (f"Importe{suffix}", None if exento else formats.amount(tax.importe, name("Importe"))),
    )
    return _element(element, attributes)


def _equivalence(value):
    """Up to 10 decimals, above zero; None where it is left out."""
    if value is None:
        return None
    known = isinstance(value, Decimal) and value.is_finite()
    if not known or not 0 < value < 10**18 or written_decimals(value) > 10:
        text = f"EquivalenciaDR must be above 0 with up to 10 decimals; it is {value}."
        raise CfdiError("bad_amount", text, data={"attribute": "DoctoRelacionado/@EquivalenciaDR", "value": str(value)})
    return format(value, "f")


def _installment(number):
    if not 1 <= number <= MAX_PARCIALIDAD:
        text = f"NumParcialidad is from 1 to {MAX_PARCIALIDAD}, not {number}."
        raise CfdiError("bad_format", text, data={"attribute": "DoctoRelacionado/@NumParcialidad", "value": number})
    return str(number)
