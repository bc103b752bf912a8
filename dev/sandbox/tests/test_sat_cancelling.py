"""The life of a cancellation at SAT: acceptance, relations, what others do, what is shown when."""

import datetime
import importlib
import sys

import pytest
import requests
from client import MATRIZ, local_now
from process import SANDBOX
from samples import PUBLIC, cfdi, change, large, uuid_of
from sat_client import stamp, state

RELATED = ('<cfdi:CfdiRelacionados TipoRelacion="{kind}"><cfdi:CfdiRelacionado UUID="{uuid}"/>'
           "</cfdi:CfdiRelacionados>")
sys.path.append(str(SANDBOX.parent))
next_business_day = importlib.import_module("sandbox.sat").next_business_day
WITH, WITHOUT, NOT = "Cancelable con aceptación", "Cancelable sin aceptación", "No cancelable"


def _answer(client, xml, answer):
    return client.control("POST", "sat/answer", {"uuid": uuid_of(xml), "answer": answer})


def _code(client, xml, *args, **kwargs):
    return client.cancel(uuid_of(xml), *args, **kwargs).json()["codigo"]


def _naming(client, xml, kind, folio="2"):
    """A CFDI that names another one, which is stamped too."""
    before = RELATED.format(kind=kind, uuid=uuid_of(xml).upper())
    return stamp(client, cfdi(folio=folio, before=before))


def test_without_acceptance(client):
    for xml in (stamp(client, cfdi()), stamp(client, cfdi(receiver=PUBLIC, folio="2"))):
        assert state(client, xml) == ("Vigente", WITHOUT, "")
        assert _code(client, xml) == "201"
        assert state(client, xml) == ("Cancelado", WITHOUT, "Cancelado sin aceptación")


@pytest.mark.parametrize("answer, after", [
    ("accept", ("Cancelado", WITH, "Cancelado con aceptación")),
    ("refuse", ("Vigente", WITH, "Solicitud rechazada")),
    ("expire", ("Cancelado", WITH, "Plazo vencido"))])
def test_with_acceptance(client, answer, after):
    xml = stamp(client, large())
    assert state(client, xml) == ("Vigente", WITH, "")
    with pytest.raises(requests.HTTPError):
        _answer(client, xml, answer)
    assert _code(client, xml) == "201"
    assert state(client, xml) == ("Vigente", WITH, "En proceso")
    assert _code(client, xml) == "202"
    assert _answer(client, xml, answer)["Estado"] == after[0]
    assert state(client, xml) == after
    with pytest.raises(requests.HTTPError):
        _answer(client, xml, answer)
    # the service's own word follows
    (row,) = client.book()
    assert (row["estado"], row["estatus_cancelacion"]) == after[::2]


def test_a_second_request_never_expires(client):
    xml = stamp(client, large())
    _code(client, xml)
    _answer(client, xml, "refuse")
    assert _code(client, xml) == "201"
    assert state(client, xml)[2] == "En proceso"
    with pytest.raises(requests.HTTPError) as error:
        _answer(client, xml, "expire")
    assert "never expires" in error.value.response.text
    assert state(client, xml)[2] == "En proceso"
    _answer(client, xml, "accept")
    assert state(client, xml)[2] == "Cancelado con aceptación"


def test_the_receiver_may_be_forced_into_it_or_left_out(client):
    small, big = stamp(client, cfdi()), stamp(client, large("2"))
    client.settings(cancel_state="En proceso")
    assert state(client, small)[1] == WITH
    _code(client, small)
    assert state(client, small)[2] == "En proceso"
    client.settings(cancel_state="Cancelado")
    assert state(client, big)[1] == WITHOUT
    _code(client, big)
    assert state(client, big) == ("Cancelado", WITHOUT, "Cancelado sin aceptación")


@pytest.mark.parametrize("day, last", [
    ("2026-11-18", "2026-11-19"), ("2026-11-20", "2026-11-23"), ("2026-11-21", "2026-11-23"),
    ("2026-12-31", "2027-01-01")])
def test_the_business_day_after(day, last):
    assert next_business_day(datetime.date.fromisoformat(day)).isoformat() == last


@pytest.mark.parametrize("hours", [0, 70])
def test_until_the_next_business_day_nobody_is_asked(client, hours):
    issued = local_now(MATRIZ, hours=-hours)
    xml = stamp(client, change(large(), ".", "Fecha", issued))
    assert state(client, xml)[1] == WITH
    client.settings(sat_next_day=True)
    last = datetime.date.fromisoformat(issued[:10]) + datetime.timedelta(days=1)
    while last.isoweekday() in (6, 7):
        last += datetime.timedelta(days=1)
    asked = datetime.date.fromisoformat(local_now(MATRIZ)[:10]) > last
    assert state(client, xml)[1] == (WITH if asked else WITHOUT)
    assert _code(client, xml) == "201"
    assert state(client, xml)[0] == ("Vigente" if asked else "Cancelado")


