from odoo.tests import HttpCase, new_test_user, tagged

from ..support.common import FactureCase
from ..support.sat_case import SatMixin


@tagged("post_install_l10n", "post_install", "-at_install", "is_tour")
class TestBrowserCancel(SatMixin, FactureCase, HttpCase):
    """Cancelling: a substitution from its first button to its last, and many from the list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            f"canceller-{cls.prefix}",
            "base.group_user,account.group_account_user",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
            tz="America/Mexico_City",
            lang="en_US",
        )

    def tour(self, path, name):
        self.start_tour(path, f"l10n_mx_facture_{name}", login=self.accountant.login)
        self.env.invalidate_all()

    def test_a_substitution(self):
        move = self.create_invoice()
        move.action_l10n_mx_facture_stamp()
        self.tour(f"/odoo/customer-invoices/{move.id}", "substitution")
        substitute = move.l10n_mx_facture_substitute_id
        document = move.l10n_mx_facture_document_id
        self.assertEqual((document.state, document.cancel_reason), ("cancel_requested", "01"))
        self.assertEqual(document.cancel_replacement_uuid, substitute.l10n_mx_facture_uuid)
        self.assertEqual(document.cancel_user_id, self.accountant)
        self.assertEqual(len(self.calls("cancel")), 1)

    def test_many_from_the_list(self):
        moves = self.create_invoice() + self.create_invoice()
        moves.action_l10n_mx_facture_stamp()
        self.tour("/odoo/customer-invoices", "cancel_many")
        self.assertEqual(moves.mapped("l10n_mx_facture_state"), ["cancel_requested"] * 2)
        reasons = [self.sandbox.stamped(uuid)["motivo"] for uuid in moves.mapped("l10n_mx_facture_uuid")]
        self.assertEqual(reasons, ["03", "03"])
