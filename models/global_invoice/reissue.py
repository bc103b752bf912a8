from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..common.access import check_group
from ..common.actions import open_record
from ..common.transactions import checkpoint
from ..document.cancel_reasons import WITH_REPLACEMENT

IN_A_GLOBAL = "04"


class L10nMxFactureGlobal(models.Model):
    """Cancel and make again (SAT's guide, appendix 2, II): reason 04, then another one with relation 04, without the
    tickets that are invoiced to a name. The new one is stored before the request is sent, and stamped by itself when
    SAT has confirmed the cancellation: a ticket is never in two live ones.
    """

    _inherit = "l10n_mx_facture.global"

    def action_reissue(self):
        """Cancel it with reason 04, and make it again with all of its tickets."""
        return open_record(self.reissue())

    def reissue(self, without=None):
        """Cancel it with reason 04, and make it again.

        :param without: tickets that the new one doesn't have
        :return: the new one, a draft until SAT has confirmed the cancellation
        :raise UserError: it has no valid CFDI, or it is being made again already
        """
        self.ensure_one()
        check_group(self.env, "cancel")
        self.check_access("write")
        if self.state != "stamped":
            raise UserError(self.env._("%s has no valid CFDI that could be cancelled.", self.name))
        if other := self._l10n_mx_facture_substitute():
            raise UserError(self.env._("%(new)s takes the place of %(old)s already.", new=other.name, old=self.name))
        self._l10n_mx_facture_order_cancel(IN_A_GLOBAL)
        substitute = self.sudo().create(self._substitute_vals(without or self.env["l10n_mx_facture.ticket"]))
        # from here on a crash loses nothing: the scheduled actions go on
        checkpoint(self.env)
        self.document_id._carry_out_order()
        return substitute.sudo(False)

    @api.model
    def _substitute_vals(self, without):
        return {
            "company_id": self.company_id.id,
            "branch_id": self.branch_id.id,
            "periodicity": self.periodicity,
            "date_from": self.date_from,
            "date_to": self.date_to,
            "fuel_form_id": self.fuel_form_id.id,
            "replaces_id": self.document_id.id,
            "former_ticket_ids": [Command.set((self.sudo().ticket_ids - without.sudo()).ids)],
        }

    def action_l10n_mx_facture_substitute(self):
        """With reason 01 both would be valid for a while, with the same tickets."""
        check_group(self.env, "stamp")
        self.check_access("write")
        raise UserError(
            self.env._("A global invoice is not substituted with reason 01: press Make again (reason 04, relation 04).")
        )

    def _l10n_mx_facture_check_cancellable(self):
        if self.fuel_form_id:
            raise UserError(
                self.env._(
                    "%s is a global invoice of fuels, which is never cancelled (SAT's guide, appendix 3): press Return "
                    "or Invoice to a name on the ticket.",
                    self.name,
                )
            )
        named = self.sudo().ticket_ids.filtered(lambda one: one.state == "global" and one._named_invoice())
        if named:
            raise UserError(
                self.env._(
                    "The ticket %(ticket)s in %(name)s is invoiced to a name (%(invoice)s), and its credit note has no "
                    "CFDI yet: stamp that first.",
                    ticket=named[0].number,
                    name=self.name,
                    invoice=named[0].invoice_move_id.name,
                )
            )
        return super()._l10n_mx_facture_check_cancellable()

    def _l10n_mx_facture_check_reason(self, reason, replacement_uuid):
        if reason == WITH_REPLACEMENT:
            self.action_l10n_mx_facture_substitute()
        return super()._l10n_mx_facture_check_reason(reason, replacement_uuid)
