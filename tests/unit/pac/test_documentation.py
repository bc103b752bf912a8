"""The example of a new service that the documentation prints is one that works."""

import inspect
import re
import textwrap
from pathlib import Path

import pac_server
import pytest
from l10n_mx_facture.pac import providers
from l10n_mx_facture.pac.contract import Pac
from l10n_mx_facture.pac.errors import UnknownOutcome
from pac_calls import XML, credentials
from pac_services import STAMPED

REPO = Path(__file__).resolve().parents[3]
DOCUMENT = REPO / "doc/development.rst"
HEADING = re.compile(r"(?m)^A fourth service\n[-=]+\n")
LATER = ("branches", "find", "fetch_xml", "fetch_pdf", "cancel", "receipt")


def code():
    """The first code block below the heading."""
    _before, section = HEADING.split(DOCUMENT.read_text(encoding="utf-8"))
    block = re.search(r"code-block:: python\n((?:\n| +.*\n)+)", section)[1]
    return textwrap.dedent(block).strip() + "\n"


def example():
    """The class that the documentation shows, with what it leaves out put in as nothing."""
    names = {"__name__": "l10n_mx_facture.pac.timbrador", "__package__": "l10n_mx_facture.pac"}
    exec(compile(code(), "the documentation", "exec"), names)
    return type("Whole", (names["Timbrador"],), dict.fromkeys(LATER))


def test_it_is_short():
    assert len([line for line in code().splitlines() if line.strip()]) <= 30


def test_it_keeps_to_the_contract_and_can_be_chosen(monkeypatch):
    service = example()
    for name in ("account_status", "stamp"):
        parameters = [list(inspect.signature(getattr(one, name)).parameters) for one in (service, Pac)]
        assert parameters[0] == parameters[1]
    monkeypatch.setitem(providers.PROVIDERS, "timbrador", service)
    assert providers.titles()["timbrador"] == service.title
    assert isinstance(providers.client("timbrador", credentials("https://service.example")), Pac)


def test_it_stamps_and_tells_what_went_wrong():
    with pac_server.Server(pac_server.answer(STAMPED), pac_server.answer(b"<html>no</html>", 500)) as server:
        client = example()(credentials(server.url))
        assert client.stamp(XML, "17").xml == STAMPED
        assert server.received[0].path == "/stamp/17" and server.received[0].header("Authorization")
        with pytest.raises(UnknownOutcome):
            client.stamp(XML, "17")


def test_it_takes_many_without_a_line_more():
    with pac_server.Server(pac_server.answer(STAMPED), pac_server.answer(b"", 500)) as server:
        result = example()(credentials(server.url)).stamp_many({"a.xml": XML, "b.xml": XML}, "17")
    assert sorted(entry.outcome for entry in result.entries.values()) == ["stamped", "unknown"]


def test_it_says_who_the_account_is():
    told = b'{"name": "ESCUELA", "user": "ana"}'
    with pac_server.Server(pac_server.answer(told, content_type="application/json")) as server:
        status = example()(credentials(server.url)).account_status()
    assert (status.holder, status.user, status.credits) == ("ESCUELA", "ana", None)
