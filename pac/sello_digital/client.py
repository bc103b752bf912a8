"""Sello Digital: JSON with a Bearer token. An invoice is created first and stamped then.

Sources: the service's page https://sellodigital.com.mx/docs/1.0/invoices/stamp.html ("the page" in this package: the
answers to a stamp, a table of parameters, the codes 401, 404 and 500), and its only public client
(OscarPay/TestSelloDigitalAPI on GitHub: methods, paths, Bearer token, 422 on create). Where both are silent, a comment
says what we chose.
"""

from dataclasses import replace

from ...cfdi.errors import CfdiError
from ...cfdi.read import read_cfdi
from .. import arguments
from ..capabilities import Capabilities
from ..errors import NotFound, UnknownOutcome
from ..reading import answer_errors, identity
from ..results import AccountStatus, Found, RemoteStatus
from ..wire.credentials import scrub
from . import answers
from .cancelling import Cancelling
from .stamping import Stamping

# no invoice has it: asking for it proves the credentials
_NO_INVOICE = "0"


class SelloDigital(Stamping, Cancelling):
    """One account at the service. Stamps in two steps: `create`, then `stamp_created`."""

    title = "Sello Digital (JSON)"
    capabilities = Capabilities(
        auth_schemes=("bearer",),
        needs_create=True,
        may_change=frozenset({"Fecha"}),
        looks_up=True,
        look_up_proves=True,
        by_remote_id=True,
        lists_branches=False,
        tells_account=False,
        tells_credits=False,
        receipts=False,
        # its invoice has no key for a complement
        receipts_of_payment=False,
        tells_paid=True,
    )

    def __init__(self, credentials, token_store=None):
        # the service knows no other scheme, whatever the account was set to
        super().__init__(replace(credentials, auth_scheme="bearer"), token_store)

    def account_status(self):
        """The service has no such call: a 404 for an invoice that can't exist proves address and token."""
        answer = self._get(f"/invoices/{_NO_INVOICE}")
        error = self._error(answer, what="this invoice")
        node, _shape = answer_errors.read_tree(answer)
        # an empty 404 or a web page may come from any address
        if answer.status == 404 and node is not None and node.value("message", "status"):
            return AccountStatus("", "", None, answer.status, self._raw(answer))
        if isinstance(error, NotFound):
            text = "Something answers at this address, and not as this service does (HTTP 404). Check the address."
            raise UnknownOutcome("not_this_service", text, http_status=answer.status, raw=error.raw)
        raise error

    def status(self, remote_id):
        """GET /invoices/:id."""
        answer, invoice = self._invoice(remote_id)
        credentials = self._secrets()
        return RemoteStatus(
            remote_id=invoice.remote_id,
            state=invoice.state,
            name=invoice.name,
            paid=invoice.paid,
            message=scrub(credentials, invoice.message),
            error=scrub(credentials, invoice.error),
            action=invoice.action,
            uuid=invoice.uuid,
            xml=invoice.xml.strip().encode() if invoice.xml else None,
            pdf=answers.pdf(invoice.pdf_file),
            http_status=answer.status,
            raw=self._raw(answer),
        )

    def find(self, uuid, remote_id=None):
        """GET /invoices/:id; what it says is read from the XML in it."""
        answer, one = self._invoice_with_uuid(uuid, remote_id)
        return Found(
            one.identity.uuid,
            one.identity.rfc_emisor,
            one.identity.rfc_receptor,
            one.identity.total,
            one.invoice.name,
            one.xml,
            answer.status,
            self._raw(answer),
        )

    def fetch_xml(self, uuid, remote_id=None):
        """GET /invoices/:id, its XML."""
        return self._invoice_with_uuid(uuid, remote_id)[1].xml

    def fetch_pdf(self, uuid, remote_id=None):
        """GET /invoices/:id, its PDF."""
        answer, one = self._invoice_with_uuid(uuid, remote_id)
        pdf = answers.pdf(one.invoice.pdf_file)
        if pdf is None:
            raise self._unexpected(answer, "not_understood", "no PDF for this invoice, or one that was cut")
        return pdf

    def _invoice_with_uuid(self, uuid, remote_id):
        """(answer, InvoiceWithXml) of an invoice that must have exactly this UUID."""
        arguments.uuid(uuid)
        answer, invoice = self._invoice(remote_id)
        if invoice.xml is None:
            raise NotFound("not_found", f"The service does not have the XML of {uuid}.", http_status=answer.status)
        return answer, self._identity(answer, invoice, uuid, changing=False)

    def differences(self, sent, xml):
        """The service writes the XML, in a version of its own: issuer, receiver and total must agree."""
        got, problem = identity.read(xml)
        if problem:
            raise CfdiError("not_stamped", f"It is {problem}.")
        return identity.differences(read_cfdi(sent), got)
