import hashlib
from functools import partial

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, format_datetime

from .. import pac
from ..cfdi.errors import CfdiError
from .durable import alone, checkpoint, durably
from .l10n_mx_facture_document_stamp import SENDING_CALLS
from .notification import notification
from .pac_errors import error_text
from .problem import Problem
from .sealed import internal


class L10nMxFactureDocument(models.Model):
    """What the service can be asked about a CFDI at any time, without changing anything there."""

    _inherit = "l10n_mx_facture.document"

    # -- PDF and XML ----------------------------------------------------------------------------

    def _fetch_pdf(self):
        """Fetch and keep the PDF, or keep why it could not be fetched. Never raises for the service."""
        self.ensure_one()
        try:
            client, uuid, remote_id = self._client(), self.uuid, self.remote_id or None
            # what was read for the call opened a transaction again
            checkpoint(self.env)
            content = client.fetch_pdf(uuid, remote_id)
        except pac.PacError as error:
            vals = {"pdf_error": error_text(self.env, error, reading=True)}
            durably(partial(internal(self).write, vals), self.env)
            return False
        if alone(partial(self._keep_pdf, content), self.env, f"Storing the PDF of {self}"):
            return True
        vals = {"pdf_error": self.env._("The PDF came, but could not be stored: see the server's log.")}
        durably(partial(internal(self).write, vals), self.env)
        return False

    def _keep_pdf(self, content):
        old = self.pdf_attachment_id
        internal(self).write(
            {
                "pdf_attachment_id": self._attach(
                    self._file_name("pdf"), content, "application/pdf"
                ).id,
                "pdf_error": False,
            }
        )
        old.sudo().unlink()

    def action_fetch_xml(self):
        """Fetch the XML again; it is kept where ours is missing, and compared where it isn't."""
        self.ensure_one()
        self.move_id.check_access("write")
        self._check_stamped()
        xml = self._ask("fetch_xml", self.uuid, self.remote_id or None)
        self._check_sent(xml)
        if not self.xml_attachment_id:
            attachment = self._attach(self._file_name("xml"), xml, "application/xml")
            vals = {"xml_attachment_id": attachment.id, "xml_hash": hashlib.sha256(xml).hexdigest()}
            internal(self).write(vals)
            return notification(self.env._("The XML was fetched and attached."))
        if self.xml_attachment_id.sudo().raw == xml:
            return notification(self.env._("The service has the same XML, byte for byte."))
        return notification(
            self.env._("The service has an XML of the same content, but not of the same bytes."),
            kind="warning",
            sticky=True,
        )

    # -- receipt --------------------------------------------------------------------------------

    def _fetch_receipt(self):
        """Fetch the acuse. It proves that the request arrived at SAT, not that SAT cancelled."""
        self.ensure_one()
        if self.state not in ("cancel_requested", "cancelled"):
            raise UserError(
                self.env._(
                    "%s has no receipt: its cancellation has not been requested.",
                    self.move_id.display_name,
                )
            )
        receipt = self._ask("receipt", self.uuid, self.remote_id or None)
        old = self.receipt_attachment_id
        if old and old.sudo().raw == receipt.xml:
            return old
        if receipt.xml in self.former_receipt_ids.sudo().mapped("raw"):
            raise UserError(
                self.env._(
                    "The service still gives the receipt of an earlier request to cancel %s, which is kept here "
                    "already: fetch the one of the last request later.",
                    self.move_id.display_name,
                )
            )
        attachment = self._attach(self._file_name("xml", "acuse_"), receipt.xml, "application/xml")
        digest = hashlib.sha256(attachment.raw).hexdigest()
        internal(self).write(
            {
                "receipt_attachment_id": attachment.id,
                "former_receipt_ids": [Command.link(old.id)] if old else [],
                "receipt_hashes": {**(self.receipt_hashes or {}), str(attachment.id): digest},
                "receipt_code": receipt.code,
            }
        )
        self.move_id.message_post(
            body=self.env._("Receipt (acuse) of the cancellation fetched, code %s", receipt.code or "-"),
            attachment_ids=self.receipt_attachment_id.ids,
        )
        return self.receipt_attachment_id

    # -- check at the service -------------------------------------------------------------------

    def action_check_at_service(self):
        """Compare what the service has with what we have, and say every difference."""
        self.ensure_one()
        self.move_id.check_access("write")
        self._check_stamped()
        found = self._ask("find", self.uuid, self.remote_id or None)
        differences = self._compare_found(found) + self._ask_paid()
        if differences:
            self._note(self.env._("Checked at the service: %s", "; ".join(differences)))
            return notification("\n".join(differences), kind="danger", sticky=True)
        text = self.env._(
            "The service has this CFDI with the same issuer, receiver and total. State there: %s",
            found.estado or self.env._("not told"),
        )
        self._note(text)
        return notification(text)

    def _compare_found(self, found):
        """:param found: :class:`~..pac.contract.Found`
        :return: list of sentences, one a difference; what the service doesn't tell isn't compared
        """
        pairs = [
            (self.env._("UUID"), self.uuid, (found.uuid or "").upper()),
            (self.env._("Issuer"), self.rfc_emisor, found.rfc_emisor),
            (self.env._("Receiver"), self.rfc_receptor, found.rfc_receptor),
        ]
        differences = [
            self.env._("%(what)s: here %(ours)s, there %(theirs)s", what=what, ours=ours, theirs=theirs)
            for what, ours, theirs in pairs
            if theirs and ours != theirs
        ]
        if "cancelad" in (found.estado or "").lower() and self.state != "cancelled":
            differences.append(
                self.env._(
                    "The service has it as %s. Look it up at SAT; what SAT shows can be stated here after asking for "
                    "the cancellation.",
                    found.estado,
                )
            )
        if found.total is not None and float_compare(self.total, float(found.total), 6):
            differences.append(
                self.env._(
                    "%(what)s: here %(ours)s, there %(theirs)s",
                    what=self.env._("Total"),
                    ours=self.total,
                    theirs=found.total,
                )
            )
        return differences

    # -- resolving an unknown -------------------------------------------------------------------

    def _resolve(self, uuid=None, note=None, insist=False):
        """Settle an unknown outcome with what a person found.

        :param uuid: the UUID found at the service: its XML is fetched and checked against what was sent;
            None for the statement that it was not stamped
        :param note: where the person saw it
        :param insist: whether "not stamped" holds although the service, asked about it, did not settle it
        """
        self.ensure_one()
        if self.state != "unknown":
            raise UserError(
                self.env._("%s has no unknown outcome to resolve.", self.move_id.display_name)
            )
        # whoever sends the same bytes again writes this row before: either it is seen here, or it sees this
        self.lock_for_update(allow_referencing=True)
        if self._is_being_asked():
            raise UserError(
                self.env._("The service is being asked about %s at this moment: try again.", self.move_id.display_name)
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
            self._check_sent(xml)
            self._adopt(xml, **decision)
            self._announce_resolution(self.env._("stamped, with UUID %s", self.uuid), note)
        elif self._look_before_stating(decision, insist):
            text = self.env._("The service was asked before this was stated, and has it stamped.")
            internal(self).resolution = f"{text} {note or ''}".strip()
            self._announce_resolution(self.env._("stamped, with UUID %s", self.uuid), text)
        else:
            self._move_to("rejected", message_code=False, message_text=note, **decision)
            self._refuse({self.move_id: [Problem(self.env._("Stated: it was not stamped."), self.move_id)]})
            self._announce_resolution(self.env._("not stamped"), note)

    def _check_call_over(self):
        """What got no answer may still be worked on there: "not stamped" could be true now and false in a minute."""
        last = self._stamp_requests(SENDING_CALLS)
        if not self._is_dead(last.date_start):
            raise UserError(
                self.env._(
                    "The answer about %(invoice)s was lost, and the service may still be working on it. Look again "
                    "after %(time)s: then it can be stated that it was not stamped.",
                    invoice=self.move_id.display_name,
                    time=format_datetime(self.env, last.date_start + self._longest_call()),
                )
            )

    def _announce_resolution(self, what, note):
        self.move_id.message_post(
            body=self.env._(
                "%(user)s resolved the unknown outcome: the invoice was %(what)s. %(note)s",
                user=self.env.user.name,
                what=what,
                note=note or "",
            )
        )

    def _check_sent(self, xml):
        """Refuse an XML that isn't the stamped form of what was sent."""
        try:
            differences = self._client().differences(self._payload_bytes(), xml)
        except CfdiError as error:
            raise UserError(
                self.env._("What the service has for %(invoice)s is no CFDI that can be read: %(problem)s",
                           invoice=self.move_id.display_name, problem=error.text)
            ) from error
        if differences:
            raise UserError(
                self.env._(
                    "This is not the CFDI of %(invoice)s:\n%(differences)s",
                    invoice=self.move_id.display_name,
                    differences="\n".join(
                        f"{one.where}: {one.sent} / {one.got}" for one in differences[:10]
                    ),
                )
            )

    # -- helpers --------------------------------------------------------------------------------

    def _client(self):
        """:return: the client of the account through which this CFDI was sent
        :raise UserError: nothing may be asked of it from here and now
        """
        self.ensure_one()
        if refusal := self._call_refusal():
            raise UserError(refusal)
        return self.account_id._client()

    def _call_refusal(self):
        """:return: why the service can't be asked about this CFDI, or None"""
        self.ensure_one()
        if self.environment != self.account_id.environment:
            return self.env._(
                "%(cfdi)s was sent in %(then)s and the account %(account)s is set to %(now)s: test and production "
                "don't mix, and nothing is sent.",
                cfdi=self.display_name,
                then=self._environment_label(self.environment),
                account=self.account_id.name,
                now=self._environment_label(self.account_id.environment),
            )
        return self.account_id._call_refusal()

    def _environment_label(self, environment):
        return dict(self._fields["environment"]._description_selection(self.env))[environment]

    def _note(self, body):
        """Write into the chatter of the CFDI in the user's name; nobody has the right to write to the CFDI itself."""
        self.sudo().message_post(body=body)

    def _ask(self, operation, *args):
        """Call a reading operation of the client; what goes wrong is told to the user."""
        try:
            client = self._client()
            # no transaction stays open while the service answers
            checkpoint(self.env)
            return getattr(client, operation)(*args)
        except pac.PacError as error:
            raise UserError(error_text(self.env, error, reading=True)) from error

    def _check_stamped(self):
        if not self.uuid:
            raise UserError(self.env._("%s has no UUID yet.", self.move_id.display_name))
