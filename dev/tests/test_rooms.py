"""The check of the packages of models/ finds what breaks its two rules, and names both places."""

import pytest

from dev.checks import rooms
from dev.stack.settings import REPO

FILES = {
    "models/__init__.py": "from . import low\nfrom . import high\nfrom . import spine\n",
    "models/low/__init__.py": "",
    "models/low/one.py": '''
class One(Model):
    _name = "x.one"

    def _first(self):
        return self.env["x.two"]
''',
    "models/high/__init__.py": "",
    "models/high/two.py": '''
from ..low.one import One

class Two(Model):
    _name = "x.two"

    def _second(self):
        self._first()
        self._spine()
''',
    "models/spine.py": '''
class One(Model):
    _inherit = "x.one"

    def _spine(self):
        self._second()
''',
    "wizard/__init__.py": "",
    "wizard/l10n_mx_facture_check.py": "from ..models.low.one import One\n",
}


@pytest.fixture
def addon(tmp_path):
    """Writes the files above, with the given ones changed, and returns what the check says."""

    def check(changes=()):
        for name, text in {**FILES, **dict(changes)}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return rooms.problems(tmp_path)

    return check


@pytest.fixture(autouse=True)
def wizards(monkeypatch):
    monkeypatch.setattr(rooms, "WIZARDS", {"check": "low"})


def test_the_module_itself_keeps_both_rules(monkeypatch):
    monkeypatch.undo()
    assert rooms.problems(REPO) == []


def test_calls_downwards_and_those_of_the_files_beside_the_packages_are_fine(addon):
    assert addon() == []


def test_a_call_upwards_is_shown_with_both_places(addon):
    text = FILES["models/low/one.py"].replace('self.env["x.two"]', "self.env[0]._second()")
    assert addon({"models/low/one.py": text}) == [
        "models/low/one.py:6 (low) calls _second of models/high/two.py:7 (high)"
    ]


def test_so_is_the_name_of_a_method_as_a_text(addon):
    text = FILES["models/low/one.py"].replace('self.env["x.two"]', 'getattr(self, "_second")()')
    assert [line.partition(" calls ")[2] for line in addon({"models/low/one.py": text})] == [
        "_second of models/high/two.py:7 (high)"
    ]


def test_an_import_upwards_is_shown(addon):
    text = "from ..high.two import Two\n" + FILES["models/low/one.py"]
    assert addon({"models/low/one.py": text}) == ["models/low/one.py:1 (low) imports high, which comes after it"]


def test_a_wizard_counts_as_of_its_package(addon):
    change = {"wizard/l10n_mx_facture_check.py": "from ..models.high.two import Two\n"}
    assert addon(change) == ["wizard/l10n_mx_facture_check.py:1 (low) imports high, which comes after it"]


def test_a_wizard_without_package_is_asked_for(addon):
    [line] = addon({"wizard/l10n_mx_facture_other.py": ""})
    assert line.startswith("wizard/l10n_mx_facture_other.py: say in WIZARDS")


def test_a_method_that_is_defined_twice_is_shown_with_its_places(addon):
    text = FILES["models/spine.py"] + "\n    def _first(self):\n        return super()._first()\n"
    assert addon({"models/spine.py": text}) == [
        "x.one._first is defined 2 times: models/low/one.py:5, models/spine.py:8"
    ]


def test_the_same_name_on_two_models_is_no_second_definition(addon):
    text = FILES["models/high/two.py"] + "\n    def _first(self):\n        return None\n"
    assert addon({"models/high/two.py": text}) == []
