"""Locks: one command at a time builds the cache; a cluster in use is not stopped."""

import contextlib
import fcntl
import os

from dev.stack.console import say

_held = set()
_open = {}


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


def use_cluster(settings):
    """Note that this process, and what it becomes or starts by exec, uses the private cluster."""
    if "cluster" not in _open:
        handle = (settings.cache_dir / "cluster.lock").open("w")
        fcntl.flock(handle, fcntl.LOCK_SH)
        os.set_inheritable(handle.fileno(), True)
        _open["cluster"] = handle


@contextlib.contextmanager
def unused_cluster(settings):
    """Give up the use of the cluster; yields whether no other command uses it, and keeps it so."""
    own = _open.pop("cluster", None)
    if own:
        own.close()
    settings.cache_dir.mkdir(parents=True, exist_ok=True)
    with (settings.cache_dir / "cluster.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield True
        except BlockingIOError:
            yield False
