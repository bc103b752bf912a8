"""What the pages name is there: a file that moves takes its line in doc/ along."""

import re

import pytest

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


def test_the_readme_is_short():
    assert len(PAGES[0].read_text().splitlines()) <= MOST_LINES


def test_a_change_takes_four_files_at_most():
    table = (REPO / "doc/development.rst").read_text().split("To change … open …")[1].split("Another addon")[0]
    rows = re.split(r"\n(?=\S)", table)
    many = [row.split("  ")[0] for row in rows if len(re.findall(r"``\w+/", row)) > MOST_FILES]
    assert many == []
