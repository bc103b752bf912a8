"""An invoice that Odoo has secured with a hash can't be cancelled there: the dialog says so before."""

from ..support.cancel_case import CancelCase


class TestCancelSecured(CancelCase):
    def secured_invoice(self):
        """:return: a stamped invoice with a hash, as in a journal that secures posted entries"""
        move = self.stamped_invoice()
        self.env.flush_all()
        # the chain of hashes wants a journal without gaps, which matters nothing here
        self.env.cr.execute("UPDATE account_move SET inalterable_hash = %s WHERE id = %s", ("$4$abc", move.id))
        self.env.invalidate_all()
        return move

    def test_the_dialog_promises_nothing_that_odoo_refuses(self):
        move = self.stamped_invoice()
        self.assertIn("the invoice is cancelled too", self.expected(move))
        move = self.secured_invoice()
        text = self.expected(move)
        self.assertIn("the invoice stays posted", text)
        self.assertIn("secured it with a hash", text)
        self.assertNotIn("the invoice is cancelled too", text)
        [row] = self.many(move | self.stamped_invoice()).line_ids.filtered(lambda one: one.move_id == move)
        self.assertIn("secured it with a hash", row.text)
        self.cancel(move)
        self.at_sat.says(move.l10n_mx_facture_uuid, "cancelled")
        self.ask(move)
        self.assertEqual((move.l10n_mx_facture_state, move.state), ("cancelled", "posted"))
        self.assertIn("secured it with a hash", " ".join(move.activity_ids.mapped("note")))

    def test_it_is_reversed_where_the_setting_says_so(self):
        self.company.l10n_mx_facture_on_cancel = "reverse"
        move = self.secured_invoice()
        self.assertIn("is reversed", self.expected(move))
        self.cancel(move)
        self.at_sat.says(move.l10n_mx_facture_uuid, "cancelled")
        self.ask(move)
        self.assertTrue(move.l10n_mx_facture_undone_by_id)
