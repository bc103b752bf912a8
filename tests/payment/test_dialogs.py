from odoo.tests import Form, tagged

from odoo.addons.l10n_mx_facture.models.common.owners import OWNERS

from ..support.payment_case import PaymentCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPaymentDialogs(PaymentCase):
    """What a person sees: the dialog Pay, and those of a receipt, opened as the web client opens them."""

    def dialog(self, action):
        """:return: the form of a new record, with the defaults that the action has in its context"""
        return Form(self.env[action["res_model"]].with_context(**action["context"]))

    def test_the_dialogs_show_what_they_are_of(self):
        payment = self.pay(self.ppd_invoice())
        invoice, rep = self.ppd_invoice(), self.stamp_payment(payment)
        for owner in (invoice, rep):
            self.assertIn(owner._name, OWNERS)
            form = self.dialog(owner.action_l10n_mx_facture_cancel())
            self.assertEqual((form.uuid, form.owner_name), (owner.l10n_mx_facture_uuid, owner.display_name))
        # the dialog is opened for an owner by a default value, which needs its field in the view
        for model in ("l10n_mx_facture.cancel", "l10n_mx_facture.resolve"):
            arch = self.env[model].get_view(view_type="form")["arch"]
            for owner in OWNERS.values():
                self.assertIn(f'name="{owner.field}"', arch)

    def test_the_dialog_resolve_shows_what_it_is_of(self):
        payment = self.pay(self.ppd_invoice())
        self.sandbox.fail("stamp", "reset_after")
        self.press(payment, "action_l10n_mx_facture_stamp")
        rep = payment.l10n_mx_facture_rep_ids
        self.assertEqual(rep.state, "unknown")
        form = self.dialog(rep.action_resolve())
        self.assertEqual((form.state, form.owner_name), ("unknown", rep.display_name))

    def test_pay_asks_for_the_form_where_a_receipt_follows(self):
        self.bank.l10n_mx_facture_payment_form_id = False
        for invoice, asked in ((self.ppd_invoice(), True), (self.stamped_invoice(), False)):
            context = {"active_model": "account.move", "active_ids": invoice.ids}
            form = Form(self.env["account.payment.register"].with_context(**context))
            form.journal_id = self.bank
            self.assertEqual(form.l10n_mx_facture_needs_form, asked)
            self.assertFalse(form.l10n_mx_facture_payment_form_id)
            if asked:
                with self.assertRaisesRegex(AssertionError, "l10n_mx_facture_payment_form_id is a required field"):
                    form.save()
                form.l10n_mx_facture_payment_form_id = self.transfer
            form.save()

    def test_another_journal_proposes_nothing_of_the_first(self):
        other = self.bank.copy({"code": f"{self.prefix}T", "l10n_mx_facture_payment_form_id": False})
        context = {"active_model": "account.move", "active_ids": self.ppd_invoice().ids}
        form = Form(self.env["account.payment.register"].with_context(**context))
        form.journal_id = self.bank
        self.assertEqual(form.l10n_mx_facture_payment_form_id, self.transfer)
        form.journal_id = other
        self.assertFalse(form.l10n_mx_facture_payment_form_id)

    def test_pay_says_until_when_a_receipt_is_due(self):
        invoice = self.ppd_invoice()
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids, dont_redirect_to_payments=True
        ).create({"journal_id": self.bank.id, "amount": 50.0})
        told = wizard.action_create_payments()
        self.assertEqual(told["tag"], "display_notification")
        self.assertEqual(told["params"]["next"]["type"], "ir.actions.act_window_close")
        self.assertIn("REP", told["params"]["message"])
        # the second one says it of its own
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"journal_id": self.bank.id, "amount": 66.0})
        after = wizard.action_create_payments()["params"]["next"]
        self.assertEqual((after["res_model"], after["views"]), ("account.payment", [(False, "form")]))

    def test_pay_says_nothing_of_an_invoice_without_receipts(self):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.stamped_invoice().ids, dont_redirect_to_payments=True
        ).create({"journal_id": self.bank.id})
        self.assertIs(wizard.action_create_payments(), True)

    def test_the_invoice_leads_to_what_is_due(self):
        self.env.user.group_ids |= self.env.ref("l10n_mx_facture.group_stamp")
        invoice = self.ppd_invoice()
        due = self.receipts_due(self.pay(invoice, 50.0))
        self.assertEqual(invoice.alerts["l10n_mx_facture_rep_due"]["action"]["res_id"], due.id)
        due |= self.receipts_due(self.pay(invoice, 66.0))
        invoice.invalidate_recordset(["alerts"])
        action = invoice.alerts["l10n_mx_facture_rep_due"]["action"]
        self.assertEqual(self.env["l10n_mx_facture.rep.due"].search(action["domain"]), due)
