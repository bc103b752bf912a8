"""The browser for browser tests: the machine's own, or Debian's unpacked into the cache."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from dev.stack import apt
from dev.stack.console import Problem, say

NAMES = (
    "google-chrome",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
)  # what Odoo's HttpCase looks for
FONTS = "fonts-dejavu-core"
FLAGS = "--disable-background-networking --no-first-run"


def browser(settings):
    """Path of a Chromium that starts; fetched if the machine has none."""
    for name in NAMES:
        found = shutil.which(name)
        if found and _version(found):
            return Path(found)
    wrapper = settings.cache_dir / "chromium" / "bin" / "chromium"
    if not wrapper.exists():
        _fetch(settings, wrapper.parent.parent)
    if not _version(wrapper):
        raise Problem(
            f"{wrapper} doesn't start",
            f"Remove {wrapper.parent.parent} to fetch it again, or install chromium.",
        )
    return wrapper


def _version(path):
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    # Ubuntu's chromium-browser is a stub that only talks about a snap.
    return re.search(r"\d+\.\d+", done.stdout) if done.returncode == 0 else None


def _sources():
    """The Debian suites of the machine's own release, with updates: the libraries must fit."""
    codename = apt.os_release().get("VERSION_CODENAME", "")
    chosen = []
    for source in apt.machine_sources():
        suites = [suite for suite in source["suites"] if suite.split("-")[0].split("/")[0] == codename]
        if suites and "main" in source["components"] and "debian" in source["uri"]:
            chosen.append((source["uri"], " ".join(suites), source["signed_by"]))
    if not chosen or apt.os_release().get("ID") != "debian":
        raise Problem(
            "The browser tests need Chromium and this machine has none",
            "Install chromium or google-chrome so that it is on PATH.",
        )
    return chosen


def _fetch(settings, home):
    apt.require_tools()
    partial, debs = home.with_name("chromium.partial"), settings.cache_dir / "debs-chromium"
    for folder in (partial, debs):
        shutil.rmtree(folder, ignore_errors=True)
    partial.mkdir(parents=True)
    client = apt.Apt(settings.cache_dir / "apt-chromium", _sources(), settings.logs / "apt.log")
    say(f"Chromium for the browser tests is not on this machine: fetching Debian's into {home}")
    client.update()
    packages = sorted({*client.missing_closure("chromium"), *client.missing_closure(FONTS)})
    say(f"  {len(packages)} packages (about 130 MB)")
    for deb in client.download(packages, debs):
        apt.unpack(deb, partial)
    shutil.rmtree(debs, ignore_errors=True)
    _write_wrapper(partial, home)
    shutil.rmtree(home, ignore_errors=True)
    partial.rename(home)


def _write_wrapper(tree, final):
    """A script that starts the unpacked Chromium with the libraries and fonts beside it."""
    folders = {path.parent for root in ("lib", "usr/lib") for path in (tree / root).rglob("*.so*")}
    private = {"chromium", "swiftshader", "locales"}
    libraries = sorted(str(final / path.relative_to(tree)) for path in folders if path.name not in private)
    (tree / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
        f"<fontconfig><dir>{final}/usr/share/fonts</dir><dir>/usr/share/fonts</dir>"
        f"<cachedir>{final}/fontcache</cachedir></fontconfig>\n"
    )
    wrapper = tree / "bin" / "chromium"
    wrapper.parent.mkdir()
    wrapper.write_text(
        "#!/bin/sh\n"
        f'export LD_LIBRARY_PATH="{os.pathsep.join(libraries)}"\n'
        f'export FONTCONFIG_FILE="{final}/fonts.conf"\n'
        f'exec "{final}/usr/lib/chromium/chromium" {FLAGS} "$@"\n'
    )
    wrapper.chmod(0o755)
