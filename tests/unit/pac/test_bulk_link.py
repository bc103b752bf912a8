"""The archive behind a report's link: where it is fetched from, and what if it can't be."""

import json

import pac_server
import pytest
from l10n_mx_facture.pac import providers
from l10n_mx_facture.pac.facture_rest import bulk
from pac_bulk import (
    FILES,
    UUIDS,
    ZIP,
    bulk_call,
    outcomes,
    refused,
    report,
    row,
)
from pac_calls import credentials


@pytest.mark.parametrize(
    "second",
    [
        pac_server.close,
        pac_server.reset,
        pac_server.answer("", 404),
        pac_server.answer("", 500),
        pac_server.answer("", 401),
        pac_server.answer("<html>no</html>"),
        pac_server.answer(ZIP[:-30]),
        pac_server.answer(""),
        pac_server.answer("", 302, location="http://127.0.0.1:1/x"),
        pac_server.answer(b"PK\x05\x06" + bytes(18)),
        pac_server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + ZIP),
        pac_server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n" + ZIP),
    ],
)
def test_what_was_reported_as_stamped_is_then_unknown_with_its_uuid(second):
    body = report(row("1.xml"), refused("2.xml"), row("3.xml"))
    outcome = bulk_call(body, second)
    assert outcomes(outcome) == ["unknown", "rejected", "unknown"]
    assert [e.uuid for e in outcome.value.entries.values()] == [
        UUIDS["1.xml"],
        None,
        UUIDS["3.xml"],
    ]


def test_a_report_without_link_leaves_the_stamped_ones_unknown():
    outcome = bulk_call(json.dumps({"rows": [{"archivo": n, "estatus": "timbrado"} for n in FILES]}))
    assert outcomes(outcome) == ["unknown"] * 3
    assert len(outcome.server.received) == 1
    assert "no link" in outcome.value.entries["1.xml"].text


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.2:{port}/a.zip",
        "//evil.example/a.zip",
        "https://127.0.0.1:{port}/a.zip",
        "http://127.0.0.1:1/a.zip",
        "http://127.0.0.1:{port}@evil.example/a.zip",
        "http://u:p@127.0.0.1:{port}/a.zip",
        "http://localhost:{port}/a.zip",
        "http://127.0.0.1/a.zip",
        "/\\evil.example/a.zip",
        "http://127.0.0.1:{port}\t.evil.example/a.zip",
        "ftp://127.0.0.1/a.zip",
        "http://127.0.0.1.:{port}/a.zip",
        "http://127.0.0.1:99999/a.zip",
        "http://[::1/a.zip",
        "http://127.0.0.1:{port}/ñ.zip",
    ],
)
def test_the_credentials_go_to_no_other_origin(link):
    with pac_server.Server(pac_server.answer(ZIP)) as server:
        server.script = [
            pac_server.answer(
                json.dumps(
                    {
                        "enlace": link.format(port=server.port),
                        "rows": [{"archivo": n, "estatus": "timbrado"} for n in FILES],
                    }
                )
            ),
            pac_server.answer(ZIP),
        ]
        got = providers.client("facture_rest", credentials(server.url)).stamp_many(FILES, "17")
    assert server.connections == 1
    assert {entry.outcome for entry in got.entries.values()} == {"unknown"}


@pytest.mark.parametrize(
    "base,link,expected",
    [
        ("https://pac.example", "/d/a.zip", "https://pac.example/d/a.zip"),
        (
            "https://pac.example/ws/",
            "a.zip?t=1#x",
            "https://pac.example/ws/rest/timbrado/masivoProduccion/a.zip?t=1",
        ),
        ("https://pac.example", "https://PAC.example:443/a.zip", "https://PAC.example:443/a.zip"),
        ("https://pac.example", "http://pac.example/a.zip", "https://pac.example/a.zip"),
        (
            "https://pac.example:8443",
            "https://pac.example:8443/a.zip",
            "https://pac.example:8443/a.zip",
        ),
        ("http://localhost:8070", "http://localhost:8070/a.zip", "http://localhost:8070/a.zip"),
    ],
)
def test_links_of_the_service_itself(base, link, expected):
    assert bulk.same_origin(base, "/rest/timbrado/masivoProduccion/", link) == expected


@pytest.mark.parametrize(
    "base,link",
    [
        ("https://pac.example", "http://pac.example:8080/a.zip"),
        ("https://pac.example:8443", "http://pac.example/a.zip"),
        ("https://pac.example", "https://pac.example.evil/a.zip"),
        ("http://localhost", "https://localhost/a.zip"),
        ("https://pac.example", "javascript:alert(1)"),
        ("https://pac.example", "file:///etc/passwd"),
        ("https://pac.example", ""),
        ("https://pac.example", None),
    ],
)
def test_links_that_are_not_followed(base, link):
    with pytest.raises(bulk.BadLink):
        bulk.same_origin(base, "/rest/timbrado/masivoProduccion/", link)
