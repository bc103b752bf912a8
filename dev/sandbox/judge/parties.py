"""Rules of the Emisor and the Receptor."""

from .. import satfiles
from .catalogs import REGIMES, USES, person
from .findings import Finding

NATIONAL, FOREIGN = "XAXX010101000", "XEXX010101000"


def check(document):
    """Findings CFDI40139-40161 and the PAC's 303."""
    yield from _issuer(document)
    yield from _receiver(document)
    yield from _generic(document)
    yield from _residence(document)
    yield from _regime_and_use(document)


def _issuer(document):
    rfc, regime = document.issuer.get("Rfc"), document.issuer.get("RegimenFiscal")
    known = document.context.issuers.get(rfc)
    if known is None:
        yield Finding("303", f"Rfc {rfc}")
    elif known["name"] != document.issuer.get("Nombre"):
        yield Finding("CFDI40139", f"{document.issuer.get('Nombre')}, no {known['name']}")
    if regime not in REGIMES:
        yield Finding("CFDI40140", f"RegimenFiscal {regime}")
    elif person(rfc) not in REGIMES[regime]:
        yield Finding("CFDI40141", f"RegimenFiscal {regime} para {rfc}")


def _receiver(document):
    node = document.receiver
    rfc, name, place = node.get("Rfc"), node.get("Nombre"), node.get("DomicilioFiscalReceptor")
    if name == "PUBLICO EN GENERAL" and rfc != NATIONAL:
        yield Finding("CFDI40146", f"Rfc {rfc}")
    if satfiles.postal_code(place) is None:
        yield Finding("CFDI40147", f"DomicilioFiscalReceptor {place}")
    listed = document.context.receiver(rfc)
    if listed is None:
        return
    if not listed["listed"]:
        yield Finding("CFDI40143", f"Rfc {rfc}")
    if listed["name"] and listed["name"] != name:
        yield Finding("CFDI40145", f"{name}, no {listed['name']}")
    if listed["zip"] and listed["zip"] != place:
        yield Finding("CFDI40148", f"{place}, no {listed['zip']}")
    if listed["regime"] and listed["regime"] != node.get("RegimenFiscalReceptor"):
        yield Finding("CFDI40158", f"{node.get('RegimenFiscalReceptor')}, no {listed['regime']}")


def _generic(document):
    node = document.receiver
    if node.get("Rfc") not in (NATIONAL, FOREIGN):
        return
    place = document.root.get("LugarExpedicion")
    if node.get("DomicilioFiscalReceptor") != place:
        yield Finding("CFDI40149", f"{node.get('DomicilioFiscalReceptor')}, no {place}")
    if node.get("RegimenFiscalReceptor") != "616":
        yield Finding("CFDI40159", f"RegimenFiscalReceptor {node.get('RegimenFiscalReceptor')}")


def _residence(document):
    node = document.receiver
    rfc, country, number = node.get("Rfc"), node.get("ResidenciaFiscal"), node.get("NumRegIdTrib")
    if rfc != FOREIGN:
        if country is not None:
            yield Finding("CFDI40151", f"ResidenciaFiscal {country} con {rfc}")
        if number is not None:
            yield Finding("CFDI40154", f"NumRegIdTrib {number} con {rfc}")
        return
    if country == "MEX":
        yield Finding("CFDI40152", "ResidenciaFiscal MEX")
    if country is None and (document.foreign_trade or number is not None):
        yield Finding("CFDI40153", "Falta ResidenciaFiscal")
    if number is None and document.foreign_trade:
        yield Finding("CFDI40155", "Falta NumRegIdTrib")


def _regime_and_use(document):
    node = document.receiver
    rfc, regime, use = node.get("Rfc"), node.get("RegimenFiscalReceptor"), node.get("UsoCFDI")
    if regime not in REGIMES:
        yield Finding("CFDI40157", f"RegimenFiscalReceptor {regime}")
    elif person(rfc) not in REGIMES[regime]:
        yield Finding("CFDI40158", f"RegimenFiscalReceptor {regime} para {rfc}")
    if use not in USES:
        yield Finding("CFDI40160", f"UsoCFDI {use}")
        return
    persons, regimes = USES[use]
    if person(rfc) not in persons or regime not in regimes.split():
        yield Finding("CFDI40161", f"UsoCFDI {use} con régimen {regime} y {rfc}")
