"""What the pages name is there: a file that moves takes its line in doc/ along."""

import re
from functools import cache

import pytest
from docutils import nodes
from docutils.core import publish_doctree

from dev.stack.settings import REPO

PAGES = (REPO / "README.rst", *sorted((REPO / "doc").glob("*.rst")))
FOLDERS = "cfdi data dev doc i18n models pac security static tests views wizard".split()
NAMED = re.compile(rf"``((?:{'|'.join(FOLDERS)})/[\w./-]+)``")
MOST_LINES = 200
MOST_FILES = 4


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page):
    missing = [name for name in NAMED.findall(page.read_text()) if not (REPO / name).exists()]
    assert missing == []


@cache
def _read(page):
    """The page as a tree; fails where its markup is wrong."""
    settings = {"halt_level": 2, "syntax_highlight": "none"}
    return publish_doctree(page.read_text(), str(page), settings_overrides=settings)


@pytest.mark.parametrize("page", [*PAGES, REPO / "CHANGELOG.rst"], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    links = {node["refuri"] for node in _read(page).findall(nodes.reference) if "refuri" in node}
    missing = []
    for link in sorted(one for one in links if "://" not in one):
        name, _hash, anchor = link.partition("#")
        target = page.parent / name
        if not target.is_file() or (anchor and anchor not in _read(target.resolve()).ids):
            missing.append(link)
    assert missing == []


def test_the_readme_is_short():
    assert len(PAGES[0].read_text().splitlines()) <= MOST_LINES


def _rows():
    """The rows of the table: To change … open …"""
    table = (REPO / "doc/development.rst").read_text().split("To change … open …")[1].split("Another addon")[0]
    return re.split(r"\n(?=\S)", table)


def test_a_file_without_its_folder_is_beside_the_one_before():
    missing = []
    for row in _rows():
        folder = REPO
        for name in re.findall(r"``([\w./]+\.py|[\w/]+/)``", row):
            if "/" in name:
                folder = REPO / name if name.endswith("/") else (REPO / name).parent
            elif not (folder / name).is_file():
                missing.append(name)
    assert missing == []


def test_a_change_takes_four_files_at_most():
    rows = _rows()
    many = [row.split("  ")[0] for row in rows if len(re.findall(r"``\w+/", row)) > MOST_FILES]
    assert many == []


# -- pictures -----------------------------------------------------------------------------------

APP_LIST = REPO / "static/description"
SHOWN = re.compile(r'(?m)^\.\. image:: (\S+)$|<img [^>]*src="([^"]+)"')
MOST_BYTES = 120_000
MOST_BYTES_OF_ALL = 2_000_000


def _shown(page):
    """The pictures that a page names, as paths."""
    return {(page.parent / (rst or html)).resolve() for rst, html in SHOWN.findall(page.read_text())}


def _pictures():
    return {*(REPO / "doc").rglob("*.png"), *APP_LIST.glob("*.png")} - {APP_LIST / "icon.png"}


@pytest.mark.parametrize("page", [*PAGES, APP_LIST / "index.html"], ids=lambda page: page.name)
def test_every_picture_that_is_shown_exists(page):
    assert [path for path in _shown(page) if not path.is_file()] == []


def test_every_picture_is_shown():
    shown = set().union(*map(_shown, [*PAGES, APP_LIST / "index.html"]))
    assert _pictures() - shown == set()


def test_pictures_are_small():
    sizes = {path: path.stat().st_size for path in _pictures()}
    assert [path for path, size in sizes.items() if size > MOST_BYTES] == []
    assert sum(sizes.values()) < MOST_BYTES_OF_ALL


def test_the_list_of_apps_shows_only_what_odoo_serves():
    assert [path for path in _shown(APP_LIST / "index.html") if path.parent != APP_LIST] == []
