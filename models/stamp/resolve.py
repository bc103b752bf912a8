from http import HTTPStatus

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...pac.results import Stamped
from ..common import protected
from ..common.access import check_group, check_may_insist
from ..common.actions import open_dialog
from ..common.locks import lock
from ..common.owners import owner_vals
from ..common.problem import Problem
from ..common.transactions import checkpoint
from .answer import SENDING_CALLS


class L10nMxFactureDocument(models.Model):
    """A user resolves a call with a lost answer."""

    _inherit = "l10n_mx_facture.document"

    def _resolve(self, uuid=None, note=None, insist=False):
        """Settle an unknown outcome by what a user found.

        :param uuid: the UUID found at the service: its XML is fetched and compared with what was sent; None: it was not
            stamped
        :param note: where the user saw it
        :param insist: confirm "not stamped" although the service's answer did not settle it
        """
        self.ensure_one()
        if self.state != "unknown":
            raise UserError(
                self.env._("%s has no unknown outcome to resolve.", self._owner().display_name)
            )
        # resending writes this row first, so one of the two sees the other
        lock(self, self._owner().display_name)
        if self._is_being_resent():
            raise UserError(
                self.env._("The service is being asked about %s at this moment: try again.", self._owner().display_name)
            )
        if not uuid:
            self._check_call_over()
        decision = {
            "resolved_by_id": self.env.uid,
            "resolved_date": fields.Datetime.now(),
            "resolution": note,
        }
        if uuid:
            xml = self._ask("fetch_xml", uuid.strip(), self.remote_id or None)
            self._check_matches_payload(xml)
            self._adopt(Stamped(xml, uuid.strip().upper(), HTTPStatus.OK.value), **decision)
            self._announce_resolution(self.env._("stamped, with UUID %s", self.uuid), note)
        elif self._look_up_before_not_stamped(decision, insist):
            text = self.env._("Before this was stated, the service was asked: it is stamped.")
            protected.write(self, {"resolution": f"{text} {note or ''}".strip()})
            self._announce_resolution(self.env._("stamped, with UUID %s", self.uuid), text)
        else:
            self._move_to("rejected", message_code=False, message_text=note, **decision)
            self._refuse({self._owner(): [Problem(self.env._("Stated: it was not stamped."), self._owner())]})
            self._announce_resolution(self.env._("not stamped"), note)

    def _check_call_over(self):
        """Raise if the call may still be in process: "not stamped" could become false."""
        last = self._stamp_requests(SENDING_CALLS)
        if not self._is_timed_out(last.date_start):
            raise UserError(
                self.env._(
                    "The answer about %(invoice)s was lost, and the service may still be working on it. Look again "
                    "after %(time)s: then it can be stated that it was not stamped.",
                    invoice=self._owner().display_name,
                    time=format_datetime(self.env, last.date_start + self._max_call_duration()),
                )
            )

    def _announce_resolution(self, what, note):
        self._owner().message_post(
            body=self.env._(
                "%(user)s resolved the unknown outcome: it was %(what)s. %(note)s",
                user=self.env.user.name,
                what=what,
                note=note or "",
            )
        )


class L10nMxFactureOwner(models.AbstractModel):
    """The button Resolve."""

    _inherit = "l10n_mx_facture.owner"

    def l10n_mx_facture_resolve_unknown(self, uuid=None, note=None, insist=False):
        """Settle a stamp with a lost answer.

        :param uuid: the UUID that the user found at the service or at SAT; its XML is fetched and must be the stamped
            form of what was sent. None: it was not stamped
        :param note: where the user saw it; stored with user and time
        :param insist: confirm "not stamped" although the service's answer did not settle it
        :raise AccessError: the user may not stamp; or may not cancel, and insists
        """
        check_group(self.env, "stamp")
        if insist and not uuid:
            check_may_insist(self.env)
        for move in self:
            document = move._l10n_mx_facture_document()
            document._resolve(uuid, note, insist)
            checkpoint(self.env)
            document._after_stamp()
        return True

    def action_l10n_mx_facture_resolve(self):
        """Open the wizard in which a user records the outcome."""
        self.ensure_one()
        self.check_access("read")
        name = self.env._("Was it stamped?")
        if self.l10n_mx_facture_state == "cancel_requested":
            name = self.env._("Record SAT's answer")
        return open_dialog(self.env["l10n_mx_facture.resolve"], name, **owner_vals(self))
