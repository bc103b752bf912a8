from psycopg2 import IntegrityError
from psycopg2.errors import UniqueViolation

from odoo.tools import mute_logger

from ..support.stamp_case import StampCase


class TestConstraints(StampCase):
    """The database itself refuses a second live CFDI, whatever the code does."""

    def copy_row(self, document, **values):
        """Copy a document's row past all code of ours."""
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM l10n_mx_facture_document WHERE id = %s", (document.id,))
        row = self.env.cr.dictfetchone()
        del row["id"]
        row.update(values)
        row["proof"] = None
        columns = ", ".join(row)
        places = ", ".join(["%s"] * len(row))
        self.env.cr.execute(
            f"INSERT INTO l10n_mx_facture_document ({columns}) VALUES ({places})",
            tuple(row.values()),
        )

    def test_two_live_documents_of_one_invoice_are_refused(self):
        document = self.stamped_invoice().l10n_mx_facture_document_id
        for first in ("sending", "unknown", "stamped", "cancel_requested"):
            for second in ("sending", "unknown", "stamped", "cancel_requested"):
                with (
                    self.subTest(first=first, second=second),
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(UniqueViolation),
                    self.cr.savepoint(),
                ):
                    self.env.cr.execute(
                        "UPDATE l10n_mx_facture_document SET state = %s WHERE id = %s",
                        (first, document.id),
                    )
                    self.copy_row(document, state=second, uuid=None)

    def test_history_beside_a_live_one_is_allowed(self):
        document = self.stamped_invoice().l10n_mx_facture_document_id
        for state in ("rejected", "draft", "cancelled", "rejected"):
            self.copy_row(document, state=state, uuid=None)
        self.env.cr.execute(
            "SELECT count(*) FROM l10n_mx_facture_document WHERE move_id = %s",
            (document.move_id.id,),
        )
        self.assertEqual(self.env.cr.fetchone(), (5,))

    def test_one_uuid_belongs_to_one_document(self):
        document = self.stamped_invoice().l10n_mx_facture_document_id
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            self.copy_row(document, state="rejected")

    def test_a_document_and_its_ledger_hold_each_other(self):
        document = self.stamped_invoice().l10n_mx_facture_document_id
        for table, condition in (
            ("l10n_mx_facture_document", f"id = {document.id}"),
            ("account_move", f"id = {document.move_id.id}"),
            ("ir_attachment", f"id = {document.xml_attachment_id.id}"),
        ):
            with (
                self.subTest(table=table),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.env.cr.execute(f"DELETE FROM {table} WHERE {condition}")

    def test_a_stamp_that_slips_through_all_checks_is_stopped_before_it_leaves(self):
        # another process has a live document that this one's checks don't see: only the index does
        move = self.stamped_invoice()
        self.env.cr.execute(
            "UPDATE account_move SET l10n_mx_facture_document_id = NULL WHERE id = %s", (move.id,)
        )
        self.env.invalidate_all()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.stamp(move)
        self.assertEqual(len(self.calls("stamp")), 1)
        self.assertEqual(len(self.book(move)), 1)
