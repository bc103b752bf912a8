"""Writes cfdi/complement_rules.txt: what SAT's stylesheets take of each complement, and in which order.

Run: python3 -m dev.checks.complement_rules FOLDER > cfdi/complement_rules.txt
FOLDER is www.sat.gob.mx/sitio_internet/cfd with its stylesheets (.xslt); it needs lxml.
"""

import sys
from pathlib import Path

from lxml import etree

MAIN = "4/cadenaoriginal_4_0/cadenaoriginal_4_0.xslt"
# not in the stylesheet of 4.0 any more; what stands there is tried with its rule and without
BEFORE = ("terceros/terceros11.xslt",)
_X = "{http://www.w3.org/1999/XSL/Transform}"
HEAD = """\
# What the cadena original takes of each complement, in SAT's order. Written by dev/checks/complement_rules.py.
# Under a namespace, a line for each element: Name (required), Name? (optional: skipped where absent), /Child (each, by
# its own line), /Child( ... ) (each, by what is in brackets), //Child (at any depth), . or ./Path (the text),
# [name='value']( ... ) (where that attribute has that value). "~": not in SAT's stylesheet of version 4.0.
"""


def rules_text(folder):
    """:return: the whole file"""
    start = folder / MAIN
    includes = [node.get("href") for node in etree.parse(start).getroot().iter(f"{_X}include")]
    files = [(start.parent / href).resolve() for href in includes if not href.endswith("utilerias.xslt")]
    marked = [("", file) for file in files] + [("~", folder / name) for name in BEFORE]
    return HEAD + "".join(_file_text(file, mark) for mark, file in marked)


def _file_text(file, mark):
    root = etree.parse(file).getroot()
    templates = [node for node in root.iter(f"{_X}template") if node.get("match") != "/"]
    [namespace] = {root.nsmap[node.get("match").split(":")[0]] for node in templates}
    lines = [f"  {node.get('match').split(':')[1]}: {' '.join(_steps(node))}" for node in templates]
    return "\n".join([f"{mark}{namespace}", *lines, ""])


def _steps(node):
    steps = []
    for child in node.iter(f"{_X}*"):
        if child.getparent() is not node:
            continue
        kind, select = child.tag.removeprefix(_X), (child.get("select") or "").strip()
        if kind == "call-template":
            steps.append(_value(child))
        elif kind == "for-each":
            inner = _steps(child)
            steps.append(_path(select) if inner == ["self"] else f"{_path(select)}( {' '.join(inner)} )")
        elif kind == "apply-templates":
            steps.append("self" if select == "." else _path(select))
        elif kind == "if":
            # where a child is tested, what follows goes through it anyway
            test = child.get("test").removeprefix("./")
            inner = _steps(child)
            steps += [f"[{test[1:]}]( {' '.join(inner)} )"] if test.startswith("@") else inner
        else:
            raise ValueError(f"{kind} is not known")
    return steps


def _value(call):
    """A call of SAT's templates Requerido or Opcional."""
    [param] = call.iterchildren(f"{_X}with-param")
    mark = {"Requerido": "", "Opcional": "?"}[call.get("name")]
    select = param.get("select").strip()
    if select.startswith("./@"):
        return select[3:] + mark
    return ("." if select == "." else f".{_path(select)}") + mark


def _path(select):
    deep = select.startswith(".//")
    names = [step.strip().split(":")[-1] for step in select.removeprefix(".").strip("/").split("/")]
    return ("//" if deep else "/") + "/".join(names)


if __name__ == "__main__":
    sys.stdout.write(rules_text(Path(sys.argv[1])))
