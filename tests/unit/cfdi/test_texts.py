"""The one form of a text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from l10n_mx_facture.cfdi.texts import forbidden_character, one_form


@pytest.mark.parametrize(
    ("text", "formed"),
    (
        (" uno\n\tdos\u00a0\u2028 tres ", "uno dos tres"),
        ("uno\x1fdos", "uno dos"),
        ("Pin\u0303a", "Pi\u00f1a"),
        ("n\u200b\u0303", "\u00f1"),
        ("a\x07\u200b\u00adb\ufeff", "ab"),
        ("a \u200b b", "a b"),
        ("\u200b", ""),
        ("Café ☕ 😀", "Café ☕ 😀"),
        ("a\ufffe", "a\ufffe"),
    ),
)
def test_one_form(text, formed):
    assert one_form(text) == formed


@given(st.text())
def test_it_is_the_same_a_second_time(text):
    formed = one_form(text)
    assert one_form(formed) == formed == unicodedata.normalize("NFC", formed)


def test_the_first_forbidden_character():
    assert forbidden_character("abc 😀 ñ") is None
    assert forbidden_character("ab\uffff\ufffe") == (3, "U+FFFF")
