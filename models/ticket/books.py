from odoo import api, models

from ...cfdi import formats
from ...cfdi.errors import CfdiError
from ...cfdi.fuels import is_fuel_number
from ...cfdi.global_invoice.document import NUMBER_SIZE
from ...cfdi.global_invoice.line import within_limits
from ...cfdi.global_invoice.ticket import Ticket
from ...cfdi.rfc import GENERIC_NATIONAL
from ..common.access import check_group
from ..parts.lines import TOTALS_ONLY
from .ticket import MEXICAN_PESO

PPD = "PPD"


class AccountMove(models.Model):
    """Posted invoices to the public become tickets, in the journals that the company has chosen."""

    _inherit = "account.move"

    def _l10n_mx_facture_take_tickets(self):
        """After posting."""
        sold = self.filtered(lambda move: move._l10n_mx_facture_is_sale_to_public())
        known = self.env["l10n_mx_facture.ticket"].sudo().search([("move_id", "in", sold.ids)]).move_id
        self.env["l10n_mx_facture.ticket"].sudo().create([move._l10n_mx_facture_ticket_vals() for move in sold - known])

    def _l10n_mx_facture_is_sale_to_public(self):
        """:return: whether it is a ticket, by its journal and its customer"""
        self.ensure_one()
        return (
            self.state == "posted"
            and self.move_type == "out_invoice"
            and self.l10n_mx_facture_applies
            and self.journal_id.l10n_mx_facture_to_global
            and self.commercial_partner_id._l10n_mx_facture_rfc() == GENERIC_NATIONAL
            and not self._l10n_mx_facture_is_live()
        )

    def _l10n_mx_facture_changed(self):
        """:return: dict from each of these to when it, or one of its lines, was written last"""
        # thousands of tickets have tens of thousands of lines, of which nothing else is read
        lines = self.env["account.move.line"].sudo()._read_group(
            [("move_id", "in", self.ids)], ["move_id"], ["write_date:max"]
        )
        last = {move.id: written for move, written in lines}
        return {one: max(one.write_date, last.get(one.id, one.write_date)) for one in self}

    def _l10n_mx_facture_lowering(self):
        """:return: the posted credit notes of a ticket's invoice that have no CFDI, which lower the ticket"""
        return self.reversal_move_ids.filtered(
            lambda note: note.state == "posted" and note.l10n_mx_facture_applies and not note._l10n_mx_facture_is_live()
        )

    def _l10n_mx_facture_seen(self, refunds):
        """:param refunds: dict from each of these to its credit notes
        :return: dict from each of these to a text that changes when it, a credit note, or one of their lines is written
        """
        changed = self.union(*refunds.values())._l10n_mx_facture_changed()
        return {move: " ".join(f"{one.id}/{changed[one]}" for one in (move | refunds[move])) for move in self}

    def _l10n_mx_facture_ticket_vals(self):
        return {
            "company_id": self.company_id.id,
            "branch_id": self.l10n_mx_facture_branch_id.id,
            "number": self.name,
            "date": self.invoice_date,
            "currency_id": self.currency_id.id,
            "amount_total": self.amount_total,
            "amount_in_global": self.amount_total,
            "payment_form_id": self.l10n_mx_facture_payment_form_id.id,
            "move_id": self.id,
        }

    def _l10n_mx_facture_take_branch_of_journal(self):
        """Give these, which have none, the branch that their journal has by now."""
        field = self._fields["l10n_mx_facture_branch_id"]
        self.env.add_to_compute(field, self.filtered(lambda move: move.journal_id.l10n_mx_facture_branch_ids))

    def _l10n_mx_facture_fuel_number(self):
        """:return: NoIdentificacion of a fuel: the permit, a hyphen, and the digits of the invoice's number"""
        return f"{self.journal_id.l10n_mx_facture_fuel_permit.strip()}-{''.join(filter(str.isdecimal, self.name))}"


