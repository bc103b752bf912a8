"""Stamping many: report and archive, matched by name and believed by content."""

import io
import json
import zipfile

import pac_samples
import pac_server
import pytest
from l10n_mx_facture.pac.errors import NotSent, Rejected, UnknownOutcome
from pac_bulk import (
    FILES,
    FOREIGN,
    FULL,
    LINK,
    STAMPED,
    UUIDS,
    ZIP,
    bulk_call,
    outcomes,
    refused,
    report,
    row,
)
from pac_calls import call, raised
from pac_samples import archive

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


@pytest.mark.parametrize(
    "files,reason",
    [
        ({}, "nothing_to_send"),
        ({"../a.xml": FILES["1.xml"]}, "bad_name"),
        ({"a/b.xml": FILES["1.xml"]}, "bad_name"),
        ({"": FILES["1.xml"]}, "bad_name"),
        ({"ñ.xml": FILES["1.xml"]}, "bad_name"),
        ({"a..xml": FILES["1.xml"]}, "bad_name"),
        ({"a\n.xml": FILES["1.xml"]}, "bad_name"),
        ({7: FILES["1.xml"]}, "bad_name"),
        ({"x" * 121: FILES["1.xml"]}, "bad_name"),
        ({"A.xml": FILES["1.xml"], "a.XML": FILES["2.xml"]}, "bad_name"),
        ({"a": FILES["1.xml"], "a.xml": FILES["2.xml"]}, "bad_name"),
        ({"a.xml": b"<a/>"}, "bad_payload"),
        ({"a.xml": STAMPED["1.xml"]}, "bad_payload"),
    ],
)
def test_files_that_could_not_be_matched_afterwards_are_not_sent(files, reason):
    outcome = call("stamp_many", pac_server.answer(FULL), args=(files, "17"))
    assert type(outcome.error) is NotSent
    assert outcome.error.reason == reason
    assert outcome.server.connections == 0


# -- all is well ----------------------------------------------------------------------------------

