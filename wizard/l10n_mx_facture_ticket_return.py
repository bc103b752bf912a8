from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..cfdi.amounts.arithmetic import round_half_up
from ..cfdi.global_invoice.line import CENTS
from ..cfdi.global_invoice.ticket import NOT_TAXED, Ticket, TicketTax
from ..cfdi.values import CUOTA

IVA, IEPS = "002", "003"
TAXES = {IVA: "IVA", IEPS: "IEPS"}
ZERO = Decimal(0)
# bases that were rounded apart may add up to other cents
APART = Decimal("0.02")


class L10nMxFactureTicketReturn(models.TransientModel):
    """Asks what is given back of a ticket that another module has brought: all that is left, or amounts per tax."""

    _name = "l10n_mx_facture.ticket.return"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Return of a Ticket"

    ticket_id = fields.Many2one("l10n_mx_facture.ticket", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="ticket_id.company_id")
    currency_id = fields.Many2one(related="ticket_id.currency_id")
    amount_left = fields.Monetary("Amount left", readonly=True)
    whole = fields.Boolean("All that is left", default=True)
    payment_form_id = fields.Many2one(
        "l10n_mx_catalogs.c_forma_pago", "Payment form", help="How it is given back. Of a return before the global "
        "invoice it is not needed."
    )
    line_ids = fields.One2many("l10n_mx_facture.ticket.return.line", "return_id", "Amounts")
    amount_total = fields.Monetary("To give back", compute="_compute_amount_total")

    @api.model
    def _create_for(self, ticket):
        """:return: the wizard, with a row for each tax of what is left of the ticket; without rows all is given back"""
        rest = ticket.sudo()._rest() if ticket.sudo()._live_global() else ticket.sudo()._ticket()
        rows = [
            {"impuesto": row.impuesto, "factor": row.tipo_factor, "rate": row.tasa_o_cuota and str(row.tasa_o_cuota)}
            | {"base_left": float(row.base), "tax_left": float(row.importe or 0)}
            for row in rest.taxes
        ]
        if rest.untaxed > APART:
            rows.append({"base_left": float(rest.untaxed), "tax_left": 0.0})
        elif rest.untaxed < -APART:
            # what of it a tax lies on can't be told: all of it, or nothing
            rows = []
        return self.create(
            {
                "ticket_id": ticket.id,
                "amount_left": float(rest.total),
                "payment_form_id": ticket.payment_form_id.id,
                "line_ids": [Command.create(row) for row in rows],
            }
        )

    @api.depends("whole", "line_ids.base")
    def _compute_amount_total(self):
        for wizard in self:
            wizard.amount_total = wizard.amount_left if wizard.whole else float(wizard._returned().total)

    def action_return(self):
        """Give it back: a credit note (E) where it is in a global invoice, else the ticket is lowered."""
        self.ensure_one()
        ticket = self.ticket_id
        returned = None if self.whole else self._returned()
        if returned and not returned.net:
            raise UserError(self.env._("Enter what is given back, or tick All that is left."))
        return ticket._returned_notice(ticket._give_back(returned, self.payment_form_id))

    def _returned(self):
        """:return: :class:`~..cfdi.global_invoice.ticket.Ticket` of the entered amounts
        :raise UserError: an amount is negative, or more than what is left
        """
        lines = self.line_ids.filtered("base")
        if bad := lines.filtered(lambda line: not 0 < line.base <= line.base_left):
            raise UserError(self.env._("Of %(tax)s only %(left)s is left.", tax=bad[0].name, left=bad[0].base_left))
        taxes = tuple(line._row() for line in lines.filtered("impuesto"))
        bases = sum((row.base for row in taxes if row.impuesto == IVA), ZERO)
        ieps = sum((row.importe for row in taxes if row.impuesto == IEPS), ZERO)
        untaxed = sum((line._decimal(line.base) for line in lines - lines.filtered("impuesto")), ZERO)
        return Ticket(self.ticket_id.number, bases - ieps + untaxed, taxes=taxes, objeto_imp=NOT_TAXED)


class L10nMxFactureTicketReturnLine(models.TransientModel):
    """One tax of a ticket, or what of it has none."""

    _name = "l10n_mx_facture.ticket.return.line"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Tax of a Returned Ticket"

    return_id = fields.Many2one("l10n_mx_facture.ticket.return", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="return_id.currency_id")
    impuesto = fields.Char(readonly=True)
    factor = fields.Char(readonly=True)
    rate = fields.Char(readonly=True)
    name = fields.Char("Tax", compute="_compute_name")
    base_left = fields.Float("Base left", readonly=True, digits=(16, 2))
    tax_left = fields.Monetary("Tax left", readonly=True)
    base = fields.Float("Base to give back", digits=(16, 2), help="Before this tax. Of a quota: the quantity.")
    tax = fields.Monetary(compute="_compute_tax")

    @api.depends("impuesto", "factor", "rate")
    def _compute_name(self):
        for line in self:
            if not line.impuesto:
                line.name = self.env._("Without taxes")
            elif not line.rate:
                line.name = self.env._("%s exempt", TAXES[line.impuesto])
            elif line.factor == CUOTA:
                line.name = self.env._("%(tax)s %(quota)s a unit", tax=TAXES[line.impuesto], quota=line.rate)
            else:
                line.name = f"{TAXES[line.impuesto]} {(Decimal(line.rate) * 100).normalize():f} %"

    @api.depends("base", "base_left", "tax_left", "rate")
    def _compute_tax(self):
        for line in self:
            line.tax = float(line._row().importe or 0) if line.impuesto else 0.0

    def _decimal(self, amount):
        return Decimal(f"{amount:.{CENTS}f}")

    def _row(self):
        """:return: TicketTax of the entered base; of all of it, all of the tax"""
        base, left = self._decimal(self.base), self._decimal(self.base_left)
        rate = Decimal(self.rate) if self.rate else None
        importe = None
        if rate is not None:
            importe = self._decimal(self.tax_left) if base == left else round_half_up(base * rate, CENTS)
        return TicketTax(self.impuesto, self.factor, rate, base, importe)
