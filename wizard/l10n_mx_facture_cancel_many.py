import time
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.common.access import check_group
from ..models.common.actions import notification, open_dialog
from ..models.common.owners import OWNER_FIELDS, owner_vals
from ..models.common.states import CANCEL_STATES
from ..models.common.transactions import checkpoint, wake
from ..models.document.cancel_reasons import WITH_REPLACEMENT
from ..models.stamp.button import AT_ONCE

# seconds that the button may take to ask SAT; pressed again, it continues
ASKING = 25


class L10nMxFactureCancelMany(models.TransientModel):
    """Cancels the CFDIs of many invoices: shows the expected outcome of each, then makes the requests one by one.

    All are registered before the first request is sent, so that after a crash the scheduled action continues.
    """

    _name = "l10n_mx_facture.cancel.many"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Cancel CFDIs"

    reason = fields.Selection(lambda self: self._reasons())
    line_ids = fields.One2many("l10n_mx_facture.cancel.line", "wizard_id", readonly=True)
    summary = fields.Char(compute="_compute_summary")
    later = fields.Boolean("In the background", compute="_compute_summary")

    @api.model
    def _reasons(self):
        """:return: SAT's reasons except 01, which needs a substitute for each invoice"""
        # described through the field, so that labels are translated
        reasons = self.env["l10n_mx_facture.document"]._fields["cancel_reason"]._description_selection(self.env)
        return [(code, label) for code, label in reasons if code != WITH_REPLACEMENT]

    @api.depends("line_ids.refused")
    def _compute_summary(self):
        for wizard in self:
            refused = len(wizard.line_ids.filtered("refused"))
            count = len(wizard.line_ids) - refused
            wizard.summary = self.env._(
                "%(count)s to cancel, %(refused)s that can't be cancelled", count=count, refused=refused
            )
            wizard.later = count > AT_ONCE

    @api.model
    def _create_for(self, owners):
        """:return: the wizard for these invoices, or other owners of a CFDI, with the expected outcome of each"""
        wizard = self.create({})
        wizard._fill(owners)
        return wizard

    def _fill(self, owners):
        documents = owners.l10n_mx_facture_document_id
        lines = [fields.Command.create(self._line_vals(owner, documents)) for owner in owners]
        self.line_ids = [fields.Command.clear(), *lines]

    def _line_vals(self, owner, documents):
        """:param documents: CFDIs that are cancelled together, so related ones among them are no obstacle"""
        try:
            owner._l10n_mx_facture_check_cancellable()
        except UserError as error:
            return {**owner_vals(owner), "text": str(error), "refused": True}
        document = owner.l10n_mx_facture_document_id
        if document.cancel_order:
            # it may have another reason, or wait for a substitute
            return {**owner_vals(owner), "text": document._order_text(), "refused": True}
        expected = document._cancel_expectation(problem=document.sat_error)
        names = ", ".join(one._owner().name for one in expected.first.sudo())
        texts = [*expected.texts, names, expected.invoice, document._sat_date_text()]
        together = bool(expected.first) and not expected.first - documents
        return {
            **owner_vals(owner),
            "text": " ".join(text for text in texts if text),
            "refused": expected.refused and not together,
        }

    @api.model
    def _owners_of(self, lines):
        """:return: what the CFDIs of these lines are of; the lines of one dialog are of one model"""
        return next(iter(lines._owners()), lines.move_id)

    def action_ask_sat(self):
        """Ask SAT about the CFDIs with the oldest answers, as many as the time allows."""
        self.ensure_one()
        owners = self._owners_of(self.line_ids)
        check_group(self.env, "cancel")
        documents = owners.l10n_mx_facture_document_id.filtered(lambda one: one.state == "stamped" and one.sat_asks)
        end = time.monotonic() + ASKING
        for document in documents.sorted(lambda one: one.sat_date or datetime.min):
            document._sat_ask()
            if time.monotonic() > end:
                break
        self._fill(owners)
        return self._open()

    def action_cancel(self):
        """Register and request the cancellations, CFDIs that name others first; many in the background.

        :return: a notification with each one that was not accepted
        """
        self.ensure_one()
        owners = self._owners_of(self.line_ids.filtered(lambda line: not line.refused))
        # another user may have registered it since the wizard was opened
        owners = owners.filtered(lambda owner: not owner.l10n_mx_facture_document_id.cancel_order)
        if not self.reason:
            raise UserError(self.env._("Choose the reason of the cancellation."))
        if not owners:
            raise UserError(self.env._("None of these CFDIs can be cancelled."))
        ordered, refused = self._order_each(owners)
        # from here on a crash loses nothing
        checkpoint(self.env)
        if len(ordered) > AT_ONCE:
            wake(self.env, "cron_cancel")
            text = self.env._(
                "%s cancellations are requested in the background, one after the other. You get an activity for each "
                "refusal.",
                len(ordered),
            )
            return self._report(text, self.env._("Cancellations registered"), refused)
        for document in ordered.sorted("id", reverse=True):
            document._carry_out_order()
        requested = ordered.filtered(lambda document: document.state in CANCEL_STATES)
        for document in ordered - requested:
            refused.append(f"{document._owner().name}: {document._order_text() or document.message_text or ''}")
        text = self.env._(
            "%(requested)s of %(count)s cancellations requested. A CFDI is cancelled only when SAT confirms it.",
            requested=len(requested),
            count=len(owners),
        )
        return self._report(text, self.env._("Cancellation requested"), refused)

    def _order_each(self, owners):
        """:return: (CFDIs whose cancellation is registered now, list of sentences about the others)"""
        ordered, refused = self.env["l10n_mx_facture.document"], []
        for owner in owners:
            try:
                owner._l10n_mx_facture_order_cancel(self.reason)
            except UserError as error:
                # another transaction requested it, or has it locked
                refused.append(str(error))
            else:
                ordered |= owner.l10n_mx_facture_document_id
        return ordered, refused

    def _report(self, text, title, refused):
        if not refused:
            return notification(text, title)
        return notification("\n".join([text, *refused]), self.env._("Not all requested"), "danger", sticky=True)

    def _open(self):
        """:return: the action that shows it"""
        self.ensure_one()
        return open_dialog(self, self.env._("Cancel %s CFDIs", len(self.line_ids)), wide=True)


class L10nMxFactureCancelLine(models.TransientModel):
    """One of the CFDIs to cancel, with the expected outcome."""

    _name = "l10n_mx_facture.cancel.line"
    _inherit = ["l10n_mx_facture.owned", "l10n_mx_facture.access"]
    _description = "CFDI to Cancel"

    wizard_id = fields.Many2one("l10n_mx_facture.cancel.many", required=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Customer", compute="_compute_cfdi", compute_sudo=True)
    uuid = fields.Char("UUID", compute="_compute_cfdi", compute_sudo=True)
    text = fields.Text("What to expect", readonly=True)
    refused = fields.Boolean("Not requested", readonly=True)

    @api.depends(*OWNER_FIELDS)
    def _compute_cfdi(self):
        for line in self:
            owner = line._owner()
            line.partner_id, line.uuid = owner.partner_id, owner.l10n_mx_facture_uuid
