"""A schedule of `make chaos` is drawn wholly from its seed, and the seeds together hold all that may happen."""

import ast
from pathlib import Path

import pytest

from chaos_schedule import DURATION, LOST, MACHINES, STAMPING, TWISTED, USERS, draw

DEV = Path(__file__).resolve().parent.parent
MANY = [draw(seed) for seed in range(500)]


def test_the_same_seed_draws_the_same_schedule():
    assert [draw(seed) for seed in range(500)] == MANY


def test_other_seeds_draw_other_schedules():
    assert len({repr(one.events) for one in MANY}) == len(MANY)


def test_everything_that_may_happen_is_drawn():
    kinds = {event.kind for schedule in MANY for event in schedule.events}
    assert kinds == {*STAMPING, *USERS, *MACHINES, "credits"}
    faults = {fault["fault"] for schedule in MANY for fault in schedule.faults}
    assert faults == {*LOST, *(name for names in TWISTED.values() for name in names)}
    fractions = {fault["fraction"] for one in MANY for fault in one.faults if fault["fault"] == "cut"}
    assert fractions == {number / 10 for number in range(11)}


@pytest.mark.parametrize("schedule", MANY[:100], ids=lambda schedule: str(schedule.seed))
def test_a_schedule_keeps_within_its_bounds(schedule):
    assert 3 <= schedule.count <= 8
    assert any(event.kind in STAMPING for event in schedule.events)
    for event in schedule.events:
        assert 0 <= event.at <= DURATION
        assert all(0 <= number < schedule.count for number in event.moves)


def test_switches_are_only_on_where_they_are_true():
    for schedule in MANY:
        if schedule.account["detects_duplicates"]:
            assert schedule.sandbox["detect_duplicates"]
        if schedule.account["exclusive"]:
            assert schedule.credits is None, "credits are bought while one may be unknown"


def test_the_sandbox_knows_every_fault():
    tree = ast.parse((DEV / "sandbox/faults.py").read_text())
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    (names,) = [node.value for node in assigned if getattr(node.targets[0], "id", None) == "NAMES"]
    known = {key.value for key in names.keys}
    assert {*LOST, *(name for found in TWISTED.values() for name in found)} <= known
