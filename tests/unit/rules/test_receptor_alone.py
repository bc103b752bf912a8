"""A receiver is judged without an invoice."""

from dataclasses import replace
from datetime import datetime

from l10n_mx_facture.cfdi.rules import judge_receptor
from l10n_mx_facture.cfdi.values import Receptor

NOW = datetime(2026, 11, 30, 12)
GOOD = Receptor(
    rfc="URE180429TM6",
    nombre="UNIVERSIDAD ROBOTICA ESPAÑOLA",
    domicilio_fiscal="86991",
    regimen_fiscal="601",
    uso_cfdi="G03",
)


def codes(**values):
    return {finding.code for finding in judge_receptor(replace(GOOD, **values), NOW)}


def test_a_good_one_passes():
    assert codes() == set()


def test_what_the_receiver_itself_has_wrong():
    assert "CFDI40147" in codes(domicilio_fiscal="00001")
    assert "CFDI40158" in codes(regimen_fiscal="605")
    assert "CFDI40161" in codes(uso_cfdi="D01")
    assert "RFC-DIGITO" in codes(rfc="URE180429TM5")


def test_its_sentences_can_be_told():
    for finding in judge_receptor(replace(GOOD, regimen_fiscal="605", uso_cfdi="D01", rfc="URE180429TM5"), NOW):
        assert "{" not in finding.text("es_MX")
