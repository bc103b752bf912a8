"""What other addons do inside our own writes of evidence, with the environment that they were given."""

from functools import partial
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.models import BaseModel
from odoo.tools import mute_logger

from odoo.addons.l10n_mx_facture.models.common import protected
from odoo.addons.l10n_mx_facture.models.common.transactions import _moved
from odoo.addons.mail.models.mail_thread import MailThread

from ..support.stamp_case import StampCase

DOCUMENT = "l10n_mx_facture.document"
# what a context may hold: what can be sent by RPC, and what core itself puts there
PLAIN = (str, int, float, bool, type(None), list, tuple, dict, set, frozenset, BaseModel)


class TestSealedGrants(StampCase):
    def setUp(self):
        super().setUp()
        self.other = self.stamped_invoice().l10n_mx_facture_document_id

    def override(self, cls, name, act):
        """Extend a method as another addon does: ``act`` gets the records and the arguments, then ours goes on."""
        method = getattr(cls, name)

        def extended(records, *args, **kwargs):
            act(records, *args)
            return method(records, *args, **kwargs)

        patcher = patch.object(cls, name, extended)
        patcher.start()
        self.addCleanup(patcher.stop)

    def forge(self, records, vals):
        """Try to write and delete other evidence, or to write something else.

        :return: names of what was possible
        """
        other, row = self.other.with_env(records.env), self.other.request_ids.with_env(records.env)
        attempts = {
            "other field": lambda: records.write({"uuid": "forged"}),
            "one field more": lambda: records.write({**vals, "rfc_emisor": "forged"}),
            "other value": lambda: records.write(dict.fromkeys(vals, "forged")),
            "other record": lambda: other.write(vals),
            "one record more": lambda: (records | other).write(vals),
            "ledger": lambda: row.write({"outcome": "unknown"}),
            "ledger deleted": lambda: row.unlink(),
            "link": lambda: records.move_id.write({"l10n_mx_facture_document_id": other.id}),
            "file": lambda: other.xml_attachment_id.write({"raw": b"<forged/>"}),
            "file deleted": lambda: other.xml_attachment_id.unlink(),
        }
        done = []
        for name, attempt in attempts.items():
            try:
                with records.env.cr.savepoint(), mute_logger("odoo.models.unlink"):
                    attempt()
            except (UserError, ValueError):
                continue
            done.append(name)
        return done

    def test_an_override_writes_nothing_that_was_not_granted(self):
        """Above our guard, and below it."""
        for cls in (type(self.env[DOCUMENT]), MailThread):
            with self.subTest(cls=cls.__name__):
                seen, busy = [], []

                def act(records, vals, seen=seen, busy=busy):
                    if busy or records._name != DOCUMENT or "uuid" in vals or records == self.other:
                        return
                    busy.append(True)
                    seen.append(self.forge(records, vals))
                    busy.clear()

                self.override(cls, "write", act)
                self.stamped_invoice()
                self.assertTrue(seen)
                self.assertEqual([done for done in seen if done], [])
                self.assertEqual(self.other.state, "stamped")

    def test_nor_while_an_invoice_is_linked_or_reversed(self):
        seen, busy = [], []

        def act(moves, *args):
            if busy or moves._name != "account.move":
                return
            busy.append(True)
            for name in ("l10n_mx_facture_document_id", "l10n_mx_facture_undoes_id"):
                for move in (*moves, self.other.move_id.with_env(moves.env)):
                    try:
                        move.write({name: self.other.id})
                    except UserError:
                        seen.append(name)
                    else:
                        self.fail(f"{name} was written")
            busy.clear()

        cls = type(self.env["account.move"])
        self.override(cls, "write", act)
        self.override(cls, "_reverse_moves", act)
        move = self.cancel_requested_invoice()
        self.press(self.env["l10n_mx_facture.resolve"].create(
            {"move_id": move.id, "cancel_answer": "cancelled", "note": "Portal"}
        ), "action_resolve")  # fmt: skip
        self.assertEqual(move.l10n_mx_facture_state, "cancelled")
        reversal = self.press(move, "_reverse_moves", [{"date": self.today()}], cancel=False)
        self.assertEqual(reversal.with_env(self.env).l10n_mx_facture_undoes_id, move.l10n_mx_facture_document_id)
        self.assertTrue(seen)

    def test_no_context_carries_a_key(self):
        contexts = []
        for name in ("write", "create", "unlink"):
            self.override(BaseModel, name, lambda records, *args: contexts.append(dict(records.env.context)))
        move = self.cancel_requested_invoice()
        self.press(move, "action_l10n_mx_facture_fetch_receipt")
        self.press(move.copy({"invoice_date": self.today()}), "action_post")
        values = {key: value for context in contexts for key, value in context.items()}
        self.assertTrue(values)
        self.assertEqual({key for key, value in values.items() if not isinstance(value, PLAIN)}, set())
        self.assertFalse([key for key in values if "internal" in key or "sealed" in key])

    def test_a_grant_ends_with_its_call(self):
        def fail(records, vals):
            self.assertTrue(protected.may_write(records, vals))
            raise UserError("no")

        vals = {"message_text": "x"}
        with patch.object(type(self.env[DOCUMENT]), "write", fail), self.assertRaises(UserError):
            protected.write(self.other, vals)
        self.assertFalse(protected.may_write(self.other, vals))
        protected.write(self.other, vals)
        self.assertEqual(self.other.message_text, "x")
        self.assertFalse(protected.may_write(self.other, vals))
        self.assertFalse(protected.may_unlink(self.other))

    def test_it_is_written_again_on_another_connection(self):
        with self.committing() as env:
            moved = _moved(partial(protected.write, self.other, {"message_text": "moved"}), env.cr)
            self.assertEqual(moved.args[0].env.cr, env.cr)
            moved()
        self.env.invalidate_all()
        self.assertEqual(self.other.message_text, "moved")
