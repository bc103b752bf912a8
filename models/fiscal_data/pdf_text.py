"""The text of a PDF, by what Odoo itself reads PDFs with."""

import io

from odoo.tools.pdf import PdfFileReader

# a constancia has two or three pages and some 200 kB
LARGEST, PAGES = 5 * 1024 * 1024, 12


class NotReadableError(ValueError):
    """:param code: ``too_large`` or ``not_pdf``"""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def read_pdf(content):
    """Return the text of the first pages, and the addresses that they link to.

    :param content: bytes
    :return: tuple of the text and a list of addresses
    :raise NotReadableError: it is no PDF, a damaged one, or too large
    """
    if len(content) > LARGEST:
        raise NotReadableError("too_large")
    if not content.lstrip().startswith(b"%PDF"):
        raise NotReadableError("not_pdf")
    try:
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            # SAT's own can't be changed without a password, and are read without one
            reader.decrypt("")
        pages = reader.pages[:PAGES]
        return "\n".join(page.extract_text() for page in pages), [url for page in pages for url in _links(page)]
    except Exception as error:
        # whatever a library makes of a damaged file: KeyError, RecursionError, its own errors
        raise NotReadableError("not_pdf") from error


def _links(page):
    """:return: list of the addresses behind the links of a page"""
    notes = page.get("/Annots")
    found = []
    for note in notes.get_object() if notes else ():
        action = note.get_object().get("/A")
        address = action and action.get_object().get("/URI")
        if address:
            found.append(str(address))
    return found
