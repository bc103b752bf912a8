"""Steps of the tests: press a button, crash in the middle, lose an answer."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

from odoo.addons.l10n_mx_facture.pac import providers
from odoo.addons.l10n_mx_facture.pac.facture_rest.client import FactureRest

from .common import FactureCase

SECRET = "Clave-Secreta-9f3b"
REFUSALS = (UserError, AccessError, ValidationError)


class ProcessDied(BaseException):
    """Ends a request like ``kill -9``: it is not caught, and uncommitted data is lost."""


class StampCase(FactureCase):
    """An account whose user at the service is this class's own, so that its credits and its book are too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.login = cls.prefix.lower()
        cls.sandbox.user(
            name=cls.login, password=SECRET, credits=1000, holder="ESCUELA KEMPER URGATE"
        )
        cls.account.write({"login": cls.login, "secret": SECRET})

    # -- pressing -------------------------------------------------------------------------------

    def press(self, records, method, *args, user=None, **kwargs):
        """Call a method as a request does: in a cursor that may commit, rolled back where it raises.

        ``assertRaises`` would not do for what is refused: it also takes back what was committed.
        """
        with self.committing() as env:
            env = env(user=user.id) if user else env
            return getattr(records.with_env(env), method)(*args, **kwargs)

    def refusal(self, records, method, *args, **kwargs):
        """:return: the text with which a button is refused"""
        try:
            self.press(records, method, *args, **kwargs)
        except REFUSALS as error:
            return str(error)
        return self.fail(f"{method} was not refused")

    def stamp(self, moves, **kwargs):
        """:return: the notification's parameters"""
        return self.press(moves, "action_l10n_mx_facture_stamp", **kwargs)["params"]

    def stamped_invoice(self, **values):
        move = self.create_invoice(**values)
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped", move.l10n_mx_facture_message)
        return move

    def stamped_substitute(self, old, **values):
        """:return: a stamped invoice whose CFDI substitutes that of ``old`` (relation 04)"""
        relation = {"relation_type_id": self.sat("c_tipo_relacion", "04").id}
        relation["document_id"] = old.l10n_mx_facture_document_id.id
        return self.stamped_invoice(l10n_mx_facture_relation_ids=[Command.create(relation)], **values)

    def unknown_invoice(self, **values):
        """:return: an invoice that the service has stamped, but whose answer was lost"""
        move = self.create_invoice(**values)
        self.sandbox.fail("stamp", "reset_after")
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        return move

    def cancel(self, move, reason="02", replacement=None, **kwargs):
        """:return: the notification's parameters"""
        answer = self.press(move, "l10n_mx_facture_cancel", reason, replacement, **kwargs)
        return answer["params"]

    def cancel_requested_invoice(self, **values):
        move = self.stamped_invoice(**values)
        self.cancel(move)
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")
        return move

    @contextmanager
    def dying(self, operation="stamp", done=True):
        """The process dies in its call, before the service got it or after the service has done it."""
        service = providers.PROVIDERS[self.account.provider]
        call = getattr(service, operation)

        def die(client, *args):
            if done:
                call(client, *args)
            raise ProcessDied

        with patch.object(service, operation, die):
            try:
                yield
            except ProcessDied:
                return
        self.fail("the process did not die")

    def watch(self, operation, look):
        """Call ``look`` each time just before the client makes a call.

        :return: list, filled with what ``look`` returned
        """
        call, seen = getattr(FactureRest, operation), []

        def watched(client, *args):
            seen.append(look())
            return call(client, *args)

        patcher = patch.object(FactureRest, operation, watched)
        patcher.start()
        self.addCleanup(patcher.stop)
        return seen

    def age(self, move, seconds):
        """Let the call have begun so long ago."""
        begun = fields.Datetime.now() - timedelta(seconds=seconds)
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET date_sent = %s WHERE move_id = %s",
            (begun, move.id),
        )
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_request SET date_start = %s WHERE document_id IN "
            "(SELECT id FROM l10n_mx_facture_document WHERE move_id = %s)",
            (begun, move.id),
        )
        self.env.invalidate_all()

    # -- what there is --------------------------------------------------------------------------

    def ledger(self, moves):
        """:return: (operation, outcome) of each call, the oldest first"""
        rows = moves.l10n_mx_facture_document_ids.request_ids.sorted("id")
        return [(row.operation, row.outcome) for row in rows]

    def chatter(self, record):
        return " ".join(record.message_ids.mapped("body"))

    def own_book(self):
        """:return: all that was stamped for this class"""
        return self.sandbox.book(user=self.login)

    # -- people and places ----------------------------------------------------------------------

    def create_user(self, login, *groups, **values):
        return new_test_user(
            self.env,
            f"{login}-{self.prefix}",
            ",".join(groups),
            company_id=self.company.id,
            company_ids=self.company.ids,
            **values,
        )

    def create_journal(self, code, branch=None):
        """:return: a sale journal that stamps through ``branch``, or through none"""
        return self.journal.copy(
            {
                "name": code,
                "code": code,
                "l10n_mx_facture_branch_ids": [Command.set(branch.ids if branch else [])],
            }
        )

    def branch_at(self, zip_code):
        return self.account.branch_ids.filtered(
            lambda branch: branch.zip == zip_code and branch.active
        )[:1]
