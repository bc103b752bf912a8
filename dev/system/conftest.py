"""One database, one sandbox and two Odoo servers for all system tests: real processes, real commits."""

import os
import re
from pathlib import Path

import pytest

from dev.stack.settings import DEV, Settings
from dev.stack.stack import Stack
from office import Office

LATE_FAILURE = "l10n_mx_facture_late_failure"


@pytest.fixture(scope="session")
def stack():
    stack = Stack(Settings())
    stack.system_addons = Path(__file__).resolve().parent / "addons"
    return stack


@pytest.fixture(scope="session")
def running(stack, tmp_path_factory):
    """The office with its servers `a` and `b`, ready to stamp."""
    template = os.environ.get("L10N_MX_FACTURE_TEMPLATE") or stack.databases.module_template()
    log = stack.settings.logs / "test-system-sandbox.log"
    with (
        stack.sandbox(tmp_path_factory.mktemp("sandbox"), log=log) as sandbox,
        stack.databases.temporary(template) as database,
    ):
        env = {"SANDBOX_URL": sandbox.url, "ODOO_URL": "http://127.0.0.1"}
        stack.run_script(database, DEV / "demo/data.py", "Creating the invoices", env=env)
        office = Office(stack, database, sandbox)
        try:
            office.start("a", "-i", LATE_FAILURE)
            office.start("b")
            yield office
        finally:
            office.close()


@pytest.fixture
def office(request, running):
    """The office with a calm sandbox. No server may have logged an error trace, but in tests marked `traces`."""
    running.calm()
    seen = {name: len(running.log(name)) for name in running.servers}
    servers = dict(running.servers)
    yield running
    for name, server in running.servers.items():
        if request.node.get_closest_marker("traces"):
            continue
        # a server that was started anew has a new log
        since = seen[name] if server is servers[name] else 0
        trace = re.search(r"(?s)Traceback \(most recent call last\).{,3000}", running.log(name)[since:])
        assert not trace, f"server {name}: {trace.group()}"
