from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError

from ...pac.errors import PacError
from ..common import sealed
from ..common.access import check_group
from ..common.errors import error_text
from ..common.languages import in_each_language
from ..common.locks import lock
from ..common.states import LIVE_STATES
from ..common.transactions import alone, checkpoint, durably
from ..stamp.lookup import THERE
from .diverging import VALID

# what a service refused may be stamped there by hand, or by a call that was late: it is asked once a day, so long
LOOKED_FOR = timedelta(days=30)
LOOKED_EVERY = timedelta(hours=20)


class L10nMxFactureDocument(models.Model):
    """What mends a divergence of one of our CFDIs: one method a kind, each a press of a button."""

    _inherit = "l10n_mx_facture.document"

    lookup_date = fields.Datetime("Looked up on", readonly=True, copy=False)

    _looked_up = models.Index("(lookup_date NULLS FIRST, id) WHERE state = 'rejected'")

    def _remedy_tampered(self):
        if not self.env.user.has_group("l10n_mx_facture.group_configure"):
            raise AccessError(self.env._("Only users who may configure CFDIs can restore a stored file."))
        if not self._restore_xml():
            raise UserError(
                self.env._(
                    "The service's XML of %s is not byte for byte the original, so nothing was changed. Restore "
                    "database and filestore from a backup.",
                    self.display_name,
                )
            )

    def _remedy_cancelled_posted(self):
        """Cancel or reverse the invoice, as the company's setting says."""
        move = self.move_id
        check_group(self.env, "cancel")
        if reason := move._l10n_mx_facture_undo_refusal(self):
            raise RedirectWarning(
                self.env._("%(invoice)s: %(reason)s", invoice=move.display_name, reason=reason),
                self.action_open_move(),
                self.env._("Open the invoice"),
            )
        move._l10n_mx_facture_undo(self)
        self.env["l10n_mx_facture.divergence"]._find_divergences(self)

    def _remedy_valid_cancelled(self):
        """Ask SAT, take back the statement that it was cancelled where SAT says otherwise, and open the wizard."""
        check_group(self.env, "cancel")
        if self._comes_back():
            return self._bring_back()
        if self.state == "cancelled":
            self._sat_ask_or_raise()
            if self.sat_reading not in VALID:
                return None
            durably(self._take_back_cancelled, self.env)
        return self.move_id.action_l10n_mx_facture_cancel()

    def _comes_back(self):
        """:return: whether what is left to do is to post the invoice again: its CFDI stays valid"""
        refused = self.move_id.state == "cancel" and self.sat_reading == "refused"
        return self.state == "stamped" and (refused or self.move_id.state == "draft")

    def _bring_back(self):
        """Post the invoice again as its CFDI states it."""
        move = self.move_id
        if move.state == "cancel":
            move.button_draft()
        move.action_post()

    def _take_back_cancelled(self):
        """A person stated that SAT had cancelled it, and SAT says that it is valid: SAT's word stands."""
        move = self.move_id
        lock(move)
        if other := move.l10n_mx_facture_document_ids.filtered(lambda one: one.state in LIVE_STATES):
            raise UserError(
                self.env._(
                    "The invoice has another CFDI now, %(uuid)s. Cancel %(this)s at SAT's portal.",
                    uuid=other.uuid or other.display_name,
                    this=self.uuid,
                )
            )
        name = self.resolved_by_id.name or "-"
        note = self.env._("SAT shows it as valid: the statement of %s no longer counts.", name)
        vals = {"state": "stamped", "resolution": note, "resolved_by_id": self.env.uid, "message_text": False}
        # no transition of its own: an answer of a service must never bring a cancelled CFDI back
        sealed.write(self, {**vals, "resolved_date": fields.Datetime.now(), "sat_next_date": fields.Datetime.now()})
        self._become_current()
        self._note(note)
        move.message_post(body=note)

    def _remedy_unresolved(self):
        return self.move_id.action_l10n_mx_facture_resolve()

    def _remedy_service(self):
        return self.action_check_at_service()

    # -- stamped at the service, refused here ---------------------------------------------------

    @api.model
    def _look_up_refused(self):
        """Ask the services that can tell whether what they refused was stamped after all, once a day each."""
        cron, accounts = self.env["ir.cron"], self._look_up_accounts()
        now = fields.Datetime.now()
        left = True
        due = [
            ("state", "=", "rejected"),
            ("date_sent", ">", now - LOOKED_FOR),
            "|",
            ("lookup_date", "=", False),
            ("lookup_date", "<", now - LOOKED_EVERY),
        ]
        waiting = self.sudo().search_count([*due, ("account_id", "in", accounts.ids)])
        cron._commit_progress(remaining=waiting)
        while accounts and left:
            domain = [*due, ("account_id", "in", accounts.ids)]
            document = self.sudo().search(domain, order="lookup_date NULLS FIRST, id desc", limit=1)
            if not document:
                break
            if not document._look_up_refusal():
                accounts -= document.account_id
            left = cron._commit_progress(1)
        if left:
            # who failed is asked after another time
            cron._commit_progress(remaining=0)

    @api.model
    def _look_up_accounts(self):
        """:return: the accounts whose service can look, and is asked now"""
        accounts = self.env["l10n_mx_facture.account"].sudo().search([("failures", "=", 0)])
        return accounts.filtered(lambda account: account._capabilities().recovers and not account._call_refusal())

    def _look_up_refusal(self):
        """Look once for the stamp of what was refused.

        :return: whether the service answered
        """
        self.ensure_one()
        sealed.write(self, {"lookup_date": fields.Datetime.now()})
        if self._call_refusal():
            return True
        look = self._look_up(self._client())
        checkpoint(self.env)
        told = {}
        try:
            found = look()
        except PacError as error:
            if error.reason not in THERE and not self._proves_nothing_there(error):
                self.account_id._note_failure(error)
                return False
            if error.reason in THERE:
                there = error
                told = in_each_language(self, lambda one: error_text(one.env, there, reading=True))
        else:
            if found and not self._is_cancelled_there(found):
                told = in_each_language(self, lambda one: one._found_text(found))
        keep = self.env["l10n_mx_facture.divergence"]._settle
        durably(partial(keep, self, "at_service", {self: told}), self.env)
        return True

    def _is_cancelled_there(self, found):
        """Ask SAT about a stamp that is not ours, or the service where SAT knows no CFDIs of test.

        :param found: :class:`~..pac.results.Stamped`
        :return: whether it is cancelled; False where that could not be asked
        """
        gate = self.env["l10n_mx_facture.sat_gate"]._get()
        if self.sat_asks and gate._is_held():
            return False
        asks_sat, remote_id = self.sat_asks, self.remote_id or None
        try:
            client = gate._client() if asks_sat else self._client()
            checkpoint(self.env)
            if not asks_sat:
                return "cancelad" in (client.find(found.uuid, remote_id).estado or "").lower()
            word = client.ask(found.xml)
        except PacError as error:
            (gate if asks_sat else self.account_id)._note_failure(error)
            return False
        gate._note_success()
        return word.reading.state == "cancelled"

    def _found_text(self, found):
        return self.env._("The service had refused it, but has it stamped now, with UUID %s.", found.uuid)

    def _remedy_at_service(self):
        """Adopt the stamp that the service has; the ledger keeps the look and what came of it."""
        check_group(self.env, "stamp")
        if other := self.move_id.l10n_mx_facture_document_ids.filtered(lambda one: one.state in LIVE_STATES):
            raise UserError(
                self.env._(
                    "The invoice has another CFDI now, %s, so this one can't be adopted. Cancel it at the service or "
                    "at SAT's portal.",
                    other.uuid or other.display_name,
                )
            )
        document = self.sudo()
        request = self.env["l10n_mx_facture.request"].sudo().create(
            {"document_id": self.id, "operation": "recover", "user_id": self.env.uid}
        )
        look = document._look_up(document._client())
        checkpoint(self.env)
        try:
            found = look()
        except PacError as error:
            durably(partial(document._keep_look_up, request, error), self.env)
            raise UserError(error_text(self.env, error, reading=True)) from error
        if not found:
            durably(partial(request._close, "done", message=self.env._("The service has no stamp of it.")), self.env)
        else:
            document._store_recovered(found)
            durably(partial(document._show_adopted), self.env)
            document._after_stamp()
        durably(partial(self.env["l10n_mx_facture.divergence"]._settle, self, "at_service", {}), self.env)

    def _show_adopted(self):
        if self.state == "stamped" and self.move_id.l10n_mx_facture_document_id.state not in LIVE_STATES:
            self._become_current()

    def _review_former(self):
        """Look again at what is open about former CFDIs of the invoices of these stamped ones."""
        stamped = self.sudo()
        if former := stamped.move_id.l10n_mx_facture_document_ids - stamped:
            look = partial(self.env["l10n_mx_facture.divergence"]._refresh, former)
            alone(look, self.env, f"Looking at what was open about {former}")

    # -- what a person has just mended ----------------------------------------------------------

class AccountMove(models.Model):
    """What is open about the CFDI of an invoice, and a look at it when the invoice is cancelled or comes back."""

    _inherit = "account.move"

    l10n_mx_facture_divergence_ids = fields.One2many(
        "l10n_mx_facture.divergence",
        "move_id",
        "CFDI discrepancies",
        domain=[("state", "=", "open")],
        readonly=True,
        copy=False,
    )

    def _l10n_mx_facture_review_open(self):
        """Look again at what is open about the CFDIs of these invoices: they were cancelled, or have come back."""
        divergence = self.env["l10n_mx_facture.divergence"].sudo()
        found = divergence.search([("move_id", "in", self.ids), ("state", "=", "open")])
        for records in (found.document_id, found.received_id):
            divergence._find_divergences(records)
