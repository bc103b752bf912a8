"""The invoices of sello_digital: created, and stamped when the book has their UUID."""

import datetime
import uuid as uuids

SHOWN = """id, user, branch, created, uuid, serie, folio, total, status, error, action, paid,
    EXISTS (SELECT 1 FROM stamps WHERE stamps.uuid = drafts.uuid COLLATE NOCASE) AS stamped"""


class Drafts:
    """What create_full was told. An invoice's UUID is drawn when it is created: the book's entry
    of that UUID is the only mark of its stamp, so that a crash can't part the two."""

    def __init__(self, store):
        self.store = store

    def add(self, user, branch, sent, cfdi, **facts):
        """Remember an invoice (``cfdi``: unsigned, bytes); returns its row."""
        created = datetime.datetime.now(datetime.UTC).isoformat()
        with self.store.transaction() as db:
            number = db.execute(
                "INSERT INTO drafts (user, branch, created, uuid, serie, folio, total, sent, cfdi)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (user["name"], branch["id"], created, str(uuids.uuid4()), facts["serie"],
                 facts["folio"], facts["total"], sent, cfdi),
            ).lastrowid
        return self.get(number)

    def get(self, number):
        """The row of an id, None when there is none."""
        return self.store.row("SELECT * FROM drafts WHERE id = ?", (number,))

    def change(self, number, **values):
        """Set status, error, action (recommended) or paid; returns the row or None."""
        assignments = ", ".join(f"{name} = :{name}" for name in values)
        with self.store.transaction() as db:
            db.execute(f"UPDATE drafts SET {assignments} WHERE id = :the_id",
                       {**values, "the_id": number})
        return self.get(number)

    def listing(self):
        """All of them without their bytes, oldest first; ``stamped``: 1 when the book has it."""
        return self.store.rows(f"SELECT {SHOWN} FROM drafts ORDER BY id")
