"""The Odoo 19 source tree: the user's own (ODOO_DIR), or Debian's, unpacked into the cache."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from dev.stack import apt
from dev.stack.console import Problem, say

PACKAGE = "odoo-19"
PACKAGE_SUITE, LIBRARY_SUITE = "sid", "trixie"
# Where the symlinks of the Odoo package lead to.
LIBRARIES = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
# Debian leaves this file out (its licence); Odoo's main bundle names it, and reports an error when
# it isn't there. It only blurs the background of video calls.
LEFT_OUT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class Odoo:
    """An Odoo source tree: what goes on PYTHONPATH, the addons folders, a word for its version."""

    python_path: Path
    addons: tuple
    version: str


def odoo(settings):
    """The Odoo tree to use; fetched if there is none yet."""
    if settings.odoo_dir:
        return _own(Path(settings.odoo_dir).expanduser().resolve())
    home = settings.cache_dir / "odoo"
    complete = sorted(path for path in home.glob("[0-9]*") if path.is_dir())
    tree = complete[-1] if complete else _fetch(settings, home)
    packages = tree / "usr/lib/python3/dist-packages"
    stub = packages / "odoo/addons" / LEFT_OUT
    if not stub.exists():
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text("/* not in Debian's package */\n")
    return Odoo(packages, (packages / "odoo/addons",), tree.name)


def _own(tree):
    release = tree / "odoo/release.py"
    if not release.exists():
        raise Problem(
            f"ODOO_DIR={tree} holds no odoo/release.py",
            "Point it at the root of an Odoo 19 source tree.",
        )
    if "version_info = (19, 0" not in release.read_text():
        raise Problem(f"ODOO_DIR={tree} is not Odoo 19.0", "This module is written for Odoo 19.0.")
    addons = tuple(path for path in (tree / "odoo/addons", tree / "addons") if path.is_dir())
    return Odoo(tree, addons, f"own:{tree}")


def _fetch(settings, home):
    """Download and unpack aside, then rename: a killed fetch leaves nothing that looks whole."""
    apt.require_tools()
    uri, keyring = apt.debian_source(settings.debian_mirror)
    partial, debs = home / "partial", settings.cache_dir / "debs"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    client = apt.Apt(
        settings.cache_dir / "apt",
        [(uri, PACKAGE_SUITE, keyring), (uri, LIBRARY_SUITE, keyring)],
        settings.logs / "apt.log",
    )
    say(f"Odoo is not in the cache yet: fetching Debian's {PACKAGE} (120 MB) into {home}")
    client.update()
    version = client.candidate(PACKAGE)
    if not version:
        raise Problem(
            f"Debian's suite {PACKAGE_SUITE} at {uri} has no package {PACKAGE}",
            "Give an Odoo 19 source tree of your own: make demo ODOO_DIR=/path/to/odoo.",
        )
    shutil.rmtree(debs, ignore_errors=True)
    for number, name in enumerate((PACKAGE, *LIBRARIES), 1):
        say(f"  {number}/{len(LIBRARIES) + 1} {name}")
        client.download([f"{name}/{PACKAGE_SUITE if name == PACKAGE else LIBRARY_SUITE}"], debs)
    say("  unpacking")
    for deb in debs.glob("*.deb"):
        apt.unpack(deb, partial)
    dangling = apt.relocate_links(partial / "usr/lib/python3")
    if dangling:
        say(f"  note: {len(dangling)} links of the package lead nowhere, the first is {dangling[0]}")
    final = home / version.replace(":", "_")
    partial.rename(final)
    shutil.rmtree(debs, ignore_errors=True)
    return final
