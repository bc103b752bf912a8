"""Archives: written the same for the same files, read as if an enemy had made them."""

import io
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from l10n_mx_facture.pac.facture_rest import archive as bulk_zip
from l10n_mx_facture.pac.facture_rest.archive import Archive, BadArchive, BadEntry, build
from pac_samples import archive

MB = 1024 * 1024
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}\.xml", fullmatch=True)


def opened(data, expected=1):
    return Archive(io.BytesIO(data), expected)


def only(made, name="a"):
    [entry] = made.names[name]
    return made.read(entry)


@given(st.dictionaries(NAMES, st.binary(max_size=300), max_size=5))
@settings(deadline=None)
def test_what_is_packed_is_read_back(files):
    made = opened(build(files), len(files))
    got = {e.filename: made.read(e) for entries in made.names.values() for e in entries}
    assert got == files


def test_equal_files_make_equal_archives():
    assert build({"a.xml": b"1", "b.xml": b"2"}) == build({"b.xml": b"2", "a.xml": b"1"})


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_noise_is_no_archive(data):
    with pytest.raises(BadArchive):
        opened(data)


@given(st.integers(0, 400), st.integers(1, 255))
@settings(deadline=None, max_examples=300)
def test_a_damaged_archive_is_noticed_or_gives_the_same(position, flip):
    data = bytearray(archive({"a.xml": b"<a>" + bytes(range(32, 127)) * 3 + b"</a>"}))
    original = bytes(data)
    data[position % len(data)] ^= flip
    try:
        made = opened(bytes(data))
        got = [made.read(e) for entries in made.names.values() for e in entries]
    except (BadArchive, BadEntry):
        return
    assert got in ([], [only(opened(original))])


def test_a_bomb_is_not_unpacked():
    data = archive({"a.xml": bytes(60 * MB)})
    assert len(data) < 100_000
    made = opened(data)
    with pytest.raises(BadEntry, match="too big"):
        only(made)


def lying(size):
    """An archive whose entry says that it unpacks to `size` bytes, and unpacks to 24 MB."""
    data = bytearray(archive({"a.xml": bytes(24 * MB)}))
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, local + 22, size)
    struct.pack_into("<I", data, central + 24, size)
    return bytes(data)


@pytest.mark.parametrize("size", [0, 10, MB])
def test_a_bomb_that_lies_about_its_size_is_not_unpacked(size):
    made = opened(lying(size))
    tracemalloc.start()
    with pytest.raises(BadEntry):
        only(made)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * MB


def test_a_dense_but_small_entry_is_fine():
    assert only(opened(archive({"a.xml": b" " * 900_000}))) == b" " * 900_000


def test_many_entries_together_may_not_unpack_to_too_much(monkeypatch):
    monkeypatch.setattr(bulk_zip, "MAX_TOTAL", 2 * MB)
    made = opened(archive({f"{n}.xml": b" " * 900_000 for n in range(3)}), 3)
    read = [made.read(made.names[str(n)][0]) for n in range(2)]
    assert len(read) == 2
    with pytest.raises(BadEntry, match="archive unpacks"):
        made.read(made.names["2"][0])


def test_far_more_entries_than_were_sent_are_refused_before_they_are_listed():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for n in range(1100):
            made.writestr(f"{n}.xml", b"")
    with pytest.raises(BadArchive, match="more than"):
        opened(buffer.getvalue(), 1)
    assert len(opened(buffer.getvalue(), 200).names) == 1100


def test_an_encrypted_entry():
    data = bytearray(archive({"a.xml": b"<a/>"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    with pytest.raises(BadEntry, match="encrypted"):
        only(opened(bytes(data)))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_not_read(method):
    with pytest.raises(BadEntry, match="compressed"):
        only(opened(archive({"a.xml": b"<a/>"}, method)))


def test_one_bad_entry_does_not_spoil_the_others():
    data = bytearray(archive({"a.xml": b"<aaaa/>", "b.xml": b"<b/>"}, zipfile.ZIP_STORED))
    data[data.index(b"<aaaa/>") + 2] = ord("x")
    made = opened(bytes(data), 2)
    with pytest.raises(BadEntry, match="damaged"):
        only(made)
    assert only(made, "b") == b"<b/>"


@pytest.mark.parametrize(
    "name",
    [
        "../a.xml",
        "x/../../a.xml",
        "/a.xml",
        "\\a.xml",
        "C:\\a.xml",
        "c:/a.xml",
        "..\\a.xml",
        "\\\\host\\a.xml",
    ],
)
def test_names_that_lead_elsewhere_are_nobodys(name):
    made = opened(archive([(name, b"<a/>")]))
    assert made.names == {}


def test_what_is_no_xml_is_nobodys():
    made = opened(archive([("a.pdf", b"x"), ("a.xml.exe", b"x"), ("d/", b""), ("d/A.XML", b"<a/>")]))
    assert {name: [one.filename for one in found] for name, found in made.names.items()} == {"a": ["d/A.XML"]}
