import logging

from odoo.exceptions import AccessError

from odoo.addons.l10n_mx_facture.pac.errors import NotSent

from ..support.log_capture import captured_logs
from ..support.services_case import CLIENT_SECRET, ServicesCase
from ..support.stamp_case import SECRET


class TestToken(ServicesCase):
    """Tokens: one for each account, stored in the database, renewed by one process, visible to no user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.api = cls.account_of("facture_api")
        cls.user = cls.api.login

    def setUp(self):
        super().setUp()
        # what another test revoked at the service isn't rolled back
        self.sandbox.revoke(self.user)
        self.stored().unlink()
        self.api._client().account_status()
        self.sandbox.reset()

    def stored(self, account=None):
        return self.env["l10n_mx_facture.token"].sudo().search([("account_id", "=", (account or self.api).id)])

    def bought(self):
        return len(self.calls("api_token"))

    def test_a_token_is_bought_once_and_kept(self):
        self.assertEqual(len(self.sandbox.tokens(self.user)), 1)
        token = self.stored()
        self.assertTrue(token.access and token.refresh)
        self.press(self.api, "action_test_connection")
        # another client, as after a restart
        self.assertEqual(self.api._client().account_status().http_status, 200)
        self.assertEqual(self.bought(), 0)
        self.assertEqual(self.stored().access, token.access)

    def test_a_401_renews_it_once(self):
        former = self.stored().access
        self.sandbox.revoke(self.user)
        client = self.api._client()
        client.account_status()
        client.account_status()
        # the one that renews is gone too: refused, and bought anew
        self.assertEqual(self.bought(), 2)
        self.env.invalidate_all()
        self.assertNotEqual(self.stored().access, former)
        self.api._client().account_status()
        self.assertEqual(self.bought(), 2)

    def test_who_has_bought_it_renews_it_too(self):
        self.sandbox.revoke(self.user)
        client = self.api._client()
        client.account_status()
        self.sandbox.revoke(self.user)
        client.account_status()
        self.assertEqual(self.bought(), 4)
        self.assertEqual(len(self.sandbox.tokens(self.user)), 1)

    def test_one_that_ends_is_renewed_before_the_call(self):
        self.stored().expires = 1.0
        self.env.flush_all()
        self.api._client().account_status()
        # the renewed one takes the place of the former
        self.assertEqual(self.bought(), 1)
        self.assertEqual(len(self.sandbox.tokens(self.user)), 1)
        self.assertEqual([call["status"] for call in self.calls("api_branches")], [200])

    def test_who_was_late_takes_what_the_other_bought(self):
        late = self.api._client()
        self.stored().expires = 1.0
        self.env.flush_all()
        self.api._client().account_status()
        late.account_status()
        self.assertEqual(self.bought(), 1)

    def test_one_that_has_ended_meanwhile_is_not_taken_from_another(self):
        owner = self.stored().owner
        self.stored().owner = "somebody"
        self.env.flush_all()
        client = self.api._client()
        self.stored().write({"owner": owner, "expires": 1.0})
        self.env.flush_all()
        client.account_status()
        self.assertEqual(self.bought(), 1)

    def test_a_failure_to_buy_leaves_what_there_was(self):
        token = self.stored()
        former = token.access
        self.sandbox.revoke(self.user)
        self.sandbox.fail("api_token", "error_500_before", times=2)
        with self.assertRaises(NotSent):
            self.api._client().account_status()
        self.env.invalidate_all()
        self.assertEqual(token.access, former)

    def test_other_credentials_take_no_token_of_these(self):
        for field, value in (("login", "x"), ("secret", "x"), ("client_id", "x"), ("client_secret", "x")):
            with self.subTest(field=field), self.cr.savepoint() as savepoint:
                self.api[field] = value
                self.assertIn("does not accept", self.refusal(self.api, "action_test_connection"))
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertTrue(self.stored())
        self.api.timeout = 9
        self.assertTrue(self.stored())

    def test_a_token_of_other_credentials_is_not_used_even_if_it_is_still_there(self):
        self.env.cr.execute("UPDATE l10n_mx_facture_token SET owner = 'somebody' WHERE id = %s", self.stored().ids)
        self.assertIsNone(self.api._client().token_store.current())

    def test_a_copy_has_neither_token_nor_secrets(self):
        copy = self.api.copy()
        self.assertFalse(copy.secret or copy.client_secret)
        self.assertFalse(self.stored(copy))

    def test_it_goes_with_the_account(self):
        self.assertTrue(self.stored())
        self.api.branch_ids.sudo().unlink()
        self.api.unlink()
        self.assertFalse(self.stored())

    def test_a_service_without_tokens_has_none(self):
        self.press(self.account, "action_test_connection")
        self.assertFalse(self.stored(self.account))

    def test_nobody_reads_it(self):
        system = self.create_user("system", "account.group_account_manager", "base.group_system")
        token = self.stored().sudo(False).with_user(system)
        for attempt in (
            lambda: token.read(["access"]),
            lambda: token.search([]),
            lambda: token.write({"access": "x"}),
            lambda: token.create({"account_id": self.account.id}),
            lambda: token.unlink(),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_only_system_administrators_read_the_client_secret(self):
        manager = self.create_user("manager", "account.group_account_manager")
        account = self.api.with_user(manager)
        with self.assertRaises(AccessError):
            account.read(["client_secret"])
        with self.assertRaises(AccessError):
            account.client_secret = "x"
        self.assertNotIn("client_secret", account.read()[0])
        self.api.secret = False
        with self.assertRaises(AccessError):
            account.base_url = "https://collector.example"

    def test_no_secret_stands_in_an_error_or_a_representation(self):
        token = self.stored()
        secrets = (SECRET, CLIENT_SECRET, token.access, token.refresh)
        client = self.api._client()
        shown = [repr(client.credentials), repr(client.token_store.current()), repr(client.token_store), repr(token)]
        for operation in ("api_branches", "api_token"):
            echo = " ".join(secrets)
            self.sandbox.fail(operation, "error_text", times=2, text=f"incorrecto: {echo}", status=400)
            if operation == "api_token":
                token.expires = 1.0
                self.env.flush_all()
            shown.append(self.refusal(self.api, "action_test_connection"))
        for text in shown:
            for secret in secrets:
                self.assertNotIn(secret, text)

    def test_no_secret_stands_in_log_ledger_or_chatter(self):
        self.branch.journal_ids = False
        self.branch_of(self.api).journal_ids = self.journal
        self.assertTrue(self.calls_while_logged())
        known = [SECRET, CLIENT_SECRET, *self.seen]
        self.assertEqual(len(self.seen), 4)
        for text in self.texts:
            for secret in known:
                self.assertNotIn(secret, text)

    def calls_while_logged(self):
        """Everything that is logged, kept and told while invoices are stamped, refused and lost and tokens renewed."""
        # Odoo's log of its queries shows every value that is stored
        with captured_logs({"": logging.DEBUG, "odoo.sql_db": logging.INFO}) as logged:
            self.texts = self.stamp_in_all_ways()
        self.texts += logged
        return logged

    def stamp_in_all_ways(self):
        token = self.stored()
        self.seen = [token.access, token.refresh]
        texts = []
        echo = {"text": f"clave {SECRET} {CLIENT_SECRET} {token.access} {token.refresh}", "status": 400}
        for fault, params in (("error_text", echo), ("reset_after", {}), ("unauthorized_401", {})):
            move = self.create_invoice()
            self.sandbox.fail("api_stamp", fault, **params)
            self.stamp(move)
            document = move.l10n_mx_facture_document_id
            texts += [
                *(str(value) for value in document.read()[0].values()),
                *(str(value) for row in document.request_ids.read() for value in row.values()),
                self.chatter(move),
            ]
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.env.invalidate_all()
        self.seen += [token.access, token.refresh]
        return [*texts, self.chatter(self.api)]
