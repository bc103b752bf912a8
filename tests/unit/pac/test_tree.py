"""Liberal reading: one content, many ways to write it. Noise must never be more than unreadable."""

import json
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

import pac_samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from l10n_mx_facture.pac.errors import PacError, UnknownOutcome
from l10n_mx_facture.pac.facture_rest import bulk
from l10n_mx_facture.pac.reading import answer_errors, cancellation, files, records, stamps, tree
from l10n_mx_facture.pac.reading.message import read_message
from pac_calls import credentials

XML = pac_samples.cfdi()
WORDS = (
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
)
ROWS = st.lists(
    st.fixed_dictionaries({"id": WORDS, "nombre": WORDS}),
    min_size=1,
    max_size=4,
    unique_by=lambda row: row["id"],
)
FORMS = [
    "json",
    "bare json",
    "json, upper",
    "nested json",
    "xml",
    "attributes",
    "namespace",
    "xml, upper",
]


def written(rows, form):
    """Rows as an answer in one of FORMS."""
    if "json" in form:
        if "upper" in form:
            rows = [{key.upper(): value for key, value in row.items()} for row in rows]
        shape = {"bare json": rows, "nested json": {"r": {"sucursales": {"sucursal": rows}}}}
        return json.dumps(shape.get(form, {"Sucursales": rows})).encode()
    name = (lambda key: key.upper()) if "upper" in form else (lambda key: "x:" + key if form == "namespace" else key)
    if form == "attributes":
        items = "".join(f"<sucursal {' '.join(f'{k}={quoteattr(v)}' for k, v in row.items())}/>" for row in rows)
        return f"<sucursales>{items}</sucursales>".encode()
    items = "".join(
        f"<{name('sucursal')}>"
        + "".join(f"<{name(k)}>{escape(v)}</{name(k)}>" for k, v in row.items())
        + f"</{name('sucursal')}>"
        for row in rows
    )
    space = ' xmlns:x="urn:x"' if form == "namespace" else ""
    return f"<{name('sucursales')}{space}>{items}</{name('sucursales')}>".encode()


@given(ROWS, st.sampled_from(FORMS))
@settings(max_examples=300, deadline=None)
def test_one_list_in_many_forms(rows, form):
    got = records.branches(tree.read(written(rows, form)))
    assert [(one.remote_id, one.name) for one in got] == [(row["id"], row["nombre"]) for row in rows]


@pytest.mark.parametrize("name", ["idSucursal", "ID_SUCURSAL", "{urn:x}id-sucursal", "Id Sucursal", "ÍdSucursal"])
def test_a_name_counts_without_case_signs_accents_and_namespace(name):
    assert tree.fold_name(name) == "idsucursal"


@pytest.mark.parametrize(
    "text,value",
    [
        ("12", 12),
        (" 12 ", 12),
        ("12.0", 12),
        ("1,234.00", 1234),
        ("-3", -3),
        ("12.5", None),
        ("", None),
        (None, None),
        ("1e3", None),
        ("٣", None),
        ("--3", None),
        ("9" * 19, None),
        ("0x10", None),
        ("1.", 1),
    ],
)
def test_numbers(text, value):
    assert tree.number(text) == value


def test_a_shallow_name_is_meant_before_a_deep_one():
    node = tree.read(b'{"a": {"codigo": "deep"}, "codigo": "shallow"}')
    assert node.value("codigo") == "shallow"


def test_numbers_of_json_stay_as_written():
    node = tree.read(b'{"total": 116.10, "folio": 12345678901234567890}')
    assert (node.value("total"), node.value("folio")) == ("116.10", "12345678901234567890")


@pytest.mark.parametrize(
    "body,reason",
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"<html><p>a<br>b</html>", "html"),
        (b"<!DOCTYPE HTML><p>", "html"),
        (b"hola", "no_document"),
        (b"<a>", "no_document"),
        (b"{", "no_document"),
        (b"[" * 900 + b"]" * 900, "too_big"),
        (b"[" * 300_000, "too_big"),
        (b"<a>" + b"<a/>" * 450_000 + b"</a>", "too_big"),
        (b"<a>" * 200 + b"</a>" * 200, "too_big"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "no_document"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "no_document"),
    ],
)
def test_what_is_no_document_says_why(body, reason):
    with pytest.raises(tree.Unreadable) as caught:
        tree.read(body)
    assert caught.value.reason == reason


# -- noise ----------------------------------------------------------------------------------------


@dataclass
class Given:
    """An answer without a wire."""

    body: bytes
    status: int = 200
    headers: dict = field(default_factory=dict)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(
        [
            "307",
            "201",
            "ok",
            "error",
            "timbrado",
            pac_samples.UUID,
            "/a.zip",
            "a.xml",
            "no existe",
            XML.decode(),
        ]
    )
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "codigo",
                    "mensaje",
                    "error",
                    "status",
                    "uuid",
                    "archivo",
                    "enlace",
                    "id",
                    "sucursales",
                    "xml",
                    "creditos",
                    "nombre",
                    "total",
                    pac_samples.UUID,
                    "a.xml",
                    "Comprobante",
                    "estatusUUID",
                ]
            )
            | st.text(),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
BODIES = (
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "ignore"))
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.binary(max_size=60).map(lambda data: b"<a>" + data + b"</a>")
)


@given(BODIES, st.sampled_from([200, 204, 302, 400, 401, 404, 409, 429, 500]), st.booleans())
@settings(max_examples=400, deadline=None)
def test_noise_is_never_a_stamp_and_never_a_crash(body, status, reading):
    assert stamps.find(XML, body).uuid is None
    error = answer_errors.error_for(credentials("https://pac.example"), Given(body, status), reading=reading, what="it")
    assert isinstance(error, PacError)
    if status >= 500:
        assert type(error) is UnknownOutcome
    assert files.pdf(body) is None or b"%PDF-" in body or b"JVBERi" in body
    cancellation.acuses(body)
    report = bulk.read_report(body, {"a.xml": XML})
    if report is not None:
        entries = bulk.match({"a.xml": XML}, report, None, "no archive")
        assert entries["a.xml"].outcome in ("rejected", "unknown")
    try:
        node = tree.read(body)
    except tree.Unreadable:
        return
    assert read_message(node).success in ("yes", "no", "both", None)
    assert all(isinstance(code, str) for code in cancellation.codes(body, node, pac_samples.UUID))
    for reader in (records.account, records.branches, lambda tree: records.cfdi(tree, pac_samples.UUID)):
        try:
            reader(node)
        except records.NotUnderstood as problem:
            assert str(problem)


@given(st.integers(0, 2**32), st.integers(1, 255))
@settings(max_examples=300, deadline=None)
def test_a_damaged_stamp_is_ours_only_if_it_still_says_the_same(position, flip):
    data = bytearray(pac_samples.stamped(XML))
    data[position % len(data)] ^= flip
    got = stamps.find(XML, bytes(data))
    if got.uuid:
        assert stamps.compare(XML, got.xml).uuid == got.uuid
    else:
        assert got.problem is None or isinstance(got.problem, str)
