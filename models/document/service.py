import hashlib
from functools import partial

from odoo import models
from odoo.exceptions import UserError

from ...cfdi.errors import CfdiError
from ...pac.errors import PacError
from ..common import protected
from ..common.actions import notification
from ..common.errors import error_text
from ..common.transactions import checkpoint, commit_or_log, commit_with_retry


class L10nMxFactureDocument(models.Model):
    """Calls to the service that only read."""

    _inherit = "l10n_mx_facture.document"

    # -- PDF and XML ----------------------------------------------------------------------------

    def _fetch_pdf(self):
        """Fetch and store the PDF, or store why it could not be fetched. Errors of the service are not raised."""
        self.ensure_one()
        try:
            client, uuid, remote_id = self._client(), self.uuid, self.remote_id or None
            # reading the values for the call began a new transaction
            checkpoint(self.env)
            content = client.fetch_pdf(uuid, remote_id)
        except PacError as error:
            vals = {"pdf_error": error_text(self.env, error, reading=True)}
            commit_with_retry(partial(protected.write, self, vals), self.env)
            return False
        if commit_or_log(partial(self._store_pdf, content), self.env, f"Storing the PDF of {self}"):
            return True
        vals = {"pdf_error": self.env._("The PDF came, but could not be stored: see the server's log.")}
        commit_with_retry(partial(protected.write, self, vals), self.env)
        return False

    def _store_pdf(self, content):
        old, pdf = self.pdf_attachment_id, self._attach(self._file_name("pdf"), content, "application/pdf")
        protected.write(
            self,
            {
                "pdf_attachment_id": pdf.id,
                "pdf_error": False,
                "pdf_hash": hashlib.sha256(content).hexdigest(),
            },
        )
        # beside the form a PDF is shown, not the name of the XML; one that Odoo drew stays
        owner = self._owner().sudo()
        shown = owner.message_main_attachment_id
        if self == owner.l10n_mx_facture_document_id and (shown == old or shown.mimetype != "application/pdf"):
            owner._message_set_main_attachment_id(pdf, force=True)
        old.sudo().unlink()

    def action_fetch_xml(self):
        """Fetch the XML again; store it if ours is missing, else compare both."""
        self.ensure_one()
        self._owner().check_access("write")
        self._check_stamped()
        xml = self._ask("fetch_xml", self.uuid, self.remote_id or None)
        self._check_matches_payload(xml)
        if not self.xml_attachment_id:
            attachment = self._attach(self._file_name("xml"), xml, "application/xml")
            vals = {"xml_attachment_id": attachment.id, "xml_hash": hashlib.sha256(xml).hexdigest()}
            protected.write(self, vals)
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
        :raise UserError: the service may not be called
        """
        self.ensure_one()
        # who may see a CFDI of it needn't have access to the account
        document = self.sudo()
        if refusal := document._call_refusal():
            raise UserError(refusal)
        return document.account_id._new_client()

    def _call_refusal(self):
        """:return: why the service can't be asked about this CFDI; None if it can"""
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

    def _post_note(self, body):
        """Post to the chatter of the CFDI as the user, who has no write access to it."""
        self.sudo().message_post(body=body)

    def _ask(self, operation, *args):
        """Call a reading operation of the client; raise its errors as UserError."""
        try:
            client = self._client()
            # no transaction stays open during the call
            checkpoint(self.env)
            return getattr(client, operation)(*args)
        except PacError as error:
            raise UserError(error_text(self.env, error, reading=True)) from error

    def _check_stamped(self):
        if not self.uuid:
            raise UserError(self.env._("%s has no UUID yet.", self._owner().display_name))

    def _check_matches_payload(self, xml):
        """Raise if an XML is not the stamped form of what was sent; of an adopted CFDI, if it is another one."""
        if self.adopted_from and self.sudo().xml_attachment_id.raw == xml:
            return
        sent = self._payload_bytes() or self.sudo().xml_attachment_id.raw or b""
        try:
            differences = self._client().differences(sent, xml)
        except CfdiError as error:
            raise UserError(
                self.env._("The service's file for %(invoice)s can't be read as a CFDI: %(problem)s",
                           invoice=self._owner().display_name, problem=error.text)
            ) from error
        if differences:
            raise UserError(
                self.env._(
                    "This is not the CFDI of %(invoice)s:\n%(differences)s",
                    invoice=self._owner().display_name,
                    differences="\n".join(
                        f"{one.where}: {one.sent} / {one.got}" for one in differences[:10]
                    ),
                )
            )
