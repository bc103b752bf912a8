"""The table of clicks in doc/compared.rst says what the browser tests do: static/tests/tours/jobs.js."""

import re

import pytest

from dev.stack.settings import REPO

JOBS = (REPO / "static/tests/tours/jobs.js").read_text()
PAGE = (REPO / "doc/compared.rst").read_text()
# rows of the table, and what a person does for each of them
ROWS = {
    "connect a service": ("CONNECT",),
    "of several branches, choose one": ("BRANCH",),
    "usage and form for every customer": ("DEFAULTS",),
    "customer": ("CUSTOMER",),
    "product's code": ("PRODUCT_CODE",),
    "invoice until the customer has it": ("DELIVER",),
    "print": ("PRINT",),
    "cancel 02/03": ("CANCEL",),
}


def _steps(job):
    """The number of clicks and filled fields of a job."""
    block = re.search(rf"(?ms)^export const {job} = \[(.*?)\];$", JOBS)
    return len(re.findall(r"\brun: ", block.group(1)))


@pytest.mark.parametrize("row", ROWS)
def test_the_table_says_what_the_tours_do(row):
    told = re.search(rf"(?m)^{re.escape(row)} +(\d+)", PAGE)
    assert told and int(told.group(1)) == sum(map(_steps, ROWS[row]))
