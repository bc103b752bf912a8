"""Pictures of printed CFDIs, from the running demo: what is not there yet is made and stamped.

Run by make screenshots, in the environment that can read PDFs: python -m dev.demo.prints ADDRESS DATABASE FOLDER
"""

import json
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pypdfium2
from PIL import Image

from dev.demo import rpc
from dev.demo.start import LOGIN, PASSWORD

MOVE, STATE = "account.move", "l10n_mx_facture_state"
REPORT = "account.report_invoice_with_payments"
WIDTH, COLOURS = 900, 96
KEPT = ("invoice_date", "l10n_mx_facture_usage_id", "l10n_mx_facture_payment_form_id")


class Demo:
    """The demo's invoices, over RPC, and its prints, over HTTP."""

    def __init__(self, url, database):
        self.url, self.database = url, database
        self.call = rpc.Client(url, database, LOGIN, PASSWORD).call
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        params = {"db": database, "login": LOGIN, "password": PASSWORD}
        self._post("/web/session/authenticate", params)

    def _post(self, path, params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"})
        self._browser.open(request, timeout=60).read()

    def pdf(self, move):
        """The bytes of an invoice's print."""
        return self._browser.open(f"{self.url}/report/pdf/{REPORT}/{move}", timeout=120).read()

    def find(self, *domain):
        """The id of the first such invoice, None where there is none."""
        found = self.call(MOVE, "search", [*domain], limit=1, order="id")
        return found[0] if found else None

    def stamped(self, move):
        """The invoice, stamped if it was not."""
        if not self.call(MOVE, "read", [move], [STATE])[0][STATE]:
            self.call(MOVE, "action_l10n_mx_facture_stamp", [move])
        return move

    def with_several_taxes(self):
        """IEPS and IVA."""
        line = [("invoice_line_ids.product_id.default_code", "=", "SNACKS"), ("move_type", "=", "out_invoice")]
        return self.stamped(self.find(*line))

    def in_dollars(self):
        """For a customer abroad who reads English."""
        move = self.stamped(self.find(("currency_id.name", "=", "USD"), ("move_type", "=", "out_invoice")))
        partner = self.call(MOVE, "read", [move], ["partner_id"])[0]["partner_id"][0]
        self.call("res.partner", "write", [partner], {"lang": "en_US"})
        return move

    def credit_note(self):
        """Of the invoice with several taxes."""
        credited = self.with_several_taxes()
        move = self.find(("reversed_entry_id", "=", credited), ("state", "=", "posted"))
        if not move:
            journal = self.call(MOVE, "read", [credited], ["journal_id"])[0]["journal_id"][0]
            values = {"move_ids": [(6, 0, [credited])], "journal_id": journal, "reason": "Devolución"}
            wizard = self.call("account.move.reversal", "create", values)
            move = self.call("account.move.reversal", "refund_moves", [wizard])["res_id"]
            self.call(MOVE, "action_post", [move])
        return self.stamped(move)

    def cancelled(self):
        """Of an amount for which SAT asks no acceptance."""
        move = self.find((STATE, "=", "cancelled"))
        if move:
            return move
        pattern = self.find(("journal_id.code", "=", "SD"), ("move_type", "=", "out_invoice"))
        journal = self.call("account.journal", "search", [("code", "=", "INV")])[0]
        kept = self.call(MOVE, "read", [pattern], list(KEPT))[0]
        default = {name: kept[name][0] if isinstance(kept[name], list) else kept[name] for name in KEPT}
        copies = self.call(MOVE, "copy", [pattern], {**default, "journal_id": journal})
        move = copies[0] if isinstance(copies, list) else copies
        self.call(MOVE, "action_post", [move])
        self.call(MOVE, "l10n_mx_facture_cancel", [self.stamped(move)], "02")
        for _attempt in range(10):
            self.call(MOVE, "action_l10n_mx_facture_update_sat_status", [move])
            if self.call(MOVE, "read", [move], [STATE])[0][STATE] == "cancelled":
                return move
            time.sleep(2)
        raise SystemExit("SAT's stand-in has not cancelled the invoice")


def save(pdf, path):
    """Write the first page as a PNG of few colours, without the empty margins above and below."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil().convert("RGB")
    rows = page.convert("L").point(lambda value: 255 if value < 250 else 0).getbbox()
    page = page.crop((0, max(rows[1] - 30, 0), page.width, min(rows[3] + 30, page.height)))
    page = page.resize((WIDTH, page.height * WIDTH // page.width), Image.Resampling.LANCZOS)
    page.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)


def main(url, database, folder):
    """Save print_taxes.png, print_usd.png, print_credit_note.png and print_cancelled.png."""
    demo = Demo(url, database)
    kinds = {
        "taxes": demo.with_several_taxes,
        "usd": demo.in_dollars,
        "credit_note": demo.credit_note,
        "cancelled": demo.cancelled,
    }
    for name, invoice in kinds.items():
        path = Path(folder) / f"print_{name}.png"
        save(demo.pdf(invoice()), path)
        sys.stdout.write(f"{path.name}: {path.stat().st_size // 1024} kB\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
