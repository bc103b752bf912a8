"""Parts of `make test` run side by side, and each is told once, with all that its jobs found."""

import threading

import pytest

from dev.checks import jobs
from dev.checks.counts import Count
from dev.checks.jobs import Job

MAX_WAIT = 10


def run(given, processes, end=lambda: None):
    """What was told: (part, Count) in that order."""
    told = []
    jobs.run(given, processes, lambda part, count, _seconds: told.append((part, count)), end)
    return told


def test_a_part_is_told_when_its_last_job_is_done():
    given = [Job("a", lambda: Count(2)), Job("b", lambda: Count(1, 1), 9), Job("a", lambda: Count(3, 0, 1))]
    assert run(given, 1) == [("b", Count(1, 1)), ("a", Count(5, 0, 1))]


def test_the_longest_goes_first():
    order = []
    run([Job(str(cost), lambda cost=cost: order.append(cost) or Count(), cost) for cost in (1, 3, 2)], 1)
    assert order == [3, 2, 1]


def meet(count):
    """A job's work that ends when so many do it at the same time."""
    together = threading.Barrier(count)

    def work():
        together.wait(MAX_WAIT)
        return Count(1)

    return work


def test_so_many_compute_at_the_same_time_and_those_that_wait_run_beside():
    work = meet(4)
    given = [Job("odoo", work), Job("unit", work), Job("system", work, waits=True), Job("system", work, waits=True)]
    assert sorted(run(given, 2)) == [("odoo", Count(1)), ("system", Count(2)), ("unit", Count(1))]


def test_on_one_processor_nothing_runs_beside():
    running, most = [], []

    def work():
        running.append(1)
        most.append(len(running))
        running.pop()
        return Count(1)

    assert len(run([Job("odoo", work), Job("system", work, waits=True)], 1)) == 2
    assert most == [1, 1]


def test_what_a_job_raises_ends_the_others():
    ended = threading.Event()

    def broken():
        raise ZeroDivisionError

    def work():
        assert ended.wait(MAX_WAIT)
        return Count(1)

    with pytest.raises(ZeroDivisionError):
        run([Job("a", work, 9), Job("b", broken), Job("c", work, 0)], 2, ended.set)
