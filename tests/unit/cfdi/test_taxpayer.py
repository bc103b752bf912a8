"""Who a contact is, from its tax id and its country together."""

import pytest
from l10n_mx_facture.cfdi import taxpayer
from l10n_mx_facture.cfdi.rfc import GENERIC_FOREIGN as FOREIGN
from l10n_mx_facture.cfdi.rfc import GENERIC_NATIONAL as NATIONAL
from l10n_mx_facture.cfdi.taxpayer import Identity, identify, own_rfc

NONES = ("", " ", "/", "-", "--", ".", "N/A", "n/a", "N.A.", "NA", "S/N", "0", "000", "X", "XXX", "None", "\u200b")


@pytest.mark.parametrize(
    "written",
    ("URE180429TM6", "ure180429tm6", " URE-180429-TM6 ", "URE_180429.TM6", "MXURE180429TM6", "MX URE180429TM6",
     "mx-URE 180429 TM6", "RFC: URE180429TM6", "URE180429TM6\u200b"),
)  # fmt: skip
def test_an_rfc_however_it_is_written(written):
    assert own_rfc(written) == "URE180429TM6"
    assert identify(written, "MX") == identify(written, "") == Identity("URE180429TM6")


def test_an_rfc_is_composed():
    assert own_rfc("on\u0303o120726rx3") == own_rfc("OÑO120726RX3") == "O\u00d1O120726RX3"
    assert own_rfc("H&E951128469") == "H&E951128469"


def test_an_rfc_that_begins_with_mx_keeps_it():
    assert own_rfc("MXA010101AAA") == "MXA010101AAA"


@pytest.mark.parametrize("written", NONES)
def test_a_sign_for_none_is_none(written):
    assert own_rfc(written) == ""
    assert identify(written, "MX") == identify(written, "") == Identity("", doubt=taxpayer.MISSING)
    assert identify(written, "US") == Identity(FOREIGN)


@pytest.mark.parametrize(
    ("tax_id", "country", "identity"),
    (
        ("123456789", "US", Identity(FOREIGN, "123456789")),
        (" DE123456788\u200b", "DE", Identity(FOREIGN, "DE123456788")),
        ("12-3456789", "US", Identity(FOREIGN, "12-3456789")),
        ("xexx-010101-000", "US", Identity(FOREIGN)),
        (FOREIGN, "", Identity(FOREIGN)),
        (NATIONAL, "MX", Identity(NATIONAL)),
        (NATIONAL, "", Identity(NATIONAL)),
    ),
)
def test_facts_that_agree(tax_id, country, identity):
    assert identify(tax_id, country) == identity


@pytest.mark.parametrize(
    ("tax_id", "country", "rfc", "doubt"),
    (
        ("URE180429TM6", "US", "URE180429TM6", taxpayer.RFC_ABROAD),
        ("MXURE180429TM6", "US", "URE180429TM6", taxpayer.RFC_ABROAD),
        (NATIONAL, "US", NATIONAL, taxpayer.NATIONAL_ABROAD),
        (FOREIGN, "MX", FOREIGN, taxpayer.FOREIGN_IN_MEXICO),
        ("123456789", "", "123456789", taxpayer.NO_COUNTRY),
        ("URE189929TM6", "MX", "URE189929TM6", taxpayer.NOT_AN_RFC),
        ("12-3456789", "MX", "123456789", taxpayer.NOT_AN_RFC),
    ),
)
def test_facts_that_contradict_each_other_are_in_doubt(tax_id, country, rfc, doubt):
    assert identify(tax_id, country) == Identity(rfc, doubt=doubt)
