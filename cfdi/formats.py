"""How a value is written into an attribute of a CFDI: texts, keys, numbers (facets of cfdv40.xsd).

Every function returns the text to write or raises a CfdiError that names the attribute and, when it
is about a line, the line's index.
"""

import re
from decimal import Decimal

from .amounts.arithmetic import decimales_escritos, recorta, redondea
from .errors import CfdiError

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
CODIGO_POSTAL = re.compile(r"[0-9]{5}")
PEDIMENTO = re.compile(r"[0-9]{2}  [0-9]{2}  [0-9]{4}  [0-9]{7}")
PREDIAL = re.compile(r"[0-9a-zA-Z]{1,150}")
CLAVE = re.compile(r"[0-9A-Za-z]{1,8}")
_MAXIMO = Decimal(10) ** 18


def collapse(texto):
    """Return the text with its white space collapsed to single spaces and stripped."""
    return " ".join(texto.split())


def texto(valor, nombre, maximo, linea=None):
    """A required text of 1 to `maximo` characters without `|`."""
    limpio = collapse(valor or "")
    # separators and controls alone (a zero width space) say nothing
    if not any(c.isprintable() and c != " " for c in limpio):
        raise CfdiError("missing", f"{nombre} is missing.", linea, {"attribute": nombre})
    if len(limpio) > maximo:
        raise CfdiError(
            "too_long",
            f"{nombre} has {len(limpio)} characters, SAT allows {maximo}: shorten it.",
            linea,
            {"attribute": nombre, "length": len(limpio), "limit": maximo},
        )
    if "|" in limpio:
        raise CfdiError(
            "pipe",
            f"{nombre} contains the character “|”, which SAT forbids: {limpio!r}.",
            linea,
            {"attribute": nombre, "value": limpio},
        )
    if any(c < " " or "\ud800" <= c <= "\udfff" or c in "\ufffe\uffff" for c in limpio):
        raise CfdiError(
            "invalid_character",
            f"{nombre} contains a character that XML can't hold: {limpio!r}.",
            linea,
            {"attribute": nombre, "value": repr(limpio)},
        )
    return limpio


def opcional(valor, nombre, maximo, linea=None):
    """The text, or None when there is nothing to write."""
    return texto(valor, nombre, maximo, linea) if valor and valor.strip() else None


def patron(valor, expresion, nombre, linea=None):
    """A required text of a fixed form, as it is."""
    if not valor:
        raise CfdiError("missing", f"{nombre} is missing.", linea, {"attribute": nombre})
    if not expresion.fullmatch(valor):
        raise CfdiError(
            "bad_format",
            f"{nombre} does not have the form that SAT asks for: {valor!r}.",
            linea,
            {"attribute": nombre, "value": str(valor)},
        )
    return valor


def clave(valor, nombre, linea=None):
    """A key of one of SAT's catalogues (whether it exists there is for the rules to say)."""
    return patron(valor, CLAVE, nombre, linea)


def importe(valor, nombre, linea=None, positivo=False):
    """An amount as it is written: up to 18 digits and 6 decimals, never negative, no exponent."""
    if not isinstance(valor, Decimal):
        raise CfdiError(
            "missing" if valor is None else "bad_amount",
            f"{nombre} is not a decimal number: {valor!r}.",
            linea,
            {"attribute": nombre, "value": str(valor)},
        )
    if (
        not valor.is_finite()
        or valor < 0
        or valor >= _MAXIMO
        or decimales_escritos(valor) > 6
        or (positivo and not valor)
    ):
        raise CfdiError(
            "bad_amount",
            f"{nombre} must be {'above' if positivo else 'at least'} 0 and have up to 18 "
            f"digits and 6 decimals; it is {valor}.",
            linea,
            {"attribute": nombre, "value": str(valor)},
        )
    return format(abs(valor), "f")


def cantidad(valor, linea):
    """Cantidad without needless zeros."""
    importe(valor, "Cantidad", linea, positivo=True)
    return format(recorta(valor), "f")


def tasa(valor, nombre, linea=None):
    """TasaOCuota always has six decimals (Guía FAQ 40)."""
    importe(valor, nombre, linea)
    return format(redondea(valor, 6), "f")
