"""The book: every CFDI that was stamped, what became of it, the bulk results."""

import datetime
import hashlib
import json
import secrets

from .errors import Refusal

PUBLIC = (
    "n", "uuid", "user", "branch", "operation", "created", "serie", "folio", "tipo", "fecha",
    "fecha_timbrado", "rfc_emisor", "rfc_receptor", "nombre_receptor", "total", "moneda",
    "sha256", "estado", "cancelable", "estatus_cancelacion", "motivo", "folio_sustitucion",
    "codigo_cancelacion",
)
ESTADOS = ("Vigente", "En proceso", "Cancelado")


class Duplicate(Exception):
    """These bytes have been stamped before for this user and branch; ``row`` is the stamp."""

    def __init__(self, row):
        self.row = row
        super().__init__(row["uuid"])


def digest(data):
    """sha256 of bytes, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


class Book:
    """What was stamped. A method that changes something returns when it is on the disk."""

    def __init__(self, store):
        self.store = store

    def former(self, sent, user, branch):
        """The first stamp of these bytes for this user and branch, or None."""
        return self.store.row(
            "SELECT * FROM stamps WHERE sha256 = ? AND user = ? AND branch = ? ORDER BY n LIMIT 1",
            (digest(sent), user, branch),
        )

    def add(self, values, charge=True, unique=False):
        """Write a stamp and take one credit, both or neither.

        ``values``: columns of the stamps table. Raises Refusal 718 without credits and, with
        ``unique``, Duplicate when the bytes are in the book already.
        """
        values = {
            "created": datetime.datetime.now(datetime.UTC).isoformat(),
            "sha256": digest(values["sent"]), **values,
        }
        columns = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        with self.store.transaction() as db:
            if unique:
                row = self.former(values["sent"], values["user"], values["branch"])
                if row:
                    raise Duplicate(row)
            if charge:
                taken = db.execute(
                    "UPDATE users SET credits = credits - 1 WHERE name = ? AND credits > 0",
                    (values["user"],),
                )
                if not taken.rowcount:
                    raise Refusal("718")
            db.execute(f"INSERT INTO stamps ({columns}) VALUES ({marks})", values)
        return self.get(values["uuid"])

    def get(self, uuid):
        """The stamp with this UUID in any letter case, or None."""
        return self.store.row(
            "SELECT * FROM stamps WHERE uuid = ? COLLATE NOCASE", ((uuid or "").strip(),)
        )

    def change(self, uuid, **values):
        """Set columns of a stamp; returns the row, None when there is no such UUID."""
        assignments = ", ".join(f"{name} = :{name}" for name in values)
        with self.store.transaction() as db:
            db.execute(
                f"UPDATE stamps SET {assignments}"
                " WHERE uuid = :the_uuid COLLATE NOCASE",
                {**values, "the_uuid": uuid},
            )
        return self.get(uuid)

    def listing(self, **filters):
        """The stamps without their bytes, oldest first; filters are equality on columns."""
        chosen = {name: value for name, value in filters.items() if name in PUBLIC}
        where = " AND ".join(f"{name} = :{name}" for name in chosen) or "1"
        return self.store.rows(
            f"SELECT {', '.join(PUBLIC)} FROM stamps WHERE {where} ORDER BY n",
            chosen,
        )

    def add_bulk(self, user, entries):
        """Remember the stamped entries of a ZIP, [[name, uuid], …]; returns the link's token."""
        token = secrets.token_hex(16)
        created = datetime.datetime.now(datetime.UTC).isoformat()
        with self.store.transaction() as db:
            db.execute("INSERT INTO bulks VALUES (?, ?, ?, ?)",
                       (token, user, created, json.dumps(entries)))
        return token

    def bulk(self, token, user):
        """The (name, xml) pairs behind a link of this user; None when it is not theirs."""
        row = self.store.row("SELECT * FROM bulks WHERE token = ? AND user = ?", (token, user))
        if not row:
            return None
        return [(name, self.get(uuid)["xml"]) for name, uuid in json.loads(row["entries"])]

    def empty(self):
        """Forget every stamp, bulk result and invoice that waits to be stamped."""
        with self.store.transaction() as db:
            for table in ("stamps", "bulks", "drafts"):
                db.execute(f"DELETE FROM {table}")
