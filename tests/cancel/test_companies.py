from ..support.cancel_case import CancelCase
from ..support.discrepancy_case import DiscrepancyMixin

FIELDS = ("expectation", "refused", "reason", "lacks_relation", "step", "next_text")


class TestCancelCompanies(DiscrepancyMixin, CancelCase):
    """What must be cancelled first may be of a branch that the user may not read: it is named, without a link."""

    def elsewhere(self, move):
        """Let an invoice be of a branch of the company."""
        branch = self.env["res.company"].create({"name": "Sucursal", "parent_id": self.company.id})
        for table, column in (
            ("account_move", "id"),
            ("account_move_line", "move_id"),
            ("l10n_mx_facture_document", "move_id"),
            ("l10n_mx_facture_relation", "move_id"),
        ):
            self.sql(f"UPDATE {table} SET company_id = %s WHERE {column} = %s", branch.id, move.id)

    def related_elsewhere(self):
        """:return: an invoice, a credit note of it in a branch, and a user of the company alone"""
        user = self.create_user("only-here", "account.group_account_manager")
        old = self.stamped_invoice()
        note = self.credit_note(old)
        self.elsewhere(note)
        return old, note, user

    def opened(self, move, user):
        """:return: what the form of the wizard gets"""
        action = self.press(move, "action_l10n_mx_facture_cancel", user=user)
        with self.committing() as env:
            wizard = env(user=user.id, context=action["context"])[action["res_model"]]
            return wizard.onchange({}, [], {"move_id": {}, **{name: {} for name in FIELDS}})["value"]

    def test_it_is_named_without_a_link(self):
        old, note, user = self.related_elsewhere()
        here = self.credit_note(old)
        text = str(self.opened(old, user)["expectation"])
        for move in (note, here):
            self.assertIn(move.name, text)
            self.assertIn(move.l10n_mx_facture_uuid, text)
        self.assertIn(f"account.move/{here.id}", text)
        self.assertNotIn(f"account.move/{note.id}", text)

    def test_one_of_many_holds_up_no_other(self):
        old, note, user = self.related_elsewhere()
        free = self.stamped_invoice()
        action = self.press(old + free, "action_l10n_mx_facture_cancel", user=user)
        wizard = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        line, other = (wizard.line_ids.filtered(lambda one, move=move: one.move_id == move) for move in (old, free))
        self.assertIn(note.name, line.text)
        self.assertEqual((line.refused, other.refused), (True, False))

    def test_what_leads_there_through_a_branch(self):
        old, note, user = self.related_elsewhere()
        last = self.create_invoice()
        last._l10n_mx_facture_relate([("02", self.document(note))])
        self.stamp(last)
        text = str(self.opened(old, user)["expectation"])
        self.assertLess(text.index(last.l10n_mx_facture_uuid), text.index(note.l10n_mx_facture_uuid))
