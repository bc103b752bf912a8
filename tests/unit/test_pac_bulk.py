"""Stamping many: report and archive, matched by name and believed by content."""
import io
import json
import zipfile

import pac_samples
import pac_server
import pytest
from pac_calls import call, credentials, raised
from pac_samples import archive

from l10n_mx_facture import pac
from l10n_mx_facture.pac import bulk

FILES = {f"{n}.xml": pac_samples.cfdi(folio=str(n)) for n in (1, 2, 3)}
UUIDS = {f"{n}.xml": f"0000000{n}-1111-4222-8333-444444444444" for n in (1, 2, 3)}
STAMPED = {name: pac_samples.stamped(FILES[name], UUIDS[name]) for name in FILES}
FOREIGN = pac_samples.stamped(pac_samples.cfdi(folio="99"), pac_samples.OTHER_UUID)
ZIP = archive(STAMPED)
LINK = "/rest/descarga/abc.zip"


def row(name, status="timbrado", code="0", words="Comprobante timbrado.", uuid=None):
    return {"archivo": name, "estatus": status, "codigo": code, "mensaje": words,
            "uuid": UUIDS.get(name, "") if uuid is None and status == "timbrado" else uuid or ""}


def refused(name, code="CFDI40108", words="El SubTotal no suma"):
    return row(name, "rechazado", code, words)


def report(*rows, link=LINK, **more):
    """The report in the plainest dialect."""
    fields = "".join("<archivo>" + "".join(f"<{k}>{v}</{k}>" for k, v in one.items()) + "</archivo>" for one in rows)
    extra = "".join(f"<{k}>{v}</{k}>" for k, v in more.items())
    return f"<timbradoMasivo>{extra}<enlace>{link}</enlace><archivos>{fields}</archivos></timbradoMasivo>"


FULL = report(*(row(name) for name in FILES))


def bulk_call(body, data=ZIP, files=FILES, status=200):
    """The outcome of a bulk call that is answered with a report and then an archive (bytes or a behaviour)."""
    second = data if callable(data) else pac_server.answer(data, content_type="application/zip")
    return call("stamp_many", pac_server.answer(body, status), second, args=(files, "17"))


def outcomes(outcome):
    assert outcome.error is None, outcome.error
    assert list(outcome.value.entries) == list(FILES)
    for name, entry in outcome.value.entries.items():
        assert entry.name == name
        if entry.outcome == "stamped":
            assert entry.xml == STAMPED[name] and entry.uuid == UUIDS[name]
        else:
            assert entry.xml is None and entry.text.endswith(".") or entry.outcome == "rejected"
            assert entry.code
    return [entry.outcome for entry in outcome.value.entries.values()]


# -- the request ----------------------------------------------------------------------------------


def test_the_upload_is_what_the_page_asks_for():
    outcome = bulk_call(FULL)
    upload, download = outcome.server.received
    assert (upload.method, upload.target) == ("POST", "/rest/timbrado/masivoProduccion/")
    assert upload.header("Sucursal") == "17"
    assert upload.header("Accept") == "application/xml"
    assert upload.header("Content-Type").startswith("multipart/form-data; boundary=")
    head, _blank, rest = upload.body.partition(b"\r\n\r\n")
    assert b'name="file"' in head and b'filename="' in head and b"application/zip" in head
    with zipfile.ZipFile(io.BytesIO(rest.rpartition(b"\r\n--")[0])) as sent:
        assert {name: sent.read(name) for name in sent.namelist()} == FILES
    assert (download.method, download.target) == ("GET", LINK)
    assert download.header("Authorization") == upload.header("Authorization")
    assert download.header("Sucursal") is None


def test_names_without_ending_get_one_in_the_archive():
    outcome = bulk_call(FULL, files={name.removesuffix(".xml"): xml for name, xml in FILES.items()})
    assert {e.outcome for e in outcome.value.entries.values()} == {"stamped"}
    assert list(outcome.value.entries) == ["1", "2", "3"]


@pytest.mark.parametrize("files,reason", [
    ({}, "nothing_to_send"), ({"../a.xml": FILES["1.xml"]}, "bad_name"), ({"a/b.xml": FILES["1.xml"]}, "bad_name"),
    ({"": FILES["1.xml"]}, "bad_name"), ({"ñ.xml": FILES["1.xml"]}, "bad_name"), ({"a..xml": FILES["1.xml"]}, "bad_name"),
    ({"a\n.xml": FILES["1.xml"]}, "bad_name"), ({7: FILES["1.xml"]}, "bad_name"), ({"x" * 121: FILES["1.xml"]}, "bad_name"),
    ({"A.xml": FILES["1.xml"], "a.XML": FILES["2.xml"]}, "bad_name"),
    ({"a": FILES["1.xml"], "a.xml": FILES["2.xml"]}, "bad_name"),
    ({"a.xml": b"<a/>"}, "bad_payload"), ({"a.xml": STAMPED["1.xml"]}, "bad_payload"),
])
def test_files_that_could_not_be_matched_afterwards_are_not_sent(files, reason):
    outcome = call("stamp_many", pac_server.answer(FULL), args=(files, "17"))
    assert type(outcome.error) is pac.NotSent
    assert outcome.error.reason == reason
    assert outcome.server.connections == 0


