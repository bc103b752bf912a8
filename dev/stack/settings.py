"""Where everything lives and which ports and names are used; read once from the environment.

Every command of the Makefile comes through here, so a wrong value is refused in one place.
"""

import hashlib
import os
import re
import shutil
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from dev.stack.console import Problem

REPO = Path(__file__).resolve().parent.parent.parent
DEV = REPO / "dev"
MODULE = "l10n_mx_facture"
PYTHON_VERSIONS = ((3, 11), (3, 13))  # what the pinned requirements and Odoo 19 both support


def _port(name, default):
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Problem(f"{name}={text} is not a port number", f"make demo {name}={default}")
    return int(text)


def _database():
    name = os.environ.get("DEMO_DB") or "demo"
    taken = name.startswith(("tpl_", "mod_", "work_", "test_", "postgres", "template"))
    if taken or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,50}", name):
        raise Problem(
            f"DEMO_DB={name} can't be the demo database's name",
            "For example: make demo DEMO_DB=demo.",
        )
    return name


def _cache_dir():
    chosen = os.environ.get("CACHE_DIR")
    if chosen:
        return Path(chosen).expanduser().resolve()
    return Path.home() / ".cache" / MODULE


@dataclass(frozen=True)
class Settings:
    """The knobs of the README, with their defaults."""

    odoo_port: int = field(default_factory=lambda: _port("ODOO_PORT", 8069))
    sandbox_port: int = field(default_factory=lambda: _port("SANDBOX_PORT", 8070))
    demo_db: str = field(default_factory=_database)
    cache_dir: Path = field(default_factory=_cache_dir)
    odoo_dir: str = field(default_factory=lambda: os.environ.get("ODOO_DIR", ""))
    debian_mirror: str = field(default_factory=lambda: os.environ.get("DEBIAN_MIRROR", ""))
    detach: bool = field(default_factory=lambda: os.environ.get("DETACH", "") not in ("", "0"))
    fresh: bool = field(default_factory=lambda: os.environ.get("FRESH", "") not in ("", "0"))

    def __post_init__(self):
        check_python()

    @property
    def logs(self):
        """What the programs printed; system tests have a folder of their own for it."""
        chosen = os.environ.get("L10N_MX_FACTURE_LOGS")
        return Path(chosen) if chosen else self._folder("logs")

    @property
    def run(self):
        """Pid files of what `make demo` started."""
        return self._folder("run")

    @property
    def data(self):
        """Odoo's data_dir: the filestores of all databases of the private cluster."""
        return self._folder("data")

    @cached_property
    def checkout(self):
        """Tells several checkouts of this repository apart inside one cache."""
        return hashlib.sha256(str(REPO).encode()).hexdigest()[:8]

    def _folder(self, name):
        folder = self.cache_dir / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def check_python():
    """Refuse an interpreter that Odoo 19 or the pinned packages don't support; look for another."""
    lowest, highest = PYTHON_VERSIONS
    if lowest <= sys.version_info[:2] <= highest:
        return
    for minor in range(highest[1], lowest[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other:
            os.execv(other, [other, *sys.orig_argv[1:]])
    raise Problem(
        f"{sys.executable} is Python {sys.version.split()[0]}; this needs "
        f"{lowest[0]}.{lowest[1]} to {highest[0]}.{highest[1]}",
        "Install one of these; or name it: make demo PYTHON=/path/to/python3.12.",
    )
