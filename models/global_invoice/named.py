from decimal import Decimal
from itertools import pairwise

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...cfdi.errors import CfdiError
from ...cfdi.global_invoice.goods import goods_of
from ...cfdi.global_invoice.line import CENTS, SALE, UNIT
from ...cfdi.global_invoice.ticket import IEPS, IVA
from ...cfdi.values import CUOTA
from ..common.taxes import IMPUESTOS, booked, exact, tipo_factor

# Odoo's kind of tax, by c_Impuesto
KINDS = {IVA: "iva", IEPS: "ieps"}
PUE = "PUE"
# so far a tax that Odoo computes of a ticket's lines may lie from what its CFDI says of it
APART = Decimal("0.10")


class AccountMove(models.Model):
    """A copy of a ticket's invoice, or its reversal, without what was returned of it before: what the customer has
    kept, to the cent of the books.
    """

    _inherit = "account.move"

    def _l10n_mx_facture_returns(self):
        """:return: the posted credit notes of these; not those that another one of these substitutes"""
        notes = self.reversal_move_ids.filtered(lambda note: note.state == "posted" and note.l10n_mx_facture_applies)
        return notes - notes._l10n_mx_facture_same_sale()

    def _l10n_mx_facture_take_off(self, sold, returns):
        """Take what was returned off this draft.

        :param sold: the invoice that it is a copy of, with the same lines
        :param returns: its posted credit notes
        """
        self.ensure_one()
        for line in returns.invoice_line_ids.filtered(lambda line: line.display_type == "product"):
            if not self._l10n_mx_facture_take_off_quantity(line):
                taken = line.copy_data()[0] | {"quantity": -line.quantity, "move_id": self.id}
                # credit notes may have another account of income
                del taken["account_id"]
                self.write({"invoice_line_ids": [Command.create(taken)]})
        self._l10n_mx_facture_round_as(sold, returns)

    def _l10n_mx_facture_take_off_quantity(self, returned):
        """Lower the quantity of the line that was returned.

        :param returned: line of a credit note
        :return: whether there is such a line, and its amounts are still those of the books
        """
        key = ("product_id", "price_unit", "discount", "tax_ids", "product_uom_id")
        for line in self.invoice_line_ids.filtered(lambda line: line.display_type == "product"):
            if line.quantity < returned.quantity or any(line[name] != returned[name] for name in key):
                continue
            quantity, left = line.quantity, booked(line.price_subtotal) - booked(returned.price_subtotal)
            if quantity == returned.quantity:
                self.write({"invoice_line_ids": [Command.delete(line.id)]})
                return True
            line.quantity = quantity - returned.quantity
            if booked(line.price_subtotal) == left:
                return True
            # rounded apart: the returned part is a discount then
            line.quantity = quantity
        return False

    def _l10n_mx_facture_round_as(self, sold, returns):
        """Each tax is what the books have left of it: two parts of an invoice may be rounded to a cent more or less."""
        Cfdi = self.env["l10n_mx_facture.cfdi"]
        left = Cfdi._booked_taxes(sold)
        for note in returns:
            for tax, amount in Cfdi._booked_taxes(note).items():
                left[tax] = left.get(tax, Decimal(0)) - amount
        mine = Cfdi._booked_taxes(self)
        self._l10n_mx_facture_move_taxes({tax: left.get(tax, Decimal(0)) - amount for tax, amount in mine.items()})

    def _l10n_mx_facture_move_taxes(self, moved):
        """:param moved: dict from a tax of this draft to what is added to its amount"""
        commands, moved = [], dict(moved)
        for line in self.line_ids.filtered("tax_repartition_line_id"):
            # the first line of a tax takes its cents
            if cents := moved.pop(line.tax_line_id, None):
                amount = line.amount_currency + self.direction_sign * float(cents)
                commands.append(Command.update(line.id, {"amount_currency": self.currency_id.round(amount)}))
        if commands:
            self.write({"line_ids": commands})