# -- all is well ----------------------------------------------------------------------------------

DIALECTS = {
    "plain": FULL,
    "upper case": FULL.upper().replace(LINK.upper(), LINK),
    "namespace": FULL.replace("<timbradoMasivo>", '<timbradoMasivo xmlns="urn:x">'),
    "attributes": "<r enlace='%s'>%s</r>" % (LINK, "".join(
        f"<xml nombre='{name}' estatus='TIMBRADO' uuid='{UUIDS[name]}'/>" for name in FILES)),
    "nested": f"<respuesta><resultado>{FULL}</resultado></respuesta>",
    "text as status": "<r><url>%s</url>%s</r>" % (LINK, "".join(f"<a archivo='{name}'>OK</a>" for name in FILES)),
    "JSON": json.dumps({"link": LINK, "files": [{"name": n, "success": True, "uuid": u} for n, u in UUIDS.items()]}),
    "JSON, by name": json.dumps({"url": LINK, "status": {n: {"status": "ok"} for n in FILES}}),
    "names without ending": json.dumps({"url": LINK, "rows": [{"archivo": n[:-4], "estatus": "Timbrado"} for n in FILES]}),
    "names with folder": json.dumps({"url": LINK, "rows": [{"archivo": "out/" + n.upper(), "ok": "true"} for n in FILES]}),
    "link by its form only": json.dumps({"aqui": LINK, "rows": [{"archivo": n, "ok": True} for n in FILES]}),
    "uuid only": json.dumps({"url": LINK, "rows": [{"archivo": n, "uuid": UUIDS[n]} for n in FILES]}),
    "no rows": json.dumps({"enlace": LINK}),
    "stamped yet called failed": report(*(refused(name) for name in FILES)),
}


@pytest.mark.parametrize("case", DIALECTS)
@pytest.mark.parametrize("status", [200, 202])
def test_what_checks_is_stamped_in_any_dialect(case, status):
    outcome = bulk_call(DIALECTS[case], status=status)
    assert outcomes(outcome) == ["stamped"] * 3
    assert outcome.value.strangers == ()
    assert outcome.value.http_status == status
    assert outcome.value.raw == DIALECTS[case].encode()


@pytest.mark.parametrize("data", [
    archive({"x/" + name: xml for name, xml in STAMPED.items()}),
    archive({name.upper(): xml for name, xml in STAMPED.items()}),
    archive(dict(reversed(STAMPED.items())), zipfile.ZIP_STORED),
    archive({"report/": b"", **STAMPED}),
])
def test_archives_may_be_laid_out_otherwise(data):
    assert outcomes(bulk_call(FULL, data)) == ["stamped"] * 3


# -- some are not ---------------------------------------------------------------------------------


def test_each_file_has_its_own_fate():
    body = report(row("1.xml"), refused("2.xml"), row("3.xml"))
    outcome = bulk_call(body, archive({"1.xml": STAMPED["1.xml"]}))
    assert outcomes(outcome) == ["stamped", "rejected", "unknown"]
    _one, two, three = outcome.value.entries.values()
    assert (two.code, two.uuid) == ("CFDI40108", None)
    assert "El SubTotal no suma" in two.text
    assert (three.uuid, three.reason) == (UUIDS["3.xml"], "no_xml")


