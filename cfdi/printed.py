"""The stored XML of a stamped CFDI 4.0 -> what its printed form (representación impresa) shows (RMF 2.7.1.7, Anexo 20).

Of every type. Of a complement that is not known here the name alone is printed.
"""

from dataclasses import dataclass
from decimal import Decimal

from . import nodes
from .errors import CfdiError
from .expression import Expression
from .formats import collapse
from .payments.complement import Pago
from .payments.read import TAG as PAGOS
from .read import ParsedCfdi, parse_cfdi, read_cfdi
from .values import CUOTA, EXENTO, Retencion
from .words import amount_in_words
from .xml import CFDI, IMPLOCAL, TFD

LEGEND = "Este documento es una representación impresa de un CFDI"

# SAT's small catalogues, in SAT's words
TIPOS_DE_COMPROBANTE = {"I": "Ingreso", "E": "Egreso", "T": "Traslado", "N": "Nómina", "P": "Pago"}
EXPORTACIONES = {
    "01": "No aplica",
    "02": "Definitiva con clave A1",
    "03": "Temporal",
    "04": "Definitiva con clave distinta a A1 o cuando no existe enajenación en términos del CFF",
}
OBJETOS_IMP = {
    "01": "No objeto de impuesto",
    "02": "Sí objeto de impuesto",
    "03": "Sí objeto del impuesto y no obligado al desglose",
    "04": "Sí objeto del impuesto y no causa impuesto",
    "05": "Sí objeto del impuesto, IVA crédito PODEBI",
    "06": "Sí objeto del IVA, no traslado IVA",
    "07": "No traslado del IVA, sí desglose IEPS",
    "08": "No traslado del IVA, no desglose IEPS",
}
IMPUESTOS = {"001": "ISR", "002": "IVA", "003": "IEPS"}
TIPOS_CAD_PAGO = {"01": "SPEI"}
NO_CURRENCY = "XXX"  # of receipts of payment, which have no total
PAGOS_CURRENCY = "MXN"  # of the Totales of their Pagos

_C = f"{{{CFDI}}}"


@dataclass(frozen=True, slots=True)
class Parte:
    """A part of a line; `concepto` is the line's index."""

    concepto: int
    clave_prod_serv: str
    cantidad: Decimal
    descripcion: str
    no_identificacion: str | None
    unidad: str | None
    valor_unitario: Decimal | None
    importe: Decimal | None
    pedimentos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Retenido:
    """A withheld tax in total, and the rates at which the lines withhold it."""

    impuesto: str
    importe: Decimal
    rates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintedPago:
    """A payment of a receipt, and its withheld taxes with the rates at which its invoices withhold them."""

    pago: Pago
    retenidos: tuple[Retenido, ...]


@dataclass(frozen=True, slots=True)
class PrintedCfdi:
    """What is printed. `words` is None where there is no total; `cfdi` has all that is shown as it was read."""

    cfdi: ParsedCfdi
    url: str
    cadena_timbre: str
    words: str | None
    retenidos: tuple[Retenido, ...]
    partes: tuple[Parte, ...]
    pagos: tuple[PrintedPago, ...]
    complements: tuple[str, ...]  # names of those that are not printed here
    fac_atr_adquirente: str | None
    confirmacion: str | None

    @property
    def number(self):
        """Serie and Folio as one text; '' where the issuer numbers nothing."""
        return " ".join(filter(None, (self.cfdi.comprobante.serie, self.cfdi.comprobante.folio)))


def read_printed(xml):
    """Return the PrintedCfdi of a stamped CFDI 4.0.

    :param xml: bytes, or the root that `parse_cfdi` returned
    :raises CfdiError: those of `read_cfdi`, and ``not_stamped``
    """
    root = parse_cfdi(xml)
    cfdi = read_cfdi(root)
    if not cfdi.timbre:
        raise CfdiError("not_stamped", "The CFDI has no TimbreFiscalDigital.")
    doc = cfdi.comprobante
    total = root.get("Total").strip()
    expression = Expression.of(doc.emisor.rfc, doc.receptor.rfc, total, cfdi.timbre.uuid, cfdi.sello)
    return PrintedCfdi(
        cfdi=cfdi,
        url=expression.url(),
        cadena_timbre=cadena_timbre(cfdi.timbre),
        words=_words(cfdi),
        retenidos=tuple(_retenido(row, doc.conceptos) for row in cfdi.totals.retenciones),
        partes=tuple(_partes(root)),
        pagos=tuple(_pagos(doc)),
        complements=tuple(_complements(root)),
        fac_atr_adquirente=nodes.optional(root.find(f"{_C}Emisor"), "FacAtrAdquirente"),
        confirmacion=nodes.optional(root, "Confirmacion"),
    )


