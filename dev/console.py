"""What the user sees: progress lines, and problems as one line with its remedy."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager

_started = time.monotonic()


class Problem(Exception):
    """Something that the user has to know or to do; shown without a traceback."""

    def __init__(self, what, remedy=""):
        super().__init__(f"{what}. {remedy}".strip() if remedy else what)


def say(text):
    """Print one progress line, at once, with the seconds since the command began."""
    print(f"[{time.monotonic() - _started:6.1f} s] {text}", flush=True)


@contextmanager
def guarded():
    """Turn a Problem into one line and exit code 1; Ctrl-C into exit code 130."""
    try:
        yield
    except Problem as problem:
        print(f"\nError: {problem}", file=sys.stderr, flush=True)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr, flush=True)
        sys.exit(130)


def run(command, log, what, remedy="", env=None, cwd=None, stdin=None):
    """Run a command with its output in a file; a failure is a Problem that quotes its end."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        done = subprocess.run(
            [str(part) for part in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=stdin or subprocess.DEVNULL,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            check=False,
        )
    if done.returncode:
        excerpt = "\n".join("    " + line for line in tail(log, 12))
        raise Problem(
            f"{what} failed (exit code {done.returncode}); the end of {log}:\n{excerpt}\n", remedy
        )


def tail(path, count):
    """The last `count` lines of a text file."""
    return path.read_text(errors="replace").splitlines()[-count:]
