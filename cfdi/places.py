"""Postal code -> time zone: Fecha is the local time of LugarExpedicion (c_CodigoPostal)."""

import re
from bisect import bisect_right

from .errors import CfdiError
from .places_data import RANGES

_STARTS = tuple(first for first, _last, _zone in RANGES)
_CODE = re.compile("[0-9]{5}")


def time_zone(codigo_postal):
    """Return the IANA zone (``America/Tijuana``) of a Mexican postal code.

    :param str codigo_postal: five digits
    :raises CfdiError: ``unknown_postal_code`` when it is not in SAT's catalogue (CFDI40126)
    """
    code = codigo_postal or ""
    if _CODE.fullmatch(code):
        _first, last, zone = RANGES[bisect_right(_STARTS, int(code)) - 1]
        if int(code) <= last:
            return zone
    raise CfdiError(
        "unknown_postal_code",
        f"The postal code {codigo_postal!r} is not in SAT's catalogue "
        "(c_CodigoPostal): correct it or take the nearest one.",
        data={"postal_code": str(codigo_postal)},
    )


def is_known_postal_code(codigo_postal):
    """Tell whether SAT's catalogue has the postal code."""
    try:
        return bool(time_zone(codigo_postal))
    except CfdiError:
        return False
