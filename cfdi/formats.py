"""How a value is written into an attribute of a CFDI: texts, keys, numbers (facets of cfdv40.xsd).

Every function returns the text to write or raises a CfdiError that names the attribute and, when it
is about a line, the line's index.
"""

import re
from decimal import Decimal

from .amounts.arithmetic import round_half_up, strip_zeros
from .errors import CfdiError
from .texts import forbidden_character, one_form

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
POSTAL_CODE = re.compile(r"[0-9]{5}")
PEDIMENTO = re.compile(r"[0-9]{2}  [0-9]{2}  [0-9]{4}  [0-9]{7}")
CUENTA_PREDIAL = re.compile(r"[0-9a-zA-Z]{1,150}")
KEY = re.compile(r"[0-9A-Za-z]{1,8}")
_MAXIMUM = Decimal(10) ** 18


def collapse(text):
    """Return the text with its white space collapsed to single spaces and stripped."""
    return " ".join(text.split())


def text(value, name, maximum, line=None):
    """A required text of 1 to `maximum` characters without `|`, in the one form of `texts`."""
    clean = one_form(value or "")
    if clean.isprintable() and "|" not in clean and 0 < len(clean) <= maximum:
        return clean
    # private characters alone say nothing
    if not any(c.isprintable() and c != " " for c in clean):
        raise CfdiError("missing", f"{name} is missing.", line, {"attribute": name})
    if len(clean) > maximum:
        raise CfdiError(
            "too_long",
            f"{name} has {len(clean)} characters, SAT allows {maximum}: shorten it.",
            line,
            {"attribute": name, "length": len(clean), "limit": maximum},
        )
    if "|" in clean:
        raise CfdiError(
            "pipe",
            f"{name} contains the character “|”, which SAT forbids: {clean!r}.",
            line,
            {"attribute": name, "value": clean},
        )
    if forbidden := forbidden_character(clean):
        position, code = forbidden
        raise CfdiError(
            "invalid_character",
            f"Character {position} of {name} is {code}, which XML can't hold: {clean!r}.",
            line,
            {"attribute": name, "value": repr(clean), "position": position, "character": code},
        )
    return clean


def optional(value, name, maximum, line=None):
    """The text, or None when there is nothing to write."""
    return text(value, name, maximum, line) if value and one_form(value) else None


def matching(value, pattern, name, line=None):
    """A required text of a fixed form, as it is."""
    if not value:
        raise CfdiError("missing", f"{name} is missing.", line, {"attribute": name})
    if not pattern.fullmatch(value):
        raise CfdiError(
            "bad_format",
            f"{name} does not have the form that SAT asks for: {value!r}.",
            line,
            {"attribute": name, "value": str(value)},
        )
    return value


def key(value, name, line=None):
    """A key of one of SAT's catalogues (whether it exists there is for the rules to say)."""
    return matching(value, KEY, name, line)


def date_time(value, name):
    """YYYY-MM-DDTHH:MM:SS, local and naive; t_FechaH begins in 2010."""
    if value is None or value.tzinfo is not None or not 2010 <= value.year <= 2099:
        raise CfdiError(
            "bad_date",
            f"{name} must be a local time without zone from 2010 on: {value}.",
            data={"attribute": name, "value": str(value)},
        )
    return value.strftime("%Y-%m-%dT%H:%M:%S")


def amount(value, name, line=None, positive=False):
    """An amount as it is written: up to 18 digits and 6 decimals, never negative, no exponent."""
    if not isinstance(value, Decimal):
        raise CfdiError(
            "missing" if value is None else "bad_amount",
            f"{name} is not a decimal number: {value!r}.",
            line,
            {"attribute": name, "value": str(value)},
        )
    text = f"{value.copy_abs():f}"
    if (
        not value.is_finite()
        or value < 0
        or value >= _MAXIMUM
        or len(text.partition(".")[2]) > 6
        or (positive and not value)
    ):
        raise CfdiError(
            "bad_amount",
            f"{name} must be {'above' if positive else 'at least'} 0 and have up to 18 "
            f"digits and 6 decimals; it is {value}.",
            line,
            {"attribute": name, "value": str(value)},
        )
    return text


def cantidad(value, line):
    """Cantidad without needless zeros."""
    amount(value, "Cantidad", line, positive=True)
    return format(strip_zeros(value), "f")


def rate(value, name, line=None):
    """TasaOCuota always has six decimals (Guía FAQ 40)."""
    amount(value, name, line)
    return format(round_half_up(value, 6), "f")
