"""Where the time of a piece of work goes: seconds by part, nested parts counted once."""

import contextlib
import functools
import time


class Parts:
    """Measures functions while they are wrapped; what they call is theirs unless it is a part itself."""

    def __init__(self, clock=time.perf_counter):
        """:param clock: function that tells the time in seconds"""
        self.seconds = {}
        self._clock, self._inner = clock, []

    @contextlib.contextmanager
    def measuring(self, *functions):
        """Wrap attributes while the block runs.

        :param functions: tuples of a part's name, the object (class, module) and its attribute
        """
        with contextlib.ExitStack() as stack:
            for part, owner, name in functions:
                stack.callback(_restorer(owner, name))
                setattr(owner, name, self._wrapped(part, getattr(owner, name)))
            yield self

    def shares(self):
        """:return: list of (part, its share of the whole from 0 to 1), the greatest first"""
        total = sum(self.seconds.values())
        shares = [(part, seconds / total) for part, seconds in self.seconds.items()]
        return sorted(shares, key=lambda share: -share[1])

    def _wrapped(self, part, function):
        @functools.wraps(function)
        def measured(*args, **kwargs):
            self._inner.append(0.0)
            start = self._clock()
            try:
                return function(*args, **kwargs)
            finally:
                whole = self._clock() - start
                self.seconds[part] = self.seconds.get(part, 0.0) + whole - self._inner.pop()
                if self._inner:
                    self._inner[-1] += whole

        return measured


def _restorer(owner, name):
    """A function that puts an attribute back as it was: its own, or inherited."""
    if name not in vars(owner):
        return lambda: delattr(owner, name)
    own = vars(owner)[name]
    return lambda: setattr(owner, name, own)
