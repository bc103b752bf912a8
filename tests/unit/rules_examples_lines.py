"""Examples of the rules of lines and of the summary of taxes."""

from dataclasses import replace

from l10n_mx_facture.cfdi import Retencion, Traslado
from l10n_mx_facture.cfdi.rules import Parte
from l10n_mx_facture.cfdi.rules.concepto_nodes import NOMBRE_EXTRANJERO
from rules_documents import (
    BASE,
    BOOK,
    EXEMPT,
    GOOD,
    GOODS,
    SERVICE,
    TOTALS,
    D,
    header,
    iva,
    line,
    lines,
    row,
    service,
    sums,
    tax,
    with_trade,
    withheld,
)
from rules_examples_header import TRANSFER

BARE = line(objeto_imp="01", traslados=(), retenciones=())
ISR = Retencion(D("100.00"), "001", "Tasa", D("0.100000"), D("10.00"))
IEPS = Traslado(D("100.00"), "003", "Tasa", D("0.080000"), D("8.00"))
EMPTY_NODE = replace(lines(line(traslados=(), retenciones=())), impuestos_vacios=frozenset({0}))
PARTE = Parte("84111506", D("2"), D("5.00"), D("10.00"), ("24  47  3807  4000123",))
ABROAD = replace(
    BOOK.a_cuenta_terceros,
    rfc="EXT990101NI1",
    nombre=NOMBRE_EXTRANJERO,
    regimen_fiscal="616",
    domicilio_fiscal="26015",
)
FOR_ABROAD = lines(replace(BOOK, a_cuenta_terceros=ABROAD))


def third_party(base=BOOK.a_cuenta_terceros, **changes):
    return lines(replace(BOOK, a_cuenta_terceros=replace(base, **changes)))


def pedimento(number):
    return lines(replace(GOODS, pedimentos=(number,)))


def part(**changes):
    return replace(lines(SERVICE), partes=((replace(PARTE, **changes),),))


def kind_07(*taxes):
    return lines(line(objeto_imp="07", traslados=taxes, retenciones=()))


def withheld_rows(*rows, **changes):
    return sums(retenciones=rows, **changes)