@pytest.mark.parametrize("body,data,expected,reason", [
    (report(row("1.xml"), row("2.xml")), ZIP, "stamped", None),
    (report(row("1.xml"), row("2.xml")), archive({"1.xml": STAMPED["1.xml"]}), "unknown", "missing"),
    (report(row("1.xml"), row("3.xml"), refused("3.xml")), archive({}), "unknown", "contradictory"),
    (report(row("1.xml"), refused("3.xml"), refused("3.xml")), archive({}), "rejected", "rejected"),
    (report(refused("3.xml")), ZIP, "stamped", None),
    (report(row("3.xml", uuid=pac_samples.OTHER_UUID)), ZIP, "unknown", "contradictory"),
    (report(refused("3.xml", "307", "timbre previo")), archive({}), "unknown", "307"),
    (report(refused("3.xml", "", "ya fue timbrado")), archive({}), "unknown", "not_understood"),
    (report(refused("3.xml", "500", "Error interno")), archive({}), "unknown", "500"),
    (report(refused("3.xml", "", "Tiempo de espera agotado")), archive({}), "unknown", "not_understood"),
    (report(row("3.xml", "rechazado", "301", "Mal", UUIDS["3.xml"])), archive({}), "unknown", "301"),
    (report(row("3.xml", "pendiente", "", "Quién sabe", "")), archive({}), "unknown", "not_understood"),
    (report(row("3.xml", "error", "0", "Quién sabe", "")), archive({}), "unknown", "not_understood"),
    (report(refused("3.xml", "", "")), archive({}), "rejected", "rejected"),
    (report(row("3.xml")), archive({"3.xml": FOREIGN}), "unknown", "not_ours"),
    (report(refused("3.xml")), archive({"3.xml": FOREIGN}), "unknown", "not_ours"),
    (report(refused("3.xml")), archive({"3.xml": FILES["3.xml"]}), "rejected", "rejected"),
    (report(row("3.xml")), archive({"3.xml": FILES["3.xml"]}), "unknown", "not_ours"),
    (report(row("3.xml")), archive({"3.xml": b"garbage"}), "unknown", "not_ours"),
    (report(refused("3.xml")), archive({"3.xml": b"garbage"}), "rejected", "rejected"),
    (report(row("3.xml")), archive([("3.xml", STAMPED["3.xml"]), ("x/3.xml", STAMPED["3.xml"])]), "unknown", "doubled"),
    (report(row("3.xml")), archive({"3.xml": STAMPED["3.xml"][:-20]}), "unknown", "not_ours"),
])
def test_the_third_file(body, data, expected, reason):
    outcome = bulk_call(body, data)
    assert outcomes(outcome)[2] == expected
    assert outcome.value.entries["3.xml"].reason == reason


def test_what_came_instead_is_kept():
    entry = bulk_call(FULL, archive({**STAMPED, "3.xml": FOREIGN})).value.entries["3.xml"]
    assert entry.raw == FOREIGN
    assert "Folio" in entry.text


def test_swapped_files_are_nobodys():
    swapped = {"1.xml": STAMPED["2.xml"], "2.xml": STAMPED["1.xml"], "3.xml": STAMPED["3.xml"]}
    assert outcomes(bulk_call(FULL, archive(swapped))) == ["unknown", "unknown", "stamped"]


def test_one_stamp_for_two_equal_documents_belongs_to_neither():
    twins = {"1.xml": FILES["1.xml"], "2.xml": FILES["1.xml"]}
    outcome = bulk_call(FULL, archive({"1.xml": STAMPED["1.xml"], "2.xml": STAMPED["1.xml"]}), twins)
    assert [(e.outcome, e.reason) for e in outcome.value.entries.values()] == [("unknown", "doubled")] * 2 or \
        {e.reason for e in outcome.value.entries.values()} == {"doubled", "contradictory"}


def test_strangers_are_told_and_ignored():
    body = report(*(row(name) for name in FILES), row("98.xml", uuid=pac_samples.OTHER_UUID))
    data = archive({**STAMPED, "99.xml": FOREIGN, "reporte.txt": b"x", "../../1.xml": FOREIGN, "/2.xml": FOREIGN,
                    "C:\\3.xml": FOREIGN})
    outcome = bulk_call(body, data)
    assert outcomes(outcome) == ["stamped"] * 3
    assert sorted(outcome.value.strangers) == sorted(
        ["98.xml", "99.xml", "reporte.txt", "../../1.xml", "/2.xml", "C:\\3.xml"])


# -- the archive can't be had ---------------------------------------------------------------------


@pytest.mark.parametrize("second", [
    pac_server.close, pac_server.reset, pac_server.answer("", 404), pac_server.answer("", 500), pac_server.answer("", 401),
    pac_server.answer("<html>no</html>"), pac_server.answer(ZIP[:-30]), pac_server.answer(ZIP[30:]), pac_server.answer(""),
    pac_server.answer("", 302, location="http://127.0.0.1:1/x"), pac_server.answer(b"PK\x05\x06" + bytes(18)),
    pac_server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + ZIP),
    pac_server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n" + ZIP),
])
def test_what_was_reported_as_stamped_is_then_unknown_with_its_uuid(second):
    body = report(row("1.xml"), refused("2.xml"), row("3.xml"))
    outcome = bulk_call(body, second)
    assert outcomes(outcome) == ["unknown", "rejected", "unknown"]
    assert [e.uuid for e in outcome.value.entries.values()] == [UUIDS["1.xml"], None, UUIDS["3.xml"]]


