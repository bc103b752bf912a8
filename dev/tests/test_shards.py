"""Every test file is in exactly one shard, whatever is known of its time."""

import pytest

import shards
from settings import MODULE, REPO

FILES = sorted((REPO / "tests").glob("test_*.py"))
LOG = """\
2026-01-02 03:04:05,500 9 INFO db odoo.addons.m.tests.test_a: Starting A.test_one ...
2026-01-02 03:04:06,000 9 INFO db werkzeug: POST
2026-01-02 03:04:07,500 9 INFO db odoo.addons.m.tests.test_b: Starting B.test_one ...
2026-01-02 03:04:07,750 9 INFO db odoo.addons.m.tests.test_a: Starting A.test_two ...
2026-01-02 03:04:08,750 9 INFO db odoo.service.server: 3 post-tests in 3.25s, 9 queries
"""


@pytest.mark.parametrize("count", [1, 2, 3, 1000])
def test_nothing_is_left_out_or_run_twice(count):
    parts = shards.spread(count, {FILES[0].stem: 100.0})
    assert sorted(path for part in parts for path in part) == FILES
    assert len(parts) == min(count, len(FILES))


def test_a_long_file_has_its_shard_for_itself():
    first, second = shards.spread(2, {FILES[0].stem: 1e6})
    assert first == [FILES[0]]
    assert len(second) == len(FILES) - 1


def test_times_are_read_from_the_log():
    assert shards.measured(LOG) == {"test_a": 3.0, "test_b": 0.25}


def test_the_tags_name_files():
    assert shards.tags(FILES[:2]) == f"/{MODULE}/tests/{FILES[0].name},/{MODULE}/tests/{FILES[1].name}"
