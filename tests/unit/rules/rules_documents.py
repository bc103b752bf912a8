"""A document without faults, and small changes of it, for the tests of the rules."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from l10n_mx_facture.cfdi.amounts.totals import compute_totals
from l10n_mx_facture.cfdi.rules import Document
from l10n_mx_facture.cfdi.values import (
    ACuentaTerceros,
    Comprobante,
    Concepto,
    Emisor,
    InformacionGlobal,
    Receptor,
    Retencion,
    Traslado,
)

D = Decimal
UUID = "4d6ff8ef-2a1c-4b8f-9f4e-0123456789ab"


def iva(base, importe, rate="0.160000"):
    return Traslado(D(base), "002", "Tasa", D(rate), D(importe))


def line(**changes):
    values = {
        "clave_prod_serv": "84111506",
        "cantidad": D("10"),
        "clave_unidad": "E48",
        "descripcion": "Servicio",
        "valor_unitario": D("10.00"),
        "importe": D("100.00"),
        "objeto_imp": "02",
        "traslados": (iva("100.00", "16.00"),),
        "retenciones": (
            Retencion(D("100.00"), "001", "Tasa", D("0.100000"), D("10.00")),
            Retencion(D("100.00"), "002", "Tasa", D("0.106667"), D("10.67")),
        ),
    }
    return Concepto(**{**values, **changes})


SERVICE = line()
GOODS = line(
    cantidad=D("1"),
    clave_unidad="H87",
    descripcion="Botana",
    valor_unitario=D("50.00"),
    importe=D("50.00"),
    descuento=D("5.00"),
    traslados=(
        Traslado(D("45.00"), "003", "Tasa", D("0.080000"), D("3.60")),
        iva("48.60", "7.78"),
    ),
    retenciones=(),
    pedimentos=("24  47  3807  4000123",),
)
BOOK = line(
    cantidad=D("2"),
    clave_unidad="H87",
    descripcion="Libro",
    importe=D("20.00"),
    traslados=(Traslado(D("20.00"), "002", "Exento"),),
    retenciones=(),
    a_cuenta_terceros=ACuentaTerceros("CACX7605101P8", "XOCHILT CASAS CHAVEZ", "612", "06600"),
)
BASE = Comprobante(
    serie="A",
    folio="1",
    fecha=datetime(2026, 5, 5, 10),
    moneda="MXN",
    tipo_cambio=None,
    tipo_de_comprobante="I",
    exportacion="01",
    metodo_pago="PUE",
    forma_pago="03",
    condiciones_de_pago=None,
    lugar_expedicion="26015",
    emisor=Emisor("EKU9003173C9", "ESCUELA KEMPER URGATE", "601"),
    receptor=Receptor("URE180429TM6", "UNIVERSIDAD ROBOTICA ESPAÑOLA", "86991", "601", "G03"),
    conceptos=(SERVICE, GOODS, BOOK),
)
TOTALS = compute_totals(BASE)
GOOD = Document.from_comprobante(BASE)

EXEMPT = Document.from_comprobante(replace(BASE, conceptos=(BOOK,)))
FOREIGNER = Receptor("XEXX010101000", "ACME INC", "26015", "616", "S01", "USA", "123456789")
TICKET = line(
    clave_prod_serv="01010101",
    cantidad=D("1"),
    clave_unidad="ACT",
    descripcion="Venta",
    no_identificacion="T-1",
    valor_unitario=D("100.00"),
    retenciones=(),
)
GLOBAL = replace(
    BASE,
    receptor=Receptor("XAXX010101000", "PUBLICO EN GENERAL", "26015", "616", "S01"),
    informacion_global=InformacionGlobal("01", "05", 2026),
    conceptos=(TICKET,),
)


def header(of=BASE, /, **changes):
    """The document with other attributes of the Comprobante, and the totals that they give."""
    return Document.from_comprobante(replace(of, **changes))


def issuer(**changes):
    return header(emisor=replace(BASE.emisor, **changes))


def receiver(of=BASE.receptor, /, **changes):
    return header(receptor=replace(of, **changes))


def period(**changes):
    """The global invoice with another InformacionGlobal."""
    return header(GLOBAL, informacion_global=replace(GLOBAL.informacion_global, **changes))


def fuel(number):
    """A global invoice of gasoline, whose ticket has this number."""
    return header(GLOBAL, conceptos=(replace(TICKET, clave_prod_serv="15101514", no_identificacion=number),))


def lines(*conceptos, **changes):
    return header(conceptos=conceptos, **changes)


def service(**changes):
    """The document with another first line, and the totals that it gives."""
    return lines(replace(SERVICE, **changes), GOODS, BOOK)


def tax(**changes):
    """The IVA of the first line changed; totals as they were before, but for rows of the summary."""
    return _changed_tax("traslados", changes)


def withheld(**changes):
    """The withheld ISR of the first line changed."""
    return _changed_tax("retenciones", changes)


def _changed_tax(field, changes):
    first, *others = getattr(SERVICE, field)
    changed = replace(SERVICE, **{field: (replace(first, **changes), *others)})
    comprobante = replace(BASE, conceptos=(changed, GOODS, BOOK))
    try:
        return Document.from_comprobante(comprobante)
    except TypeError:  # an amount is missing: there is nothing to add up
        return Document.from_comprobante(comprobante, TOTALS)


def sums(of=GOOD, /, **changes):
    """The document with other totals, the lines as they were."""
    return replace(of, totals=replace(of.totals, **changes))


def row(of=GOOD, /, **changes):
    """The first row of transferred taxes of the summary changed."""
    first, *others = of.totals.traslados
    return sums(of, traslados=(replace(first, **changes), *others))


def with_trade(document):
    """The same with the foreign-trade complement."""
    return replace(document, complementos=frozenset({"ComercioExterior"}))
