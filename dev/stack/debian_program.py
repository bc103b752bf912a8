"""A program of Debian's, unpacked into the cache with its libraries and fonts, where the machine has none."""

import os
import shutil
from dataclasses import dataclass

from dev.stack import apt
from dev.stack.console import Problem, say

FONTS = "fonts-dejavu-core"


@dataclass(frozen=True)
class Program:
    """What is fetched, and how it is started.

    :param package: Debian's package, and the name of the wrapper that starts it
    :param binary: path of the program in the unpacked tree
    :param purpose: what needs it, for what is said to the user
    :param megabytes: about so much is fetched
    :param arguments: given to the program before the caller's own
    :param variables: of the environment in which it is started
    :param private: names of folders whose libraries are the program's own
    """

    package: str
    binary: str
    purpose: str
    megabytes: int
    arguments: str = ""
    variables: tuple = ()
    private: tuple = ()


def wrapper(settings, program):
    """Path of a script that starts the program; fetched if it isn't in the cache."""
    found = settings.cache_dir / program.package / "bin" / program.package
    if not found.exists():
        _fetch(settings, program, found.parent.parent)
    return found


def _sources(program):
    """The Debian suites of the machine's own release, with updates: the libraries must fit."""
    codename = apt.os_release().get("VERSION_CODENAME", "")
    chosen = []
    for source in apt.machine_sources():
        suites = [suite for suite in source["suites"] if suite.split("-")[0].split("/")[0] == codename]
        if suites and "main" in source["components"] and "debian" in source["uri"]:
            chosen.append((source["uri"], " ".join(suites), source["signed_by"]))
    if not chosen or apt.os_release().get("ID") != "debian":
        raise Problem(
            f"{program.purpose} needs {program.package} and this machine has none",
            f"Install {program.package} so that it is on PATH.",
        )
    return chosen


def _fetch(settings, program, home):
    apt.require_tools()
    name = program.package
    partial, debs = home.with_name(f"{name}.partial"), settings.cache_dir / f"debs-{name}"
    for folder in (partial, debs):
        shutil.rmtree(folder, ignore_errors=True)
    partial.mkdir(parents=True)
    client = apt.Apt(settings.cache_dir / f"apt-{name}", _sources(program), settings.logs / "apt.log")
    say(f"{name} for {program.purpose} is not on this machine: fetching Debian's into {home}")
    client.update()
    packages = sorted({*client.missing_closure(name), *client.missing_closure(FONTS)})
    say(f"  {len(packages)} packages (about {program.megabytes} MB)")
    for deb in client.download(packages, debs):
        apt.unpack(deb, partial)
    shutil.rmtree(debs, ignore_errors=True)
    _write_wrapper(program, partial, home)
    shutil.rmtree(home, ignore_errors=True)
    partial.rename(home)


def _write_wrapper(program, tree, final):
    """A script that starts the unpacked program with the libraries and fonts beside it."""
    folders = {path.parent for root in ("lib", "usr/lib") for path in (tree / root).rglob("*.so*")}
    libraries = sorted(str(final / path.relative_to(tree)) for path in folders if path.name not in program.private)
    (tree / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
        f"<fontconfig><dir>{final}/usr/share/fonts</dir><dir>/usr/share/fonts</dir>"
        f"<cachedir>{final}/fontcache</cachedir></fontconfig>\n"
    )
    script = tree / "bin" / program.package
    script.parent.mkdir(exist_ok=True)
    script.write_text(
        "#!/bin/sh\n"
        f'export LD_LIBRARY_PATH="{os.pathsep.join(libraries)}"\n'
        f'export FONTCONFIG_FILE="{final}/fonts.conf"\n'
        + "".join(f'export {name}="{value.format(home=final)}"\n' for name, value in program.variables)
        + f'exec "{final}/{program.binary}" {program.arguments} "$@"\n'
    )
    script.chmod(0o755)
