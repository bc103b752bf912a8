"""make test: every part there is, one after the other; the last line is the count.

PART chooses parts (comma separated): lint, unit, tools, sandbox, odoo, system. TAGS is passed to
Odoo's --test-tags. JOBS: how many Odoo processes share the part odoo. A part that runs no test at
all has failed. The full logs are kept; of failures, what matters is printed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

from dev.checks import counts, shards
from dev.checks.counts import Count
from dev.stack import processes, venvs
from dev.stack.console import Problem, guarded, say, tail
from dev.stack.settings import DEV, MODULE, REPO, Settings
from dev.stack.stack import Stack, browser_env

EXCERPT = 150  # lines of a failed part's log that are shown
KEPT_RUNS = 10


class Run:
    """One `make test`."""

    def __init__(self, settings):
        self.settings = settings
        self.logs = _new_log_folder(settings)
        self._stack = None

    @property
    def stack(self):
        """The stack; built by the first part that needs it."""
        if not self._stack:
            self._stack = Stack(self.settings)
        return self._stack

    def lint(self):
        """Ruff over everything, pylint-odoo over the module, and the rules of the packages of models/."""
        python = venvs.python(self.settings, "lint")
        commands = {
            "ruff": ["ruff", "check", "--quiet", "--output-format=concise", "."],
            "pylint-odoo": ["pylint", "--recursive=y", "."],
            "packages": ["dev.checks.rooms"],
        }
        total = Count()
        for name, command in commands.items():
            log = self.logs / f"{name}.log"
            code = _logged([python, "-m", *command], log, {})
            if code:
                _show(f"{name}:", tail(log, EXCERPT))
            total += Count(failed=1) if code else Count(passed=1)
        return total

    def unit(self):
        """Plain pytest of cfdi/ and pac/, with no Odoo in sight."""
        folder = REPO / "tests/unit"
        return self._pytest("unit", self.stack.python, folder, {})

    def tools(self):
        """The tests of dev/ itself: what provisions, starts and counts."""
        return self._pytest("tools", self.stack.python, DEV / "tests", {})

    def sandbox(self):
        """The sandbox's own tests, in its own environment."""
        folder = DEV / "sandbox/tests"
        python = venvs.python(self.settings, "sandbox")
        return self._pytest("sandbox", python, folder, {})

    def odoo(self):
        """The module's tests in Odoo, spread over JOBS processes (as many as there are processors).

        Tests of what comes with optional modules run in a database that has these, the others in one without.
        """
        stack = self.stack
        self.browser = browser_env(self.settings)
        template = stack.databases.template()
        venvs.python(self.settings, "sandbox")
        wanted = os.environ.get("TAGS")
        plan = shards.chosen(wanted) if wanted else shards.plan(_jobs(), shards.remembered(self.settings))
        with ThreadPoolExecutor(_jobs()) as pool:
            return sum(pool.map(self._odoo_worker, range(len(plan)), plan, repeat(template)), Count())

    def _odoo_worker(self, number, runs, template):
        """What one of the JOBS processes has to do, one thing after the other."""
        total = Count()
        for tags, modules in runs:
            count = self._odoo_shard(f"{number}-modules" if modules else str(number), tags, modules, template)
            if modules and (count.skipped or not (count.passed or count.failed or os.environ.get("TAGS"))):
                print(f"    tests that need {', '.join(modules)} did not run", flush=True)
                count += Count(failed=1)
            total += count
        return total

    def _odoo_shard(self, name, tags, modules, template):
        """One Odoo process with a database and a sandbox of its own; `modules` are installed before ours."""
        stack, log = self.stack, self.logs / f"odoo-{name}.log"
        with (
            tempfile.TemporaryDirectory() as folder,
            stack.sandbox(Path(folder), log=self.logs / f"odoo-{name}-sandbox.log") as sandbox,
            stack.databases.temporary(template, name.replace("-", "_")) as database,
        ):
            command = stack.command(
                "-d",
                database,
                "-i",
                ",".join((*modules, MODULE)),
                f"--test-tags={tags}",
                "--stop-after-init",
                "--max-cron-threads=0",
                f"--http-port={processes.free_port()}",
                f"--gevent-port={processes.free_port()}",
            )
            env = {**stack.env, **self.browser, "L10N_MX_FACTURE_SANDBOX": sandbox.url}
            code = _logged(command, log, env)
        text = log.read_text(errors="replace")
        count = counts.of_odoo(text)
        if code and not count.failed:
            count += Count(failed=1)
        if count.failed:
            _show(f"{log}:", counts.error_records(text)[:EXCERPT] or tail(log, 30))
        shards.remember(self.settings, shards.measured(text))
        return count

    def system(self):
        """Real processes, crashes, several workers: they build what they need with stack.Stack."""
        stack = self.stack
        env = {**stack.env, **browser_env(self.settings), "PYTHONPATH": stack.python_path}
        env["L10N_MX_FACTURE_LOGS"] = str(self.logs)
        env["L10N_MX_FACTURE_TEMPLATE"] = stack.databases.module_template()
        folder = DEV / "system"
        return self._pytest("system", stack.python, folder, env)

    def _pytest(self, name, python, folder, env):
        log, report = (self.logs / f"{name}.{kind}" for kind in ("log", "xml"))
        command = [python, "-m", "pytest", "-p", "no:cacheprovider", "--tb=short", "-q"]
        code = _logged([*command, f"--junitxml={report}"], log, env, folder)
        count = counts.of_pytest(report)
        if code and not count.failed:
            count += Count(failed=1)
        if count.failed:
            _show(f"{name}:", tail(log, EXCERPT))
        return count


PARTS = {
    # name: what must exist in the checkout for the part to be there
    "lint": "pyproject.toml",
    "unit": "tests/unit",
    "tools": "dev/tests",
    "sandbox": "dev/sandbox/tests",
    "odoo": "tests",
    "system": "dev/system",
}


def _jobs():
    chosen = os.environ.get("JOBS") or str(min(4, os.cpu_count() or 1))
    if not chosen.isdigit() or not int(chosen):
        raise Problem(f"JOBS={chosen} is not a number of processes", "For example: make test JOBS=2.")
    return int(chosen)


def _new_log_folder(settings):
    """A folder for this run's logs; of former runs, only the newest are kept."""
    home = settings.logs / "tests"
    home.mkdir(exist_ok=True)
    for old in sorted(home.iterdir())[:-KEPT_RUNS]:
        shutil.rmtree(old, ignore_errors=True)
    folder = home / f"{time.strftime('%Y-%m-%d_%H-%M-%S')}_{os.getpid()}"
    folder.mkdir()
    return folder


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
            print(f"    no test ran in this part; see {run.logs}", flush=True)
            count += Count(failed=1)
        say(f"{part}: {count} ({time.monotonic() - began:.0f} s)")
        total += count
    say(f"logs: {run.logs}")
    print(f"{total.passed} passed, {total.failed} failed", flush=True)
    sys.exit(1 if total.failed or not total.passed else 0)


if __name__ == "__main__":
    with guarded():
        main()
