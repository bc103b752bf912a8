"""Rules of the conceptos and of their taxes."""

from decimal import Decimal

from .. import satfiles
from .catalogs import BORDER_RATE, IEPS, ISR, IVA, rate_exists
from .document import NS, number, taxes_of
from .findings import Finding
from .numbers import decimals, product_limits, rate_limits

FOREIGN_THIRD_PARTY = "EXT990101NI1"


def check(document):
    """Findings CFDI40166-40200 and CFDI140223-140227."""
    for where, concept in document.numbered():
        yield from _amounts(document, where, concept)
        yield from _tax_object(where, concept)
        for tax in taxes_of(concept, "Traslado"):
            yield from _transfer(document, where, tax)
        for tax in taxes_of(concept, "Retencion"):
            yield from _withholding(document, where, tax)
        yield from _third_party(document, where, concept)
        yield from _parts(document, where, concept)


def _within(amount, limits):
    return limits[0] <= amount <= limits[1]


def _amounts(document, where, concept):
    price, amount = concept.get("ValorUnitario"), concept.get("Importe")
    if document.kind in "IEN" and Decimal(price) <= 0:
        yield Finding("CFDI40166", f"{where}: ValorUnitario {price}")
    limits = product_limits(concept.get("Cantidad"), price, document.limit_decimals)
    if not _within(Decimal(amount), limits):
        yield Finding("CFDI40167", f"{where}: Importe {amount}, límites {limits[0]}-{limits[1]}")
    discount = concept.get("Descuento")
    if discount is not None:
        if decimals(discount) > decimals(amount):
            yield Finding("CFDI40168", f"{where}: Descuento {discount}, Importe {amount}")
        if Decimal(discount) > Decimal(amount):
            yield Finding("CFDI40169", f"{where}: Descuento {discount}, Importe {amount}")


def _tax_object(where, concept):
    key, node = concept.get("ObjetoImp"), concept.find("cfdi:Impuestos", NS)
    transfers = {tax.get("Impuesto") for tax in taxes_of(concept, "Traslado")}
    withheld = {tax.get("Impuesto") for tax in taxes_of(concept, "Retencion")}
    if node is None:
        if key == "02":
            yield Finding("CFDI40171", where)
        if key == "07":
            yield Finding("CFDI140227", f"{where}: falta el IEPS trasladado")
        return
    if key in ("01", "03", "04", "05"):
        yield Finding("CFDI40172", f"{where}: ObjetoImp {key}")
    if not transfers and not withheld:
        yield Finding("CFDI40173", where)
    if key in ("06", "08") and (transfers | withheld) - {ISR}:
        yield Finding("CFDI140226", f"{where}: ObjetoImp {key}")
    if key == "07" and (IVA in transfers | withheld or IEPS not in transfers):
        yield Finding("CFDI140227", where)


def _transfer(document, where, tax):
    factor, rate, amount = tax.get("TipoFactor"), tax.get("TasaOCuota"), tax.get("Importe")
    what = f"{where}: Traslado {tax.get('Impuesto')} {factor} {rate}"
    if number(tax, "Base") <= 0:
        yield Finding("CFDI40174", what)
    if factor == "Exento":
        if rate is not None or amount is not None:
            yield Finding("CFDI40177", what)
        return
    if rate is None or amount is None:
        yield Finding("CFDI40178", what)
        return
    if not transfer_rate_valid(document, tax):
        yield Finding("CFDI40179", what)
    limits = rate_limits(tax.get("Base"), rate, document.limit_decimals)
    if not _within(Decimal(amount), limits):
        yield Finding("CFDI40180", f"{what}: Importe {amount}, límites {limits[0]}-{limits[1]}")


def transfer_rate_valid(document, tax):
    """Whether the catalogue has a transferred tax's rate; 8 % IVA only at the border."""
    kind, rate = tax.get("Impuesto"), Decimal(tax.get("TasaOCuota"))
    if not rate_exists(kind, tax.get("TipoFactor"), rate, withheld=False):
        return False
    if kind == IVA and rate == BORDER_RATE:
        place = satfiles.postal_code(document.root.get("LugarExpedicion"))
        return bool(place) and place[2] != "0"
    return True


def _withholding(document, where, tax):
    factor, rate, amount = tax.get("TipoFactor"), tax.get("TasaOCuota"), tax.get("Importe")
    what = f"{where}: Retencion {tax.get('Impuesto')} {factor} {rate}"
    if number(tax, "Base") <= 0:
        yield Finding("CFDI40181", what)
    if factor == "Exento":
        yield Finding("CFDI40184", what)
        return
    if not rate_exists(tax.get("Impuesto"), factor, Decimal(rate), withheld=True):
        yield Finding("CFDI40185", what)
    limits = rate_limits(tax.get("Base"), rate, document.limit_decimals)
    if not _within(Decimal(amount), limits):
        yield Finding("CFDI40186", f"{what}: Importe {amount}, límites {limits[0]}-{limits[1]}")


def _third_party(document, where, concept):
    node = concept.find("cfdi:ACuentaTerceros", NS)
    if node is None:
        return
    rfc = node.get("RfcACuentaTerceros")
    if rfc in (document.issuer.get("Rfc"), document.receiver.get("Rfc")):
        yield Finding("CFDI40188", f"{where}: {rfc}")
    if rfc == FOREIGN_THIRD_PARTY:
        if node.get("RegimenFiscalACuentaTerceros") != "616":
            yield Finding("CFDI140223", where)
        if node.get("DomicilioFiscalACuentaTerceros") != document.root.get("LugarExpedicion"):
            yield Finding("CFDI40193", where)


def _parts(document, where, concept):
    if document.foreign_trade and concept.find("cfdi:InformacionAduanera", NS) is not None:
        yield Finding("CFDI40195", where)
    for part in concept.findall("cfdi:Parte", NS):
        price, amount = part.get("ValorUnitario"), part.get("Importe")
        if price is not None and Decimal(price) <= 0:
            yield Finding("CFDI40197", where)
        if price is not None and amount is not None:
            limits = product_limits(part.get("Cantidad"), price, document.limit_decimals)
            if not _within(Decimal(amount), limits):
                yield Finding("CFDI40198", f"{where}: Parte, Importe {amount}")
        if document.foreign_trade and part.find("cfdi:InformacionAduanera", NS) is not None:
            yield Finding("CFDI40200", where)
