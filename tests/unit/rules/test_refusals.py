"""What a user is told of a code with which a service refuses."""

import pytest
from l10n_mx_facture.cfdi.rules import RULES
from l10n_mx_facture.cfdi.rules.matrix import OMITTED
from l10n_mx_facture.cfdi.rules.refusals import TEXTS, find_refusal

# what every place of the table has to be for models/build/rules.py
OWNERS = {"account", "branch", "company", "line", "move", "none", "partner", "payment"}
SLUGS = {rule.fix_in for rule in RULES} | {"account.certificate", "company.name", "partner.name", "none"}


@pytest.mark.parametrize("code", TEXTS)
def test_each_text_has_both_languages_and_a_place(code):
    fix_in, en, es = TEXTS[code]
    assert fix_in in SLUGS and fix_in.partition(".")[0] in OWNERS
    assert en.endswith(".") and es.endswith(".") and en != es
    assert "{" not in en + es


def test_what_the_rules_leave_to_sat_and_is_in_force_has_a_text():
    inactive = {"CFDI40118", "CFDI40120", "CFDI40127", "CFDI40128", "CFDI40129"}
    # a power that SAT gives to few
    assert set(OMITTED) - inactive - set(TEXTS) == {"CFDI40142"}
    assert "CRP20222" in TEXTS


def test_sats_code_in_the_text_says_more_than_a_services_number():
    assert find_refusal("301", "CFDI40148 - el domicilio").code == "CFDI40148"
    assert find_refusal("CFDI40145", "").fix_in == "partner.name"
    assert find_refusal("401", "fuera de rango").fix_in == "move.date"
    assert find_refusal("CRP", "CRP20225: CtaOrdenante").fix_in == "payment.payer_account"


def test_a_rule_without_values_lends_its_sentence_and_any_rule_its_place():
    lent = [(rule, find_refusal(rule.code, "")) for rule in RULES if rule.code not in TEXTS]
    plain = [(rule, found) for rule, found in lent if "{" not in rule.en]
    assert plain and all(found.text("es_MX") == rule.es for rule, found in plain if found.en == rule.en)
    assert all(found.en is None or "{" not in found.en for _rule, found in lent)
    assert find_refusal("CFDI40151", "").fix_in == "partner.country"
    assert find_refusal("CFDI40151", "").text("en_US") is None


@pytest.mark.parametrize(("code", "text"), [("", ""), (None, None), ("X1", "no se pudo"), ("999", "CFDI4")])
def test_what_is_not_known_is_none(code, text):
    assert find_refusal(code, text) is None
