from odoo import api, fields, models
from odoo.exceptions import UserError

from ...cfdi.global_invoice.line import within_limits
from ...cfdi.global_invoice.ticket import Ticket
from ...cfdi.read import read_cfdi
from ..common.actions import open_record

MEXICAN_PESO = "MXN"


class L10nMxFactureTicket(models.Model):
    """A sale to the public: a line of a global invoice, unless it gets a CFDI of its own.

    Users only read it. Its state follows from the facts (``_update_state``): the global invoice that it is in, the
    CFDI of its invoice, credit notes, and the invoice to a name.
    """

    _name = "l10n_mx_facture.ticket"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Ticket of a Sale to the Public"
    _order = "date desc, id desc"
    _rec_name = "number"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    branch_id = fields.Many2one("l10n_mx_facture.branch", readonly=True, help="Where it was sold: the place of issue.")
    number = fields.Char(required=True, readonly=True, index="trigram", help="NoIdentificacion in the global invoice.")
    date = fields.Date(required=True, readonly=True, help="At the place of issue.")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount_total = fields.Monetary("Total", readonly=True, help="As it was sold.")
    amount_in_global = fields.Monetary(
        "In the global invoice", readonly=True, help="Its total without what was returned before the global invoice."
    )
    amount_credited = fields.Monetary(
        "Credited", readonly=True, help="By credit notes that name the global invoice (relation 01)."
    )
    payment_form_id = fields.Many2one(
        "l10n_mx_catalogs.c_forma_pago", "Payment form", readonly=True, help="Of its largest payment."
    )
    state = fields.Selection(
        [
            ("open", "Waiting"),
            ("global", "In a global invoice"),
            ("credited", "Credited"),
            ("invoiced", "Invoiced"),
            ("left_out", "Left out"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    reason = fields.Char("Why it is left out", readonly=True)
    by_hand = fields.Boolean("Stays left out", readonly=True, help="Until somebody presses Look again.")
    # what the CFDI says of it, as Ticket.to_json returns it
    amounts = fields.Json(readonly=True)
    # of another module: what an invoice to a name has, as values of invoice lines
    lines = fields.Json(readonly=True)
    seen = fields.Char(readonly=True, help="Technical: its invoice and credit notes as they were when they were read.")
    move_id = fields.Many2one("account.move", "Invoice", readonly=True, ondelete="cascade")
    # on delete of a draft the ticket is free again
    global_id = fields.Many2one(
        "l10n_mx_facture.global", "Global invoice", readonly=True, ondelete="set null", index="btree_not_null"
    )
    refund_ids = fields.Many2many(
        "account.move", string="Returned before", readonly=True, help="Credit notes that lower it in its global."
    )
    credit_ids = fields.One2many(
        "l10n_mx_facture.ticket.credit",
        "ticket_id",
        "Credit notes without an entry",
        readonly=True,
        help="Of a ticket that another module has brought.",
    )
    credit_move_id = fields.Many2one("account.move", "Credit note", readonly=True, index="btree_not_null")
    invoice_move_id = fields.Many2one("account.move", "Invoice to a name", readonly=True, index="btree_not_null")

    _move_unique = models.UniqueIndex("(move_id) WHERE move_id IS NOT NULL", "This invoice is a ticket already.")
    _number_unique = models.UniqueIndex(
        "(company_id, number) WHERE move_id IS NULL", "A ticket with this number was taken already."
    )
    # one column: who puts a ticket into a second global invoice writes the same row and gets a conflict
    _is_in_one = models.Constraint(
        "CHECK (state NOT IN ('global', 'credited') OR global_id IS NOT NULL)",
        "A ticket in a global invoice names it.",
    )
    # a night's run looks at no older ticket
    _waiting = models.Index("(company_id, branch_id, date) WHERE state = 'open'")

    @api.model
    def _take(self, vals_list):
        """Take tickets of another module (point of sale, eCommerce). A number that is known is not taken again.

        :param vals_list: list of dicts with ``company_id``, ``branch_id``, ``number`` (unique in the company), ``date``
            (at the place of issue), ``payment_form_id`` (of the largest payment), and ``ticket``: a
            :class:`~..cfdi.global_invoice.ticket.Ticket`, in pesos, with one row for each tax of SAT's. And, so that it
            can be invoiced to a name as it was sold, ``lines``: list of dicts of JSON-able values of invoice lines
            (``product_id``, ``name``, ``quantity``, ``price_unit``, ``discount``, and ``tax_ids`` as a list of ids)
        :return: the tickets, as superuser, in the same order
        """
        pesos, taken = self.env.ref(f"base.{MEXICAN_PESO}"), self.sudo().browse()
        for vals in vals_list:
            vals = dict(vals)
            ticket = vals.pop("ticket")
            known = [("company_id", "=", vals["company_id"]), ("number", "=", vals["number"]), ("move_id", "=", False)]
            amount = float(ticket.total)
            amounts = {"amounts": ticket.to_json(), "amount_total": amount, "amount_in_global": amount}
            found = self.sudo().search(known)
            taken |= found or self.sudo().create({**vals, **amounts, "currency_id": pesos.id})
        return taken

    def _ticket(self):
        """:return: :class:`~..cfdi.global_invoice.ticket.Ticket`: what the global invoice says of it"""
        self.ensure_one()
        return Ticket.from_json(self.number, self.amounts, self.payment_form_id.code or None)

    def _fuel_form(self):
        """:return: the payment form, where it sells a fuel: those of one form are together; empty where it doesn't"""
        return self.payment_form_id if "clave_prod_serv" in (self.amounts or {}) else self.payment_form_id.browse()

    # -- its state --------------------------------------------------------------------------------

    def _update_state(self):
        """Write what follows from the facts."""
        for ticket in self.sudo():
            credited = ticket._credited()
            if ticket.currency_id.compare_amounts(credited, ticket.amount_credited):
                ticket.amount_credited = credited
            state = ticket._state_by_facts()
            if state != ticket.state:
                ticket.state = state

    def _state_by_facts(self):
        in_global = bool(self._live_global())
        own = bool(self._own_invoice())
        named = bool(self.invoice_move_id) and self.invoice_move_id._l10n_mx_facture_is_live()
        gone = in_global and self.currency_id.compare_amounts(self.amount_credited, self.amount_in_global) >= 0
        if own or (named and (gone or not in_global)):
            return "invoiced"
        if in_global:
            return "credited" if gone else "global"
        return "left_out" if self.reason else "open"

    def _own_invoice(self):
        """:return: its invoice, if that has a CFDI of its own, or what substitutes it; empty: neither is or may be
            valid
        """
        move = self.sudo().move_id
        return move if not move or move._l10n_mx_facture_is_live() else move._l10n_mx_facture_live_substitute()

    def _live_global(self):
        """:return: the global invoice, with a CFDI that is or may be valid, that it is in; empty: none"""
        return self.global_id.filtered(lambda one: one._is_live())

    def _credits(self):
        """:return: list of its credit notes, of both kinds, whose CFDI names the global invoice and may be valid; not
            those that another one of these substitutes
        """
        notes = self.move_id.reversal_move_ids - self.refund_ids
        notes = notes.filtered(lambda note: note._l10n_mx_facture_is_live())
        return [
            *(notes - notes._l10n_mx_facture_same_sale()),
            *self.credit_ids.filtered(lambda credit: credit._is_live()),
        ]

    def _credited(self):
        # what credits a ticket names a live global invoice: of thousands in a draft nothing is looked up
        return sum(one.amount_total for one in self._credits()) if self._live_global() else 0.0

    def _rest(self, but=None):
        """What is left of it by its CFDIs: what the global invoice says, less what its credit notes say.

        :param but: a credit note that doesn't count, nor does what it substitutes
        :return: Ticket
        :raise CfdiError: ``bad_ticket``, ``more_than_ticket``
        """
        rest = within_limits(self._ticket())
        others = [but, *(but._l10n_mx_facture_same_sale() if but else ())]
        for credit in self._credits():
            if credit not in others:
                read = read_cfdi(credit.l10n_mx_facture_document_id._xml_or_payload())
                rest = rest.less(Ticket.from_lines(self.number, read.comprobante.conceptos, read.totals))
        return rest

    # -- buttons ----------------------------------------------------------------------------------

    def action_open_move(self):
        """Open the invoice."""
        self.ensure_one()
        if not self.move_id:
            raise UserError(self.env._("The ticket %s has no invoice in Odoo.", self.number))
        return open_record(self.move_id)

    def action_open_global(self):
        """Open the global invoice."""
        self.ensure_one()
        if not self.global_id:
            raise UserError(self.env._("The ticket %s is in no global invoice.", self.number))
        return open_record(self.global_id)
