"""The fiscal document: typed values to XML and back, with SAT's arithmetic. Imports no Odoo."""

from .amounts.fit import Ajuste, Esperado, Impuesto, Partida, clave, fit
from .comparison import Difference, differences
from .places import country_code
from .amounts.discounts import descuenta
from .errors import CfdiError
from .pedimentos import cuentas_prediales, is_cuenta_predial, is_pedimento, pedimentos
from .names import GENERAL_PUBLIC, fiscal_name, folded_name, is_general_public
from .places import is_known_postal_code, time_zone
from .read import Leido, Timbre, read
from .rfc import (
    GENERIC_FOREIGN,
    GENERIC_NATIONAL,
    has_valid_check_digit,
    is_generic,
    is_moral,
    is_valid_rfc,
)
from .amounts.totals import totals
from .values import (
    ACuentaTerceros,
    Comprobante,
    Concepto,
    Emisor,
    ImpuestoLocal,
    ImpuestosLocales,
    InformacionGlobal,
    Receptor,
    Relacionados,
    Retencion,
    Totales,
    Traslado,
    decimales,
)
from .write import to_xml
from .xml import parse

__all__ = [
    "GENERAL_PUBLIC",
    "GENERIC_FOREIGN",
    "GENERIC_NATIONAL",
    "ACuentaTerceros",
    "Ajuste",
    "CfdiError",
    "Comprobante",
    "Concepto",
    "Difference",
    "Emisor",
    "Esperado",
    "Impuesto",
    "ImpuestoLocal",
    "ImpuestosLocales",
    "InformacionGlobal",
    "Leido",
    "Partida",
    "Receptor",
    "Relacionados",
    "Retencion",
    "Timbre",
    "Totales",
    "Traslado",
    "country_code",
    "cuentas_prediales",
    "clave",
    "decimales",
    "descuenta",
    "differences",
    "fit",
    "fiscal_name",
    "folded_name",
    "has_valid_check_digit",
    "is_cuenta_predial",
    "is_general_public",
    "is_generic",
    "is_known_postal_code",
    "is_moral",
    "is_pedimento",
    "is_valid_rfc",
    "parse",
    "pedimentos",
    "read",
    "time_zone",
    "to_xml",
    "totals",
]
