"""Users who may see invoices but have no group of the module open them; the form leaves out what they may not read."""

from lxml import etree

from odoo import Command
from odoo.tests import Form

from ..support.received_case import ReceivedCase

# what the apps Purchase and Sales give their users of accounting
BUYER = {
    "account.move": "rwc",
    "account.move.line": "rwc",
    "account.account": "r",
    "account.account.tag": "r",
    "account.fiscal.position": "r",
    "account.journal": "r",
    "account.partial.reconcile": "r",
    # Odoo's own form counts them
    "account.payment": "r",
    "account.payment.term": "r",
    "account.tax": "r",
    "account.tax.group": "r",
}


class TestAccessViews(ReceivedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = cls.env["res.groups"].create({"name": "Buyers and sellers"})
        cls.env["ir.model.access"].create(
            [
                {
                    "name": model,
                    "model_id": cls.env["ir.model"]._get_id(model),
                    "group_id": group.id,
                    "perm_read": True,
                    "perm_write": "w" in rights,
                    "perm_create": "c" in rights,
                }
                for model, rights in BUYER.items()
            ]
        )
        # a company that took our groups away from Odoo's
        invoicing = cls.env.ref("account.group_account_invoice")
        invoicing.implied_ids = [Command.unlink(cls.env.ref("l10n_mx_facture.group_stamp").id)]
        cls.buyer = cls.person("buyer", group)
        cls.auditor = cls.person("auditor", cls.env.ref("account.group_account_readonly"))
        cls.biller = cls.person("biller", invoicing)
        cls.people = cls.buyer | cls.auditor | cls.biller

    @classmethod
    def person(cls, name, group):
        return cls.env["res.users"].create(
            {
                "name": name,
                "login": f"{name}-{cls.prefix}",
                "lang": "en_US",
                "company_id": cls.company.id,
                "company_ids": [Command.set(cls.company.ids)],
                "group_ids": [Command.set((cls.env.ref("base.group_user") | group).ids)],
            }
        )

    def setUp(self):
        super().setUp()
        for person in self.people:
            self.assertFalse(person.has_group("l10n_mx_facture.group_stamp"))

    def moves(self):
        """:return: a draft, a stamped invoice with its substitute, and bills: empty, filled, refused, forged"""
        xml, other = self.stamped_by_supplier(), self.stamped_by_supplier()
        bills = [self.upload(one) for one in (xml, xml, xml[:-30], other.replace(b'"100.00"', b'"101.00"'))]
        bills[0].action_l10n_mx_facture_received_sat()
        self.company.vat, self.customer.vat = "EKU9003173C9", self.company.vat
        draft, stamped = self.create_invoice(post=False), self.create_invoice()
        stamped.action_l10n_mx_facture_stamp()
        self.assertEqual(stamped.l10n_mx_facture_state, "stamped", stamped.l10n_mx_facture_message)
        action = stamped.action_l10n_mx_facture_substitute()
        substitute = self.env["account.move"].browse(action["res_id"])
        self.assertTrue(substitute.l10n_mx_facture_relation_ids)
        self.env["l10n_mx_facture.divergence"].sudo()._find_discrepancies(stamped.l10n_mx_facture_document_id)
        moves = draft | stamped | substitute
        for bill in bills:
            moves |= bill
        return moves

    def spec(self, node, model):
        """:return: what the web client reads for a view, as ``web_read`` takes it"""
        spec = {}
        for field in node.iter("field"):
            if field is node or next(field.iterancestors("field"), None) is not (node if node.tag == "field" else None):
                continue
            definition = model._fields[field.get("name")]
            inside = self.spec(field, self.env[definition.comodel_name]) if definition.relational else {}
            spec[field.get("name")] = {"fields": inside or {"display_name": {}}} if definition.relational else {}
        return spec

    def test_the_form_and_the_list_open(self):
        moves = self.moves()
        for person in self.people:
            for kind in ("form", "list"):
                views = self.env["account.move"].with_user(person).get_view(view_type=kind)
                spec = self.spec(etree.fromstring(views["arch"]), self.env["account.move"])
                self.assertTrue(any(name.startswith("l10n_mx_facture") for name in spec))
                for move in moves:
                    with self.subTest(person=person.name, view=kind, move=move.display_name):
                        self.env.invalidate_all()
                        (read,) = move.with_user(person).web_read(spec)
                        self.assertEqual(read["id"], move.id)

    def test_who_buys_works_on_bills(self):
        with Form(self.env["account.move"].with_user(self.buyer).with_context(default_move_type="in_invoice")) as form:
            form.partner_id = self.supplier
        bill, xml = form.record, self.stamped_by_supplier()
        self.env.invalidate_all()
        self.drop(bill, xml.replace(b' Total="116.00"', b' Total="117.00"'))
        self.env.invalidate_all()
        self.drop(bill, xml)
        self.env.invalidate_all()
        self.assertEqual((bill.sudo().l10n_mx_facture_received_id.seal, bill.amount_total), ("holds", 116.0))
        second = self.env["account.move"].with_user(self.buyer).create({"move_type": "in_invoice"})
        self.drop(second, xml)
        self.env.invalidate_all()
        self.assertIn("on the bill", str(second.alerts))
        with Form(bill) as form:
            form.ref = "typed"
        self.assertEqual(bill.ref, "typed")
        second.action_l10n_mx_facture_received_release()
        self.assertFalse(second.l10n_mx_facture_refused_uuid)

    def test_who_invoices_goes_on_without_our_groups(self):
        self.company.vat, self.customer.vat = "EKU9003173C9", self.company.vat
        invoice = self.create_invoice(post=False).with_user(self.biller)
        self.env.invalidate_all()
        with Form(invoice) as form:
            form.ref = "typed"
        invoice.action_post()
        self.assertEqual((invoice.ref, invoice.state), ("typed", "posted"))
        invoice.button_draft()
        invoice.button_cancel()
        self.assertEqual(invoice.state, "cancel")

    def test_who_invoices_sends_and_credits_what_others_stamped(self):
        self.company.vat, self.customer.vat = "EKU9003173C9", self.company.vat
        stamped = self.create_invoice()
        stamped.action_l10n_mx_facture_stamp()
        self.env.invalidate_all()
        invoice = stamped.with_user(self.biller)
        action = invoice.action_invoice_sent()
        wizard = self.env[action["res_model"]].with_user(self.biller).with_context(action["context"]).create({})
        names = [attachment["name"] for attachment in wizard.mail_attachments_widget]
        self.assertIn(stamped.l10n_mx_facture_xml_attachment_id.name, names)
        self.env.invalidate_all()
        Reversal = self.env["account.move.reversal"].with_user(self.biller)
        reversal = Reversal.with_context(active_model="account.move", active_ids=invoice.ids).create(
            {"journal_id": invoice.journal_id.id}
        )
        reversal.reverse_moves()
        relation = reversal.new_move_ids.sudo().l10n_mx_facture_relation_ids
        self.assertEqual(relation.document_id, stamped.l10n_mx_facture_document_id)
        self.assertEqual(relation.relation_type_id.code, "01")
