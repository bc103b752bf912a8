from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .notification import notification
from .sealed import internal, is_internal

# asked within a click: more are left to the scheduled action
AT_ONCE = 10


class AccountMove(models.Model):
    """The button SAT status, what SAT says shown with the invoice, and the invoice of a CFDI that SAT has cancelled."""

    _inherit = "account.move"

    l10n_mx_facture_sat_reading = fields.Selection(related="l10n_mx_facture_document_id.sat_reading")
    l10n_mx_facture_sat_estado = fields.Char(related="l10n_mx_facture_document_id.sat_estado")
    l10n_mx_facture_sat_es_cancelable = fields.Char(related="l10n_mx_facture_document_id.sat_es_cancelable")
    l10n_mx_facture_sat_estatus_cancelacion = fields.Char(related="l10n_mx_facture_document_id.sat_estatus_cancelacion")
    l10n_mx_facture_sat_efos_reading = fields.Selection(related="l10n_mx_facture_document_id.sat_efos_reading")
    l10n_mx_facture_sat_date = fields.Datetime(related="l10n_mx_facture_document_id.sat_date")
    l10n_mx_facture_sat_next_date = fields.Datetime(related="l10n_mx_facture_document_id.sat_next_date")
    l10n_mx_facture_sat_error = fields.Char(related="l10n_mx_facture_document_id.sat_error")
    l10n_mx_facture_sat_deadline = fields.Date(related="l10n_mx_facture_document_id.sat_deadline")
    l10n_mx_facture_sat_asks = fields.Boolean(related="l10n_mx_facture_document_id.sat_asks")
    l10n_mx_facture_undoes_id = fields.Many2one(
        "l10n_mx_facture.document",
        "Undoes the invoice of",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The CFDI that SAT had cancelled when this reversal was made: it needs no CFDI of its own.",
    )
    l10n_mx_facture_undone_by_id = fields.Many2one(
        "account.move", "Reversed after the cancellation", compute="_compute_l10n_mx_facture_undone_by_id"
    )

    @api.depends("reversal_move_ids.l10n_mx_facture_undoes_id", "reversal_move_ids.state")
    def _compute_l10n_mx_facture_undone_by_id(self):
        for move in self:
            move.l10n_mx_facture_undone_by_id = move.reversal_move_ids.filtered(
                lambda reversal: reversal.l10n_mx_facture_undoes_id and reversal.state == "posted"
            )[:1]

    @api.depends("l10n_mx_facture_undoes_id")
    def _compute_l10n_mx_facture_applies(self):
        result = super()._compute_l10n_mx_facture_applies()
        # what undoes a cancelled CFDI is no new operation
        self.filtered("l10n_mx_facture_undoes_id").l10n_mx_facture_applies = False
        return result

    def _l10n_mx_facture_check_sealed(self, vals):
        result = super()._l10n_mx_facture_check_sealed(vals)
        if "l10n_mx_facture_undoes_id" in vals and not is_internal(self.env):
            raise UserError(self.env._("Which cancelled CFDI a reversal undoes can't be set."))
        return result

    # -- the button --------------------------------------------------------------------------------

    def action_l10n_mx_facture_update_sat_status(self):
        """Ask SAT about the CFDI of each invoice: a few at once, many by the scheduled action.

        :return: a notification with what SAT says, and which of a selection have no CFDI
        :raise UserError: SAT could not be asked about the one invoice
        """
        if len(self) == 1:
            record = self._l10n_mx_facture_sat_record()
            record._sat_ask_or_raise()
            return notification(record._sat_text())
        without = self.filtered(lambda move: not move.l10n_mx_facture_document_id)
        records = [move._l10n_mx_facture_sat_record() for move in self - without]
        now, later = records[:AT_ONCE], records[AT_ONCE:]
        for record in later:
            internal(record).sat_next_date = fields.Datetime.now()
        lines = [f"{record.display_name}: {self._l10n_mx_facture_sat_line(record)}" for record in now]
        if without:
            names = ", ".join(without.mapped("display_name"))
            lines.append(self.env._("Without a CFDI, so SAT was not asked: %s.", names))
        if later:
            self.env.ref("l10n_mx_facture.cron_sat_status").sudo()._trigger()
            lines.append(self.env._("%s more are asked about in the background.", len(later)))
        return notification("\n".join(lines), self.env._("SAT's status"), "info", sticky=True)

    def _l10n_mx_facture_sat_record(self):
        """:return: the record of this invoice that SAT is asked about
        :raise UserError: it has none
        """
        return self._l10n_mx_facture_document()

    @api.model
    def _l10n_mx_facture_sat_line(self, record):
        try:
            record._sat_ask_or_raise()
        except UserError as error:
            return str(error)
        return record._sat_text()

    # -- when SAT has cancelled --------------------------------------------------------------------

    def _l10n_mx_facture_undo_refusal(self, document):
        """:param document: the CFDI that SAT has cancelled
        :return: why this posted invoice is left to a person, or None
        """
        self.ensure_one()
        way = self.company_id.l10n_mx_facture_on_cancel
        if self.l10n_mx_facture_document_id != document:
            return self.env._("it has another CFDI by now.")
        if way == "nothing":
            return self.env._("the company's setting leaves it to you.")
        if self._get_all_reconciled_invoice_partials() or self.matched_payment_ids.filtered(
            lambda payment: payment.state in ("in_process", "paid")
        ):
            return self.env._("payments or credit notes are matched with it. Unmatch them first.")
        if way == "cancel" and (locks := self._get_violated_lock_dates(self.date, self._affect_tax_report())):
            return self.env._(
                "its date, %(date)s, is locked: %(locks)s. Reverse it with a date of today.",
                date=format_date(self.env, self.date),
                locks=self.env["res.company"]._format_lock_dates(locks),
            )
        return None

    def _l10n_mx_facture_undo(self, document):
        """Cancel or reverse this posted invoice, as the company's setting says.

        :param document: the CFDI that SAT has cancelled
        :raise UserError: Odoo refuses it
        """
        self.ensure_one()
        if self.state != "posted" or self.l10n_mx_facture_undone_by_id:
            return
        if self.company_id.l10n_mx_facture_on_cancel == "cancel":
            self.sudo().button_cancel()
            return
        # the scheduled action's own time zone may have tomorrow already
        today = fields.Date.context_today(self.with_context(tz=document.branch_id.tz))
        values = {
            "ref": self.env._("Reversal of: %s, whose CFDI SAT has cancelled", self.name),
            "date": today,
            "invoice_date": today,
            "invoice_date_due": today,
            # what it undoes was booked at the rate of then: another one would leave a difference
            "invoice_currency_rate": self.invoice_currency_rate,
            "invoice_payment_term_id": False,
            "journal_id": self.journal_id.id,
            "invoice_user_id": self.invoice_user_id.id,
            "l10n_mx_facture_undoes_id": document.id,
        }
        internal(self)._reverse_moves([values], cancel=True)