def test_a_report_without_link_leaves_the_stamped_ones_unknown():
    outcome = bulk_call(json.dumps({"rows": [{"archivo": n, "estatus": "timbrado"} for n in FILES]}))
    assert outcomes(outcome) == ["unknown"] * 3
    assert len(outcome.server.received) == 1
    assert "no link" in outcome.value.entries["1.xml"].text


@pytest.mark.parametrize("link", [
    "http://127.0.0.2:{port}/a.zip", "//evil.example/a.zip", "https://127.0.0.1:{port}/a.zip", "http://127.0.0.1:1/a.zip",
    "http://127.0.0.1:{port}@evil.example/a.zip", "http://u:p@127.0.0.1:{port}/a.zip", "http://localhost:{port}/a.zip",
    "http://127.0.0.1/a.zip", "/\\evil.example/a.zip", "http://127.0.0.1:{port}\t.evil.example/a.zip", "ftp://127.0.0.1/a.zip",
    "http://127.0.0.1.:{port}/a.zip", "http://127.0.0.1:99999/a.zip", "http://[::1/a.zip", "http://127.0.0.1:{port}/ñ.zip",
])
def test_the_credentials_go_to_no_other_origin(link):
    with pac_server.Server(pac_server.answer(ZIP)) as server:
        server.script = [pac_server.answer(json.dumps({
            "enlace": link.format(port=server.port), "rows": [{"archivo": n, "estatus": "timbrado"} for n in FILES]})),
            pac_server.answer(ZIP)]
        got = pac.client("facture_rest", credentials(server.url)).stamp_many(FILES, "17")
    assert server.connections == 1
    assert {entry.outcome for entry in got.entries.values()} == {"unknown"}


@pytest.mark.parametrize("base,link,expected", [
    ("https://pac.example", "/d/a.zip", "https://pac.example/d/a.zip"),
    ("https://pac.example/ws/", "a.zip?t=1#x", "https://pac.example/ws/rest/timbrado/masivoProduccion/a.zip?t=1"),
    ("https://pac.example", "https://PAC.example:443/a.zip", "https://PAC.example:443/a.zip"),
    ("https://pac.example", "http://pac.example/a.zip", "https://pac.example/a.zip"),
    ("https://pac.example:8443", "https://pac.example:8443/a.zip", "https://pac.example:8443/a.zip"),
    ("http://localhost:8070", "http://localhost:8070/a.zip", "http://localhost:8070/a.zip"),
])
def test_links_of_the_service_itself(base, link, expected):
    assert bulk.same_origin(base, "/rest/timbrado/masivoProduccion/", link) == expected


@pytest.mark.parametrize("base,link", [
    ("https://pac.example", "http://pac.example:8080/a.zip"), ("https://pac.example:8443", "http://pac.example/a.zip"),
    ("https://pac.example", "https://pac.example.evil/a.zip"), ("http://localhost", "https://localhost/a.zip"),
    ("https://pac.example", "javascript:alert(1)"), ("https://pac.example", "file:///etc/passwd"), ("https://pac.example", ""),
    ("https://pac.example", None),
])
def test_links_that_are_not_followed(base, link):
    with pytest.raises(bulk.BadLink):
        bulk.same_origin(base, "/rest/timbrado/masivoProduccion/", link)


# -- the call as a whole --------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 400, 413])
@pytest.mark.parametrize("body,code", [
    ("<error><codigo>728</codigo><mensaje>No es un ZIP</mensaje></error>", "728"),
    ('{"codigo": "S420", "mensaje": "Falta la sucursal"}', "S420"),
    ('{"codigo": "718", "mensaje": "No hay créditos", "enlace": "https://pac.example/comprar"}', "718"),
])
def test_the_whole_call_may_be_refused(body, code, status):
    error = raised(pac.Rejected, "stamp_many", pac_server.answer(body, status))
    assert error.code == code


@pytest.mark.parametrize("script,reason", [
    (pac_server.answer("", 500), "server_error"), (pac_server.answer(FULL, 502), "server_error"),
    (pac_server.answer(""), "empty"), (pac_server.answer("<html>"), "html"), (pac_server.answer(FULL[:-9]), "no_document"),
    (pac_server.answer("<r><archivo>99.xml</archivo></r>"), "not_understood"),
    (pac_server.answer('{"codigo":"307","mensaje":"timbre previo"}', 400), "stamped_before"),
    (pac_server.answer('{"error": "Tiempo de espera agotado"}'), "service_unsure"),
    (pac_server.close, "connection_lost"),
])
def test_nothing_may_be_known_of_any_file(script, reason):
    outcome = call("stamp_many", script, args=(FILES, "17"))
    assert type(outcome.error) is pac.UnknownOutcome
    assert outcome.error.reason == reason
    assert outcome.server.connections == 1


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_call_that_was_turned_away_changed_nothing(status):
    raised(pac.NotSent, "stamp_many", pac_server.answer("", status))
