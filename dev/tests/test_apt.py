"""Whose Debian mirror is used, and how unpacked trees are put right; no network."""

import pytest

from dev.stack import apt
from dev.stack.console import Problem

DEB822 = """\
# Types: deb
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /keys/debian.gpg

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: bookworm
Components: main

Types: deb-src
URIs: http://source.example/debian
Suites: bookworm
Components: main
"""
ONE_LINE = """\
# deb http://comment.example/debian bookworm main
deb [arch=amd64 signed-by=/keys/list.gpg] http://list.example/debian bookworm main non-free # here
deb http://plain.example/debian/ bookworm-security main
deb-src http://source.example/debian bookworm main
"""


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with given sources and os-release."""

    def make(release, **files):
        (tmp_path / "sources.list.d").mkdir()
        for name, text in files.items():
            (tmp_path / "sources.list.d" / name.replace("_", ".")).write_text(text)
        monkeypatch.setattr(apt, "MACHINE_APT", tmp_path)
        monkeypatch.setattr(apt, "os_release", lambda: release)

    return make


DEBIAN = {"ID": "debian", "VERSION_CODENAME": "bookworm", "PRETTY_NAME": "Debian 12"}
UBUNTU = {"ID": "ubuntu", "ID_LIKE": "debian", "VERSION_CODENAME": "noble", "PRETTY_NAME": "Ubuntu"}


def test_deb822_sources_are_read_without_disabled_and_source_ones(machine):
    machine(DEBIAN, debian_sources=DEB822)
    (source,) = apt.machine_sources()
    assert source == {
        "uri": "http://mirror.example/debian",
        "suites": ["bookworm", "bookworm-updates"],
        "components": ["main", "contrib"],
        "signed_by": "/keys/debian.gpg",
    }


def test_one_line_sources_are_read(machine):
    machine(DEBIAN, debian_list=ONE_LINE)
    first, second = apt.machine_sources()
    assert (first["uri"], first["signed_by"]) == ("http://list.example/debian", "/keys/list.gpg")
    assert first["components"] == ["main", "non-free"]
    assert (second["uri"], second["suites"]) == ("http://plain.example/debian/", ["bookworm-security"])


def test_the_mirror_of_a_debian_machine_is_its_own(machine):
    machine(DEBIAN, debian_sources=DEB822)
    assert apt.debian_source() == ("http://mirror.example/debian", "/keys/debian.gpg")


def test_ubuntu_has_no_debian_mirror_and_is_told_what_to_do(machine):
    machine(UBUNTU, ubuntu_list="deb http://archive.example/ubuntu noble main\n")
    with pytest.raises(Problem, match=r"(?s)no Debian mirror.*DEBIAN_MIRROR=.*ODOO_DIR="):
        apt.debian_source()


def test_a_mirror_that_is_given_wins(machine, tmp_path, monkeypatch):
    machine(UBUNTU)
    keyring = tmp_path / "keyring.gpg"
    keyring.touch()
    monkeypatch.setattr(apt, "KEYRINGS", (str(keyring),))
    assert apt.debian_source("http://given.example/debian/") == ("http://given.example/debian", str(keyring))


def test_absolute_links_into_the_tree_become_relative_and_dangling_ones_are_told(tmp_path):
    (tmp_path / "usr/share/fonts").mkdir(parents=True)
    (tmp_path / "usr/share/fonts/a.ttf").write_text("font")
    inside, outside = tmp_path / "usr/inside", tmp_path / "usr/outside"
    inside.symlink_to("/usr/share/fonts/a.ttf")
    outside.symlink_to("/nowhere/b.ttf")
    assert apt.relocate_links(tmp_path) == [outside]
    assert inside.read_text() == "font"
