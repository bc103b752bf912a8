"""Two processes, other accounts and other credentials between the two steps: never a second stamp, never a lost one."""

import time
from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command

from odoo.addons.l10n_mx_facture.models.stamp.attempt import Call
from odoo.addons.l10n_mx_facture.pac import providers
from odoo.addons.l10n_mx_facture.pac.errors import NotSent

from ..support.stamp_case import SECRET
from ..support.two_steps_case import IDS, TwoStepsCase

REFUSED = {"code": "CFDI40148", "text": "El domicilio no coincide."}


class TestTwoStepsConcurrency(TwoStepsCase):
    nested = False

    @contextmanager
    def committing(self):
        """Within a call that is being made other processes work on cursors of their own."""
        if self.nested:
            try:
                with self.registry.cursor() as cr:
                    yield self.env(cr=cr)
            finally:
                self.env.invalidate_all()
            return
        self.nested = True
        try:
            with super().committing() as env:
                yield env
        finally:
            self.nested = False

    def meanwhile(self, owner, name, others, before=True):
        """While one process is held up in a method, others work; only the first time.

        :param before: whether they do it before the method itself does anything
        """
        call, once = getattr(owner, name), []

        def held_up(*args, **kwargs):
            if once:
                return call(*args, **kwargs)
            once.append(True)
            if before:
                others()
                return call(*args, **kwargs)
            answer = call(*args, **kwargs)
            others()
            return answer

        return patch.object(owner, name, held_up)

    @property
    def service(self):
        return providers.PROVIDERS[self.account.provider]

    def other_account(self, provider="facture_rest", **values):
        """:return: a branch at the same place, of another account"""
        account = self._create_account(name="Other", provider=provider, login=self.login, secret=SECRET, **values)
        if account._capabilities().lists_branches:
            account.action_sync_branches()
            return account.branch_ids.filtered(lambda branch: branch.zip == self.branch.zip)[:1]
        account.write(
            {
                "secret": f"token-{self.login}",
                "code_ids": [Command.create({"code": code, "remote_id": number}) for code, number in IDS.items()],
            }
        )
        return self.env["l10n_mx_facture.branch"].create(
            {"name": self.branch.name, "zip": self.branch.zip, "account_id": account.id}
        )

    def stamp_there(self, document):
        """Somebody has it stamped in the service's own pages."""
        self.press(self.account, "_client").stamp_created(document.remote_id, document._payload_bytes())

    def one_stamp(self, move):
        self.assertEqual(len(self.book(move)), 1)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(move.l10n_mx_facture_uuid, self.book(move)[0]["uuid"].upper())

    # -- processes that are held up ---------------------------------------------------------------

    def test_held_up_between_the_steps(self):
        move = self.create_invoice()

        def others():
            self.age(move, 900)
            self.assertEqual(self.outcomes(move), ["rejected"])
            self.stamp(move)

        call = self.service.stamp_created_many

        def late(client, created, begun):
            # the clock went on while the process was stopped
            return call(client, created, begun - 900)

        with (
            patch.object(self.service, "stamp_created_many", late),
            self.meanwhile(self.service, "stamp_created_many", lambda: self._unpatched(call, others)),
        ):
            self.press(move, "action_l10n_mx_facture_stamp")
        self.one_stamp(move)

    def _unpatched(self, call, others):
        with patch.object(self.service, "stamp_created_many", call):
            others()

    def test_a_late_id_does_not_replace_that_of_another_process(self):
        move = self.create_invoice()

        def others():
            self.age(move, 900)
            self.assertEqual(self.outcomes(move), ["draft"])
            with self.dying("stamp_created", done=True):
                self.stamp(move)
            self.assertEqual(move.l10n_mx_facture_state, "sending")

        with self.meanwhile(self.service, "create_many", others, before=False):
            self.press(move, "action_l10n_mx_facture_stamp")
        self.assertEqual(len(self.book(move)), 1)
        self.assertEqual(move.l10n_mx_facture_state, "sending", "it is the other one's")
        self.age(move, 900)
        self.outcomes(move)
        self.one_stamp(move)

    def test_a_late_answer_does_not_settle_another_attempt(self):
        move = self.create_invoice()

        def others():
            self.age(move, 900)
            self.outcomes(move)
            with self.dying("stamp_created", done=True):
                self.stamp(move)

        def stale(call, _function):
            raise NotSent("stale", "The process was held up before it could send.")

        with patch.object(Call, "in_time", stale), self.meanwhile(Call, "in_time", lambda: self._in_time(others)):
            self.press(move, "action_l10n_mx_facture_stamp")
        self.assertEqual(move.l10n_mx_facture_state, "sending")
        self.assertIn("not known", self.refusal(move, "button_draft"))
        self.age(move, 900)
        self.outcomes(move)
        self.one_stamp(move)

    def _in_time(self, others):
        with patch.object(Call, "in_time", lambda call, function: function()):
            others()

    def test_what_was_prepared_long_ago_is_not_sent(self):
        nothing = dict.fromkeys(("payloads", "drafts", "remote_ids", "former"), {})
        rows = self.env["l10n_mx_facture.request"]
        call = Call(self.account, rows, client=None, branch="", **nothing, prepared=time.monotonic() - 900)
        with self.assertRaises(NotSent) as caught:
            call.in_time(lambda: self.fail("it was sent"))
        self.assertEqual(caught.exception.reason, "stale")

    # -- other accounts, other credentials ----------------------------------------------------------

    def test_a_waiting_invoice_whose_branch_changes(self):
        for how in ("button", "queue"):
            with self.subTest(how):
                move = self.create_invoice()
                self.sandbox.fail("sello_stamp", "pending")
                self.stamp(move)
                waiting = self.document(move)
                self.stamp_there(waiting)
                move.l10n_mx_facture_branch_id = self.other_account()
                self.due(move)
                if how == "button":
                    self.stamp(move)
                else:
                    self.outcomes(move, 3)
                self.one_stamp(move)
                self.assertEqual(waiting.account_id, self.account, "it stays where it was sent")

    def test_an_id_is_asked_for_at_its_own_account_only(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "pending")
        self.stamp(move)
        waiting = self.document(move)
        move.l10n_mx_facture_branch_id = self.other_account("sello_digital")
        self.age(move, 900)
        self.due(move)
        self.outcomes(move, 2)
        self.one_stamp(move)
        self.assertNotEqual(self.document(move), waiting)
        stamped = [call["path"] for call in self.calls("sello_stamp")]
        self.assertEqual(stamped.count(f"/invoices/{waiting.remote_id}/stamp"), 1)

    def test_an_earlier_attempt_at_an_account_that_cannot_be_asked(self):
        self.account.environment = "production"
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "refuse", **REFUSED)
        self.stamp(move)
        former = self.document(move)
        self.stamp_there(former)
        branch = self.other_account()
        branch.account_id.environment = "production"
        self.account.environment = "test"
        move.l10n_mx_facture_branch_id = branch
        self.assertIn("earlier attempt", self.stamp(move)["message"])
        self.assertEqual(len(self.book(move)), 1)
        # a user has checked it and confirms
        self.press(former, "action_confirm_not_stamped")
        self.assertIn("not stamped", self.chatter(move))

    def test_not_found_with_other_credentials_proves_nothing(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "reset_after")
        self.stamp(move)
        self.age(move, 900)
        user = f"{self.login}x"
        self.sandbox.user(name=user, password=SECRET, token=f"token-{user}", credits=9, holder="X")
        self.account.secret = f"token-{user}"
        self.assertIn("did not confirm it", self.refusal(move, "l10n_mx_facture_resolve_unknown", None, "there"))
        self.account.secret = f"token-{self.login}"
        self.due(move)
        self.outcomes(move)
        self.one_stamp(move)

    def test_address_and_user_stay_while_ids_are_not_settled(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "pending")
        self.stamp(move)
        refusal = self.refusal(self.account, "write", {"base_url": "https://other.example"})
        self.assertIn("still open at the service", refusal)
        self.due(move)
        self.outcomes(move)
        self.press(self.account, "write", {"base_url": f"{self.sandbox.url}/"})

    # -- what doesn't settle ------------------------------------------------------------------------

    def test_a_person_insists(self):
        move = self.create_invoice()
        with self.dying("stamp_created", done=False):
            self.stamp(move)
        pending = {"invoice_status": {"id": 1, "name": "Pendiente"}}
        self.sandbox.fail("sello_read", "fields", times=-1, set=pending)
        self.age(move, 900)
        self.assertEqual(self.outcomes(move), ["unknown"])
        refusal = self.refusal(move, "l10n_mx_facture_resolve_unknown", None, "portal")
        self.assertIn("tick “I have checked it and confirm it”", refusal)
        self.press(move, "l10n_mx_facture_resolve_unknown", None, "portal", insist=True)
        document = self.document(move)
        self.assertEqual((document.state, document.insisted), ("rejected", True))
        self.assertIn("not finished", document.resolution)
        self.sandbox.reset()
        self.stamp(move)
        self.one_stamp(move)

    def test_not_for_the_moment_that_cannot_be_confirmed_is_unknown(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "pending_after")
        self.sandbox.fail("sello_read", "error_500_before", after=1)
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        self.assertIn("not known", self.refusal(move, "button_draft"))
        self.due(move)
        self.outcomes(move)
        self.one_stamp(move)

    def test_an_earlier_attempt_that_is_something_else_leaves_the_queue(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "refuse", **REFUSED)
        self.stamp(move)
        self.sandbox.fail("sello_read", "foreign_cfdi", times=-1)
        self.stamp_there(self.document(move))
        run = self.press(self.env["l10n_mx_facture.run"], "_start", move, {})
        run = self.env["l10n_mx_facture.run"].browse(run.id)
        self.outcomes(move, 2)
        self.assertEqual((run.state, run.count_refused), ("done", 1))
        self.assertEqual(run.refusal_ids.record_id, move.l10n_mx_facture_document_ids[-1:].id)
        self.assertEqual(len(self.book(move)), 1)

    def test_one_that_cannot_be_stored_does_not_hold_up_the_others(self):
        moves = self.create_invoices([{}] * 4)
        self.sandbox.fail("sello_create", "error_500_before")
        model = type(self.env["l10n_mx_facture.document"])
        store = model._store_failure

        def broken(document, error, *args, **kwargs):
            if error.reason == "server_error":
                raise ValueError("something of one invoice")
            return store(document, error, *args, **kwargs)

        with patch.object(model, "_store_failure", broken), self.assertLogs("odoo.addons.l10n_mx_facture", "ERROR"):
            self.stamp(moves)
        self.assertEqual(sorted(moves.mapped("l10n_mx_facture_state")), ["sending", "stamped", "stamped", "stamped"])

    # -- the queue ------------------------------------------------------------------------------------

    def test_what_is_corrected_keeps_its_place_in_the_run(self):
        move = self.create_invoice()
        run = self.press(self.env["l10n_mx_facture.run"], "_start", move, {})
        run = self.env["l10n_mx_facture.run"].browse(run.id)
        self.sandbox.fail("sello_stamp", "pending")
        self.outcomes(move)
        self.press(move, "button_draft")
        move.invoice_line_ids.price_unit = 200
        self.press(move, "action_post")
        self.due(move)
        self.sandbox.fail("sello_stamp", "no_credits")
        self.outcomes(move)
        self.assertEqual((run.count_all, run.count_waiting), (1, 1), "it waits for credits, in its run")

    def test_an_invoice_that_was_reset_is_not_stamped_without_a_press(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "pending")
        self.stamp(move)
        self.press(move, "button_draft")
        move.invoice_line_ids.price_unit = 200
        self.press(move, "action_post")
        self.due(move)
        self.assertEqual(self.outcomes(move), ["draft"])
        self.assertFalse(self.book(move))

    def test_sent_as_a_test_and_stated_by_a_person(self):
        move = self.create_invoice()
        self.sandbox.fail("sello_stamp", "reset_after")
        self.stamp(move)
        self.age(move, 900)
        self.account.environment = "production"
        self.press(move, "l10n_mx_facture_resolve_unknown", None, "It was a test")
        self.assertEqual(move.l10n_mx_facture_state, "rejected")
