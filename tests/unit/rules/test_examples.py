"""Every rule finds nothing in a good document and its fault in a bad one, which differs little."""

import pytest
import rules_examples_header
import rules_examples_lines
import rules_examples_payments
from l10n_mx_facture.cfdi.rules import RULES, judge

EXAMPLES = {
    **rules_examples_header.EXAMPLES,
    **rules_examples_lines.EXAMPLES,
    **rules_examples_payments.EXAMPLES,
}
BY_NAME = {rule.name: rule for rule in RULES}


def test_every_rule_has_its_examples():
    assert len(BY_NAME) == len(RULES), "two rules of one name"
    assert set(EXAMPLES) == set(BY_NAME)


@pytest.mark.parametrize("name", EXAMPLES)
def test_good(name):
    good, _bad, _codes = EXAMPLES[name]
    assert [finding.text() for finding in judge(good)] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_bad(name):
    _good, bad, codes = EXAMPLES[name]
    found = judge(bad)
    assert name in {finding.rule.name for finding in found}
    assert {finding.code for finding in found} == codes
    assert BY_NAME[name].code in codes


@pytest.mark.parametrize("name", EXAMPLES)
def test_its_sentences(name):
    finding = next(h for h in judge(EXAMPLES[name][1]) if h.rule.name == name)
    english, spanish = finding.text("en_US"), finding.text("es_MX")
    for text in (english, spanish):
        assert "{" not in text
        assert text.endswith(".")
        assert "None" not in text
    for value in finding.data.values():
        assert isinstance(value, str | int)
    assert english != spanish
    if finding.line is not None:
        assert english.startswith(f"Line {finding.line + 1} (")
        assert spanish.startswith(f"Partida {finding.line + 1} (")
    if finding.pago is not None:
        assert english.startswith(f"Payment {finding.pago + 1}") and spanish.startswith(f"Pago {finding.pago + 1}")


def test_a_change_is_small():
    """A bad document is the good one, or one nearby: the rules find few things in it."""
    for name, (_good, bad, _codes) in EXAMPLES.items():
        assert len(judge(bad)) <= 5, name
