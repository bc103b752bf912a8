"""The CFDIs that a supplier writes, as text, made without any code of the module."""

import re
import uuid
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from xml.sax.saxutils import quoteattr

CENT = Decimal("0.01")
IVA16 = ("002", "Tasa", "0.160000", False)
IVA_RET = ("002", "Tasa", "0.106667", True)
ISR_RET = ("001", "Tasa", "0.100000", True)
IEPS8 = ("003", "Tasa", "0.080000", False)
EXEMPT = ("002", "Exento", None, False)

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.sat.gob.mx/cfd/4 http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd" {}>'
)
_ISSUER = '<cfdi:Emisor Rfc="EKU9003173C9" Nombre="ESCUELA KEMPER URGATE" RegimenFiscal="601"/>'
_RECEIVER = {
    "Rfc": "URE180429TM6",
    "Nombre": "UNIVERSIDAD ROBOTICA ESPAÑOLA",
    "DomicilioFiscalReceptor": "86991",
    "RegimenFiscalReceptor": "601",
    "UsoCFDI": "G03",
}


def cents(amount):
    return amount.quantize(CENT, ROUND_HALF_UP)


def attributes(**values):
    return " ".join(f"{name}={quoteattr(str(value))}" for name, value in values.items() if value is not None)


def line(name="Servicio", quantity="1", price="100.00", taxes=(IVA16,), discount=None, decimals=2):
    """:param taxes: tuples of Impuesto, TipoFactor, TasaOCuota, whether it is withheld, and its Base where that is not
        the amount (with Cuota: units)
    :param decimals: with how many the line's amounts are written
    """
    unit = Decimal(1).scaleb(-decimals)
    amount = (Decimal(quantity) * Decimal(price)).quantize(unit, ROUND_HALF_UP)
    base = amount - Decimal(discount or 0)
    rows = []
    for impuesto, factor, rate, withheld, *given in taxes:
        # IVA is also on IEPS
        before = sum((row["Importe"] for row in rows if row["Impuesto"] == "003"), Decimal())
        taxed = Decimal(given[0]) if given else base + (before if impuesto == "002" else 0)
        value = None if rate is None else (taxed * Decimal(rate)).quantize(unit, ROUND_HALF_UP)
        rows.append({"Base": taxed, "Impuesto": impuesto, "TipoFactor": factor, "TasaOCuota": rate,
                     "Importe": value, "withheld": withheld})  # fmt: skip
    return {"name": name, "quantity": quantity, "price": price, "amount": amount, "discount": discount, "taxes": rows}


def cfdi(lines, folio, fecha, kind="I", zip_code="06000", moneda="MXN", rate=None, receiver=None, lodging=None,
         works=None, complement="", method="PUE"):  # fmt: skip
    """:param lines: list of what :func:`line` returns
    :param lodging: amount of a local tax on lodging of 3 %
    :param works: amount of a local tax of 5 per thousand that is withheld
    :param complement: further elements of the Complemento, as text
    :param method: MetodoPago, ``PUE`` or ``PPD``
    :return: text of the XML that is to be stamped
    """
    taxes = [row for one in lines for row in one["taxes"]]
    amount = sum((one["amount"] for one in lines), Decimal())
    discount = sum((Decimal(one["discount"] or 0) for one in lines), Decimal())
    due = cents(amount) - cents(discount) + Decimal(lodging or 0) - Decimal(works or 0)
    due += sum(row["Importe"] or 0 for row in _added(taxes)) - sum(row["Importe"] for row in _withheld(taxes))
    head = attributes(
        Version="4.0", Serie="P", Folio=folio, Fecha=fecha, FormaPago="99" if method == "PPD" else "03",
        SubTotal=cents(amount), Descuento=cents(discount) if discount else None, Moneda=moneda, TipoCambio=rate,
        Total=cents(due),
        TipoDeComprobante=kind, Exportacion="01", MetodoPago=method, LugarExpedicion=zip_code,
    )  # fmt: skip
    body = "".join(map(_concepto, lines))
    complement += _local(lodging, works) if lodging or works else ""
    complement = complement and f"<cfdi:Complemento>{complement}</cfdi:Complemento>"
    to = attributes(**{**_RECEIVER, **(receiver or {})})
    return (
        f"{_HEAD.format(head)}{_ISSUER}<cfdi:Receptor {to}/><cfdi:Conceptos>{body}</cfdi:Conceptos>"
        f"{_summary(taxes)}{complement}</cfdi:Comprobante>"
    )


