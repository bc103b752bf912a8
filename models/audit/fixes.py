from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError

from ...pac.errors import PacError
from ..common import protected
from ..common.access import check_group
from ..common.errors import error_text
from ..common.languages import in_each_language
from ..common.locks import lock
from ..common.states import LIVE_STATES
from ..common.transactions import checkpoint, commit_or_log, commit_with_retry
from ..discrepancy.checks import VALID
from ..stamp.lookup import FOUND_UNCLEAR

# a refused invoice may be stamped at the service later: it is looked up once a day for this long
LOOK_UP_PERIOD = timedelta(days=30)
LOOK_UP_INTERVAL = timedelta(hours=20)
# kinds that have their own alert
OTHER_ALERT_KINDS = ("unresolved",)


class L10nMxFactureDocument(models.Model):
    """Corrections of discrepancies of our own CFDIs: one method for each kind, called by a button."""

    _inherit = "l10n_mx_facture.document"

    lookup_date = fields.Datetime("Looked up on", readonly=True, copy=False)

    _looked_up = models.Index("(lookup_date NULLS FIRST, id) WHERE state = 'rejected'")

    def _fix_tampered(self):
        if not self.env.user.has_group("l10n_mx_facture.group_configure"):
            raise AccessError(self.env._("Only users who may configure CFDIs can restore a stored file."))
        if self._pdf_problems() and not self._evidence_problems():
            if not self._fetch_pdf():
                raise UserError(self.pdf_error)
            self._check_integrity()
            return
        if not self._restore_xml():
            raise UserError(
                self.env._(
                    "The service's XML of %s is not byte for byte the original, so nothing was changed. Restore "
                    "database and filestore from a backup.",
                    self.display_name,
                )
            )

    def _fix_cancelled_posted(self):
        """Cancel or reverse the invoice, as the company's setting says."""
        move = self.move_id
        check_group(self.env, "cancel")
        if reason := move._l10n_mx_facture_cancel_or_reverse_refusal(self):
            raise RedirectWarning(
                self.env._("%(invoice)s: %(reason)s", invoice=move.display_name, reason=reason),
                self.action_open_move(),
                self.env._("Open the invoice"),
            )
        move._l10n_mx_facture_cancel_or_reverse(self)
        self.env["l10n_mx_facture.divergence"]._find_discrepancies(self)

    def _fix_valid_cancelled(self):
        """Ask SAT, revert a manually recorded cancellation that SAT contradicts, and open the wizard."""
        check_group(self.env, "cancel")
        if self._can_be_reposted():
            return self._repost()
        if self.state == "cancelled":
            self._sat_ask_or_raise()
            if self.sat_reading not in VALID:
                return None
            commit_with_retry(self._revert_cancelled, self.env)
        return self._owner().action_l10n_mx_facture_cancel()

    def _repost(self):
        """Post the invoice again, with the values of its CFDI."""
        move = self.move_id
        if move.state == "cancel":
            move.button_draft()
        move.action_post()

    def _revert_cancelled(self):
        """Revert a manually recorded cancellation after SAT has answered that the CFDI is valid."""
        owner = self._owner()
        lock(owner)
        if other := owner.l10n_mx_facture_document_ids.filtered(lambda one: one.state in LIVE_STATES):
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
        # written directly, as the table of states must not let a service's answer reactivate a cancelled CFDI
        protected.write(self, {**vals, "resolved_date": fields.Datetime.now(), "sat_next_date": fields.Datetime.now()})
        self._set_as_current()
        self._post_note(note)
        owner.message_post(body=note)

    def _fix_unresolved(self):
        return self._owner().action_l10n_mx_facture_resolve()

    def _fix_service(self):
        return self.action_check_at_service()

    # -- stamped at the service, refused here ---------------------------------------------------

    @api.model
    def _look_up_refused(self):
        """Ask the services, once a day for each CFDI, whether one that they refused was stamped after all."""
        cron, accounts = self.env["ir.cron"], self._look_up_accounts()
        now = fields.Datetime.now()
        left = True
        due = [
            ("state", "=", "rejected"),
            ("date_sent", ">", now - LOOK_UP_PERIOD),
            "|",
            ("lookup_date", "=", False),
            ("lookup_date", "<", now - LOOK_UP_INTERVAL),
        ]
        waiting = self.sudo().search_count([*due, ("account_id", "in", accounts.ids)])
        cron._commit_progress(remaining=waiting)
        while accounts and left:
            domain = [*due, ("account_id", "in", accounts.ids)]
            document = self.sudo().search(domain, order="lookup_date NULLS FIRST, id desc", limit=1)
            if not document:
                break
            if not document._look_up_one_refused():
                accounts -= document.account_id
            left = cron._commit_progress(1)
        if left:
            # accounts that failed are skipped
            cron._commit_progress(remaining=0)

    @api.model
    def _look_up_accounts(self):
        """:return: the accounts whose service can look up stamps, and may be asked now"""
        accounts = self.env["l10n_mx_facture.account"].sudo().search([("failures", "=", 0)])
        return accounts.filtered(lambda account: account._capabilities().looks_up and not account._call_refusal())

    def _look_up_one_refused(self):
        """Look up the stamp of a refused CFDI once.

        :return: whether the service answered
        """
        self.ensure_one()
        protected.write(self, {"lookup_date": fields.Datetime.now()})
        if self._call_refusal():
            return True
        look_up = self._look_up(self._client())
        checkpoint(self.env)
        translations = {}
        try:
            found = look_up()
        except PacError as error:
            if error.reason not in FOUND_UNCLEAR and not self._proves_not_stamped(error):
                self.account_id._record_failure(error)
                return False
            if error.reason in FOUND_UNCLEAR:
                there = error
                translations = in_each_language(self, lambda one: error_text(one.env, there, reading=True))
        else:
            if found and not self._is_found_cancelled(found):
                translations = in_each_language(self, lambda one: one._found_text(found))
        keep = self.env["l10n_mx_facture.divergence"]._settle
        commit_with_retry(partial(keep, self, "at_service", {self: translations}), self.env)
        return True

    def _is_found_cancelled(self, found):
        """Ask SAT about a found stamp; for test CFDIs, which SAT doesn't have, ask the service.

        :param found: :class:`~..pac.results.Stamped`
        :return: whether it is cancelled; False if that could not be asked
        """
        gate = self.env["l10n_mx_facture.sat_gate"]._get()
        if self.sat_asks and gate._is_paused():
            return False
        asks_sat, remote_id = self.sat_asks, self.remote_id or None
        try:
            client = gate._client() if asks_sat else self._client()
            checkpoint(self.env)
            if not asks_sat:
                return "cancelad" in (client.find(found.uuid, remote_id).estado or "").lower()
            answer = client.ask(found.xml)
        except PacError as error:
            (gate if asks_sat else self.account_id)._record_failure(error)
            return False
        gate._record_success()
        return answer.reading.state == "cancelled"

    def _found_text(self, found):
        return self.env._("The service had refused it, but has it stamped now, with UUID %s.", found.uuid)

    def _fix_at_service(self):
        """Store the stamp that the service has; the ledger gets a row for the look-up."""
        check_group(self.env, "stamp")
        if other := self._owner().l10n_mx_facture_document_ids.filtered(lambda one: one.state in LIVE_STATES):
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
        look_up = document._look_up(document._client())
        checkpoint(self.env)
        try:
            found = look_up()
        except PacError as error:
            commit_with_retry(partial(document._store_look_up_error, request, error), self.env)
            raise UserError(error_text(self.env, error, reading=True)) from error
        if not found:
            commit_with_retry(
                partial(request._close, "done", message=self.env._("The service has no stamp of it.")), self.env
            )
        else:
            document._store_found(found)
            commit_with_retry(partial(document._show_adopted), self.env)
            document._after_stamp()
        commit_with_retry(partial(self.env["l10n_mx_facture.divergence"]._settle, self, "at_service", {}), self.env)

    def _show_adopted(self):
        if self.state == "stamped" and self._owner().l10n_mx_facture_document_id.state not in LIVE_STATES:
            self._set_as_current()

    def _review_former(self):
        """Check the open discrepancies of earlier CFDIs of the same invoices again."""
        stamped = self.sudo()
        of_owners = (owners.l10n_mx_facture_document_ids for owners in stamped._owners())
        if former := self.sudo().union(*of_owners) - stamped:
            review = partial(self.env["l10n_mx_facture.divergence"]._refresh, former)
            commit_or_log(review, self.env, f"Checking the discrepancies of {former}")

    # -- after a user's correction --------------------------------------------------------------

