"""RFC: shape, date, kind of person, check digit."""

import pytest
from l10n_mx_facture.cfdi.rfc import (
    GENERIC_FOREIGN,
    GENERIC_NATIONAL,
    has_valid_check_digit,
    is_generic,
    is_moral,
    is_valid_rfc,
)

COMPANIES = (
    "EKU9003173C9",
    "URE180429TM6",
    "XIA190128J61",
    "IIA040805DZ4",
    "H&E951128469",
    "OÑO120726RX3",
    "SAT970701NN3",
)
PERSONS = ("CACX7605101P8", "XOJI740919U48", "MASO451221PM4", "COSC8001137NA")


@pytest.mark.parametrize("rfc", COMPANIES + PERSONS)
def test_known_ones(rfc):
    assert is_valid_rfc(rfc)
    assert has_valid_check_digit(rfc)
    assert is_moral(rfc) == (rfc in COMPANIES)
    assert not is_generic(rfc)


@pytest.mark.parametrize("rfc", (GENERIC_NATIONAL, GENERIC_FOREIGN))
def test_generic_ones(rfc):
    assert is_valid_rfc(rfc) and is_generic(rfc) and has_valid_check_digit(rfc)
    assert not is_moral(rfc)


@pytest.mark.parametrize(
    "rfc",
    (
        "",
        None,
        "EKU9003173C",
        "EKU9003173C99X",
        "eku9003173c9",
        "EKU 900317 3C9",
        "EKU9013173C9",
        "EKU9002303C9",
        "EKU9004313C9",
        "EKU9003173CB",
        "XX900317",
        "EKU9003173C9\n",
    ),
)
def test_malformed(rfc):
    assert not is_valid_rfc(rfc)
    assert not is_moral(rfc)
    assert not has_valid_check_digit(rfc)


def test_leap_day_only_in_leap_years():
    assert is_valid_rfc("EKU0002293C9")
    assert is_valid_rfc("EKU0402293C9")
    assert not is_valid_rfc("EKU0102293C9")


@pytest.mark.parametrize("rfc", COMPANIES + PERSONS)
def test_the_check_digit_notices_every_other_last_character(rfc):
    others = set("0123456789A") - {rfc[-1]}
    assert not any(has_valid_check_digit(rfc[:-1] + other) for other in others)


def test_an_rfc_of_the_right_shape_with_another_digit_is_still_valid():
    assert is_valid_rfc("AAA010101AAA")
    assert not has_valid_check_digit("AAA010101AAA")
