"""The example of a new service that the README prints is one that works."""

import re
import textwrap
from pathlib import Path

import pac_server
import pytest
from l10n_mx_facture.pac.errors import UnknownOutcome
from pac_calls import XML, credentials
from pac_services import STAMPED

README = Path(__file__).resolve().parents[2] / "README.rst"
LATER = ("branches", "find", "fetch_xml", "fetch_pdf", "cancel", "receipt")


def example():
    """The class that the README shows, with what it leaves out put in as nothing."""
    section = README.read_text().split("A fourth service\n")[1].split("\nA service that takes many")[0]
    code = textwrap.dedent("\n".join(re.findall(r"(?m)^(?:    .*)?$", section.split("::\n", 1)[1])))
    names = {"__name__": "l10n_mx_facture.pac.timbrador", "__package__": "l10n_mx_facture.pac"}
    exec(compile(code, "README.rst", "exec"), names)
    return type("Whole", (names["Timbrador"],), dict.fromkeys(LATER))


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
