"""make test: every part there is, one after the other; the last line is the count.

PART chooses parts (comma separated): lint, unit, sandbox, odoo, system. TAGS is passed to Odoo's
--test-tags. A part that runs no test at all has failed. The full logs are kept; of failures, what
matters is printed.
"""

import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

import processes
import venvs
from console import Problem, guarded, say, tail
from settings import MODULE, REPO, Settings
from stack import HERE, Stack, browser_env

EXCERPT = 150  # lines of a failed part's log that are shown


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


class Run:
    """One `make test`."""

    def __init__(self, settings):
        self.settings = settings
        self._stack = None

    @property
    def stack(self):
        """The stack; built by the first part that needs it."""
        if not self._stack:
            self._stack = Stack(self.settings)
        return self._stack

    def lint(self):
        """Ruff over everything, pylint-odoo over the module."""
        python = venvs.python(self.settings, "lint")
        commands = {
            "ruff": ["ruff", "check", "--quiet", "--output-format=concise", "."],
            "pylint-odoo": ["pylint", "--recursive=y", "."],
        }
        total = Count()
        for name, command in commands.items():
            log = self.settings.logs / f"test-{name}.log"
            code = _logged([python, "-m", *command], log, {})
            if code:
                _show(f"{name}:", tail(log, EXCERPT))
            total += Count(failed=1) if code else Count(passed=1)
        return total

    def unit(self):
        """Plain pytest of cfdi/ and pac/, with no Odoo in sight."""
        folder = REPO / "tests/unit"
        return self._pytest("unit", self.stack.python, folder, {})

    def sandbox(self):
        """The sandbox's own tests, in its own environment."""
        folder = HERE / "sandbox/tests"
        python = venvs.python(self.settings, "sandbox")
        return self._pytest("sandbox", python, folder, {})

    def odoo(self):
        """The module's tests in Odoo, against a sandbox of their own and with a real browser."""
        stack, databases = self.stack, self.stack.databases
        browser = browser_env(self.settings)
        template = databases.template()
        log = self.settings.logs / "test-odoo.log"
        with self._own_sandbox("odoo") as sandbox, databases.temporary(template) as database:
            command = stack.command(
                "-d",
                database,
                "-i",
                MODULE,
                f"--test-tags={os.environ.get('TAGS') or '/' + MODULE}",
                "--stop-after-init",
                "--max-cron-threads=0",
                f"--http-port={processes.free_port()}",
                f"--gevent-port={processes.free_port()}",
            )
            env = {**stack.env, **browser, "L10N_MX_FACTURE_SANDBOX": sandbox.url}
            code = _logged(command, log, env)
        return _odoo_count(log, code)

    def system(self):
        """Real processes, crashes, several workers: they build what they need with stack.Stack."""
        stack = self.stack
        path = os.pathsep.join((str(HERE), str(stack.odoo.python_path)))
        env = {**stack.env, **browser_env(self.settings), "PYTHONPATH": path}
        env["L10N_MX_FACTURE_TEMPLATE"] = stack.databases.module_template()
        folder = HERE / "system"
        return self._pytest("system", stack.python, folder, env)

    def _own_sandbox(self, name):
        folder = self.settings.cache_dir / "test" / f"sandbox-{name}-{os.getpid()}"
        shutil.rmtree(folder.parent, ignore_errors=True)
        return self.stack.sandbox(folder, log=self.settings.logs / f"test-{name}-sandbox.log")

    def _pytest(self, name, python, folder, env):
        log, report = (self.settings.logs / f"test-{name}.{kind}" for kind in ("log", "xml"))
        report.unlink(missing_ok=True)
        command = [python, "-m", "pytest", "-p", "no:cacheprovider", "--tb=short", "-q"]
        code = _logged([*command, f"--junitxml={report}"], log, env, folder)
        count = _junit_count(report)
        if code and not count.failed:
            count += Count(failed=1)
        if count.failed:
            _show(f"{name}:", tail(log, EXCERPT))
        return count


PARTS = {
    # name: what must exist in the checkout for the part to be there
    "lint": "pyproject.toml",
    "unit": "tests/unit",
    "sandbox": "dev/sandbox/tests",
    "odoo": "tests",
    "system": "dev/system",
}


def _logged(command, log, env, folder=REPO):
    """Run a command with its output in a log; its exit code."""
    with log.open("wb") as output:
        return subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **env},
            cwd=folder,
            check=False,
        ).returncode


def _show(title, lines):
    print(title)
    for line in lines:
        print("    " + line)
    sys.stdout.flush()


def _junit_count(report):
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


def _odoo_count(log, code):
    """Counts of an Odoo test run from its log; shows what went wrong in it."""
    text = log.read_text(errors="replace")
    total = Count(skipped=len(re.findall(r"(?m)^\S+ \S+ \d+ INFO .*: skipped ", text)))
    for failures, errors, tests in re.findall(
        r"(\d+) failed, (\d+) error\(s\) of (\d+) tests", text
    ):
        failed = int(failures) + int(errors)
        total += Count(int(tests) - failed, failed)
    total.passed = max(0, total.passed - total.skipped)
    if code and not total.failed:
        total += Count(failed=1)
    if total.failed:
        _show("odoo:", _error_blocks(text) or tail(log, 30))
    return total


def _error_blocks(text):
    """The log's ERROR and CRITICAL records with the lines that follow them."""
    lines, inside = [], False
    for line in text.splitlines():
        record = re.match(r"\d{4}-\d\d-\d\d \S+ \d+ (\w+) ", line)
        if record:
            inside = record.group(1) in ("ERROR", "CRITICAL")
        if inside:
            lines.append(line)
    return lines[:EXCERPT]


def _chosen():
    wanted = [part.strip() for part in (os.environ.get("PART") or ",".join(PARTS)).split(",")]
    unknown = set(wanted) - set(PARTS)
    if unknown:
        raise Problem(f"PART={','.join(sorted(unknown))} is unknown", f"Parts: {', '.join(PARTS)}.")
    return [part for part in PARTS if part in wanted]


def main():
    """Run the chosen parts; exit code 1 unless all of them ran and passed."""
    run, total = Run(Settings()), Count()
    for part in _chosen():
        if not (REPO / PARTS[part]).exists():
            say(f"{part}: {PARTS[part]} isn't there")
            if os.environ.get("PART"):
                total += Count(failed=1)
            continue
        say(f"{part} ...")
        began = time.monotonic()
        try:
            count = getattr(run, part)()
        except Problem as problem:
            print(f"    {problem}", flush=True)
            count = Count(failed=1)
        if not count.passed and not count.failed:
            print(f"    no test ran in this part; see {run.settings.logs}", flush=True)
            count += Count(failed=1)
        say(f"{part}: {count} ({time.monotonic() - began:.0f} s)")
        total += count
    say(f"logs: {run.settings.logs}")
    print(f"{total.passed} passed, {total.failed} failed", flush=True)
    sys.exit(1 if total.failed or not total.passed else 0)


if __name__ == "__main__":
    with guarded():
        main()
