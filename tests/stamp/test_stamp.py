import base64
import hashlib

from ..support.stamp_case import StampCase


class TestStamp(StampCase):
    """One invoice without faults: what is sent, what is kept, and what a second press does."""

    NEEDED = ("tax_regime", "usage", "payment_form")

    def test_a_stamped_invoice_has_all_that_the_service_gave(self):
        move = self.create_invoice()
        params = self.stamp(move)
        document = move.l10n_mx_facture_document_id
        [entry] = self.book(move)
        kept = self.sandbox.stamped(entry["uuid"])
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(move.l10n_mx_facture_uuid, entry["uuid"].upper())
        self.assertEqual(document.xml_attachment_id.raw.decode(), kept["xml"])
        self.assertEqual(base64.b64decode(document.payload).decode(), kept["sent"])
        self.assertEqual(
            document.payload_hash, hashlib.sha256(kept["sent"].encode()).hexdigest()
        )
        self.assertTrue(document.pdf_attachment_id.raw.startswith(b"%PDF"))
        self.assertEqual(
            [document.serie, document.folio, document.rfc_emisor, document.rfc_receptor],
            [entry["serie"], entry["folio"], entry["rfc_emisor"], entry["rfc_receptor"]],
        )
        self.assertEqual(f"{document.total:.2f}", entry["total"])
        self.assertEqual(document.environment, "test")
        self.assertIn(move.l10n_mx_facture_uuid, self.chatter(move))
        self.assertEqual(params["type"], "success")
        self.assertIn(move.l10n_mx_facture_uuid, params["message"])

    def test_files_hang_on_the_invoice_where_the_accountant_looks(self):
        move = self.stamped_invoice()
        document = move.l10n_mx_facture_document_id
        for attachment, extension in (
            (document.xml_attachment_id, ".xml"),
            (document.pdf_attachment_id, ".pdf"),
        ):
            self.assertEqual((attachment.res_model, attachment.res_id), ("account.move", move.id))
            self.assertTrue(attachment.name.endswith(f"{document.uuid}{extension}"))
            self.assertIn(str(attachment.id), self._download(move, extension))

    def _download(self, move, extension):
        name = f"action_l10n_mx_facture_download_{extension[1:]}"
        return getattr(move, name)()["url"]

    def test_headers_stand_where_the_page_asks_for_them(self):
        move = self.stamped_invoice()
        [call] = self.calls("stamp")
        headers = {name.lower(): value for name, value in call["headers"].items()}
        self.assertEqual((call["method"], call["path"]), ("POST", "/rest/timbrado/produccion/"))
        self.assertEqual(headers["sucursal"], self.branch.remote_id)
        self.assertEqual(headers["content-type"], "application/xml")
        self.assertEqual(headers["accept"], "application/xml")
        self.assertTrue(headers["authorization"].startswith("Basic sha256:"))
        self.assertEqual(call["body_sha256"], move.l10n_mx_facture_document_id.payload_hash)
        [pdf] = self.calls("pdf")
        self.assertNotIn("Sucursal", pdf["headers"])

    def test_the_ledger_tells_the_call(self):
        move = self.stamped_invoice()
        [row] = move.l10n_mx_facture_request_ids
        self.assertEqual((row.operation, row.outcome), ("stamp", "done"))
        self.assertEqual(row.http_status, 200)
        self.assertEqual(row.user_id, self.env.user)
        self.assertTrue(row.date_start <= row.date_end)

    def test_document_and_ledger_row_are_committed_before_the_call(self):
        move = self.create_invoice()
        with self.dying(done=False):
            self.press(move, "action_l10n_mx_facture_stamp")
        # the dead process's transaction is rolled back: what is still there had been committed
        self.assertEqual(move.l10n_mx_facture_state, "sending")
        self.assertTrue(move.l10n_mx_facture_document_id.payload)
        self.assertEqual(self.ledger(move), [("stamp", "pending")])
        self.assertEqual(self.calls("stamp"), [])

    def test_no_transaction_is_open_while_the_service_works(self):
        move = self.create_invoice()
        with self.committing() as env:
            # a test cursor has a savepoint exactly while a real one has a transaction
            seen = self.watch("stamp", lambda: env.cr._savepoint)
            move.with_env(env).action_l10n_mx_facture_stamp()
        self.assertEqual(seen, [None])

    def test_a_second_press_sends_nothing(self):
        move = self.stamped_invoice()
        uuid = move.l10n_mx_facture_uuid
        params = self.stamp(move)
        self.assertIn(uuid, params["message"])
        self.assertEqual(move.l10n_mx_facture_uuid, uuid)
        self.assertEqual(len(self.calls("stamp")), 1)
        self.assertEqual(len(self.book(move)), 1)
        self.assertEqual(len(move.l10n_mx_facture_document_ids), 1)

    def test_everything_missing_is_told_at_once_and_nothing_is_sent(self):
        for name in ("zip", *(f"l10n_mx_facture_{what}_id" for what in self.NEEDED)):
            self.customer[name] = False
        move = self.create_invoice()
        text = self.refusal(move, "action_l10n_mx_facture_stamp")
        for word in ("postal code", "tax regime", "UsoCFDI", "FormaPago"):
            self.assertIn(word, text)
        self.assertEqual(self.calls("stamp"), [])
        self.assertFalse(move.l10n_mx_facture_document_ids)

    def test_only_posted_customer_documents_of_mexico_are_stamped(self):
        draft = self.create_invoice(post=False)
        self.assertIn("posted", self.refusal(draft, "action_l10n_mx_facture_stamp"))
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.customer.id}
        )
        self.assertIn("customer", self.refusal(bill, "action_l10n_mx_facture_stamp"))
        self.assertEqual(self.calls("stamp"), [])

    def test_what_was_missing_can_be_added_where_the_refusal_says(self):
        # told "set it on the product", "choose one on the journal": that has to be enough
        self.product.l10n_mx_facture_product_code_id = False
        self.unit.l10n_mx_facture_unit_code_id = False
        self.customer.l10n_mx_facture_payment_form_id = False
        self.branch.journal_ids = False
        move = self.create_invoice()
        text = self.refusal(move, "action_l10n_mx_facture_stamp")
        for word in ("ClaveProdServ", "ClaveUnidad", "FormaPago", "branch"):
            self.assertIn(word, text)
        self.product.l10n_mx_facture_product_code_id = self.sat("c_clave_prod_serv", "84111506")
        self.unit.l10n_mx_facture_unit_code_id = self.sat("c_clave_unidad", "E48")
        self.customer.l10n_mx_facture_payment_form_id = self.sat("c_forma_pago", "03")
        self.branch.journal_ids = self.journal
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_invoices_are_found_and_grouped_by_state(self):
        stamped, waiting = self.stamped_invoice(), self.create_invoice()
        moves = self.env["account.move"]
        mine = [("id", "in", (stamped + waiting).ids)]
        found = moves.search([*mine, ("l10n_mx_facture_state", "=", "stamped")])
        self.assertEqual(found, stamped)
        found = moves.search([*mine, ("l10n_mx_facture_state", "in", (False, "draft", "rejected"))])
        self.assertEqual(found, waiting)
        groups = moves.formatted_read_group(mine, ["l10n_mx_facture_state"], ["__count"])
        self.assertEqual(
            {group["l10n_mx_facture_state"]: group["__count"] for group in groups},
            {"stamped": 1, False: 1},
        )

    def test_other_dialects_of_the_service_are_understood(self):
        for dialect in ("nested", "other_names"):
            with self.subTest(dialect=dialect):
                self.sandbox.settings(dialect=dialect)
                move = self.stamped_invoice()
                self.assertEqual(len(self.book(move)), 1)
