"""Reading how a part of the tests went: from pytest's JUnit report and from Odoo's log."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass


@dataclass
class Count:
    """How a part went."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Count(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
        )

    def __str__(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def of_pytest(report):
    """Counts of a pytest run from its JUnit report; nothing if it wasn't written."""
    if not report.exists():
        return Count()
    total = Count()
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        number = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
        failed = number["failures"] + number["errors"]
        passed = number["tests"] - failed - number["skipped"]
        total += Count(passed, failed, number["skipped"])
    return total


def of_odoo(text):
    """Counts of an Odoo test run from the text of its log.

    A test is counted once, however many of its subtests failed or were skipped; a failure outside of a test (such
    as in setUpClass) counts as one more.
    """
    skipped = len(re.findall(r"(?m)^\S+ \S+ \d+ INFO .*: skipped (?!Subtest)", text))
    # Odoo sums up at the end of the run; there is no such line if it broke down before.
    summary = re.findall(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests", text)
    tests = sum(int(count) for _failures, _errors, count in summary)
    bad = sum(int(failures) + int(errors) for failures, errors, _count in summary)
    names = re.findall(r"(?m)^\S+ \S+ \d+ ERROR .*: (?:FAIL|ERROR): (?:Subtest )?(\S+)", text)
    failed = len(set(names)) or min(bad, 1)
    return Count(max(0, tests - failed - skipped), failed, skipped)


def error_records(text):
    """The log's ERROR and CRITICAL records with the lines that follow them."""
    lines, inside = [], False
    for line in text.splitlines():
        record = re.match(r"\d{4}-\d\d-\d\d \S+ \d+ (\w+) ", line)
        if record:
            inside = record.group(1) in ("ERROR", "CRITICAL")
        if inside:
            lines.append(line)
    return lines
