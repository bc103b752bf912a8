from ..support.stamp_case import StampCase


class TestGoingLive(StampCase):
    """Test and production never mix, on the day of the change either."""

    def go_live(self):
        self.account.environment = "production"

    def test_a_cfdi_of_test_makes_room_for_a_real_one(self):
        move = self.stamped_invoice()
        first = move.l10n_mx_facture_document_id
        self.assertFalse(move.l10n_mx_facture_test_only)
        self.go_live()
        move.invalidate_recordset()
        self.assertTrue(move.l10n_mx_facture_test_only)
        self.stamp(move)
        second = move.l10n_mx_facture_document_id
        self.assertEqual((first.state, second.state), ("cancelled", "stamped"))
        self.assertEqual((first.environment, second.environment), ("test", "production"))
        self.assertTrue(first.resolution)
        self.assertEqual(len(self.book(move)), 2)
        # the real one stays, whatever is pressed
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_document_id, second)
        self.assertEqual(len(self.book(move)), 2)

    def test_a_selection_goes_through_the_branches_that_the_journals_have_now(self):
        other = self.journal.copy({"name": "Otra", "code": "OTRA", "l10n_mx_facture_branch_ids": False})
        capital, north = self.branch, self.account.branch_ids.filtered(lambda branch: branch.zip == "83000")
        capital.journal_ids = self.journal + other
        # where it is midnight an hour later
        there = self.today("America/Hermosillo")
        moves = self.create_invoice() + self.create_invoice(journal_id=other.id, invoice_date=there)
        self.stamp(moves)
        self.assertEqual(moves.l10n_mx_facture_branch_id, capital)
        capital.journal_ids = self.journal
        north.journal_ids = other
        self.go_live()
        moves.invalidate_recordset()
        self.stamp(moves)
        self.assertEqual(moves.mapped("l10n_mx_facture_state"), ["stamped", "stamped"])
        self.assertEqual([move.l10n_mx_facture_branch_id for move in moves], [capital, north])
        self.assertEqual(set(moves.l10n_mx_facture_document_id.mapped("environment")), {"production"})

    def test_a_refused_one_keeps_its_cfdi_of_test(self):
        move = self.stamped_invoice()
        self.go_live()
        self.customer.zip = False
        move.invalidate_recordset()
        self.stamp(move + self.create_invoice())
        self.assertEqual(move.l10n_mx_facture_document_id.state, "stamped")

    def test_an_invoice_of_test_may_be_reset_once_the_company_is_live(self):
        move = self.stamped_invoice()
        self.refusal(move, "button_draft")
        self.go_live()
        move.invalidate_recordset()
        self.press(move, "button_draft")
        self.assertEqual(move.state, "draft")

    def test_a_real_credit_note_names_no_cfdi_of_test(self):
        move = self.stamped_invoice()
        self.go_live()
        move.invalidate_recordset()
        refund = move._reverse_moves([{"invoice_date": self.today(), "journal_id": self.journal.id}])
        refund.action_post()
        before = len(self.calls("stamp"))
        self.assertIn("test", self.refusal(refund, "action_l10n_mx_facture_stamp"))
        self.assertEqual(len(self.calls("stamp")), before)

    def test_a_database_of_another_name_is_a_copy(self):
        self.go_live()
        self.account.sudo().database_name = "the_original"
        move = self.create_invoice()
        self.assertIn("copy", self.refusal(move, "action_l10n_mx_facture_stamp"))
        self.assertEqual(self.calls(), [])
