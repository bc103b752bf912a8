"""What imports what in pac/: no Odoo, and each package only those below it."""

import ast
from pathlib import Path

import pytest
from l10n_mx_facture import pac

PAC = Path(pac.__file__).resolve().parent
SERVICES = ("facture_api", "facture_rest", "sat", "sello_digital")
# what belongs to a service may import all but the other services
ALLOWED = {
    "wire": {"wire", "errors"},
    "reading": {"reading", "wire", "errors", "results", "arguments"},
    "rest_service": {"contract", "reading", "wire", "errors", "results"},
    "door": {"wire", "errors", "arguments"},
    "contract": {"door", "wire", "capabilities", "errors", "parallel", "results"},
}
FILES = sorted(path.relative_to(PAC) for path in PAC.rglob("*.py"))


def imported(path):
    """Modules that a file imports, by their names as seen from the addon: `pac.wire.http`, `cfdi.read`, `lxml`."""
    package = ["pac", *path.parent.parts]
    for node in ast.walk(ast.parse((PAC / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            above = package[: len(package) - node.level + 1]
            for alias in node.names:
                yield ".".join([*above, *filter(None, [node.module]), alias.name])
        elif isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_file_imports_only_what_is_below_it(path):
    own = path.with_suffix("").parts[0]
    for name in imported(path):
        first, *rest = name.split(".")
        assert first not in ("odoo", "models", "wizard", "tests"), name
        if first == "pac" and own in ALLOWED:
            assert rest[0] in ALLOWED[own], name
        elif first == "pac" and own in SERVICES:
            assert rest[0] == own or rest[0] not in (*SERVICES, "providers"), name


def test_the_check_sees_what_is_imported():
    assert {"pac.wire.http.exchange", "pac.contract.Pac"} <= set(imported(Path("rest_service.py")))
    assert "cfdi.xml.parse" in set(imported(Path("sat/client.py")))
    assert "requests" in set(imported(Path("wire/http.py")))
