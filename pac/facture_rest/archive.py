"""ZIP archives of a bulk call.

Equal files make an equal ZIP. What comes back is read as if an attacker had made it.
"""

import io
import re
import zipfile
import zlib

MAX_ENTRY = 25 * 1024 * 1024
MAX_TOTAL = 400 * 1024 * 1024
# stamped XML deflates some 3 to 20 times; a bomb a thousand times
MAX_RATIO = 200
# a small entry can't hurt, however well it deflates
_RATIO_FROM = 1024 * 1024
# beyond what was sent: reports, PDFs and folders that a service may add
_SPARE_ENTRIES = 1000
_ENTRY_MARK = b"PK\x01\x02"
# how a ZIP with files in it begins
MAGIC = b"PK\x03\x04"
_CHUNK = 64 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BAD = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    KeyError,
)


class BadArchive(Exception):
    """The archive as a whole can't be used; str() is a clause that says why."""


class BadEntry(Exception):
    """One entry can't be used; str() is a clause that says why."""


def build(files):
    """A ZIP of `files` (name -> bytes), sorted, without times: equal files make equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def stem(name):
    """What names are matched by: the file's name without folders, `.xml` and case."""
    return re.split(r"[/\\]", name)[-1].casefold().removesuffix(".xml")


class Archive:
    """A ZIP to read from. Nothing is ever written to disk, and only what is asked for is unpacked.

    names  stem -> list of the entries that have it; only XMLs whose path doesn't lead elsewhere
    """

    def __init__(self, file, expected):
        """:param file: seekable binary file
        :param expected: how many files were sent
        :raise BadArchive: not a ZIP, or with far more entries than were sent
        """
        limit = 2 * expected + _SPARE_ENTRIES
        # counted before zipfile makes an object of each
        if _count(file, _ENTRY_MARK, limit) > limit:
            raise BadArchive(f"it has more than {limit} entries")
        try:
            self._zip = zipfile.ZipFile(file)
            entries = self._zip.infolist()
        except _BAD:
            raise BadArchive("it is no ZIP archive, or was cut") from None
        self.names, self._left = {}, MAX_TOTAL
        for entry in entries:
            if entry.filename.casefold().endswith(".xml") and not _leads_elsewhere(entry.filename):
                self.names.setdefault(stem(entry.filename), []).append(entry)

    def read(self, entry):
        """The bytes of one entry of `names`. Raises BadEntry."""
        if entry.flag_bits & 0x1:
            raise BadEntry("it is encrypted")
        if entry.compress_type not in _METHODS:
            raise BadEntry("it is compressed in a way that is not read")
        if entry.file_size > MAX_ENTRY or _is_bomb(entry.compress_size, entry.file_size):
            raise BadEntry("it is too big or too densely packed")
        try:
            with self._zip.open(entry) as stream:
                return self._stream(entry, stream)
        except _BAD:
            raise BadEntry("it is damaged") from None

    def _stream(self, entry, stream):
        """Unpack, counting what really comes out: the sizes in the archive are only claims."""
        parts, size = [], 0
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            self._left -= len(chunk)
            if size > MAX_ENTRY or _is_bomb(entry.compress_size, size):
                raise BadEntry("it is too big or too densely packed")
            if self._left < 0:
                raise BadEntry("the archive unpacks to more than can be read")
            parts.append(chunk)
        return b"".join(parts)


def _is_bomb(packed, unpacked):
    return unpacked > _RATIO_FROM and unpacked > MAX_RATIO * max(1, packed)


def _leads_elsewhere(name):
    """An absolute name, one with a drive, or one that climbs. Folders are harmless."""
    parts = re.split(r"[/\\]", name)
    return ".." in parts or parts[0] == "" or ":" in name or "\0" in name


def _count(file, mark, limit):
    """How often `mark` occurs in `file`, given up beyond `limit`."""
    file.seek(0)
    found, tail = 0, b""
    while found <= limit and (chunk := file.read(_CHUNK)):
        window = tail + chunk
        found += window.count(mark)
        tail = window[-(len(mark) - 1) :]
    file.seek(0)
    return found
