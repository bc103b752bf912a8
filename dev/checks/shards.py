"""Spreading Odoo's test files over several Odoo processes, by how long they took the last time.

The module depends on no other application, and most of its tests run in a database without one. Test classes that
need more say so (``requires = ("sale",)``); their files run together in a database that has those modules.
"""

import json
import re
from collections import Counter
from datetime import datetime

from dev.stack.settings import MODULE, REPO

TESTS = REPO / "tests"
UNKNOWN = 2.0  # seconds a test takes that was never run
START_UP = 30.0  # seconds until the first test of a process runs
START = re.compile(r"^(\S+ \S+),(\d+) \d+ INFO \S+ odoo\.addons\.(\S+)\.tests\.([\w.]+): Starting ")
REQUIRES = re.compile(r"(?m)^    requires = \((.+)\)$")
BASE = re.compile(r"(?m)^from \.\.support\.(\w+) import ")
CLASS = re.compile(r"(?m)^class (\w+)")
SPEC = re.compile(r"^[+]?\w*\*?(?P<file>/[\w/.-]+\.py)?(?:/(?P<module>\w+))?(?::(?P<name>\w*))?")  # see TagsSelector
ANY = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d+) ")


def files():
    """All test files, in order; those of tests/unit are not for Odoo."""
    return sorted(path for path in TESTS.rglob("test_*.py") if path.relative_to(TESTS).parts[0] != "unit")


def log_name(path):
    """What a test file is called in Odoo's log and in the remembered times: ``stamp.test_bulk``."""
    return ".".join(path.relative_to(TESTS).with_suffix("").parts)


def required(path):
    """Names of the modules that a test file needs beside ours; its own classes and what they inherit say so."""
    text = path.read_text()
    for name in BASE.findall(text):
        base = TESTS / "support" / f"{name}.py"
        text += base.read_text() if base.exists() else ""
    return {name for found in REQUIRES.findall(text) for name in re.findall(r'"(\w+)"', found)}


def plan(count, times):
    """What `count` processes of Odoo run, each one thing after the other.

    :return: list of lists of (tags, modules to install beside ours)
    """
    with_more = [path for path in files() if required(path)]
    busy = START_UP + sum(_costs(with_more, times).values()) if with_more else 0.0
    alone = [path for path in files() if path not in with_more]
    workers = [[(tags(part), ())] if part else [] for part in spread(alone, count, times, busy)]
    if with_more:
        workers[0].insert(0, (tags(with_more), modules(with_more)))
    return [runs for runs in workers if runs]


def chosen(wanted):
    """The same for the tests that a person chose with --test-tags: at most two processes."""
    with_more = [path for path in files() if required(path)]
    alone = [path for path in files() if path not in with_more]
    runs = [(alone, with_more, ()), (with_more, alone, modules(with_more))]
    return [
        [(",".join([wanted, *(f"-{tags([path])}" for path in others)]), more)]
        for mine, others, more in runs
        if mine and _selects(wanted, mine)
    ] or [[(wanted, ())]]


def modules(paths):
    """Names of the modules that these test files need beside ours, sorted."""
    return tuple(sorted(set().union(*map(required, paths))))


def _selects(wanted, paths):
    """Whether tags can select a test of these files; where that is not plain, they can."""
    specs = [SPEC.match(spec.strip()) for spec in wanted.split(",") if not spec.strip().startswith("-")]
    classes = {name for path in paths for name in CLASS.findall(path.read_text())}
    return not specs or any(
        match.group("file").endswith(tuple(f"/tests/{path.relative_to(TESTS)}" for path in paths))
        if match.group("file")
        else match.group("module") in (None, MODULE) and (match.group("name") or None) in (None, *classes)
        for match in specs
    )


def spread(paths, count, times, busy=0.0):
    """`count` lists of test files with about the same time each; the longest file goes first.

    The process of the first list has `busy` seconds to do before.
    """
    cost = _costs(paths, times)
    shards = [[] for _ in range(max(1, min(count, len(paths))))]
    before = [busy] + [0.0] * (len(shards) - 1)
    for path in sorted(paths, key=cost.get, reverse=True):
        number = min(range(len(shards)), key=lambda n: before[n] + sum(map(cost.get, shards[n])))
        shards[number].append(path)
    return shards


def tags(files):
    """What --test-tags selects these files."""
    return ",".join(f"/{MODULE}/tests/{path.relative_to(TESTS)}" for path in files)


def measured(text):
    """Seconds that each test file took, from the text of an Odoo log."""
    times, current, began = Counter(), None, None
    for line in text.splitlines():
        stamp, start = ANY.match(line), START.match(line)
        if not stamp or not (start or " odoo.service.server: " in line):
            continue
        now = datetime.fromisoformat(f"{stamp.group(1)}.{stamp.group(2)}")
        if current:
            times[current] += (now - began).total_seconds()
        current, began = (start.group(4), now) if start else (None, None)
    return dict(times)


def remembered(settings):
    """The times of the last runs."""
    try:
        return json.loads(_file(settings).read_text())
    except (OSError, ValueError):
        return {}


def remember(settings, times):
    """Keep the times for the next run."""
    known = {**remembered(settings), **{name: round(value, 1) for name, value in times.items()}}
    _file(settings).write_text(json.dumps(known, indent=1, sort_keys=True))


def _costs(paths, times):
    return {path: times.get(log_name(path)) or _guess(path) for path in paths}


def _guess(path):
    return UNKNOWN * len(re.findall(r"(?m)^    def test_", path.read_text()))


def _file(settings):
    return settings.cache_dir / "test-times.json"