class AccountMove(models.Model):
    """Open discrepancies of an invoice's CFDIs: alerts on its form, and the check when it is cancelled."""

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
        """Check the open discrepancies of these invoices' CFDIs again, after the invoices were cancelled or
        reposted.
        """
        divergence = self.env["l10n_mx_facture.divergence"].sudo()
        found = divergence.search([("move_id", "in", self.ids), ("state", "=", "open")])
        for records in (found.document_id, found.received_id):
            divergence._find_discrepancies(records)
        divergence._find_removed(self.filtered("l10n_mx_facture_removed_uuid") | found.move_id)

    def _l10n_mx_facture_discrepancy_alerts(self):
        """:return: dict of alerts: the open discrepancies of the invoice's CFDI"""
        alerts = {}
        for number, divergence in enumerate(self._l10n_mx_facture_open_discrepancies()):
            tampered = divergence.kind == "tampered"
            alert = {"level": "danger" if tampered else "warning", "message": divergence.text}
            if divergence.sudo(False).has_access("read"):
                alert["action_text"] = self.env._("What to do") if tampered else self.env._("Show the discrepancy")
                alert["action"] = divergence.get_formview_action()
            alerts[f"l10n_mx_facture_{'tampered' if tampered else 'divergence'}_{number}"] = alert
        return alerts

    def _l10n_mx_facture_open_discrepancies(self):
        """:return: the open discrepancies of its CFDI, as superuser; of a bill only changed files"""
        # sudo: users who may read the invoice see what is wrong with it
        return self._origin.sudo().l10n_mx_facture_divergence_ids.filtered(
            lambda one: one.kind in ("tampered", "removed") or (one.document_id and one.kind not in OTHER_ALERT_KINDS)
        )