class L10nMxFactureTicket(models.Model):
    """The invoice to a name, as a draft: of what is left of the ticket."""

    _inherit = "l10n_mx_facture.ticket"

    def _named_draft(self, partner, values):
        """:param values: of the invoice, beside its lines
        :return: the invoice, a draft
        :raise UserError: its total is not what is left of the ticket
        """
        same = {"ref": self.number, "invoice_payment_term_id": False, "l10n_mx_facture_payment_policy": PUE}
        if self.payment_form_id:
            same["l10n_mx_facture_payment_form_id"] = self.payment_form_id.id
        values = {"partner_id": partner.id, **same, **values}
        sold = self.move_id
        if sold:
            # the usage of the public is not the customer's
            own = {"l10n_mx_facture_branch_id": self.branch_id.id}
            invoice, returns = sold.copy({**own, **values}), sold._l10n_mx_facture_returns()
            if "l10n_mx_facture_usage_id" not in values:
                invoice.l10n_mx_facture_usage_id = invoice._l10n_mx_facture_default_usage(invoice.move_type)
            invoice._l10n_mx_facture_take_off(sold, returns)
            left = sold.amount_total - sum(returns.mapped("amount_total"))
        else:
            moves = self.env["account.move"].with_company(self.company_id)
            invoice = moves.create({**self._named_vals(), **values})
            self._round_named(invoice)
            left = float(self._left().total)
        if self.currency_id.compare_amounts(invoice.amount_total, left):
            raise UserError(
                self.env._(
                    "The invoice would come to %(total)s, and of the ticket %(ticket)s %(left)s is left.",
                    total=invoice.amount_total,
                    ticket=self.number,
                    left=left,
                )
            )
        return invoice

    def _left(self):
        """:return: Ticket: what is left of it, in a global invoice or before"""
        ticket = self.sudo()
        return ticket._rest() if ticket._live_global() else ticket._ticket()

    # -- of a ticket that another module has brought --------------------------------------------------

    def _named_vals(self):
        """Extend it where your module knows more of its sale.

        :return: dict of values of the invoice to a name, as ``create`` takes it, of a ticket of another module
        :raise UserError: it isn't known what was sold, or a tax is missing in Odoo
        """
        self.ensure_one()
        ticket, company = self.sudo(), self.company_id
        journals = ticket.branch_id.journal_ids.filtered(lambda one: one.company_id == company and one.type == "sale")
        left = self._left()
        known = ticket.lines if left.total == ticket._ticket().total else None
        rows = [{**row, "tax_ids": [Command.set(row["tax_ids"])]} for row in known or ()] or self._rows_of_taxes(left)
        return {
            "move_type": "out_invoice",
            "company_id": company.id,
            **({"journal_id": journals[0].id} if journals else {}),
            "currency_id": ticket.currency_id.id,
            "l10n_mx_facture_branch_id": ticket.branch_id.id,
            "invoice_line_ids": [Command.create(row) for row in rows],
        }

    def _round_named(self, invoice):
        """Each tax is what the CFDIs have left of it: where parts were rounded by themselves, a cent more or less."""
        left = {row.key: row.importe for row in self._left().taxes if row.importe is not None}
        mine = self.env["l10n_mx_facture.cfdi"]._booked_taxes(invoice)
        by_key = {_key(tax): tax for tax in mine}
        moved = {tax: left[key] - mine[tax] for key, tax in by_key.items() if key in left}
        if len(by_key) == len(mine):
            invoice._l10n_mx_facture_move_taxes({tax: cents for tax, cents in moved.items() if abs(cents) <= APART})

    def _rows_of_taxes(self, left):
        """:param left: Ticket
        :return: list of values of invoice lines: one for each IEPS with its IVA, each rate of IVA, and what has none
        """
        try:
            goods = goods_of(left)
        except CfdiError as error:
            raise UserError(self._goods_text(error)) from error
        rows = [(one.net, self._sale_taxes(one.taxes)) for one in goods]
        Product, Unit = self.env["l10n_mx_catalogs.c_clave_prod_serv"], self.env["l10n_mx_catalogs.c_clave_unidad"]
        codes = {
            "l10n_mx_facture_product_code_id": Product.search([("code", "=", left.clave_prod_serv)], limit=1).id,
            "l10n_mx_facture_unit_code_id": Unit.search([("code", "=", UNIT)], limit=1).id,
            "l10n_mx_facture_identification": self.number,
        }
        return [
            {"name": SALE, "quantity": 1.0, "price_unit": float(base), "tax_ids": [Command.set(tax.ids)], **codes}
            for base, tax in rows
        ]

    def _goods_text(self, error):
        """:return: why the invoice can't be made of the ticket's taxes, as a sentence"""
        causes = {
            "other_tax": self.env._("it has a tax that is neither IVA nor IEPS"),
            "quota": self.env._("it has IEPS by a quota, which says how much was sold and not at which price"),
            "which_goods": self.env._("it has IEPS, and it can't be told in the base of which IVA that is"),
            "bad_bases": self.env._("the bases of its taxes are more than what was sold"),
        }
        if error.code not in causes:
            return self._error_text(error)
        return self.env._(
            "The lines of the ticket %(ticket)s are not known, or a part of it was returned, and its taxes alone don't "
            "tell them: %(cause)s. Invoice it in the module that has sold it.",
            ticket=self.number,
            cause=causes[error.code],
        )

    def _sale_taxes(self, rows):
        """:param rows: the TicketTax rows of some goods, IEPS before IVA
        :return: the company's taxes for sales
        :raise UserError: one is missing, or they are not computed on each other
        """
        taxes = self.env["account.tax"].concat(*(self._sale_tax(row, is_base=row != rows[-1]) for row in rows))
        for tax, after in pairwise(taxes):
            if not tax.include_base_amount or not after.is_base_affected or taxes.sorted()[:1] != tax:
                raise UserError(
                    self.env._(
                        "The ticket %(ticket)s has %(ieps)s in the base of %(iva)s. Tick Affect Base of Subsequent "
                        "Taxes on the first one, Base Affected by Previous Taxes on the second one, and put the first "
                        "one before the second one.",
                        ticket=self.number,
                        ieps=tax.display_name,
                        iva=after.display_name,
                    )
                )
        return taxes

    def _sale_tax(self, row, is_base):
        """:param row: TicketTax
        :param is_base: whether the next tax is computed on it too
        :return: the company's tax for sales that SAT knows as this one, not included in the price
        :raise UserError: there is none
        """
        Tax, company = self.env["account.tax"], self.company_id
        rate = 0.0 if row.tasa_o_cuota is None else float(row.tasa_o_cuota * (1 if row.tipo_factor == CUOTA else 100))
        found = Tax.search(
            [
                *Tax._check_company_domain(company),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "in", ("percent", "fixed")),
                ("l10n_mx_tax_type", "=", KINDS[row.impuesto]),
                ("amount", "=", rate),
            ]
        ).filtered(lambda tax: tipo_factor(tax) == row.tipo_factor and not tax.price_include)
        found = found.filtered(lambda tax: tax.include_base_amount == is_base) or found
        if not found:
            raise UserError(
                self.env._(
                    "%(company)s has no tax for sales of %(rate)s %% %(kind)s, not included in the price, which the "
                    "ticket %(ticket)s has: add one.",
                    company=company.name,
                    rate=round(rate, CENTS),
                    kind=KINDS[row.impuesto].upper(),
                    ticket=self.number,
                )
            )
        return (found & company.account_sale_tax_id or found)[:1]


def _key(tax):
    """:return: what a row of a ticket has in common with Odoo's tax, as ``TicketTax.key``"""
    factor = tipo_factor(tax)
    rate = exact(tax.amount) / (1 if factor == CUOTA else 100)
    return IMPUESTOS.get(tax.l10n_mx_tax_type), factor, rate