# name of the rule: (good, bad, codes that the bad one must give, exactly)
EXAMPLES = {
    # Concepto
    "clave_prod_serv_existe": (GOOD, service(clave_prod_serv="8411150"), {"CFDI40162"}),
    "clave_unidad_existe": (GOOD, service(clave_unidad="PIEZA"), {"CFDI40165"}),
    "precio_positivo": (
        GOOD,
        lines(line(valor_unitario=D(0), importe=D(0), objeto_imp="01", traslados=(), retenciones=())),
        {"CFDI40166"},
    ),
    "importe_en_limites": (GOOD, service(cantidad=D("11")), {"CFDI40167"}),
    "descuento_con_los_decimales_del_importe": (
        GOOD,
        lines(SERVICE, replace(GOODS, descuento=D("5.000")), BOOK),
        {"CFDI40168"},
    ),
    "descuento_cabe_en_la_partida": (
        lines(SERVICE, replace(BARE, descuento=D("100.00"))),
        lines(SERVICE, replace(BARE, descuento=D("100.01"))),
        {"CFDI40169"},
    ),
    "objeto_imp_existe": (lines(BARE), lines(replace(BARE, objeto_imp="09")), {"CFDI40170"}),
    "objeto_02_con_impuestos": (GOOD, lines(replace(BARE, objeto_imp="02")), {"CFDI40171"}),
    "objeto_sin_impuestos": (lines(replace(BARE, objeto_imp="03")), service(objeto_imp="03"), {"CFDI40172"}),
    "impuestos_con_contenido": (GOOD, EMPTY_NODE, {"CFDI40173"}),
    "objeto_06_y_08": (
        lines(line(objeto_imp="06", traslados=(), retenciones=(ISR,))),
        service(objeto_imp="08"),
        {"CFDI140226"},
    ),
    "objeto_07": (kind_07(IEPS), kind_07(IEPS, iva("108.00", "17.28")), {"CFDI140227"}),
    # Concepto/Impuestos
    "base_positiva": (GOOD, tax(base=D("0.00"), importe=D("0.00")), {"CFDI40174"}),
    "impuesto_existe": (
        GOOD,
        tax(impuesto="004"),
        {"CFDI40175", "CFDI40179", "CFDI40217", "CFDI40219"},
    ),
    "factor_existe": (
        GOOD,
        tax(tipo_factor="Taza"),
        {"CFDI40176", "CFDI40179", "CFDI40219"},
    ),
    "exento_sin_tasa": (
        EXEMPT,
        replace(
            lines(replace(BOOK, traslados=(replace(BOOK.traslados[0], tasa_o_cuota=D(0), importe=D(0)),))),
            totales=EXEMPT.totales,
        ),
        {"CFDI40177", "CFDI40216", "CFDI40221"},
    ),
    "gravado_con_tasa": (GOOD, tax(importe=None), {"CFDI40178", "CFDI40221"}),
    "tasa_existe": (
        GOOD,
        tax(tasa_o_cuota=D("0.150000"), importe=D("15.00")),
        {"CFDI40179", "CFDI40219"},
    ),
    "tasa_fronteriza": (
        lines(line(traslados=(iva("100.00", "8.00", "0.080000"),))),
        lines(line(traslados=(iva("100.00", "8.00", "0.080000"),)), lugar_expedicion="06000"),
        {"CFDI40179"},
    ),
    "traslado_en_limites": (tax(importe=D("16.01")), tax(importe=D("16.02")), {"CFDI40180"}),
    "base_retenida_positiva": (GOOD, withheld(base=D("0.00"), importe=D("0.00")), {"CFDI40181"}),
    "impuesto_retenido_existe": (
        GOOD,
        withheld(impuesto="004"),
        {"CFDI40182", "CFDI40185", "CFDI40207"},
    ),
    "factor_retenido_existe": (GOOD, withheld(tipo_factor="Taza"), {"CFDI40183", "CFDI40185"}),
    "retencion_no_exenta": (GOOD, withheld(tipo_factor="Exento"), {"CFDI40184"}),
    "tasa_retenida_existe": (
        withheld(tasa_o_cuota=D("0.350000"), importe=D("35.00")),
        withheld(tasa_o_cuota=D("0.350001"), importe=D("35.00")),
        {"CFDI40185"},
    ),
    "retencion_en_limites": (withheld(importe=D("10.01")), withheld(importe=D("10.02")), {"CFDI40186"}),
    # ACuentaTerceros
    "tercero_es_otro": (GOOD, third_party(rfc="URE180429TM6"), {"CFDI40188"}),
    "nombre_del_tercero_extranjero": (FOR_ABROAD, third_party(ABROAD, nombre="ACME"), {"CFDI40189"}),
    "regimen_del_tercero_existe": (GOOD, third_party(regimen_fiscal="609"), {"CFDI40191"}),
    "regimen_del_tercero_extranjero": (
        FOR_ABROAD,
        third_party(ABROAD, regimen_fiscal="610"),
        {"CFDI140223"},
    ),
    "domicilio_del_tercero_existe": (GOOD, third_party(domicilio_fiscal="17500"), {"CFDI40192"}),
    "domicilio_del_tercero_extranjero": (
        FOR_ABROAD,
        third_party(ABROAD, domicilio_fiscal="06000"),
        {"CFDI40193"},
    ),
    # InformacionAduanera
    "pedimento_valido": (GOOD, pedimento("27  47  3807  7000123"), {"CFDI40194"}),
    "pedimento_conocido": (
        pedimento("16  47  3807  6000123"),
        pedimento("15  47  3807  5000123"),
        {"CFDI40194"},
    ),
    "pedimento_sin_comercio_exterior": (
        GOOD,
        with_trade(header(exportacion="04", conceptos=(GOODS,))),
        {"CFDI40195"},
    ),
    # Parte
    "clave_de_parte_existe": (part(), part(clave_prod_serv="8411150"), {"CFDI40196"}),
    "precio_de_parte_positivo": (
        part(valor_unitario=None, importe=None),
        part(valor_unitario=D("0.00"), importe=None),
        {"CFDI40197"},
    ),
    "importe_de_parte_en_limites": (part(), part(importe=D("13.00")), {"CFDI40198"}),
    "pedimento_de_parte_valido": (
        part(),
        part(pedimentos=("24  03  3807  4000123",)),
        {"CFDI40199"},
    ),
    "pedimento_de_parte_sin_comercio_exterior": (
        part(),
        with_trade(replace(part(), comprobante=replace(BASE, exportacion="04", conceptos=(SERVICE,)))),
        {"CFDI40200"},
    ),
    # Impuestos
    "sin_resumen": (
        TRANSFER,
        sums(TRANSFER, traslados=(replace(EXEMPT.totales.traslados[0], base=D(0)),)),
        {"CFDI40201"},
    ),
    "retenidos_con_decimales": (
        GOOD,
        sums(total_impuestos_retenidos=D("20.670")),
        {"CFDI40202"},
    ),
    "retenidos_son_la_suma": (
        GOOD,
        sums(total_impuestos_retenidos=D("20.68"), total=TOTALS.total - D("0.01")),
        {"CFDI40203"},
    ),
    "trasladados_con_decimales": (
        GOOD,
        sums(total_impuestos_trasladados=D("27.380")),
        {"CFDI40204"},
    ),
    "trasladados_son_la_suma": (
        GOOD,
        sums(total_impuestos_trasladados=D("27.39"), total=TOTALS.total + D("0.01")),
        {"CFDI40205"},
    ),
    "retenidos_presente": (
        GOOD,
        sums(total_impuestos_retenidos=None, total=TOTALS.total + D("20.67")),
        {"CFDI40206"},
    ),
    "fila_retenida_existe": (
        GOOD,
        withheld_rows(("004", D("10.00")), TOTALS.retenciones[1]),
        {"CFDI40207", "CFDI40211"},
    ),
    "una_fila_por_retencion": (
        GOOD,
        withheld_rows(
            TOTALS.retenciones[0],
            *TOTALS.retenciones,
            total_impuestos_retenidos=D("30.67"),
            total=TOTALS.total - 10,
        ),
        {"CFDI40208"},
    ),
    "fila_retenida_con_decimales": (
        GOOD,
        withheld_rows(("001", D("10.000")), TOTALS.retenciones[1]),
        {"CFDI40210"},
    ),
    "fila_retenida_es_la_suma": (
        GOOD,
        withheld_rows(
            ("001", D("10.01")),
            TOTALS.retenciones[1],
            total_impuestos_retenidos=D("20.68"),
            total=TOTALS.total - D("0.01"),
        ),
        {"CFDI40211"},
    ),
    "filas_retenidas_completas": (
        GOOD,
        withheld_rows(
            TOTALS.retenciones[1],
            total_impuestos_retenidos=D("10.67"),
            total=TOTALS.total + 10,
        ),
        {"CFDI40211"},
    ),
    "trasladados_presente": (
        GOOD,
        sums(total_impuestos_trasladados=None, total=TOTALS.total - D("27.38")),
        {"CFDI40212"},
    ),
    "exentos_sin_total": (EXEMPT, sums(EXEMPT, total_impuestos_trasladados=D("0.00")), {"CFDI40213"}),
    "fila_exenta": (EXEMPT, row(EXEMPT, importe=D("0.00")), {"CFDI40213"}),
    "fila_base_con_decimales": (GOOD, row(base=D("148.600")), {"CFDI40214"}),
    "fila_base_es_la_suma": (GOOD, row(base=D("148.61")), {"CFDI40215"}),
    "fila_base_exenta_es_la_suma": (EXEMPT, row(EXEMPT, base=D("20.01")), {"CFDI40216"}),
    "fila_trasladada_existe": (
        GOOD,
        row(impuesto="004"),
        {"CFDI40215", "CFDI40217", "CFDI40219", "CFDI40221"},
    ),
    "una_fila_por_tasa": (
        GOOD,
        sums(
            traslados=(TOTALS.traslados[0], *TOTALS.traslados),
            total_impuestos_trasladados=TOTALS.total_impuestos_trasladados + TOTALS.traslados[0].importe,
            total=TOTALS.total + TOTALS.traslados[0].importe,
        ),
        {"CFDI40218"},
    ),
    "fila_tasa_existe": (
        GOOD,
        row(tasa_o_cuota=D("0.150000")),
        {"CFDI40215", "CFDI40219", "CFDI40221"},
    ),
    "fila_importe_con_decimales": (
        GOOD,
        row(importe=D("23.780")),
        {"CFDI40220"},
    ),
    "fila_importe_es_la_suma": (
        GOOD,
        sums(
            row(importe=D("23.79")),
            total_impuestos_trasladados=D("27.39"),
            total=TOTALS.total + D("0.01"),
        ),
        {"CFDI40221"},
    ),
    "filas_trasladadas_completas": (
        GOOD,
        sums(
            traslados=TOTALS.traslados[1:],
            total_impuestos_trasladados=D("3.60"),
            total=TOTALS.total - D("23.78"),
        ),
        {"CFDI40221"},
    ),
}
