"""A database of an earlier version is brought up to date with -u: what was stamped there is cancelled here."""

import copy
import io
import json
import subprocess
import tarfile
from contextlib import contextmanager
from pathlib import Path

import psycopg2.errors
import pytest

from dev.stack.settings import DEV, MODULE, REPO
from office import Office

# the last commit of 19.0.1.0.0
EARLIER = "e5b0921f"
# the last one in which a CFDI was of an invoice and of nothing else
BEFORE_RECEIPTS = "57b7e37"
# the last one without credit notes of tickets
BEFORE_TICKET_CREDITS = "1c23c79"
LATER_FIELDS = {"write_date", "write_uid"}


def earlier_version(folder, commit):
    """Put the module of the earlier version below `folder`; skips where the history is not there."""
    git = ["git", "-C", str(REPO)]
    if subprocess.run([*git, "cat-file", "-e", f"{commit}^{{commit}}"], capture_output=True, check=False).returncode:
        pytest.skip(f"the history of this checkout lacks {commit}, the version to come from")
    archive = subprocess.run([*git, "archive", commit], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder / MODULE, filter="data")
    return folder


@contextmanager
def office_of(stack, commit, folder):
    """An office on a database of an earlier version, which its servers run; they run this one when `stack` is set."""
    then, databases = copy.copy(stack), stack.databases
    link = stack.settings.cache_dir / "addons" / stack.settings.checkout
    assert str(link) in stack.addons_path
    then.addons_path = stack.addons_path.replace(str(link), str(earlier_version(folder / "earlier", commit)))
    log = stack.settings.logs / f"test-system-update-{commit}-sandbox.log"
    with (
        stack.sandbox(folder / "sandbox", log=log) as sandbox,
        databases.temporary(databases.template(), "update") as database,
    ):
        then.run_odoo(database, "-i", MODULE, what="Installing the earlier version")
        env = {"SANDBOX_URL": sandbox.url, "ODOO_URL": "http://127.0.0.1"}
        then.run_script(database, DEV / "demo/data.py", "Creating the invoices", env=env)
        office = Office(then, database, sandbox)
        try:
            yield office
        finally:
            office.close()


def update(stack, office):
    """Bring the office's database up to date and start a server of this version."""
    stack.run_odoo(office.database, "-u", MODULE, what="Updating to this version")
    office.stack = stack
    office.start("a")
    office.calm()
    address = f"{office.sandbox.url}/sat/ConsultaCFDIService.svc"
    office.clients["a"].call("ir.config_parameter", "set_param", "l10n_mx_facture.sat_status_url", address)


def cancel_at_sat(office, move):
    """SAT has cancelled the CFDI of an invoice, and is asked about it."""
    there = {"estado": "Cancelado", "estatus_cancelacion": "Cancelado sin aceptación"}
    office.control("sat/state", uuid=office.document(move)["uuid"], **there)
    office.press("a", [move], "action_l10n_mx_facture_update_sat_status")
    assert office.document(move)["state"] == "cancelled"
    (invoice,) = office.sql("SELECT state FROM account_move WHERE id = %s", move)
    assert invoice["state"] == "cancel"


def assert_same(rows, before):
    """No column of the rows of before has changed its value; new columns may be there."""
    for now, then in zip(rows, before, strict=True):
        assert now.items() >= {name: value for name, value in then.items() if name not in LATER_FIELDS}.items()


def test_what_an_earlier_version_stamped_is_kept_and_cancelled_after_the_update(stack, tmp_path):
    with office_of(stack, EARLIER, tmp_path) as office:
        office.start("a")
        move, refused = office.invoices(2)
        office.press("a", [move])
        office.check_one_stamp(move)
        before = office.document(move)
        ledger = office.requests(move)
        office.servers["a"].kill()

        update(stack, office)

        assert_same([office.document(move)], [before])
        assert [row["id"] for row in office.requests(move)] == [row["id"] for row in ledger]
        # a second press sends nothing, and what was posted then is stamped now
        office.press("a", [move])
        assert office.calls() == []
        office.press("a", [refused])
        office.check_one_stamp(refused)
        office.clients["a"].call("account.move", "l10n_mx_facture_cancel", [move], "02")
        assert office.document(move)["state"] == "cancel_requested"
        cancel_at_sat(office, move)


def test_cfdis_are_kept_when_credit_notes_of_tickets_come(stack, tmp_path):
    with office_of(stack, BEFORE_TICKET_CREDITS, tmp_path) as office:
        office.start("a")
        (move,) = office.invoices(1)
        office.press("a", [move])
        before = [office.sql(f"SELECT * FROM {table} ORDER BY id") for table in OF_AN_OWNER]
        office.servers["a"].kill()

        update(stack, office)

        for table, rows in zip(OF_AN_OWNER, before, strict=True):
            assert_same(office.sql(f"SELECT * FROM {table} ORDER BY id"), rows)
        _check_owner(office, move)
        (owner,) = office.sql(
            "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint "
            "WHERE conname = 'l10n_mx_facture_document_one_owner'"
        )
        assert "num_nonnulls(move_id, rep_id, global_id, ticket_credit_id) = 1" in owner["text"]
        indexes = {row["indexname"] for row in office.sql("SELECT indexname FROM pg_indexes")}
        assert any(name.endswith("live_unique_ticket_credit") for name in indexes)
        # an index that has changed since is made anew
        (installments,) = office.sql("SELECT indexdef FROM pg_indexes WHERE indexname ~ 'installment_unique$'")
        assert "late" in installments["indexdef"]


