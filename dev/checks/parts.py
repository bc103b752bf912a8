"""The parts of `make test`, each as jobs (dev/checks/jobs.py), with their logs and what of a failure is shown."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

from dev.checks import counts, shards
from dev.checks.counts import Count
from dev.checks.jobs import Job
from dev.demo.printing import environment as printing_env
from dev.stack import lock, processes, venvs
from dev.stack.console import Problem, tail
from dev.stack.settings import MODULE, REPO
from dev.stack.stack import Stack, browser_env

EXCERPT = 150  # lines of a failed part's log that are shown
KEPT_RUNS = 10
FOLDERS = {
    # part: what must exist in the checkout for it to be there
    "lint": "pyproject.toml",
    "unit": "tests/unit",
    "tools": "dev/tests",
    "sandbox": "dev/sandbox/tests",
    "odoo": "tests",
    "system": "dev/system",
}


class Parts:
    """What one `make test` may run; a part builds what its jobs need before it returns them."""

    def __init__(self, settings, processes):
        """:param processes: how many may compute at the same time"""
        self.settings, self.processes = settings, processes
        self.logs = _new_log_folder(settings)
        self.times = shards.remembered(settings)
        self._seen = set()  # tests in Odoo that were started
        self._running, self._printing = set(), threading.Lock()

    @cached_property
    def stack(self):
        """The stack; built by the first part that needs it."""
        return Stack(self.settings)

    def jobs(self, part):
        """The jobs of a part; a Problem is a failure, whether it comes up here or in a job."""
        try:
            return [replace(job, work=partial(self._guarded, job.work)) for job in getattr(self, part)()]
        except Problem as problem:
            return [Job(part, partial(self._fail, problem))]

    def left_out(self, part):
        """A failure for each test class of which no test was started; only Odoo leaves something out unasked."""
        if part != "odoo" or os.environ.get("TAGS"):
            return Count()
        classes = shards.not_started(self._seen)
        return sum((self._fail(f"{file}.{name}: no test of it was started") for file, name in classes), Count())

    def end(self):
        """End what still runs, as Ctrl-C does."""
        for process in list(self._running):
            process.send_signal(signal.SIGINT)

    # -- the parts ------------------------------------------------------------------------------

    def lint(self):
        """Ruff over everything, pylint-odoo over the module, and the rules of the packages of models/."""
        python = venvs.python(self.settings, "lint")
        commands = {
            "ruff": ["ruff", "check", "--quiet", "--output-format=concise", "."],
            "pylint-odoo": ["pylint", "--recursive=y", "."],
            "packages": ["dev.checks.rooms"],
        }
        return [Job("lint", partial(self._lint, name, [python, "-m", *one]), 5) for name, one in commands.items()]

    def unit(self):
        """Plain pytest of cfdi/ and pac/, with no Odoo in sight; its files are spread over the processes."""
        files = sorted((REPO / FOLDERS["unit"]).rglob("test_*.py"))
        return self._pytest_jobs("unit", self.stack.python, files, self.processes)

    def tools(self):
        """The tests of dev/ itself: what provisions, starts and counts."""
        return self._pytest_jobs("tools", self.stack.python, sorted((REPO / FOLDERS["tools"]).glob("test_*.py")))

    def sandbox(self):
        """The sandbox's own tests, in its own environment."""
        files = sorted((REPO / FOLDERS["sandbox"]).glob("test_*.py"))
        return self._pytest_jobs("sandbox", venvs.python(self.settings, "sandbox"), files)

    def odoo(self):
        """The module's tests in Odoo, each of the processes with a database and a sandbox of its own.

        All of them are run after the installation (post_install), so a copy of the module's template will do. Where
        other modules are needed, these are installed before ours.
        """
        self.programs = self._programs()
        venvs.python(self.settings, "sandbox")
        databases, wanted = self.stack.databases, os.environ.get("TAGS")
        plan = shards.chosen(wanted) if wanted else shards.plan(self.processes, self.times)
        templates = {bool(one.modules) for one in plan}
        templates = {more: databases.template() if more else databases.module_template() for more in templates}
        return [Job("odoo", partial(self._odoo, shard, templates[bool(shard.modules)]), shard.cost) for shard in plan]

    def system(self):
        """Real processes, crashes, several workers: they build what they need with stack.Stack."""
        env = {**self.stack.env, **browser_env(self.settings), "PYTHONPATH": self.stack.python_path}
        env["L10N_MX_FACTURE_TEMPLATE"] = self.stack.databases.module_template()
        files = sorted((REPO / FOLDERS["system"]).glob("test_*.py"))
        # with servers and a cluster of its own
        chaos = [path for path in files if path.stem == "test_chaos"]
        jobs = []
        for name, some in (("system-chaos", chaos), ("system", [path for path in files if path not in chaos])):
            logs = self.logs / name
            logs.mkdir()
            work = partial(self._pytest, name, self.stack.python, some, env | {"L10N_MX_FACTURE_LOGS": str(logs)})
            jobs.append(Job("system", work, 200, waits=True))
        return jobs

    # -- their work -----------------------------------------------------------------------------

    def _lint(self, name, command):
        log = self.logs / f"{name}.log"
        if not self._logged(command, log, {}):
            return Count(passed=1)
        self._show(f"{name}:", tail(log, EXCERPT))
        return Count(failed=1)

    def _pytest_jobs(self, part, python, files, number=1):
        """The test files of a part, in so many processes."""
        lists = shards.spread(files, number, self.times, f"{part}/")
        names = [part if number == 1 else f"{part}-{count}" for count in range(len(lists))]
        costs = (sum(shards.costs(some, self.times, f"{part}/").values()) for some in lists)
        works = (partial(self._pytest, name, python, some) for name, some in zip(names, lists, strict=True))
        return [Job(part, work, cost) for work, cost in zip(works, costs, strict=True)]

    def _pytest(self, name, python, files, env=None):
        """Run test files of one folder."""
        log, report = (self.logs / f"{name}.{kind}" for kind in ("log", "xml"))
        command = [python, "-m", "pytest", "-p", "no:cacheprovider", "--tb=short", "-q", "-o", "junit_family=xunit1"]
        part = name.partition("-")[0]
        folder = REPO / FOLDERS[part]
        code = self._logged([*command, f"--junitxml={report}", *files], log, env or {}, folder)
        count = counts.of_pytest(report)
        if code and not count.failed:
            count += Count(failed=1)
        if count.failed:
            self._show(f"{name}:", tail(log, EXCERPT))
        with self._printing:
            shards.remember(self.settings, shards.of_pytest(report, f"{part}/"))
        return count

    def _programs(self):
        """PATH with a browser, and with what Odoo prints with where it can be had."""
        browser = browser_env(self.settings)
        with lock.building(self.settings):
            printing = printing_env(self.settings)
        return {"PATH": os.pathsep.join(filter(None, [browser["PATH"], printing.get("PATH")]))}

    def _odoo(self, shard, template):
        """One Odoo process."""
        stack, name = self.stack, f"odoo-{shard.name}"
        log = self.logs / f"{name}.log"
        with (
            tempfile.TemporaryDirectory() as folder,
            stack.sandbox(Path(folder), log=self.logs / f"{name}-sandbox.log") as sandbox,
            stack.databases.temporary(template, shard.name) as database,
        ):
            install = ["-i", ",".join((*shard.modules, MODULE))] if shard.modules else []
            command = stack.command(
                *("-d", database, *install, f"--test-tags={shard.tags}", "--stop-after-init", "--max-cron-threads=0"),
                f"--http-port={processes.free_port()}",
                f"--gevent-port={processes.free_port()}",
            )
            env = {**stack.env, **self.programs, "L10N_MX_FACTURE_SANDBOX": sandbox.url}
            code = self._logged(command, log, env)
        text = log.read_text(errors="replace")
        count = counts.of_odoo(text)
        if code and not count.failed:
            count += Count(failed=1)
        if count.failed:
            self._show(f"{log}:", counts.error_records(text)[:EXCERPT] or tail(log, 30))
        if shard.modules and (count.skipped or not (count.passed or count.failed or os.environ.get("TAGS"))):
            count += self._fail(f"tests that need {', '.join(shard.modules)} did not run")
        with self._printing:
            shards.remember(self.settings, shards.measured(text))
            self._seen |= shards.started(text)
        return count

    def _guarded(self, work):
        try:
            return work()
        except Problem as problem:
            return self._fail(problem)

    def _fail(self, why):
        self._show(f"    {why}", [])
        return Count(failed=1)

    def _logged(self, command, log, env, folder=REPO):
        """Run a command with its output in a log; its exit code."""
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **env},
                cwd=folder,
            )
            self._running.add(process)
            try:
                return process.wait()
            finally:
                self._running.discard(process)

    def _show(self, title, lines):
        """Print what one job has to say, undisturbed by the others."""
        with self._printing:
            print(title, *("    " + line for line in lines), sep="\n")
            sys.stdout.flush()


def _new_log_folder(settings):
    """A folder for this run's logs; of runs that are over, only the newest are kept."""
    home = settings.logs / "tests"
    home.mkdir(parents=True, exist_ok=True)
    over = [path for path in sorted(home.iterdir()) if not Path("/proc", path.name.rpartition("_")[2]).exists()]
    for old in over[:-KEPT_RUNS]:
        shutil.rmtree(old, ignore_errors=True)
    folder = home / f"{time.strftime('%Y-%m-%d_%H-%M-%S')}_{os.getpid()}"
    folder.mkdir()
    return folder
