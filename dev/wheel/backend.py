"""The build backend of pyproject.toml: OCA's whool, on a folder with the addon's name that holds what is shipped.

whool takes the addon's name from the name of its folder and ships all that git tracks there. The root of this
repository is the addon; a checkout may be called anything, and holds dev/, too.
"""

import contextlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from whool import buildapi

ADDON = "l10n_mx_facture"
NOT_SHIPPED = {".ci", ".git", ".gitignore", "Makefile", "dev", "pyproject.toml"}
# what whool finds in an addon of OCA; a source distribution is built again with it
PYPROJECT = '[build-system]\nrequires = ["whool"]\nbuild-backend = "whool.buildapi"\n'


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Build the wheel into a folder; the name of its file."""
    target = str(Path(wheel_directory).resolve())
    with _addon():
        return buildapi.build_wheel(target, config_settings, metadata_directory)


def build_sdist(sdist_directory, config_settings=None):
    """Build the source distribution into a folder; the name of its file."""
    target = str(Path(sdist_directory).resolve())
    with _addon():
        return buildapi.build_sdist(target, config_settings)


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    """Write the wheel's metadata into a folder; the name of their folder."""
    target = str(Path(metadata_directory).resolve())
    with _addon():
        return buildapi.prepare_metadata_for_build_wheel(target, config_settings)


@contextlib.contextmanager
def _addon():
    """Go to a copy of what is shipped, in a folder with the addon's name."""
    root = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, ADDON)
        for name in _files(root):
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, target)
        (copy / "pyproject.toml").write_text(PYPROJECT)
        with contextlib.chdir(copy):
            yield


def _files(root):
    """Paths below the root of the files that are shipped: of those that git tracks, where it is a checkout."""
    try:
        listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=root, text=True).split("\0")
        names = [name for name in listed if name and (root / name).is_file()]
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
    return [name for name in names if Path(name).parts[0] not in NOT_SHIPPED and "__pycache__" not in name]
