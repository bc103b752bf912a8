"""What the user sees: progress lines, and problems as one line with its remedy."""

import os
import signal
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
    """Turn a Problem into one line and exit code 1; Ctrl-C into 130 and SIGTERM into 143.

    Both signals run the commands' own ways to clean up.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may start us without it
    try:
        yield
    except Problem as problem:
        print(f"\nError: {problem}", file=sys.stderr, flush=True)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr, flush=True)
        sys.exit(130)


def run(command, log, what, remedy="", env=None, stdin=None, brief=False):
    """Run a command with its output in a file; a failure is a Problem that quotes its end.

    `brief`: only the last line about an error is quoted.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        done = subprocess.run(
            [str(part) for part in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=stdin or subprocess.DEVNULL,
            env={**os.environ, **(env or {})},
            check=False,
        )
    if done.returncode and brief:
        errors = [line for line in tail(log, 200) if "error" in line.lower()] or tail(log, 1)
        raise Problem(f"{what} failed: {errors[-1].strip()}", f"{remedy} Details: {log}".strip())
    if done.returncode:
        excerpt = "\n".join("    " + line for line in tail(log, 12))
        code = done.returncode
        raise Problem(f"{what} failed (exit code {code}); the end of {log}:\n{excerpt}\n", remedy)


def tail(path, count):
    """The last `count` lines of a text file."""
    return path.read_text(errors="replace").splitlines()[-count:]
