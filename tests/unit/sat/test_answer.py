"""SAT's four texts and what they mean: every documented combination, and everything else."""

import itertools
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from l10n_mx_facture.pac.sat import answer as answer

S = "S - Comprobante obtenido satisfactoriamente."
N601 = "N - 601: La expresión impresa proporcionada no es válida."
N602 = "N - 602: Comprobante no encontrado."
CODES = (S, N601, N602, "", None)
ESTADOS = ("Vigente", "Cancelado", "No Encontrado", "", None)
CANCELABLES = ("Cancelable sin aceptación", "Cancelable con aceptación", "No cancelable", "", None)
ESTATUS = (
    "",
    None,
    "En proceso",
    "Solicitud rechazada",
    "Cancelado sin aceptación",
    "Cancelado con aceptación",
    "Plazo vencido",
)
EMPTY = ("", None)
ANY = CANCELABLES
# SAT's table: CodigoEstatus, Estado, EsCancelable, EstatusCancelacion: state, how. What is not in it is unknown.
RULES = [
    (S, ("Vigente",), ANY, EMPTY, "live", None),
    (S, ("Vigente",), ANY, ("En proceso",), "cancel_in_process", None),
    (S, ("Vigente",), ANY, ("Solicitud rechazada",), "refused", None),
    (S, ("Cancelado",), ANY, ("Cancelado sin aceptación",), "cancelled", "without_acceptance"),
    (S, ("Cancelado",), ANY, ("Cancelado con aceptación",), "cancelled", "with_acceptance"),
    (S, ("Cancelado",), ANY, ("Plazo vencido",), "cancelled", "expired"),
    (N602, ("No Encontrado", "", None), EMPTY, EMPTY, "not_yet_known", None),
    (N601, ("No Encontrado", "", None), EMPTY, EMPTY, "bad_expression", None),
]
CANCELLING = {
    "Cancelable sin aceptación": "without_acceptance",
    "Cancelable con aceptación": "with_acceptance",
    "No cancelable": "not_cancellable",
    "": None,
    None: None,
}
LIVE_STATES = ("live", "cancel_in_process", "refused")


def _expected(code, estado, cancelable, estatus):
    found = [
        (state, how)
        for a, b, c, d, state, how in RULES
        if code == a and estado in b and cancelable in c and estatus in d
    ]
    assert len(found) < 2
    state, how = found[0] if found else ("unknown", None)
    return state, how, CANCELLING[cancelable] if state in LIVE_STATES else None


def test_every_combination_of_the_documented_values():
    seen = {}
    for texts in itertools.product(CODES, ESTADOS, CANCELABLES, ESTATUS):
        reading = answer.read(*texts)
        assert (reading.state, reading.cancellation, reading.cancellable) == _expected(*texts), texts
        seen[reading.state] = seen.get(reading.state, 0) + 1
    # five times two, five, five, fifteen; three times two times two, twice
    assert seen.pop("unknown") == 875 - 5 * (2 + 1 + 1 + 3) - 2 * 12
    assert seen == {
        "live": 10,
        "cancel_in_process": 5,
        "refused": 5,
        "cancelled": 15,
        "not_yet_known": 12,
        "bad_expression": 12,
    }


@pytest.mark.parametrize(
    "texts, state",
    [
        ((S.upper(), "VIGENTE", "CANCELABLE SIN ACEPTACIÓN", ""), "live"),
        ((S.rstrip("."), " Vigente\n", "Cancelable sin aceptacion", " En  proceso. "), "cancel_in_process"),
        ((S, "Cancelado.", "", "cancelado con aceptacio\u0301n"), "cancelled"),
        ((S, "Cancelado", "", "Plazo\u00a0vencido"), "cancelled"),
        (("N 602", "", "", ""), "unknown"),
        (("N-602 otra cosa", "", "", ""), "not_yet_known"),
        (("N - 6021: x", "", "", ""), "unknown"),
        (("N - 601", "no encontrado", "", ""), "bad_expression"),
    ],
)
def test_what_may_differ_and_what_not(texts, state):
    assert answer.read(*texts).state == state


