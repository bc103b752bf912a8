"""Facts of SAT's small catalogues of CFDI 4.0, as of 2026-08-06. A test compares them.

Dates are the first day of a key that is younger than the catalogue (2022-01-01).
"""

from datetime import date
from decimal import Decimal

FORMAS_PAGO = frozenset("01 02 03 04 05 06 08 12 13 14 15 17 23 24 25 26 27 28 29 30 31 99".split())
METODOS_PAGO = frozenset(("PUE", "PPD"))
TIPOS_DE_COMPROBANTE = frozenset("IETNP")
TIPOS_RELACION = frozenset("01 02 03 04 05 06 07".split())
EXPORTACIONES = dict.fromkeys("01 02 03".split()) | {"04": date(2022, 2, 25)}
OBJETOS_IMP = dict.fromkeys("01 02 03".split()) | {
    "04": date(2022, 10, 7),
    "05": date(2023, 12, 6),
    **dict.fromkeys("06 07 08".split(), date(2024, 12, 13)),
}
PERIODICIDADES = frozenset("01 02 03 04 05".split())
MESES = frozenset(f"{n:02}" for n in range(1, 13))
BIMESTRES = frozenset("13 14 15 16 17 18".split())
IMPUESTOS = frozenset("001 002 003".split())
TIPOS_FACTOR = frozenset(("Tasa", "Cuota", "Exento"))
ADUANAS_NUEVAS = {"85": date(2023, 1, 13)}

# c_RegimenFiscal: (for persons, for companies)
REGIMENES = (
    dict.fromkeys("605 606 607 608 611 612 614 615 616 621 625".split(), (True, False))
    | dict.fromkeys("601 603 620 622 623 624".split(), (False, True))
    | dict.fromkeys("610 626".split(), (True, True))
)

# c_UsoCFDI: (for persons, for companies, regimes of the receiver)
_EMPRESARIALES = frozenset("601 603 606 612 620 621 622 623 624 625 626".split())
_PERSONALES = frozenset("605 606 607 608 611 612 614 615 625".split())
_TODOS = frozenset(REGIMENES)
USOS = {
    **dict.fromkeys("G01 G03 I01 I02 I03 I04 I05 I06 I07 I08".split(), (True, True, _EMPRESARIALES)),
    "G02": (True, True, _EMPRESARIALES | {"616"}),
    **dict.fromkeys("D01 D02 D03 D04 D05 D06 D07 D08 D09 D10".split(), (True, False, _PERSONALES)),
    "S01": (True, True, _TODOS),
    "CP01": (True, True, _TODOS),
    "CN01": (True, False, frozenset(("605",))),
}

MONEDAS = dict.fromkeys(
    (
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD "
        "BTN BWP BYR BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP "
        "DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS "
        "INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD "
        "MAD MDL MGA MKD MMK MNT MOP MRO MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR "
        "PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLL SOS SRD "
        "SSP STD SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UZS VEF "
        "VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR "
        "ZMW ZWL"
    ).split()
) | dict.fromkeys("CNH ESD NIC UYP VES".split(), date(2023, 5, 29))

# c_TasaOCuota, fixed values: (impuesto, tipo_factor, withheld)
_IEPS = "0.06 0.07 0.08 0.09 0.25 0.265 0.3 0.304 0.5 0.53 1.6"
TASAS = {
    ("002", "Tasa", False): frozenset(map(Decimal, ("0", "0.08", "0.16"))),
    ("003", "Tasa", False): frozenset(map(Decimal, f"0 0.03 {_IEPS}".split())),
    ("003", "Tasa", True): frozenset(map(Decimal, _IEPS.split())),
}
# idem, ranges that begin at zero: greatest value
RANGOS = {
    ("001", "Tasa", True): Decimal("0.35"),
    ("002", "Tasa", True): Decimal("0.16"),
}
# the range of IEPS Cuota moves every year; the ceiling of (year)
CUOTA_MAXIMA = (2026, Decimal("72.1605"))
# "IVA Crédito aplicado del 50 %": only from a postal code with the border stimulus
IVA_FRONTERA = Decimal("0.08")

# c_Pais: formats of tax ids; MEX has one too, but CFDI40152 forbids MEX
IDENTIDADES = {"CAN": "[0-9]{9}", "USA": "[0-9]{9}"}
# c_Pais has one key that no country has: "Países no declarados"
PAIS_NO_DECLARADO = "ZZZ"