def paid(uuid, amount, before=None, installment=1, folio=None, currency="MXN"):
    """What a receipt says of an invoice of 16 % (a DoctoRelacionado); of a payment in the same currency.

    :param amount: text, of which 1/1.16 is the base; before: what was open, where that is more
    """
    total, opened = Decimal(amount), Decimal(before or amount)
    base = cents(total / Decimal("1.16"))
    return {"uuid": uuid, "folio": folio, "installment": installment, "currency": currency, "amount": total,
            "before": opened, "base": base, "tax": total - base}  # fmt: skip


def receipt(payments, folio, fecha, zip_code="06000", receiver=None):
    """:param payments: list of (date, list of what :func:`paid` returns), each in pesos by transfer
    :return: text of the XML of type P that is to be stamped
    """
    head = attributes(
        Version="4.0", Serie="RP", Folio=folio, Fecha=fecha, SubTotal="0", Moneda="XXX", Total="0",
        TipoDeComprobante="P", Exportacion="01", LugarExpedicion=zip_code,
    )  # fmt: skip
    line = attributes(
        ClaveProdServ="84111506", Cantidad="1", ClaveUnidad="ACT", Descripcion="Pago", ValorUnitario="0", Importe="0",
        ObjetoImp="01",
    )  # fmt: skip
    every = [one for _date, doctos in payments for one in doctos]
    totals = attributes(**_iva("TotalTrasladosBaseIVA16", "TotalTrasladosImpuestoIVA16", every),
                        MontoTotalPagos=sum(one["amount"] for one in every))  # fmt: skip
    to = attributes(**{**_RECEIVER, "UsoCFDI": "CP01", **(receiver or {})})
    return (
        f"{_HEAD.format(head)}{_ISSUER}<cfdi:Receptor {to}/><cfdi:Conceptos><cfdi:Concepto {line}/></cfdi:Conceptos>"
        '<cfdi:Complemento><pago20:Pagos xmlns:pago20="http://www.sat.gob.mx/Pagos20" Version="2.0">'
        f"<pago20:Totales {totals}/>{''.join(_pago(*one) for one in payments)}</pago20:Pagos></cfdi:Complemento>"
        "</cfdi:Comprobante>"
    )


def _iva(base, tax, doctos):
    return {base: sum(one["base"] for one in doctos), tax: sum(one["tax"] for one in doctos)}


def _pago(date, doctos):
    head = attributes(
        FechaPago=f"{date:%Y-%m-%d}T00:00:01", FormaDePagoP="03", MonedaP="MXN", TipoCambioP="1",
        Monto=sum(one["amount"] for one in doctos),
    )  # fmt: skip
    return f"<pago20:Pago {head}>{''.join(map(_docto, doctos))}{_traslado('P', doctos)}</pago20:Pago>"


def _docto(one):
    head = attributes(
        IdDocumento=one["uuid"], Serie="P", Folio=one["folio"], MonedaDR=one["currency"], EquivalenciaDR="1",
        NumParcialidad=one["installment"], ImpSaldoAnt=one["before"], ImpPagado=one["amount"],
        ImpSaldoInsoluto=one["before"] - one["amount"], ObjetoImpDR="02",
    )  # fmt: skip
    return f"<pago20:DoctoRelacionado {head}>{_traslado('DR', [one])}</pago20:DoctoRelacionado>"


def _traslado(suffix, doctos):
    names = {f"Impuesto{suffix}": "002", f"TipoFactor{suffix}": "Tasa", f"TasaOCuota{suffix}": "0.160000"}
    row = attributes(**_iva(f"Base{suffix}", f"Importe{suffix}", doctos), **names)
    group = f"pago20:Traslados{suffix}"
    return (
        f"<pago20:Impuestos{suffix}><{group}><pago20:Traslado{suffix} {row}/></{group}></pago20:Impuestos{suffix}>"
    )