@pytest.mark.parametrize(
    "texts",
    [
        ("S", "Cancelado", "", "Cancelado sin aceptación"),
        ("S - Otra cosa.", "Cancelado", "", "Cancelado sin aceptación"),
        ("N - 603: Otra cosa.", "Cancelado", "", "Cancelado sin aceptación"),
        (N602, "Cancelado", "", "Cancelado sin aceptación"),
        (S, "Cancelado", "Otra cosa", "Cancelado sin aceptación"),
        (S, "Cancelado", "", ""),
        (S, "Cancelado", "", "En proceso"),
        (S, "Cancelado", "", "Solicitud rechazada"),
        (S, "Cancelado", "", "No cancelado sin aceptación"),
        (S, "Cancelado?", "", "Cancelado sin aceptación"),
        (S, "No Cancelado", "", "Cancelado sin aceptación"),
        (S, "Vigente", "", "Cancelado sin aceptación"),
        (S, "Vigente", "", "Plazo vencido"),
        (S, "Vigente", "", "Sin solicitud"),
        (S, "Vigente / Cancelado", "", ""),
        (S, "Canceládo", "", "x"),
        (S, "Cañcelado", "", "Plazo vencido"),
        (S, ".Cancelado", "", "Plazo vencido"),
        (S, "Ｃancelado", "", "Plazo vencido"),
    ],
)
def test_what_contradicts_itself_or_was_not_foreseen_is_unknown(texts):
    assert answer.read(*texts) == answer.Reading("unknown")


# -- anything at all ------------------------------------------------------------------------------


def _tidy(text):
    """The text without what SAT may write in another way."""
    text = unicodedata.normalize("NFD", text or "").replace("\u0301", "").casefold()
    return " ".join(text.split()).strip(" ").rstrip(" .")


DOCUMENTED = {
    tuple(map(_tidy, (code, estado, cancelable, one))): (state, how)
    for code, estados, cancelables, estatus, state, how in RULES
    for estado in estados
    for cancelable in cancelables
    for one in estatus
}
_values = [st.sampled_from(values) for values in (CODES, ESTADOS, CANCELABLES, ESTATUS)]
_alphabet = st.characters(exclude_categories=("Cs",))


@st.composite
def _nearly(draw, value):
    """A documented text with one character put in, taken out or exchanged; or as it is."""
    text = draw(value) or ""
    place = draw(st.integers(0, len(text)))
    put = draw(st.sampled_from(["", "", " ", ".", "\u0301", "no ", "x"]) | st.text(_alphabet, max_size=3))
    return text[:place] + put + text[place + draw(st.integers(0, 1)) :]


@given(*(st.text(_alphabet) | _nearly(value) | value for value in _values))
@example(S, "Cancelado", "", "")
@example("\0", "Vigente", "\ud7ff", "")
def test_no_other_text_says_anything_of_the_cfdi(code, estado, cancelable, estatus):
    reading = answer.read(code, estado, cancelable, estatus)
    if reading.state in ("live", "cancel_in_process", "refused", "cancelled"):
        tidied = tuple(map(_tidy, (code, estado, cancelable, estatus)))
        assert DOCUMENTED[tidied] == (reading.state, reading.cancellation)
    assert (reading.cancellation is not None) == (reading.state == "cancelled")
    assert reading.cancellable is None or reading.state in LIVE_STATES


@pytest.mark.parametrize(
    "code, meaning",
    [
        ("100", "listed"),
        ("101", "listed"),
        ("104", "listed"),
        ("102", "third_party_listed"),
        ("103", "third_party_listed"),
        ("200", "clean"),
        ("201", "clean"),
        (" 201\n", "clean"),
        ("", "unknown"),
        (None, "unknown"),
        ("105", "unknown"),
        ("20", "unknown"),
        ("2000", "unknown"),
        ("200 ", "clean"),
        ("٢٠٠", "unknown"),
        ("clean", "unknown"),
    ],
)
def test_the_list_of_article_69_b(code, meaning):
    assert answer.efos(code) == meaning


def test_cancelled_without_how_is_told_apart_from_other_words_that_are_not_understood():
    assert answer.lacks_cancellation(S, "Cancelado", "", "")
    assert answer.lacks_cancellation(S, " CANCELADO. ", None, None)
    for texts in (
        (S, "Cancelado", "", "Cancelado sin aceptación"),
        (S, "Cancelado", "", "En proceso"),
        (S, "Vigente", "", ""),
        (N602, "Cancelado", "", ""),
        (S, "Cancelado", "Quizá", ""),
    ):
        assert not answer.lacks_cancellation(*texts)
    assert answer.read(S, "Cancelado", "", "").state == "unknown"
