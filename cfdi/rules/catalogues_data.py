"""Facts of SAT's small catalogues of CFDI 4.0, as of 2026-08-06. A test compares them.

Those of product codes and of units are too large to be here.
"""

from datetime import date
from decimal import Decimal

from ..places import COUNTRY_CODES

MESES = frozenset(f"{n:02}" for n in range(1, 13))
BIMESTRES = frozenset("13 14 15 16 17 18".split())

# c_RegimenFiscal: (for persons, for companies)
REGIMENES = (
    dict.fromkeys("605 606 607 608 611 612 614 615 616 621 625".split(), (True, False))
    | dict.fromkeys("601 603 620 622 623 624".split(), (False, True))
    | dict.fromkeys("610 626".split(), (True, True))
)

# c_UsoCFDI: (for persons, for companies, regimes of the receiver)
_BUSINESS = frozenset("601 603 606 612 620 621 622 623 624 625 626".split())
_PERSONAL = frozenset("605 606 607 608 611 612 614 615 625".split())
_ALL = frozenset(REGIMENES)
USOS = {
    **dict.fromkeys("G01 G03 I01 I02 I03 I04 I05 I06 I07 I08".split(), (True, True, _BUSINESS)),
    "G02": (True, True, _BUSINESS | {"616"}),
    **dict.fromkeys("D01 D02 D03 D04 D05 D06 D07 D08 D09 D10".split(), (True, False, _PERSONAL)),
    "S01": (True, True, _ALL),
    "CP01": (True, True, _ALL),
    "CN01": (True, False, frozenset(("605",))),
}

