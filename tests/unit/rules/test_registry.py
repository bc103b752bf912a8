"""The rules as a whole: which codes of the matrix they cover, what they say of themselves."""

import csv
import string

import pytest
from l10n_mx_facture.cfdi.rules import ERROR, RULES, WARNING
from l10n_mx_facture.cfdi.rules.matrix import OMITTED, SAT_TEXTS
from l10n_mx_facture.cfdi.rules.matrix_pagos import CONSTRUCTED, ONLY_SAT

# the 128 codes of the matrix of CFDI 4.0
MATRIX = {f"CFDI{n}" for n in range(40101, 40223)} | {f"CFDI{n}" for n in range(140223, 140228)} | {"CFDI40999"}
OURS = {
    "GUIA-ANIO",
    "GUIA-EGRESO",
    "GUIA-GLOBAL",
    "GUIA-PAGO",
    "GUIA-PUE-99",
    "GUIA-RELACION",
    "GUIA-REP-FECHA",
    "GUIA-USO",
    "IMPLOCAL-TOTAL",
    "PAC-401",
    "REP-NOTA",
    "REP-PARCIALIDAD",
    "REP-RFC",
    "REP-RFC-BANCO",
    "REP-SALDO",
    "REP-VACIO",
    "RFC-DIGITO",
    "TASA-VIGENCIA",
}
FIX_IN = {
    "branch.zip",
    "company.regime",
    "company.rfc",
    "line.discount",
    "line.pedimento",
    "line.price",
    "line.product_code",
    "line.tax",
    "line.tax_object",
    "line.third_party",
    "line.unit_code",
    "move.currency",
    "move.currency_rate",
    "move.date",
    "move.export",
    "move.global",
    "move.payment_form",
    "move.payment_policy",
    "move.relations",
    "move.usage",
    "none",
    "partner.country",
    "partner.regime",
    "partner.rfc",
    "partner.zip",
    "payment.amount",
    "payment.currency",
    "payment.currency_rate",
    "payment.date",
    "payment.form",
    "payment.payee_account",
    "payment.payee_bank_rfc",
    "payment.payer_account",
    "payment.payer_bank_name",
    "payment.payer_bank_rfc",
    "settlement.amount",
    "settlement.applied",
    "settlement.balance_before",
    "settlement.installment",
    "settlement.notes",
    "tax_rates",
}


# SAT refuses what these find, although they have no code of its matrix
REFUSED = {"IMPLOCAL-TOTAL", "PAC-401", "REP-PARCIALIDAD", "REP-RFC", "REP-RFC-BANCO", "REP-SALDO", "REP-VACIO"}


def all_codes():
    return {code for rule in RULES for code in (rule.code, *rule.also)}


def codes():
    return {code for code in all_codes() if not code.startswith("CRP")}


def test_every_code_of_the_matrix_is_a_rule_or_left_out_with_a_reason():
    assert len(MATRIX) == 128
    assert codes() - MATRIX == OURS
    assert codes() & set(OMITTED) == set()
    assert (codes() | set(OMITTED)) - OURS == MATRIX
    assert all(len(reason) > 20 for reason in OMITTED.values())


def test_the_codes_are_those_of_the_matrix(shared):
    with open(shared / "sat/errors/cfdi40.csv", encoding="utf-8", newline="") as file:
        rows = {row["codigo"]: row for row in csv.DictReader(file)}
    assert set(rows) == MATRIX
    assert {code: row["descripcion_sat"].strip() for code, row in rows.items()} == SAT_TEXTS
    offline = {code for code, row in rows.items() if row["alcance"] == "local"}
    # a column of c_ClaveProdServ that could not be obtained
    assert offline - codes() == {"CFDI40163"}


def test_every_code_of_the_matrix_of_pagos_has_one_place(shared):
    with open(shared / "sat/errors/crp20.csv", encoding="utf-8", newline="") as file:
        rows = {row["codigo"] for row in csv.DictReader(file)}
    ruled = {code for code in all_codes() if code.startswith("CRP")}
    places = [ruled, set(CONSTRUCTED), set(ONLY_SAT)]
    assert set.union(*places) == rows
    assert sum(map(len, places)) == len(rows) == 103


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_a_rule_says_of_itself(rule):
    assert rule.severity in (ERROR, WARNING)
    assert rule.fix_in in FIX_IN
    assert rule.reads
    assert rule.judges.__doc__.strip()
    assert rule.sat or rule.code in OURS or rule.code.startswith("CRP20")
    assert set(placeholders(rule.en)) - {"person"} == set(placeholders(rule.es)) - {"person_es"}


def placeholders(text):
    return [name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name]


def test_only_what_sat_does_not_refuse_is_a_warning():
    warnings = {rule.name for rule in RULES if rule.severity == WARNING}
    assert {rule.code for rule in RULES if rule.name in warnings} == OURS - REFUSED | {"CFDI40194"}


def test_order_is_that_of_the_document():
    modules = [rule.judges.__module__.rpartition(".")[2] for rule in RULES]
    order = list(dict.fromkeys(modules))
    assert order == [
        "comprobante",
        "totals",
        "informacion_global",
        "cfdi_relacionados",
        "emisor",
        "receptor",
        "concepto",
        "concepto_impuestos",
        "concepto_nodes",
        "impuestos",
        "pagos",
        "pago",
        "docto",
    ]
    assert modules == sorted(modules, key=order.index)
