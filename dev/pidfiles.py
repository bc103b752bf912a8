"""What `make demo` started, remembered in files, so that `make stop` ends these processes and no others."""

import contextlib
import os
import signal
import time
from pathlib import Path


def _started(pid):
    """The start time of a process in clock ticks since boot, or None: tells a process from a later one of the same id."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, *rest = text.rpartition(")")[2].split()
    return None if state == "Z" else rest[18]


def remember(settings, name, pid):
    """Write down a process that was just started."""
    (settings.run / f"{name}.pid").write_text(f"{pid} {_started(pid)}\n")


def alive(settings, name):
    """The id of the remembered process if it still runs, else None."""
    try:
        pid, started = (settings.run / f"{name}.pid").read_text().split()
    except (OSError, ValueError):
        return None
    return int(pid) if _started(pid) == started else None


def end(settings, name, patience=20):
    """End the remembered process and its group, politely at first; whether there was one."""
    pid = alive(settings, name)
    if pid:
        for signum, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5)):
            with contextlib.suppress(ProcessLookupError):
                # Odoo's main process ends its workers itself on SIGTERM.
                os.kill(pid, signum) if signum == signal.SIGTERM else os.killpg(pid, signum)
            if _gone(settings, name, seconds):
                break
    (settings.run / f"{name}.pid").unlink(missing_ok=True)
    return bool(pid)


def _gone(settings, name, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not alive(settings, name):
            return True
        time.sleep(0.1)
    return False
