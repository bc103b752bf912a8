"""The QR code of SAT's verification page."""

from decimal import Decimal

import segno
from reportlab.platypus import Flowable

VERIFY = "https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx"


def verification_url(root, timbre):
    """SAT's address for a stamped Comprobante (Anexo 20, I.D): id, re, rr, tt and fe.

    The total goes without insignificant zeros but with one decimal at least; fe is the end of
    the seal, as it is; an & in an RFC is written as in XML.
    """
    issuer, receiver = (
        root.find(f"{{*}}{name}").get("Rfc").replace("&", "&amp;")
        for name in ("Emisor", "Receptor")
    )
    total = f"{Decimal(root.get('Total')).normalize():f}"
    if "." not in total:
        total += ".0"
    return (f"{VERIFY}?id={timbre.get('UUID')}&re={issuer}&rr={receiver}"
            f"&tt={total}&fe={root.get('Sello')[-8:]}")


class QrCode(Flowable):
    """A QR code of ``text`` in a square of ``size`` points."""

    def __init__(self, text, size):
        super().__init__()
        self.width = self.height = size
        self.rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]

    def draw(self):
        """Black modules, neighbours of a row drawn as one rectangle."""
        module = self.width / len(self.rows)
        path = self.canv.beginPath()
        for y, row in enumerate(self.rows):
            start = None
            for x, dark in enumerate([*row, 0]):
                if dark and start is None:
                    start = x
                elif not dark and start is not None:
                    path.rect(start * module, self.height - (y + 1) * module,
                              (x - start) * module, module)
                    start = None
        self.canv.drawPath(path, stroke=0, fill=1)
