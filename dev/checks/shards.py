"""Spreading test files over several processes, by how long they took the last time.

The module depends on no other application, and most of its tests in Odoo run in a database without one. Test classes
that need more say so (``requires = ("sale",)``); their files run together in a database that has those modules. So do
those with a browser, for which Odoo bundles the web client once a process.
"""

import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dev.stack.settings import MODULE, REPO

UNKNOWN = 2.0  # seconds a test in Odoo takes that was never run
UNKNOWN_PLAIN = 0.2  # of another one
START_UP = {"browser": 15.0, "modules": 40.0}  # seconds until the first test runs
SHORT_START = 5.0  # of the others
START = re.compile(r"^(\S+ \S+),(\d+) \d+ INFO \S+ odoo\.addons\.\w+\.tests\.([\w.]+): Starting (\w+)")
REQUIRES = re.compile(r"(?m)^    requires = \((.+)\)$")
BASE = re.compile(r"(?m)^from (\.+)([\w.]+) import ")
CLASS = re.compile(r"(?m)^class (\w+)")
TESTS = REPO / "tests"
PLAIN = TESTS / "unit"  # tested without Odoo
SPEC = re.compile(r"^[+]?\w*\*?(?P<file>/[\w/.-]+\.py)?(?:/(?P<module>\w+))?(?::(?P<name>\w*))?")  # see TagsSelector
ANY = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d+) ")


@dataclass(frozen=True)
class Shard:
    """What one process of Odoo runs: a name for it, --test-tags, modules to install beside ours, seconds."""

    name: str
    tags: str
    modules: tuple = ()
    cost: float = 0.0


def files():
    """All files of tests in Odoo, in order."""
    return sorted(path for path in TESTS.rglob("test_*.py") if PLAIN not in path.parents)


def required(path):
    """Names of the modules that a test file needs beside ours; its own classes and what they inherit say so."""
    text = _with_bases(path)
    return {name for found in REQUIRES.findall(text) for name in re.findall(r'"(\w+)"', found)}


def _in_browser(path):
    return "HttpCase" in _with_bases(path)


def _with_bases(path):
    """The text of a test file and of the files of ours from which it imports: ``from .x``, ``from ..support.x``."""
    text = path.read_text()
    for dots, name in BASE.findall(text):
        base = path.parents[len(dots) - 1].joinpath(*name.split(".")).with_suffix(".py")
        text += base.read_text() if base.is_file() else ""
    return text


def plan(count, times):
    """What the processes of Odoo run; those that need nothing special are `count`.

    :return: list of :class:`Shard`
    """
    groups = {"modules": [], "browser": [], "": []}
    for path in files():
        groups["modules" if required(path) else "browser" if _in_browser(path) else ""].append(path)
    others = spread(groups.pop(""), count, times)
    groups |= {str(number): part for number, part in enumerate(others)}
    return [_shard(name, paths, times) for name, paths in groups.items() if paths]


def _shard(name, paths, times):
    cost = START_UP.get(name, SHORT_START) + sum(costs(paths, times).values())
    return Shard(name, tags(paths), modules(paths), cost)


def chosen(wanted):
    """The same for the tests that a person chose with --test-tags: at most two processes."""
    with_more = [path for path in files() if required(path)]
    alone = [path for path in files() if path not in with_more]
    runs = [("0", alone, with_more, ()), ("modules", with_more, alone, modules(with_more))]
    return [
        Shard(name, ",".join([wanted, *(f"-{tags([path])}" for path in others)]), more)
        for name, mine, others, more in runs
        if mine and _selects(wanted, mine)
    ] or [Shard("0", wanted)]


def modules(paths):
    """Names of the modules that these test files need beside ours, sorted."""
    return tuple(sorted(set().union(*map(required, paths))))


def _selects(wanted, paths):
    """Whether tags can select a test of these files; where that is not plain, they can."""
    specs = [SPEC.match(spec.strip()) for spec in wanted.split(",") if not spec.strip().startswith("-")]
    classes = {name for path in paths for name in CLASS.findall(path.read_text())}
    return not specs or any(
        match.group("file").endswith(tuple(tags(paths).split(",")))
        if match.group("file")
        else match.group("module") in (None, MODULE) and (match.group("name") or None) in (None, *classes)
        for match in specs
    )


def spread(paths, count, times, prefix=""):
    """`count` lists of test files with about the same time each; the longest file goes first."""
    cost = costs(paths, times, prefix)
    shards = [[] for _ in range(max(1, min(count, len(paths))))]
    for path in sorted(paths, key=cost.get, reverse=True):
        min(shards, key=lambda shard: (sum(map(cost.get, shard)), len(shard))).append(path)
    return shards


def tags(paths):
    """What --test-tags selects these files."""
    return ",".join(f"/{MODULE}/{path.relative_to(REPO)}" for path in paths)


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
        current, began = (start.group(3).rpartition(".")[2], now) if start else (None, None)
    return dict(times)


def started(text):
    """(file's name, class) of every test that an Odoo log says was started."""
    found = (START.match(line) for line in text.splitlines())
    return {(start.group(3).rpartition(".")[2], start.group(4)) for start in found if start}


def not_started(seen):
    """The same of the test classes of all files that are not among those that were started, sorted."""
    there = {(path.stem, name) for path in files() for name in CLASS.findall(path.read_text())}
    return sorted(one for one in there - set(seen) if one[1].startswith("Test"))


def of_pytest(report, prefix):
    """The same from a JUnit report of pytest (with the attribute `file`); the names begin with the prefix."""
    times = Counter()
    if report.exists():
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            times[prefix + Path(case.get("file", "")).stem] += float(case.get("time", 0))
    return dict(times)


def remembered(settings):
    """The times of the last runs, by the file's name; those of pytest after the part's, as unit/test_rfc."""
    try:
        return json.loads(_file(settings).read_text())
    except (OSError, ValueError):
        return {}


def remember(settings, times):
    """Keep the times for the next run."""
    known = {**remembered(settings), **{name: round(value, 1) for name, value in times.items()}}
    _file(settings).write_text(json.dumps(known, indent=1, sort_keys=True))


def costs(paths, times, prefix=""):
    """:return: dict from each path to the seconds that it takes, as far as is known"""
    unknown = UNKNOWN_PLAIN if prefix else UNKNOWN
    return {path: times.get(prefix + path.stem) or unknown * _tests(path) for path in paths}


def _tests(path):
    return len(re.findall(r"(?m)^ *def test_", path.read_text()))


def _file(settings):
    return settings.cache_dir / "test-times.json"
