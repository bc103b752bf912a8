"""What a complement adds to the cadena original, by the rules of complement_rules.txt.

SAT publishes a stylesheet for each complement. What they say is kept as a table, so that none of them is carried along.
"""

import re
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("complement_rules.txt")
# XPath's normalize-space knows these four; Python's split would take a no-break space too
_BLANKS = re.compile("[ \t\r\n]+")
_CONDITION = re.compile(r"\[(\w+)='([^']*)'\]\(")


def collapsed(value):
    """A value as the stylesheets write it; an empty one leaves an empty place."""
    return _BLANKS.sub(" ", value or "").strip(" ")


def is_known(node):
    """Tell whether there is a rule for this complement."""
    namespace, _brace, name = node.tag[1:].rpartition("}")
    return name in _rules().get(namespace, {})


def is_of_before(node):
    """Tell whether it is one that SAT's stylesheet of version 4.0 doesn't name any more."""
    return node.tag[1:].rpartition("}")[0] in _of_before()


def values(node, seen=None):
    """The values that a known complement adds, in SAT's order.

    :param seen: set to which what was taken is added: (element, name of its attribute, None for its text)
    """
    namespace, _brace, name = node.tag[1:].rpartition("}")
    rules = _rules()[namespace]
    yield from _Walk(namespace, rules, set() if seen is None else seen).through(node, rules[name])


def is_fully_known(node, seen):
    """Tell whether nothing of a complement is left out by its rule: newer ones may have what is not known here."""
    for part in node.iter("{*}*"):
        if (part.text or "").strip() and (part, None) not in seen:
            return False
        if any((part, name) not in seen for name in part.attrib if not name.startswith("{")):
            return False
    return True


class _Walk:
    """One walk through a complement."""

    def __init__(self, namespace, rules, seen):
        self._namespace, self._rules, self._seen = namespace, rules, seen

    def through(self, node, steps):
        for step in steps:
            yield from step(self, node)

    def attribute(self, node, name, optional):
        value = node.get(name)
        self._seen.add((node, name))
        if value is not None or not optional:
            yield collapsed(value)

    def text(self, node, path, optional):
        found = self._find(node, path) if path else [node]
        self._seen.update((one, None) for one in found[:1])
        if found or not optional:
            yield collapsed("".join(found[0].itertext()) if found else "")

    def each(self, node, path, steps):
        for child in self._find(node, path):
            yield from self.through(child, self._of(child) if steps is None else steps)

    def where(self, node, condition, steps):
        name, value = condition
        self._seen.add((node, name))
        if node.get(name) == value:
            yield from self.through(node, steps)

    def _of(self, node):
        # a template that is missing writes nothing of attributes
        return self._rules.get(node.tag.rpartition("}")[2], ())

    def _find(self, node, path):
        deep = path.startswith("//")
        names = "/".join(f"{{{self._namespace}}}{name}" for name in path.strip("/").split("/"))
        return node.findall(f".//{names}" if deep else names)


def _step(kind, *arguments):
    return lambda walk, node: getattr(walk, kind)(node, *arguments)


@lru_cache(1)
def _parsed():
    """(dict from namespace to a dict from element to its steps, namespaces that are marked)."""
    rules, marked, current = {}, set(), None
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if not line.startswith(" "):
            namespace = line.removeprefix("~")
            current = rules.setdefault(namespace, {})
            if line.startswith("~"):
                marked.add(namespace)
            continue
        name, _colon, text = line.strip().partition(":")
        current[name] = _steps(text.split())
    return rules, frozenset(marked)


def _rules():
    return _parsed()[0]


def _of_before():
    return _parsed()[1]


def _steps(words):
    """Steps of a rule, up to the bracket that ends them; what is read is taken from `words`."""
    steps = []
    while words:
        word = words.pop(0)
        if word == ")":
            break
        name, optional = word.removesuffix("?"), word.endswith("?")
        condition = _CONDITION.fullmatch(word)
        if condition:
            steps.append(_step("where", condition.groups(), _steps(words)))
        elif word.startswith("/"):
            steps.append(_step("each", word.removesuffix("("), _steps(words) if word.endswith("(") else None))
        elif word.startswith("."):
            steps.append(_step("text", name[1:], optional))
        else:
            steps.append(_step("attribute", name, optional))
    return tuple(steps)
