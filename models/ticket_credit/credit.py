from odoo import api, fields, models
from odoo.exceptions import UserError

from ...cfdi.global_invoice.ticket import Ticket
from ..common.access import check_group
from ..common.actions import open_record
from ..common.locks import lock_free
from ..common.problem import Problem
from ..document.cancel_reasons import WITH_REPLACEMENT


class L10nMxFactureTicketCredit(models.Model):
    """What is given back of a ticket in a global invoice, where no credit note of Odoo's says it: the ticket came from
    another module, and what that one books is its own. SAT's guide, appendix 2: a return (I), or all of it, as the
    customer gets an invoice (III).
    """

    _name = "l10n_mx_facture.ticket.credit"
    _inherit = ["l10n_mx_facture.own_document"]
    _description = "Credit Note of a Ticket"
    _order = "id desc"
    _print_report = "l10n_mx_facture.action_report_ticket_credit"
    _frozen = ("branch_id", "document_id", "name", "ticket_id", "amounts", "payment_form_id")

    ticket_id = fields.Many2one(
        "l10n_mx_facture.ticket", required=True, readonly=True, index=True, ondelete="restrict"
    )
    global_id = fields.Many2one(related="ticket_id.global_id", help="The global invoice that it names.")
    currency_id = fields.Many2one(related="ticket_id.currency_id", store=True)
    # empty: the receiver is SAT's PUBLICO EN GENERAL
    partner_id = fields.Many2one("res.partner", "Receiver", readonly=True)
    commercial_partner_id = fields.Many2one(related="partner_id.commercial_partner_id")
    amounts = fields.Json(
        readonly=True, help="Technical: what is given back. Empty: all that is left when it is stamped."
    )
    amount_total = fields.Monetary("Total", compute="_compute_amount_total", store=True)
    payment_form_id = fields.Many2one("l10n_mx_catalogs.c_forma_pago", "Payment form", help="How it is given back.")
    document_ids = fields.One2many("l10n_mx_facture.document", "ticket_credit_id", "CFDI history", readonly=True)
    l10n_mx_facture_document_ids = fields.One2many(related="document_ids")

    @api.depends("amounts", "ticket_id.amount_in_global", "document_id.total", "document_id.state")
    def _compute_amount_total(self):
        for credit in self:
            if credit.document_id.total and credit.document_id.state != "rejected":
                credit.amount_total = credit.document_id.total
            elif credit.amounts:
                credit.amount_total = float(credit._returned().total)
            else:
                credit.amount_total = credit.ticket_id.amount_in_global - credit.ticket_id.amount_credited

    @api.model
    def _sequence_vals(self):
        return {"name": self.env._("Credit notes of tickets"), "prefix": "DEV-"}

    def _cancelled_text(self):
        return self.env._("Its CFDI was cancelled: press Return on the ticket again.")

    def _returned(self):
        """:return: :class:`~..cfdi.global_invoice.ticket.Ticket`: what it gives back, and how
        :raise CfdiError: of all that is left: there is nothing
        """
        self.ensure_one()
        ticket, form = self.ticket_id.sudo(), self.payment_form_id.code or None
        amounts = self.amounts or ticket._rest(but=self).to_json()
        return Ticket.from_json(ticket.number, amounts, form)

    def action_open_ticket(self):
        """Open the ticket."""
        self.ensure_one()
        self.check_access("read")
        return open_record(self.ticket_id)

    # -- as of every owner of a CFDI ------------------------------------------------------------------

    def _l10n_mx_facture_print_lang(self):
        # as of a global invoice: the receiver is the public, who gets none
        return self.company_id.partner_id.lang

    def _l10n_mx_facture_document_vals(self):
        return {
            "ticket_credit_id": self.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "tipo_de_comprobante": "E",
        }

    def _l10n_mx_facture_one_call(self):
        """Each is of what the one before has left of its ticket."""
        first = {}
        for credit in self:
            first.setdefault(credit.ticket_id, credit)
        return self.browse().concat(*first.values())

    def _l10n_mx_facture_lock(self, refusals):
        """Lock their tickets too: no two credit notes take the same."""
        locked = super()._l10n_mx_facture_lock(refusals)
        free = lock_free(locked.sudo().ticket_id, reread=[])
        busy = locked.filtered(lambda credit: credit.sudo().ticket_id not in free)
        for credit in busy:
            text = self.env._("Somebody else is working on its ticket right now: try again.")
            refusals[credit] = [Problem(text)]
        return locked - busy

    def _l10n_mx_facture_sending(self):
        self._follow()

    def _follow(self):
        """Its ticket is credited, or no longer."""
        self.sudo().ticket_id._update_state()

    def action_l10n_mx_facture_substitute(self):
        """A substitute would credit the ticket twice until SAT has cancelled this one."""
        check_group(self.env, "stamp")
        self.check_access("write")
        raise UserError(
            self.env._(
                "A credit note of a ticket is not substituted: cancel it with reason 02, then press Return on the "
                "ticket again."
            )
        )

    def _l10n_mx_facture_check_reason(self, reason, replacement_uuid):
        if reason == WITH_REPLACEMENT:
            self.action_l10n_mx_facture_substitute()
        return super()._l10n_mx_facture_check_reason(reason, replacement_uuid)
