"""Examples of the rules of the header: per rule a good document and a bad one, a small change of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from l10n_mx_facture.cfdi.values import CfdiRelacionados, Emisor, ImpuestoLocal, ImpuestosLocales, InformacionGlobal
from rules_documents import (
    BASE,
    FOREIGNER,
    GLOBAL,
    GOOD,
    UUID,
    D,
    fuel,
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
KNOWN_NOW = replace(GOOD, now=NOON)
DOLLARS = header(moneda="USD", tipo_cambio=D("17.4615"))
CREDIT = header(tipo_de_comprobante="E", relacionados=(CfdiRelacionados("01", (UUID,)),))
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
    comprobante = replace(BASE, tipo_de_comprobante=tipo, relacionados=(CfdiRelacionados(kind, (UUID,)),))
    return replace(header(comprobante), related_types={UUID.upper(): types} if types else {})


# name of the rule: (good, bad, codes that the bad one must give, exactly)
EXAMPLES = {
    # Comprobante
    "fecha_format": (GOOD, lines(line(), fecha=datetime(2009, 12, 31)), {"CFDI40101"}),
    "fecha_not_ahead": (
        KNOWN_NOW,
        replace(header(fecha=datetime(2026, 5, 5, 10, 36)), now=NOON),
        {"CFDI40101"},
    ),
    "fecha_within_72_hours": (
        KNOWN_NOW,
        replace(GOOD, now=NOON + timedelta(hours=72)),
        {"PAC-401"},
    ),
    "forma_pago_allowed": (
        TRANSFER,
        header(TRANSFER.comprobante, forma_pago="01"),
        {"CFDI40103"},
    ),
    "FormaPago in c_FormaPago": (GOOD, header(forma_pago="07"), {"CFDI40104"}),
    "ppd_with_99": (
        header(metodo_pago="PPD", forma_pago="99"),
        header(metodo_pago="PPD", forma_pago="03"),
        {"CFDI40105"},
    ),
    "pue_without_99": (GOOD, header(forma_pago="99"), {"GUIA-PUE-99"}),
    "payment_complete": (GOOD, header(metodo_pago=None), {"GUIA-PAGO"}),
    "Moneda in c_Moneda": (DOLLARS, header(moneda="USB", tipo_cambio=D("1")), {"CFDI40113"}),
    "tipo_cambio_of_mxn": (header(tipo_cambio=D("1")), header(tipo_cambio=D("1.1")), {"CFDI40114"}),
    "tipo_cambio_required": (DOLLARS, header(moneda="USD"), {"CFDI40115"}),
    "xxx_without_tipo_cambio": (
        TRANSFER,
        header(TRANSFER.comprobante, tipo_cambio=D("1")),
        {"CFDI40116"},
    ),
    "tipo_cambio_format": (
        DOLLARS,
        header(moneda="USD", tipo_cambio=D("0.0000001")),
        {"CFDI40117"},
    ),
    "TipoDeComprobante in c_TipoDeComprobante": (GOOD, header(tipo_de_comprobante="X"), {"CFDI40121"}),
    "exportacion_02_with_complemento": (
        with_trade(header(FOREIGN.comprobante, exportacion="02", conceptos=(line(),))),
        header(exportacion="02"),
        {"CFDI40122"},
    ),
    "Exportacion in c_Exportacion": (header(exportacion="04"), header(exportacion="05"), {"CFDI40123"}),
    "exportacion_without_complemento": (
        header(exportacion="03"),
        with_trade(header(exportacion="03", conceptos=(line(),))),
        {"CFDI40222"},
    ),
    "MetodoPago in c_MetodoPago": (GOOD, header(metodo_pago="PIP"), {"CFDI40124"}),
    "metodo_pago_allowed": (
        TRANSFER,
        header(TRANSFER.comprobante, metodo_pago="PUE"),
        {"CFDI40125"},
    ),
    "LugarExpedicion in c_CodigoPostal": (GOOD, header(lugar_expedicion="17500"), {"CFDI40126"}),
    # sums of the header
    "sub_total_decimals": (GOOD, sums(sub_total=D("170.000")), {"CFDI40107"}),
    "sub_total_is_the_sum": (GOOD, sums(sub_total=D("170.01"), total=GOOD.totals.total + D("0.01")), {"CFDI40108"}),
    "sub_total_zero": (
        TRANSFER,
        sums(TRANSFER, sub_total=D("1"), total=D("1")),
        {"CFDI40109"},
    ),
    "descuento_within_sub_total": (
        GOOD,
        sums(descuento=D("170.01"), total=GOOD.totals.total + 5 - D("170.01")),
        {"CFDI40110", "CFDI40111"},
    ),
    "descuento_present": (GOOD, sums(descuento=None, total=GOOD.totals.total + 5), {"CFDI40111"}),
    "descuento_is_the_sum": (
        GOOD,
        sums(descuento=D("5.01"), total=GOOD.totals.total - D("0.01")),
        {"CFDI40111"},
    ),
    "descuento_absent": (NO_DISCOUNT, sums(NO_DISCOUNT, descuento=D("0.00")), {"CFDI40111"}),
    "descuento_decimals": (GOOD, sums(descuento=D("5.000")), {"CFDI40112"}),
    "total_adds_up": (GOOD, sums(total=GOOD.totals.total + D("0.01")), {"CFDI40119"}),
    "local_taxes_add_up": (
        LOCAL,
        replace(
            LOCAL,
            local_taxes=(D("3.00"), D("0.01")),
            totals=replace(LOCAL.totals, total=LOCAL.totals.total - D("0.01")),
        ),
        {"IMPLOCAL-TOTAL"},
    ),
    # InformacionGlobal
    "informacion_global_present": (header(GLOBAL), header(GLOBAL, informacion_global=None), {"CFDI40130"}),
    "informacion_global_absent": (
        header(GLOBAL),
        header(GLOBAL, receptor=replace(GLOBAL.receptor, nombre="PÚBLICO EN GENERAL")),
        {"CFDI40130"},
    ),
    "InformacionGlobal/@Periodicidad in c_Periodicidad": (
        period(periodicidad="04"),
        period(periodicidad="06"),
        {"CFDI40131"},
    ),
    "two_months_for_621": (
        header(
            GLOBAL,
            informacion_global=InformacionGlobal("05", "13", 2026),
            emisor=Emisor("CACX7605101P8", "XOCHILT CASAS CHAVEZ", "621"),
        ),
        period(periodicidad="05", meses="13"),
        {"CFDI40132"},
    ),
    "InformacionGlobal/@Meses in c_Meses": (period(meses="12"), period(meses="19"), {"CFDI40133", "CFDI40134"}),
    "month_for_periodicidad": (period(meses="12"), period(meses="13"), {"CFDI40134"}),
    "two_months_for_periodicidad": (
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
    "year_of_period": (period(anio=2025), period(anio=2020), {"CFDI40136"}),
    "global_year_as_in_guide": (period(anio=2025), period(anio=2024), {"GUIA-ANIO"}),
    "global_header_as_in_guide": (
        header(GLOBAL),
        header(GLOBAL, condiciones_de_pago="Contado"),
        {"GUIA-GLOBAL"},
    ),
    "global_line_as_in_guide": (
        header(GLOBAL),
        header(GLOBAL, conceptos=(replace(GLOBAL.conceptos[0], no_identificacion=None),)),
        {"GUIA-GLOBAL"},
    ),
    "global_fuel_as_in_guide": (
        fuel("LP/00751/EXP/ES/2016-105012365"),
        fuel("105012365"),
        {"GUIA-GLOBAL"},
    ),
    # CfdiRelacionados
    "tipo_relacion_in_catalogue": (related("07"), related("08"), {"CFDI40137"}),
    "relation_for_own_type": (related("06"), related("05"), {"GUIA-RELACION"}),
    "relation_to_type": (related("07", types="I"), related("07", types="P"), {"GUIA-RELACION"}),
    "credit_note_is_related": (CREDIT, header(tipo_de_comprobante="E"), {"GUIA-EGRESO"}),
    # Emisor
    "emisor_check_digit": (GOOD, issuer(rfc="EKU9003173C8"), {"RFC-DIGITO"}),
    "Emisor/@RegimenFiscal in c_RegimenFiscal": (GOOD, issuer(regimen_fiscal="609"), {"CFDI40140"}),
    "emisor_regimen_for_person": (
        issuer(regimen_fiscal="626"),
        issuer(regimen_fiscal="612"),
        {"CFDI40141"},
    ),
    # Receptor
    "receptor_check_digit": (GOOD, receiver(rfc="URE180429TM7"), {"RFC-DIGITO"}),
    "general_public_with_xaxx": (GOOD, receiver(nombre="PUBLICO EN GENERAL"), {"CFDI40146"}),
    "generic_receptor_domicilio": (
        FOREIGN,
        receiver(FOREIGNER, domicilio_fiscal="06000"),
        {"CFDI40149"},
    ),
    "Receptor/@DomicilioFiscalReceptor in c_CodigoPostal": (GOOD, receiver(domicilio_fiscal="17500"), {"CFDI40147"}),
    "Receptor/@ResidenciaFiscal in c_Pais": (FOREIGN, receiver(FOREIGNER, residencia_fiscal="USB"), {"CFDI40150"}),
    "residencia_fiscal_only_foreign": (FOREIGN, receiver(residencia_fiscal="USA"), {"CFDI40151"}),
    "residencia_fiscal_not_mexico": (
        FOREIGN,
        receiver(FOREIGNER, residencia_fiscal="MEX"),
        {"CFDI40152"},
    ),
    "residencia_fiscal_required": (
        receiver(FOREIGNER, residencia_fiscal=None, num_reg_id_trib=None),
        receiver(FOREIGNER, residencia_fiscal=None),
        {"CFDI40153"},
    ),
    "num_reg_id_trib_only_foreign": (FOREIGN, receiver(num_reg_id_trib="123456789"), {"CFDI40154"}),
    "num_reg_id_trib_required": (
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
    "num_reg_id_trib_format": (
        receiver(FOREIGNER, residencia_fiscal="COL", num_reg_id_trib="9014514805"),
        receiver(FOREIGNER, num_reg_id_trib="12-3456789"),
        {"CFDI40156"},
    ),
    "Receptor/@RegimenFiscalReceptor in c_RegimenFiscal": (GOOD, receiver(regimen_fiscal="609"), {"CFDI40157"}),
    "receptor_regimen_for_person": (
        receiver(regimen_fiscal="626"),
        receiver(regimen_fiscal="612"),
        {"CFDI40158"},
    ),
    "generic_receptor_regimen": (FOREIGN, receiver(FOREIGNER, regimen_fiscal="610"), {"CFDI40159"}),
    "Receptor/@UsoCFDI in c_UsoCFDI": (GOOD, receiver(uso_cfdi="P01"), {"CFDI40160"}),
    "uso_cfdi_for_type": (GOOD, receiver(uso_cfdi="CP01"), {"GUIA-USO"}),
    "uso_cfdi_for_person_and_regimen": (receiver(uso_cfdi="S01"), receiver(uso_cfdi="D01"), {"CFDI40161"}),
}