_MONEDAS = dict.fromkeys(
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

# catalogue: its keys, each with the first day of one that is younger than the catalogue (2022-01-01), or None
KEYS = {
    "c_Aduana": dict.fromkeys(
        (
            "01 02 05 06 07 08 11 12 14 16 17 18 19 20 22 23 24 25 26 27 28 30 31 33 34 37 38 39 40 "
            "42 43 44 46 47 48 50 51 52 53 64 65 67 73 75 80 81 82 83 84"
        ).split()
    )
    | {"85": date(2023, 1, 13)},
    "c_Exportacion": dict.fromkeys("01 02 03".split()) | {"04": date(2022, 2, 25)},
    "c_FormaPago": dict.fromkeys("01 02 03 04 05 06 08 12 13 14 15 17 23 24 25 26 27 28 29 30 31 99".split()),
    "c_Impuesto": dict.fromkeys("001 002 003".split()),
    "c_Meses": dict.fromkeys(MESES | BIMESTRES),
    "c_MetodoPago": dict.fromkeys(("PUE", "PPD")),
    "c_Moneda": _MONEDAS,
    "c_ObjetoImp": dict.fromkeys("01 02 03".split())
    | {"04": date(2022, 10, 7), "05": date(2023, 12, 6)}
    | dict.fromkeys("06 07 08".split(), date(2024, 12, 13)),
    # it has one key that no country has: "Países no declarados"
    "c_Pais": dict.fromkeys((*COUNTRY_CODES, "ZZZ")),
    "c_Periodicidad": dict.fromkeys("01 02 03 04 05".split()),
    "c_RegimenFiscal": dict.fromkeys(REGIMENES),
    "c_TipoDeComprobante": dict.fromkeys("IETNP"),
    "c_TipoFactor": dict.fromkeys(("Tasa", "Cuota", "Exento")),
    "c_TipoRelacion": dict.fromkeys("01 02 03 04 05 06 07".split()),
    "c_UsoCFDI": dict.fromkeys(USOS),
}

# c_ClaveProdServ, "Incluir IVA trasladado": Sí (of IEPS no code has it; c_Impuesto)
NEEDED_TAXES = dict.fromkeys("80111700 80111701 84121603 84121604".split(), ("002",))
# "IVA Crédito aplicado del 50 %": only from a postal code with the border stimulus
BORDER_IVA = Decimal("0.08")

# c_Pais: formats of tax ids; MEX has one too, but CFDI40152 forbids MEX
TAX_ID_FORMATS = {"CAN": "[0-9]{9}", "USA": "[0-9]{9}"}

# Postal codes and patents: runs of codes are written "first-last".
# c_CodigoPostal: "Estímulo Franja Fronteriza" 1 (north) or 2 (south)
BORDER = (
    "21000-22767 22769-22796 22798-22804 22806-22823 22825-22826 22828-22833 22835-22861 "
    "22863 22865-22876 22878-22905 22907-22935 22937-22941 22943-22947 22949-22952 "
    "22954-22955 22957-22965 22967-22971 22973-22975 22977-22978 22980-22982 22984-22991 "
    "22993-22999 24330-24349 24640-24659 26000-26339 26400-26499 26640-26699 27500-27549 "
    "29933-29939 29950-29969 30140-30169 30180-30189 30230-30299 30700-30949 31820-31849 "
    "32000-32799 32850-32899 32980-32999 65000-65069 77000-77099 77950-77999 83400-83799 "
    "83860-83899 84000-84119 84140-84159 84180-84319 84620-84639 86900-86979 87300-87599 "
    "88000-88879 88900-88999 "
)

# c_PatenteAduanal
PATENTES = (
    "0000 0074 0101 0115 0122-0123 0149-0150 0182 0188 0203 0205 0227 0246-0247 0271 0273 "
    "0276 0289 0294 0309-0310 0312 0316 0318 0321 0323 0327-0328 0334 0339 0347-0348 0350 "
    "0361 0368 0381-0382 0387-0390 0394 0398 0400-0401 0403-0404 0406-0407 0411-0414 "
    "0418-0420 0424-0430 0432 0438 0440-0442 0444-0445 0447 0449 0451 0454 0457 0460 0462 "
    "0464-0465 0467 0469 0472 0474 0476-0478 0480-0483 0485-0487 0489 0491-0494 0496 "
    "0498-0501 0503-0504 0506 0508-0510 0512-0513 0519-0529 0531-0532 0534-0535 0537-0540 "
    "0544 0546-0549 0551-0559 0562-0563 0565-0566 0569-0576 0578-0582 0584 0586-0590 0592 "
    "0595-0601 0604 0606-0611 0613-0615 0617 0619-0620 0622 0624-0634 0636-0641 0643-0649 "
    "0651-0657 0659 0661-0693 0695-0697 0699-0702 0705-0729 0731-0758 0760-0788 0790 0792 "
    "0794-0801 0803-0823 0825 0828-0860 0862-0864 0867-0873 0875-0892 0895-0922 0925-0995 "
    "0997 0999-1052 1054-1082 1084-1090 1092 1094-1100 1102-1109 1111-1117 1120-1130 1132 "
    "1136-1139 1141-1142 1144-1145 1148-1150 1152-1179 1181-1182 1186-1291 1293-1309 "
    "1311-1365 1368-1426 1428-1949 2022 2043 2060 2069 2071 2074 2076 2083 3001-3003 "
    "3005-3044 3046-3053 3055 3057 3060-3112 3114-3149 3151-3160 3162-3180 3182-3195 "
    "3197-3224 3226-3227 3229-3238 3240-3242 3244-3260 3262-3281 3283-3303 3305-3306 "
    "3308-3309 3311-3317 3319-3349 3351 3353-3366 3368-3379 3381-3387 3389-3400 3402-3426 "
    "3428-3442 3444-3506 3508-3522 3524-3530 3532-3533 3535-3547 3549-3571 3573-3640 "
    "3642-3744 3746-3767 3769-3781 3783-3797 3799-3999 4001-4009 4011-4033 4035-4050 4052 "
    "4054-4061 4063-4064 4066-4076 4078-4096 4098-4118 5001-5096 5098-5143 5148-5168 "
    "5170-5231 5233-5278 5280-5284 5286-5300 5302-5305 5307-5328 5330-5335 5338-5346 5348 "
    "5350-5441 5443-5469 5471-5475 5477-5510 5512-5638 6001-6005 6007-6038 6040-6115 "
    "6117-6131 6133-6136 6141 6143-6144 6149-6150 6152 6155-6158 6161-6162 6165 6167 6169 "
    "6172 6178 6181 7001-7039 7041-7044 7602-7610 9001-9031 9033-9035 9037-9055 9999 "
)
