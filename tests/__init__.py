"""The tests that run in Odoo, in folders as in models/; unit/ is for plain pytest.

Odoo runs what is a module ``test_*`` in this namespace (odoo/tests/loader.py), and looks into no folder.
"""

from importlib import import_module
from pathlib import Path

_HERE = Path(__file__).parent
for _file in sorted(_HERE.rglob("test_*.py")):
    _path = _file.relative_to(_HERE).with_suffix("").parts
    if _path[0] != "unit":
        globals()["test_" + "_".join(_path)] = import_module("." + ".".join(_path), __name__)
