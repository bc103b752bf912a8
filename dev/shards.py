"""Spreading Odoo's test files over several Odoo processes, by how long they took the last time."""

import json
import re
from collections import Counter
from datetime import datetime

from settings import MODULE, REPO

UNKNOWN = 2.0  # seconds a test takes that was never run
START = re.compile(r"^(\S+ \S+),(\d+) \d+ INFO \S+ odoo\.addons\.(\S+)\.tests\.(\w+): Starting ")
ANY = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d+) ")


def spread(count, times):
    """`count` lists of test files with about the same time each; the longest file goes first."""
    files = sorted((REPO / "tests").glob("test_*.py"))
    cost = {path: times.get(path.stem) or _guess(path) for path in files}
    shards = [[] for _ in range(max(1, min(count, len(files))))]
    for path in sorted(files, key=cost.get, reverse=True):
        min(shards, key=lambda shard: sum(map(cost.get, shard))).append(path)
    return shards


def tags(files):
    """What --test-tags selects these files."""
    return ",".join(f"/{MODULE}/tests/{path.name}" for path in files)


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


def _guess(path):
    return UNKNOWN * len(re.findall(r"(?m)^    def test_", path.read_text()))


def _file(settings):
    return settings.cache_dir / "test-times.json"
