"""doc/rules.rst counts the rules as they are, and has each code that is ours."""

from pathlib import Path

from l10n_mx_facture.cfdi.rules import RULES, WARNING
from l10n_mx_facture.cfdi.rules.matrix import OMITTED, SAT_TEXTS
from l10n_mx_facture.cfdi.rules.matrix_pagos import CONSTRUCTED, ONLY_SAT

PAGE = " ".join((Path(__file__).resolve().parents[3] / "doc/rules.rst").read_text().split())
OF_PAYMENTS = [rule for rule in RULES if rule.judges.__module__.rsplit(".", 1)[1] in ("docto", "pago", "pagos")]
OF_INVOICES = [rule for rule in RULES if rule not in OF_PAYMENTS]


def _codes(rules):
    return {code for rule in rules for code in (rule.code, *rule.also)}


def _warnings(rules):
    return sum(rule.severity == WARNING for rule in rules)


def test_the_rules_of_invoices_are_counted():
    covered = len(_codes(OF_INVOICES) & set(SAT_TEXTS))
    assert f"holds {len(OF_INVOICES)} rules of invoices; {_warnings(OF_INVOICES)} of them are warnings" in PAGE
    assert f"They cover {covered} of the {len(SAT_TEXTS)} codes" in PAGE
    assert f"{len(OMITTED)} codes are not checked" in PAGE


def test_the_rules_of_receipts_of_payment_are_counted():
    covered = sum(code.startswith("CRP") for code in _codes(OF_PAYMENTS))
    all_codes = covered + len(CONSTRUCTED) + len(ONLY_SAT)
    assert f"{len(OF_PAYMENTS)} more rules judge Pagos 2.0; two of them are warnings" in PAGE
    assert _warnings(OF_PAYMENTS) == 2
    assert f"cover {covered} of the {all_codes} codes of SAT's matrix CRP20xxx; {len(CONSTRUCTED)} can't" in PAGE
    assert len(ONLY_SAT) == 3


def test_each_code_of_ours_is_there():
    ours = {rule.code for rule in RULES if not rule.code.startswith(("CFDI", "CRP"))}
    assert [code for code in sorted(ours) if code not in PAGE] == []
