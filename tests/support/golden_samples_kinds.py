"""One CFDI of our own making for each kind of invoice that people write most; no seal, no stamp."""

HEAD = '<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" Version="4.0" Fecha="2026-05-05T10:00:00"'
ISSUER = '<cfdi:Emisor Rfc="EKU9003173C9" Nombre="ESCUELA KEMPER URGATE" RegimenFiscal="601"/>'
FORM = 'Moneda="MXN" Exportacion="01" LugarExpedicion="06000"'
COMPANY = """<cfdi:Receptor Rfc="URE180429TM6" Nombre="UNIVERSIDAD ROBOTICA ESPAÑOLA" DomicilioFiscalReceptor="86991"
    RegimenFiscalReceptor="601" """
PERSON = """<cfdi:Receptor Rfc="XOJI740919U48" Nombre="INGRID XODAR JIMENEZ" DomicilioFiscalReceptor="76028"
    RegimenFiscalReceptor="612" """


def row(base, amount, tax="002", rate="0.160000", factor="Tasa", kind="Traslado"):
    """A row of a line; the figures are those of the sample, nothing is computed."""
    amounts = f' TasaOCuota="{rate}" Importe="{amount}"' if amount else ""
    return f'<cfdi:{kind} Base="{base}" Impuesto="{tax}" TipoFactor="{factor}"{amounts}/>'


def line(attributes, transfers="", withheld="", more=""):
    transfers = f"<cfdi:Traslados>{transfers}</cfdi:Traslados>" if transfers else ""
    withheld = f"<cfdi:Retenciones>{withheld}</cfdi:Retenciones>" if withheld else ""
    taxes = f"<cfdi:Impuestos>{transfers}{withheld}</cfdi:Impuestos>" if transfers or withheld else ""
    return f"<cfdi:Concepto {attributes}>{taxes}{more}</cfdi:Concepto>"


def sample(header, receiver, lines, summary, related=""):
    return f"""{HEAD} {header}>{related}{ISSUER}{receiver}/>
  <cfdi:Conceptos>{lines}</cfdi:Conceptos>{summary}
</cfdi:Comprobante>"""


def summary(transfers="", withheld="", transferred=None, retained=None):
    retained = f' TotalImpuestosRetenidos="{retained}"' if retained else ""
    transferred = f' TotalImpuestosTrasladados="{transferred}"' if transferred else ""
    withheld = f"<cfdi:Retenciones>{withheld}</cfdi:Retenciones>" if withheld else ""
    transfers = f"<cfdi:Traslados>{transfers}</cfdi:Traslados>" if transfers else ""
    return f"<cfdi:Impuestos{retained}{transferred}>{withheld}{transfers}</cfdi:Impuestos>"


def related(kind, *uuids):
    rows = "".join(f'<cfdi:CfdiRelacionado UUID="{uuid}"/>' for uuid in uuids)
    return f'<cfdi:CfdiRelacionados TipoRelacion="{kind}">{rows}</cfdi:CfdiRelacionados>'


def taxed(header, receiver, goods, base, iva, **more):
    """A sample of one line with IVA 16 %."""
    lines = line(f'{goods} ObjetoImp="02"', row(base, iva))
    return sample(header, receiver, lines, summary(row(base, iva), transferred=iva), **more)


PUE, PPD = 'FormaPago="03" MetodoPago="PUE"', 'FormaPago="99" MetodoPago="PPD"'
INCOME, CREDIT = 'TipoDeComprobante="I"', 'TipoDeComprobante="E"'

ON_CREDIT = taxed(
    f'{PPD} {FORM} {INCOME} SubTotal="749.80" Total="869.77"',
    f'{COMPANY} UsoCFDI="G03"',
    'ClaveProdServ="43211507" NoIdentificacion="PC-9" Cantidad="4" ClaveUnidad="H87" Descripcion="Teclado" '
    'ValorUnitario="187.45" Importe="749.80"',
    "749.80",
    "119.97",
)

