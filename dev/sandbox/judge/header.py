"""Rules of the Comprobante's own attributes, of InformacionGlobal and of CfdiRelacionados."""

import datetime
from decimal import Decimal

from .catalogs import RELATIONS
from .document import NS, number
from .findings import Finding
from .numbers import decimals

OLDEST = datetime.timedelta(hours=72)
EARLIEST = datetime.timedelta(minutes=5)


def check(document):
    """Findings CFDI40101-40137, the PAC's 401 and this service's S126."""
    # The place first: the date is judged by its local time.
    yield from _place(document)
    yield from _date(document)
    yield from _payment(document)
    yield from _currency(document)
    yield from _export(document)
    yield from _global(document)
    for node in document.root.findall("cfdi:CfdiRelacionados", NS):
        if node.get("TipoRelacion") not in RELATIONS:
            yield Finding("CFDI40137", f"TipoRelacion {node.get('TipoRelacion')}")


def _date(document):
    date = datetime.datetime.fromisoformat(document.root.get("Fecha"))
    now = document.context.now
    if date < now - OLDEST or date > now + EARLIEST:
        yield Finding("401", f"Fecha {date}, hora local de {document.context.zip}: {now}")


def _payment(document):
    root, kind = document.root, document.kind
    method, form = root.get("MetodoPago"), root.get("FormaPago")
    if form is not None and kind in "TNP":
        yield Finding("CFDI40103", f"FormaPago {form} con TipoDeComprobante {kind}")
    if method == "PPD" and form != "99":
        yield Finding("CFDI40105", f"FormaPago {form}")
    if method is not None and kind in "TP":
        yield Finding("CFDI40125", f"MetodoPago {method} con TipoDeComprobante {kind}")


def _currency(document):
    root, currency, rate = document.root, document.currency, document.root.get("TipoCambio")
    for name, code in (
        ("SubTotal", "CFDI40107"), ("Descuento", "CFDI40112"), ("Total", "CFDI40119"),
    ):
        if decimals(root.get(name, "0")) > document.decimals:
            yield Finding(code, f"{name} {root.get(name)}: {currency} tiene {document.decimals}")
    if currency == "MXN" and rate not in (None, "1"):
        yield Finding("CFDI40114", f"TipoCambio {rate}")
    if currency not in ("MXN", "XXX") and rate is None:
        yield Finding("CFDI40115", f"Moneda {currency}")
    if currency == "XXX" and rate is not None:
        yield Finding("CFDI40116", f"TipoCambio {rate}")


def _place(document):
    place = document.root.get("LugarExpedicion")
    if place != document.context.zip:
        yield Finding("S126", f"LugarExpedicion {place}, sucursal {document.context.zip}")


def _export(document):
    export = document.root.get("Exportacion")
    if export == "02" and not document.foreign_trade:
        yield Finding("CFDI40122", "Exportacion 02")
    if export in ("01", "03") and document.foreign_trade:
        yield Finding("CFDI40222", f"Exportacion {export}")


def _global(document):
    node = document.root.find("cfdi:InformacionGlobal", NS)
    receiver = document.receiver
    to_public = (
        document.kind == "I"
        and receiver.get("Rfc") == "XAXX010101000"
        and receiver.get("Nombre") == "PUBLICO EN GENERAL"
    )
    if node is None:
        if to_public:
            yield Finding("CFDI40130", "Falta InformacionGlobal")
        return
    period, months = node.get("Periodicidad"), node.get("Meses")
    if period == "05":
        if document.issuer.get("RegimenFiscal") != "621":
            yield Finding("CFDI40132", f"RegimenFiscal {document.issuer.get('RegimenFiscal')}")
        if int(months) < 13:
            yield Finding("CFDI40135", f"Meses {months}")
    elif int(months) > 12:
        yield Finding("CFDI40134", f"Meses {months}")
    year = number(node, "Año")
    if not Decimal(document.context.now.year - 5) <= year <= document.context.now.year:
        yield Finding("CFDI40136", f"Año {year}")
