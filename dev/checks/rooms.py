"""make lint: the two rules of models/, checked by reading the source.

1. A package of models/ uses only those above it in models/__init__.py: by its imports, and by the methods of our own
   models that it calls. The files beside the packages may call all of them, and all may call these.
2. A method of a model is defined once. So what happens, and in which order, can be read in one place.

What is called is known by its name alone: a name that two packages define counts as that of the upper one in the list.

Run: python3 -m dev.checks.rooms [the addon's folder]
"""

import ast
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

# A wizard belongs to the package whose work it begins.
WIZARDS = {
    "adopt": "adopt",
    "anticipo": "advance",
    "assign_code": "setup",
    "anticipo_apply": "advance",
    "cancel": "cancel",
    "cancel_many": "cancel",
    "check": "stamp",
    "constancia": "fiscal_data",
    "evidence": "audit",
    "resolve": "cancel",
    "ticket_name": "global_invoice",
    "ticket_return": "ticket_credit",
}
PREFIX = "l10n_mx_facture_"
# Methods of Odoo's own models that ours extend: whoever calls them calls Odoo.
# A word that is also a state, an operation and a key: as a string it names no method.
OF_ODOO = {"create", "write", "unlink", "copy", "copy_data", "init", "cancel"}


@dataclass(frozen=True)
class Place:
    """A line of a file, and the package that the file belongs to (None: beside the packages)."""

    file: str
    line: int
    package: str | None

    def __str__(self):
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Source:
    """The parsed files of the addon's models and wizards, and the order of the packages."""

    order: tuple
    trees: dict

    @classmethod
    def of(cls, addon):
        """:param addon: path of the addon's folder"""
        head = ast.parse((addon / "models/__init__.py").read_text(encoding="utf-8"))
        names = [alias.name for node in head.body if isinstance(node, ast.ImportFrom) for alias in node.names]
        order = tuple(name for name in names if (addon / "models" / name).is_dir())
        files = [*sorted((addon / "models").rglob("*.py")), *sorted((addon / "wizard").glob("*.py"))]
        trees = {
            file.relative_to(addon): ast.parse(file.read_text(encoding="utf-8"))
            for file in files
            if file.name != "__init__.py"
        }
        return cls(order, trees)

    def package(self, file):
        """:return: name of the package of a file (path below the addon), None beside the packages"""
        if file.parts[0] == "wizard":
            return WIZARDS.get(file.stem.removeprefix(PREFIX))
        return file.parts[1] if len(file.parts) > 2 else None

    def is_above(self, upper, package):
        """:return: whether ``package`` may not use ``upper``, because that one comes later in the list"""
        return None not in (upper, package) and self.order.index(upper) > self.order.index(package)

    def methods(self):
        """Yield (model, name of a method, :class:`Place`)."""
        for file, tree in self.trees.items():
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and (model := _model(node)):
                    for part in node.body:
                        if isinstance(part, ast.FunctionDef):
                            yield model, part.name, Place(str(file), part.lineno, self.package(file))

    def uses(self):
        """Yield (name, :class:`Place`) of each attribute that is read and each string that may name a method."""
        for file, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                    yield node.attr, Place(str(file), node.lineno, self.package(file))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                    yield node.value, Place(str(file), node.lineno, self.package(file))

    def imports(self):
        """Yield (name of the imported package, :class:`Place`)."""
        for file, tree in self.trees.items():
            for node in ast.walk(tree):
                if not isinstance(node, ast.ImportFrom) or not node.level or not node.module:
                    continue
                parts = node.module.split(".")
                if file.parts[0] == "wizard":
                    parts = parts[1:] if parts[0] == "models" else []
                elif node.level != len(file.parts) - 1:
                    # of its own package, or of cfdi/ and pac/
                    parts = []
                if parts and parts[0] in self.order:
                    yield parts[0], Place(str(file), node.lineno, self.package(file))


def _model(node):
    """:return: name of the model that a class defines or extends, None of any other class"""
    values = {}
    for part in node.body:
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            name = part.targets[0].id
            if name in ("_name", "_inherit"):
                values[name] = ast.literal_eval(part.value)
    model = values.get("_name") or values.get("_inherit")
    return model[0] if isinstance(model, list) else model


def defined_twice(source):
    """:return: list of sentences: methods of one model that are defined more than once, with their places"""
    found = defaultdict(list)
    for model, name, place in source.methods():
        found[model, name].append(place)
    return [
        f"{model}.{name} is defined {len(places)} times: {', '.join(map(str, places))}"
        for (model, name), places in sorted(found.items())
        if len(places) > 1
    ]


def upward(source):
    """:return: list of sentences: imports and calls of a package that stands further down in the list, with both
    places
    """
    found = [
        f"{place} ({place.package}) imports {package}, which comes after it"
        for package, place in source.imports()
        if source.is_above(package, place.package)
    ]
    defined = defaultdict(list)
    for _model_name, name, place in source.methods():
        if name not in OF_ODOO:
            defined[name].append(place)
    for name, place in source.uses():
        targets = defined.get(name)
        if targets and all(source.is_above(target.package, place.package) for target in targets):
            found.append(f"{place} ({place.package}) calls {name} of {targets[0]} ({targets[0].package})")
    return found


def without_package(source):
    """:return: list of sentences: wizards that no package has"""
    return [
        f"{file}: say in WIZARDS of dev/checks/rooms.py which package it belongs to"
        for file in source.trees
        if file.parts[0] == "wizard" and not source.package(file)
    ]


def problems(addon):
    """:param addon: path of the addon's folder
    :return: list of sentences, one a violation; empty where both rules hold
    """
    source = Source.of(addon)
    return [*without_package(source), *defined_twice(source), *upward(source)]


if __name__ == "__main__":
    lines = problems(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.exit(1 if lines else 0)
