"""What `make chaos` works on: a PostgreSQL of its own, two Odoo servers, two cron workers, the sandbox, invoices.

Its cluster lies beside the private one, because it is killed: other databases must not feel it.
"""

import contextlib
import fcntl
import itertools
import json
import os
import signal
import subprocess
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import psycopg2
import psycopg2.extras

from dev.chaos.schedule import CRONS, SERVERS
from dev.chaos.services import SERVICES
from dev.demo import rpc
from dev.stack import processes
from dev.stack.console import Problem, say
from dev.stack.postgres import CRASH_SAFE, Cluster
from dev.stack.settings import DEV

LOGIN = PASSWORD = "admin"
HTTP_WORKERS = 2  # so that two clicks at the same server really overlap
POOL = 100  # invoices that are made at a time
MAX_WAIT = 60  # seconds until a server must be there, or a thing must have happened
CREDITS = 1000
PATTERN = """
    SELECT m.id, m.journal_id, m.invoice_date::text, m.l10n_mx_facture_usage_id, m.l10n_mx_facture_payment_form_id
    FROM account_move m JOIN ir_model_data d ON d.res_id = m.id
    WHERE d.module = '__demo__' AND d.model = 'account.move' ORDER BY m.id LIMIT 1
"""
JOURNAL = "SELECT id FROM account_journal WHERE code = %s"
# through which account the invoices of a journal go
ACCOUNT = """
    SELECT b.account_id FROM l10n_mx_facture_branch b JOIN account_journal_l10n_mx_facture_branch_rel r
    ON r.l10n_mx_facture_branch_id = b.id WHERE r.account_journal_id = %s
"""


