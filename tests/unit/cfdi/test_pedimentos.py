"""What a person writes of a line, read into SAT's forms; the name of the general public."""

import pytest
from l10n_mx_facture.cfdi.names import GENERAL_PUBLIC, is_general_public
from l10n_mx_facture.cfdi.pedimentos import cuentas_prediales, is_cuenta_predial, is_pedimento, pedimentos

WRITTEN = "26  47  3807  6000123"


@pytest.mark.parametrize(
    "text",
    [
        WRITTEN,
        "264738076000123",
        "26 47 3807 6000123",
        "26-47-3807-6000123",
        " 26/47.3807 6000123\t",
        "26\u00a047 38076000123",
    ],
)
def test_however_15_digits_are_grouped_they_are_one_customs_number(text):
    assert pedimentos(text) == (WRITTEN,)
    assert is_pedimento(WRITTEN) and len(WRITTEN) == 21


@pytest.mark.parametrize("text", ["26473807600012", "2647380760001234", "26A738076000123", "２６4738076000123", "x"])
def test_what_has_not_15_digits_stays_as_it_is_and_has_not_the_form(text):
    assert pedimentos(text) == (text,)
    assert not is_pedimento(text)


def test_commas_semicolons_and_new_lines_separate():
    other = "25  24  3420  5001234"
    for between in (",", "\n", " ;\n", ",,", "\r\n"):
        assert pedimentos(f"{WRITTEN}{between}{other}") == (WRITTEN, other)
    assert cuentas_prediales("A1, B2\nC3;") == ("A1", "B2", "C3")


@pytest.mark.parametrize("text", [None, False, "", " ", ",\n;"])
def test_nothing_written_is_no_number(text):
    assert pedimentos(text) == ()
    assert cuentas_prediales(text) == ()


@pytest.mark.parametrize(
    "text, good",
    [("1", True), ("a" * 150, True), ("a" * 151, False), ("1-2", False), ("1 2", False), ("ñ", False), ("", False)],
)
def test_a_property_tax_account_has_1_to_150_letters_and_digits(text, good):
    assert is_cuenta_predial(text) is good


@pytest.mark.parametrize("name", ["Público en general", " PUBLICO  EN GENERAL ", "público en GENERAL", GENERAL_PUBLIC])
def test_the_general_public_however_it_is_written(name):
    assert is_general_public(name)


@pytest.mark.parametrize(
    "name", ["", "Juan Público", "Público en general S.A.", "PUBLICO GENERAL", "Público eñ general"]
)
def test_other_names_are_not_the_general_public(name):
    assert not is_general_public(name)
