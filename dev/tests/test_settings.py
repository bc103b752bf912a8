"""Values that can't work are refused with a remedy, before anything is started."""

from pathlib import Path

import pytest

from dev.stack.console import Problem
from dev.stack.settings import Settings


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in ("ODOO_PORT", "SANDBOX_PORT", "DEMO_DB", "CACHE_DIR", "DETACH"):
        monkeypatch.delenv(name, raising=False)


def test_the_defaults_are_the_readme_s():
    settings = Settings()
    assert (settings.odoo_port, settings.sandbox_port, settings.demo_db) == (8069, 8070, "demo")
    assert settings.cache_dir == Path.home() / ".cache/l10n_mx_facture"
    assert not settings.detach


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80 69"])
def test_a_port_that_is_none(monkeypatch, port):
    monkeypatch.setenv("ODOO_PORT", port)
    with pytest.raises(Problem, match="is not a port number"):
        Settings()


@pytest.mark.parametrize("name", ['a"; drop', "tpl_1", "postgres", "1a", "a b", "x" * 60])
def test_a_database_name_that_can_t_be(monkeypatch, name):
    monkeypatch.setenv("DEMO_DB", name)
    with pytest.raises(Problem, match="DEMO_DB="):
        Settings()


@pytest.mark.parametrize(("value", "detached"), [("1", True), ("0", False), ("", False)])
def test_detach(monkeypatch, value, detached):
    monkeypatch.setenv("DETACH", value)
    assert Settings().detach is detached
