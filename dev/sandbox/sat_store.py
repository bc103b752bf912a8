"""What SAT keeps beside the book: CFDIs of others, and how far each cancellation has come."""

import dataclasses
import datetime

from lxml import etree

from .seal import TFD

SCHEMA = """
CREATE TABLE IF NOT EXISTS sat_strangers (
    uuid TEXT PRIMARY KEY COLLATE NOCASE, created TEXT NOT NULL, xml BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS sat_files (
    uuid TEXT PRIMARY KEY COLLATE NOCASE, requests INTEGER NOT NULL DEFAULT 0, requested TEXT,
    before TEXT NOT NULL DEFAULT '', estado TEXT, estatus TEXT);
"""
NO_FILE = {"requests": 0, "requested": None, "before": "", "estado": None, "estatus": None}


@dataclasses.dataclass
class Cfdi:
    """What SAT knows of a CFDI. ``row``: of the book, None for a stranger's."""

    uuid: str
    issuer: str
    receiver: str
    total: str
    kind: str
    date: str
    seal: str
    created: str
    xml: bytes
    row: dict | None

    @property
    def facts(self):
        """The columns that the rule of acceptance asks for."""
        return {"tipo": self.kind, "total": self.total, "rfc_receptor": self.receiver}


def _cfdi(uuid, created, xml, row=None):
    root = etree.fromstring(xml)
    return Cfdi(
        uuid=uuid, issuer=root.find("{*}Emisor").get("Rfc"),
        receiver=root.find("{*}Receptor").get("Rfc"), total=root.get("Total"),
        kind=root.get("TipoDeComprobante"), date=root.get("Fecha"), seal=root.get("Sello"),
        created=created, xml=xml, row=row)


class SatStore:
    """Strangers (CFDIs that no service of this sandbox stamped) and files (one a cancellation)."""

    def __init__(self, store, book):
        self.store = store
        self.book = book
        with store.transaction() as db:
            for statement in SCHEMA.split(";"):
                db.execute(statement)

    def cfdi(self, uuid):
        """The Cfdi with this UUID in any letter case, from the book or a stranger's, or None."""
        row = self.book.get(uuid)
        if row is not None:
            return _cfdi(row["uuid"], row["created"], row["xml"], row)
        stranger = self.store.row("SELECT * FROM sat_strangers WHERE uuid = ?", (uuid,))
        return stranger and _cfdi(**stranger)

    def register(self, xml):
        """Let SAT know a stamped CFDI of somebody else; ValueError for what is none.

        Returns its UUID. The same one again takes the place of the former.
        """
        try:
            root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
            uuid = root.find(f".//{{{TFD}}}TimbreFiscalDigital").get("UUID")
            cfdi = _cfdi(uuid, "", xml)
        except (etree.XMLSyntaxError, AttributeError) as error:
            raise ValueError("xml must be a stamped CFDI") from error
        if not all((uuid, cfdi.issuer, cfdi.receiver, cfdi.total, cfdi.seal)):
            raise ValueError("the CFDI lacks UUID, RFCs, total or seal")
        if self.book.get(uuid):
            raise ValueError(f"{uuid} is in the book: SAT knows it already")
        with self.store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO sat_strangers VALUES (?, ?, ?)",
                       (uuid, datetime.datetime.now(datetime.UTC).isoformat(), xml))
        return uuid

    def strangers(self):
        """Their UUIDs and when they came."""
        return self.store.rows("SELECT uuid, created FROM sat_strangers ORDER BY created")

    def file(self, uuid):
        """The file of a UUID: requests, requested, before, estado, estatus."""
        return self.store.row("SELECT * FROM sat_files WHERE uuid = ?", (uuid,)) or {**NO_FILE}

    def write(self, uuid, **values):
        """Set columns of a UUID's file, made when there is none."""
        row = {**NO_FILE, **self.file(uuid), **values, "uuid": uuid.lower()}
        with self.store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO sat_files VALUES"
                       " (:uuid, :requests, :requested, :before, :estado, :estatus)", row)

    def empty(self):
        """Forget all strangers and files."""
        with self.store.transaction() as db:
            for table in ("sat_strangers", "sat_files"):
                db.execute(f"DELETE FROM {table}")
