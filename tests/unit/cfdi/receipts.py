"""Invoices, payments and receipts for the tests."""

import uuid as uuids
from datetime import datetime
from decimal import Decimal as D

from cfdi_values import comprobante
from l10n_mx_facture.cfdi.payments.invoice import PaidInvoice, TaxRow, read_credit_note, read_paid_invoice
from l10n_mx_facture.cfdi.payments.payment import Payment, ReceiptHeader, Settlement
from l10n_mx_facture.cfdi.payments.receipt import build_receipt
from l10n_mx_facture.cfdi.values import Concepto, Emisor, Receptor, Retencion, Traslado
from l10n_mx_facture.cfdi.write import to_xml

RFC = "URE180429TM6"
HEADER = ReceiptHeader(
    serie="REP",
    folio="1",
    fecha=datetime(2026, 5, 5, 10),
    lugar_expedicion="26015",
    emisor=Emisor("EKU9003173C9", "ESCUELA KEMPER URGATE", "601"),
    receptor=Receptor(RFC, "UNIVERSIDAD ROBOTICA ESPAÑOLA", "86991", "601", "G03"),
)
DAY = datetime(2026, 5, 4, 12)
STAMP = (
    '<cfdi:Complemento><tfd:TimbreFiscalDigital xmlns:tfd="http://www.sat.gob.mx/TimbreFiscalDigital" Version="1.1" '
    'UUID="{uuid}" FechaTimbrado="2026-05-05T10:00:07" RfcProvCertif="SPR190613I52" SelloCFD="cHJ1ZWJh" '
    'NoCertificadoSAT="30001000000500003456" SelloSAT="c2VsbG8="/></cfdi:Complemento></cfdi:Comprobante>'
)


def uuid_of(number):
    return str(uuids.UUID(int=0x4_0000000000000000_0000 + number)).upper()


def stamped(xml, uuid):
    """The XML as a service gives it back: sealed (with nothing) and stamped."""
    text = xml.decode().replace(' Version="4.0"', ' Version="4.0" Sello="cHJ1ZWJh"', 1)
    if "</cfdi:Complemento>" in text:
        head, _tag, stamp = STAMP.partition("<cfdi:Complemento>")
        return (head + text.removesuffix("</cfdi:Complemento></cfdi:Comprobante>") + stamp.format(uuid=uuid)).encode()
    return (text.removesuffix("</cfdi:Comprobante>") + STAMP.format(uuid=uuid)).encode()


def iva(base, importe, rate="0.160000"):
    return Traslado(D(base), "002", "Tasa", D(rate), D(importe))


def exento(base):
    return Traslado(D(base), "002", "Exento")


def ieps(base, importe, rate, factor="Tasa"):
    return Traslado(D(base), "003", factor, D(rate), D(importe))


def withheld(impuesto, base, importe, rate):
    return Retencion(D(base), impuesto, "Tasa", D(rate), D(importe))


def line(amount, *taxes, objeto_imp=None):
    """A line of one unit at a price."""
    return Concepto(
        clave_prod_serv="84111506",
        cantidad=D(1),
        clave_unidad="E48",
        descripcion="Servicio",
        valor_unitario=D(amount),
        importe=D(amount),
        objeto_imp=objeto_imp or ("02" if taxes else "01"),
        traslados=tuple(tax for tax in taxes if isinstance(tax, Traslado)),
        retenciones=tuple(tax for tax in taxes if isinstance(tax, Retencion)),
    )


def _xml(lines, number, tipo, moneda, **changes):
    values = comprobante(
        *lines,
        tipo_de_comprobante=tipo,
        moneda=moneda,
        tipo_cambio=None if moneda == "MXN" else D("17.5"),
        serie="A",
        folio=str(number),
        metodo_pago="PPD" if tipo == "I" else "PUE",
        forma_pago="99" if tipo == "I" else "17",
        **changes,
    )
    return stamped(to_xml(values), uuid_of(number))


def invoice(*lines, number=1, moneda="MXN", **changes):
    """The PaidInvoice of a stamped XML with these lines."""
    return read_paid_invoice(_xml(lines, number, "I", moneda, **changes))


def note(*lines, number=90, moneda="MXN"):
    return read_credit_note(_xml(lines, number, "E", moneda))


def plain(total="116.00", base="100.00", tax="16.00", number=1, moneda="MXN"):
    """A PaidInvoice with IVA of 16 %, without an XML."""
    row = TaxRow(False, "002", "Tasa", D("0.160000"), D(base), D(tax))
    return PaidInvoice(uuid_of(number), "A", str(number), moneda, D(total), (row,), "02", RFC)


def settle(paid, amount=None, applied=None, **more):
    return Settlement(paid, paid.total if amount is None else D(amount), applied and D(applied), **more)


def payment(*settlements, monto=None, moneda="MXN", forma="03", **more):
    """A payment of what its settlements come to."""
    applied = [one.amount if one.applied is None else one.applied for one in settlements]
    return Payment(
        **{"fecha": DAY, "forma_de_pago": forma, **more},
        moneda=moneda,
        monto=sum(applied, D(0)) if monto is None else D(monto),
        settlements=settlements,
    )


def receipt(*payments, header=HEADER):
    return build_receipt(header, payments)


def life(paid, *amounts, **more):
    """The receipts of an invoice that is paid in these amounts, each told what the earlier ones printed."""
    printed, receipts = (), []
    for amount in amounts:
        rate = {} if paid.moneda == "MXN" else {"tipo_cambio": D("17.5")}
        one = payment(settle(paid, amount, printed=printed, **more), moneda=paid.moneda, **rate)
        receipts.append(receipt(one))
        printed += receipts[-1].printed
    return receipts


def rows(docto):
    """Texts of the taxes of a DoctoRelacionado: ``R001 173.46 17.35``."""
    taxes = [("R", tax) for tax in docto.retenciones] + [("T", tax) for tax in docto.traslados]
    return [
        " ".join((f"{kind}{tax.impuesto}", str(tax.base), *([] if tax.importe is None else [str(tax.importe)])))
        for kind, tax in taxes
    ]


def totals(receipt):
    """The Totales that are there, by field, as texts."""
    sums = receipt.comprobante.pagos.totales
    return {name: str(getattr(sums, name)) for name in sums.__slots__ if getattr(sums, name) is not None}
