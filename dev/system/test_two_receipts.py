"""Two Odoo processes make receipts of payment at the same moment: each installment once, each payment once."""

from datetime import date, timedelta
from functools import partial

import pytest

from dev.demo import rpc
from dev.demo.rpc import at_once
from office import MESSAGES

PAYMENT, DUE = "account.payment", "l10n_mx_facture.rep.due"
ROUNDS = 6
LATENCY = 250  # ms that the service takes, so that the clicks overlap
ON_CREDIT = {"l10n_mx_facture_payment_policy": "PPD"}


@pytest.fixture
def slow(office):
    """The office, its bank with a payment form, and a service that takes its time."""
    call = office.clients["a"].call
    form = {code: call("l10n_mx_catalogs.c_forma_pago", "search", [("code", "=", code)])[0] for code in ("03", "99")}
    banks = call("account.journal", "search", [("type", "=", "bank")])
    call("account.journal", "write", banks, {"l10n_mx_facture_payment_form_id": form["03"]})
    office.on_credit = {
        **ON_CREDIT,
        "l10n_mx_facture_payment_form_id": form["99"],
        "invoice_date_due": str(date.today() + timedelta(days=60)),
    }
    yield office
    office.calm()


def stamped(office, count=1):
    """Ids of so many stamped invoices on credit."""
    moves = office.invoices(count, **office.on_credit)
    for move in moves:
        office.press("a", [move])
        office.check_one_stamp(move)
    office.control("settings", latency={"stamp": LATENCY, "bulk": LATENCY})
    return moves


def pay(office, move, amount):
    """The id of a new payment of an invoice."""
    call, context = office.clients["a"].call, {"active_model": "account.move", "active_ids": [move]}
    context |= office.clients["a"].context
    wizard = call("account.payment.register", "create", {"amount": amount}, context=context)
    action = call("account.payment.register", "action_create_payments", [wizard], context=context)
    return action["res_id"]


def press(office, name, payments):
    """Press Stamp on payments, on a server."""
    return office.press(name, payments, model=PAYMENT)


def receipts(office, move):
    """The lines of the receipts of an invoice, by installment."""
    return office.sql(
        "SELECT l.installment, l.counts, r.state, i.payment_id FROM l10n_mx_facture_rep_line l "
        "JOIN l10n_mx_facture_rep r ON r.id = l.rep_id JOIN account_move_line i ON i.id = l.entry_line_id "
        "WHERE l.move_id = %s ORDER BY l.installment, l.id",
        move,
    )


def check(office, move, payments):
    """Each payment has one live receipt, and the service has stamped no more than these."""
    live = [row for row in receipts(office, move) if row["counts"]]
    assert [row["installment"] for row in live] == list(range(1, len(payments) + 1))
    assert sorted(row["payment_id"] for row in live) == sorted(payments)
    assert {row["state"] for row in live} == {"stamped"}
    assert office.control("payments") == []
    about = office.control(f"payments/{office.document(move)['uuid']}")
    assert len(about["installments"]) == len(payments) and not about["left"]
    assert not office.sql("SELECT id FROM l10n_mx_facture_rep_due WHERE move_id = %s", move)


def is_clear(outcome):
    """A result of the button, or a message for a person: never an error with a trace."""
    return isinstance(outcome, dict) or outcome.kind in MESSAGES


def test_two_payments_of_an_invoice_have_two_numbers(slow):
    outcomes = []
    for move in stamped(slow, ROUNDS):
        payments = [pay(slow, move, amount) for amount in (1000, 500)]
        both = at_once(*(partial(press, slow, name, [one]) for name, one in zip("ab", payments, strict=True)))
        outcomes += both
        for one, outcome in zip(payments, both, strict=True):
            if isinstance(outcome, rpc.Refused):
                press(slow, "b", [one])
        check(slow, move, payments)
    assert all(map(is_clear, outcomes)), outcomes
    assert any(isinstance(one, rpc.Refused) for one in outcomes), "no two clicks overlapped: nothing shown"


def test_two_clicks_on_a_payment_make_one_receipt(slow):
    outcomes = []
    for move in stamped(slow, ROUNDS):
        payment = pay(slow, move, 1000)
        outcomes += at_once(*(partial(press, slow, name, [payment]) for name in "ab"))
        check(slow, move, [payment])
    assert all(map(is_clear, outcomes)), outcomes
    assert any(isinstance(one, rpc.Refused) for one in outcomes), "no two clicks overlapped: nothing shown"


def test_two_drafts_of_a_payment_make_one_receipt(slow):
    """Both servers have made a receipt before either is sent: the second finds nothing that it is for."""
    (move,) = stamped(slow)
    payment = pay(slow, move, 1000)
    (due,) = slow.sql("SELECT id, entry_line_id, move_id FROM l10n_mx_facture_rep_due WHERE move_id = %s", move)
    form = slow.sql("SELECT company_id, partner_id FROM l10n_mx_facture_rep_due WHERE id = %s", due["id"])[0]
    press(slow, "a", [payment])
    # as a second transaction has made it from what it saw before
    (rep,) = slow.sql(
        "INSERT INTO l10n_mx_facture_rep (name, company_id, partner_id, branch_id, state) SELECT 'REP-X1', company_id, "
        "partner_id, branch_id, 'draft' FROM l10n_mx_facture_rep WHERE company_id = %s LIMIT 1 RETURNING id",
        form["company_id"],
    )
    slow.sql(
        "INSERT INTO l10n_mx_facture_rep_line (rep_id, company_id, move_id, entry_line_id, date_payment, uuid, amount, "
        "currency_id, applied, payment_currency_id) SELECT %s, company_id, move_id, entry_line_id, date_payment, uuid, "
        "amount, currency_id, applied, payment_currency_id FROM l10n_mx_facture_rep_line WHERE move_id = %s",
        rep["id"],
        move,
    )
    outcome = slow.press("b", [rep["id"]], model="l10n_mx_facture.rep")
    assert isinstance(outcome, rpc.Refused) and is_clear(outcome), outcome
    check(slow, move, [payment])


def test_selections_that_overlap_make_one_receipt_each(slow):
    moves = stamped(slow, 2)
    payments = [pay(slow, move, amount) for move in moves for amount in (700, 800)]
    outcomes = at_once(partial(press, slow, "a", payments[:3]), partial(press, slow, "b", payments[1:]))
    assert all(map(is_clear, outcomes)), outcomes
    for payment in payments:
        press(slow, "a", [payment])
    check(slow, moves[0], payments[:2])
    check(slow, moves[1], payments[2:])
