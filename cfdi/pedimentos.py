"""What a person writes of a line's import and real estate, read into SAT's forms (Anexo 20, node Concepto)."""

import re

from .formats import CUENTA_PREDIAL, PEDIMENTO

_BETWEEN = re.compile(r"[,;\n]+")
_FILLING = re.compile(r"[\s\-/.]+")
_DIGITS = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})([0-9]{7})")


def pedimentos(text):
    """Return the customs numbers of a text, separated by commas, semicolons or new lines.

    Each in the 21 characters of SAT, two spaces between year, customs office, patent and number
    (CFDI40194), however its 15 digits are grouped; one that has not 15 digits stays as it is.

    >>> pedimentos("264738076000123, 26 47 3807 6000124")
    ('26  47  3807  6000123', '26  47  3807  6000124')
    """
    return tuple(_pedimento(one) for one in _each(text))


def cuentas_prediales(text):
    """Return the property tax accounts of a text, separated like the customs numbers."""
    return tuple(_each(text))


def is_pedimento(text):
    """Tell whether a customs number has the form of SAT's schema."""
    return bool(PEDIMENTO.fullmatch(text))


def is_cuenta_predial(text):
    """Tell whether a property tax account has the form of SAT's schema: 1 to 150 letters and digits."""
    return bool(CUENTA_PREDIAL.fullmatch(text))


def _each(text):
    return filter(None, (one.strip() for one in _BETWEEN.split(text or "")))


def _pedimento(text):
    found = _DIGITS.fullmatch(_FILLING.sub("", text))
    return "  ".join(found.groups()) if found else text
