"""Databases: a template with Odoo, Mexico's chart and SAT's catalogues installed once, and copies.

Installing `l10n_mx` and the catalogues takes a minute; copying a database takes a second. The
template is keyed by all that went into it, so a new Odoo, catalogue or recipe makes a new one. It
gets its name when it is finished: a killed command leaves only a `work_<pid>` database, which the
next one drops.
"""

import contextlib
import os
import shutil
from datetime import date, timedelta
from pathlib import Path

from dev.stack import lock, venvs
from dev.stack.console import say
from dev.stack.settings import MODULE, REPO

MODULES = "base,web,account,l10n_mx,l10n_mx_catalogs"
LANGUAGE = "es_MX"
RECIPE = Path(__file__).resolve().parent / "template.py"
# What of the checkout doesn't change how the module installs and runs.
NOT_THE_MODULE = {".git", ".ci", "dev", "tests", "__pycache__", ".ruff_cache", ".pytest_cache"}
NOT_THE_MODULE_FILES = {".pyc", ".rst", ".md", ".png", ".toml"}
TEMPORARY = ("work_", "test_")  # followed by the id of the process that uses it


class Databases:
    """The databases of a stack's cluster, each with its filestore."""

    def __init__(self, stack):
        self.stack, self.cluster = stack, stack.cluster
        self.filestores = stack.settings.data / "filestore"

    def template(self):
        """The name of the template database; made if there is none for the present versions."""
        stack = self.stack
        versions = (stack.odoo.version, stack.catalogs_version, self.cluster.major)
        key = venvs.digest(*versions, MODULES, LANGUAGE, venvs.ODOO, RECIPE)
        name = f"tpl_{key}"
        with lock.building(stack.settings):
            if name not in self.cluster.databases():
                self._make_template(name)
                self._drop_unused_templates()
            today = date.today().isoformat()
            if self.cluster.comment(name) != today:
                self.cluster.comment(name, today)  # last used on
        return name

    def module_template(self):
        """The name of a template database that has the module of this checkout installed, too."""
        base = self.template()
        family = f"mod_{self.stack.settings.checkout}_"
        name = family + module_digest(base)
        with lock.building(self.stack.settings):
            databases = self.cluster.databases()
            if name not in databases:
                for old in databases:
                    if old.startswith(family):
                        self.drop(old)
                say(f"database template with {MODULE} installed")
                with self._under_construction(name, base) as work:
                    self.stack.run_odoo(work, "-i", MODULE, what=f"Installing {MODULE}")
        return name

    def create(self, name, template):
        """Copy a database with its filestore.

        By hard links: Odoo never changes a stored file, it only unlinks it.
        """
        self.drop(name)
        self.cluster.create(name, template)
        source = self.filestores / template
        if source.is_dir():
            shutil.copytree(source, self.filestores / name, copy_function=os.link)

    def drop(self, name):
        """Drop a database with its filestore."""
        self.cluster.drop(name)
        shutil.rmtree(self.filestores / name, ignore_errors=True)

    def drop_abandoned(self):
        """Drop what killed commands left behind: temporary databases whose process is gone."""
        for name in self.cluster.databases():
            if name.startswith(TEMPORARY):
                pid = name.split("_")[1]
                if pid.isdigit() and not Path(f"/proc/{pid}").exists():
                    self.drop(name)

    @contextlib.contextmanager
    def temporary(self, template, number=0):
        """A copy of a template, dropped at the end; yields its name."""
        name = f"test_{os.getpid()}_{number}"
        self.create(name, template)
        try:
            yield name
        finally:
            self.drop(name)

    def _make_template(self, name):
        say(f"database template: installing {MODULES} with {LANGUAGE} (about two minutes, once)")
        with self._under_construction(name) as work:
            arguments = ("-i", MODULES, f"--load-language={LANGUAGE}", "--without-demo")
            self.stack.run_odoo(work, *arguments, what="Installing Odoo into the template database")
            self.stack.run_script(work, RECIPE, what="Making the template's company Mexican")
        say("database template: done")

    def _drop_unused_templates(self):
        """Drop templates of former versions that were not used for a while."""
        limit = (date.today() - timedelta(days=venvs.UNUSED_DAYS)).isoformat()
        for name in self.cluster.databases():
            if name.startswith("tpl_") and "" < self.cluster.comment(name) < limit:
                self.drop(name)

    @contextlib.contextmanager
    def _under_construction(self, final, template="template0"):
        """A working database that gets its final name when all went well."""
        work = f"work_{os.getpid()}"
        self.create(work, template)
        try:
            yield work
        except BaseException:
            self.drop(work)
            raise
        shutil.rmtree(self.filestores / final, ignore_errors=True)
        if (self.filestores / work).is_dir():
            (self.filestores / work).rename(self.filestores / final)
        self.cluster.sql(f'ALTER DATABASE "{work}" RENAME TO "{final}"')


def module_digest(*more):
    """Hash of all files of the module itself (not its tests, nor dev/)."""
    parts = []
    for folder, folders, names in os.walk(REPO):
        folders[:] = sorted(name for name in folders if name not in NOT_THE_MODULE)
        for path in (Path(folder, name) for name in sorted(names)):
            if path.suffix and path.suffix not in NOT_THE_MODULE_FILES:
                parts += [str(path.relative_to(REPO)), path]
    return venvs.digest(*parts, *more)
