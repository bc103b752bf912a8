from datetime import timedelta
from functools import partial

from odoo import fields, models
from odoo.exceptions import UserError

from ...pac.errors import NotFound, NotSent, PacError
from ...pac.parallel import call_each
from ...pac.results import Stamped
from ...pac.wire.backoff import backoff
from ..common import sealed
from ..common.access import check_may_insist, is_of_group
from ..common.errors import error_text
from ..common.locks import lock_free_anew
from ..common.problem import Problem
from ..common.transactions import checkpoint, durably

# the service is asked again after this time, by the number of looks
WAIT = partial(backoff, first=timedelta(minutes=1), ceiling=timedelta(minutes=256))
# the service has something that doesn't settle it
THERE = ("stamped_twice", "others_there", "not_ours", "cancelled")


class L10nMxFactureDocument(models.Model):
    """A stamp whose answer was lost, looked up at a service that can tell: reading changes nothing there."""

    _inherit = "l10n_mx_facture.document"

    insisted = fields.Boolean(
        "Stated against the service's answer",
        readonly=True,
        copy=False,
        help="A person stated that it was not stamped, although the service could not confirm it.",
    )

    def _look_up(self, client):
        """:return: a callable without parameters that asks the service for the stamp of this document"""
        self.ensure_one()
        return partial(client.recover, self._payload_bytes(), self.remote_id or None, self._known_uuids())

    def _known_uuids(self):
        """:return: UUIDs that are accounted for: other CFDIs of the same issuer, series and folio"""
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

    # -- an answer that was lost ----------------------------------------------------------------

    def _recover(self):
        """Look once; what is found is adopted, and that nothing is found decides where that proves it."""
        self.ensure_one()
        if not lock_free_anew(self):
            return
        if self.state != "unknown" or not self._may_be_looked_up():
            return
        request = self.env["l10n_mx_facture.request"].sudo().create({"document_id": self.id, "operation": "recover"})
        client = self._client()
        look = self._look_up(client)
        # a call that may still be in work proves nothing by not being there yet
        over = self._is_dead(self.date_sent)
        checkpoint(self.env)
        try:
            found = look()
        except PacError as error:
            durably(partial(self._keep_look_up, request, error), self.env)
            self.account_id._note_failure(error)
            return
        if found:
            self._store_recovered(found)
            self._after_stamp()
        else:
            durably(partial(self._keep_nothing, request, over, client.capabilities.recovery_proves), self.env)

    def _may_be_looked_up(self):
        """:return: whether the next look is due: each is twice as late as the one before"""
        looks = self.sudo().request_ids.filtered(lambda row: row.operation == "recover")
        if self._call_refusal() or "pending" in looks.mapped("outcome"):
            return False
        return not looks or looks[:1].date_start + WAIT(len(looks)) < fields.Datetime.now()

    def _store_recovered(self, found):
        """:param found: :class:`~..pac.results.Stamped`"""
        evidence = self.env._("The answer was lost. The service was asked and has this stamp.")
        vals = {"resolution": evidence, "resolved_date": fields.Datetime.now(), **self._paid_vals(found.paid)}
        self._store_stamped(found, found.http_status, ("recover",), **vals)

    def _keep_look_up(self, request, error):
        """What can't be read, or belongs to something else, decides nothing."""
        text = error_text(self.env, error, reading=True)
        request._close(error.outcome, http_status=error.http_status, code=error.code, message=text, raw=error.raw)
        if error.reason in THERE:
            # what is there is what a person needs to see
            sealed.write(self, {"message_text": text})

    def _keep_nothing(self, request, over, proves):
        """:param over: whether the call whose answer was lost can't be in work any more
        :param proves: whether the service would have it by now
        """
        request._close("done", message=self.env._("The service has no stamp of it."))
        if self.state != "unknown" or not over:
            return
        if proves:
            self._settle_not_stamped(self.env._("The service was asked: it was not stamped."))
        else:
            text = self.env._(
                "The service lists nothing with this series and folio. Its list may be late, so it is asked again. If "
                "nothing appears, state that it was not stamped (button Resolve)."
            )
            sealed.write(self, {"message_text": text})

    # -- before an invoice is sent again ---------------------------------------------------------

    def _former_attempts(self):
        """:return: dict from each earlier attempt for these invoices that may be stamped after all, to what looks it up

        The service said no to it, but has it, and somebody may have had it stamped there since; or it was a person
        who said that it was not stamped.
        """
        former = self.sudo().search(
            [
                ("move_id", "in", self.move_id.ids),
                ("id", "not in", self.ids),
                ("state", "=", "rejected"),
                ("insisted", "=", False),
                # a CFDI of test is nothing to SAT
                ("environment", "=", self[:1].environment),
                "|",
                ("remote_id", "!=", False),
                ("resolved_by_id", "!=", False),
            ]
        )
        able = former.filtered(lambda document: document.account_id._capabilities().recovers)
        return {document: document._look_up_or_refuse() for document in able}

    def _look_up_or_refuse(self):
        """:return: a callable that looks it up, or that raises why that can't be done"""
        if refusal := self._call_refusal():
            return partial(_refuse, refusal)
        return self._look_up(self._client())

    def _look_up_former(self, call):
        """Look up the earlier attempts; an invoice whose former attempt is stamped is not sent again.

        :return: the documents that may be sent
        """
        going = self
        for former, answer in call_each(call.client, call.former).items():
            document = self.filtered(lambda one, former=former: one.move_id == former.move_id)
            if isinstance(answer, Stamped):
                text = self.env._("The earlier attempt for this invoice has since been stamped at the service.")
                kept = NotSent("former_stamped", text)
                durably(partial(document._store_failure, kept, rows=call.rows), self.env)
                former._adopt_former(answer)
                going -= document
            elif isinstance(answer, PacError) and not former._proves_nothing_there(answer):
                former.account_id._note_failure(answer)
                detail = error_text(self.env, answer, reading=True)
                kept = NotSent("former_unknown", detail, detail=detail)
                durably(partial(document._store_failure, kept, rows=call.rows), self.env)
                if answer.reason in THERE:
                    # asking again would bring the same: a person has to look at it
                    problem = Problem(document.message_text, former)
                    durably(partial(document._refuse, {document.move_id: [problem]}), self.env)
                going -= document
        # what was read meanwhile opened a transaction again
        checkpoint(self.env)
        return going

    def _adopt_former(self, found):
        """Keep the stamp of an earlier attempt, with the look that found it in the ledger."""
        vals = {"document_id": self.id, "operation": "recover"}
        durably(partial(self.env["l10n_mx_facture.request"].sudo().create, vals), self.env)
        self.invalidate_recordset(["request_ids"])
        self._store_recovered(found)

    def _proves_nothing_there(self, error):
        """:return: whether the service's "I don't have it" is about the same account as the one that it was sent to"""
        account = self.account_id.sudo()
        changed = account.credentials_date and account.credentials_date > self.date_sent
        return isinstance(error, NotFound) and not changed

    def action_insist(self):
        """A person has looked at an earlier attempt and says that it was not stamped, whatever can't be looked up."""
        self.ensure_one()
        check_may_insist(self.env)
        self.move_id.check_access("write")
        if self.state != "rejected":
            raise UserError(self.env._("%s has no earlier attempt to resolve.", self.display_name))
        text = self.env._("%s states that this attempt was not stamped.", self.env.user.name)
        vals = {"insisted": True, "resolved_by_id": self.env.uid, "resolved_date": fields.Datetime.now()}
        sealed.write(self, {**vals, "resolution": text})
        self._note(text)
        self.move_id.message_post(body=text)
        return True

    # -- before a person decides -------------------------------------------------------------------

    def _look_before_stating(self, decision, insist):
        """Ask a service that can tell before a person's "not stamped" is believed.

        :param insist: whether the person has seen what the look brings, and states it all the same
        :return: whether the service has the stamp, which is adopted then
        :raise UserError: the service can't be asked, or what it has doesn't settle it
        """
        # what was sent as a test is nothing to SAT, and may belong to an account that works for real by now
        gone_live = self.environment == "test" and self.account_id.environment != "test"
        if gone_live or not self.account_id._capabilities().recovers:
            return False
        try:
            if refusal := self._call_refusal():
                _refuse(refusal)
            look = self._look_up(self._client())
            checkpoint(self.env)
            found = look()
        except PacError as error:
            if self._proves_nothing_there(error):
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
        """:param text: what came of the look at the service
        :return: that this settles nothing, and who can
        """
        facts = {"invoice": self.move_id.display_name, "text": text}
        if not is_of_group(self.env, "cancel"):
            return self.env._(
                "The service was asked about %(invoice)s, and that does not settle it: %(text)s Ask a user who may "
                "cancel CFDIs to look at it there: they can insist that it was not stamped.",
                **facts,
            )
        return self.env._(
            "The service was asked about %(invoice)s and did not confirm it: %(text)s If you have checked it there "
            "and it was not stamped, tick “I have checked it and confirm it”. Your name is kept with it.",
            **facts,
        )


def _refuse(text):
    raise NotSent("refused_here", text)
