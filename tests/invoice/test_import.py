import csv
import io
from decimal import Decimal

from odoo import Command

from ..support.invoice_case import InvoiceCase

FOREIGN_UUID = "5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9"


class TestInvoiceImport(InvoiceCase):
    """Invoices from a file: of a table, with SAT's codes as text, and of a CFDI that is dropped on a journal."""

    def load(self, rows):
        """Import rows of a table as Odoo's import screen does.

        :param rows: list of dicts from field path to text; a row without ``name`` is one more line of the one before
        :return: (moves, messages)
        """
        fields = list(dict.fromkeys(name for row in rows for name in row))
        table = io.StringIO()
        writer = csv.DictWriter(table, fields, restval="")
        writer.writeheader()
        writer.writerows(rows)
        screen = self.env["base_import.import"].create(
            {
                "res_model": "account.move",
                "file": table.getvalue().encode(),
                "file_type": "text/csv",
                "file_name": "facturas.csv",
            }
        )
        options = {"has_headers": True, "separator": ",", "quoting": '"', "encoding": "utf-8"}
        result = screen.execute_import(fields, fields, options)
        return self.env["account.move"].browse(result["ids"] or []), result["messages"]

    def row(self, **values):
        """:return: an invoice with one line, as an accountant writes it"""
        return {
            "name": f"{self.prefix}/{next(self.numbers):05d}",
            "move_type": "out_invoice",
            "partner_id": self.customer.name,
            "journal_id/.id": str(self.journal.id),
            "invoice_date": str(self.today()),
            **self.line(),
            **values,
        }

    def line(self, price="100.0", **values):
        return {
            "invoice_line_ids/name": "Mesa",
            "invoice_line_ids/quantity": "2",
            "invoice_line_ids/price_unit": price,
            "invoice_line_ids/tax_ids/.id": str(self.iva16.id),
            **values,
        }

    # -- tables --------------------------------------------------------------------------------------

    def test_the_fiscal_fields_are_found_by_their_code(self):
        rows = [
            self.row(
                l10n_mx_facture_usage_id="G01",
                l10n_mx_facture_payment_policy="PUE",
                l10n_mx_facture_payment_form_id="28",
                **{
                    "invoice_line_ids/l10n_mx_facture_product_code_id": "56101519",
                    "invoice_line_ids/l10n_mx_facture_unit_code_id": "H87",
                },
            ),
            self.line(
                "33.33",
                **{
                    "invoice_line_ids/l10n_mx_facture_product_code_id": "84111506",
                    "invoice_line_ids/l10n_mx_facture_unit_code_id": "E48",
                },
            ),
        ]
        move, messages = self.load(rows)
        self.assertFalse(messages)
        move.action_post()
        read = self.stamped(move)
        self.assertEqual(
            self.concepts(read),
            [
                ("56101519", "H87", 2, 100, 200, 0),
                ("84111506", "E48", 2, Decimal("33.33"), Decimal("66.66"), 0),
            ],
        )
        # IVA 32.00 + 10.67 of the two lines
        self.assertEqual(self.sums(read), (Decimal("266.66"), 0, Decimal("309.33")))
        self.assertEqual(read.node("cfdi:Receptor").get("UsoCFDI"), "G01")
        self.assertEqual((read["MetodoPago"], read["FormaPago"]), ("PUE", "28"))

    def test_what_the_table_does_not_say_is_proposed_as_always(self):
        moves, messages = self.load([self.row(), self.row(**{"invoice_line_ids/product_id": "Silla"})])
        self.assertFalse(messages)
        moves.action_post()
        read = self.stamped(moves[0])
        self.assertEqual(self.concepts(read)[0][:2], ("01010101", "ACT"))
        self.assertEqual(read.node("cfdi:Receptor").get("UsoCFDI"), "G03")
        self.assertEqual((read["MetodoPago"], read["FormaPago"]), ("PUE", "03"))
        self.assertEqual(self.concepts(self.stamped(moves[1]))[0][:2], ("56101500", "H87"))

    def test_a_tax_object_by_code_or_text(self):
        for text in ("03", "03 Subject to tax, no breakdown required"):
            values = {"invoice_line_ids/tax_ids/.id": "", "invoice_line_ids/l10n_mx_facture_tax_object": text}
            move, messages = self.load([self.row(**values)])
            self.assertFalse(messages, text)
            move.action_post()
            self.assertEqual(self.stamped(move).line().get("ObjetoImp"), "03")

    def test_a_credit_note_with_its_relations(self):
        row = self.row(
            move_type="out_refund",
            **{
                "l10n_mx_facture_relation_ids/relation_type_id": "03",
                "l10n_mx_facture_relation_ids/uuid": FOREIGN_UUID.lower(),
            },
        )
        move, messages = self.load([row])
        self.assertFalse(messages)
        move.action_post()
        read = self.stamped(move)
        self.assertEqual(read["TipoDeComprobante"], "E")
        self.assertEqual(read.relations(), [("03", [FOREIGN_UUID])])

    def test_a_code_that_sat_does_not_have_is_told_with_its_row(self):
        moves, messages = self.load([self.row(), self.row(l10n_mx_facture_usage_id="G99")])
        self.assertFalse(moves)
        [message] = messages
        self.assertIn("G99", message["message"])
        self.assertEqual(message["rows"], {"from": 1, "to": 1})

    def test_a_table_can_not_say_that_an_invoice_was_stamped(self):
        move, _messages = self.load([self.row(l10n_mx_facture_uuid=FOREIGN_UUID, l10n_mx_facture_state="stamped")])
        self.assertFalse(move.l10n_mx_facture_uuid)
        self.assertFalse(move.l10n_mx_facture_state)
        self.assertFalse(move.l10n_mx_facture_document_ids)

    def test_a_table_does_not_change_a_stamped_invoice(self):
        move = self.create_invoice()
        self.stamped(move)
        result = self.env["account.move"].load(
            [".id", "l10n_mx_facture_usage_id"], [[str(move.id), "G01"]]
        )
        self.assertFalse(result["ids"])
        self.assertEqual(move.l10n_mx_facture_usage_id.code, "G03")

    # -- files ---------------------------------------------------------------------------------------

    def file(self, xml):
        return self.env["ir.attachment"].create({"name": "cfdi.xml", "raw": xml, "mimetype": "application/xml"})

    def dropped(self, xml, move_type="out_invoice"):
        """:return: what Odoo makes of a file that is dropped on the list of invoices or bills"""
        sold = move_type == "out_invoice"
        journal = self.journal if sold else self.company_data["default_journal_purchase"]
        journal = journal.with_context(default_move_type=move_type)
        move = self.env["account.move"].browse(journal.create_document_from_attachment(self.file(xml).ids)["res_id"])
        self.assertEqual((move.state, move.move_type, move.journal_id), ("draft", move_type, journal))
        return move

    def test_a_cfdi_of_ours_dropped_on_a_list_is_a_draft_with_a_file(self):
        origin = self.create_invoice()
        self.stamped(origin)
        xml = origin.l10n_mx_facture_xml_attachment_id.raw
        for move_type in ("out_invoice", "in_invoice"):
            with self.subTest(move_type=move_type):
                move = self.dropped(xml, move_type)
                self.assertEqual(move.attachment_ids.raw, xml)
                self.assertFalse(move.l10n_mx_facture_state)
                self.assertFalse(move.l10n_mx_facture_document_ids)
        self.assertEqual(origin.l10n_mx_facture_state, "stamped")

    def test_a_draft_that_came_from_a_file_is_an_invoice_like_others(self):
        origin = self.create_invoice()
        self.stamped(origin)
        move = self.dropped(origin.l10n_mx_facture_xml_attachment_id.raw)
        move.write(
            {
                "partner_id": self.customer.id,
                "invoice_date": self.today(),
                "invoice_line_ids": [Command.clear(), Command.create(self.line_values(price_unit=10))],
            }
        )
        read = self.issued(move)
        self.assertEqual(self.sums(read), (10, 0, Decimal("11.60")))
        self.assertNotEqual(move.l10n_mx_facture_uuid, origin.l10n_mx_facture_uuid)

    def test_a_cfdi_dropped_on_an_invoice_changes_nothing_of_it(self):
        origin, draft = self.create_invoice(), self.create_invoice([{"price_unit": 7}], post=False)
        self.stamped(origin)
        own = origin.l10n_mx_facture_xml_attachment_id
        for move in (origin, draft):
            total = move.amount_total
            move.message_post(body="cfdi", attachment_ids=self.file(own.raw).ids)
            self.assertEqual(move.amount_total, total)
        self.assertEqual(origin.l10n_mx_facture_xml_attachment_id, own)
        self.assertFalse(draft.l10n_mx_facture_state)
