"""Ledger and tokens of `make chaos`: made-up logs of the sandbox, right and wrong."""

import pytest

from dev.chaos.compare import Call
from dev.chaos.ledger import tokens, unwritten
from dev.chaos.services import FACTURE_API, FACTURE_REST, SELLO_DIGITAL

INVOICE = 7


def entry(operation, second=0, fault=None, status=200, outcome="stamped"):
    """An entry of the sandbox's log."""
    time = f"2026-01-01T00:00:{second:02}+00:00"
    return {"operation": operation, "time": time, "fault": fault, "status": status, "outcome": outcome}


def call(operation):
    return Call(INVOICE, operation, "done")


@pytest.mark.parametrize(
    ("service", "log", "calls", "wrong"),
    [
        (SELLO_DIGITAL, [entry("sello_create"), entry("sello_stamp")], [call("create"), call("stamp")], 0),
        (SELLO_DIGITAL, [entry("sello_create"), entry("sello_stamp")], [call("create")], 1),
        (SELLO_DIGITAL, [entry("sello_create"), entry("sello_stamp")], [call("stamp")], 1),
        (SELLO_DIGITAL, [entry("sello_create", status=401)], [], 0),
        (SELLO_DIGITAL, [entry("sello_read")], [], 0),
        # one call for many, each with its row
        (FACTURE_API, [entry("api_stamp")], [call("stamp_many"), call("stamp_many")], 0),
        (FACTURE_API, [entry("api_stamp")] * 3, [call("stamp_many"), call("stamp")], 1),
        # a connection that was refused has a row and no call
        (FACTURE_REST, [], [call("stamp")], 0),
        (FACTURE_REST, [entry("stamp"), entry("stamp")], [call("stamp"), call("resend")], 0),
        (FACTURE_REST, [entry("cancel")], [call("stamp")], 1),
    ],
)
def test_every_call_that_changes_something_has_a_row(service, log, calls, wrong):
    assert len(unwritten(service, log, calls)) == wrong


def bought(second, fault=None):
    return entry("api_token", second, fault, outcome="token password")


def test_one_token_serves_all_calls():
    assert tokens([bought(0), *[entry("api_stamp", second) for second in range(9)]], 50, 0) == []
    assert tokens([], 50, 0) == []


def test_a_token_a_call_is_told():
    (text,) = tokens([bought(0), entry("api_stamp"), bought(1), entry("api_stamp", 1)], 50, 0)
    assert "2 tokens bought, 1 of them while one held" in text


@pytest.mark.parametrize(
    ("log", "lasts", "causes"),
    [
        # it has ended
        ([bought(0), bought(2)], 2, 0),
        # the answer with it was lost
        ([bought(0, fault="reset_after"), bought(1)], 50, 0),
        # the service refused it
        ([bought(0), entry("api_stamp", 1, fault="unauthorized_401", status=401), bought(1)], 50, 0),
        # it was revoked, or who bought it was killed
        ([bought(0), bought(1)], 50, 1),
        # no token was given
        ([bought(0), entry("api_token", 1, fault="error_503", outcome="refused S503")], 50, 0),
    ],
)
def test_another_token_is_bought_where_it_is_needed(log, lasts, causes):
    assert tokens(log, lasts, causes) == []
    assert tokens([*log, bought(1)], 50, causes) != []