def test_sat_shows_it_later(client):
    xml = stamp(client, large())
    client.settings(sat_cancel_lag=60)
    assert _code(client, xml) == "201"
    assert state(client, xml) == ("Vigente", WITH, "")
    _answer(client, xml, "refuse")
    assert state(client, xml)[2] == ""
    client.settings(sat_cancel_lag=0)
    assert state(client, xml)[2] == "Solicitud rechazada"
    client.settings(sat_cancel_lag=60)
    assert _code(client, xml) == "201"
    assert state(client, xml)[2] == "Solicitud rechazada"
    client.settings(sat_cancel_lag=0)
    assert state(client, xml)[2] == "En proceso"
    # what happened at SAT itself is there at once
    client.settings(sat_cancel_lag=60)
    client.control("POST", "sat/state", {"uuid": uuid_of(xml), "estado": "Cancelado",
                                         "estatus_cancelacion": "Plazo vencido"})
    assert state(client, xml)[2] == "Plazo vencido"


# --- relations ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["01", "02", "03", "07"])
def test_what_a_live_one_names_can_not_be_cancelled(client, kind):
    xml = stamp(client, cfdi())
    naming = _naming(client, xml, kind)
    assert state(client, xml) == ("Vigente", NOT, "")
    about = client.control("GET", f"sat/{uuid_of(xml)}")
    assert about["blocking"] == [uuid_of(naming)]
    assert _code(client, xml) == "204"
    assert _code(client, xml, "01", folioSustitucion=uuid_of(naming)) == "204"
    assert state(client, naming)[1] == WITHOUT
    assert _code(client, naming) == "201"
    assert state(client, xml) == ("Vigente", WITHOUT, "")
    assert _code(client, xml) == "201"


def test_a_substitute_is_in_nobodys_way_but_its_own(client):
    xml = stamp(client, cfdi())
    substitute = _naming(client, xml, "04")
    third = stamp(client, cfdi(folio="3"))
    assert state(client, xml) == ("Vigente", WITHOUT, "")
    assert _code(client, xml, "02") == "204"
    assert _code(client, xml, "01", folioSustitucion=uuid_of(third)) == "204"
    assert _code(client, xml, "01", folioSustitucion=uuid_of(substitute).upper()) == "201"


def test_which_relations_count_is_a_setting(client):
    xml = stamp(client, cfdi())
    _naming(client, xml, "01")
    client.settings(sat_related=["07"])
    assert state(client, xml)[1] == WITHOUT
    assert _code(client, xml) == "201"


def test_what_waits_for_its_receiver_is_alive(client):
    xml = stamp(client, cfdi())
    naming = _naming(client, xml, "01")
    client.settings(cancel_state="En proceso")
    _code(client, naming)
    assert state(client, xml)[1] == NOT
    _answer(client, naming, "accept")
    assert state(client, xml)[1] == WITH


# --- what others do -----------------------------------------------------------------------------


def test_cancelled_by_another_program(client):
    xml = stamp(client, cfdi())
    client.control("POST", "sat/state", {"uuid": uuid_of(xml), "estado": "Cancelado",
                                         "estatus_cancelacion": "Cancelado sin aceptación"})
    assert state(client, xml)[::2] == ("Cancelado", "Cancelado sin aceptación")
    (row,) = client.book()
    assert row["estado"] == "Vigente"
    assert _code(client, xml) == "202"
    (row,) = client.book()
    assert row["estado"] == "Vigente"


def test_asked_for_by_another_program_and_answered(client):
    xml = stamp(client, large())
    client.control("POST", "sat/state", {"uuid": uuid_of(xml), "estado": "Vigente",
                                         "estatus_cancelacion": "En proceso"})
    assert state(client, xml)[2] == "En proceso"
    assert _code(client, xml) == "202"
    _answer(client, xml, "refuse")
    assert state(client, xml)[2] == "Solicitud rechazada"
    assert _code(client, xml) == "201"
    with pytest.raises(requests.HTTPError):
        _answer(client, xml, "expire")
    _answer(client, xml, "accept")
    assert state(client, xml)[::2] == ("Cancelado", "Cancelado con aceptación")


def test_only_what_sat_documents_is_a_state(client):
    uuid = uuid_of(stamp(client, cfdi()))
    for estado, estatus in (("Cancelado", ""), ("Vigente", "Plazo vencido"), ("Otro", "")):
        with pytest.raises(requests.HTTPError):
            client.control("POST", "sat/state", {
                "uuid": uuid, "estado": estado, "estatus_cancelacion": estatus})


def test_the_receivers_old_door_still_opens(client):
    xml = stamp(client, large())
    _code(client, xml)
    client.control("POST", f"cfdi/{uuid_of(xml)}", {"estado": "Cancelado"})
    assert state(client, xml) == ("Cancelado", WITH, "Cancelado con aceptación")


def test_not_cancellable_by_order(client):
    xml = stamp(client, cfdi())
    client.control("POST", f"cfdi/{uuid_of(xml)}", {"cancelable": False})
    assert state(client, xml)[1] == NOT
