"""What `make demo` started, remembered in files, so that `make stop` ends these and no others.

A file `<database>.<program>.pid` holds the process id, its start time (which tells it from a later
process of the same id) and its port.
"""

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Started:
    """A program of a demo."""

    file: Path
    pid: int
    since: str
    port: int

    @property
    def database(self):
        """The demo that it belongs to."""
        return self.file.name.rsplit(".", 2)[0]

    @property
    def program(self):
        """`odoo` or `sandbox`."""
        return self.file.name.rsplit(".", 2)[1]

    def alive(self):
        """Whether this very process still runs."""
        return _start_time(self.pid) == self.since

    def end(self, max_wait=20):
        """End the process and its group, politely at first."""
        # Odoo's main process ends its workers itself on SIGTERM.
        for send, signum, seconds in (
            (os.kill, signal.SIGTERM, max_wait),
            (os.killpg, signal.SIGKILL, 5),
        ):
            if not self.alive():
                break
            with contextlib.suppress(ProcessLookupError):
                send(self.pid, signum)
            deadline = time.monotonic() + seconds
            while self.alive() and time.monotonic() < deadline:
                time.sleep(0.1)
        if self.remembered():
            self.file.unlink()

    def remembered(self):
        """Whether the file still names this process: not after another command ended it."""
        return self.file.exists() and self.file.read_text() == self.line

    @property
    def line(self):
        """What the file holds."""
        return f"{self.pid} {self.since} {self.port}\n"


def remember(settings, program, server, port):
    """Write down a processes.Server that was just started for the demo."""
    file = settings.run / f"{settings.demo_db}.{program}.pid"
    started = Started(file, server.pid, _start_time(server.pid), port)
    file.write_text(started.line)
    return started


def running(settings):
    """All remembered programs that still run."""
    found = []
    for file in sorted(settings.run.glob("*.pid")):
        try:
            pid, since, port = file.read_text().split()
            started = Started(file, int(pid), since, int(port))
        except ValueError:
            started = None
        if started and started.alive():
            found.append(started)
        else:
            file.unlink(missing_ok=True)
    return found


def _start_time(pid):
    """Start of a process in clock ticks since boot; None if there is none or it is a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, *rest = text.rpartition(")")[2].split()
    return None if state == "Z" else rest[18]
