"""Facts of SAT's catalogues that the schema does not hold (2026-08)."""

from decimal import Decimal

# c_RegimenFiscal: who may have it (F física, M moral). The XSD still lists 609 and 628-630.
REGIMES = {
    "601": "M", "603": "M", "605": "F", "606": "F", "607": "F", "608": "F", "610": "FM",
    "611": "F", "612": "F", "614": "F", "615": "F", "616": "F", "620": "M", "621": "F",
    "622": "M", "623": "M", "624": "M", "625": "F", "626": "FM",
}
_BUSINESS = "601 603 606 612 620 621 622 623 624 625 626"
_PERSONAL = "605 606 607 608 611 612 614 615 625"
_ALL = "601 603 605 606 607 608 610 611 612 614 615 616 620 621 622 623 624 625 626"
# c_UsoCFDI: (person, regimes of the receiver). The XSD still lists P01.
USES = {
    "G01": ("FM", _BUSINESS),
    "G02": ("FM", _BUSINESS + " 616"),
    "G03": ("FM", _BUSINESS),
    **{f"I0{n}": ("FM", _BUSINESS) for n in range(1, 9)},
    **{f"D{n:02}": ("F", _PERSONAL) for n in range(1, 11)},
    "S01": ("FM", _ALL),
    "CP01": ("FM", _ALL),
    "CN01": ("F", "605"),
}
# c_TipoRelacion of CFDI 4.0; 08 and 09 are leftovers of 3.3 in the XSD.
RELATIONS = {"01", "02", "03", "04", "05", "06", "07"}

ISR, IVA, IEPS = "001", "002", "003"
_IEPS_BOTH = "0.265 0.3 0.53 0.5 1.6 0.304 0.25 0.09 0.08 0.07 0.06"
# c_TasaOCuota: fixed values and ranges by (tax, factor).
TRANSFER_FIXED = {
    (IVA, "Tasa"): {Decimal("0"), Decimal("0.16"), Decimal("0.08")},
    (IEPS, "Tasa"): {Decimal(rate) for rate in (_IEPS_BOTH + " 0.03 0").split()},
}
TRANSFER_RANGE = {(IEPS, "Cuota"): (Decimal(0), Decimal("72.1605"))}
WITHHOLD_FIXED = {(IEPS, "Tasa"): {Decimal(rate) for rate in _IEPS_BOTH.split()}}
WITHHOLD_RANGE = {
    (IVA, "Tasa"): (Decimal(0), Decimal("0.16")),
    (ISR, "Tasa"): (Decimal(0), Decimal("0.35")),
    (IEPS, "Cuota"): (Decimal(0), Decimal("72.1605")),
}
BORDER_RATE = Decimal("0.08")


def person(rfc):
    """'M' for a moral person's RFC (12 characters), 'F' for a natural person's (13)."""
    return "M" if len(rfc) == 12 else "F"


def rate_exists(tax, factor, rate, withheld):
    """Whether c_TasaOCuota has this rate for this tax and factor."""
    fixed, ranges = (
        (WITHHOLD_FIXED, WITHHOLD_RANGE) if withheld else (TRANSFER_FIXED, TRANSFER_RANGE)
    )
    if rate in fixed.get((tax, factor), ()):
        return True
    low, high = ranges.get((tax, factor), (1, 0))
    return low <= rate <= high
