"""make demo: sandbox, Odoo with the module, customers and invoices; one of them stamped by the button's own method."""

import re
import signal
import sys
import time

import lock
import pidfiles
import rpc
import processes
from console import Problem, guarded, say
from databases import module_digest
from settings import MODULE, Settings
from stack import HERE, Stack
from stop import PROCESSES, stop

LOGIN = PASSWORD = "admin"


def main():
    """Bring the demo up, then wait for Ctrl-C unless DETACH=1."""
    settings = Settings()
    _refuse_second(settings)
    stack = Stack(settings)
    try:
        uuid = _bring_up(settings, stack)
    except BaseException:
        stop(settings)
        raise
    _announce(settings, uuid)
    if not settings.detach:
        _wait(settings)


def _refuse_second(settings):
    if any(pidfiles.alive(settings, name) for name in PROCESSES):
        raise Problem(
            "The demo is running already", "Open it, or end it with make stop and start again."
        )
    processes.require_free(settings.odoo_port, "ODOO_PORT")
    processes.require_free(settings.sandbox_port, "SANDBOX_PORT")


def _bring_up(settings, stack):
    sandbox = stack.start_sandbox(
        settings.cache_dir / "sandbox" / settings.demo_db,
        settings.sandbox_port,
        settings.logs / "demo-sandbox.log",
    )
    pidfiles.remember(settings, "sandbox", sandbox.pid)
    say(f"sandbox: {sandbox.url}")
    with lock.building(settings):
        _prepare_database(settings, stack)
    invoice = _prepare_data(settings, stack, sandbox.url)
    log = settings.logs / "demo-odoo.log"
    server = stack.start_odoo(settings.demo_db, settings.odoo_port, "--max-cron-threads=1", log=log)
    pidfiles.remember(settings, "odoo", server.pid)
    say(f"odoo: {server.url}")
    return _stamp(settings, server.url, invoice)


def _prepare_database(settings, stack):
    """Make the demo database, or bring the one that is there up to date with the checkout."""
    name, cluster, databases = settings.demo_db, stack.cluster, stack.databases
    digest = module_digest(databases.template())
    if name in cluster.databases() and not settings.fresh:
        if cluster.comment(name) == digest:
            return
        say(f"database {name}: updating {MODULE}, which has changed")
        try:
            stack.run_odoo(name, "-u", MODULE, what=f"Updating {MODULE} in the database {name}")
        except Problem as problem:
            remedy = "make demo FRESH=1 makes the demo database anew."
            raise Problem(str(problem).rstrip(), remedy) from None
    else:
        say(f"database {name}: a new one")
        databases.create(name, databases.module_template())
    cluster.comment(name, digest)


def _prepare_data(settings, stack, sandbox_url):
    """Create what the demo shows; returns the id of the invoice to stamp."""
    say(f"database {settings.demo_db}: customers, products, invoices of today")
    odoo_url = f"http://127.0.0.1:{settings.odoo_port}"
    printed = stack.run_script(
        settings.demo_db,
        HERE / "demo_data.py",
        what="Creating the demo data",
        env={"SANDBOX_URL": sandbox_url, "ODOO_URL": odoo_url},
    )
    return int(re.search(r"(?m)^STAMP (\d+)", printed).group(1))


def _stamp(settings, url, invoice):
    """Press Stamp on the invoice unless that was done before; its UUID."""
    client = rpc.Client(url, settings.demo_db, LOGIN, PASSWORD)
    fields = ["name", f"{MODULE}_uuid", f"{MODULE}_state"]

    def read():
        return client.call("account.move", "read", [invoice], fields)[0]

    move = read()
    if not move[f"{MODULE}_uuid"]:
        say(f"stamping {move['name']}")
        client.press("account.move", f"action_{MODULE}_stamp", [invoice])
        move = read()
    if not move[f"{MODULE}_uuid"]:
        raise Problem(
            f"{move['name']} was not stamped, its state is {move[f'{MODULE}_state']}",
            f"See {settings.logs}/demo-odoo.log and demo-sandbox.log.",
        )
    return f"{move['name']}: {move[f'{MODULE}_state']}, UUID {move[f'{MODULE}_uuid']}"


def _announce(settings, stamped):
    odoo, sandbox = settings.odoo_port, settings.sandbox_port
    print(
        f"""
The demo is ready.

  Odoo      http://127.0.0.1:{odoo}/odoo/customer-invoices
  Login     {LOGIN} / {PASSWORD}  (database {settings.demo_db})
  Sandbox   http://127.0.0.1:{sandbox}/
  Invoice   {stamped}
  Logs      {settings.logs}/demo-odoo.log, demo-sandbox.log
""",
        flush=True,
    )
    end = "make stop" if settings.detach else "Ctrl-C here, or make stop"
    say(f"to end it: {end}")


def _wait(settings):
    """Until Ctrl-C, or until one of the processes ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(pidfiles.alive(settings, name) for name in PROCESSES):
            time.sleep(0.5)
        say("a process of the demo has ended; stopping the rest")
    except KeyboardInterrupt:
        print()
    finally:
        stop(settings)


if __name__ == "__main__":
    with guarded():
        main()
