"""make demo: sandbox, Odoo with the module, three services, customers and invoices, one of them stamped."""

import json
import re
import shutil
import time

from dev.demo import printing, rpc
from dev.demo.stop import stop_cluster, stop_programs
from dev.stack import lock, pidfiles, processes
from dev.stack.console import Problem, guarded, say
from dev.stack.databases import module_digest
from dev.stack.settings import DEV, MODULE, Settings
from dev.stack.stack import Stack

LOGIN = PASSWORD = "admin"


def main():
    """Bring the demo up, then wait for Ctrl-C unless DETACH=1."""
    settings = Settings()
    _make_room(settings)
    started = []
    try:
        told = _bring_up(settings, Stack(settings), started)
        _announce(settings, told)
        if not settings.detach:
            _wait(settings, started)
    except BaseException:
        stop_programs(started)
        stop_cluster(settings)
        raise


def _make_room(settings):
    """End a former demo on these ports or this database; refuse ports that others use."""
    ports = (settings.odoo_port, settings.sandbox_port)
    former = [
        started
        for started in pidfiles.running(settings)
        if started.port in ports or started.database == settings.demo_db
    ]
    if former:
        say("a demo is running already: starting it anew")
        stop_programs(former)
    processes.require_free(settings.odoo_port, "ODOO_PORT")
    processes.require_free(settings.sandbox_port, "SANDBOX_PORT")


def _bring_up(settings, stack, started):
    """Start everything, noting it in `started`; returns what data.py told, and what was `stamped`, in words."""
    folder = settings.cache_dir / "sandbox" / settings.demo_db
    if settings.fresh:
        shutil.rmtree(folder, ignore_errors=True)
    log = settings.logs / f"{settings.demo_db}-sandbox.log"
    sandbox = stack.start_sandbox(folder, settings.sandbox_port, log)
    started.append(pidfiles.remember(settings, "sandbox", sandbox, settings.sandbox_port))
    say(f"sandbox: {sandbox.url}")
    with lock.building(settings):
        new = _prepare_database(settings, stack)
    odoo_url = f"http://127.0.0.1:{settings.odoo_port}"
    told = prepare_data(stack, settings.demo_db, sandbox.url, odoo_url)
    log = settings.logs / f"{settings.demo_db}-odoo.log"
    printing_env = printing.environment(settings)
    server = stack.start_odoo(settings.demo_db, settings.odoo_port, "--max-cron-threads=1", log=log, env=printing_env)
    started.append(pidfiles.remember(settings, "odoo", server, settings.odoo_port))
    say(f"odoo: {server.url}")
    try:
        return {**told, "stamped": _stamp(settings, server.url, told["stamp"])}
    except Problem as problem:
        if new:
            raise
        # the user may have changed an account, a journal or the invoice: the demo shows what came of it
        return {**told, "stamped": "none", "notes": [*told["notes"], str(problem)]}


def _prepare_database(settings, stack):
    """Make the demo database, or bring the one that is there up to date; returns whether it is a new one."""
    name, cluster, databases = settings.demo_db, stack.cluster, stack.databases
    digest = module_digest(databases.template())
    if name in cluster.databases() and not settings.fresh:
        if cluster.comment(name) == digest:
            return False
        say(f"database {name}: updating {MODULE}, which has changed")
        try:
            stack.run_odoo(name, "-u", MODULE, what=f"Updating {MODULE} in the database {name}")
        except Problem as problem:
            remedy = "make demo FRESH=1 makes the demo database anew."
            raise Problem(str(problem).rstrip(), remedy) from None
        cluster.comment(name, digest)
        return False
    say(f"database {name}: a new one")
    databases.create(name, databases.module_template())
    cluster.comment(name, digest)
    return True


def prepare_data(stack, database, sandbox_url, odoo_url):
    """Create what the demo shows; returns what data.py tells of it."""
    say(f"database {database}: customers, products, three services, invoices of today")
    env = {"SANDBOX_URL": sandbox_url, "ODOO_URL": odoo_url}
    printed = stack.run_script(database, DEV / "demo/data.py", "Creating the demo data", env=env)
    return json.loads(re.search(r"(?m)^DEMO (.*)", printed).group(1))


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
            f"See {settings.logs}/{settings.demo_db}-*.log.",
        )
    return f"{move['name']}: {move[f'{MODULE}_state']}, UUID {move[f'{MODULE}_uuid']}"


def _new(made):
    """What this run made, in words; what the user changed since the former run was left alone."""
    if not made:
        return "nothing: all records were there, and were left as they are"
    return ", ".join(f"{count} × {what}" for what, count in made.items())


def _announce(settings, told):
    odoo, sandbox = settings.odoo_port, settings.sandbox_port
    print(
        f"""
The demo is ready.

  Odoo      http://127.0.0.1:{odoo}/odoo/customer-invoices
  Login     {LOGIN} / {PASSWORD}  (database {settings.demo_db})
  Sandbox   http://127.0.0.1:{sandbox}/
  Invoice   {told["stamped"]}
  New       {_new(told["made"])}
  Logs      {settings.logs}/{settings.demo_db}-odoo.log, {settings.demo_db}-sandbox.log

{_table(told["journals"])}

  Accounts, branches and the table of ids: Invoicing > Configuration > CFDI. To stamp what a journal will bring
  through another service, change its CFDI branch: Invoicing > Configuration > Journals.
""",
        flush=True,
    )
    for note in told["notes"]:
        say(f"look at this: {note}")
    if told["notes"]:
        say("to begin anew: make demo FRESH=1")
    end = "make stop" if settings.demo_db == "demo" else f"make stop DEMO_DB={settings.demo_db}"
    say(f"to end it: {end}" if settings.detach else f"to end it: Ctrl-C here, or {end}")


def _table(journals):
    """What each journal is stamped through, in columns."""
    rows = [("Journal", "Stamped through", "Branch", "To stamp")]
    rows += [(row["journal"], row["account"], row["branch"], row["invoice"] or "-") for row in journals]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = ("   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(f"  {line.rstrip()}" for line in padded)


def _wait(settings, started):
    """Until Ctrl-C, SIGTERM, or the end of one of the processes."""
    while all(program.alive() for program in started):
        time.sleep(0.5)
    time.sleep(1)  # whoever ended it is about to remove its pid file
    ended = next(program for program in started if not program.alive())
    if not ended.remembered():
        say("another command has ended this demo")
        return
    raise Problem(f"The demo's {ended.program} has ended by itself", f"See {settings.logs}.")


if __name__ == "__main__":
    with guarded():
        main()
