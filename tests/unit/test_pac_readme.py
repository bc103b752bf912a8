"""The example of a new service in doc/development.rst is one that works, and a short one."""

import re
import textwrap
from pathlib import Path

import pac_server
import pytest
from l10n_mx_facture import pac
from pac_calls import XML, credentials
from pac_services import STAMPED

PAGE = Path(__file__).resolve().parents[2] / "doc/development.rst"
LATER = ("branches", "find", "fetch_xml", "fetch_pdf", "cancel", "receipt")


def code():
    """The text of the page's only block of Python."""
    [block] = re.findall(r"(?m)^\.\. code-block:: python\n\n((?:(?: {4}.*)?\n)+)", PAGE.read_text())
    return textwrap.dedent(block).strip()


def example():
    """The class that the page shows, with what it leaves out put in as nothing."""
    names = {"__name__": "l10n_mx_facture.pac.timbrador", "__package__": "l10n_mx_facture.pac"}
    exec(compile(code(), PAGE.name, "exec"), names)
    return type("Whole", (names["Timbrador"],), dict.fromkeys(LATER))


def test_it_is_short():
    assert len([line for line in code().splitlines() if line.strip()]) <= 30


def test_it_stamps_and_tells_what_went_wrong():
    with pac_server.Server(pac_server.answer(STAMPED), pac_server.answer(b"<html>no</html>", 500)) as server:
        client = example()(credentials(server.url))
        assert client.stamp(XML, "17").xml == STAMPED
        assert server.received[0].path == "/stamp/17" and server.received[0].header("Authorization")
        with pytest.raises(pac.UnknownOutcome):
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
