"""The complement Pagos 2.0 of a CFDI -> Pagos. Of others, too: what they may leave out is None."""

from .. import nodes
from ..errors import CfdiError
from ..values import EXENTO, Retencion, RetencionTotal, Traslado
from ..xml import CFDI, PAGOS20
from .complement import TOTALES, DoctoRelacionado, Pago, Pagos, TotalesPagos

TAG = f"{{{PAGOS20}}}Pagos"
_P = f"{{{PAGOS20}}}"
_TEXTS = (
    ("num_operacion", "NumOperacion"),
    ("rfc_emisor_cta_ord", "RfcEmisorCtaOrd"),
    ("nom_banco_ord_ext", "NomBancoOrdExt"),
    ("cta_ordenante", "CtaOrdenante"),
    ("rfc_emisor_cta_ben", "RfcEmisorCtaBen"),
    ("cta_beneficiario", "CtaBeneficiario"),
    ("tipo_cad_pago", "TipoCadPago"),
    ("cert_pago", "CertPago"),
    ("cad_pago", "CadPago"),
    ("sello_pago", "SelloPago"),
)


def read_pagos(root):
    """Return the Pagos of a Comprobante, None where there are none.

    :param root: what `read.parse_cfdi` returned
    :raises CfdiError: ``structure``, ``missing``, ``bad_number``, ``bad_date``
    """
    found = root.findall(f"{{{CFDI}}}Complemento/{TAG}")
    if not found:
        return None
    node = _only(found, "Pagos", "Complemento")
    totales = _only(node.findall(f"{_P}Totales"), "Totales", "Pagos")
    values = {field: nodes.number(totales, name, required=field == "monto_total_pagos") for field, name in TOTALES}
    return Pagos(TotalesPagos(**values), tuple(_pago(one) for one in node.findall(f"{_P}Pago")))


def _only(found, name, parent):
    if len(found) != 1:
        text = f"{name} is {'more than once' if found else 'not'} in {parent}."
        raise CfdiError("structure", text, data={"element": name, "parent": parent, "count": len(found)})
    return found[0]


def _pago(node):
    return Pago(
        fecha_pago=nodes.date_time(node, "FechaPago"),
        forma_de_pago=nodes.text(node, "FormaDePagoP"),
        moneda=nodes.text(node, "MonedaP"),
        tipo_cambio=nodes.number(node, "TipoCambioP", required=False),
        monto=nodes.number(node, "Monto"),
        doctos=tuple(_docto(one) for one in node.findall(f"{_P}DoctoRelacionado")),
        retenciones=tuple(
            RetencionTotal(nodes.text(one, "ImpuestoP"), nodes.number(one, "ImporteP"))
            for one in node.findall(f"{_P}ImpuestosP/{_P}RetencionesP/{_P}RetencionP")
        ),
        traslados=tuple(
            Traslado(*_tax(one, "P")) for one in node.findall(f"{_P}ImpuestosP/{_P}TrasladosP/{_P}TrasladoP")
        ),
        **{field: nodes.optional(node, name) for field, name in _TEXTS},
    )


def _docto(node):
    taxes = f"{_P}ImpuestosDR/{_P}"
    return DoctoRelacionado(
        id_documento=nodes.optional(node, "IdDocumento"),
        serie=nodes.optional(node, "Serie"),
        folio=nodes.optional(node, "Folio"),
        moneda=nodes.text(node, "MonedaDR"),
        equivalencia=nodes.number(node, "EquivalenciaDR", required=False, decimals=10),
        num_parcialidad=_installment(node),
        imp_saldo_ant=nodes.number(node, "ImpSaldoAnt"),
        imp_pagado=nodes.number(node, "ImpPagado"),
        imp_saldo_insoluto=nodes.number(node, "ImpSaldoInsoluto"),
        objeto_imp=nodes.text(node, "ObjetoImpDR"),
        retenciones=tuple(Retencion(*_tax(one, "DR")) for one in node.findall(f"{taxes}RetencionesDR/{_P}RetencionDR")),
        traslados=tuple(Traslado(*_tax(one, "DR")) for one in node.findall(f"{taxes}TrasladosDR/{_P}TrasladoDR")),
    )


def _installment(node):
    value = nodes.text(node, "NumParcialidad")
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        where = nodes.place(node, "NumParcialidad")
        text = f"{where} is not a number of SAT's form: {value!r}."
        raise CfdiError("bad_number", text, data={"attribute": where, "value": value})
    return int(value)


def _tax(node, suffix):
    """Base, Impuesto, TipoFactor, TasaOCuota, Importe."""
    factor = nodes.text(node, f"TipoFactor{suffix}")
    taxed = factor != EXENTO
    return (
        nodes.number(node, f"Base{suffix}"),
        nodes.text(node, f"Impuesto{suffix}"),
        factor,
        nodes.number(node, f"TasaOCuota{suffix}", required=taxed),
        nodes.number(node, f"Importe{suffix}", required=taxed),
    )
