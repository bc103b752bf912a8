from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user

from ..support.advance_case import AdvanceCase


class TestAdvanceRefusals(AdvanceCase):
    """Advances: refusals, access rights and proposed amounts."""

    def refused(self, move, advance, amount, code="07"):
        """:return: why this much of an advance can't be applied"""
        values = {
            "relation_type_id": self.sat("c_tipo_relacion", code).id,
            "document_id": advance.l10n_mx_facture_document_id.id,
            "uuid": advance.l10n_mx_facture_uuid,
            "anticipo_amount": amount,
        }
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            move.l10n_mx_facture_relation_ids = [Command.create(values)]
        self.assertFalse(move.l10n_mx_facture_relation_ids.filtered(lambda row: row.anticipo_amount == amount))
        return str(caught.exception)

    def test_what_is_wrong_is_refused_in_plain_words(self):
        dollars = self.worth("USD", 18.5)
        other = self.customer.copy({"name": "Otra", "vat": "KAM870101KH6"})
        advance = self.advance()
        move = self.create_invoice([{"price_unit": 5000}], post=False)
        small = self.create_invoice([{"price_unit": 100}], post=False)
        self.assertIn("more than the remaining amount", self.refused(move, advance, 1160.01))
        self.assertIn("negative", self.refused(move, advance, -1))
        self.assertIn("is not an advance", self.refused(move, self.stamped_plain(), 1))
        self.assertIn("is not an advance", self.refused(move, advance, 1, code="04"))
        self.assertIn("more than the total", self.refused(small, advance, 116.01))
        self.assertIn("own customer", self.refused(self.create_invoice(partner_id=other.id), advance, 1))
        self.assertIn("own currency", self.refused(self.create_invoice(currency_id=dollars.id), advance, 1))
        self.assertIn("customer invoices only", self.refused(self.advance(stamp=False), advance, 1))
        self.relate(move, 1000)
        self.assertIn("applied twice", self.refused(move, advance, 10))
        self.assertIn("160.00", self.refused(self.create_invoice([{"price_unit": 5000}]), advance, 160.01))

    def stamped_plain(self):
        move = self.create_invoice()
        move.action_l10n_mx_facture_stamp()
        return move

    def test_an_advance_without_stamp_is_not_offered_and_not_taken(self):
        advance = self.advance(stamp=False)
        move = self.create_invoice([{"price_unit": 5000}])
        self.assertFalse(move._l10n_mx_facture_due_step())
        wizard = self.env["l10n_mx_facture.anticipo.apply"].create(
            {"move_id": move.id, "line_ids": [Command.create({"advance_id": advance.id, "amount": 5})]}
        )
        with self.assertRaises(UserError):
            wizard.action_relate()
        self.advance(10)
        with self.assertRaises(UserError) as caught:
            wizard.action_relate()
        self.assertIn("stamp it first", str(caught.exception))

    def test_an_invoice_that_became_smaller_is_not_sent(self):
        self.advance()
        move = self.create_invoice([{"price_unit": 1000}], post=False)
        self.relate(move)
        move.invoice_line_ids.price_unit = 999
        move.action_post()
        self.assertIn("more than the total", self.refusal(move))

    def test_an_advance_that_was_cancelled_meanwhile_is_not_named(self):
        advance = self.advance()
        move = self.create_invoice([{"price_unit": 1000}])
        self.relate(move)
        self.cancelled(advance)
        self.assertIn("stamp it first", self.refusal(move))

    def test_nothing_entered_is_refused(self):
        self.advance()
        with self.assertRaises(UserError):
            self.relate(self.create_invoice(), 0)

    def test_an_assistant_left_open_does_not_act_on_what_has_changed(self):
        self.advance()
        move = self.create_invoice([{"price_unit": 5000}])
        before = self.assistant(move)
        self.relate(move)
        self.stamped(move)
        with self.assertRaises(UserError):
            before.action_relate()
        first, second = self.assistant(move), self.assistant(move)
        first.action_apply()
        with self.assertRaises(UserError):
            second.action_apply()
        self.assertEqual(len(move.l10n_mx_facture_application_ids), 1)

    def test_no_amount_and_no_quota(self):
        quota = self.create_tax("Quota", 3, "ieps", "Cuota", amount_type="fixed")
        for values in ({"amount": 0}, {"amount": -5}, {"amount": 5, "tax_ids": [Command.set(quota.ids)]}):
            with self.subTest(**values), self.assertRaises(UserError):
                self.advance(**values)

    def test_what_the_assistant_proposes(self):
        self.company.account_sale_tax_id = self.iva8
        form = Form(self.env["l10n_mx_facture.anticipo"])
        form.partner_id = self.customer
        self.assertEqual(form.payment_form_id.code, "03")
        self.assertEqual(form.journal_id, self.journal)
        self.assertEqual(form.currency_id, self.company.currency_id)
        self.assertEqual(list(form.tax_ids), list(self.iva8))

    def test_the_invoice_s_form_offers_them_as_soon_as_the_customer_is_chosen(self):
        advance = self.advance()
        form = Form(self.env["account.move"].with_context(default_move_type="out_invoice"))
        self.assertFalse(form.l10n_mx_facture_anticipo_step)
        form.partner_id = self.customer
        self.assertEqual(form.l10n_mx_facture_anticipo_step, "relate")
        self.assertEqual(Form(advance).l10n_mx_facture_anticipo_left, 1160)
        self.assertFalse(Form(advance).l10n_mx_facture_anticipo_step)

    def test_a_biller_does_it_all_and_others_nothing(self):
        biller, auditor = (
            new_test_user(self.env, f"anticipo-{name}", f"account.group_account_{name}", company_id=self.company.id)
            for name in ("invoice", "readonly")
        )
        self.env = self.env(user=biller)
        self.advance()
        move = self.create_invoice([{"price_unit": 5000}]).with_user(biller)
        self.relate(move)
        self.stamped(move)
        with self.assertRaises(AccessError):
            move.with_user(auditor).action_l10n_mx_facture_anticipo()
        self.assertEqual(self.applied(move).l10n_mx_facture_state, "stamped")

    def test_the_assistant_shows_no_invoice_of_another_company(self):
        advance = self.advance()
        other = self.env["res.company"].create({"name": "Otra empresa"})
        stranger = new_test_user(
            self.env, "anticipo-stranger", "account.group_account_invoice", company_id=other.id, company_ids=other.ids
        )
        wizard = self.env["l10n_mx_facture.anticipo.apply"].with_user(stranger)
        with self.assertRaises(AccessError):
            wizard.create({"move_id": advance.id})
