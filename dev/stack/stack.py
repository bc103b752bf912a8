"""The stack: Odoo, its interpreter, the addons and the private cluster, built when missing.

How a system test uses it (PYTHONPATH holds the checkout; the command is `make test PART=system`):

    stack = Stack(Settings())
    stack.databases.create("mine", stack.databases.module_template())
    with stack.sandbox(folder) as sandbox, stack.server("mine", workers=2) as odoo:
        odoo.url, odoo.pid, odoo.kill(), sandbox.url ...
    stack.databases.drop("mine")
"""

import contextlib
import copy
import os

from dev.browser import chromium
from dev.stack import fetch, lock, processes, venvs
from dev.stack.console import run
from dev.stack.databases import Databases
from dev.stack.postgres import PORT, USER, Cluster
from dev.stack.settings import DEV, MODULE, REPO


class Stack:
    """Everything needed to run Odoo with the module of this checkout."""

    launcher = ("-m", "odoo")

    def __init__(self, settings):
        """Fetch and build what is missing and start the cluster."""
        self.settings = settings
        with lock.building(settings):
            lock.use_cluster(settings)
            self.cluster = Cluster(settings)
            self.cluster.start()
            self.odoo = fetch.odoo(settings)
            self.python = venvs.python(settings, "odoo")
            catalogs, self.catalogs_version = venvs.catalogs(settings)
            link = link_module(settings)
            self.databases = Databases(self)
            self.databases.drop_abandoned()
        self.addons_path = ",".join(map(str, (*self.odoo.addons, catalogs, link)))

    def on(self, cluster, launcher):
        """The same stack on another cluster, its Odoo started by other arguments of Python."""
        other = copy.copy(self)
        other.cluster, other.launcher = cluster, launcher
        other.databases = Databases(other)
        return other

    @property
    def env(self):
        """Environment of an Odoo process."""
        return {
            **self.cluster.env,
            "PYTHONPATH": str(self.odoo.python_path),
            "PYTHONUNBUFFERED": "1",
            "ODOO_RC": os.devnull,
        }

    @property
    def python_path(self):
        """PYTHONPATH of what imports both Odoo and dev/."""
        return os.pathsep.join((str(self.odoo.python_path), str(REPO)))

    def command(self, *arguments, subcommand="server"):
        """An odoo command line with the paths of this stack."""
        return [
            str(self.python),
            "-W",
            "ignore::DeprecationWarning",
            *map(str, self.launcher),
            subcommand,
            f"--addons-path={self.addons_path}",
            f"--data-dir={self.settings.data}",
            f"--db_host={self.cluster.socket}",
            f"--db_port={PORT}",
            f"--db_user={USER}",
            *map(str, arguments),
        ]

    def run_odoo(self, database, *arguments, what):
        """Run odoo once on a database, without serving; a failure is a Problem."""
        log = self.settings.logs / f"odoo-{database.rstrip('0123456789_')}.log"
        log.unlink(missing_ok=True)
        once = ("--stop-after-init", "--no-http", "--max-cron-threads=0")
        run(self.command("-d", database, *once, *arguments), log, what, env=self.env)

    def run_script(self, database, path, what, env=None):
        """Run a Python file in an odoo shell on a database; returns what it printed."""
        name = f"{path.parent.name}-{path.stem}"
        log = self.settings.logs / f"{name}.{os.getpid()}.log"  # another command may run the same
        log.unlink(missing_ok=True)
        arguments = ("-d", database, "--no-http", "--log-level=warn", "--log-handler=py.warnings:ERROR")
        with path.open("rb") as code:
            command = self.command(*arguments, subcommand="shell")
            run(command, log, what, env={**self.env, "PYTHONPATH": self.python_path, **(env or {})}, stdin=code)
        printed = log.read_text()
        log.replace(self.settings.logs / f"{name}.log")
        return printed

    def start_odoo(self, database, port=None, *arguments, log=None, workers=0, env=None):
        """Start an Odoo server on one database and wait until its login page answers."""
        port = port or processes.free_port()
        command = self.command(
            "-d",
            database,
            f"--db-filter=^{database}$",
            "--no-database-list",
            "--http-interface=127.0.0.1",
            f"--http-port={port}",
            f"--gevent-port={processes.free_port()}",
            f"--workers={workers}",
            *arguments,
        )
        log = log or self.settings.logs / f"odoo-{port}.log"
        url = f"http://127.0.0.1:{port}"
        env = {**self.env, **(env or {})}
        return processes.start(command, env, url, "/web/login", log, "Odoo", 120)

    def start_sandbox(self, folder, port=None, log=None):
        """Start a sandbox that keeps its data in `folder`, and wait until it answers."""
        port = port or processes.free_port()
        folder.mkdir(parents=True, exist_ok=True)
        with lock.building(self.settings):
            command = sandbox_command(self.settings, "--port", port, "--data", folder)
        log = log or self.settings.logs / f"sandbox-{port}.log"
        return processes.start(command, {}, f"http://127.0.0.1:{port}", "/_sandbox/ping", log, "The sandbox", 60)

    @contextlib.contextmanager
    def server(self, database, port=None, *arguments, **options):
        """A running Odoo server, stopped at the end; yields the processes.Server."""
        server = self.start_odoo(database, port, *arguments, **options)
        try:
            yield server
        finally:
            server.stop()

    @contextlib.contextmanager
    def sandbox(self, folder, port=None, log=None):
        """A running sandbox, stopped at the end; yields the processes.Server."""
        server = self.start_sandbox(folder, port, log)
        try:
            yield server
        finally:
            server.stop()


def sandbox_command(settings, *arguments):
    """The command line of the sandbox."""
    interpreter = venvs.python(settings, "sandbox")
    return [str(interpreter), str(DEV / "sandbox"), *map(str, arguments)]


def browser_env(settings):
    """PATH on which Odoo's HttpCase finds a Chromium."""
    with lock.building(settings):
        folder = chromium.browser(settings).parent
    return {"PATH": f"{os.environ['PATH']}{os.pathsep}{folder}"}


def link_module(settings):
    """An addons folder that holds this checkout under the module's technical name."""
    folder = settings.cache_dir / "addons" / settings.checkout
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / MODULE
    if not link.is_symlink() or link.resolve() != REPO:
        link.unlink(missing_ok=True)
        link.symlink_to(REPO)
    return folder
