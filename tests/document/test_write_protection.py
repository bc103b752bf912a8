from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tools import mute_logger

from ..support.stamp_case import REFUSALS, StampCase

DOCUMENT, REQUEST = "l10n_mx_facture.document", "l10n_mx_facture.request"


class TestWriteProtection(StampCase):
    """Nobody changes or deletes what was sent and what came back, through any interface."""

    def setUp(self):
        super().setUp()
        self.move = self.stamped_invoice()
        self.document = self.move.l10n_mx_facture_document_id
        self.request_row = self.document.request_ids
        self.cancel(self.move)
        self.press(self.move, "action_l10n_mx_facture_fetch_receipt")
        self.admin = self.env.ref("base.user_admin")
        self.admin.company_ids += self.company
        self.admin.group_ids += self.env.ref("account.group_account_manager")

    def everybody(self, records):
        """Yield the records as each kind of user sees them, with the name of the way."""
        for env, way in (
            (self.env(user=self.admin.id), "admin"),
            (self.env(user=self.admin.id, su=True), "sudo"),
            (self.env(user=1, su=True), "superuser"),
            # a context comes from outside: a key that can be guessed is none
            (
                self.env(user=1, su=True, context={"l10n_mx_facture_internal": True}),
                "guessed key",
            ),
            (
                self.env(user=1, su=True, context={"force_delete": True, "install_mode": True}),
                "forced",
            ),
        ):
            yield way, records.with_env(env(context={**env.context, **self.companies()}))

    def companies(self):
        return {"allowed_company_ids": self.company.ids}

    def refused(self, records, action):
        for way, seen in self.everybody(records):
            with self.subTest(way=way, record=records._name):
                try:
                    with self.cr.savepoint(), mute_logger("odoo.sql_db", "odoo.models.unlink"):
                        action(seen)
                        seen.env.flush_all()
                except (*REFUSALS, IntegrityError):
                    self.env.invalidate_all()
                else:
                    self.fail(f"{records} was changed by {way}")

    def test_documents_are_neither_edited_nor_deleted(self):
        before = self.document.read()[0]
        for values in (
            {"state": "draft"},
            {"uuid": False},
            {"payload": b"eA=="},
            {"total": 1},
            {"move_id": self.create_invoice().id},
            {"xml_attachment_id": False},
            {"resolution": "forged"},
            {"request_ids": [Command.clear()]},
        ):
            self.refused(self.document, lambda seen, values=values: seen.write(values))
        self.refused(self.document, lambda seen: seen.unlink())
        self.env.invalidate_all()
        self.assertEqual(self.document.read()[0], before)

    def test_the_ledger_is_neither_edited_nor_deleted(self):
        before = self.request_row.read()[0]
        for values in ({"outcome": "rejected"}, {"raw": "x"}, {"user_id": 1}, {"message": False}):
            self.refused(self.request_row, lambda seen, values=values: seen.write(values))
        self.refused(self.request_row, lambda seen: seen.unlink())
        self.env.invalidate_all()
        self.assertEqual(self.request_row.read()[0], before)

    def test_xml_and_receipt_are_neither_edited_nor_deleted(self):
        files = self.document.xml_attachment_id + self.document.receipt_attachment_id
        before = files.mapped("raw")
        for values in (
            {"raw": b"<forged/>"},
            {"datas": b"PGZvcmdlZC8+"},
            {"db_datas": b"x"},
            {"store_fname": "aa/bb"},
            {"res_id": self.create_invoice().id},
            {"res_field": "hidden"},
            {"type": "url", "url": "https://elsewhere.example"},
        ):
            for file in files:
                self.refused(file, lambda seen, values=values: seen.write(values))
        for file in files:
            self.refused(file, lambda seen: seen.unlink())
        self.env.invalidate_all()
        self.assertEqual(files.mapped("raw"), before)

    def test_other_attachments_are_nobody_s_business(self):
        other = self.env["ir.attachment"].create(
            {"name": "x.txt", "raw": b"x", "res_model": "account.move", "res_id": self.move.id}
        )
        other.raw = b"y"
        other.unlink()
        self.assertFalse(other.exists())

    def test_the_link_to_the_live_cfdi_is_set_by_nobody(self):
        other = self.create_invoice()
        self.refused(self.move, lambda seen: seen.write({"l10n_mx_facture_document_id": False}))
        self.refused(
            other,
            lambda seen: seen.write({"l10n_mx_facture_document_id": self.document.id}),
        )
        self.refused(
            self.move,
            lambda seen: seen.write({"l10n_mx_facture_document_ids": [Command.clear()]}),
        )
        with self.assertRaises(UserError):
            self.create_invoice(l10n_mx_facture_document_id=self.document.id, post=False)

    def test_the_relations_of_a_live_cfdi_stay(self):
        relation = {
            "relation_type_id": self.sat("c_tipo_relacion", "01").id,
            "uuid": "5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9",
        }
        origin = self.create_invoice(l10n_mx_facture_relation_ids=[Command.create(relation)])
        row = origin.l10n_mx_facture_relation_ids
        self.stamp(origin)
        self.refused(row, lambda seen: seen.write({"uuid": self.document.uuid}))
        self.refused(row, lambda seen: seen.unlink())
        self.refused(row, lambda seen: seen.create({**relation, "move_id": origin.id}))
        self.assertEqual(row.uuid, relation["uuid"])

    def test_rpc_calls_as_a_browser_or_a_script_makes_them_are_refused(self):
        env = self.env(user=self.admin.id, context=self.companies())
        context = {"context": {**self.companies(), "l10n_mx_facture_internal": True}}
        for model, method, args in (
            (DOCUMENT, "write", [self.document.ids, {"state": "draft"}]),
            (DOCUMENT, "web_save", [self.document.ids, {"uuid": "x"}, {}]),
            (DOCUMENT, "unlink", [self.document.ids]),
            (DOCUMENT, "create", [{"move_id": self.move.id, "state": "stamped"}]),
            (DOCUMENT, "copy", [self.document.ids]),
            (DOCUMENT, "load", [["id", "state"], [[str(self.document.id), "Draft"]]]),
            (DOCUMENT, "_move_to", [self.document.ids, "cancelled"]),
            (DOCUMENT, "_record_sat_answer", [self.document.ids, True, "x"]),
            (DOCUMENT, "_store_stamped", [self.document.ids, "x", 200]),
            (REQUEST, "write", [self.request_row.ids, {"outcome": "done"}]),
            (REQUEST, "unlink", [self.request_row.ids]),
            (REQUEST, "_close", [self.request_row.ids, "done"]),
            ("account.move", "_l10n_mx_facture_send", [[]]),
        ):
            with self.subTest(model=model, method=method), self.cr.savepoint():
                try:
                    answer = call_kw(env[model], method, args, dict(context))
                except REFUSALS:
                    continue
                # an import answers with messages instead of raising
                self.assertEqual(method, "load")
                self.assertFalse(answer["ids"])
        self.env.invalidate_all()
        self.assertEqual(self.document.state, "cancel_requested")
        self.assertEqual(len(self.move.l10n_mx_facture_document_ids), 1)

    def test_notes_and_followers_may_change(self):
        partner = self.customer
        document = self.document.with_env(self.env(user=1, su=True))
        document.message_subscribe(partner.ids)
        document.message_post(body="A note")
        self.assertIn(partner, document.message_partner_ids)

    def test_account_and_branch_of_a_cfdi_are_not_deleted(self):
        self.refused(self.branch, lambda seen: seen.unlink())
        self.refused(self.account, lambda seen: seen.unlink())

    def test_what_the_cfdi_states_stays_on_the_invoice(self):
        # the names and dates of a posted invoice can be changed by wizards and by RPC
        move = self.stamped_invoice()
        other = self.customer.copy({"vat": "XIA190128J61"})
        for values in (
            {"name": "RENUMBERED/1"},
            {"partner_id": other.id},
            {"invoice_date": "2020-01-31"},
            {"currency_id": self.env.ref("base.USD").id},
            {"l10n_mx_facture_usage_id": self.sat("c_uso_cfdi", "G01").id},
            {"l10n_mx_facture_payment_policy": "PPD"},
            {"l10n_mx_facture_payment_form_id": self.sat("c_forma_pago", "01").id},
            {"l10n_mx_facture_branch_id": self.branch_at("77500").id},
        ):
            with self.subTest(**values):
                self.refused(move, lambda seen, values=values: seen.write(values))
        self.env.invalidate_all()
        # the same again is no change, and what the CFDI doesn't state is free
        move.write(
            {"name": move.name, "ref": "their order 7"}
        )
        move.invoice_date_due = "2030-01-01"
        self.assertEqual(move.l10n_mx_facture_payment_policy, "PUE")

    def test_files_may_move_to_another_storage(self):
        file = self.document.xml_attachment_id
        before = file.raw
        self.env["ir.config_parameter"].sudo().set_param("ir_attachment.location", "db")
        file.with_env(self.env(user=1, su=True))._migrate()
        self.assertEqual(file.raw, before)
        self.assertFalse(file.store_fname)
