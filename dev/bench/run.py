"""make bench: ratios, each measured side by side in one run, on a database of its own.

* Building and judging (build.py), beside core's UBL and OCA's l10n_mx_cfdi_account. The latter comes from PyPI
  into an environment of the bench's own; where it can't be had, the rest is measured without it and says so.
* Stamping in bulk (bulk.py), beside a bare client; BENCH_GROWTH=1000,5000,10000.
* Cron workers beside a call an invoice, and two beside one (workers.py).
* Receipts of payment: building and judging them, beside invoices, and stamping them in bulk, beside a bare client
  (receipts.py; BENCH_REPS: how many); the list of what is due, beside Odoo's list of payments (due_list.py;
  BENCH_PAYMENTS: how many).
* One global invoice of thousands of tickets, beside as many single invoices, and its memory; the nightly run, with very
  many old tickets and without (global_invoice.py; BENCH_TICKETS, BENCH_SINGLES, BENCH_OLD_TICKETS: how many).
* What the module costs those who only look, post and pay (core.py), beside a database of the same template without it.

PART=build, PART=bulk, PART=receipts, PART=global or PART=core: only that.
"""

import ast
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

from dev.bench import workers
from dev.stack import lock, venvs
from dev.stack.console import Problem, guarded, say
from dev.stack.settings import DEV, Settings
from dev.stack.stack import Stack

OCA = "l10n_mx_cfdi_account"


def main():
    """Measure what PART names, or all."""
    part = os.environ.get("PART")
    if part in (None, "", "build"):
        build()
    if part in (None, "", "bulk"):
        bulk()
    if part in (None, "", "receipts"):
        receipts()
    if part in (None, "", "global"):
        on_demo("global_invoice.py", "global invoices")
    if part in (None, "", "core"):
        core()


@contextmanager
def new_database(stack):
    """Give a sandbox, a database with the module, and the variables of the scripts that run on it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        stack.sandbox(Path(folder)) as sandbox,
        stack.databases.temporary(stack.databases.module_template()) as database,
    ):
        yield sandbox, database, {"SANDBOX_URL": sandbox.url, "ODOO_URL": "http://127.0.0.1"}


def bulk():
    """Stamp thousands of invoices, on a database with nothing but the module."""
    stack = Stack(Settings())
    with new_database(stack) as (sandbox, database, env):
        stack.run_script(database, DEV / "demo/data.py", "Creating the invoices", env=env)
        say("measuring: stamping in bulk")
        print(stack.run_script(database, DEV / "bench/bulk.py", "Measuring", env=env), end="")
        say("measuring: cron workers")
        workers.measure(stack, database, sandbox, lambda count: posted(stack, database, env, count))


def receipts():
    """Receipts of payment: the second on a database of its own, as it gets very large."""
    on_demo("receipts.py", "building receipts of payment")
    on_demo("due_list.py", "the list of receipts due")


def on_demo(script, what):
    """Run a script of this folder on a new database with the demo's records."""
    stack = Stack(Settings())
    with new_database(stack) as (_sandbox, database, env):
        stack.run_script(database, DEV / "demo/data.py", "Creating the demo's records", env=env)
        say(f"measuring: {what}")
        print(stack.run_script(database, DEV / f"bench/{script}", "Measuring", env=env), end="")


def posted(stack, database, env, count):
    """The ids of so many new posted invoices."""
    script = DEV / "bench/posted.py"
    printed = stack.run_script(database, script, "Creating the invoices", env={**env, "COUNT": str(count)})
    return ast.literal_eval(printed.splitlines()[-1])


def build():
    """Make the demo's records in a temporary database and build their CFDIs there."""
    stack = Stack(Settings())
    with new_database(stack) as (_sandbox, database, env):
        missing = add_oca(stack, database)
        stack.run_script(database, DEV / "demo/data.py", "Creating the invoices", env=env)
        say("measuring")
        print(stack.run_script(database, DEV / "bench/build.py", "Measuring", env=env), end="")
    if missing:
        print(f"OCA's {OCA} was NOT measured: {missing}")


def core():
    """Two databases of the same template, with the module and without."""
    stack = Stack(Settings())
    databases = stack.databases
    with (
        new_database(stack) as (_sandbox, database, env),
        databases.temporary(databases.template(), "plain") as plain,
    ):
        env["PLAIN_DATABASE"] = plain
        stack.run_script(database, DEV / "demo/data.py", "Creating the demo's records", env=env)
        say("measuring: what the module costs who never stamps")
        print(stack.run_script(database, DEV / "bench/core.py", "Measuring", env=env), end="")


def add_oca(stack, database):
    """Install OCA's module in the database and let the stack run in the environment that it needs.

    :return: why that is not possible, or None
    """
    try:
        with lock.building(stack.settings):
            python, addons = venvs.python(stack.settings, "bench"), venvs.oca(stack.settings)
    except Problem as problem:
        return problem
    stack.python, stack.addons_path = python, f"{stack.addons_path},{addons}"
    say(f"installing OCA's {OCA} in the bench's database")
    stack.run_odoo(database, "-i", OCA, what=f"Installing {OCA}")
    return None


if __name__ == "__main__":
    with guarded():
        main()
