"""SAT is asked by two processes at the same time: about each CFDI once, and once a second together."""

import urllib.error
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from dev.demo.rpc import at_once
from office import Background, wait_for

MANY = 6
NEVER = timedelta(days=1000)


@pytest.fixture
def crons(office):
    """Ids of two scheduled actions that ask SAT: a duplicate is another pair of hands. SAT is the sandbox's."""
    client = office.clients["a"]
    url = f"{office.sandbox.url}/sat/ConsultaCFDIService.svc"
    client.call("ir.config_parameter", "set_param", "l10n_mx_facture.sat_status_url", url)
    (cron,) = office.sql("SELECT res_id FROM ir_model_data WHERE name = 'cron_sat_status'")
    copies = client.call("ir.cron", "copy", [cron["res_id"]])
    yield [cron["res_id"], copies if isinstance(copies, int) else copies[0]]
    client.call("ir.cron", "unlink", copies if isinstance(copies, list) else [copies])


def stamped(office, count):
    """Ids of so many stamped invoices; SAT is to be asked about these now, and about no others."""
    moves = office.invoices(count)
    office.press("a", moves)
    assert [one["state"] for one in office.documents(*moves)] == ["stamped"] * count
    due(office, moves)
    return moves


def due(office, moves):
    office.sql("UPDATE l10n_mx_facture_document SET sat_next_date = now() AT TIME ZONE 'UTC' + %s", NEVER)
    office.sql(
        "UPDATE l10n_mx_facture_document SET sat_next_date = now() AT TIME ZONE 'UTC' - interval '1 s' "
        "WHERE move_id = ANY(%s)",
        moves,
    )


def run(office, name, cron):
    office.clients[name].call("ir.cron", "method_direct_trigger", [cron])


def test_two_workers_ask_about_each_once_and_once_a_second_together(office, crons):
    moves = stamped(office, MANY)
    at_once(*(partial(run, office, name, cron) for name, cron in zip("ab", crons, strict=True)))
    assert [one["sat_reading"] for one in office.documents(*moves)] == ["live"] * MANY
    calls = office.calls("sat_status")
    assert len(calls) == MANY, "something was asked twice, or not at all"
    times = sorted(datetime.fromisoformat(call["time"]) for call in calls)
    assert (times[-1] - times[0]).total_seconds() >= MANY - 1, [str(one) for one in times]
    rows = office.sql(
        "SELECT count(*) AS rows FROM l10n_mx_facture_sat_answer WHERE res_id = ANY(%s)",
        [one["id"] for one in office.documents(*moves)],
    )
    assert rows[0]["rows"] == MANY


def test_a_worker_that_is_killed_with_the_question_leaves_it_to_the_other(office, crons):
    (move,) = stamped(office, 1)
    office.control("settings", latency={"sat_status": 2000})

    def ask():
        with suppress(OSError, urllib.error.URLError):
            run(office, "b", crons[1])

    with Background(ask):
        wait_for(lambda: office.calls("sat_status"))
        office.servers["b"].kill()
    office.start("b")
    document = office.document(move)
    assert (document["state"], document["sat_reading"]) == ("stamped", None)
    # postponed just long enough that no other worker asks meanwhile
    left = document["sat_next_date"].replace(tzinfo=UTC) - datetime.now(UTC)
    assert timedelta(minutes=3) < left < timedelta(minutes=6), left
    office.control("settings", latency={})
    due(office, [move])
    run(office, "a", crons[0])
    assert office.document(move)["sat_reading"] == "live"
