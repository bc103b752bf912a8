"""A QR code as a picture, of reportlab's encoder and Pillow.

Odoo's own barcode draws with a part of reportlab that its packages on PyPI for Linux don't have.
"""

import io

from PIL import Image
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

# modules of the quiet zone, which readers need, and pixels of a module
_BORDER, _PIXELS = 4, 6


def qr_png(text):
    """:return: bytes of a PNG, which can still be read where 15 % of it are spoilt"""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    count = code.getModuleCount()
    image = Image.new("1", (count + 2 * _BORDER,) * 2, 1)
    for row in range(count):
        for column in range(count):
            if code.isDark(row, column):
                image.putpixel((column + _BORDER, row + _BORDER), 0)
    packet = io.BytesIO()
    image.resize((image.width * _PIXELS,) * 2, Image.Resampling.NEAREST).save(packet, format="PNG")
    return packet.getvalue()
