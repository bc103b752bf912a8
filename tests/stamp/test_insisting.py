"""Who insists that an invoice was not stamped, against what the service says, frees it for a second stamp."""

from odoo.tests import Form

from ..support.two_steps_case import TwoStepsCase


class TestAccessInsist(TwoStepsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.biller = cls.create_user(cls, "biller", "account.group_account_invoice")
        cls.accountant = cls.create_user(cls, "accountant", "account.group_account_user")

    def unsettled(self):
        """:return: an invoice of which the service says neither that it is stamped nor that it is not"""
        move = self.create_invoice()
        with self.dying("stamp_created", done=False):
            self.stamp(move)
        self.sandbox.fail("sello_read", "fields", times=-1, set={"invoice_status": {"id": 1, "name": "Pendiente"}})
        self.age(move, 900)
        self.outcomes(move)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        return move

    def resolve(self, move, user, **values):
        wizard = self.env["l10n_mx_facture.resolve"].with_user(user)
        vals = {"move_id": move.id, "answer": "not_stamped", "note": "Portal", **values}
        return self.refusal(wizard.create(vals), "action_resolve", user=user)

    def test_who_only_stamps_does_not_insist(self):
        move = self.unsettled()
        method = "l10n_mx_facture_resolve_unknown"
        text = self.refusal(move, method, None, "portal", insist=True, user=self.biller)
        self.assertIn("may cancel CFDIs", text)
        self.assertIn("may cancel CFDIs", self.resolve(move, self.biller, insist=True))
        # and is told who can, instead of a box that is not there
        self.assertIn("Ask a user who may cancel CFDIs", self.refusal(move, method, None, "portal", user=self.biller))
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        text = self.refusal(move, method, None, "portal", user=self.accountant)
        self.assertIn("tick “I have checked it and confirm it”", text)
        self.press(move, method, None, "portal", insist=True, user=self.accountant)
        self.assertEqual(move.l10n_mx_facture_state, "rejected")
        self.assertEqual(self.document(move).resolved_by_id, self.accountant)

    def test_who_only_stamps_does_not_insist_on_an_earlier_attempt(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "refuse", code="CFDI40148", text="El domicilio no coincide.")
        self.stamp(move)
        former = self.document(move)
        self.assertEqual(former.state, "rejected")
        self.assertIn("may cancel CFDIs", self.refusal(former, "action_confirm_not_stamped", user=self.biller))
        self.assertFalse(former.insisted)
        self.press(former, "action_confirm_not_stamped", user=self.accountant)
        self.assertTrue(former.insisted)

    def test_the_box_is_shown_to_who_may_tick_it(self):
        move = self.unsettled()
        for user, shown in ((self.biller, False), (self.accountant, True)):
            wizard = self.env["l10n_mx_facture.resolve"].with_user(user).with_context(default_move_id=move.id)
            with self.subTest(user=user.name):
                self.assertEqual("insist" in Form(wizard)._view["fields"], shown)
