"""Every test file is in exactly one shard, whatever is known of its time."""

import pytest

from dev.checks import shards
from dev.stack.settings import MODULE, REPO

FILES = sorted(path for path in (REPO / "tests").glob("*/test_*.py") if path.parent.name != "unit")
LOG = """\
2026-01-02 03:04:05,500 9 INFO db odoo.addons.m.tests.stamp.test_a: Starting A.test_one ...
2026-01-02 03:04:06,000 9 INFO db werkzeug: POST
2026-01-02 03:04:07,500 9 INFO db odoo.addons.m.tests.stamp.test_b: Starting B.test_one ...
2026-01-02 03:04:07,750 9 INFO db odoo.addons.m.tests.stamp.test_a: Starting A.test_two ...
2026-01-02 03:04:08,750 9 INFO db odoo.service.server: 3 post-tests in 3.25s, 9 queries
"""


def paths(*runs):
    """The files that runs of `shards.plan` name."""
    return sorted(REPO / tag.removeprefix(f"/{MODULE}/") for tags, _modules in runs for tag in tags.split(","))


@pytest.mark.parametrize("count", [1, 2, 3, 1000])
def test_nothing_is_left_out_or_run_twice(count):
    workers = shards.plan(count, {shards.log_name(FILES[0]): 100.0})
    assert paths(*(run for runs in workers for run in runs)) == FILES
    assert len(workers) <= count


def test_a_long_file_has_its_shard_for_itself():
    first, second = shards.spread(FILES, 2, {shards.log_name(FILES[0]): 1e6})
    assert first == [FILES[0]]
    assert len(second) == len(FILES) - 1


def test_who_is_busy_gets_less():
    first, second = shards.spread(FILES, 2, {}, busy=1e6)
    assert not first
    assert second


def test_files_that_need_other_modules_run_in_one_database_that_has_them():
    (tags, modules), (others, none) = shards.plan(1, {})[0]
    assert modules == ("account_debit_note", "sale")
    assert paths((tags, modules)) == [path for path in FILES if shards.required(path)]
    assert not none
    assert "test_sales_orders" not in others


@pytest.mark.parametrize(
    "wanted, databases",
    [
        (f"/{MODULE}:TestStamp", [False]),
        (f"/{MODULE}:TestSalesOrders.test_dozens_of_what_is_kept_in_units", [True]),
        (f"/{MODULE}:TestStamp,/{MODULE}:TestDebitNotes", [False, True]),
        (f"/{MODULE}/tests/invoice/test_sales_orders.py", [True]),
        (f"/{MODULE}", [False, True]),
        (f"-/{MODULE}:TestStamp", [False, True]),
    ],
)
def test_chosen_tests_run_in_the_database_that_they_need(wanted, databases):
    runs = [run for runs in shards.chosen(wanted) for run in runs]
    assert [bool(modules) for _tags, modules in runs] == databases
    for tags, modules in runs:
        assert tags.startswith(f"{wanted},-")
        # what the other database has is left out
        assert (f"-/{MODULE}/tests/invoice/test_sales_orders.py" in tags) == (not modules)


def test_tests_of_another_module_run_in_the_plain_database():
    assert shards.chosen("/account:TestTax") == [[("/account:TestTax", ())]]


def test_times_are_read_from_the_log():
    assert shards.measured(LOG) == {"stamp.test_a": 3.0, "stamp.test_b": 0.25}


def test_the_tags_name_files():
    assert shards.tags(FILES[:2]) == ",".join(f"/{MODULE}/{path.relative_to(REPO)}" for path in FILES[:2])
