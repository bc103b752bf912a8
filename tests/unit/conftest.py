"""Let plain pytest import `l10n_mx_facture.cfdi` and `.pac` without Odoo.

The root `__init__.py` imports Odoo models, so an empty package with the repository as its path
stands in for it here.
"""

import os
import sys
import types
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).resolve().parent
REPO = HERE.parents[1]

if "l10n_mx_facture" not in sys.modules:
    _package = types.ModuleType("l10n_mx_facture")
    _package.__path__ = [str(REPO)]
    sys.modules["l10n_mx_facture"] = _package

# helpers of the tests (files without `test_`) are imported by name, whatever folder they are in
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), *(str(folder) for folder in sorted(HERE.iterdir()) if folder.is_dir())]

# the same examples on every run and nothing written to disk; PROPERTY_N asks for more, random ones
_examples = os.environ.get("PROPERTY_N")
settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.register_profile("long", max_examples=int(_examples or 1), database=None, deadline=None)
settings.load_profile("long" if _examples else "repeatable")

SHARED = Path(os.environ.get("L10N_MX_FACTURE_SHARED") or REPO.parent / "shared")


@pytest.fixture(scope="session")
def shared():
    """Folder of reference material (SAT's schemas, catalogues, samples); skips without it."""
    if not SHARED.is_dir():
        pytest.skip(f"reference material is not at {SHARED} (set L10N_MX_FACTURE_SHARED)")
    return SHARED