EXEMPT_ALONE = sample(
    f'{PUE} {FORM} {INCOME} SubTotal="666.66" Total="666.66"',
    f'{PERSON} UsoCFDI="D01"',
    line(
        'ClaveProdServ="85121502" Cantidad="2" ClaveUnidad="E48" Descripcion="Consulta médica" '
        'ValorUnitario="333.33" Importe="666.66" ObjetoImp="02"',
        row("666.66", None, factor="Exento"),
    ),
    summary(row("666.66", None, factor="Exento")),
)

FEES = sample(
    f'{PUE} {FORM} {INCOME} SubTotal="8333.33" Total="7944.44"',
    f'{COMPANY} UsoCFDI="G03"',
    line(
        'ClaveProdServ="80121600" Cantidad="1" ClaveUnidad="E48" Descripcion="Honorarios de mayo" '
        'ValorUnitario="8333.33" Importe="8333.33" ObjetoImp="02"',
        row("8333.33", "1333.33"),
        row("8333.33", "833.33", "001", "0.100000", kind="Retencion")
        + row("8333.33", "888.89", rate="0.106667", kind="Retencion"),
    ),
    summary(
        row("8333.33", "1333.33"),
        '<cfdi:Retencion Impuesto="001" Importe="833.33"/><cfdi:Retencion Impuesto="002" Importe="888.89"/>',
        "1333.33",
        "1722.22",
    ),
)

# half a cent of ISR: 2500.40 × 0.0125 = 31.255
RESICO = sample(
    f'{PUE} {FORM} {INCOME} SubTotal="2500.40" Total="2869.20"',
    f'{COMPANY} UsoCFDI="G03"',
    line(
        'ClaveProdServ="81112200" Cantidad="1" ClaveUnidad="E48" Descripcion="Soporte" ValorUnitario="2500.40" '
        'Importe="2500.40" ObjetoImp="02"',
        row("2500.40", "400.06"),
        row("2500.40", "31.26", "001", "0.012500", kind="Retencion"),
    ),
    summary(row("2500.40", "400.06"), '<cfdi:Retencion Impuesto="001" Importe="31.26"/>', "400.06", "31.26"),
)

STAFF_WITH_DISCOUNT = sample(
    f'{PPD} {FORM} {INCOME} SubTotal="2162.50" Descuento="62.50" Total="2316.00"',
    f'{COMPANY} UsoCFDI="G03"',
    line(
        'ClaveProdServ="80111600" Cantidad="5" ClaveUnidad="HUR" Descripcion="Servicio especializado" '
        'ValorUnitario="412.50" Importe="2062.50" Descuento="62.50" ObjetoImp="02"',
        row("2000.00", "320.00"),
        row("2000.00", "120.00", rate="0.060000", kind="Retencion"),
    )
    + line(
        'ClaveProdServ="80111600" Cantidad="1" ClaveUnidad="E48" Descripcion="Alta" ValorUnitario="100.00" '
        'Importe="100.00" ObjetoImp="02"',
        row("100.00", "16.00"),
    ),
    summary(row("2100.00", "336.00"), '<cfdi:Retencion Impuesto="002" Importe="120.00"/>', "336.00", "120.00"),
)

SWEETS_WITHOUT_IVA = sample(
    f'{PUE} {FORM} {INCOME} SubTotal="250.00" Total="270.00"',
    f'{COMPANY} UsoCFDI="G01"',
    line(
        'ClaveProdServ="50161800" Cantidad="20" ClaveUnidad="H87" Descripcion="Dulces" ValorUnitario="12.50" '
        'Importe="250.00" ObjetoImp="07"',
        row("250.00", "20.00", "003", "0.080000"),
    ),
    summary(row("250.00", "20.00", "003", "0.080000"), transferred="20.00"),
)

