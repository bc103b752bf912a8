"""Two Odoo processes press Stamp at the same moment: one stamp, and the second gets a message."""

import time
from functools import partial

import pytest

from dev.demo import rpc
from dev.demo.rpc import at_once
from office import MESSAGES, STAMP

ROUNDS = 10
LATENCY = 250  # ms that the service takes, so that the clicks overlap


def is_clear(outcome):
    """A result of the button, or a message for a person: never an error with a trace."""
    return isinstance(outcome, dict) or outcome.kind in MESSAGES


def test_two_clicks_on_one_invoice_make_one_stamp(office):
    office.control("settings", latency={"stamp": LATENCY})
    outcomes = []
    for move in office.invoices(ROUNDS):
        outcomes += at_once(partial(office.press, "a", [move]), partial(office.press, "b", [move]))
        office.check_one_stamp(move)
        assert len(office.requests(move)) == 1
    assert len(office.calls("stamp")) == ROUNDS, "something was sent twice"
    assert all(map(is_clear, outcomes)), outcomes
    refused = [one for one in outcomes if isinstance(one, rpc.Refused)]
    assert refused, "no two clicks overlapped: this run has shown nothing"


def test_a_late_second_click_says_that_it_is_stamped_already(office):
    (move,) = office.invoices()
    first, second = office.press("a", [move]), office.press("b", [move])
    assert first["params"]["type"] == second["params"]["type"] == "success"
    assert office.document(move)["uuid"] in second["params"]["message"]
    assert len(office.calls("stamp")) == 1


@pytest.mark.parametrize("bulk_leads_by", [0.0, 0.15, -0.15])
def test_a_selection_that_overlaps_a_single_click_makes_one_stamp_each(office, bulk_leads_by):
    office.control("settings", latency={"stamp": 400, "bulk": 400})
    moves = office.invoices(4)

    def later(seconds, *press):
        time.sleep(max(0.0, seconds))
        return office.press(*press)

    bulk, single = at_once(
        lambda: later(-bulk_leads_by, "a", moves), lambda: later(bulk_leads_by, "b", moves[2:3])
    )
    assert is_clear(bulk) and is_clear(single), (bulk, single)
    for move in moves:
        office.check_one_stamp(move)
        assert len(office.requests(move)) == 1
    assert len(office.calls("bulk")) == 1
    assert len(office.calls("stamp")) == (1 if isinstance(single, dict) else 0)


def test_two_selections_that_overlap_make_one_stamp_each(office):
    office.control("settings", latency={"stamp": 400, "bulk": 400})
    moves = office.invoices(4)
    outcomes = at_once(
        lambda: office.press("a", moves[:3]), lambda: office.press("b", list(reversed(moves[1:])))
    )
    assert all(map(is_clear, outcomes)), outcomes
    for name, part in (("a", moves[:3]), ("b", moves[1:])):
        if any(not office.documents(move) for move in part):
            # Odoo retries the second one, or tells it to try again
            assert office.clients[name].press("account.move", STAMP, part)
    for move in moves:
        office.check_one_stamp(move)


@pytest.mark.parametrize("ours", [True, False])
def test_two_substitutes_of_one_cfdi_pressed_at_once_make_one_stamp(office, ours):
    office.control("settings", latency={"stamp": LATENCY})
    outcomes = []
    for number, old in enumerate(office.invoices(ROUNDS)):
        # one of ours, or one that was stamped by another program
        uuid = f"5A2D6AFF-2DD7-43D1-83D3-{number:012d}"
        if ours:
            office.press("a", [old])
            uuid = office.document(old)["uuid"]
        news = office.invoices(2)
        (relation,) = office.clients["a"].call("l10n_mx_catalogs.c_tipo_relacion", "search", [["code", "=", "04"]])
        for new in news:
            values = {"move_id": new, "relation_type_id": relation, "uuid": uuid}
            office.clients["a"].call("l10n_mx_facture.relation", "create", [values])
        outcomes += at_once(*(partial(office.press, name, [new]) for name, new in zip("ab", news, strict=True)))
        assert len(office.book(news[0]) + office.book(news[1])) == 1, "the same was invoiced twice"
    assert all(map(is_clear, outcomes)), outcomes


def cancel(office, name, move):
    """Ask for a cancellation on a server; its answer, or the rpc.Refused that says why not."""
    try:
        return office.clients[name].call("account.move", "l10n_mx_facture_cancel", [move], "02")
    except rpc.Refused as refused:
        return refused


def test_two_people_who_cancel_make_one_request(office):
    office.control("settings", latency={"cancel": LATENCY})
    outcomes = []
    for move in office.invoices(ROUNDS):
        office.press("a", [move])
        outcomes += at_once(partial(cancel, office, "a", move), partial(cancel, office, "b", move))
    assert all(map(is_clear, outcomes)), outcomes
    refused = [one for one in outcomes if isinstance(one, rpc.Refused) or one["params"]["type"] == "danger"]
    assert len(refused) == ROUNDS, "no two clicks overlapped: nothing shown"
    assert len(office.calls("cancel")) == ROUNDS, "something was asked twice"
