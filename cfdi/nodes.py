"""Typed access to the elements of a CFDI, with refusals that name the place."""

import re
from datetime import datetime
from decimal import Decimal

from .errors import CfdiError
from .formats import UUID, collapse
from .xml import CFDI

_C = f"{{{CFDI}}}"
_NUMERO = re.compile(r"[0-9]{1,18}(\.[0-9]{1,6})?|\.[0-9]{1,6}")
_FECHA = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")


def lugar(nodo, atributo=None):
    """Name of an element or attribute for a message: ``Emisor/@Rfc``."""
    nombre = nodo.tag.rpartition("}")[2]
    return f"{nombre}/@{atributo}" if atributo else nombre


def opcional(nodo, atributo):
    """The attribute's text with white space collapsed; None when absent or empty."""
    valor = nodo.get(atributo)
    return collapse(valor) or None if valor is not None else None


def base64(nodo, atributo):
    """The attribute's text without any white space; None when absent or empty."""
    return "".join((nodo.get(atributo) or "").split()) or None


def texto(nodo, atributo, linea=None):
    """A required text (CfdiError ``missing``)."""
    valor = opcional(nodo, atributo)
    if valor is None:
        donde = lugar(nodo, atributo)
        raise CfdiError("missing", f"{donde} is missing.", linea, {"attribute": donde})
    return valor


def numero(nodo, atributo, linea=None, requerido=True):
    """A Decimal with the decimals that are written (CfdiError ``missing``, ``bad_number``)."""
    valor = texto(nodo, atributo, linea) if requerido else opcional(nodo, atributo)
    if valor is None:
        return None
    if not _NUMERO.fullmatch(valor):
        raise _malo("bad_number", nodo, atributo, valor, "a number of SAT's form", linea)
    return Decimal(valor)


def fecha(nodo, atributo):
    """A naive date and time (CfdiError ``missing``, ``bad_date``)."""
    valor = texto(nodo, atributo)
    try:
        if not _FECHA.fullmatch(valor):
            raise ValueError(valor)
        return datetime.fromisoformat(valor)
    except ValueError as error:
        forma = "a date and time of SAT's form"
        raise _malo("bad_date", nodo, atributo, valor, forma) from error


def uuid(nodo):
    """The attribute UUID as written (CfdiError ``missing``, ``bad_uuid``)."""
    valor = texto(nodo, "UUID")
    if not UUID.fullmatch(valor):
        raise _malo("bad_uuid", nodo, "UUID", valor, "a UUID")
    return valor


def _malo(codigo, nodo, atributo, valor, forma, linea=None):
    donde = lugar(nodo, atributo)
    datos = {"attribute": donde, "value": valor}
    return CfdiError(codigo, f"{donde} is not {forma}: {valor!r}.", linea, datos)


def hijo(nodo, nombre, requerido=False):
    """The only child of that name, or None (CfdiError ``structure``)."""
    hijos = nodo.findall(f"{_C}{nombre}")
    if len(hijos) > 1 or (requerido and not hijos):
        problema = "more than once" if hijos else "not"
        datos = {"element": nombre, "parent": lugar(nodo), "count": len(hijos)}
        raise CfdiError("structure", f"{nombre} is {problema} in {lugar(nodo)}.", data=datos)
    return hijos[0] if hijos else None


def nietos(nodo, contenedor, nombre):
    """Children `nombre` of the child `contenedor`, empty when that is not there."""
    grupo = None if nodo is None else hijo(nodo, contenedor)
    return [] if grupo is None else grupo.findall(f"{_C}{nombre}")
