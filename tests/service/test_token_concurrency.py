from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged

from odoo.addons.l10n_mx_facture.models.service import token
from odoo.addons.l10n_mx_facture.pac.errors import NotSent

from ..support.sandbox import Sandbox, unique_prefix

AT_ONCE = 4


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTokenConcurrency(TransactionCase):
    """Real transactions on connections of their own, as workers have them: what they share is committed."""

    def setUp(self):
        super().setUp()
        self.sandbox = Sandbox()
        self.sandbox.reset()
        # long enough for everybody to come while the first one is being served
        self.sandbox.settings(latency={"api_token": 400})
        self.addCleanup(self.sandbox.reset)
        self.login = unique_prefix().lower()
        self.sandbox.user(name=self.login, password=self.login, credits=10)
        with self.work() as env:
            self.account_id = self.create_account(env).id
        self.addCleanup(self.forget)

    def create_account(self, env):
        return env["l10n_mx_facture.account"].create(
            {
                "name": "Race",
                "provider": "facture_api",
                "base_url": self.sandbox.url,
                "login": self.login,
                "secret": self.login,
                "client_id": "sandbox-client",
                "client_secret": "sandbox-secret",
                "company_id": env.ref("base.main_company").id,
            }
        )

    def forget(self):
        with self.work() as env:
            env["l10n_mx_facture.account"].browse(self.account_id).unlink()

    @contextmanager
    def work(self):
        """A transaction of its own, committed at its end."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "mail_create_nolog": True})

    def account(self, env):
        return env["l10n_mx_facture.account"].browse(self.account_id)

    def stored(self):
        with self.work() as env:
            tokens = env["l10n_mx_facture.token"].search([("account_id", "=", self.account_id)])
            return [(token.access, token.refresh) for token in tokens]

    def bought(self):
        return len(self.sandbox.requests("api_token"))

    def at_once(self):
        """Several clients, each of a transaction from before anybody has bought, ask the service at the same moment."""
        with ExitStack() as stack:
            envs = [stack.enter_context(self.work()) for _one in range(AT_ONCE)]
            clients = [self.account(env)._client() for env in envs]
            with ThreadPoolExecutor(AT_ONCE) as pool:
                return list(pool.map(lambda client: client.account_status().http_status, clients))

    def test_who_comes_at_once_buys_one_token(self):
        self.assertEqual(self.at_once(), [200] * AT_ONCE)
        self.assertEqual(self.bought(), 1)
        self.assertEqual(len(self.sandbox.tokens(self.login)), 1)
        self.assertEqual(len(self.stored()), 1)

    def test_who_is_refused_at_once_renews_once(self):
        self.at_once()
        [former] = self.stored()
        self.sandbox.revoke(self.login)
        self.assertEqual(self.at_once(), [200] * AT_ONCE)
        # the first, one that was refused, and the one that replaced it
        self.assertEqual(self.bought(), 3)
        self.assertEqual(len(self.sandbox.tokens(self.login)), 1)
        self.assertNotEqual(self.stored(), [former])

    def test_threads_of_one_client_buy_one_token(self):
        with self.work() as env:
            client = self.account(env)._client()
        # the cursor of the account is closed by now
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda _number: client.account_status().http_status, range(AT_ONCE)))
        self.assertEqual((answers, self.bought()), ([200] * AT_ONCE, 1))

    def test_what_the_own_transaction_has_written_is_no_obstacle(self):
        with self.work() as env:
            account = self.account(env)
            account.write({"timeout": 7, "name": "Changed", "secret": self.login})
            account.lock_for_update(allow_referencing=True)
            env.flush_all()
            self.assertEqual(account._client().account_status().http_status, 200)
        self.assertEqual((self.bought(), len(self.stored())), (1, 1))

    def test_it_outlives_the_transaction_that_needed_it(self):
        with self.assertRaises(ZeroDivisionError), self.work() as env:
            self.account(env)._client().account_status()
            raise ZeroDivisionError
        self.at_once()
        self.assertEqual(self.bought(), 1)

    def test_who_mistypes_a_password_and_corrects_it_uses_up_no_token(self):
        self.at_once()
        for secret in ("another", self.login, "a third", self.login):
            with self.work() as env:
                self.account(env).secret = secret
        self.assertEqual(self.at_once(), [200] * AT_ONCE)
        self.assertEqual((self.bought(), len(self.stored())), (1, 1))

    def test_one_bought_with_the_new_credentials_stays(self):
        self.at_once()
        with self.work() as env:
            account = self.account(env)
            self.sandbox.user(name=f"{self.login}-b", password=self.login)
            account.login = f"{self.login}-b"
            account._client().account_status()
        self.at_once()
        self.assertEqual((self.bought(), len(self.stored())), (2, 2))

    def test_an_account_that_nobody_else_can_see_yet_is_told_so(self):
        with self.registry.cursor() as cr:
            account = self.create_account(api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True}))
            with self.assertRaisesRegex(NotSent, "save it first"):
                account._client().account_status()
            cr.rollback()
        self.assertEqual(self.bought(), 0)

    def test_who_waits_too_long_for_another_sends_nothing(self):
        self.at_once()
        self.sandbox.revoke(self.login)
        with self.work() as holder, patch.object(token, "MAX_WAIT", 1):
            holder.cr.execute(
                "SELECT 1 FROM l10n_mx_facture_token WHERE account_id = %s FOR UPDATE", (self.account_id,)
            )
            with self.work() as env, self.assertRaises(NotSent) as caught:
                self.account(env)._client().account_status()
        self.assertEqual(caught.exception.reason, "stale")
        self.assertEqual(self.bought(), 1)

    def test_a_token_that_took_too_long_is_kept_for_the_next_call(self):
        with (
            self.work() as env,
            patch.object(token, "MAX_WAIT", 0.1),
            self.assertRaises(NotSent) as caught,
        ):
            self.account(env)._client().account_status()
        self.assertEqual(caught.exception.reason, "stale")
        self.assertEqual(self.sandbox.requests("api_branches"), [])
        self.at_once()
        self.assertEqual(self.bought(), 1)
