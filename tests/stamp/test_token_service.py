"""A service with tokens, 25 documents a call, and a list in which lost stamps are found."""

from odoo.addons.l10n_mx_facture.pac import providers

from ..support.two_steps_case import TwoStepsCase


class TestTokenService(TwoStepsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls._create_account(
            name="With tokens",
            provider="facture_api",
            base_url=f"{cls.sandbox.url}/api",
            login=cls.login,
            secret="Clave-Secreta-9f3b",
            client_id="sandbox-client",
            client_secret="sandbox-secret",
        )
        cls.account.action_sync_branches()
        cls.branch.journal_ids = False
        cls.branch = cls.account.branch_ids.filtered(lambda branch: branch.zip == "06000")[:1]
        cls.branch.journal_ids = cls.journal

    def tokens(self):
        return len(self.calls("api_token"))

    def many(self, count):
        return self.create_invoices([{}] * count)

    def test_stamped_cancelled_and_its_receipt(self):
        move = self.stamped_invoice()
        self.assertEqual(self.ledger(move), [("stamp", "done")])
        [row] = self.book(move)
        document = self.document(move)
        self.assertEqual(document.xml_attachment_id.raw, self.sandbox.stamped(row["uuid"])["xml"].encode())
        self.assertTrue(document.pdf_attachment_id)
        # the service puts its own date into it
        self.assertIn("same issuer", self.press(move, "action_l10n_mx_facture_check_at_service")["params"]["message"])
        self.press(document, "action_fetch_xml")
        self.cancel(move)
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")
        self.press(move, "action_l10n_mx_facture_fetch_receipt")
        self.assertIn(b"Acuse", document.receipt_attachment_id.raw)

    def test_a_token_is_not_bought_for_each_call(self):
        moves = self.many(3)
        for move in moves:
            self.stamp(move)
        self.assertEqual(set(moves.mapped("l10n_mx_facture_state")), {"stamped"})
        self.assertLessEqual(self.tokens(), 1)

    def test_no_more_a_call_than_the_service_takes(self):
        moves = self.many(27)
        self.stamp(moves)
        self.assertEqual(set(moves.mapped("l10n_mx_facture_state")), {"stamped"})
        self.assertEqual(len(self.calls("api_stamp")), 2)
        self.assertEqual([len(self.book(move)) for move in moves], [1] * 27)

    def test_each_item_ends_where_it_belongs(self):
        for fault, state in (("item_failed", "rejected"), ("item_missing", "unknown"), ("item_doubled", "unknown")):
            with self.subTest(fault):
                moves = self.many(3)
                self.sandbox.fail("api_stamp", fault)
                self.stamp(moves)
                states = sorted(moves.mapped("l10n_mx_facture_state"))
                self.assertEqual(states, sorted(["stamped", "stamped", state]))
                self.due(moves)
                self.outcomes(moves)
                self.assertNotIn("unknown", moves.mapped("l10n_mx_facture_state"), "found in the service's list")
                self.assertTrue(all(len(self.book(move)) <= 1 for move in moves))

    def test_a_lost_answer_is_found_by_series_and_folio(self):
        move = self.create_invoice()
        self.sandbox.fail("api_stamp", "reset_after")
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        self.due(move)
        self.assertEqual(self.outcomes(move), ["stamped"])
        self.assertEqual(self.ledger(move), [("stamp", "unknown"), ("recover", "done")])
        self.assertEqual(len(self.book(move)), 1)

    def test_an_empty_list_is_no_proof(self):
        move = self.create_invoice()
        self.sandbox.fail("api_stamp", "reset_before")
        self.stamp(move)
        self.age(move, 3600)
        self.due(move)
        self.assertEqual(self.outcomes(move), ["unknown"])
        self.assertIn("lists nothing", move.l10n_mx_facture_message)
        self.press(move, "l10n_mx_facture_resolve_unknown", None, "Portal of the service")
        self.assertEqual(move.l10n_mx_facture_state, "rejected")
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_a_list_that_lags(self):
        move = self.create_invoice()
        self.sandbox.settings(find_lag=3600)
        self.sandbox.fail("api_stamp", "reset_after")
        self.stamp(move)
        self.age(move, 3600)
        self.due(move)
        self.assertEqual(self.outcomes(move), ["unknown"])
        self.sandbox.settings(find_lag=0)
        self.age(move, 3600)
        self.due(move)
        self.assertEqual(self.outcomes(move), ["stamped"])

    def test_stated_as_not_stamped_while_the_list_lagged(self):
        move = self.create_invoice()
        self.sandbox.settings(find_lag=3600)
        self.sandbox.fail("api_stamp", "reset_after")
        self.stamp(move)
        self.age(move, 3600)
        self.press(move, "l10n_mx_facture_resolve_unknown", None, "Portal of the service")
        self.assertEqual(move.l10n_mx_facture_state, "rejected")
        self.sandbox.settings(find_lag=0)
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(self.book(move)), 1, "it was found, not stamped again")
        self.assertEqual(self.document(move), move.l10n_mx_facture_document_ids[-1:], "the first attempt's")

    def test_an_earlier_cfdi_of_the_same_folio_is_not_taken_for_it(self):
        move = self.stamped_invoice()
        first = self.document(move)
        self.cancel(move)
        self.press(first, "_record_sat_answer", True, "SAT")
        self.sandbox.fail("api_stamp", "reset_before")
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        self.age(move, 3600)
        self.due(move)
        self.assertEqual(self.outcomes(move), ["unknown"])
        self.assertEqual(len(self.book(move)), 1)

    def test_branches_of_the_company_only(self):
        rfcs = [call["query"] for call in self.calls("api_branches")]
        self.press(self.account, "action_sync_branches")
        self.assertIn("EKU9003173C9", str(self.calls("api_branches")), rfcs)
        self.assertIn(self.branch, self.account.branch_ids)

    def test_a_journal_goes_from_one_service_to_another(self):
        """What the first service refused is stamped through the second; the first is not asked any more."""
        move = self.create_invoice()
        self.sandbox.fail("api_stamp", "item_failed")
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "rejected")
        other = self._create_account(name="Other", login=self.login, secret="Clave-Secreta-9f3b")
        other.action_sync_branches()
        self.branch.journal_ids = False
        branch = other.branch_ids.filtered(lambda one: one.zip == self.branch.zip)[:1]
        branch.journal_ids = self.journal
        move.l10n_mx_facture_branch_id = branch
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(self.document(move).account_id, other)
        self.assertEqual(len(self.book(move)), 1)

    def test_a_cancellation_that_needs_others_first_is_told(self):
        move = self.stamped_invoice()
        self.sandbox.cfdi(self.book(move)[0]["uuid"], cancelable=False)
        answer = self.cancel(move)
        self.assertEqual(answer["type"], "danger")
        self.assertIn("cancel the CFDIs related to it first", answer["message"])
        self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_every_service_is_registered_with_what_the_form_asks(self):
        choices = dict(self.account._fields["provider"]._description_selection(self.env))
        self.assertEqual(set(choices), set(providers.PROVIDERS))
        self.assertEqual(len(set(choices.values())), len(choices))
