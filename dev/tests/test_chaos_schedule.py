"""A schedule of `make chaos` is drawn wholly from its seed, and the seeds together hold all that may happen."""

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest

from dev.chaos.run import chosen, keep
from dev.chaos.schedule import DURATION, MACHINES, STAMPING, TOKENS, USERS, draw
from dev.chaos.services import FACTURE_API, FACTURE_REST, GLOBAL, MARGIN, RECEIPTS, SAT, SELLO_DIGITAL, SERVICES
from dev.stack.console import Problem

DEV = Path(__file__).resolve().parent.parent
MANY = {service: [draw(seed, service) for seed in range(1500)] for service in SERVICES.values()}
OTHERS = [service for service in SERVICES.values() if service is not FACTURE_REST]
each_service = pytest.mark.parametrize("service", MANY, ids=lambda service: service.name)


def names(service):
    """The faults of a service by operation; an order is told by its name alone."""
    return {
        (operation, fault["fault"] if isinstance(fault, dict) else fault)
        for operation in service.faulty
        for fault in (*service.lost, *service.twisted.get(operation, ()))
    }


@each_service
def test_the_same_seed_draws_the_same_schedule(service):
    assert [draw(seed, service) for seed in range(1500)] == MANY[service]


@each_service
def test_other_seeds_draw_other_schedules(service):
    assert len({repr(one.events) for one in MANY[service]}) == len(MANY[service])


def test_a_seed_is_another_schedule_for_another_service():
    assert not {repr(one.events) for one in MANY[SELLO_DIGITAL]} & {repr(one.events) for one in MANY[FACTURE_API]}


@each_service
def test_everything_that_may_happen_is_drawn(service):
    many = MANY[service]
    kinds = {event.kind for schedule in many for event in schedule.events}
    assert kinds == {*STAMPING, *USERS, *MACHINES, "credits", *service.events}
    faults = {(fault["operation"], fault["fault"]) for schedule in many for fault in schedule.faults}
    assert faults <= names(service)
    assert {name for _operation, name in faults} == {name for _operation, name in names(service)}
    fractions = {fault["fraction"] for one in many for fault in one.faults if fault["fault"] == "cut"}
    assert fractions == {number / 10 for number in range(11)}


def test_tokens_end_and_are_revoked_and_kept():
    assert {one.token for one in MANY[FACTURE_API]} == set(TOKENS)
    lasting = {one.sandbox["token_seconds"] - MARGIN for one in MANY[FACTURE_API]}
    assert min(lasting) <= DURATION < max(lasting)
    assert {one.token for service in MANY if service is not FACTURE_API for one in MANY[service]} == {"kept"}


SOME = [one for many in MANY.values() for one in many[:50]]


@pytest.mark.parametrize("schedule", SOME, ids=lambda one: f"{one.service.name}-{one.seed}")
def test_a_schedule_keeps_within_its_bounds(schedule):
    assert 3 <= schedule.count <= 8
    assert any(event.kind in STAMPING for event in schedule.events)
    for event in schedule.events:
        assert 0 <= event.at <= DURATION
        assert all(0 <= number < schedule.count for number in event.moves)


def test_switches_are_only_on_where_they_are_true():
    for schedule in (one for many in MANY.values() for one in many):
        if schedule.account["detects_duplicates"]:
            assert schedule.sandbox["detect_duplicates"]
        if schedule.account["exclusive"]:
            assert schedule.credits is None, "credits are bought while one may be unknown"


def _assigned(name):
    """The node that is assigned to a name of the sandbox's faults, whose packages aren't here."""
    tree = ast.parse((DEV / "sandbox/faults.py").read_text())
    assigned = [one for one in tree.body if isinstance(one, ast.Assign)]
    (node,) = [one.value for one in assigned if getattr(one.targets[0], "id", None) == name]
    return node


def test_the_sandbox_knows_every_fault():
    known = {key.value for key in _assigned("NAMES").keys}
    assert {name for service in MANY for _operation, name in names(service)} <= known


def test_each_service_fails_as_none_of_the_others_does():
    operations = [set(service.faulty) for service in MANY if service not in (SAT, RECEIPTS, GLOBAL)]
    assert sum(map(len, operations)) == len(set().union(*operations))
    assert all(set(service.twisted) <= set(service.faulty) for service in MANY)


# -- how many of which ---------------------------------------------------------------------------


def test_each_service_gets_its_number_of_schedules():
    assert chosen(None, None) == {FACTURE_REST: 1000} | dict.fromkeys(OTHERS, 100)
    assert chosen("facture_api", None) == {FACTURE_API: 100}
    assert chosen("facture_api", 7) == {FACTURE_API: 7}
    assert chosen("", 7) == dict.fromkeys(SERVICES.values(), 7)
    assert chosen("", 2000) == {FACTURE_REST: 2000} | dict.fromkeys(OTHERS, 100)


def test_the_help_of_make_says_the_same_figures():
    text = (DEV.parent / "Makefile").read_text()
    first, *others = SERVICES.values()
    assert f"{first.schedules} schedules of {first.name}" in text
    assert {f"{one.schedules} of each other service" for one in others} == {"100 of each other service"}
    assert "100 of each other service" in text
    assert "|".join(SERVICES) in text


def test_an_unknown_service_is_told_with_those_that_there_are():
    with pytest.raises(Problem, match="PROVIDER=facture is unknown") as told:
        chosen("facture", None)
    assert "facture_rest, sello_digital, facture_api, sat, receipts, global" in str(told.value)


def test_the_text_of_a_violation_stays_on_disk(tmp_path):
    facts = {"violations": ["two CFDIs"], "log": ["a click", "a kill"], "counts": {"stamps": 2}}
    keep(SimpleNamespace(service=SAT, seed=7013, **facts), tmp_path / "kept")
    [path] = (tmp_path / "kept").iterdir()
    text = path.read_text()
    assert path.name.startswith("sat-7013-")
    assert all(part in text for part in ("SEED=7013", "two CFDIs", "a click", "a kill", "'stamps': 2"))
