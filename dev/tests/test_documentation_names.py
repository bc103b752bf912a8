"""Menus, buttons and fields that the pages name are called so on the screen; no menu is left out."""

import ast
import re

import pytest

from dev.stack.settings import REPO

ENTRY = re.compile(r'(?m)^msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)')
# what is bold before a colon is the heading of a paragraph, and no name
NAME = re.compile(r"(?<![\w*`])(?:\*\*([^*]+)\*\*(?![\w*:])|\*(?=\S)([^*]+)\*(?![\w*]))")
TAG = re.compile(r"<[^>]+>")
GUIDE = REPO / "doc/guia.rst"
PAGES = [REPO / "README.rst", *(REPO / "doc" / f"{name}.rst" for name in "operations pictures print rules".split())]
# names of Odoo's own
ODOO = set(
    "Accounts Actions Administrator Configuration Currencies Fixed Invoicing Local Vendors".split()
    + ["Autopost", "Custom Formula", "Invoice address", "Percentage Tax Included", "Reset to Draft"]
    + ["Reverse and Create Invoice", "Show Full Accounting Features"]
)
ODOO_SPANISH = {"Configuración", "Facturación", "Proveedores", "Revertir y crear factura"}
# words that are stressed, and names that others have given
WORDS = {
    "Never a double stamp.", "A lost answer is a state of its own.", "Nothing after a stamp can undo it.",
    "Only SAT cancels.", "Rules before credits.", "Mexico - CFDI 4.0 through Facture", "Products and units",
    "autofactura", "not tried here", "/my/receipts", "Pendiente", "biggest tax", "Hidrocarburos y Petrolíferos",
}  # fmt: skip


def _text(quoted):
    text = "".join(ast.literal_eval(line) for line in quoted.splitlines())
    return TAG.sub("", text).strip()


def _bare(name):
    return " ".join(name.split()).rstrip(":…").strip().lower()


TERMS = {_text(term): _text(spanish) for term, spanish in ENTRY.findall((REPO / "i18n/es_MX.po").read_text())}


def _named(page):
    """The names of a page; of a way through menus each step."""
    text = re.sub(r"``[^`]+``", "", page.read_text())
    names = [bold or italic for bold, italic in NAME.findall(text)]
    return [step for name in names for step in re.split(r"\s+>\s+", name) if step != "CFDI: …"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_called_so(page):
    known = {_bare(one) for one in (*TERMS, *ODOO, *WORDS)}
    assert [name for name in _named(page) if _bare(name) not in known] == []


def test_the_guide_names_it_as_the_spanish_screen():
    known = {_bare(one) for one in (*TERMS.values(), *ODOO_SPANISH)}
    assert [name for name in _named(GUIDE) if _bare(name) not in known] == []


def test_the_guide_has_each_menu():
    menus = re.findall(r'<menuitem id="\w+" name="([^"]+)"', (REPO / "views/menus.xml").read_text())
    named = {_bare(name) for name in _named(GUIDE)}
    assert len(menus) > 10
    assert [name for name in menus if _bare(TERMS[name]) not in named] == []


def test_the_administrator_finds_each_scheduled_action_and_discrepancy():
    page = " ".join((REPO / "doc/operations.rst").read_text().split())
    actions = re.findall(r'<field name="name">CFDI: ([^<]+)<', (REPO / "data/ir_cron_data.xml").read_text())
    kinds = re.findall(r'Kind\("\w+", "([^"]+)"', (REPO / "models/discrepancy/kinds.py").read_text())
    assert len(actions) > 10 and len(kinds) > 10
    assert [name for name in (*actions, *kinds) if name not in page] == []
