"""Take the pictures: python -m dev.demo.take ADDRESS DATABASE CHROMIUM, in the environment that can read PDFs."""

import base64
import io
import json
import sys
from pathlib import Path

from PIL import Image

from dev.browser.devtools import Browser
from dev.demo import prints
from dev.demo.scenes import Scenes
from dev.demo.shown import Demo
from dev.demo.start import LOGIN, PASSWORD
from dev.stack.settings import REPO

SIZE = (1180, 1400)
TIMEZONE = "America/Mexico_City"
COLOURS = 48
FOLDER = REPO / "doc/pictures"
LANGUAGES = {"es": "es_MX", "en": "en_US"}
BOTH = (
    "connect",
    "checklist",
    "customer_check",
    "product_code",
    "invoice",
    "causes",
    "send",
    "cancel",
    "dashboard",
    "discrepancies",
    "portal",  # the last: it logs out
)
# for pages in one language alone
ALONE = {"en": ("account", "ids"), "es": ("receipts_due", "receipt", "tickets", "sales_books")}
# shown by README and by the list of apps: Odoo serves only static/
ELSEWHERE = {
    "en/invoice": REPO / "static/description/invoice.png",
    "es/invoice": REPO / "static/description/factura.png",
    "es/causes": REPO / "static/description/causas.png",
    "es/connect": REPO / "static/description/conexion.png",
}


def main(url, database, chromium, *only):
    """Take all pictures, or those that are named (such as es/connect)."""
    demo = Demo(url, database)
    demo.make_ready()
    try:
        for folder, lang in LANGUAGES.items():
            demo.user_language(lang)
            names = ALONE[folder] + BOTH
            wanted = [name for name in names if not only or f"{folder}/{name}" in only]
            _take(demo, chromium, folder, wanted)
    finally:
        demo.user_language("en_US")
    for name, (model, method) in prints.KINDS.items():
        if not only or name in only:
            path = FOLDER / f"{name}.png"
            _tell(path, prints.save(prints.first_page(demo.pdf(model, getattr(demo, method)())), path))


def _take(demo, chromium, folder, names):
    browser = Browser(chromium, *SIZE, TIMEZONE)
    try:
        _log_in(browser, demo)
        scenes = Scenes(browser, demo, LANGUAGES[folder])
        for name in names:
            selector = getattr(scenes, name)()
            picture = Image.open(io.BytesIO(base64.b64decode(browser.picture(selector))))
            path = ELSEWHERE.get(f"{folder}/{name}", FOLDER / folder / f"{name}.png")
            path.parent.mkdir(parents=True, exist_ok=True)
            _tell(path, prints.save(picture, path, COLOURS))
    finally:
        browser.close()


def _log_in(browser, demo):
    browser.open(f"{demo.url}/web/login")
    browser.wait_for("#login")
    params = {"db": demo.database, "login": LOGIN, "password": PASSWORD}
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
    post = f'{{method: "POST", headers: {{"Content-Type": "application/json"}}, body: {json.dumps(body)}}}'
    browser.run(f'fetch("/web/session/authenticate", {post}).then((answer) => answer.text())')


def _tell(path, size):
    sys.stdout.write(f"{Path(path).relative_to(REPO)}: {size // 1024} kB\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
