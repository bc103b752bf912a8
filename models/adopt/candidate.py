"""A file that may be adopted, and the files of an upload."""

import io
import zipfile
from dataclasses import dataclass, field

from odoo import models

from ...cfdi.errors import CfdiError
from ...cfdi.issued import IssuedCfdi, read_issued
from ...cfdi.received import MAX_BYTES

# limits of an uploaded ZIP, so that it fits into a worker's memory
MAX_FILES = 5000
MAX_UNPACKED = 200 * 2**20


class BadArchive(ValueError):
    """An upload that can't be read; the argument is a slug: ``damaged``, ``too_many``, ``too_large``."""


@dataclass(frozen=True)
class Candidate:
    """A stamped CFDI with its origin.

    :param xml: its bytes
    :param source: value of ``adopted_from``
    :param name: name of the file
    :param attachment: the file, where it hangs on the invoice already
    :param remote_id: its id at the service, where the service needs one
    """

    xml: bytes = field(repr=False)
    read: IssuedCfdi
    source: str
    name: str
    attachment: models.BaseModel | None = None
    remote_id: str | None = None


def read_file(content):
    """:return: (:class:`~..cfdi.issued.IssuedCfdi`, None), or (None, :class:`~..cfdi.errors.CfdiError`)"""
    try:
        return read_issued(content), None
    except CfdiError as error:
        return None, error


def unpack(name, content):
    """Yield (name, bytes) of each XML in an upload: itself, or those in a ZIP.

    :raise BadArchive: the ZIP can't be read, or is too large
    """
    if not content.startswith(b"PK"):
        yield name, content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [one for one in archive.infolist() if _is_xml(one)]
            if len(entries) > MAX_FILES:
                raise BadArchive("too_many")
            if sum(one.file_size for one in entries) > MAX_UNPACKED:
                raise BadArchive("too_large")
            for one in entries:
                with archive.open(one) as file:
                    # the directory of a ZIP may lie about sizes
                    yield one.filename, file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BadArchive("damaged") from error


def _is_xml(entry):
    # the Mac's own entries hold no document
    return entry.filename.lower().endswith(".xml") and not entry.filename.startswith("__MACOSX/")
