"""What the database does while the answer comes in: conflicts, locks, a lost connection; requests run again."""

import time

import pytest

from dev.demo import rpc
from office import Background

LATENCY = 500  # ms that the service takes
ROWS = {
    "invoice": "account_move WHERE id = %(move)s",
    "document": "l10n_mx_facture_document WHERE move_id = %(move)s",
    "ledger": "l10n_mx_facture_request WHERE document_id = %(document)s",
}


def touch(cursor, row, move, document):
    """Change a row, as any other user could; nothing that is shown."""
    table, where = ROWS[row].split(" WHERE ")
    cursor.execute(
        f"UPDATE {table} SET write_date = write_date + interval '1 ms' WHERE {where}",
        {"move": move, "document": document["id"]},
    )
    assert cursor.rowcount == 1


@pytest.fixture
def slow(office):
    """The office, and a service that takes its time to stamp."""
    office.control("settings", latency={"stamp": LATENCY})
    return office


@pytest.mark.parametrize("row", ROWS)
def test_rows_that_change_during_the_call_cost_no_stamp(slow, row):
    move = slow.invoice()
    with Background(lambda: slow.press("a", [move])) as press:
        slow.on_its_way()
        with slow.transaction() as cursor:
            touch(cursor, row, move, slow.document(move))
    assert press.result["params"]["type"] == "success"
    slow.check_one_stamp(move)
    assert len(slow.calls()) == 1


@pytest.mark.parametrize("row", ["document", "ledger"])
def test_a_serialization_failure_when_the_answer_is_stored_costs_no_stamp(slow, row):
    move = slow.invoice()
    before = slow.log("a").count("SERIALIZATION_FAILURE")
    with Background(lambda: slow.press("a", [move])) as press:
        slow.on_its_way()
        with slow.transaction() as cursor:
            # held until Odoo wants to write the answer to it, then committed: Odoo's transaction is in conflict
            touch(cursor, row, move, slow.document(move))
            _wait_for_answer(slow)
            time.sleep(0.5)
    assert press.result["params"]["type"] == "success"
    assert slow.log("a").count("SERIALIZATION_FAILURE") > before, "there was no conflict"
    slow.check_one_stamp(move)
    assert len(slow.calls()) == 1


def test_a_lock_of_two_seconds_on_the_document_costs_no_stamp(slow):
    move = slow.invoice()
    with Background(lambda: slow.press("a", [move])) as press:
        slow.on_its_way()
        with slow.transaction() as cursor:
            cursor.execute(
                "SELECT id FROM l10n_mx_facture_document WHERE move_id = %s FOR UPDATE", [move]
            )
            _wait_for_answer(slow)
            time.sleep(2)
            assert slow.document(move)["state"] == "sending"
    assert press.result["params"]["type"] == "success"
    slow.check_one_stamp(move)


@pytest.mark.traces  # the request itself fails when it goes on
def test_a_connection_to_the_database_that_breaks_during_the_call_costs_no_stamp(slow):
    move = slow.invoice()
    with Background(lambda: slow.press("a", [move])):
        slow.on_its_way()
        slow.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    slow.check_one_stamp(move)
    assert len(slow.calls()) == 1


def test_a_request_that_odoo_runs_again_after_the_stamp_sends_nothing(office):
    move = office.invoice()
    before = office.log("a").count("SERIALIZATION_FAILURE")
    outcome = office.press("a", [move], l10n_mx_facture_late_failure="serialization")
    assert office.log("a").count("SERIALIZATION_FAILURE") == before + 1, "Odoo didn't run it again"
    assert outcome["params"]["type"] == "success"
    assert office.document(move)["uuid"] in outcome["params"]["message"]
    office.check_one_stamp(move)
    assert len(office.calls()) == 1


def test_a_selection_that_odoo_runs_again_after_the_stamps_sends_nothing(office):
    moves = office.invoices(3)
    outcome = office.press("a", moves, l10n_mx_facture_late_failure="serialization")
    assert outcome["params"]["type"] == "success"
    for move in moves:
        office.check_one_stamp(move)
    assert len(office.calls("bulk")) == 1


def test_an_error_of_another_module_after_the_stamp_costs_no_stamp(office):
    move = office.invoice()
    outcome = office.press("a", [move], l10n_mx_facture_late_failure="user_error")
    assert isinstance(outcome, rpc.Refused)
    office.check_one_stamp(move)


def _wait_for_answer(office):
    while not all(call["ended"] for call in office.calls()):
        time.sleep(0.02)
