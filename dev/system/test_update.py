"""A database of an earlier version is brought up to date with -u: what was stamped there is cancelled here."""

import copy
import io
import subprocess
import tarfile

import pytest

from dev.stack.settings import DEV, MODULE, REPO
from office import Office

# the last commit of 19.0.1.0.0
EARLIER = "e5b0921f"
LATER_FIELDS = {"write_date", "write_uid"}


def earlier_version(folder):
    """Put the module of the earlier version below `folder`; skips where the history is not there."""
    git = ["git", "-C", str(REPO)]
    if subprocess.run([*git, "cat-file", "-e", f"{EARLIER}^{{commit}}"], capture_output=True, check=False).returncode:
        pytest.skip(f"the history of this checkout lacks {EARLIER}, the version to come from")
    archive = subprocess.run([*git, "archive", EARLIER], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder / MODULE, filter="data")
    return folder


@pytest.fixture
def then(stack, tmp_path):
    """The stack with the module of the earlier version."""
    folder = earlier_version(tmp_path)
    then = copy.copy(stack)
    link = stack.settings.cache_dir / "addons" / stack.settings.checkout
    assert str(link) in stack.addons_path
    then.addons_path = stack.addons_path.replace(str(link), str(folder))
    return then


def test_what_an_earlier_version_stamped_is_kept_and_cancelled_after_the_update(stack, then, tmp_path):
    databases = stack.databases
    log = stack.settings.logs / "test-system-update-sandbox.log"
    with (
        stack.sandbox(tmp_path / "sandbox", log=log) as sandbox,
        databases.temporary(databases.template(), "update") as database,
    ):
        then.run_odoo(database, "-i", MODULE, what="Installing the earlier version")
        env = {"SANDBOX_URL": sandbox.url, "ODOO_URL": "http://127.0.0.1"}
        then.run_script(database, DEV / "demo/data.py", "Creating the invoices", env=env)
        office = Office(then, database, sandbox)
        try:
            office.start("a")
            move, refused = office.invoices(2)
            office.press("a", [move])
            office.check_one_stamp(move)
            before = office.document(move)
            ledger = office.requests(move)
            office.servers["a"].kill()

            stack.run_odoo(database, "-u", MODULE, what="Updating to this version")

            assert office.document(move).items() >= {
                name: value for name, value in before.items() if name not in LATER_FIELDS
            }.items()
            assert [row["id"] for row in office.requests(move)] == [row["id"] for row in ledger]
            office.stack = stack
            office.start("a")
            client = office.clients["a"]
            office.calm()
            # a second press sends nothing, and what was posted then is stamped now
            office.press("a", [move])
            assert office.calls() == []
            office.press("a", [refused])
            office.check_one_stamp(refused)

            client.call("ir.config_parameter", "set_param", "l10n_mx_facture.sat_status_url", sat(sandbox))
            client.call("account.move", "l10n_mx_facture_cancel", [move], "02")
            assert office.document(move)["state"] == "cancel_requested"
            there = {"estado": "Cancelado", "estatus_cancelacion": "Cancelado sin aceptación"}
            office.control("sat/state", uuid=before["uuid"], **there)
            office.press("a", [move], "action_l10n_mx_facture_update_sat_status")
            assert office.document(move)["state"] == "cancelled"
            (invoice,) = office.sql("SELECT state FROM account_move WHERE id = %s", move)
            assert invoice["state"] == "cancel"
        finally:
            office.close()


def sat(sandbox):
    """Address of the sandbox's own SAT."""
    return f"{sandbox.url}/sat/ConsultaCFDIService.svc"
