"""Pictures of printed CFDIs, from the running demo: what is not there yet is made and stamped.

Run by make screenshots, in the environment that can read PDFs: python -m dev.demo.prints ADDRESS DATABASE FOLDER
"""

import json
import sys
import time
import urllib.request
from datetime import date, timedelta
from http.cookiejar import CookieJar
from pathlib import Path

import pypdfium2
from PIL import Image

from dev.demo import rpc
from dev.demo.start import LOGIN, PASSWORD

MOVE, STATE = "account.move", "l10n_mx_facture_state"
REP = "l10n_mx_facture.rep"
REPORTS = {MOVE: "account.report_invoice_with_payments", REP: "l10n_mx_facture.report_rep"}
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

    def pdf(self, model, number):
        """The bytes of the print of an invoice or a receipt of payment."""
        return self._browser.open(f"{self.url}/report/pdf/{REPORTS[model]}/{number}", timeout=120).read()

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

    def receipt(self):
        """Of the first payment of an invoice on credit with withheld taxes."""
        move = self._on_credit(self.find(("invoice_line_ids.product_id.default_code", "=", "FEES")), "REP")
        found = self.call(REP, "search", [("line_ids.move_id", "=", move), ("state", "=", "stamped")], limit=1)
        return found[0] if found else self._paid(move)

    def _on_credit(self, pattern, name):
        """A stamped PPD invoice like another one; `name` is its reference."""
        if move := self.find(("ref", "=", name)):
            return self.stamped(move)
        due = date.today() + timedelta(days=40)
        journal = self.call("account.journal", "search", [("code", "=", "INV")])[0]
        customer = self.call("res.partner", "search", [("vat", "=", "URE180429TM6")])[0]
        usage = self.call(MOVE, "read", [pattern], [KEPT[1]])[0][KEPT[1]][0]
        values = {"ref": name, "journal_id": journal, "partner_id": customer, KEPT[1]: usage}
        copies = self.call(MOVE, "copy", [pattern], values)
        move = copies[0] if isinstance(copies, list) else copies
        on_credit = {"invoice_date": str(date.today()), "invoice_date_due": str(due), "invoice_payment_term_id": False}
        self.call(MOVE, "write", [move], {**on_credit, "l10n_mx_facture_payment_policy": "PPD"})
        self.call(MOVE, "action_post", [move])
        return self.stamped(move)

    def _paid(self, move):
        """The stamped receipt of a transfer that pays a part of it."""
        form = self.call("l10n_mx_catalogs.c_forma_pago", "search", [("code", "=", "03")])[0]
        values = {
            "amount": 5000,
            "l10n_mx_facture_payment_form_id": form,
            "l10n_mx_facture_operation_number": "085900123456",
        }
        context = {"active_model": MOVE, "active_ids": [move]}
        wizard = self.call("account.payment.register", "create", values, context=context)
        self.call("account.payment.register", "action_create_payments", [wizard], context=context)
        payment = self.call("account.payment", "search", [("invoice_ids", "=", move)], limit=1)
        self.call("account.payment", "action_l10n_mx_facture_stamp", payment)
        found = self.call(REP, "search", [("payment_ids", "in", payment), ("state", "=", "stamped")], limit=1)
        if not found:
            raise SystemExit("The receipt of payment was not stamped")
        return found[0]


def save(pdf, path):
    """Write the first page as a PNG of few colours, without the empty margins above and below."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil().convert("RGB")
    rows = page.convert("L").point(lambda value: 255 if value < 250 else 0).getbbox()
    page = page.crop((0, max(rows[1] - 30, 0), page.width, min(rows[3] + 30, page.height)))
    page = page.resize((WIDTH, page.height * WIDTH // page.width), Image.Resampling.LANCZOS)
    page.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)


def main(url, database, folder):
    """Save print_taxes.png, print_usd.png, print_credit_note.png, print_cancelled.png and print_rep.png."""
    demo = Demo(url, database)
    kinds = {
        "taxes": (MOVE, demo.with_several_taxes),
        "usd": (MOVE, demo.in_dollars),
        "credit_note": (MOVE, demo.credit_note),
        "cancelled": (MOVE, demo.cancelled),
        "rep": (REP, demo.receipt),
    }
    for name, (model, number) in kinds.items():
        path = Path(folder) / f"print_{name}.png"
        save(demo.pdf(model, number()), path)
        sys.stdout.write(f"{path.name}: {path.stat().st_size // 1024} kB\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
