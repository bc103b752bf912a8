"""Cancelling at Facture's current API: six outcomes in a flag and in prose."""

import json

import pytest
from l10n_mx_facture.pac.errors import Rejected, UnknownOutcome
from l10n_mx_facture.pac.wire.tokens import Token, TokenStore
from pac_calls import call
from pac_samples import OTHER_UUID, UUID
from pac_services import TOKEN, as_json, items

LINK = "https://app.facture.example/cancelacion/index.html?data=eyJ1dWlkIjoiZjZjZWRm"
ABOUT = f"El comprobante con UUID {UUID.lower()}"
# outcome: (succeed, message, error) as the documentation prints them, misspellings included
DOCUMENTED = {
    "requested": (
        True,
        None,
        f"{ABOUT} fue cancelado, pero su estado no ha cambiado en el sistema del SAT. Se le enviará un correo"
        " electrónico cuando el estado del comprobante cambie."
        " Le pedimos que revise su bandeja de correo constantemente.",
    ),
    "needs_acceptance": (
        True,
        f"Envie el siguiente enlace al receptor X para que pueda autorizar la cancelación del comprobante {LINK}",
        "El comprobante debe ser autorizado por el receptor para poder ser cancelado.",
    ),
    "in_process": (False, None, f"{ABOUT} ya se encuetra en proceso de cancelación"),
    "cancelled_before": (True, None, f"{ABOUT} ya se encuentra previamente cancelado"),
    "not_cancellable": (
        False,
        "Primero debes cancelar sus comprobantes de relación tipo padre.",
        f"{ABOUT} no puede ser cancelado debido a que tiene relación con otros comprobantes.",
    ),
    "not_at_sat": (
        False,
        None,
        f"{ABOUT} no puede ser cancelado debido a que no se encontró en la base de datos del SAT",
    ),
}
ACCEPTED = {"requested", "needs_acceptance", "in_process", "cancelled_before"}


def cancel(*rows, args=(UUID, "1", "02"), status=200):
    return call(
        "cancel", as_json(items(*rows), status), args=args, provider="facture_api", token_store=TokenStore(Token(TOKEN))
    )


OURS = UUID.lower()


def item(succeed, message, error, uuid=OURS):
    row = {"succeed": succeed, "uuid": uuid, "message": message, "error": error}
    return {key: value for key, value in row.items() if value is not None}


def unknown(*rows, reason="not_understood", **more):
    error = cancel(*rows, **more).error
    assert (type(error), error.reason) == (UnknownOutcome, reason), repr(error)
    assert error.raw and error.text.endswith(".")
    return error


@pytest.mark.parametrize("code", DOCUMENTED)
def test_the_documented_outcomes(code):
    outcome = cancel(item(*DOCUMENTED[code]))
    assert outcome.error is None, outcome.error
    assert (outcome.value.code, outcome.value.accepted) == (code, code in ACCEPTED)
    assert outcome.value.detail and outcome.value.text.endswith(".")


VARIANTS = {
    "spelled right": lambda text: text.replace("encuetra", "encuentra").replace("Envie", "Envíe"),
    "without accents": lambda text: text.translate(str.maketrans("áéíóú", "aeiou")),
    "upper case": str.upper,
    "spaces": lambda text: text.replace(" ", "  ").replace(".", " ."),
    "feminine": lambda text: text.replace("cancelado", "cancelada").replace("autorizado", "autorizada"),
}


@pytest.mark.parametrize("code", DOCUMENTED)
@pytest.mark.parametrize("variant", VARIANTS)
def test_stems_are_read_and_not_sentences(code, variant):
    flag, message, error = DOCUMENTED[code]
    change = VARIANTS[variant]
    found = cancel(item(flag, message and change(message), change(error)))
    assert found.value is not None and found.value.code == code, found.error


@pytest.mark.parametrize("code", DOCUMENTED)
def test_a_sentence_with_the_other_flag_is_unknown(code):
    flag, message, error = DOCUMENTED[code]
    unknown(item(not flag, message, error))
    unknown(item(None, message, error))


def test_two_outcomes_at_once_are_unknown():
    unknown(item(True, DOCUMENTED["cancelled_before"][2], DOCUMENTED["requested"][2]))


@pytest.mark.parametrize("flag", [True, False])
@pytest.mark.parametrize("text", ["", "Listo.", "Cancelado", "Error desconocido", "No fue cancelado", "200", "ok"])
def test_what_is_not_documented_is_unknown(flag, text):
    unknown(item(flag, None, text))


def test_the_link_is_kept_apart():
    found = cancel(item(*DOCUMENTED["needs_acceptance"])).value
    assert found.link == LINK
    assert LINK not in found.detail and LINK not in repr(found)


def test_words_in_the_link_are_not_the_services_words():
    flag, message, error = DOCUMENTED["needs_acceptance"]
    found = cancel(item(flag, message.replace("eyJ1", "previamentecancelado"), error)).value
    assert found.code == "needs_acceptance"


@pytest.mark.parametrize("code", ["202", "203", "204", "205"])
def test_a_code_of_sat_beside_a_no_is_one(code):
    found = cancel(item(False, None, f"CA{code} - El UUID no existe / Error al cancelar el UUID de la factura")).value
    assert (found.code, found.accepted) == (code, False)


def test_a_code_of_sat_beside_a_yes_is_a_riddle():
    unknown(item(True, None, "CA205 - El UUID no existe"))


def test_a_bad_request_asked_nothing():
    text = f"Petición errónea, el parametro '{UUID}' está repetido en la petición."
    error = cancel(item(False, "Comprobante no procesado.", text)).error
    assert type(error) is Rejected and "repetido" in error.detail


@pytest.mark.parametrize(
    "rows,reason",
    [
        ([], "not_understood"),
        ([item(*DOCUMENTED["requested"], uuid=OTHER_UUID)], "not_ours"),
        ([item(*DOCUMENTED["requested"], uuid=None)], "not_ours"),
        ([item(*DOCUMENTED["requested"])] * 2, "contradictory"),
        ([item(*DOCUMENTED["requested"]), item(*DOCUMENTED["in_process"])], "contradictory"),
    ],
)
def test_items_that_say_nothing_of_ours(rows, reason):
    unknown(*rows, reason=reason)


def test_a_failed_answer_is_not_believed():
    unknown(item(*DOCUMENTED["requested"]), status=500, reason="server_error")


def test_the_request():
    request = cancel(item(*DOCUMENTED["requested"])).request
    assert json.loads(request.body) == {"entity": {"data": {"comprobantes": [{"uuid": UUID.lower(), "motivo": "02"}]}}}
    request = cancel(item(*DOCUMENTED["requested"]), args=(UUID, "1", "01", OTHER_UUID)).request
    assert json.loads(request.body)["entity"]["data"]["comprobantes"] == [
        {"uuid": UUID.lower(), "motivo": "01", "uuidRelacionado": OTHER_UUID}
    ]
