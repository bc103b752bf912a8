"""Virtual environments in the cache, each keyed by its interpreter and its pinned requirements."""

import hashlib
import importlib.util
import shutil
import sys
import time
from pathlib import Path

from dev.stack.console import Problem, run, say
from dev.stack.settings import DEV

HERE = Path(__file__).resolve().parent / "requirements"
UNUSED_DAYS = 14
CATALOGS = HERE / "catalogs.txt"
ODOO = HERE / "odoo.txt"
TESTS = HERE / "tests.txt"
OCA = HERE / "oca.txt"
REQUIREMENTS = {
    "odoo": (ODOO, TESTS),
    "sandbox": (DEV / "sandbox/requirements.txt", DEV / "sandbox/tests/requirements.txt"),
    "lint": (HERE / "lint.txt",),
    "bench": (ODOO, HERE / "bench.txt"),
}


def digest(*parts):
    """A short hash of texts and files."""
    total = hashlib.sha256()
    for part in parts:
        total.update((part.read_bytes() if isinstance(part, Path) else str(part).encode()) + b"\0")
    return total.hexdigest()[:12]


def python(settings, name):
    """The interpreter of the environment `name` (odoo, sandbox, lint or bench); built if needed."""
    requirements = REQUIREMENTS[name]
    for path in requirements:
        if not path.exists():
            raise Problem(f"{path} is missing", "Is the checkout complete?")
    key = digest(*map(_pins, requirements), sys.version, sys.base_prefix)
    home = settings.cache_dir / "venvs" / f"{name}-{key}"
    interpreter = home / "bin/python"
    if not (home / "complete").exists():
        log = settings.logs / f"venv-{name}.log"
        say(f"Python environment for {name}: packages from PyPI (log: {log})")
        _create(home, log)
        command = [interpreter, "-m", "pip", "install", "--prefer-binary", "--quiet"]
        for path in requirements:  # one after the other: a later file may lift a pin of a former one
            what = f"Installing the packages for {name} from PyPI"
            run([*command, "-r", path], log, what, "Is the network up?", brief=True)
        _remove_unused(home.parent, name)
    (home / "complete").touch()  # last used now
    return interpreter


def catalogs(settings):
    """(addons folder, version) of OCA's l10n_mx_catalogs, unpacked from PyPI."""
    version = CATALOGS.read_text().rpartition("==")[2].strip()
    return _addons(settings, "catalogs", CATALOGS, f"SAT's catalogues: l10n_mx_catalogs {version}"), version


def oca(settings):
    """The addons folder of OCA's CFDI, unpacked from PyPI; what it imports is in the environment `bench`."""
    return _addons(settings, "oca", OCA, "OCA's l10n_mx_cfdi_account")


def _addons(settings, name, requirements, what):
    """The addons folder of what `requirements` names, unpacked from PyPI without dependencies."""
    home = settings.cache_dir / name / digest(requirements)
    if not home.is_dir():
        say(f"{what} from PyPI")
        partial = home.with_name("partial")
        shutil.rmtree(partial, ignore_errors=True)
        pip = [python(settings, "odoo"), "-m", "pip", "install"]
        pip += ["--no-deps", "--quiet", "--disable-pip-version-check"]
        log = settings.logs / f"{name}.log"
        command = [*pip, "--target", partial, "-r", requirements]
        run(command, log, f"Fetching {what} from PyPI", "Is the network up?")
        partial.rename(home)
    return home / "odoo/addons"


def _remove_unused(folder, name):
    """Remove environments of former requirements that were not used for a while."""
    for mark in folder.glob(f"{name}-*/complete"):
        if time.time() - mark.stat().st_mtime > UNUSED_DAYS * 86400:
            shutil.rmtree(mark.parent, ignore_errors=True)


def _pins(path):
    lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    return "\n".join(line for line in lines if line)


def _create(home, log):
    shutil.rmtree(home, ignore_errors=True)
    remedy = "On Debian and Ubuntu: apt-get install python3-venv."
    if not importlib.util.find_spec("ensurepip"):
        raise Problem("Python's venv module is incomplete on this machine", remedy)
    run([sys.executable, "-m", "venv", home], log, "Creating a Python environment", remedy)