IN_DOLLARS = taxed(
    f'{PUE} Moneda="USD" TipoCambio="17.4321" Exportacion="01" LugarExpedicion="06000" {INCOME} SubTotal="137.01" '
    'Total="158.93"',
    f'{COMPANY} UsoCFDI="G03"',
    'ClaveProdServ="84111506" Cantidad="3" ClaveUnidad="E48" Descripcion="Licencia" ValorUnitario="45.67" '
    'Importe="137.01"',
    "137.01",
    "21.92",
)

OVER_THE_COUNTER = taxed(
    f'FormaPago="01" MetodoPago="PUE" {FORM} {INCOME} SubTotal="86.21" Total="100.00"',
    """<cfdi:Receptor Rfc="XAXX010101000" Nombre="CLIENTE DE MOSTRADOR" DomicilioFiscalReceptor="06000"
      RegimenFiscalReceptor="616" UsoCFDI="S01" """,
    'ClaveProdServ="50202306" Cantidad="1" ClaveUnidad="H87" Descripcion="Venta" ValorUnitario="86.21" Importe="86.21"',
    "86.21",
    "13.79",
)

ADVANCE = taxed(
    f'{PUE} {FORM} {INCOME} SubTotal="1500.00" Total="1740.00"',
    f'{COMPANY} UsoCFDI="G03"',
    'ClaveProdServ="84111506" Cantidad="1" ClaveUnidad="ACT" Descripcion="Anticipo del bien o servicio" '
    'ValorUnitario="1500.00" Importe="1500.00"',
    "1500.00",
    "240.00",
)

ADVANCE_APPLIED = taxed(
    f'FormaPago="30" MetodoPago="PUE" {FORM} {CREDIT} SubTotal="1500.00" Total="1740.00"',
    f'{COMPANY} UsoCFDI="G02"',
    'ClaveProdServ="84111506" Cantidad="1" ClaveUnidad="ACT" Descripcion="Aplicación de anticipo" '
    'ValorUnitario="1500.00" Importe="1500.00"',
    "1500.00",
    "240.00",
    related=related("07", "A1B2C3D4-0000-4000-8000-00000000001A"),
)

RETURNED_GOODS = taxed(
    f'FormaPago="03" MetodoPago="PUE" {FORM} {CREDIT} SubTotal="374.90" Total="434.88"',
    f'{COMPANY} UsoCFDI="G02"',
    'ClaveProdServ="43211507" NoIdentificacion="PC-9" Cantidad="2" ClaveUnidad="H87" Descripcion="Teclado" '
    'ValorUnitario="187.45" Importe="374.90"',
    "374.90",
    "59.98",
    related=related("03", "A1B2C3D4-0000-4000-8000-00000000001B"),
)

REPLACEMENT = taxed(
    f'{PUE} {FORM} {INCOME} SubTotal="99.99" Total="115.99"',
    f'{COMPANY} UsoCFDI="G03"',
    f'ClaveProdServ="84111506" Cantidad="1" ClaveUnidad="E48" Descripcion="{"Texto largo " * 83}fin." '
    'ValorUnitario="99.99" Importe="99.99"',
    "99.99",
    "16.00",
    related=related("04", "A1B2C3D4-0000-4000-8000-00000000001C"),
)

KINDS = {
    "on credit": ON_CREDIT,
    "exempt alone, a person who deducts": EXEMPT_ALONE,
    "fees with both withholdings": FEES,
    "ISR 1.25 % of half a cent": RESICO,
    "IVA 6 % withheld, a discount on one line": STAFF_WITH_DISCOUNT,
    "tax object 07": SWEETS_WITHOUT_IVA,
    "in dollars": IN_DOLLARS,
    "over the counter": OVER_THE_COUNTER,
    "advance payment": ADVANCE,
    "advance payment applied": ADVANCE_APPLIED,
    "returned goods": RETURNED_GOODS,
    "replacement with a text of 1000 characters": REPLACEMENT,
}
