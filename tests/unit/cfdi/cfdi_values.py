"""Comprobantes for the tests: one by hand, and strategies for random ones."""

import unicodedata
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st
from l10n_mx_facture.cfdi.values import (
    ACuentaTerceros,
    CfdiRelacionados,
    Comprobante,
    Concepto,
    Emisor,
    ImpuestoLocal,
    ImpuestosLocales,
    InformacionGlobal,
    Receptor,
    Retencion,
    Traslado,
    currency_decimals,
)

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
D = Decimal


def sample(name):
    return (SAMPLES / f"{name}.xml").read_bytes()


def concepto(**changes):
    values = {
        "clave_prod_serv": "84111506",
        "cantidad": D("1"),
        "clave_unidad": "E48",
        "descripcion": "Servicio",
        "valor_unitario": D("100.00"),
        "importe": D("100.00"),
        "objeto_imp": "02",
        "traslados": (Traslado(D("100.00"), "002", "Tasa", D("0.160000"), D("16.00")),),
    }
    return Concepto(**{**values, **changes})


def comprobante(*conceptos, **changes):
    values = {
        "serie": "A",
        "folio": "1",
        "fecha": datetime.fromisoformat("2026-05-05T10:00:00"),
        "moneda": "MXN",
        "tipo_cambio": None,
        "tipo_de_comprobante": "I",
        "exportacion": "01",
        "metodo_pago": "PUE",
        "forma_pago": "03",
        "condiciones_de_pago": None,
        "lugar_expedicion": "26015",
        "emisor": Emisor("EKU9003173C9", "ESCUELA KEMPER URGATE", "601"),
        "receptor": Receptor("URE180429TM6", "UNIVERSIDAD ROBOTICA ESPAÑOLA", "86991", "601", "G03"),
        "conceptos": conceptos or (concepto(),),
    }
    values.update(changes)
    values.setdefault("decimals", currency_decimals(values["moneda"]))
    return Comprobante(**values)


def texts(limit):
    """Any text that a CFDI may hold: white space folded, NFC, no '|', nothing unseen or that XML can't carry."""
    characters = st.characters(exclude_categories=("Cs", "Cc", "Cf"), exclude_characters="|￾￿")
    folded = st.text(characters, min_size=1, max_size=min(limit, 40)).map(lambda text: " ".join(nfc(text).split()))
    return folded.filter(_visible)


def nfc(text):
    return unicodedata.normalize("NFC", text)


def _visible(text):
    return any(character.isprintable() and character != " " for character in text)


def optional(strategy):
    return st.none() | strategy


def amounts(places=6, least="0"):
    return st.decimals(least, "99999999.999999", places=places, allow_nan=False)


RATES = st.decimals("0", "1.6", places=6)
PERSONS = st.sampled_from(("URE180429TM6", "H&E951128469", "OÑO120726RX3", "CACX7605101P8"))
DATES = st.datetimes(*map(datetime.fromisoformat, ("2011-01-01", "2099-01-01")))
UUIDS = st.uuids().map(str)


@st.composite
def traslados(draw):
    if draw(st.booleans()):
        return Traslado(draw(amounts(least="0.01")), "002", "Exento")
    return Traslado(
        draw(amounts(least="0.01")),
        draw(st.sampled_from(("002", "003"))),
        draw(st.sampled_from(("Tasa", "Cuota"))),
        draw(RATES),
        draw(amounts()),
    )


@st.composite
def conceptos(draw):
    gross = draw(amounts(draw(st.integers(0, 6)), "1"))
    return Concepto(
        clave_prod_serv=draw(st.from_regex(r"[0-9]{8}", fullmatch=True)),
        cantidad=draw(amounts(least="0.000001")).normalize(),
        clave_unidad=draw(st.sampled_from(("E48", "H87", "KGM", "ACT"))),
        descripcion=draw(texts(1000)),
        valor_unitario=draw(amounts()),
        importe=gross,
        objeto_imp=draw(st.sampled_from(("01", "02", "06"))),
        no_identificacion=draw(optional(texts(100))),
        unidad=draw(optional(texts(20).map(lambda t: t[:20].strip()).filter(bool))),
        descuento=draw(optional(st.just(gross) | st.just(D("0.00")))),
        traslados=tuple(draw(st.lists(traslados(), max_size=3))),
        retenciones=tuple(
            draw(
                st.lists(
                    st.builds(
                        Retencion,
                        amounts(least="0.01"),
                        st.sampled_from(("001", "002")),
                        st.just("Tasa"),
                        RATES,
                        st.just(D("0.00")),
                    ),
                    max_size=2,
                )
            )
        ),
        a_cuenta_terceros=draw(
            optional(st.builds(ACuentaTerceros, PERSONS, texts(300), st.just("601"), st.just("06000")))
        ),
        pedimentos=draw(st.sampled_from(((), ("15  48  3009  0001234",)))),
        cuentas_prediales=draw(st.sampled_from(((), ("0123", "ABC9")))),
    )


@st.composite
def comprobantes(draw):
    moneda = draw(st.sampled_from(("MXN", "USD", "JPY", "KWD")))
    lines = tuple(draw(st.lists(conceptos(), min_size=1, max_size=4)))
    local_taxes = None
    if draw(st.booleans()):
        rows = st.lists(st.builds(ImpuestoLocal, texts(50), amounts(2), amounts(2)), max_size=2)
        local_taxes = ImpuestosLocales((), tuple(draw(rows)))
        local_taxes = local_taxes if local_taxes.traslados else None
    return comprobante(
        *lines,
        serie=draw(optional(texts(25).map(lambda t: t[:25].strip()).filter(bool))),
        folio=draw(optional(texts(40).map(lambda t: t[:40].strip()).filter(bool))),
        fecha=draw(DATES).replace(microsecond=0),
        moneda=moneda,
        tipo_cambio=None if moneda == "MXN" else draw(st.decimals("0.000001", "99", places=6)),
        tipo_de_comprobante=draw(st.sampled_from("IE")),
        condiciones_de_pago=draw(optional(texts(1000))),
        receptor=Receptor(
            draw(PERSONS),
            draw(texts(300)),
            "06000",
            "601",
            "G03",
            draw(st.sampled_from((None, "USA"))),
            draw(optional(texts(40))),
        ),
        relacionados=tuple(
            draw(
                st.lists(
                    st.builds(
                        CfdiRelacionados,
                        st.sampled_from(("01", "03", "04", "07")),
                        st.lists(UUIDS, min_size=1, max_size=3).map(tuple),
                    ),
                    max_size=2,
                )
            )
        ),
        informacion_global=draw(
            optional(
                st.builds(
                    InformacionGlobal,
                    st.sampled_from(("01", "05")),
                    st.sampled_from(("01", "13")),
                    st.integers(2019, 2099),
                )
            )
        ),
        impuestos_locales=local_taxes,
    )
