"""The browser for browser tests: the machine's own, or Debian's unpacked into the cache."""

import re
import shutil
import subprocess
from pathlib import Path

from dev.stack.console import Problem
from dev.stack.debian_program import Program, wrapper

NAMES = (
    "google-chrome",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
)  # what Odoo's HttpCase looks for
PROGRAM = Program(
    package="chromium",
    binary="usr/lib/chromium/chromium",
    purpose="the browser tests",
    megabytes=130,
    arguments="--disable-background-networking --no-first-run",
    private=("chromium", "swiftshader", "locales"),
)


def browser(settings):
    """Path of a Chromium that starts; fetched if the machine has none."""
    for name in NAMES:
        found = shutil.which(name)
        if found and _version(found):
            return Path(found)
    fetched = wrapper(settings, PROGRAM)
    if not _version(fetched):
        raise Problem(
            f"{fetched} doesn't start",
            f"Remove {fetched.parent.parent} to fetch it again, or install chromium.",
        )
    return fetched


def _version(path):
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    # Ubuntu's chromium-browser is a stub that only talks about a snap.
    return re.search(r"\d+\.\d+", done.stdout) if done.returncode == 0 else None
