"""Words across each page of a PDF. wkhtmltopdf repeats nothing on its own pages, so they are drawn afterwards."""

import io

from reportlab.lib.colors import Color
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from odoo.tools.pdf import PdfFileReader, PdfFileWriter

_FONT, _ANGLE, _LARGEST = "Helvetica-Bold", 50, 64
_COLOUR = Color(0.75, 0, 0, alpha=0.14)


def mark_pages(stream, marks):
    """Write words over each page, from corner to corner.

    :param stream: io.BytesIO of a PDF
    :param marks: list of words, one a line; Latin letters
    :return: io.BytesIO of the new PDF
    """
    reader, writer = PdfFileReader(stream, strict=False), PdfFileWriter()
    sheets = {}
    for number in range(reader.getNumPages()):
        page = reader.getPage(number)
        size = (float(page.mediaBox.getWidth()), float(page.mediaBox.getHeight()))
        if size not in sheets:
            sheets[size] = PdfFileReader(_sheet(size, marks), strict=False).getPage(0)
        page.mergePage(sheets[size])
        added = writer.addPage(page)
        # what is merged is stored without compression
        if hasattr(added, "compress_content_streams"):
            added.compress_content_streams()
    marked = io.BytesIO()
    writer.write(marked)
    marked.seek(0)
    return marked


def _sheet(size, marks):
    width, height = size
    packet = io.BytesIO()
    canvas = Canvas(packet, pagesize=size)
    canvas.translate(width / 2, height / 2)
    canvas.rotate(_ANGLE)
    canvas.setFillColor(_COLOUR)
    room = 0.8 * (width**2 + height**2) ** 0.5
    for line, mark in enumerate(marks):
        points = min(_LARGEST, room / stringWidth(mark, _FONT, 1))
        canvas.setFont(_FONT, points)
        # the lines are centred together
        canvas.drawCentredString(0, ((len(marks) - 1) / 2 - line) * 1.3 * _LARGEST - points / 3, mark)
    canvas.save()
    packet.seek(0)
    return packet
