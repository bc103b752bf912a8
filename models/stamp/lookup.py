from datetime import timedelta
from functools import partial

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...pac.errors import NotFound, NotSent, PacError
from ...pac.parallel import call_each
from ...pac.results import Stamped
from ...pac.wire.backoff import backoff
from ..common import protected
from ..common.access import check_may_insist, is_of_group
from ..common.errors import error_text
from ..common.locks import lock_free_with_retry
from ..common.problem import Problem
from ..common.transactions import checkpoint, commit_with_retry

# wait before the service is asked again, by the number of look-ups
WAIT = partial(backoff, first=timedelta(minutes=1), ceiling=timedelta(minutes=256))
# errors: the service has something, but it doesn't settle the outcome
FOUND_UNCLEAR = ("stamped_twice", "others_there", "not_ours", "cancelled")


class L10nMxFactureDocument(models.Model):
    """Looks up stamps with a lost answer, at services that allow it."""

    _inherit = "l10n_mx_facture.document"

    insisted = fields.Boolean(
        "Stated against the service's answer",
        readonly=True,
        copy=False,
        help="A person stated that it was not stamped, although the service could not confirm it.",
    )

    def _look_up(self, client):
        """:return: a callable without parameters that looks up the stamp of this document"""
        self.ensure_one()
        return partial(client.look_up, self._payload_bytes(), self.remote_id or None, self._known_uuids())

    def _known_uuids(self):
        """:return: UUIDs of other CFDIs of the same issuer, series and folio"""
        others = self.sudo().search(
            [
                ("rfc_emisor", "=", self.rfc_emisor),
                ("serie", "=", self.serie),
                ("folio", "=", self.folio),
                ("uuid", "!=", False),
                ("id", "!=", self.id),
            ]
        )
        return tuple(others.mapped("uuid"))

    # -- lost answers ---------------------------------------------------------------------------

    def _look_up_stamp(self):
        """Look up the stamp once. A found stamp is stored; finding none settles it if the service is reliable in
        that.
        """
        self.ensure_one()
        if not lock_free_with_retry(self):
            return
        if self.state != "unknown" or not self._may_be_looked_up():
            return
        request = self.env["l10n_mx_facture.request"].sudo().create({"document_id": self.id, "operation": "recover"})
        client = self._client()
        look_up = self._look_up(client)
        # a call that may still be in process can't count as not stamped
        is_over = self._is_timed_out(self.date_sent)
        checkpoint(self.env)
        try:
            found = look_up()
        except PacError as error:
            if not (is_over and error.reason == "try_again"):
                commit_with_retry(partial(self._store_look_up_error, request, error), self.env)
                self.account_id._record_failure(error)
                return
            found = None
        if found:
            self._store_found(found)
            self._after_stamp()
        else:
            commit_with_retry(
                partial(self._store_not_found, request, is_over, client.capabilities.look_up_proves), self.env
            )

    def _may_be_looked_up(self):
        """:return: whether the next look-up is due; the wait doubles each time"""
        looks = self.sudo().request_ids.filtered(lambda row: row.operation == "recover")
        if self._call_refusal() or "pending" in looks.mapped("outcome"):
            return False
        return not looks or looks[:1].date_start + WAIT(len(looks)) < fields.Datetime.now()

    def _store_found(self, found):
        """:param found: :class:`~..pac.results.Stamped`"""
        evidence = self.env._("The answer was lost. The service was asked and has this stamp.")
        vals = {"resolution": evidence, "resolved_date": fields.Datetime.now(), **self._paid_vals(found.paid)}
        self._store_stamped(found, found.http_status, ("recover",), **vals)

    def _store_look_up_error(self, request, error):
        """Store an error of the look-up, which settles nothing."""
        text = error_text(self.env, error, reading=True)
        request._close(error.outcome, http_status=error.http_status, code=error.code, message=text, raw=error.raw)
        if error.reason in FOUND_UNCLEAR:
            # the user needs to see what the service has
            protected.write(self, {"message_text": text})

    def _store_not_found(self, request, is_over, proves_absence):
        """:param is_over: whether the call with the lost answer can't be in process any more
        :param proves_absence: whether the service would have the stamp by now
        """
        request._close("done", message=self.env._("The service has no stamp of it."))
        if self.state != "unknown" or not is_over:
            return
        if proves_absence:
            self._settle_not_stamped(self.env._("The service was asked: it was not stamped."))
        else:
            text = self.env._(
                "The service lists nothing with this series and folio. Its list may be late, so it is asked again. If "
                "nothing appears, state that it was not stamped (button Resolve)."
            )
            protected.write(self, {"message_text": text})

    # -- before an invoice is sent again (earlier attempts) --------------------------------------

    def _former_attempts(self):
        """:return: dict from each earlier attempt for these invoices that may be stamped after all to a callable that
            looks it up

        The service refused it but has its data, so that it may have been stamped there since; or a user recorded that
        it was not stamped.
        """
        former = self.sudo().search(
            [
                *Domain.OR([self._of(owners) for owners in self._owners()]),
                ("id", "not in", self.ids),
                ("state", "=", "rejected"),
                ("insisted", "=", False),
                # test CFDIs don't count in production
                ("environment", "=", self[:1].environment),
                "|",
                ("remote_id", "!=", False),
                ("resolved_by_id", "!=", False),
            ]
        )
        searchable = former.filtered(lambda document: document.account_id._capabilities().looks_up)
        return {document: document._look_up_or_refuse() for document in searchable}

    def _look_up_or_refuse(self):
        """:return: a callable that looks it up, or raises why it can't"""
        if refusal := self._call_refusal():
            return partial(_refuse, refusal)
        return self._look_up(self._client())

    def _look_up_former(self, call):
        """Look up the earlier attempts. An invoice whose earlier attempt was stamped is not sent again.

        :return: the documents that may be sent
        """
        to_send = self
        for former, answer in call_each(call.client, call.former).items():
            document = self.filtered(lambda one, former=former: one._owner() == former._owner())
            if isinstance(answer, Stamped):
                text = self.env._("The earlier attempt has since been stamped at the service.")
                not_sent = NotSent("former_stamped", text)
                commit_with_retry(partial(document._store_failure, not_sent, rows=call.rows), self.env)
                former._adopt_former(answer)
                to_send -= document
            elif isinstance(answer, PacError) and not former._proves_not_stamped(answer):
                former.account_id._record_failure(answer)
                detail = error_text(self.env, answer, reading=True)
                # the service has said "later", so it is tried again without another press
                reason = "temporary" if answer.reason == "try_again" else "former_unknown"
                not_sent = NotSent(reason, detail, detail=detail)
                commit_with_retry(partial(document._store_failure, not_sent, rows=call.rows), self.env)
                if answer.reason in FOUND_UNCLEAR:
                    # another look-up would find the same: the user has to check it
                    problem = Problem(document.message_text, former)
                    commit_with_retry(partial(document._refuse, {document._owner(): [problem]}), self.env)
                to_send -= document
        # reading began a new transaction
        checkpoint(self.env)
        return to_send

    def _adopt_former(self, found):
        """Store the stamp of an earlier attempt, with a ledger row for the look-up."""
        vals = {"document_id": self.id, "operation": "recover"}
        commit_with_retry(partial(self.env["l10n_mx_facture.request"].sudo().create, vals), self.env)
        self.invalidate_recordset(["request_ids"])
        self._store_found(found)

    def _proves_not_stamped(self, error):
        """:return: whether it says "not stamped": "not found" at the account that it was sent to, with unchanged
            credentials; or "ask again" long after the last call, as the service may stamp by itself soon after it
        """
        if error.reason == "try_again":
            return self._is_timed_out(self.date_sent)
        account = self.account_id.sudo()
        changed = account.credentials_date and account.credentials_date > self.date_sent
        return isinstance(error, NotFound) and not changed

    def action_confirm_not_stamped(self):
        """The user has checked an earlier attempt and confirms that it was not stamped, although it can't be looked
        up.
        """
        self.ensure_one()
        check_may_insist(self.env)
        self._owner().check_access("write")
        if self.state != "rejected":
            raise UserError(self.env._("%s has no earlier attempt to resolve.", self.display_name))
        text = self.env._("%s states that this attempt was not stamped.", self.env.user.name)
        vals = {"insisted": True, "resolved_by_id": self.env.uid, "resolved_date": fields.Datetime.now()}
        protected.write(self, {**vals, "resolution": text})
        self._post_note(text)
        self._owner().message_post(body=text)
        return True

    # -- before a user decides ---------------------------------------------------------------------

    def _look_up_before_not_stamped(self, decision, insist):
        """Look the stamp up, if the service allows it, before a user's "not stamped" is accepted.

        :param insist: whether the user confirms it although the look-up did not settle it
        :return: whether the service has the stamp, which is stored then
        :raise UserError: the service can't be asked, or its answer doesn't settle it
        """
        # a test CFDI doesn't matter to SAT, and the account may be in production now
        is_production_now = self.environment == "test" and self.account_id.environment != "test"
        if is_production_now or not self.account_id._capabilities().looks_up:
            return False
        try:
            if refusal := self._call_refusal():
                _refuse(refusal)
            look_up = self._look_up(self._client())
            checkpoint(self.env)
            found = look_up()
        except PacError as error:
            if self._proves_not_stamped(error):
                return False
            text = error_text(self.env, error, reading=True)
            if insist:
                decision["insisted"] = True
                decision["resolution"] = f"{decision['resolution'] or ''} ({text})"
                return False
            raise UserError(self._unsettled_text(text)) from error
        if found:
            self._adopt(found, **decision)
        return bool(found)

    def _unsettled_text(self, text):
        """:param text: the result of the look-up at the service
        :return: that it did not confirm what the user stated, and who may confirm it nevertheless
        """
        facts = {"invoice": self._owner().display_name, "text": text}
        if not is_of_group(self.env, "cancel"):
            return self.env._(
                "The service was asked about %(invoice)s and did not confirm it: %(text)s Ask a user who may "
                "cancel CFDIs to check it there: they can confirm that it was not stamped.",
                **facts,
            )
        return self.env._(
            "The service was asked about %(invoice)s and did not confirm it: %(text)s If you have checked it there "
            "and it was not stamped, tick “I have checked it and confirm it”. Your name is kept with it.",
            **facts,
        )


def _refuse(text):
    raise NotSent("refused_here", text)
