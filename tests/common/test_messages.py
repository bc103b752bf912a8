from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from ..support.stamp_case import StampCase


class TestMessages(StampCase):
    """What buttons and wizards tell the user, and what they keep from whom."""

    def setUp(self):
        super().setUp()
        self.buttons = {"l10n_mx_facture_dialog": True}

    def dialog(self, moves):
        action = moves.with_context(**self.buttons).action_l10n_mx_facture_stamp()
        self.assertEqual(action["res_model"], "l10n_mx_facture.check")
        return self.env["l10n_mx_facture.check"].browse(action["res_id"])

    def test_what_is_missing_comes_with_a_link_to_each_record(self):
        self.customer.zip = False
        self.product.l10n_mx_facture_product_code_id = False
        move = self.create_invoice()
        dialog = self.dialog(move)
        links = {(line.record_model, line.record_id) for line in dialog.line_ids}
        product = self.product.product_tmpl_id
        self.assertEqual(links, {("res.partner", self.customer.id), (product._name, product.id)})
        opened = dialog.line_ids.filtered(lambda line: line.record_model == "res.partner").action_open()
        self.assertEqual(opened["res_id"], self.customer.id)
        self.assertEqual(self.calls(), [])

    def test_a_selection_tells_each_that_was_not_stamped(self):
        moves = self.create_invoice() + self.create_invoice() + self.create_invoice()
        moves[1].invoice_line_ids.l10n_mx_facture_product_code_id = False
        self.product.l10n_mx_facture_product_code_id = False
        dialog = self.dialog(moves)
        self.assertIn("2 of 3", dialog.summary)
        self.assertEqual(dialog.line_ids.move_id, moves[1])

    def test_a_lost_answer_offers_its_remedy_on_the_form(self):
        move = self.unknown_invoice()
        alert = move.alerts["l10n_mx_facture_unknown"]
        self.assertEqual(alert["action"]["res_model"], "l10n_mx_facture.resolve")

    def test_a_lost_answer_to_a_cancellation_is_not_told_as_a_refusal(self):
        move = self.stamped_invoice()
        self.sandbox.fail("cancel", "reset_after")
        params = self.cancel(move)
        self.assertEqual(params["title"], "Not confirmed")
        self.assertTrue(move.l10n_mx_facture_message)

    def test_a_refusal_of_a_cancellation_is_told_as_one(self):
        moves = self.stamped_invoice() | self.stamped_invoice()
        self.sandbox.fail("cancel", "refuse", code="203", status=200)
        self.assertEqual(self.cancel(moves[0])["title"], "Cancellation refused")
        self.sandbox.fail("cancel", "reset_before")
        self.assertEqual(self.cancel(moves[0])["title"], "Not confirmed")
        # of one that was refused and one that is not known, the worse is said
        self.sandbox.fail("cancel", "refuse", code="203", status=200, contains=moves[0].l10n_mx_facture_uuid)
        self.sandbox.fail("cancel", "reset_after", contains=moves[1].l10n_mx_facture_uuid)
        self.assertEqual(self.cancel(moves)["title"], "Not confirmed")
        # nobody listens there
        self.account.base_url = "http://127.0.0.1:9"
        self.assertEqual(self.cancel(moves)["title"], "Cancellation not requested")

    def test_a_reported_uuid_is_proposed(self):
        moves = self.create_invoice() + self.create_invoice()
        self.sandbox.fail("bulk_zip", "zip_missing_entry")
        self.stamp(moves)
        [lost] = moves.filtered(lambda move: move.l10n_mx_facture_state == "unknown")
        wizard = self.env["l10n_mx_facture.resolve"].create({"move_id": lost.id})
        self.assertEqual(wizard.uuid.upper(), self.book(lost)[0]["uuid"].upper())

    def test_a_cancelled_one_at_the_service_is_no_success(self):
        move = self.stamped_invoice()
        self.sandbox.cfdi(self.book(move)[0]["uuid"], estado="Cancelado")
        params = move.action_l10n_mx_facture_check_at_service()["params"]
        self.assertEqual(params["type"], "danger")
        self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_no_branches_at_all_archive_none(self):
        with self.assertRaises(UserError):
            self.account._mirror_branches([])
        self.assertTrue(self.account.branch_ids.filtered("active"))

    def test_wizards_show_no_invoice_of_another_company(self):
        move = self.stamped_invoice()
        other = self.env["res.company"].create({"name": "Otra empresa"})
        stranger = new_test_user(
            self.env,
            "extraño",
            groups="account.group_account_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model, values in (("l10n_mx_facture.cancel", {"reason": "02"}), ("l10n_mx_facture.resolve", {})):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(stranger).create({"move_id": move.id, **values})

    def test_the_lines_of_a_stamped_invoice_are_sealed(self):
        move = self.stamped_invoice()
        line = move.invoice_line_ids
        for vals in ({"price_unit": 1.0}, {"name": "otra"}, {"quantity": 7}, {"discount": 3}, {"tax_ids": False}):
            with self.subTest(**vals), self.assertRaises(UserError):
                line.write(vals)
        with self.assertRaises(UserError):
            move.write({"invoice_line_ids": [Command.create({"name": "más", "price_unit": 5})]})
        with self.assertRaises(UserError):
            move.invoice_currency_rate = 3

    def test_an_attempt_that_never_left_does_not_hold_the_invoice(self):
        move = self.create_invoice()
        self.sandbox.fail("stamp", "unauthorized_401")
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "draft")
        document = move.l10n_mx_facture_document_id
        self.press(move, "button_draft")
        self.press(move.with_context(force_delete=True), "unlink")
        self.assertFalse(move.exists())
        self.assertFalse(document.exists())

    def test_what_the_service_says_of_an_account_is_nobody_s_to_write(self):
        manager = new_test_user(
            self.env,
            "gerente",
            groups="account.group_account_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        for vals in ({"credits": 5}, {"holder": "Otro"}):
            with self.subTest(**vals), self.assertRaises(AccessError):
                self.account.with_user(manager).write(vals)
