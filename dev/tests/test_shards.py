"""Every test file is in exactly one shard, whatever is known of its time."""

import pytest

from dev.checks import shards
from dev.checks.shards import Shard
from dev.stack.settings import MODULE, REPO

FILES = shards.files()
(SALE,) = (path for path in FILES if path.stem == "test_sales_orders")
LOG = """\
2026-01-02 03:04:05,500 9 INFO db odoo.addons.m.tests.test_a: Starting A.test_one ...
2026-01-02 03:04:06,000 9 INFO db werkzeug: POST
2026-01-02 03:04:07,500 9 INFO db odoo.addons.m.tests.stamp.test_b: Starting B.test_one ...
2026-01-02 03:04:07,750 9 INFO db odoo.addons.m.tests.test_a: Starting A.test_two ...
2026-01-02 03:04:08,750 9 INFO db odoo.service.server: 3 post-tests in 3.25s, 9 queries
"""


def paths(*plan):
    """The files that the shards name."""
    return sorted(REPO / tag.removeprefix(f"/{MODULE}/") for shard in plan for tag in shard.tags.split(","))


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Function that writes test files, by their path below tests/, and tells where they are."""
    monkeypatch.setattr(shards, "REPO", tmp_path)
    monkeypatch.setattr(shards, "TESTS", tmp_path / "tests")
    monkeypatch.setattr(shards, "PLAIN", tmp_path / "tests/unit")

    def write(**texts):
        for name, text in texts.items():
            path = tmp_path / "tests" / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / "tests"

    return write


@pytest.mark.parametrize("count", [1, 2, 3, 1000])
def test_nothing_is_left_out_or_run_twice(count):
    plan = shards.plan(count, {FILES[0].stem: 100.0})
    assert paths(*plan) == FILES
    assert len([shard for shard in plan if shard.name.isdigit()]) <= count
    assert len({shard.name for shard in plan}) == len(plan)


def test_a_long_file_has_its_shard_for_itself():
    first, second = shards.spread(FILES, 2, {FILES[0].stem: 1e6})
    assert first == [FILES[0]]
    assert len(second) == len(FILES) - 1


def test_no_process_is_without_files(tree):
    tests = tree(test_a="def test_one():\n", test_b="", test_c="class TestC:\n    def test_one(self):\n")
    assert all(shards.spread(sorted(tests.iterdir()), 3, {}, "unit/"))


def test_times_of_a_part_are_its_own():
    first, second = shards.spread(FILES[:3], 2, {FILES[0].stem: 1.0, f"unit/{FILES[1].stem}": 1e6}, "unit/")
    assert [FILES[1]] in (first, second)


def test_files_that_need_other_modules_run_in_one_database_that_has_them():
    plan = {shard.name: shard for shard in shards.plan(1, {})}
    assert plan["modules"].modules == ("account_debit_note", "account_tax_python", "loyalty", "sale")
    assert paths(plan["modules"]) == [path for path in FILES if shards.required(path)]
    assert not plan["0"].modules
    assert "test_sales_orders" not in plan["0"].tags


def test_files_with_a_browser_run_in_one_process():
    plan = {shard.name: shard for shard in shards.plan(2, {})}
    assert {"test_cancel", "test_evidence"} <= {path.stem for path in paths(plan["browser"])}
    assert "test_stamp" not in {path.stem for path in paths(plan["browser"])}


def test_files_are_found_in_folders_but_not_those_of_pytest(tree):
    tests = tree(test_a="", stamp__test_b="", stamp__case="", unit__test_c="", unit__cfdi__test_d="")
    assert shards.files() == [tests / "stamp/test_b.py", tests / "test_a.py"]
    assert shards.tags(shards.files()) == f"/{MODULE}/tests/stamp/test_b.py,/{MODULE}/tests/test_a.py"


@pytest.mark.parametrize("line", ["from ..support.sale_case import SaleCase", "from .own_case import SaleCase"])
def test_what_a_base_class_needs_is_found_in_its_file(tree, line):
    base = 'class SaleCase:\n    requires = ("sale",)\n'
    tests = tree(support__sale_case=base, origin__own_case=base, origin__test_a=f"{line}\nclass TestA(SaleCase):\n")
    assert shards.required(tests / "origin/test_a.py") == {"sale"}


def test_a_test_class_that_was_not_started_is_named(tree):
    tree(test_a="class TestA(Case):\nclass TestB(Case):\nclass Watcher:\n", stamp__test_b="class TestC(Case):\n")
    assert shards.not_started({("test_a", "TestA")}) == [("test_a", "TestB"), ("test_b", "TestC")]
    assert shards.started(LOG) == {("test_a", "A"), ("test_b", "B")}


@pytest.mark.parametrize(
    "wanted, databases",
    [
        (f"/{MODULE}:TestStamp", [False]),
        (f"/{MODULE}:TestSalesOrders.test_dozens_of_what_is_kept_in_units", [True]),
        (f"/{MODULE}:TestStamp,/{MODULE}:TestDebitNotes", [False, True]),
        (shards.tags([SALE]), [True]),
        (f"/{MODULE}", [False, True]),
        (f"-/{MODULE}:TestStamp", [False, True]),
    ],
)
def test_chosen_tests_run_in_the_database_that_they_need(wanted, databases):
    plan = shards.chosen(wanted)
    assert [bool(shard.modules) for shard in plan] == databases
    for shard in plan:
        assert shard.tags.startswith(f"{wanted},-")
        # what the other database has is left out
        assert (f"-{shards.tags([SALE])}" in shard.tags) == (not shard.modules)


def test_tests_of_another_module_run_in_the_plain_database():
    assert shards.chosen("/account:TestTax") == [Shard("0", "/account:TestTax")]


def test_times_are_read_from_the_log():
    assert shards.measured(LOG) == {"test_a": 3.0, "test_b": 0.25}


def test_times_are_read_from_pytest_s_report(tmp_path):
    report = tmp_path / "report.xml"
    cases = (("test_a.py", 1.5), ("test_a.py", 0.5), ("cfdi/test_b.py", 3))
    lines = (f'<testcase file="{file}" time="{seconds}"/>' for file, seconds in cases)
    report.write_text(f"<testsuites><testsuite>{''.join(lines)}</testsuite></testsuites>")
    assert shards.of_pytest(report, "unit/") == {"unit/test_a": 2.0, "unit/test_b": 3.0}


def test_the_tags_name_files():
    first, second = (path.relative_to(REPO) for path in FILES[:2])
    assert shards.tags(FILES[:2]) == f"/{MODULE}/{first},/{MODULE}/{second}"
