"""Fuels in a global invoice (SAT's guide of the CFDI global, appendix 3).

Such a ticket has the product code of its fuel, and as NoIdentificacion the permit, a hyphen and a number. All tickets
of one global invoice were paid in one form, and it is never cancelled. What the appendix doesn't mention is as in any
other.
"""

import re

# c_ClaveProdServ: diesel, gasolines, LP gas and natural gas, as they are sold to the public
FUELS = frozenset(
    ("15101505", "15101506", "15101513", "15101514", "15101515", "15111510", "15111511", "15111512")
)
# for example LP/00751/EXP/ES/2016-105012365
_NUMBER = re.compile(r"[A-Z0-9]+(/[A-Z0-9]+)+-[0-9]+")


def is_fuel_number(number):
    """Whether a NoIdentificacion is a permit, a hyphen and a number."""
    return bool(_NUMBER.fullmatch(number or ""))