# tables whose rows were of an invoice and of nothing else
OF_AN_OWNER = ("l10n_mx_facture_document", "l10n_mx_facture_run_refusal", "l10n_mx_facture_divergence")


def test_an_invoices_cfdis_are_kept_when_receipts_of_payment_come(stack, tmp_path):
    with office_of(stack, BEFORE_RECEIPTS, tmp_path) as office:
        env = {"SANDBOX_URL": office.sandbox.url}
        script = Path(__file__).with_name("earlier_records.py")
        told = office.stack.run_script(office.database, script, "Making records of then", env=env)
        made = json.loads(told.strip().splitlines()[-1])
        tables = (*OF_AN_OWNER, "l10n_mx_facture_request", "l10n_mx_facture_run", "l10n_mx_facture_relation")
        before = {table: office.sql(f"SELECT * FROM {table} ORDER BY id") for table in tables}
        assert all(before[table] for table in OF_AN_OWNER)

        update(stack, office)

        for table, rows in before.items():
            assert_same(office.sql(f"SELECT * FROM {table} ORDER BY id"), rows)
        _check_owner(office, made["stamped"])
        _check_run(office, made)
        _check_unknown(office, made)
        for name in ("stamped", "adopted"):
            office.clients["a"].call("account.move", "l10n_mx_facture_cancel", [made[name]], "02")
        for name in ("stamped", "adopted", "cancel_requested"):
            assert office.document(made[name])["state"] == "cancel_requested"
            cancel_at_sat(office, made[name])
        _check_receipt(office, made["paid_on_credit"])


def _check_owner(office, move):
    """The database holds that a CFDI is of one owner, and has its indexes."""
    columns = "SELECT table_name, is_nullable FROM information_schema.columns WHERE column_name = 'move_id'"
    nullable = {row["table_name"]: row["is_nullable"] for row in office.sql(columns)}
    assert {nullable[table] for table in OF_AN_OWNER} == {"YES"}
    with pytest.raises(psycopg2.errors.CheckViolation, match="one_owner"):
        office.sql("UPDATE l10n_mx_facture_document SET move_id = NULL WHERE move_id = %s", move)
    with pytest.raises(psycopg2.errors.UniqueViolation, match="live_unique"):
        office.sql(
            "INSERT INTO l10n_mx_facture_document (move_id, account_id, branch_id, currency_id, state, environment, "
            "tipo_de_comprobante) SELECT move_id, account_id, branch_id, currency_id, 'sending', environment, 'I' "
            "FROM l10n_mx_facture_document WHERE move_id = %s RETURNING id",
            move,
        )
    indexes = {row["indexname"] for row in office.sql("SELECT indexname FROM pg_indexes")}
    assert {"l10n_mx_facture_document_live_unique_rep", "l10n_mx_facture_rep_line_installment_unique"} <= {
        name.replace("__", "_") for name in indexes
    }


def _check_run(office, made):
    """The refusals of the run name their invoice; it is corrected and stamped."""
    client = office.clients["a"]
    (refusal,) = client.call(
        "l10n_mx_facture.run.refusal", "search_read", [("run_id", "=", made["run"])], ["move_id", "rep_id", "invoices"]
    )
    assert (refusal["move_id"][0], refusal["rep_id"]) == (made["refused"], False)
    assert refusal["invoices"] == refusal["move_id"][1].split(" ")[0]
    office.check_one_stamp(made["in_run"])
    (row,) = office.sql("SELECT partner_id FROM account_move WHERE id = %s", made["refused"])
    client.call("res.partner", "write", [row["partner_id"]], {"zip": "86991"})
    office.press("a", [made["refused"]])
    office.check_one_stamp(made["refused"])


def _check_unknown(office, made):
    """A person resolves it, and that ends its discrepancy."""
    client, move = office.clients["a"], made["unknown"]
    domain = [("id", "in", made["discrepancies"])]
    names = ["kind", "move_id", "rep_id", "state", "remedy"]
    (open_one,) = client.call("l10n_mx_facture.divergence", "search_read", domain, names)
    assert (open_one["kind"], open_one["move_id"][0], open_one["state"]) == ("unresolved", move, "open")
    assert open_one["remedy"] == "resolve"
    (uuid,) = office.book(move)
    client.call("account.move", "l10n_mx_facture_resolve_unknown", [move], uuid, "Portal")
    office.check_one_stamp(move)
    assert client.call("l10n_mx_facture.divergence", "read", made["discrepancies"], ["state"])[0]["state"] == "solved"


def _check_receipt(office, move):
    """What was paid of it before the update needs a receipt now: the daily round finds that, and it is stamped."""
    client = office.clients["a"]
    (cron,) = office.sql("SELECT res_id FROM ir_model_data WHERE name = 'cron_rep' AND model = 'ir.cron'")
    client.call("ir.cron", "method_direct_trigger", [cron["res_id"]])
    (due,) = client.call("l10n_mx_facture.rep.due", "search_read", [("move_id", "=", move)], ["amount", "payment_id"])
    assert due["amount"] == 1000.0
    payment = due["payment_id"][0]
    (form,) = client.call("l10n_mx_catalogs.c_forma_pago", "search", [("code", "=", "03")])
    client.call("account.payment", "write", [payment], {"l10n_mx_facture_payment_form_id": form})
    client.call("account.payment", "action_l10n_mx_facture_stamp", [payment])
    (rep,) = office.sql("SELECT state FROM l10n_mx_facture_rep")
    assert rep["state"] == "stamped"
    assert office.control("payments") == []
