"""SAT's codes for Odoo's taxes, and exact decimals from Odoo's floats."""

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from ...cfdi.values import CUOTA, EXENTO, TASA

IMPUESTOS = {"isr": "001", "iva": "002", "ieps": "003"}
ISR, IEPS = "isr", "ieps"
# taxes that each tax object (c_ObjetoImp) admits, and SAT's error code for any other tax
ADMITTED_TAXES = {
    **dict.fromkeys(("01", "03", "04", "05"), ((), "CFDI40172")),
    **dict.fromkeys(("06", "08"), ((ISR,), "CFDI140226")),
    "07": ((ISR, IEPS), "CFDI140227"),
}
# taxes of which a tax object needs one, and SAT's error code when it is missing
NEEDED_TAXES = {"02": (tuple(IMPUESTOS), "CFDI40171"), "07": ((IEPS,), "CFDI140227")}
# c_ObjetoImp, for lines and products
TAX_OBJECTS = [
    ("01", "01 Not subject to tax"),
    ("02", "02 Subject to tax"),
    ("03", "03 Subject to tax, no breakdown required"),
    ("04", "04 Subject to tax, none arises"),
    ("05", "05 Subject to tax, PODEBI VAT credit"),
    ("06", "06 Subject to VAT, VAT not passed on"),
    ("07", "07 VAT not passed on, IEPS broken down"),
    ("08", "08 VAT not passed on, IEPS not broken down"),
]
# doubles carry 15 significant digits; further digits are rounding noise
NOISE = Decimal("1E-10")
UNIT_OF_PRICES = Decimal("1E-6")


def tipo_factor(tax):
    """:param tax: account.tax
    :return: SAT's TipoFactor: ``Tasa``, ``Cuota`` or ``Exento``
    """
    return CUOTA if tax.amount_type == "fixed" else tax.l10n_mx_factor_type or TASA


class SatTax(NamedTuple):
    """What a tax of Odoo is to SAT, on whatever line; `impuesto` is None for a local one."""

    impuesto: str | None
    tipo_factor: str
    tasa_o_cuota: Decimal | None
    retencion: bool


def sat_tax(tax):
    """:param tax: account.tax
    :return: :class:`SatTax`
    """
    kind, factor, amount, rate = tax.l10n_mx_tax_type, tipo_factor(tax), tax.amount, None
    if factor != EXENTO:
        rate = (abs(exact(amount)) / (1 if factor == CUOTA else 100)).quantize(UNIT_OF_PRICES)
    # ISR is only ever withheld, also where its rate is 0
    return SatTax(IMPUESTOS.get(kind), factor, rate, amount < 0 or kind == ISR)


@lru_cache(16384)
def exact(number):
    """:param number: float of an Odoo field or of a raw amount of core's tax engine
    :return: the exact Decimal
    """
    return Decimal(repr(number)).quantize(NOISE).normalize() + 0


@lru_cache(16384)
def booked(amount):
    """:param amount: float of an amount that Odoo has rounded to its currency
    :return: the exact Decimal, also for large numbers
    """
    return Decimal(repr(amount)).quantize(UNIT_OF_PRICES).normalize() + 0
