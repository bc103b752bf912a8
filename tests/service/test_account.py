from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tools import mute_logger

from ..support.stamp_case import SECRET, StampCase


class TestAccount(StampCase):
    """The contract with the service: who we are there, and how many stamps are left."""

    def setUp(self):
        super().setUp()
        self.sandbox.user(name=self.login, credits=1000)

    def test_test_connection_tells_holder_user_and_credits(self):
        answer = self.press(self.account, "action_test_connection")
        self.assertEqual(self.account.holder, "ESCUELA KEMPER URGATE")
        self.assertEqual(self.account.remote_user, self.login)
        self.assertEqual(self.account.credits, 1000)
        self.assertTrue(self.account.credits_date)
        for told in (self.account.holder, self.login, "1000"):
            self.assertIn(told, answer["params"]["message"].replace(",", ""))
        [call] = self.calls("user")
        self.assertEqual((call["method"], call["path"]), ("GET", "/rest/administracion/usuario/"))
        self.assertEqual(call["headers"]["Accept"], "application/xml")
        self.assertNotIn("Sucursal", call["headers"])

    def test_each_way_to_authenticate_is_spoken(self):
        for scheme, secret in (("bearer", "token-otro"), ("raw", "raw-otro"), ("basic", "otro")):
            with self.subTest(scheme=scheme):
                self.account.write({"auth_scheme": scheme, "login": "otro", "secret": secret})
                self.press(self.account, "action_test_connection")
                self.assertEqual(self.account.remote_user, "otro")

    def test_wrong_credentials_are_told_without_showing_them(self):
        self.account.secret = f"{SECRET}-wrong"
        text = self.refusal(self.account, "action_test_connection")
        self.assertIn("does not accept", text)
        self.assertNotIn(SECRET, text)
        self.assertFalse(self.account.holder)

    def test_missing_credentials_and_bad_addresses_are_told_and_nothing_leaves(self):
        for values, word in (
            ({"secret": False}, "missing"),
            ({"base_url": "http://127.0.0.1:9"}, "refuses the connection"),
        ):
            with self.subTest(**values):
                self.account.write({"base_url": self.sandbox.url, "secret": SECRET, **values})
                self.assertIn(word, self.refusal(self.account, "action_test_connection"))
        self.assertEqual(self.calls(), [])

    def test_an_address_that_gives_the_password_away_is_not_even_kept(self):
        for address in ("http://service.example", "https://user:password@service.example", "foo bar", "ftp://x"):
            with self.subTest(address=address), self.assertRaises(ValidationError):
                self.account.base_url = address

    def test_an_answer_that_is_none_changes_nothing(self):
        self.press(self.account, "action_test_connection")
        for fault in ("error_500_before", "html", "empty", "garbage_xml", "cut", "reset_after"):
            with self.subTest(fault=fault):
                self.sandbox.fail("user", fault)
                self.assertIn("try again", self.refusal(self.account, "action_test_connection"))
                self.assertEqual(self.account.credits, 1000)

    def test_credits_are_read_again_after_a_stamp(self):
        self.sandbox.user(name=self.login, credits=77)
        self.stamped_invoice()
        self.assertEqual(self.account.credits, 76)

    def test_few_credits_are_a_warning_under_a_number_of_ones_own(self):
        self.sandbox.user(name=self.login, credits=31)
        self.account.credits_minimum = 30
        params = self.stamp(self.create_invoice())
        self.assertFalse(self.account.credits_low)
        self.assertEqual(params["type"], "success")
        params = self.stamp(self.create_invoice())
        self.assertTrue(self.account.credits_low)
        self.assertEqual(params["type"], "warning")
        self.assertIn("29", params["message"])

    def test_credits_that_cant_be_read_don_t_touch_the_stamp(self):
        for fault in ("error_500_before", "reset_before", "unauthorized_401", "garbage_json"):
            with self.subTest(fault=fault):
                self.sandbox.fail("user", fault)
                move = self.create_invoice()
                self.assertEqual(self.stamp(move)["type"], "success")
                self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_the_time_out_is_a_sensible_number(self):
        for seconds in (0, -1, 601):
            with (
                self.subTest(seconds=seconds),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.account.timeout = seconds
                self.account.flush_recordset()

    def test_a_copy_of_an_account_is_a_test_account_without_secret(self):
        self.account.environment = "production"
        copy = self.account.copy()
        self.assertEqual((copy.environment, copy.secret, copy.database_uuid), ("test", False, False))
        self.assertFalse(copy.branch_ids)
