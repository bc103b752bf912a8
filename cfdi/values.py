"""Typed values of a CFDI 4.0 (Anexo 20). Amounts are Decimal, texts str, all immutable.

Names are SAT's. An amount carries the decimals with which it is written in the XML.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .payments.complement import Pagos

ISR, IVA, IEPS = "001", "002", "003"
TASA, CUOTA, EXENTO = "Tasa", "Cuota", "Exento"

# c_Moneda: every currency that does not have two decimals
_ZERO_DECIMALS = (
    "BIF", "BYR", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
    "VND", "VUV", "XAF", "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XOF", "XPD", "XPF",
    "XPT", "XSU", "XTS", "XUA", "XXX",
)  # fmt: skip
_THREE_DECIMALS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
_DECIMALS = {
    **dict.fromkeys(_ZERO_DECIMALS, 0),
    **dict.fromkeys(_THREE_DECIMALS, 3),
    "CLF": 4,
}


def currency_decimals(currency):
    """Return how many decimals the totals of a currency have (c_Moneda; 2 when it isn't listed)."""
    return _DECIMALS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Traslado:
    """A transferred tax: of a line, or a row of the summary."""

    base: Decimal
    impuesto: str
    tipo_factor: str
    tasa_o_cuota: Decimal | None = None  # None exactly when Exento
    importe: Decimal | None = None  # idem


@dataclass(frozen=True, slots=True)
class Retencion:
    """A withheld tax of a line."""

    base: Decimal
    impuesto: str
    tipo_factor: str
    tasa_o_cuota: Decimal
    importe: Decimal


@dataclass(frozen=True, slots=True)
class ACuentaTerceros:
    """The third party on whose behalf a line is sold."""

    rfc: str
    nombre: str
    regimen_fiscal: str
    domicilio_fiscal: str


@dataclass(frozen=True, slots=True)
class Concepto:
    """A line."""

    clave_prod_serv: str
    cantidad: Decimal
    clave_unidad: str
    descripcion: str
    valor_unitario: Decimal
    importe: Decimal
    objeto_imp: str
    no_identificacion: str | None = None
    unidad: str | None = None
    descuento: Decimal | None = None
    traslados: tuple[Traslado, ...] = ()
    retenciones: tuple[Retencion, ...] = ()
    a_cuenta_terceros: ACuentaTerceros | None = None
    pedimentos: tuple[str, ...] = ()  # InformacionAduanera/@NumeroPedimento
    cuentas_prediales: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Emisor:
    """The issuer."""

    rfc: str
    nombre: str
    regimen_fiscal: str


@dataclass(frozen=True, slots=True)
class Receptor:
    """The receiver."""

    rfc: str
    nombre: str
    domicilio_fiscal: str
    regimen_fiscal: str
    uso_cfdi: str
    residencia_fiscal: str | None = None
    num_reg_id_trib: str | None = None


@dataclass(frozen=True, slots=True)
class CfdiRelacionados:
    """One CfdiRelacionados node: a kind of relation and what it points to."""

    tipo_relacion: str
    uuids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InformacionGlobal:
    """The period that a global invoice covers."""

    periodicidad: str
    meses: str
    anio: int


@dataclass(frozen=True, slots=True)
class ImpuestoLocal:
    """A row of the complement implocal 1.0; `tasa` is in per cent (3.00 is 3 %)."""

    nombre: str
    tasa: Decimal
    importe: Decimal


@dataclass(frozen=True, slots=True)
class ImpuestosLocales:
    """The complement implocal 1.0 (local taxes: they change the total, not the tax summary)."""

    retenciones: tuple[ImpuestoLocal, ...] = ()
    traslados: tuple[ImpuestoLocal, ...] = ()


@dataclass(frozen=True, slots=True)
class Comprobante:
    """A CFDI 4.0 without its seal. `fecha` is naive: the local time of `lugar_expedicion`."""

    serie: str | None
    folio: str | None
    fecha: datetime
    moneda: str
    tipo_cambio: Decimal | None
    tipo_de_comprobante: str
    exportacion: str
    metodo_pago: str | None
    forma_pago: str | None
    condiciones_de_pago: str | None
    lugar_expedicion: str
    emisor: Emisor
    receptor: Receptor
    conceptos: tuple[Concepto, ...]
    relacionados: tuple[CfdiRelacionados, ...] = ()
    informacion_global: InformacionGlobal | None = None
    decimals: int = 2
    impuestos_locales: ImpuestosLocales | None = None
    pagos: "Pagos | None" = None  # of type P


class RetencionTotal(NamedTuple):
    """A row of the summary of withheld taxes: one for each Impuesto (CFDI40208)."""

    impuesto: str
    importe: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """What the header and the tax summary say; every amount at the currency's decimals."""

    sub_total: Decimal
    descuento: Decimal | None
    retenciones: tuple[RetencionTotal, ...]
    traslados: tuple[Traslado, ...]
    total_impuestos_retenidos: Decimal | None
    total_impuestos_trasladados: Decimal | None
    total: Decimal
