"""While the service is asked, the database is left alone: no transaction, no lock, everybody else can work."""

import pytest

from office import Background

OPEN_TRANSACTIONS = """
    SELECT state, query FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""
WRITE_LOCKS = """
    SELECT relation::regclass::text AS "table", mode FROM pg_locks
    WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND pid <> pg_backend_pid() AND mode <> 'AccessShareLock'
"""


def lock_without_waiting(office, *moves):
    """Lock the rows of the invoices for anything at all; an error of psycopg2 where somebody else has them."""
    with office.transaction() as cursor:
        for statement in (
            "SELECT id FROM account_move WHERE id = ANY(%s) FOR UPDATE NOWAIT",
            "SELECT id FROM l10n_mx_facture_document WHERE move_id = ANY(%s) FOR UPDATE NOWAIT",
        ):
            cursor.execute(statement, [list(moves)])
            assert cursor.rowcount == len(moves)


@pytest.mark.parametrize(("operation", "count"), [("stamp", 1), ("bulk", 3)])
def test_no_transaction_is_open_while_the_service_stamps(office, operation, count):
    moves = office.invoices(count)
    office.control("settings", latency={operation: 1500})
    with Background(lambda: office.press("a", moves)) as press:
        office.on_its_way(operation)
        assert office.sql(OPEN_TRANSACTIONS) == []
        assert office.sql(WRITE_LOCKS) == []
        lock_without_waiting(office, *moves)
        assert {one["state"] for one in office.documents(*moves)} == {"sending"}
        office.on_its_way(operation)  # all this was seen before the answer
    assert press.result["params"]["type"] == "success"


def test_no_transaction_is_open_while_the_service_cancels(office):
    move = office.invoice()
    office.press("a", [move])
    office.control("settings", latency={"cancel": 1500})
    call = office.clients["a"].call
    with Background(lambda: call("account.move", "l10n_mx_facture_cancel", [move], "02")):
        office.on_its_way("cancel")
        assert office.sql(OPEN_TRANSACTIONS) == []
        lock_without_waiting(office, move)
        office.on_its_way("cancel")
    assert office.document(move)["state"] == "cancel_requested"


@pytest.mark.parametrize("operation", ["pdf", "user"])
def test_nothing_is_locked_while_what_follows_a_stamp_is_fetched(office, operation):
    move = office.invoice()
    office.control("settings", latency={operation: 1500})
    with Background(lambda: office.press("a", [move])):
        office.on_its_way(operation)
        assert office.sql(WRITE_LOCKS) == []
        lock_without_waiting(office, move)
        assert office.document(move)["state"] == "stamped", "the stamp must be there for everybody"
        office.on_its_way(operation)
