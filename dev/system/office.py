"""What the tests do and look at: invoices, buttons pressed at one moment, the database, the service's book."""

import threading
import time
from contextlib import contextmanager

import psycopg2
import psycopg2.extras
import requests

from dev.demo import printing, rpc

STAMP = "action_l10n_mx_facture_stamp"
LOGIN = PASSWORD = "admin"
# what Odoo shows as a message in a dialog, without a trace
MESSAGES = {"odoo.exceptions.UserError", "odoo.exceptions.ValidationError"}
MAX_WAIT = 15  # seconds until what a test waits for must have happened


class Office:
    """One database, the sandbox, and the Odoo servers that work on them."""

    def __init__(self, stack, database, sandbox):
        self.stack, self.database, self.sandbox = stack, database, sandbox
        self.servers, self.clients = {}, {}
        self._connection = self._connect()
        self._connection.autocommit = True

    # -- servers --------------------------------------------------------------------------------

    def start(self, name, *arguments):
        """Start an Odoo server of its own process, and log in."""
        addons = f"--addons-path={self.stack.addons_path},{self.stack.system_addons}"
        log = self.stack.settings.logs / f"test-system-{name}.log"
        server = self.stack.start_odoo(
            self.database,
            None,
            addons,
            "--max-cron-threads=0",
            *arguments,
            log=log,
            env=printing.environment(self.stack.settings),
        )
        self.servers[name] = server
        self.clients[name] = rpc.Client(server.url, self.database, LOGIN, PASSWORD)

    def close(self):
        """End the servers and give the database free."""
        for server in self.servers.values():
            server.kill()  # the database is dropped next
        self._connection.close()

    def log(self, name):
        """The log of a server so far."""
        return self.servers[name].log.read_text(errors="replace")

    # -- database -------------------------------------------------------------------------------

    def _connect(self):
        cluster = self.stack.cluster.env
        return psycopg2.connect(
            dbname=self.database,
            host=cluster["PGHOST"],
            port=cluster["PGPORT"],
            user=cluster["PGUSER"],
            cursor_factory=psycopg2.extras.RealDictCursor,
        )

    def sql(self, statement, *parameters):
        """Run a statement in a transaction of its own; its rows as dicts."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def transaction(self):
        """Another connection's transaction, committed at the end; yields its cursor."""
        connection = self._connect()
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def documents(self, *moves):
        """Every CFDI document of the invoices, oldest first."""
        query = "SELECT * FROM l10n_mx_facture_document WHERE move_id = ANY(%s) ORDER BY id"
        return self.sql(query, list(moves))

    def document(self, move):
        """The only CFDI document of an invoice."""
        (document,) = self.documents(move)
        return document

    def requests(self, move):
        """The ledger rows of an invoice, oldest first."""
        query = (
            "SELECT r.* FROM l10n_mx_facture_request r JOIN l10n_mx_facture_document d "
            "ON d.id = r.document_id WHERE d.move_id = %s ORDER BY r.id"
        )
        return self.sql(query, move)

    # -- invoices -------------------------------------------------------------------------------

    def invoices(self, count=1, **values):
        """Ids of so many new posted invoices of today that can be stamped: copies of the demo's first one.

        :param values: of fields that are different
        """
        client = self.clients["a"]
        (pattern,) = self.sql(
            "SELECT m.id, m.invoice_date::text, m.l10n_mx_facture_usage_id, "
            "m.l10n_mx_facture_payment_form_id FROM account_move m JOIN ir_model_data d "
            "ON d.res_id = m.id WHERE d.module = '__demo__' AND d.model = 'account.move' "
            "ORDER BY m.id LIMIT 1"
        )
        default = {name: value for name, value in pattern.items() if name != "id"} | values
        ids = []
        for _number in range(count):
            ids += client.call("account.move", "copy", [pattern["id"]], default)
        client.call("account.move", "action_post", ids)
        return ids

    def invoice(self):
        """The id of a new posted invoice."""
        return self.invoices()[0]

    def press(self, name, ids, button=STAMP, model="account.move", **context):
        """Press a button on a server; what it returned, or the rpc.Refused that says why not."""
        try:
            return self.clients[name].press(model, button, list(ids), **context)
        except rpc.Refused as refused:
            return refused

    # -- the service ----------------------------------------------------------------------------

    def control(self, path, **order):
        """Ask the sandbox's control interface, or order something."""
        url = f"{self.sandbox.url}/_sandbox/{path}"
        answer = requests.post(url, json=order, timeout=20) if order else requests.get(url, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def calm(self):
        """The sandbox forgets faults, settings and its log of calls; its book stays."""
        requests.post(f"{self.sandbox.url}/_sandbox/reset", json={}, timeout=20).raise_for_status()

    def calls(self, operation="stamp"):
        """The calls that arrived at the sandbox since the test began."""
        return self.control(f"requests?operation={operation}")

    def book(self, move):
        """The UUIDs that the sandbox has stamped for an invoice."""
        (row,) = self.sql("SELECT sequence_number FROM account_move WHERE id = %s", move)
        found = self.control(f"book?folio={row['sequence_number']}")
        # receipts of payment have a series of their own
        return [one["uuid"].upper() for one in found if one["serie"] != "REP"]

    def on_its_way(self, operation="stamp", count=1):
        """Wait until so many calls have arrived at the sandbox and are not answered yet."""
        wait_for(lambda: len([c for c in self.calls(operation) if not c["ended"]]) >= count)

    # -- what every test ends with --------------------------------------------------------------

    def check_one_stamp(self, move):
        """The book has one stamp of the invoice, and the invoice has the same."""
        (uuid,) = self.book(move)
        live = [one for one in self.documents(move) if one["state"] != "rejected"]
        assert [(one["state"], one["uuid"]) for one in live] == [("stamped", uuid)]
        assert live[0]["xml_attachment_id"], "the stamped XML isn't attached"


def wait_for(condition):
    """Wait until something is so; its value."""
    deadline = time.monotonic() + MAX_WAIT
    while not (value := condition()):
        assert time.monotonic() < deadline, "it didn't happen in time"
        time.sleep(0.02)
    return value


class Background:
    """A callable that runs while the test goes on; `with` waits for its end."""

    def __init__(self, call):
        self.result = None
        self._thread = threading.Thread(target=self._run, args=(call,))

    def _run(self, call):
        self.result = call()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._thread.join()
