from .common import FactureCase


class TestStamp(FactureCase):
    def test_stamp(self):
        move = self.create_invoice()
        move.action_l10n_mx_facture_stamp()
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(self.book(move)), 1)

    def test_stamp_committing(self):
        move = self.create_invoice()
        with self.committing() as env:
            move.with_env(env).action_l10n_mx_facture_stamp()
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(self.book(move)), 1)
