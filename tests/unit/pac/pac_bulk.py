"""Three files, their stamps, reports on them, and bulk calls."""

import pac_samples
import pac_server
from pac_calls import call
from pac_samples import archive

FILES = {f"{n}.xml": pac_samples.cfdi(folio=str(n)) for n in (1, 2, 3)}
UUIDS = {f"{n}.xml": f"0000000{n}-1111-4222-8333-444444444444" for n in (1, 2, 3)}
STAMPED = {name: pac_samples.stamped(FILES[name], UUIDS[name]) for name in FILES}
FOREIGN = pac_samples.stamped(pac_samples.cfdi(folio="99"), pac_samples.OTHER_UUID)
ZIP = archive(STAMPED)
LINK = "/rest/descarga/abc.zip"


def row(name, status="timbrado", code="0", words="Comprobante timbrado.", uuid=None):
    return {
        "archivo": name,
        "estatus": status,
        "codigo": code,
        "mensaje": words,
        "uuid": UUIDS.get(name, "") if uuid is None and status == "timbrado" else uuid or "",
    }


def refused(name, code="CFDI40108", words="El SubTotal no suma"):
    return row(name, "rechazado", code, words)


def report(*rows, link=LINK, **more):
    """The report in the plainest dialect."""
    fields = "".join("<archivo>" + "".join(f"<{k}>{v}</{k}>" for k, v in one.items()) + "</archivo>" for one in rows)
    extra = "".join(f"<{k}>{v}</{k}>" for k, v in more.items())
    inside = f"{extra}<enlace>{link}</enlace><archivos>{fields}</archivos>"
    return f"<timbradoMasivo>{inside}</timbradoMasivo>"


FULL = report(*(row(name) for name in FILES))


def bulk_call(body, data=ZIP, files=FILES, status=200):
    """The outcome of a bulk call, answered with a report and then `data`, bytes or a behaviour."""
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
