"""How `make property` shares out the carts and sums up what came of them."""

import pytest

from dev.checks import property as command
from dev.stack.console import Problem


@pytest.mark.parametrize("number", [1, 499, 500, 501, 10_000])
def test_chunks_make_up_the_number(number):
    chunks = command.split(number, 7)
    assert sum(size for _seed, size in chunks) == number
    assert [seed for seed, _size in chunks] == list(range(7, 7 + len(chunks)))
    assert max(size for _seed, size in chunks) <= command.CHUNK


def test_a_chunk_replays_alone():
    seed, size = command.split(1234, 7)[-1]
    assert command.split(size, seed) == [(seed, size)]


def test_the_logs_are_summed_up():
    log = 'x INFO db test: PROPERTY {"seconds": 1, "causes": {"zero": 2, "object": 1}, "refused": 3, "accepted": 5}'
    other = 'x INFO db test: PROPERTY {"seconds": 1, "causes": {"zero": 1}, "refused": 1, "accepted": 6}'
    lines = list(command.told([log, "nothing", other], 20, 9, 4.0))
    assert lines[0] == "N=20 SEED=9: 15 carts checked in 4 s"
    assert "     11 accepted" in lines


def test_a_number_that_is_none(monkeypatch):
    monkeypatch.setenv("N", "many")
    with pytest.raises(Problem, match="N=many"):
        command.main()
