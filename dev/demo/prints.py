"""Pictures of printed CFDIs."""

import pypdfium2
from PIL import Image

WIDTH, COLOURS = 800, 24
MARGIN = 30  # pixels left above and below
MOVE, REP, GLOBAL = "account.move", "l10n_mx_facture.rep", "l10n_mx_facture.global"
# name of the picture: model of what is printed, and the method of the demo that gives it
KINDS = {
    "print_taxes": (MOVE, "with_several_taxes"),
    "print_usd": (MOVE, "in_dollars"),
    "print_credit_note": (MOVE, "credit_note"),
    "print_cancelled": (MOVE, "cancelled"),
    "print_rep": (REP, "receipt"),
    "print_global": (GLOBAL, "global_invoice"),
}


def first_page(pdf):
    """The first page of a PDF as a picture, without the empty margins above and below."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil().convert("RGB")
    rows = page.convert("L").point(lambda value: 255 if value < 250 else 0).getbbox()
    page = page.crop((0, max(rows[1] - MARGIN, 0), page.width, min(rows[3] + MARGIN, page.height)))
    return page.resize((WIDTH, page.height * WIDTH // page.width), Image.Resampling.LANCZOS)


def save(picture, path, colours=COLOURS):
    """Write a picture as a PNG of few colours; its size in bytes."""
    few = picture.convert("RGB").quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    return path.stat().st_size