class Plant:
    """All processes and the database that the schedules share."""

    def __init__(self, stack, folder):
        self.folder = folder
        self.cluster = Cluster(stack.settings, "chaos", CRASH_SAFE)
        self.cluster.start()
        self.stack = stack.on(self.cluster, launcher=(DEV / "chaos/launcher.py",))
        self.database = f"chaos_{stack.settings.checkout}"
        self._make_database(stack)
        self.sandbox = self.stack.start_sandbox(folder / "sandbox", log=folder / "sandbox-0.log")
        env = {"SANDBOX_URL": self.sandbox.url, "ODOO_URL": "http://127.0.0.1"}
        self.stack.run_script(self.database, DEV / "demo/data.py", "Creating the invoices", env=env)
        self._make_accounts(env)
        self.ports = {name: processes.free_port() for name in SERVERS}
        self.servers, self.clients, self.logs, self.crons = {}, {}, [], []
        self._local, self._starting = threading.local(), threading.Lock()
        self._pools, self._numbers = {name: [] for name in SERVICES}, itertools.count(1)

    def start(self):
        """Start all Odoo processes and log in."""
        with ThreadPoolExecutor() as pool:
            # asking for the results raises what was raised
            list(pool.map(self.start_server, (*SERVERS, *CRONS)))
        for name in SERVERS:
            self.clients[name] = rpc.Client(self.servers[name].url, self.database, LOGIN, PASSWORD)
        crons = "SELECT res_id FROM ir_model_data WHERE module = 'l10n_mx_facture' AND model = 'ir.cron' ORDER BY name"
        self.crons = [row["res_id"] for row in self.sql(crons)]

    def close(self):
        """End everything; the cluster stays for the next time, stopped."""
        for server in (*self.servers.values(), self.sandbox):
            server.kill()
        self.stack.databases.drop(self.database)
        self.cluster.stop()

    # -- database -------------------------------------------------------------------------------

    def _make_database(self, stack):
        """A copy of the module's template, which is brought here from the private cluster once."""
        template = stack.databases.module_template()
        family = template.rsplit("_", 1)[0] + "_"
        here = self.cluster.databases()
        if template not in here:
            say("chaos: bringing the database template over")
            for old in here:
                if old.startswith(family):
                    self.cluster.drop(old)
            self.cluster.drop("work_chaos")
            self.cluster.bring(template, stack.cluster, "work_chaos")
            self.cluster.sql(f'ALTER DATABASE "work_chaos" RENAME TO "{template}"')
        self.stack.databases.create(self.database, template)

    def _make_accounts(self, env):
        """An account with a journal at each service that the demo's invoices don't go to."""
        others = [service for service in SERVICES.values() if service.journal]
        for service in others:
            self.control("users", {"name": service.user, "credits": CREDITS})
        chosen = json.dumps([(service.provider, service.user, service.journal) for service in others])
        script, env = DEV / "chaos/accounts.py", {**env, "CHAOS_ACCOUNTS": chosen}
        self.stack.run_script(self.database, script, "Creating the accounts", env=env)

    def sql(self, statement, *parameters):
        """Run a statement in a transaction of its own, again if PostgreSQL was away; its rows as dicts.

        Only for statements that may run twice.
        """
        deadline = time.monotonic() + MAX_WAIT
        while True:
            try:
                with self._connection().cursor() as cursor:
                    cursor.execute(statement, parameters)
                    return cursor.fetchall() if cursor.description else []
            except (psycopg2.InterfaceError, psycopg2.DatabaseError) as error:
                # libpq has no code for a server that is gone
                if getattr(error, "pgcode", None) and not isinstance(error, psycopg2.OperationalError):
                    raise
                self._local.connection = None
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def _connection(self):
        """This thread's connection."""
        if getattr(self._local, "connection", None) is None:
            env = self.cluster.env
            self._local.connection = psycopg2.connect(
                dbname=self.database,
                host=env["PGHOST"],
                port=env["PGPORT"],
                user=env["PGUSER"],
                cursor_factory=psycopg2.extras.RealDictCursor,
            )
            self._local.connection.autocommit = True
        return self._local.connection

    # -- processes ------------------------------------------------------------------------------

    def start_server(self, name):
        """Start an Odoo: with HTTP workers and no cron worker, or the other way round."""
        log = self.folder / f"{name}-{next(self._numbers)}.log"
        if name in SERVERS:
            arguments = ("--max-cron-threads=0", "--log-level=warn")
            server = self.stack.start_odoo(
                self.database, self.ports[name], *arguments, log=log, workers=HTTP_WORKERS
            )
        else:
            server = self._start_cron(log)
        self.servers[name] = server
        self.logs.append(log)

    def _start_cron(self, log):
        arguments = ("-d", self.database, "--no-http", "--workers=1", "--max-cron-threads=1", "--log-level=warn")
        with log.open("wb") as output:
            process = subprocess.Popen(
                self.stack.command(*arguments),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.stack.env},
                start_new_session=True,
            )
        server = processes.Server(process, "", log)
        deadline = time.monotonic() + MAX_WAIT
        while not workers(server.pid):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Problem(f"A cron worker doesn't start; see {log}")
            time.sleep(0.05)
        return server

    def kill_workers(self, name):
        """kill -9 the workers of a server; its main process replaces them. How many there were."""
        pids = workers(self.servers[name].pid)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(pids)

    def revive(self):
        """Start what was killed, and what ended itself because the database was away; wait for the workers."""
        with self._starting:
            if self.sandbox.process.poll() is not None:
                self.start_sandbox()
            wait_for(self._all_alive, "workers")

    def _all_alive(self):
        for name, server in list(self.servers.items()):
            # Odoo's main process ends when it has to replace a worker while PostgreSQL is away
            if server.process.poll() is not None:
                server.kill()
                self.start_server(name)
        return all(workers(server.pid) for server in self.servers.values())

    def start_sandbox(self):
        """Start the sandbox again, at its old address and with its old book."""
        port = int(self.sandbox.url.rsplit(":", 1)[1])
        log = self.folder / f"sandbox-{next(self._numbers)}.log"
        self.sandbox = self.stack.start_sandbox(self.folder / "sandbox", port, log)

    def call(self, name, model, method, *args, **context):
        """Call a method on a server as the web client does."""
        client = self.clients[name]
        return client.call(model, method, *args, context={**client.context, **context})

    # -- invoices -------------------------------------------------------------------------------

    def journal(self, service):
        """Id of the journal whose invoices go to a service."""
        if service.journal:
            return self.sql(JOURNAL, service.journal)[0]["id"]
        return self.sql(PATTERN)[0]["journal_id"]

    def account(self, service):
        """Id of the account at a service."""
        return self.sql(ACCOUNT, self.journal(service))[0]["account_id"]

    def invoices(self, service, count):
        """Ids of so many unused posted invoices of today; where receipts of payment are played, on credit."""
        pool = self._pools[service.name]
        while len(pool) < count:
            pool += self._make_invoices(self.journal(service), self._on_credit() if service.of_payments else {})
        taken, pool[:count] = pool[:count], []
        return taken

    def _on_credit(self):
        """Values of an invoice on credit; the bank's payments say their form."""
        forms = {row["code"]: row["id"] for row in self.sql("SELECT id, code FROM l10n_mx_catalogs_c_forma_pago")}
        banks = [row["id"] for row in self.sql("SELECT id FROM account_journal WHERE type = 'bank'")]
        self.call("a", "account.journal", "write", banks, {"l10n_mx_facture_payment_form_id": forms["03"]})
        return {
            "l10n_mx_facture_payment_policy": "PPD",
            "l10n_mx_facture_payment_form_id": forms["99"],
            "invoice_date_due": str(date.today() + timedelta(days=60)),
        }

    def _make_invoices(self, journal, more):
        (pattern,) = self.sql(PATTERN)
        default = {**pattern, "journal_id": journal, **more}
        first = default.pop("id")
        ids = self.call("a", "account.move", "copy", [first], default)
        while len(ids) < POOL:
            ids += self.call("a", "account.move", "copy", ids[: POOL - len(ids)], default)
        self.call("a", "account.move", "action_post", ids)
        return ids

    # -- the service ----------------------------------------------------------------------------

    def control(self, path, order=None, method=None):
        """Ask the sandbox's control interface, or order something."""
        body = None if order is None else json.dumps(order).encode()
        request = urllib.request.Request(f"{self.sandbox.url}/_sandbox/{path}", body, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def book(self, service, folio, serie=None):
        """The rows of a service's book of a number, with what it gave out."""
        of_serie = f"&serie={serie}" if serie else ""
        rows = self.control(f"book?user={service.user}&folio={folio}{of_serie}")
        return [self.control(f"cfdi/{row['uuid']}") for row in rows]

    def word(self, uuid):
        """What SAT says of a CFDI."""
        return self.control(f"sat/{uuid}")["word"]

    def under_way(self):
        """How many calls the sandbox hasn't ended."""
        return len([call for call in self.control("requests") if not call["ended"]])

    def live_tokens(self, service):
        """How many tokens of a service's user are valid."""
        return len([one for one in self.control("tokens") if one["live"] and one["user"] == service.user])

    def revoke(self, service):
        """End all tokens of a service's user."""
        return self.control(f"tokens?user={service.user}", method="DELETE")


def workers(pid):
    """Process ids of the workers of an Odoo main process; the process for web sockets is none."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    found = []
    for child in children:
        with contextlib.suppress(OSError):
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            if command and b"gevent" not in command.split(b"\0"):
                found.append(int(child))
    return found


def wait_for(condition, what, max_wait=MAX_WAIT):
    """Wait until something is so; a Problem if it isn't in time."""
    deadline = time.monotonic() + max_wait
    while not condition():
        if time.monotonic() > deadline:
            raise Problem(f"chaos: {what} didn't come in {max_wait} s")
        time.sleep(0.03)


@contextlib.contextmanager
def plant(stack, folder):
    """A running plant; one at a time uses the cluster of its own."""
    with (stack.settings.cache_dir / "chaos.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem(
                "Another make chaos is running",
                "Wait for its end: a cache has one cluster for it (CACHE_DIR=: another cache).",
            ) from None
        running = Plant(stack, folder)
        try:
            running.start()
            yield running
        finally:
            running.close()
