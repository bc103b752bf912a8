"""RFC: shape, kind of person, check digit."""

import re
from functools import lru_cache

GENERIC_NATIONAL = "XAXX010101000"
GENERIC_FOREIGN = "XEXX010101000"

# t_RFC of SAT's schema tdCFDI
PATTERN = re.compile(r"[A-Z&Ñ]{3,4}([0-9]{2})(0[1-9]|1[012])(0[1-9]|[12][0-9]|3[01])[A-Z0-9]{2}[0-9A]")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# position in this string is the value of a character (SAT's algorithm of the "dígito verificador")
_ALPHABET = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"


@lru_cache(4096)
def is_valid_rfc(rfc):
    """Tell whether the text has the shape of an RFC (t_RFC) and its date exists.

    The check digit is not part of it: SAT has given out some RFCs whose digit does not fit
    (see `has_valid_check_digit`, good for a warning).
    """
    found = PATTERN.fullmatch(rfc or "")
    if not found:
        return False
    year, month, day = (int(group) for group in found.groups())
    days = 28 if month == 2 and year % 4 else _DAYS[month - 1]
    return day <= days


def is_moral(rfc):
    """Tell whether the RFC is of a company (12 characters; a person's has 13)."""
    return is_valid_rfc(rfc) and len(rfc) == 12


def is_generic(rfc):
    """Tell whether the RFC is one of the two generic ones (XAXX…, XEXX…)."""
    return rfc in (GENERIC_NATIONAL, GENERIC_FOREIGN)


def has_valid_check_digit(rfc):
    """Tell whether the last character is the one that the others ask for (generic RFCs: always)."""
    if is_generic(rfc):
        return True
    if not is_valid_rfc(rfc):
        return False
    total = sum(_ALPHABET.index(character) * (13 - position) for position, character in enumerate(rfc[:-1].rjust(12)))
    rest = 11 - total % 11
    return rfc[-1] == {11: "0", 10: "A"}.get(rest, str(rest))
