"""An element of the XML that is written: plain text is made several times faster than a tree of lxml."""


class Element:
    """An element to be; `children` are elements too, in their order."""

    __slots__ = ("attributes", "children", "name")

    def __init__(self, name, attributes=(), children=()):
        """:param attributes: pairs of name and value; those of None are left out"""
        self.name, self.children = name, list(children)
        self.attributes = "".join([f' {key}="{_escaped(value)}"' for key, value in attributes if value is not None])

    def __str__(self):
        if not self.children:
            return f"<{self.name}{self.attributes}/>"
        return f"<{self.name}{self.attributes}>{''.join(map(str, self.children))}</{self.name}>"


def _escaped(text):
    """A text between quotes; it holds no tab and no line break (`formats`), which a reader would take for blanks."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