class L10nMxFactureTicket(models.Model):
    """What the books say of a ticket, and whether it may be in a global invoice."""

    _inherit = "l10n_mx_facture.ticket"

    @api.model
    def _without_branch_domain(self, companies=None):
        """:param companies: of these; None: of all
        :return: domain of the tickets of invoices that are in no global invoice as they have no branch; those that
            nobody has read yet among them
        """
        read = ["&", ("seen", "!=", False), ("amount_in_global", ">", 0)]
        return [
            *([] if companies is None else [("company_id", "in", companies.ids)]),
            ("branch_id", "=", False),
            ("move_id", "!=", False),
            ("by_hand", "=", False),
            "|",
            ("state", "=", "open"),
            *["&", ("state", "=", "left_out"), *read],
        ]

    @api.model
    def _take_branches(self, companies):
        """Read the tickets without a branch again whose journal has one by now, and say of the others why they wait."""
        domain, Ticket = self._without_branch_domain(companies), self.sudo()
        journals = self.env["account.journal"].union(
            *(journal for (journal,) in Ticket._read_group(domain, ["move_id.journal_id"]))
        )
        branches = self.env["l10n_mx_facture.branch"]._get_by_journal(journals)
        having = [journal.id for journal in journals if branches[journal]]
        again = ["|", ("state", "=", "open"), ("move_id.journal_id", "in", having)]
        Ticket.search([*domain, *again])._read_books()

    def action_read_again(self):
        """Look at tickets again that were left out."""
        check_group(self.env, "stamp")
        self.check_access("read")
        self.sudo().filtered(lambda one: one.state == "left_out").write(
            {"reason": False, "by_hand": False, "seen": False}
        )
        self._read_books()
        return True

    def _read_books(self):
        """Bring what is in no live global invoice up to date; what may not be in one is left out, with the reason."""
        todo = self.sudo().filtered(lambda one: one.state in ("open", "left_out") and not one.by_hand)
        moves = todo.move_id
        # the journal may have got its branch since
        moves.filtered(lambda one: not one.l10n_mx_facture_branch_id)._l10n_mx_facture_take_branch_of_journal()
        refunds = {move: move._l10n_mx_facture_lowering() for move in moves}
        seen = moves._l10n_mx_facture_seen(refunds)
        to_read = todo.filtered(lambda one: not one._is_as_seen(seen)).move_id
        to_read._l10n_mx_facture_prefetch(to_read)
        elsewhere = moves._l10n_mx_facture_elsewhere()
        for ticket in todo:
            if move := ticket.move_id:
                vals, reason = ticket._books(elsewhere, refunds[move], seen)
            else:
                vals, reason = {}, ticket._unfit(ticket._ticket(), {})
            changed = {name: value for name, value in {**vals, "reason": reason}.items() if ticket[name] != value}
            if changed:
                ticket.write(changed)
        todo._update_state()

    def _is_as_seen(self, seen):
        """:return: whether nothing was written since its invoice was read, and it has amounts"""
        return self.seen == seen.get(self.move_id)

    def _books(self, elsewhere, refunds, seen):
        """:param elsewhere: dict from invoices that another system has stamped to problems and warnings
        :param refunds: the credit notes that lower it
        :param seen: dict from invoices to what changes when they are written
        :return: dict of values, and why it is left out or False
        """
        move = self.move_id
        vals = {
            "branch_id": move.l10n_mx_facture_branch_id,
            "payment_form_id": move.l10n_mx_facture_payment_form_id,
        }
        if "clave_prod_serv" not in (self.amounts or {}):
            # a posted invoice may be numbered anew
            vals["number"] = move.name
        if reason := self._own_cfdi_reason(elsewhere):
            return vals, reason
        if self._is_as_seen(seen) and self.branch_id == move.l10n_mx_facture_branch_id:
            # computing the taxes again is most of the time
            self._take_refunds(refunds)
            return vals, self.reason
        if move._l10n_mx_facture_deducted():
            return vals, self._names_others_text()
        try:
            ticket, reason = self._ticket_or_reason(move)
            for note in refunds if ticket else ():
                ticket = ticket.less(self._ticket_of(note))
        except CfdiError as error:
            ticket, reason = None, self._error_text(error)
        if not ticket:
            return {**vals, "amounts": False, "seen": False}, reason
        vals |= {"amounts": ticket.to_json(), "amount_in_global": float(ticket.total), "seen": seen[move]}
        self._take_refunds(refunds)
        if ticket.is_fuel and move.journal_id.l10n_mx_facture_fuel_permit:
            vals["number"] = move._l10n_mx_facture_fuel_number()
        if not ticket.total:
            return vals, self.env._("It was returned as a whole.")
        return vals, self._unfit(ticket, vals)

    def _take_refunds(self, refunds):
        # freed by a global invoice that was cancelled, it has forgotten them, and still is what they have left of it
        if refunds != self.refund_ids:
            self.refund_ids = refunds

    def _take_refunds_again(self):
        """After a late stamp: those with which it was read, where nothing was written since."""
        moves = self.move_id
        refunds = {move: move._l10n_mx_facture_lowering() for move in moves}
        seen = moves._l10n_mx_facture_seen(refunds)
        for ticket in self.filtered(lambda one: one.move_id and one._is_as_seen(seen)):
            ticket._take_refunds(refunds[ticket.move_id])

    def _unfit(self, ticket, vals):
        """:param vals: dict of values that it gets
        :return: why SAT would not take it as a line; False if it would
        """
        try:
            within_limits(ticket)
            formats.text(vals.get("number", self.number), "NoIdentificacion", NUMBER_SIZE)
        except CfdiError as error:
            return self._error_text(error)
        if not vals.get("branch_id", self.branch_id):
            if not self.move_id:
                return self.env._("It has no CFDI branch: the module that has sold it has to say where it was sold.")
            return self.env._("It has no CFDI branch: choose one on the journal.")
        return self._fuel_reason(vals) if ticket.is_fuel else False

    def _fuel_reason(self, vals):
        """:return: why SAT's guide (appendix 3) would not take a ticket of a fuel; False if it would"""
        if not is_fuel_number(vals.get("number", self.number)):
            return self.env._(
                "It sells a fuel: its number has to be the permit, a hyphen and a number, for example "
                "LP/00751/EXP/ES/2016-105012365. Enter the permit on the journal."
            )
        if not vals.get("payment_form_id", self.payment_form_id):
            return self.env._(
                "It sells a fuel, and how it was paid is not known: fuels have a global invoice for each payment form."
            )
        return False

    def _error_text(self, error):
        """:param error: :class:`~..cfdi.errors.CfdiError` about a ticket
        :return: what is wrong, as a sentence
        """
        texts = {
            "bad_ticket": self.env._("Nothing of it is left to be invoiced."),
            "more_than_ticket": self.env._("More of it, or of one of its taxes, is returned than is left of it."),
            "fuel_and_more": self.env._(
                "It sells a fuel and something else, and a line of a global invoice has one product code: it needs a "
                "CFDI of its own."
            ),
        }
        texts = {**self.env["l10n_mx_facture.cfdi"]._cfdi_error_texts(error.data), **texts}
        return texts.get(error.code, error.text)

    def _own_cfdi_reason(self, elsewhere):
        """:return: why the sale needs a CFDI of its own, by the facts of its invoice; None if it doesn't"""
        move = self.move_id
        if move in elsewhere and elsewhere[move][0]:
            return self.env._("Another system has stamped it.")
        if move.l10n_mx_facture_undone_by_id:
            return self.env._("SAT has cancelled its own CFDI, and its invoice is reversed.")
        if move.currency_id.name != MEXICAN_PESO:
            return self.env._("It is in %s: a global invoice is in pesos.", move.currency_id.name)
        if move.l10n_mx_facture_payment_policy == PPD:
            return self.env._("It is paid later (PPD): it needs a CFDI of its own and receipts of payment.")
        return self._names_others_text() if move.l10n_mx_facture_relation_ids else None

    def _names_others_text(self):
        return self.env._("It has related CFDIs, so it needs a CFDI of its own.")

    def _ticket_or_reason(self, move):
        """:return: the Ticket of an invoice or credit note, and why it can't be in a global invoice; one of the two is
            None
        """
        problems = []
        fit = self.env["l10n_mx_facture.cfdi"].with_context(**{TOTALS_ONLY: True})._conceptos(move, problems)
        if problems:
            return None, problems[0].text
        if reason := self._special_reason(fit):
            return None, reason
        form = move.l10n_mx_facture_payment_form_id.code or None
        return Ticket.from_lines(self.number, fit.conceptos, fit.totals, form), None

    @api.model
    def _special_reason(self, fit):
        """:param fit: :class:`~..cfdi.amounts.fit.Fit` of an invoice
        :return: what in it has no place in a global invoice (SAT's guide), as a sentence; None
        """
        lines = fit.conceptos
        if any(one.retenciones for one in lines):
            return self.env._("Taxes are withheld on it, so it needs a CFDI of its own.")
        if any(one.a_cuenta_terceros for one in lines):
            return self.env._("Something is sold for a third party, so it needs a CFDI of its own.")
        if any(one.pedimentos or one.cuentas_prediales for one in lines):
            return self.env._("A line names a pedimento or a predial account, so it needs a CFDI of its own.")
        if fit.impuestos_locales:
            return self.env._("It has local taxes, so it needs a CFDI of its own.")
        return None

    def _ticket_of(self, note):
        """:return: Ticket: what a credit note returns of this one
        :raise CfdiError: ``bad_return``
        """
        returned, reason = self._ticket_or_reason(note)
        if reason:
            raise CfdiError("bad_return", f"{note.name}: {reason}")
        return returned
