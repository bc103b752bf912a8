from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.actions import notification
from ..common.sealed import internal

# asked within a click: more are left to the scheduled action
AT_ONCE = 10


class AccountMove(models.Model):
    """The button SAT status, and what SAT says shown with the invoice."""

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

    # -- the button --------------------------------------------------------------------------------

    def action_l10n_mx_facture_update_sat_status(self):
        """Ask SAT about the CFDI of each invoice: a few at once, many by the scheduled action.

        :return: a notification with what SAT says, and which of a selection have no CFDI
        :raise UserError: SAT could not be asked about the one invoice
        """
        if len(self) == 1:
            record = self._l10n_mx_facture_sat_record()
            record._sat_ask_or_raise()
            return self._l10n_mx_facture_sat_notice(record)
        without = self.filtered(lambda move: not (move.l10n_mx_facture_document_id or move.l10n_mx_facture_received_id))
        records = [move._l10n_mx_facture_sat_record() for move in self - without]
        now, later = records[:AT_ONCE], records[AT_ONCE:]
        for record in later:
            internal(record).sat_next_date = fields.Datetime.now()
        lines = [f"• {record.move_id.name}: {self._l10n_mx_facture_sat_line(record)}" for record in now]
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
        return self.l10n_mx_facture_received_id.with_env(self.env) or self._l10n_mx_facture_document()

    @api.model
    def _l10n_mx_facture_sat_line(self, record):
        try:
            record._sat_ask_or_raise()
        except UserError as error:
            return str(error)
        return record._sat_text()
