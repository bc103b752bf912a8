from odoo import models
from odoo.exceptions import UserError

from ...cfdi.errors import CfdiError
from ..common.access import check_group
from ..common.actions import notification, open_all, open_dialog, open_record
from ..common.locks import serialize_on
from ..common.states import UNANSWERED_STATES, UNSENT_STATES


class L10nMxFactureTicket(models.Model):
    """A return of a ticket that another module has brought. Of a ticket that is an invoice, it is a credit note of
    Odoo's.
    """

    _inherit = "l10n_mx_facture.ticket"

    def action_return(self):
        """Ask what is given back."""
        self.ensure_one()
        check_group(self.env, "stamp")
        self.check_access("read")
        self._check_may_return()
        wizard = self.env["l10n_mx_facture.ticket.return"]._create_for(self)
        return open_dialog(wizard, self.env._("Return"))

    def _check_may_return(self):
        """:raise UserError: nothing of it can be given back here"""
        ticket, names = self.sudo(), {"ticket": self.number}
        if ticket.move_id:
            raise UserError(
                self.env._(
                    "The ticket %(ticket)s is the invoice %(invoice)s: add a credit note to that.",
                    invoice=ticket.move_id.name,
                    **names,
                )
            )
        if ticket.state == "invoiced":
            raise UserError(
                self.env._(
                    "The ticket %(ticket)s was invoiced to a name: add a credit note to %(invoice)s.",
                    invoice=ticket.invoice_move_id.name,
                    **names,
                )
            )
        self._check_answered()
        waiting = ticket.credit_ids.filtered(lambda credit: credit.state in UNSENT_STATES)
        if ticket.invoice_move_id and waiting:
            # all that is left is credited by it
            raise UserError(
                self.env._(
                    "The credit note %(note)s of the ticket %(ticket)s has no CFDI yet: stamp it first, so that it is "
                    "known what is left.",
                    note=waiting[0].name,
                    **names,
                )
            )
        if ticket.state not in ("open", "left_out", "global"):
            raise UserError(self.env._("Nothing is left of the ticket %(ticket)s to be returned.", **names))

    def _check_answered(self):
        """:raise UserError: it is not known whether its global invoice, or a credit note of it, was stamped"""
        if owner := self._unanswered():
            raise UserError(self._unanswered_text(owner))

    def _unanswered(self):
        """:return: its global invoice, or a credit note of it, of which it is not known whether it was stamped; None"""
        ticket = self.sudo()
        owners = [ticket.global_id, *ticket._credits()] if ticket.global_id else []
        lost = (owner for owner in owners if owner.l10n_mx_facture_document_id.state in UNANSWERED_STATES)
        return next(lost, None)

    def _unanswered_text(self, owner):
        return self.env._(
            "It is not known whether %(name)s with the ticket %(ticket)s was stamped: resolve that first.",
            name=owner.name,
            ticket=self.sudo().number,
        )

    def _give_back(self, returned=None, payment_form=None):
        """A part of a ticket of another module, or all that is left of it, was returned. In a global invoice, that is a
        credit note, which is stamped in the background; before it, the ticket is lowered and needs no CFDI.

        :param returned: :class:`~..cfdi.global_invoice.ticket.Ticket` with the returned amounts; None: all that is left
        :param payment_form: row of c_FormaPago: how it is given back; None: as it was paid
        :return: the credit note; none where it needs no CFDI
        :raise UserError: more would be returned than is left, or SAT would refuse it
        """
        self.ensure_one()
        check_group(self.env, "stamp")
        # two who press at once: the second one begins again and sees the first
        serialize_on(self.sudo())
        self._check_may_return()
        if not self.sudo()._live_global():
            self._lower(returned)
            return self.env["l10n_mx_facture.ticket.credit"]
        credit = self._create_credit(returned, payment_form)
        problems, _warnings = credit._l10n_mx_facture_judge()
        if problems:
            raise UserError("\n".join(problem.text for problem in problems))
        self.env["l10n_mx_facture.run"]._start(credit, {})
        return credit

    def _create_credit(self, returned=None, payment_form=None):
        """:return: the credit note, a draft; parameters as of :meth:`_give_back`"""
        ticket = self.sudo()
        credit = self.env["l10n_mx_facture.ticket.credit"].sudo().create(
            {
                "company_id": ticket.company_id.id,
                "branch_id": ticket.branch_id.id,
                "ticket_id": ticket.id,
                "amounts": returned and returned.to_json(),
                "payment_form_id": (payment_form or ticket.payment_form_id).id,
            }
        )
        return credit.sudo(False)

    def _lower(self, returned):
        """:param returned: Ticket; None: all of it
        :raise UserError: more would be returned than is left
        """
        ticket = self.sudo()
        sold = ticket._ticket()
        try:
            rest = sold.less(returned.snapped_to(sold) if returned else sold)
        except CfdiError as error:
            raise UserError(self._error_text(error)) from error
        vals = {"amounts": rest.to_json(), "amount_in_global": float(rest.total)}
        if not rest.total:
            vals |= {"reason": self.env._("It was returned as a whole."), "by_hand": True, "global_id": False}
        ticket.write(vals)
        ticket._update_state()

    def _returned_notice(self, credit):
        """:param credit: what :meth:`_give_back` returned
        :return: the action that shows it
        """
        if credit:
            return open_record(credit)
        text = self.env._("The ticket is lowered: in its global invoice it will be what is left of it.")
        return notification(text)

    def action_open_credits(self):
        """Open its credit notes without an entry."""
        self.ensure_one()
        self.check_access("read")
        if not self.credit_ids:
            raise UserError(self.env._("The ticket %s has no credit note without an entry.", self.number))
        return open_all(self.credit_ids, self.env._("Credit notes of tickets"))
