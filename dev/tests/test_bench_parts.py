"""Parts of a bench, against a clock that the tests wind."""

import pytest

from dev.bench.parts import Parts


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Base:
    clock = None

    def outer(self):
        self.clock.now += 1
        self.inner()
        self.inner()
        return "done"

    def inner(self):
        self.clock.now += 4


class Child(Base):
    pass


@pytest.fixture
def work():
    Base.clock = Clock()
    return Child(), Parts(Base.clock)


def test_what_a_part_calls_is_counted_once(work):
    child, parts = work
    with parts.measuring(("a", Base, "outer"), ("b", Child, "inner")):
        assert child.outer() == "done"
    assert parts.seconds == {"a": 1.0, "b": 8.0}
    assert parts.shares() == [("b", 8 / 9), ("a", 1 / 9)]


def test_functions_are_put_back(work):
    child, parts = work
    own = vars(Base)["outer"]
    with parts.measuring(("a", Base, "outer"), ("b", Child, "inner")):
        assert vars(Base)["outer"] is not own
    child.outer()
    assert parts.seconds == {}
    assert vars(Base)["outer"] is own
    assert "inner" not in vars(Child)


def test_a_part_that_raises_is_counted(work):
    child, parts = work
    child.inner = None
    with parts.measuring(("a", Base, "outer")), pytest.raises(TypeError):
        child.outer()
    assert parts.seconds == {"a": 1.0}
