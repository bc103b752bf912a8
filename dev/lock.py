"""One command at a time builds the cache; the others wait for it."""

import contextlib
import fcntl

from console import say

_held = set()


@contextlib.contextmanager
def building(settings):
    """Hold the cache's lock; entering it again from the same process is free."""
    path = settings.cache_dir / "lock"
    if path in _held:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another command that builds the cache ({path})")
            fcntl.flock(handle, fcntl.LOCK_EX)
        _held.add(path)
        try:
            yield
        finally:
            _held.discard(path)
