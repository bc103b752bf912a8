"""Typed values of the complement Pagos 2.0, as they are written (SAT's Pagos20.xsd).

Names are SAT's without their suffixes DR and P. An amount carries the decimals with which it is written.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from ..values import Retencion, RetencionTotal, Traslado


@dataclass(frozen=True, slots=True)
class DoctoRelacionado:
    """What of an invoice is paid. `equivalencia`: units of its currency for one unit of the payment's."""

    id_documento: str | None  # None only in the XML of others
    serie: str | None
    folio: str | None
    moneda: str
    equivalencia: Decimal | None
    num_parcialidad: int
    imp_saldo_ant: Decimal
    imp_pagado: Decimal
    imp_saldo_insoluto: Decimal
    objeto_imp: str
    retenciones: tuple[Retencion, ...] = ()
    traslados: tuple[Traslado, ...] = ()

    @property
    def label(self):
        """How a person finds the invoice: its number and UUID."""
        number = " ".join(filter(None, (self.serie, self.folio)))
        return f"{number} ({self.id_documento})" if number else str(self.id_documento)


@dataclass(frozen=True, slots=True)
class Pago:
    """A payment, and its taxes over all of its invoices (ImpuestosP). `fecha_pago` is naive."""

    fecha_pago: datetime
    forma_de_pago: str
    moneda: str
    tipo_cambio: Decimal | None
    monto: Decimal
    doctos: tuple[DoctoRelacionado, ...]
    retenciones: tuple[RetencionTotal, ...] = ()
    traslados: tuple[Traslado, ...] = ()
    num_operacion: str | None = None
    rfc_emisor_cta_ord: str | None = None
    nom_banco_ord_ext: str | None = None
    cta_ordenante: str | None = None
    rfc_emisor_cta_ben: str | None = None
    cta_beneficiario: str | None = None
    tipo_cad_pago: str | None = None
    cert_pago: str | None = None
    cad_pago: str | None = None
    sello_pago: str | None = None


@dataclass(frozen=True, slots=True)
class TotalesPagos:
    """The sums of all payments in MXN, of two decimals; None where there is nothing of the kind."""

    retenciones_iva: Decimal | None
    retenciones_isr: Decimal | None
    retenciones_ieps: Decimal | None
    base_iva16: Decimal | None
    impuesto_iva16: Decimal | None
    base_iva8: Decimal | None
    impuesto_iva8: Decimal | None
    base_iva0: Decimal | None
    impuesto_iva0: Decimal | None
    base_iva_exento: Decimal | None
    monto_total_pagos: Decimal


@dataclass(frozen=True, slots=True)
class Pagos:
    """The complement."""

    totales: TotalesPagos
    pagos: tuple[Pago, ...]


class Attribute(NamedTuple):
    """A field of the values and the name of its attribute in the XML."""

    field: str
    name: str


# in the order of the schema and of the cadena original
TOTALES = tuple(
    Attribute(*pair)
    for pair in (
        ("retenciones_iva", "TotalRetencionesIVA"),
        ("retenciones_isr", "TotalRetencionesISR"),
        ("retenciones_ieps", "TotalRetencionesIEPS"),
        ("base_iva16", "TotalTrasladosBaseIVA16"),
        ("impuesto_iva16", "TotalTrasladosImpuestoIVA16"),
        ("base_iva8", "TotalTrasladosBaseIVA8"),
        ("impuesto_iva8", "TotalTrasladosImpuestoIVA8"),
        ("base_iva0", "TotalTrasladosBaseIVA0"),
        ("impuesto_iva0", "TotalTrasladosImpuestoIVA0"),
        ("base_iva_exento", "TotalTrasladosBaseIVAExento"),
        ("monto_total_pagos", "MontoTotalPagos"),
    )
)
