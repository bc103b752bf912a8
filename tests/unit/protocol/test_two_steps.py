"""The model of a stamp in two steps (protocol_two_steps.py): what must hold does, and what breaks it is found out."""

import random

import pytest
from hypothesis.stateful import run_state_machine_as_test
from protocol_two_steps import TwoSteps
from test_protocol import SETTINGS

INVARIANTS = (
    TwoSteps.one_live_document,
    TwoSteps.one_stamp,
    TwoSteps.no_stamp_is_lost,
    TwoSteps.nothing_is_invented,
    TwoSteps.what_is_stamped_is_what_the_invoice_says,
)


class ForgetsTheId(TwoSteps):
    """Broken: the stamp is asked before the id is committed."""

    invoices = (0,)
    keeps_id = False


class CreatesAnew(TwoSteps):
    """Broken: an invoice is created again without a look at what became of the earlier attempt."""

    invoices = (0,)
    looks_up_former = False


class SendsTheOldOne(TwoSteps):
    """Broken: what waits under an id is stamped although the invoice says something else by now."""

    invoices = (0,)
    gives_way = False


class DecidesEarly(TwoSteps):
    """Broken: that nothing is there yet counts, while the call may be in work."""

    invoices = (0,)
    waits_for_the_call = False


class BelievesAtOnce(TwoSteps):
    """Broken: "not for the moment" is believed without a look at what the service has."""

    invoices = (0,)
    confirms = False


def walk(protocol, seed):
    """One order of events by chance. Hypothesis would draw better ones, and many fewer in the same time.

    :raise AssertionError: as an invariant does
    """
    dice, machine = random.Random(seed), protocol()
    machine.begin()
    for _number in range(SETTINGS.stateful_step_count):
        machine.step(which=dice.randrange(10**6), how=dice.randrange(60))
        for holds in INVARIANTS:
            holds(machine)


def test_no_order_of_events_loses_or_doubles_a_stamp_in_two_steps():
    run_state_machine_as_test(TwoSteps, settings=SETTINGS)


@pytest.mark.parametrize("broken", [ForgetsTheId, CreatesAnew, SendsTheOldOne, DecidesEarly, BelievesAtOnce])
def test_a_broken_protocol_of_two_steps_is_found_out(broken):
    with pytest.raises(AssertionError):
        for seed in range(5000):
            walk(broken, seed)


def test_the_same_orders_of_events_are_no_harm_where_it_is_not_broken():
    for seed in range(2000):
        walk(TwoSteps, seed)
