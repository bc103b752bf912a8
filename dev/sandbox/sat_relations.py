"""Who names whom: the relations of all CFDIs that SAT has, and the payments of them."""

import threading

from lxml import etree

PAYMENT = "P"


def named_in(xml):
    """(kind, UUID in lower case) of each CFDI that a CFDI names; kind: TipoRelacion, or P."""
    if b"CfdiRelacionado" not in xml and b"DoctoRelacionado" not in xml:
        return []
    root = etree.fromstring(xml)
    found = [(node.getparent().get("TipoRelacion"), node.get("UUID"))
             for node in root.findall("{*}CfdiRelacionados/{*}CfdiRelacionado")]
    found += [(PAYMENT, node.get("IdDocumento")) for node in root.iter("{*}DoctoRelacionado")]
    return [(kind, (uuid or "").lower()) for kind, uuid in found]


class Relations:
    """An index over the book that reads each stamp once, when it is first asked after it."""

    def __init__(self, store):
        self.store = store
        self._lock = threading.Lock()
        self._last = 0
        self._naming = {}

    def naming(self, uuid):
        """[(kind, UUID of the one that names it)]; some may have left the book since."""
        with self._lock:
            self._read()
            return sorted(self._naming.get(uuid.lower(), ()))

    def paid(self):
        """The UUIDs, in lower case, that receipts of payment name."""
        with self._lock:
            self._read()
            return sorted(uuid for uuid, found in self._naming.items()
                          if any(kind == PAYMENT for kind, _uuid in found))

    def add(self, uuid, xml):
        """Enter a CFDI that is not in the book."""
        with self._lock:
            self._enter(uuid, xml)

    def _read(self):
        for row in self.store.rows("SELECT n, uuid, xml FROM stamps WHERE n > ? ORDER BY n",
                                   (self._last,)):
            self._enter(row["uuid"], row["xml"])
            self._last = row["n"]

    def _enter(self, uuid, xml):
        for kind, named in named_in(xml):
            self._naming.setdefault(named, set()).add((kind, uuid.lower()))
