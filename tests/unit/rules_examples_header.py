"""Examples of the rules of the header: per rule a good document and a bad one, a small change of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from l10n_mx_facture.cfdi import Emisor, ImpuestoLocal, ImpuestosLocales, InformacionGlobal, Relacionados
from rules_documents import (
    BASE,
    FOREIGNER,
    GLOBAL,
    GOOD,
    UUID,
    D,
    header,
    issuer,
    line,
    lines,
    period,
    receiver,
    sums,
    with_trade,
)

NOON = datetime(2026, 5, 5, 15, 30, tzinfo=UTC)  # 10:30 in Piedras Negras (summer time)
KNOWN_NOW = replace(GOOD, ahora=NOON)
DOLLARS = header(moneda="USD", tipo_cambio=D("17.4615"))
CREDIT = header(tipo_de_comprobante="E", relacionados=(Relacionados("01", (UUID,)),))
NO_DISCOUNT = lines(line())
LOCAL = header(impuestos_locales=ImpuestosLocales((), (ImpuestoLocal("ISH", D("3.00"), D("3.00")),)))
FOREIGN = header(receptor=FOREIGNER)
TRANSFER = header(
    conceptos=(line(objeto_imp="01", traslados=(), retenciones=()),),
    tipo_de_comprobante="T",
    moneda="XXX",
    metodo_pago=None,
    forma_pago=None,
)
PAYMENT_LIKE = {"moneda": "XXX", "conceptos": TRANSFER.comprobante.conceptos}


def related(kind, tipo="I", types=None):
    comprobante = replace(BASE, tipo_de_comprobante=tipo, relacionados=(Relacionados(kind, (UUID,)),))
    return replace(header(comprobante), tipos={UUID.upper(): types} if types else {})


# name of the rule: (good, bad, codes that the bad one must give, exactly)
EXAMPLES = {
    # Comprobante
    "fecha_con_forma": (GOOD, lines(line(), fecha=datetime(2009, 12, 31)), {"CFDI40101"}),
    "fecha_no_futura": (
        KNOWN_NOW,
        replace(header(fecha=datetime(2026, 5, 5, 10, 36)), ahora=NOON),
        {"CFDI40101"},
    ),
    "fecha_de_72_horas": (
        KNOWN_NOW,
        replace(GOOD, ahora=NOON + timedelta(hours=72)),
        {"PAC-401"},
    ),
    "forma_pago_permitida": (
        TRANSFER,
        header(TRANSFER.comprobante, forma_pago="01"),
        {"CFDI40103"},
    ),
    "forma_pago_existe": (GOOD, header(forma_pago="07"), {"CFDI40104"}),
    "ppd_con_99": (
        header(metodo_pago="PPD", forma_pago="99"),
        header(metodo_pago="PPD", forma_pago="03"),
        {"CFDI40105"},
    ),
    "pue_sin_99": (GOOD, header(forma_pago="99"), {"GUIA-PUE-99"}),
    "pago_completo": (GOOD, header(metodo_pago=None), {"GUIA-PAGO"}),
    "moneda_existe": (DOLLARS, header(moneda="USB", tipo_cambio=D("1")), {"CFDI40113"}),
    "tipo_cambio_de_mxn": (header(tipo_cambio=D("1")), header(tipo_cambio=D("1.1")), {"CFDI40114"}),
    "tipo_cambio_requerido": (DOLLARS, header(moneda="USD"), {"CFDI40115"}),
    "xxx_sin_tipo_cambio": (
        TRANSFER,
        header(TRANSFER.comprobante, tipo_cambio=D("1")),
        {"CFDI40116"},
    ),
    "tipo_cambio_con_forma": (
        DOLLARS,
        header(moneda="USD", tipo_cambio=D("0.0000001")),
        {"CFDI40117"},
    ),
    "tipo_de_comprobante_existe": (GOOD, header(tipo_de_comprobante="X"), {"CFDI40121"}),
    "exportacion_02_con_complemento": (
        with_trade(header(FOREIGN.comprobante, exportacion="02", conceptos=(line(),))),
        header(exportacion="02"),
        {"CFDI40122"},
    ),
    "exportacion_existe": (header(exportacion="04"), header(exportacion="05"), {"CFDI40123"}),
    "exportacion_sin_complemento": (
        header(exportacion="03"),
        with_trade(header(exportacion="03", conceptos=(line(),))),
        {"CFDI40222"},
    ),
    "metodo_pago_existe": (GOOD, header(metodo_pago="PIP"), {"CFDI40124"}),
    "metodo_pago_permitido": (
        TRANSFER,
        header(TRANSFER.comprobante, metodo_pago="PUE"),
        {"CFDI40125"},
    ),
    "lugar_expedicion_existe": (GOOD, header(lugar_expedicion="17500"), {"CFDI40126"}),
    # sums of the header
    "subtotal_con_decimales": (GOOD, sums(sub_total=D("170.000")), {"CFDI40107"}),
    "subtotal_es_la_suma": (GOOD, sums(sub_total=D("170.01"), total=GOOD.totales.total + D("0.01")), {"CFDI40108"}),
    "subtotal_cero": (
        TRANSFER,
        sums(TRANSFER, sub_total=D("1"), total=D("1")),
        {"CFDI40109"},
    ),
    "descuento_cabe": (
        GOOD,
        sums(descuento=D("170.01"), total=GOOD.totales.total + 5 - D("170.01")),
        {"CFDI40110", "CFDI40111"},
    ),
    "descuento_presente": (GOOD, sums(descuento=None, total=GOOD.totales.total + 5), {"CFDI40111"}),
    "descuento_es_la_suma": (
        GOOD,
        sums(descuento=D("5.01"), total=GOOD.totales.total - D("0.01")),
        {"CFDI40111"},
    ),
    "descuento_ausente": (NO_DISCOUNT, sums(NO_DISCOUNT, descuento=D("0.00")), {"CFDI40111"}),
    "descuento_con_decimales": (GOOD, sums(descuento=D("5.000")), {"CFDI40112"}),
    "total_cuadra": (GOOD, sums(total=GOOD.totales.total + D("0.01")), {"CFDI40119"}),
    "locales_suman": (
        LOCAL,
        replace(
            LOCAL, locales=(D("3.00"), D("0.01")), totales=replace(LOCAL.totales, total=LOCAL.totales.total - D("0.01"))
        ),
        {"IMPLOCAL-TOTAL"},
    ),
    # InformacionGlobal
    "global_presente": (header(GLOBAL), header(GLOBAL, informacion_global=None), {"CFDI40130"}),
    "global_ausente": (
        header(GLOBAL),
        header(GLOBAL, receptor=replace(GLOBAL.receptor, nombre="PÚBLICO EN GENERAL")),
        {"CFDI40130"},
    ),
    "periodicidad_existe": (period(periodicidad="04"), period(periodicidad="06"), {"CFDI40131"}),
    "bimestral_del_621": (
        header(
            GLOBAL,
            informacion_global=InformacionGlobal("05", "13", 2026),
            emisor=Emisor("CACX7605101P8", "XOCHILT CASAS CHAVEZ", "621"),
        ),
        period(periodicidad="05", meses="13"),
        {"CFDI40132"},
    ),
    "meses_existe": (period(meses="12"), period(meses="19"), {"CFDI40133", "CFDI40134"}),
    "mes_de_la_periodicidad": (period(meses="12"), period(meses="13"), {"CFDI40134"}),
    "bimestre_de_la_periodicidad": (
        header(
            GLOBAL,
            informacion_global=InformacionGlobal("05", "18", 2026),
            emisor=Emisor("CACX7605101P8", "XOCHILT CASAS CHAVEZ", "621"),
        ),
        header(
            GLOBAL,
            informacion_global=InformacionGlobal("05", "12", 2026),
            emisor=Emisor("CACX7605101P8", "XOCHILT CASAS CHAVEZ", "621"),
        ),
        {"CFDI40135"},
    ),
    "anio_del_periodo": (period(anio=2021), period(anio=2020), {"CFDI40136"}),
    "global_como_la_guia": (
        header(GLOBAL),
        header(GLOBAL, condiciones_de_pago="Contado"),
        {"GUIA-GLOBAL"},
    ),
    "ticket_como_la_guia": (
        header(GLOBAL),
        header(GLOBAL, conceptos=(replace(GLOBAL.conceptos[0], no_identificacion=None),)),
        {"GUIA-GLOBAL"},
    ),
    # CfdiRelacionados
    "tipo_relacion_existe": (related("07"), related("08"), {"CFDI40137"}),
    "relacion_del_tipo": (related("06"), related("05"), {"GUIA-RELACION"}),
    "relacion_con_tipo": (related("07", types="I"), related("07", types="P"), {"GUIA-RELACION"}),
    "egreso_relacionado": (CREDIT, header(tipo_de_comprobante="E"), {"GUIA-EGRESO"}),
    # Emisor
    "digito_del_emisor": (GOOD, issuer(rfc="EKU9003173C8"), {"RFC-DIGITO"}),
    "regimen_del_emisor_existe": (GOOD, issuer(regimen_fiscal="609"), {"CFDI40140"}),
    "regimen_del_emisor_corresponde": (
        issuer(regimen_fiscal="626"),
        issuer(regimen_fiscal="612"),
        {"CFDI40141"},
    ),
    # Receptor
    "digito_del_receptor": (GOOD, receiver(rfc="URE180429TM7"), {"RFC-DIGITO"}),
    "publico_con_xaxx": (GOOD, receiver(nombre="PUBLICO EN GENERAL"), {"CFDI40146"}),
    "domicilio_del_generico": (
        FOREIGN,
        receiver(FOREIGNER, domicilio_fiscal="06000"),
        {"CFDI40149"},
    ),
    "domicilio_existe": (GOOD, receiver(domicilio_fiscal="17500"), {"CFDI40147"}),
    "residencia_existe": (FOREIGN, receiver(FOREIGNER, residencia_fiscal="USB"), {"CFDI40150"}),
    "residencia_solo_extranjera": (FOREIGN, receiver(residencia_fiscal="USA"), {"CFDI40151"}),
    "residencia_no_mexicana": (
        FOREIGN,
        receiver(FOREIGNER, residencia_fiscal="MEX"),
        {"CFDI40152"},
    ),
    "residencia_requerida": (
        receiver(FOREIGNER, residencia_fiscal=None, num_reg_id_trib=None),
        receiver(FOREIGNER, residencia_fiscal=None),
        {"CFDI40153"},
    ),
    "identidad_solo_extranjera": (FOREIGN, receiver(num_reg_id_trib="123456789"), {"CFDI40154"}),
    "identidad_requerida": (
        receiver(FOREIGNER, num_reg_id_trib=None),
        with_trade(
            header(
                receptor=replace(FOREIGNER, num_reg_id_trib=None),
                exportacion="04",
                conceptos=(line(),),
            )
        ),
        {"CFDI40155"},
    ),
    "identidad_con_forma": (
        receiver(FOREIGNER, residencia_fiscal="COL", num_reg_id_trib="9014514805"),
        receiver(FOREIGNER, num_reg_id_trib="12-3456789"),
        {"CFDI40156"},
    ),
    "regimen_del_receptor_existe": (GOOD, receiver(regimen_fiscal="609"), {"CFDI40157"}),
    "regimen_del_receptor_corresponde": (
        receiver(regimen_fiscal="626"),
        receiver(regimen_fiscal="612"),
        {"CFDI40158"},
    ),
    "regimen_del_generico": (FOREIGN, receiver(FOREIGNER, regimen_fiscal="610"), {"CFDI40159"}),
    "uso_existe": (GOOD, receiver(uso_cfdi="P01"), {"CFDI40160"}),
    "uso_del_tipo": (GOOD, receiver(uso_cfdi="CP01"), {"GUIA-USO"}),
    "uso_corresponde": (receiver(uso_cfdi="S01"), receiver(uso_cfdi="D01"), {"CFDI40161"}),
}
