"""Examples of the rules of lines and of the summary of taxes."""

from dataclasses import replace
from datetime import datetime

from l10n_mx_facture.cfdi.rules.concepto_nodes import FOREIGN_THIRD_PARTY_NAME
from l10n_mx_facture.cfdi.rules.document import Parte
from l10n_mx_facture.cfdi.values import Retencion, RetencionTotal, Traslado
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
EMPTY_NODE = replace(lines(line(traslados=(), retenciones=())), empty_impuestos=frozenset({0}))
PARTE = Parte("84111506", D("2"), D("5.00"), D("10.00"), ("24  47  3807  4000123",))
ABROAD = replace(
    BOOK.a_cuenta_terceros,
    rfc="EXT990101NI1",
    nombre=FOREIGN_THIRD_PARTY_NAME,
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


def of_ieps(rate, importe):
    return lines(line(traslados=(replace(IEPS, tasa_o_cuota=D(rate), importe=D(importe)),)))


def with_quota(**changes):
    quota = Traslado(D("10"), "003", "Cuota", D("3.000000"), D("30.00"))
    return lines(line(traslados=(quota,)), **changes)


def withheld_rows(*rows, **changes):
    return sums(retenciones=tuple(RetencionTotal(*row) for row in rows), **changes)


# name of the rule: (good, bad, codes that the bad one must give, exactly)
EXAMPLES = {
    # Concepto
    "Concepto/@ClaveProdServ in c_ClaveProdServ": (GOOD, service(clave_prod_serv="8411150"), {"CFDI40162"}),
    "Concepto/@ClaveUnidad in c_ClaveUnidad": (GOOD, service(clave_unidad="PIEZA"), {"CFDI40165"}),
    "taxes_of_clave_prod_serv": (
        service(clave_prod_serv="80111700"),
        lines(replace(BARE, clave_prod_serv="80111700")),
        {"CFDI40164"},
    ),
    "valor_unitario_positive": (
        GOOD,
        lines(line(valor_unitario=D(0), importe=D(0), objeto_imp="01", traslados=(), retenciones=())),
        {"CFDI40166"},
    ),
    "importe_within_limits": (GOOD, service(cantidad=D("11")), {"CFDI40167"}),
    "descuento_decimals_of_importe": (
        GOOD,
        lines(SERVICE, replace(GOODS, descuento=D("5.000")), BOOK),
        {"CFDI40168"},
    ),
    "descuento_within_importe": (
        lines(SERVICE, replace(BARE, descuento=D("100.00"))),
        lines(SERVICE, replace(BARE, descuento=D("100.01"))),
        {"CFDI40169"},
    ),
    "Concepto/@ObjetoImp in c_ObjetoImp": (lines(BARE), lines(replace(BARE, objeto_imp="09")), {"CFDI40170"}),
    "objeto_imp_02_with_impuestos": (GOOD, lines(replace(BARE, objeto_imp="02")), {"CFDI40171"}),
    "objeto_imp_without_impuestos": (lines(replace(BARE, objeto_imp="03")), service(objeto_imp="03"), {"CFDI40172"}),
    "impuestos_not_empty": (GOOD, EMPTY_NODE, {"CFDI40173"}),
    "objeto_imp_06_and_08": (
        lines(line(objeto_imp="06", traslados=(), retenciones=(ISR,))),
        service(objeto_imp="08"),
        {"CFDI140226"},
    ),
    "objeto_imp_07": (kind_07(IEPS), kind_07(IEPS, iva("108.00", "17.28")), {"CFDI140227"}),
    # Concepto/Impuestos
    "traslado_base_positive": (GOOD, tax(base=D("0.00"), importe=D("0.00")), {"CFDI40174"}),
    "Concepto/Impuestos/Traslado/@Impuesto in c_Impuesto": (
        GOOD,
        tax(impuesto="004"),
        {"CFDI40175", "CFDI40179", "CFDI40217", "CFDI40219"},
    ),
    "Concepto/Impuestos/Traslado/@TipoFactor in c_TipoFactor": (
        GOOD,
        tax(tipo_factor="Taza"),
        {"CFDI40176", "CFDI40179", "CFDI40219"},
    ),
    "exento_without_tasa": (
        EXEMPT,
        replace(
            lines(replace(BOOK, traslados=(replace(BOOK.traslados[0], tasa_o_cuota=D(0), importe=D(0)),))),
            totals=EXEMPT.totals,
        ),
        {"CFDI40177", "CFDI40216", "CFDI40221"},
    ),
    "taxed_with_tasa": (GOOD, tax(importe=None), {"CFDI40178", "CFDI40221"}),
    "traslado_tasa_in_catalogue": (
        GOOD,
        tax(tasa_o_cuota=D("0.150000"), importe=D("15.00")),
        {"CFDI40179", "CFDI40219"},
    ),
    "traslado_tasa_of_the_law": (of_ieps("1.600000", "160.00"), of_ieps("2.000000", "200.00"), {"CFDI40179"}),
    "border_rate_at_border": (
        lines(line(traslados=(iva("100.00", "8.00", "0.080000"),))),
        lines(line(traslados=(iva("100.00", "8.00", "0.080000"),)), lugar_expedicion="06000"),
        {"CFDI40179"},
    ),
    "traslado_within_limits": (tax(importe=D("16.01")), tax(importe=D("16.02")), {"CFDI40180"}),
    "retencion_base_positive": (GOOD, withheld(base=D("0.00"), importe=D("0.00")), {"CFDI40181"}),
    "Concepto/Impuestos/Retencion/@Impuesto in c_Impuesto": (
        GOOD,
        withheld(impuesto="004"),
        {"CFDI40182", "CFDI40185", "CFDI40207"},
    ),
    "Concepto/Impuestos/Retencion/@TipoFactor in c_TipoFactor": (
        GOOD,
        withheld(tipo_factor="Taza"),
        {"CFDI40183", "CFDI40185"},
    ),
    "retencion_not_exento": (GOOD, withheld(tipo_factor="Exento"), {"CFDI40184"}),
    "retencion_tasa_in_catalogue": (
        withheld(tasa_o_cuota=D("0.350000"), importe=D("35.00")),
        withheld(tasa_o_cuota=D("0.350001"), importe=D("35.00")),
        {"CFDI40185"},
    ),
    "retencion_tasa_of_the_law": (
        lines(line(retenciones=(replace(ISR, impuesto="003", tasa_o_cuota=D("0.304000"), importe=D("30.40")),))),
        lines(line(retenciones=(replace(ISR, impuesto="003", tasa_o_cuota=D("0.320000"), importe=D("32.00")),))),
        {"CFDI40185"},
    ),
    "retencion_within_limits": (withheld(importe=D("10.01")), withheld(importe=D("10.02")), {"CFDI40186"}),
    # ACuentaTerceros
    "third_party_is_another": (GOOD, third_party(rfc="URE180429TM6"), {"CFDI40188"}),
    "foreign_third_party_name": (FOR_ABROAD, third_party(ABROAD, nombre="ACME"), {"CFDI40189"}),
    "ACuentaTerceros/@RegimenFiscalACuentaTerceros in c_RegimenFiscal": (
        GOOD,
        third_party(regimen_fiscal="609"),
        {"CFDI40191"},
    ),
    "foreign_third_party_regimen": (
        FOR_ABROAD,
        third_party(ABROAD, regimen_fiscal="610"),
        {"CFDI140223"},
    ),
    "ACuentaTerceros/@DomicilioFiscalACuentaTerceros in c_CodigoPostal": (
        GOOD,
        third_party(domicilio_fiscal="17500"),
        {"CFDI40192"},
    ),
    "foreign_third_party_domicilio": (
        FOR_ABROAD,
        third_party(ABROAD, domicilio_fiscal="06000"),
        {"CFDI40193"},
    ),
    # InformacionAduanera
    "pedimento_valid": (GOOD, pedimento("27  47  3807  7000123"), {"CFDI40194"}),
    "pedimento_known": (
        pedimento("16  47  3807  6000123"),
        pedimento("15  47  3807  5000123"),
        {"CFDI40194"},
    ),
    "pedimento_without_comercio_exterior": (
        GOOD,
        with_trade(header(exportacion="04", conceptos=(GOODS,))),
        {"CFDI40195"},
    ),
    # Parte
    "Concepto/Parte/@ClaveProdServ in c_ClaveProdServ": (part(), part(clave_prod_serv="8411150"), {"CFDI40196"}),
    "parte_valor_unitario_positive": (
        part(valor_unitario=None, importe=None),
        part(valor_unitario=D("0.00"), importe=None),
        {"CFDI40197"},
    ),
    "parte_importe_within_limits": (part(), part(importe=D("13.00")), {"CFDI40198"}),
    "parte_pedimento_valid": (
        part(),
        part(pedimentos=("24  03  3807  4000123",)),
        {"CFDI40199"},
    ),
    "parte_pedimento_without_comercio_exterior": (
        part(),
        with_trade(replace(part(), comprobante=replace(BASE, exportacion="04", conceptos=(SERVICE,)))),
        {"CFDI40200"},
    ),
    # Impuestos
    "without_summary": (
        TRANSFER,
        sums(TRANSFER, traslados=(replace(EXEMPT.totals.traslados[0], base=D(0)),)),
        {"CFDI40201"},
    ),
    "total_retenidos_decimals": (
        GOOD,
        sums(total_impuestos_retenidos=D("20.670")),
        {"CFDI40202"},
    ),
    "total_retenidos_is_the_sum": (
        GOOD,
        sums(total_impuestos_retenidos=D("20.68"), total=TOTALS.total - D("0.01")),
        {"CFDI40203"},
    ),
    "total_trasladados_decimals": (
        GOOD,
        sums(total_impuestos_trasladados=D("27.380")),
        {"CFDI40204"},
    ),
    "total_trasladados_is_the_sum": (
        GOOD,
        sums(total_impuestos_trasladados=D("27.39"), total=TOTALS.total + D("0.01")),
        {"CFDI40205"},
    ),
    "total_retenidos_present": (
        GOOD,
        sums(total_impuestos_retenidos=None, total=TOTALS.total + D("20.67")),
        {"CFDI40206"},
    ),
    "Impuestos/Retencion/@Impuesto in c_Impuesto": (
        GOOD,
        withheld_rows(("004", D("10.00")), TOTALS.retenciones[1]),
        {"CFDI40207", "CFDI40211"},
    ),
    "one_row_a_retencion": (
        GOOD,
        withheld_rows(
            TOTALS.retenciones[0],
            *TOTALS.retenciones,
            total_impuestos_retenidos=D("30.67"),
            total=TOTALS.total - 10,
        ),
        {"CFDI40208"},
    ),
    "retencion_row_decimals": (
        GOOD,
        withheld_rows(("001", D("10.000")), TOTALS.retenciones[1]),
        {"CFDI40210"},
    ),
    "retencion_row_is_the_sum": (
        GOOD,
        withheld_rows(
            ("001", D("10.01")),
            TOTALS.retenciones[1],
            total_impuestos_retenidos=D("20.68"),
            total=TOTALS.total - D("0.01"),
        ),
        {"CFDI40211"},
    ),
    "retencion_rows_complete": (
        GOOD,
        withheld_rows(
            TOTALS.retenciones[1],
            total_impuestos_retenidos=D("10.67"),
            total=TOTALS.total + 10,
        ),
        {"CFDI40211"},
    ),
    "total_trasladados_present": (
        GOOD,
        sums(total_impuestos_trasladados=None, total=TOTALS.total - D("27.38")),
        {"CFDI40212"},
    ),
    "only_exento_without_total": (EXEMPT, sums(EXEMPT, total_impuestos_trasladados=D("0.00")), {"CFDI40213"}),
    "exento_row": (EXEMPT, row(EXEMPT, importe=D("0.00")), {"CFDI40213"}),
    "traslado_row_base_decimals": (GOOD, row(base=D("148.600")), {"CFDI40214"}),
    "traslado_row_base_is_the_sum": (GOOD, row(base=D("148.61")), {"CFDI40215"}),
    "exento_row_base_is_the_sum": (EXEMPT, row(EXEMPT, base=D("20.01")), {"CFDI40216"}),
    "Impuestos/Traslado/@Impuesto in c_Impuesto": (
        GOOD,
        row(impuesto="004"),
        {"CFDI40215", "CFDI40217", "CFDI40219", "CFDI40221"},
    ),
    "one_row_a_rate": (
        GOOD,
        sums(
            traslados=(TOTALS.traslados[0], *TOTALS.traslados),
            total_impuestos_trasladados=TOTALS.total_impuestos_trasladados + TOTALS.traslados[0].importe,
            total=TOTALS.total + TOTALS.traslados[0].importe,
        ),
        {"CFDI40218"},
    ),
    "traslado_row_rate_in_catalogue": (
        GOOD,
        row(tasa_o_cuota=D("0.150000")),
        {"CFDI40215", "CFDI40219", "CFDI40221"},
    ),
    "traslado_row_importe_decimals": (
        GOOD,
        row(importe=D("23.780")),
        {"CFDI40220"},
    ),
    "traslado_row_importe_is_the_sum": (
        GOOD,
        sums(
            row(importe=D("23.79")),
            total_impuestos_trasladados=D("27.39"),
            total=TOTALS.total + D("0.01"),
        ),
        {"CFDI40221"},
    ),
    "traslado_rows_complete": (
        GOOD,
        sums(
            traslados=TOTALS.traslados[1:],
            total_impuestos_trasladados=D("3.60"),
            total=TOTALS.total - D("23.78"),
        ),
        {"CFDI40221"},
    ),
    "rates_of_the_day": (with_quota(), with_quota(fecha=datetime(2027, 1, 1)), {"TASA-VIGENCIA"}),
    "rates_end_soon": (
        with_quota(fecha=datetime(2026, 11, 15)),
        with_quota(fecha=datetime(2026, 12, 31, 23)),
        {"TASA-VIGENCIA"},
    ),
}
