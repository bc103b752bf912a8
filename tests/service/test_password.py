import logging
import traceback

from odoo.exceptions import AccessError

from ..support.log_capture import captured_logs
from ..support.stamp_case import SECRET, StampCase


class TestPassword(StampCase):
    """The password is read by system administrators only, and stands nowhere else."""

    def test_only_system_administrators_read_it(self):
        manager = self.create_user(
            "manager", "account.group_account_manager", "base.group_allow_export"
        )
        system = self.create_user(
            "system", "account.group_account_manager", "base.group_system"
        )
        account = self.account.with_user(manager)
        with self.assertRaises(AccessError):
            account.read(["secret"])
        with self.assertRaises(AccessError):
            account.secret = "another"
        with self.assertRaises(AccessError):
            account.search_count([("secret", "=", SECRET)])
        with self.assertRaises(AccessError):
            account.search_read([], ["id"], order="secret")
        with self.assertRaises(AccessError):
            account.export_data(["secret"])
        self.assertNotIn("secret", account.read()[0])
        self.assertNotIn("secret", account.fields_get())
        self.assertEqual(self.account.with_user(system).secret, SECRET)

    def test_who_can_t_read_it_can_t_have_it_sent_elsewhere(self):
        manager = self.create_user("manager", "account.group_account_manager")
        elsewhere = "https://collector.example"
        with self.assertRaises(AccessError):
            self.account.with_user(manager).base_url = elsewhere
        self.assertEqual(self.account.base_url, self.sandbox.url)
        # the same address again, and the address of an account without a password, are fine
        self.account.with_user(manager).write({"base_url": self.sandbox.url, "timeout": 9})
        self.account.secret = False
        self.account.with_user(manager).base_url = elsewhere

    def test_it_stands_in_no_log_ledger_chatter_or_attachment(self):
        names = ("", "urllib3", "requests", "odoo.addons", "odoo.http")
        with captured_logs(dict.fromkeys(names, logging.DEBUG)) as logged:
            texts = self._everything_goes_wrong()
        self.assertTrue(logged)
        for text in texts + logged:
            self.assertNotIn(SECRET, text)

    def _everything_goes_wrong(self):
        echo = {"text": f"usuario {self.login} clave {SECRET} incorrecta", "status": 400}
        texts = []
        for fault, params in (
            ("error_text", echo), ("html", {}), ("unauthorized_401", {}), ("reset_after", {}),
        ):
            move = self.create_invoice()
            self.sandbox.fail("stamp", fault, **params)
            self.stamp(move)
            document = move.l10n_mx_facture_document_id
            rows = document.request_ids
            texts += [
                *(str(value) for value in document.read()[0].values()),
                *(str(value) for row in rows.read() for value in row.values()),
                self.chatter(move),
            ]
        move = self.stamped_invoice()
        self.sandbox.fail("cancel", "error_text", **echo)
        self.cancel(move)
        texts += [self.chatter(move), *move.l10n_mx_facture_request_ids.mapped(lambda r: r.raw or "")]
        for operation in ("user", "branches"):
            self.sandbox.fail(operation, "error_text", **echo)
        for method in ("action_test_connection", "action_sync_branches"):
            texts.append(self.refusal(self.account, method))
            texts.append(self._traceback(self.account, method))
        texts.append(self.chatter(self.account))
        return texts

    def _traceback(self, record, method):
        """:return: what a developer sees of an error: the whole chain, with the locals of each frame"""
        self.sandbox.fail("user", "reset_before")
        self.sandbox.fail("branches", "reset_before")
        try:
            self.press(record, method)
        except Exception as error:  # noqa: BLE001
            trace = traceback.TracebackException.from_exception(error, capture_locals=True)
            return "".join(trace.format())
        return self.fail("no error")

    def test_records_and_credentials_don_t_show_it(self):
        client = self.account._client()
        for shown in (repr(client.credentials), str(client.credentials), repr(self.account)):
            self.assertNotIn(SECRET, shown)
            self.assertNotIn(self.login, shown)
