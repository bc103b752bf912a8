import hashlib
from functools import partial

from odoo import models
from odoo.exceptions import UserError

from ...cfdi.errors import CfdiError
from ...pac.errors import PacError
from ..common import sealed
from ..common.actions import notification
from ..common.errors import error_text
from ..common.transactions import alone, checkpoint, durably


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
        except PacError as error:
            vals = {"pdf_error": error_text(self.env, error, reading=True)}
            durably(partial(sealed.write, self, vals), self.env)
            return False
        if alone(partial(self._keep_pdf, content), self.env, f"Storing the PDF of {self}"):
            return True
        vals = {"pdf_error": self.env._("The PDF came, but could not be stored: see the server's log.")}
        durably(partial(sealed.write, self, vals), self.env)
        return False

    def _keep_pdf(self, content):
        old = self.pdf_attachment_id
        sealed.write(
            self,
            {
                "pdf_attachment_id": self._attach(
                    self._file_name("pdf"), content, "application/pdf"
                ).id,
                "pdf_error": False,
            },
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
            sealed.write(self, vals)
            return notification(self.env._("The XML was fetched and attached."))
        if self.xml_attachment_id.sudo().raw == xml:
            return notification(self.env._("The service has the same XML, byte for byte."))
        return notification(
            self.env._("The service has an XML of the same content, but not of the same bytes."),
            kind="warning",
            sticky=True,
        )

    # -- helpers --------------------------------------------------------------------------------

    def _client(self):
        """:return: the client of the account through which this CFDI was sent
        :raise UserError: nothing may be asked of it from here and now
        """
        self.ensure_one()
        # who may see a CFDI of it needn't have access to the account
        document = self.sudo()
        if refusal := document._call_refusal():
            raise UserError(refusal)
        return document.account_id._new_client()

    def _call_refusal(self):
        """:return: why the service can't be asked about this CFDI, or None"""
        self.ensure_one()
        if self.environment != self.account_id.environment:
            return self.env._(
                "%(cfdi)s was sent in %(then)s, and the account %(account)s is now set to %(now)s. Test and "
                "production are kept apart: nothing is sent.",
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
        except PacError as error:
            raise UserError(error_text(self.env, error, reading=True)) from error

    def _check_stamped(self):
        if not self.uuid:
            raise UserError(self.env._("%s has no UUID yet.", self.move_id.display_name))

    def _check_sent(self, xml):
        """Refuse an XML that isn't the stamped form of what was sent."""
        try:
            differences = self._client().differences(self._payload_bytes(), xml)
        except CfdiError as error:
            raise UserError(
                self.env._("The service's file for %(invoice)s can't be read as a CFDI: %(problem)s",
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
