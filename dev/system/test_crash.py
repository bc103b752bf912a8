"""kill -9 of Odoo while it waits for the answer: nothing is stamped twice, nothing is lost, a person can settle it."""

import urllib.error
from contextlib import suppress

import pytest

from dev.demo import rpc
from office import Background, wait_for

RESOLVE = "l10n_mx_facture_resolve_unknown"


def crash(office, moves, has_happened):
    """Press Stamp on server b and kill -9 it as soon as something has happened; then start it again."""

    def press():
        with suppress(OSError, urllib.error.URLError):
            office.press("b", moves)

    with Background(press):
        wait_for(has_happened)
        office.servers["b"].kill()
    office.start("b")


def let_time_pass(office, move):
    """The time after which a call can't be under way any more: 4 * time-out + 120 s."""
    (account,) = office.sql(
        "SELECT a.timeout FROM l10n_mx_facture_account a JOIN l10n_mx_facture_document d ON d.account_id = a.id "
        "WHERE d.move_id = %s ORDER BY d.id DESC LIMIT 1",
        move,
    )
    seconds = 4 * account["timeout"] + 121
    office.sql(
        "UPDATE l10n_mx_facture_document SET date_sent = date_sent - %s * interval '1 s' WHERE move_id = %s",
        seconds,
        move,
    )
    office.sql(
        "UPDATE l10n_mx_facture_request SET date_start = date_start - %s * interval '1 s' "
        "WHERE document_id IN (SELECT id FROM l10n_mx_facture_document WHERE move_id = %s)",
        seconds,
        move,
    )


def run_cron(office):
    (cron,) = office.sql(
        "SELECT res_id FROM ir_model_data WHERE module = 'l10n_mx_facture' AND name = 'cron_stamp'"
    )
    office.clients["a"].call("ir.cron", "method_direct_trigger", [cron["res_id"]])


def check_blocked(office, move, state):
    """Stamp, Reset to draft and Delete are refused with a message, and nothing is sent."""
    assert office.document(move)["state"] == state
    calls = len(office.calls())
    for button in ("action_l10n_mx_facture_stamp", "button_draft", "unlink"):
        outcome = office.press("b", [move], button)
        assert isinstance(outcome, rpc.Refused) and outcome.kind == "odoo.exceptions.UserError"
    assert len(office.calls()) == calls
    assert office.document(move)["state"] == state


@pytest.mark.parametrize(("operation", "count"), [("stamp", 1), ("bulk", 2)])
def test_killed_after_the_service_stamped(office, operation, count):
    moves = office.invoices(count)
    office.control("faults", operation=operation, fault="slow", seconds=30)
    crash(office, moves, lambda: all(map(office.book, moves)))
    for move in moves:
        check_blocked(office, move, "sending")
    run_cron(office)
    states = {one["state"] for one in office.documents(*moves)}
    assert states == {"sending"}, "the call could still be under way"
    for move in moves:
        let_time_pass(office, move)
    run_cron(office)
    for move in moves:
        check_blocked(office, move, "unknown")
        assert [one["outcome"] for one in office.requests(move)] == ["unknown"]

        (uuid,) = office.book(move)
        office.clients["b"].call("account.move", RESOLVE, [move], uuid, "Portal")
        office.check_one_stamp(move)
        document = office.document(move)
        assert document["resolved_by_id"] and document["resolved_date"]
        assert document["resolution"] == "Portal"
    assert len(office.calls("stamp") + office.calls("bulk")) == 1


def test_killed_before_the_service_stamped(office):
    move = office.invoice()
    # the service has read the request and dies of its own before it stamps
    office.control("settings", latency={"stamp": 1500})
    office.control("faults", operation="stamp", fault="reset_before")
    crash(office, [move], office.calls)
    check_blocked(office, move, "sending")
    let_time_pass(office, move)
    run_cron(office)
    check_blocked(office, move, "unknown")
    assert office.book(move) == []

    office.clients["b"].call("account.move", RESOLVE, [move], None, "Not in the portal")
    assert office.document(move)["state"] == "rejected"
    office.calm()
    office.press("b", [move])
    assert len(office.documents(move)) == 2
    office.check_one_stamp(move)