DIALECTS = {
    "plain": FULL,
    "upper case": FULL.upper().replace(LINK.upper(), LINK),
    "namespace": FULL.replace("<timbradoMasivo>", '<timbradoMasivo xmlns="urn:x">'),
    "attributes": "".join(
        [
            f"<r enlace='{LINK}'>",
            *(f"<xml nombre='{n}' estatus='TIMBRADO' uuid='{UUIDS[n]}'/>" for n in FILES),
            "</r>",
        ]
    ),
    "nested": f"<respuesta><resultado>{FULL}</resultado></respuesta>",
    "text as status": "".join([f"<r><url>{LINK}</url>", *(f"<a archivo='{n}'>OK</a>" for n in FILES), "</r>"]),
    "JSON": json.dumps({"link": LINK, "files": [{"name": n, "success": True, "uuid": u} for n, u in UUIDS.items()]}),
    "JSON, by name": json.dumps({"url": LINK, "status": {n: {"status": "ok"} for n in FILES}}),
    "names without ending": json.dumps(
        {"url": LINK, "rows": [{"archivo": n[:-4], "estatus": "Timbrado"} for n in FILES]}
    ),
    "names with folder": json.dumps(
        {"url": LINK, "rows": [{"archivo": "out/" + n.upper(), "ok": "true"} for n in FILES]}
    ),
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
    assert outcome.value.http_status == status
    assert outcome.value.raw == DIALECTS[case].encode()


@pytest.mark.parametrize(
    "data",
    [
        archive({"x/" + name: xml for name, xml in STAMPED.items()}),
        archive({name.upper(): xml for name, xml in STAMPED.items()}),
        archive(dict(reversed(STAMPED.items())), zipfile.ZIP_STORED),
        archive({"report/": b"", **STAMPED}),
    ],
)
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


NONE = archive({})
THIRD = {
    "not in the report": (report(row("1.xml")), ZIP, "stamped"),
    "in neither": (report(row("1.xml")), archive({"1.xml": STAMPED["1.xml"]}), "unknown missing"),
    "reported both ways": (report(row("3.xml"), refused("3.xml")), NONE, "unknown contradictory"),
    "refused twice": (report(refused("3.xml"), refused("3.xml")), NONE, "rejected rejected"),
    "refused, and yet stamped": (report(refused("3.xml")), ZIP, "stamped"),
    "reported with another UUID": (
        report(row("3.xml", uuid=pac_samples.OTHER_UUID)),
        ZIP,
        "unknown contradictory",
    ),
    "refused for an earlier stamp": (
        report(refused("3.xml", "307", "timbre previo")),
        NONE,
        "unknown stamped_before",
    ),
    "refused for an earlier stamp, no code": (
        report(refused("3.xml", "", "ya fue timbrado")),
        NONE,
        "unknown stamped_before",
    ),
    "failure inside": (report(refused("3.xml", "500", "Error")), NONE, "unknown service_unsure"),
    "time-out inside": (
        report(refused("3.xml", "", "Tiempo de espera agotado")),
        NONE,
        "unknown service_unsure",
    ),
    "refused with a UUID": (
        report(row("3.xml", "rechazado", "301", "Mal", UUIDS["3.xml"])),
        NONE,
        "unknown not_understood",
    ),
    "neither yes nor no": (
        report(row("3.xml", "pendiente", "", "Quién sabe", "")),
        NONE,
        "unknown not_understood",
    ),
    "yes and no": (
        report(row("3.xml", "error", "0", "Quién sabe", "")),
        NONE,
        "unknown not_understood",
    ),
    "refused without reason": (report(refused("3.xml", "", "")), NONE, "rejected rejected"),
    "someone else's": (report(row("3.xml")), archive({"3.xml": FOREIGN}), "unknown not_ours"),
    "refused, someone else's": (
        report(refused("3.xml")),
        archive({"3.xml": FOREIGN}),
        "unknown not_ours",
    ),
    "refused, sent back": (
        report(refused("3.xml")),
        archive({"3.xml": FILES["3.xml"]}),
        "rejected rejected",
    ),
    "sent back": (report(row("3.xml")), archive({"3.xml": FILES["3.xml"]}), "unknown not_ours"),
    "garbage": (report(row("3.xml")), archive({"3.xml": b"garbage"}), "unknown not_ours"),
    "refused, garbage": (
        report(refused("3.xml")),
        archive({"3.xml": b"garbage"}),
        "rejected rejected",
    ),
    "twice in the archive": (
        report(row("3.xml")),
        archive([("3.xml", STAMPED["3.xml"]), ("x/3.xml", STAMPED["3.xml"])]),
        "unknown doubled",
    ),
    "cut": (report(row("3.xml")), archive({"3.xml": STAMPED["3.xml"][:-20]}), "unknown not_ours"),
    "refused, cut": (
        report(refused("3.xml")),
        archive({"3.xml": STAMPED["3.xml"][:-20]}),
        "unknown not_ours",
    ),
}


@pytest.mark.parametrize("case", THIRD)
def test_the_third_file(case):
    body, data, expected = THIRD[case]
    outcome = bulk_call(body, data)
    state, _space, reason = expected.partition(" ")
    assert outcomes(outcome)[2] == state
    assert (outcome.value.entries["3.xml"].reason or "") == reason


def test_what_came_instead_is_kept():
    entry = bulk_call(FULL, archive({**STAMPED, "3.xml": FOREIGN})).value.entries["3.xml"]
    assert entry.raw == FOREIGN
    assert "Folio" in entry.text


def test_swapped_files_are_nobodys():
    swapped = {"1.xml": STAMPED["2.xml"], "2.xml": STAMPED["1.xml"], "3.xml": STAMPED["3.xml"]}
    assert outcomes(bulk_call(FULL, archive(swapped))) == ["unknown", "unknown", "stamped"]


def test_one_stamp_for_two_equal_documents_belongs_to_neither():
    twins = {"1.xml": FILES["1.xml"], "2.xml": FILES["1.xml"]}
    body = json.dumps({"enlace": LINK})
    outcome = bulk_call(body, archive({"1.xml": STAMPED["1.xml"], "2.xml": STAMPED["1.xml"]}), twins)
    assert [(e.outcome, e.reason) for e in outcome.value.entries.values()] == [("unknown", "doubled")] * 2


def test_names_that_were_not_sent_are_ignored():
    body = report(*(row(name) for name in FILES), row("98.xml", uuid=pac_samples.OTHER_UUID))
    data = archive(
        {
            **STAMPED,
            "99.xml": FOREIGN,
            "reporte.txt": b"x",
            "../../1.xml": FOREIGN,
            "/2.xml": FOREIGN,
            "C:\\3.xml": FOREIGN,
        }
    )
    outcome = bulk_call(body, data)
    assert outcomes(outcome) == ["stamped"] * 3
    assert list(outcome.value.entries) == list(FILES)


# -- the call as a whole --------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 400, 413])
@pytest.mark.parametrize(
    "body,code",
    [
        ("<error><codigo>728</codigo><mensaje>No es un ZIP</mensaje></error>", "728"),
        ('{"codigo": "S420", "mensaje": "Falta la sucursal"}', "S420"),
        (
            '{"codigo": "718", "mensaje": "No hay créditos", "enlace": "https://pac.example/x"}',
            "718",
        ),
    ],
)
def test_the_whole_call_may_be_refused(body, code, status):
    error = raised(Rejected, "stamp_many", pac_server.answer(body, status))
    assert error.code == code


@pytest.mark.parametrize("status", [400, 404, 500, 502])
def test_the_stamps_of_an_answer_that_failed_are_stamps(status):
    assert outcomes(bulk_call(FULL, status=status)) == ["stamped"] * 3
    zip_failed = pac_server.answer(ZIP, status, content_type="application/zip")
    assert outcomes(bulk_call(FULL, zip_failed)) == ["stamped"] * 3


def test_the_refusals_of_a_service_that_failed_prove_nothing():
    rest = archive({name: xml for name, xml in STAMPED.items() if name != "1.xml"})
    body = report(refused("1.xml"), row("2.xml"), row("3.xml"))
    assert outcomes(bulk_call(body, rest, status=400)) == ["rejected", "stamped", "stamped"]
    assert outcomes(bulk_call(body, rest, status=500)) == ["unknown", "stamped", "stamped"]
    error = bulk_call(report(*(refused(name) for name in FILES)), archive({}), status=500).error
    assert (type(error), error.reason) == (UnknownOutcome, "server_error")


@pytest.mark.parametrize(
    "script,reason",
    [
        (pac_server.answer("", 500), "server_error"),
        (pac_server.answer(""), "empty"),
        (pac_server.answer("<html>"), "html"),
        (pac_server.answer(FULL[:-9]), "no_document"),
        (pac_server.answer("<r><archivo>99.xml</archivo></r>"), "not_understood"),
        (pac_server.answer('{"codigo":"307","mensaje":"timbre previo"}', 400), "stamped_before"),
        (pac_server.answer('{"error": "Tiempo de espera agotado"}'), "service_unsure"),
        (pac_server.close, "connection_lost"),
    ],
)
def test_nothing_may_be_known_of_any_file(script, reason):
    outcome = call("stamp_many", script, args=(FILES, "17"))
    assert type(outcome.error) is UnknownOutcome
    assert outcome.error.reason == reason
    assert outcome.server.connections == 1


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_call_that_was_turned_away_changed_nothing(status):
    raised(NotSent, "stamp_many", pac_server.answer("", status))