def version_33(text):
    """:return: the same as 3.3 wrote it, with a stamp; no service stamps it any more, and its seal is not verified"""
    new = r' (?:ObjetoImp|Exportacion|DomicilioFiscalReceptor|RegimenFiscalReceptor)="[^"]*"'
    old = re.sub(new, "", text).replace("/cfd/4", "/cfd/3")
    old = old.replace(' Version="4.0"', ' Version="3.3" Sello="c2VsbG8="', 1)
    stamp = attributes(Version="1.1", UUID=uuid.uuid4(), SelloCFD="c2VsbG8=", SelloSAT="c2VsbG8=")
    tfd = f'<tfd:TimbreFiscalDigital xmlns:tfd="http://www.sat.gob.mx/TimbreFiscalDigital" {stamp}/>'
    return old.replace("</cfdi:Comprobante>", f"<cfdi:Complemento>{tfd}</cfdi:Complemento></cfdi:Comprobante>")


def _local(lodging, works):
    rows = ""
    if works:
        row = attributes(ImpLocRetenido="5 al millar", TasadeRetencion="0.50", Importe=works)
        rows += f"<implocal:RetencionesLocales {row}/>"
    if lodging:
        row = attributes(ImpLocTrasladado="ISH", TasadeTraslado="3.00", Importe=lodging)
        rows += f"<implocal:TrasladosLocales {row}/>"
    totals = attributes(TotaldeRetenciones=works or "0.00", TotaldeTraslados=lodging or "0.00")
    return (
        '<implocal:ImpuestosLocales xmlns:implocal="http://www.sat.gob.mx/implocal" version="1.0" '
        f"{totals}>{rows}</implocal:ImpuestosLocales>"
    )


def _concepto(one):
    head = attributes(
        ClaveProdServ="84111506", Cantidad=one["quantity"], ClaveUnidad="E48", Descripcion=one["name"],
        ValorUnitario=one["price"], Importe=one["amount"], Descuento=one["discount"],
        ObjetoImp="02" if one["taxes"] else "01",
    )  # fmt: skip
    groups = [_group(one["taxes"], withheld, ("Base", "Impuesto", "TipoFactor", "TasaOCuota", "Importe"))
              for withheld in (False, True)]  # fmt: skip
    inside = f"<cfdi:Impuestos>{''.join(groups)}</cfdi:Impuestos>" if one["taxes"] else ""
    return f"<cfdi:Concepto {head}>{inside}</cfdi:Concepto>"


def _group(rows, withheld, names):
    group, name = ("Retenciones", "Retencion") if withheld else ("Traslados", "Traslado")
    rows = [row for row in rows if row["withheld"] == withheld]
    text = "".join(f"<cfdi:{name} {attributes(**{key: row[key] for key in names})}/>" for row in rows)
    return text and f"<cfdi:{group}>{text}</cfdi:{group}>"


def _summed(rows, key):
    for values, group in groupby(sorted(rows, key=lambda row: str(key(row))), key):
        group = list(group)
        amounts = [row["Importe"] for row in group if row["Importe"] is not None]
        yield {**group[0], **dict(values), "Base": cents(sum(row["Base"] for row in group)),
               "Importe": cents(sum(amounts)) if amounts else None}  # fmt: skip


def _withheld(taxes):
    return list(_summed([row for row in taxes if row["withheld"]], lambda row: (("Impuesto", row["Impuesto"]),)))


def _added(taxes):
    names = ("Impuesto", "TipoFactor", "TasaOCuota")
    rows = [row for row in taxes if not row["withheld"]]
    return list(_summed(rows, lambda row: tuple((name, row[name]) for name in names)))


def _summary(taxes):
    if not taxes:
        return ""
    withheld, added = _withheld(taxes), _added(taxes)
    paid = [row["Importe"] for row in added if row["Importe"] is not None]
    head = attributes(
        TotalImpuestosRetenidos=sum(row["Importe"] for row in withheld) if withheld else None,
        TotalImpuestosTrasladados=sum(paid) if paid else None,
    )
    inside = _group(withheld, True, ("Impuesto", "Importe")) + _group(
        added, False, ("Base", "Impuesto", "TipoFactor", "TasaOCuota", "Importe")
    )
    return f"<cfdi:Impuestos {head}>{inside}</cfdi:Impuestos>"
