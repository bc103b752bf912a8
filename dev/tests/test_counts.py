"""Reading test results: a run that broke down must never count as passed."""

from dev.checks import counts
from dev.checks.counts import Count

STAMP = "2026-01-02 03:04:05,678 99"
SUMMARY = f"{STAMP} ERROR db odoo.tests.result: 2 failed, 1 error(s) of 9 tests when loading database 'db'"
ODOO = f"""\
{STAMP} INFO db odoo.addons.m.tests.test_a: Starting A.test_one ...
{STAMP} ERROR db odoo.addons.m.tests.test_a: FAIL: Subtest A.test_one (x=1)
Traceback (most recent call last):
  File "a.py"
AssertionError
{STAMP} ERROR db odoo.addons.m.tests.test_a: FAIL: Subtest A.test_one (x=2)
{STAMP} ERROR db odoo.addons.m.tests.test_a: ERROR: A.test_two
{STAMP} INFO db odoo.addons.m.tests.test_a: skipped A.test_three : not today
{STAMP} INFO db odoo.addons.m.tests.test_a: skipped Subtest A.test_four (x=1) : not this one
{SUMMARY}
"""


def test_odoo_counts_a_test_once_whatever_its_subtests():
    assert counts.of_odoo(ODOO) == Count(passed=6, failed=2, skipped=1)


def test_an_odoo_log_without_summary_has_passed_nothing():
    assert counts.of_odoo(ODOO.replace(SUMMARY, "")).passed == 0


def test_the_records_that_are_shown_are_the_errors_with_what_follows_them():
    shown = counts.error_records(ODOO)
    assert any("AssertionError" in line for line in shown)
    assert not any(" INFO " in line for line in shown)


def test_pytest_report(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="10" failures="2" errors="1" skipped="3"/></testsuites>')
    assert counts.of_pytest(report) == Count(passed=4, failed=3, skipped=3)


def test_no_pytest_report_is_no_test(tmp_path):
    assert counts.of_pytest(tmp_path / "none.xml") == Count()
