"""What a browser asks for when it shows a list or a form: the specification of web_search_read and web_read.

Built from `get_views` by the rules of the web client (relational_model/utils.js), without the widgets' own wishes.
"""

import ast
from copy import deepcopy

from lxml import etree

ALWAYS = ("True", "1")  # what makes the web client leave out what belongs to an invisible field
X2MANY = ("one2many", "many2many")
VIEWS = ("list", "kanban", "form")


def specification(model, kind, view_id=False):
    """:return: dict for the parameter `specification`, as the view of this model and kind needs it"""
    found = model.get_views([(view_id, kind)])
    return _of_view(model, etree.fromstring(found["views"][kind]["arch"]), kind, found["models"])


def _of_view(model, view, kind, models):
    """The specification of an arch; a field that stands in it twice is visible where one of the two is."""
    fields, wanted = models[model._name]["fields"], {}
    for node in _own_fields(view):
        name = node.get("name")
        wanted.setdefault(name, {})
        if any(node.get(attribute) in ALWAYS for attribute in ("invisible", "column_invisible")):
            continue
        if fields[name]["type"] in X2MANY:
            _add(wanted[name], _of_x2many(model.env[fields[name]["relation"]], node, kind, models))
        elif fields[name]["type"] in ("many2one", "reference"):
            _add(wanted[name], {"fields": {"display_name": {}}})
    return wanted


def _of_x2many(model, node, kind, models):
    """What is read of the records behind a one2many or many2many field."""
    inline = {child.tag: child for child in node if child.tag in VIEWS}
    widget = node.get("widget") or ""
    if "tags" in widget or widget == "x2many_buttons":
        options = ast.literal_eval(node.get("options") or "{}")
        names = ["display_name", *filter(None, [options.get("color_field")])]
        return {"fields": {name: {} for name in names}}
    if not inline and kind == "form" and widget in ("", *X2MANY):
        return {"fields": specification(model, "list"), "limit": 40}
    result = {}
    for tag in ("list", "form") if "list" in inline else inline:
        if tag in inline:
            _add(result, {"fields": _of_view(model, inline[tag], tag, models)})
    if result:
        result["limit"] = int(next(iter(inline.values())).get("limit") or 40)
    return result


def _own_fields(view):
    """The field nodes of a view that are not inside the view of another field."""
    depth = len(list(view.iterancestors("field")))
    return [node for node in view.iter("field") if len(list(node.iterancestors("field"))) == depth]


def _add(specification, more):
    """Merge a specification into another, at all levels."""
    for name, value in more.items():
        if isinstance(value, dict):
            _add(specification.setdefault(name, {}), value)
        else:
            specification[name] = deepcopy(value)
