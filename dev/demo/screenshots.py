"""make screenshots: the pictures of the README and of doc/, taken from the running demo with a headless browser."""

import base64
import json

from dev.browser import chromium
from dev.browser.devtools import Browser
from dev.demo import rpc
from dev.demo.start import LOGIN, PASSWORD
from dev.stack import pidfiles, venvs
from dev.stack.console import Problem, guarded, run, say
from dev.stack.settings import MODULE, REPO, Settings

FOLDER = REPO / "static/description"
PRINTS = REPO / "doc/pictures"
SIZE = (1366, 900)
TIMEZONE = "America/Mexico_City"


def main():
    """Take static/description/invoice.png, settings.png and ids.png, and the prints in doc/pictures."""
    settings = Settings()
    url = _demo_url(settings)
    client = rpc.Client(url, settings.demo_db, LOGIN, PASSWORD)
    invoice = _first(client, "account.move", [(f"{MODULE}_state", "=", "stamped")])
    account = _first(client, f"{MODULE}.account", [("provider", "=", "facture_rest")])
    with_ids = _first(client, f"{MODULE}.account", [("code_ids", "!=", False)])
    browser = Browser(chromium.browser(settings), *SIZE, TIMEZONE)
    try:
        _log_in(browser, url, settings.demo_db)
        browser.open(f"{url}/odoo/customer-invoices/{invoice}")
        browser.click(f".o_notebook a[name={MODULE}]")
        browser.wait_for(f"[name={MODULE}_document_ids] .o_data_row")
        _save(browser, "invoice.png")
        browser.open(f"{url}/odoo/action-{MODULE}.action_{MODULE}_account/{account}")
        browser.wait_for("[name=branch_ids] .o_data_row")
        _save(browser, "settings.png")
        browser.open(f"{url}/odoo/action-{MODULE}.action_{MODULE}_account/{with_ids}")
        browser.click("a[name=codes]")
        browser.wait_for("[name=code_ids] .o_data_row")
        browser.run('document.querySelector(".o_notebook").scrollIntoView()')
        _save(browser, "ids.png")
    finally:
        browser.close()
    PRINTS.mkdir(exist_ok=True)
    # PDFs are read outside of the standard library
    command = [venvs.python(settings, "odoo"), "-m", "dev.demo.prints", url, settings.demo_db, PRINTS]
    log = settings.logs / "prints.log"
    run(command, log, "Taking the pictures of prints", env={"PYTHONPATH": str(REPO)})
    say(f"{PRINTS.relative_to(REPO)}: prints")


def _demo_url(settings):
    for started in pidfiles.running(settings):
        if started.database == settings.demo_db and started.program == "odoo":
            return f"http://127.0.0.1:{started.port}"
    raise Problem("The demo isn't running", "Start it first: make demo DETACH=1.")


def _first(client, model, domain):
    found = client.call(model, "search", domain, limit=1, order="id")
    if not found:
        raise Problem(f"The demo has no {model} to show", "make demo FRESH=1 makes it anew.")
    return found[0]


def _log_in(browser, url, database):
    browser.open(f"{url}/web/login")
    browser.wait_for("#login")
    params = {"db": database, "login": LOGIN, "password": PASSWORD}
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
    post = f'{{method: "POST", headers: {{"Content-Type": "application/json"}}, body: {json.dumps(body)}}}'
    browser.run(f'fetch("/web/session/authenticate", {post}).then((answer) => answer.text())')


def _save(browser, name):
    browser.run("document.activeElement.blur()")
    path = FOLDER / name
    path.write_bytes(base64.b64decode(browser.picture()))
    say(f"{path.relative_to(REPO)}: {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    with guarded():
        main()
