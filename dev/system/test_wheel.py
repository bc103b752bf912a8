"""`pip install` of this checkout gives a module that an Odoo finds in site-packages and installs."""

import copy
import subprocess
import sys

import pytest

from dev.stack import venvs
from dev.stack.settings import MODULE, REPO

PROBE = """
import odoo.addons.l10n_mx_facture as addon
print(addon.__file__)
print(env.ref("base.module_l10n_mx_facture").state)
"""


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *map(str, arguments)]
    subprocess.run(command, check=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "-w", folder, REPO)
    (wheel,) = folder.iterdir()
    return wheel


@pytest.fixture
def packaged(stack, wheel, tmp_path):
    """The stack with an environment of its own, which has the module from the wheel, and not from the checkout."""
    home = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    python = home / "bin/python"
    # its dependencies, Odoo among them, are there otherwise
    pip("--python", python, "install", "--no-deps", "--no-index", wheel)
    (site,) = home.glob("lib/python*/site-packages")
    (theirs,) = (stack.python.parent.parent).glob("lib/python*/site-packages")
    (site / "odoo-s-libraries.pth").write_text(f"{theirs}\n")
    packaged = copy.copy(stack)
    catalogs, _version = venvs.catalogs(stack.settings)
    packaged.python, packaged.site = python, site
    packaged.addons_path = ",".join(map(str, (*stack.odoo.addons, catalogs, site / "odoo/addons")))
    return packaged


def test_the_wheel_holds_the_module_and_nothing_of_its_development(wheel):
    assert wheel.name.startswith(f"odoo_addon_{MODULE}-19.0.")
    listed = subprocess.run([sys.executable, "-m", "zipfile", "-l", wheel], check=True, capture_output=True, text=True)
    files = [line.split()[0] for line in listed.stdout.splitlines()[1:]]
    files = [name.removeprefix(f"odoo/addons/{MODULE}/") for name in files if ".dist-info/" not in name]
    inside = {name.partition("/")[0] for name in files}
    assert {"__manifest__.py", "models", "cfdi", "pac", "views", "security", "i18n", "static"} <= inside
    assert not {"dev", ".ci", "Makefile", "pyproject.toml", "odoo"} & inside


def test_odoo_installs_the_module_from_site_packages(stack, packaged, tmp_path):
    script = tmp_path / "probe.py"
    script.write_text(PROBE)
    with stack.databases.temporary(stack.databases.template(), "wheel") as database:
        packaged.run_odoo(database, "-i", MODULE, what="Installing the module from site-packages")
        file, state = packaged.run_script(database, script, "Looking at the module").split()
    assert file == str(packaged.site / "odoo/addons" / MODULE / "__init__.py")
    assert state == "installed"
