"""What `make chaos` compares, read from the service's book and from the database."""

import base64
import json

from dev.chaos.actions import DOCUMENTS
from dev.chaos.compare import Call, Document, Stamp

CALLS = """
    SELECT d.move_id AS owner, r.operation, r.outcome, r.document_id FROM l10n_mx_facture_request r
    JOIN l10n_mx_facture_document d ON d.id = r.document_id WHERE d.move_id = ANY(%s)
"""

LEDGER = """
    SELECT r.*, d.move_id AS owner, d.state, d.remote_id FROM l10n_mx_facture_request r
    JOIN l10n_mx_facture_document d ON d.id = r.document_id WHERE d.move_id = ANY(%s) ORDER BY r.id
"""
# the service may give the same document with or without it
BOM = b"\xef\xbb\xbf"


class Reader:
    """Reads all that there is of some invoices of one service."""

    documents, of_calls, of_ledger = DOCUMENTS, CALLS, LEDGER

    def __init__(self, plant, service, moves):
        self.plant, self.service, self.moves = plant, service, moves
        rows = plant.sql("SELECT id, sequence_number FROM account_move WHERE id = ANY(%s)", moves)
        self.folios = {row["id"]: row["sequence_number"] for row in rows}

    def book(self):
        """What the service has stamped."""
        return [
            Stamp(move, row["uuid"].upper(), row["xml"].encode(), row["estado"], self._sent(row["sent"].encode()))
            for move, folio in self.folios.items()
            for row in self._of_folio(folio)
        ]

    def _of_folio(self, folio):
        return self.plant.book(self.service, folio)

    def calls(self):
        """The rows of the ledger."""
        return [
            Call(row["owner"], row["operation"], row["outcome"], row["document_id"])
            for row in self.plant.sql(self.of_calls, self.moves)
        ]

    def ledger(self, invoices):
        """Lines that tell the calls for some of the invoices, oldest first."""
        return [
            f"invoice {row['owner']}, document {row['document_id']} ({row['state']}, id {row['remote_id']}): "
            f"{row['date_start']:%H:%M:%S} {row['operation']} {row['outcome']} {row['code'] or ''} "
            f"{(row['message'] or '')[:120]!r}"
            for row in self.plant.sql(self.of_ledger, list(invoices))
        ]

    def kept(self):
        """The documents with the bytes of their XML."""
        rows = self.plant.sql(self.documents, self.moves)
        wanted = [row["xml_attachment_id"] for row in rows if row["xml_attachment_id"]]
        found = self.plant.sql("SELECT id, store_fname, db_datas FROM ir_attachment WHERE id = ANY(%s)", wanted)
        store = self.plant.stack.settings.data / "filestore" / self.plant.database
        xml = {row["id"]: _content(store, row) for row in found}
        return [
            Document(
                row["owner"],
                row["id"],
                row["state"],
                row["uuid"],
                xml.get(row["xml_attachment_id"], b"").removeprefix(BOM),
                queued=bool(row["date_queued"]),
                sent=self._handed_over(row),
            )
            for row in rows
        ]

    def _handed_over(self, row):
        if self.service.steps:
            return self._sent((row["draft_sent"] or "null").encode())
        return base64.b64decode(bytes(row["payload"] or b""))

    def _sent(self, content):
        """What was sent, so that it can be compared: JSON may have been written anew."""
        return json.dumps(json.loads(content), sort_keys=True).encode() if self.service.steps else content


def _content(store, row):
    if row["store_fname"]:
        return (store / row["store_fname"]).read_bytes()
    return bytes(row["db_datas"] or b"")
