from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..common.locks import serialize_on
from ..fiscal_data.confirmed import RefusedError
from .state import CORRECTION, FORM_SHOWN
from .tries import BY_TICKET


class L10nMxFactureTicket(models.Model):
    """From the confirmed form to the invoice. Contact, credit note, invoice and their place in the queue are one
    transaction: a crash leaves all or nothing, and the queue goes on. Called as superuser, as OdooBot.
    """

    _inherit = "l10n_mx_facture.ticket"

    by_customer = fields.Boolean("Invoiced by the customer", readonly=True, help="On the self-invoicing page.")
    page_email = fields.Char(
        "E-mail entered for self-invoicing", readonly=True, help="PDF and XML will be mailed to it."
    )

    def _invoice_by_customer(self, sent, address, user):
        """Check everything, then invoice the ticket to the customer, or correct an invoice that SAT has refused.

        :param sent: dict of texts, as anybody may send it
        :param address: IP address of the visitor
        :param user: who visits the page
        :return: dict of the form, and dict from a name in it ('' for the whole) to a sentence; both empty where it is
            done, or was done by another click
        """
        self.ensure_one()
        # the second of two clicks or browsers begins again, and finds the invoice of the first
        serialize_on(self)
        tried = {BY_TICKET: self.id}
        tries, form = self.env["l10n_mx_facture.tries"], self._page_clean(sent)
        if wait := tries._wait(tried):
            return form, {"": self.env._("Too many tries. Wait %s minutes.", wait)}
        state = self._page_state()
        if state not in (FORM_SHOWN, CORRECTION):
            return {}, {}
        tries._count(tried)
        todo = self._invoice_page if state == FORM_SHOWN else self._correct_page
        try:
            with self.env.cr.savepoint():
                self._check_page_form(form)
                todo(form, address, user)
        except RefusedError as refused:
            return form, refused.errors
        except UserError as error:
            # nothing that the customer has entered, and nothing that a customer should read
            self._tell_shop(self.move_id, str(error))
            return form, {"": self.env._("The shop has to correct something first, and was told. Ask the shop.")}
        return {}, {}

    def _check_page_form(self, form):
        if form["email"] and not email_normalize(form["email"]):
            raise RefusedError({"email": self.env._("Enter one e-mail address, or leave it empty.")})

    def _invoice_page(self, form, address, user):
        partner = self._page_contact(form, address, user)
        self._invoice_to(partner, l10n_mx_facture_usage_id=form["usage"])
        self.write({"by_customer": True, "page_email": email_normalize(form["email"])})

    def _correct_page(self, form, address, user):
        """The invoice is posted, and SAT has refused its receiver: its contact, of this page alone, is corrected."""
        self._page_contact(form, address, user)
        invoice = self.invoice_move_id
        invoice.l10n_mx_facture_usage_id = form["usage"]
        problems, _warnings = invoice._l10n_mx_facture_judge()
        if problems:
            raise UserError("\n".join(problem.text for problem in problems))
        self.page_email = email_normalize(form["email"])
        self.env["l10n_mx_facture.run"]._start(invoice, {})