def cadena_timbre(timbre):
    """The cadena original of the stamp: ``||1.1|...||`` (SAT's cadenaoriginal_TFD_1_1.xslt).

    :param timbre: read.TimbreFiscalDigital
    """
    values = [
        "1.1",
        timbre.uuid,
        timbre.fecha_timbrado.isoformat(),
        timbre.rfc_prov_certif,
        timbre.leyenda,
        "".join(timbre.sello_cfd.split()),
        timbre.no_certificado_sat,
    ]
    return f"||{'|'.join(collapse(value) for value in values if value is not None)}||"


def rate_text(tax):
    """The rate of a Traslado or Retencion as it is printed: ``16%``, ``10.6667%``, ``3.0818`` (a quota), ``Exento``."""
    if tax.tipo_factor == EXENTO:
        return EXENTO
    if tax.tipo_factor == CUOTA:
        return _plain(tax.tasa_o_cuota)
    return f"{_plain(tax.tasa_o_cuota * 100)}%"


def tax_name(tax, with_factor=False):
    """``IVA 16%``, ``Ret. ISR 10%``, ``IEPS 3.0818 (Cuota)``, ``IVA Exento``.

    :param with_factor: ``IVA 16% (Tasa)``, as TipoFactor says
    """
    name = " ".join((IMPUESTOS.get(tax.impuesto, tax.impuesto), rate_text(tax)))
    factor = f" ({tax.tipo_factor})" if tax.tipo_factor == CUOTA or (with_factor and tax.tipo_factor != EXENTO) else ""
    return f"{'Ret. ' if isinstance(tax, Retencion) else ''}{name}{factor}"


def amount_text(amount):
    """A number with its written decimals and commas between thousands: ``1,234.50``."""
    return f"{amount:,f}"


def _plain(number):
    """Without the zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _words(cfdi):
    """Of the total; of a receipt of payment, which has none, of all that was paid."""
    doc = cfdi.comprobante
    if doc.pagos:
        return amount_in_words(doc.pagos.totales.monto_total_pagos, PAGOS_CURRENCY)
    return None if doc.moneda == NO_CURRENCY else amount_in_words(cfdi.total, doc.moneda)


def _pagos(doc):
    for pago in doc.pagos.pagos if doc.pagos else ():
        yield PrintedPago(pago, tuple(_retenido(row, pago.doctos) for row in pago.retenciones))


def _retenido(row, lines):
    """:param lines: Conceptos, or DoctosRelacionados"""
    rates = [rate_text(tax) for line in lines for tax in line.retenciones if tax.impuesto == row.impuesto]
    return Retenido(row.impuesto, row.importe, tuple(dict.fromkeys(rates)))


def _partes(root):
    for i, line in enumerate(root.findall(f"{_C}Conceptos/{_C}Concepto")):
        for node in line.findall(f"{_C}Parte"):
            yield Parte(
                concepto=i,
                clave_prod_serv=nodes.text(node, "ClaveProdServ", i),
                cantidad=nodes.number(node, "Cantidad", i),
                descripcion=nodes.text(node, "Descripcion", i),
                no_identificacion=nodes.optional(node, "NoIdentificacion"),
                unidad=nodes.optional(node, "Unidad"),
                valor_unitario=nodes.number(node, "ValorUnitario", i, required=False),
                importe=nodes.number(node, "Importe", i, required=False),
                pedimentos=nodes.pedimentos(node),
            )


def _complements(root):
    printed = (f"{{{TFD}}}TimbreFiscalDigital", f"{{{IMPLOCAL}}}ImpuestosLocales", PAGOS)
    found = [*root.findall(f"{_C}Complemento/*"), *root.findall(f".//{_C}ComplementoConcepto/*")]
    return dict.fromkeys(nodes.place(node) for node in found if node.tag not in printed)
