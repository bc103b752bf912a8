from datetime import timedelta

from odoo import fields, models

from ..common.access import is_of_group
from ..common.actions import open_dialog
from ..common.errors import cancel_meaning
from ..common.problem import Problem

# where a refused cancellation is mended, by SAT's codes and those that services share (Anexo 20, the services' own)
AT_SERVICE = {"203", "300", "302", "303", "304", "305", "309", "310", "711"}
RELATED = {"204", "not_cancellable"}
# a cancellation may have been given up, so its refusal is not shown for ever
SHOWN_FOR = timedelta(days=7)


class L10nMxFactureDocument(models.Model):
    """A refused cancellation as a sentence, with what mends it."""

    _inherit = "l10n_mx_facture.document"

    def _refused_cancel(self):
        """:return: the ledger row of the last request to cancel, if it was refused lately"""
        row = self.sudo().request_ids.filtered(lambda one: one.operation == "cancel")[:1]
        since = fields.Datetime.now() - SHOWN_FOR
        is_recent = self.state == "stamped" and row.outcome == "rejected" and row.date_end and row.date_end >= since
        return row if is_recent else row.browse()

    def _refused_cancel_alert(self, row):
        """:param row: of :meth:`_refused_cancel`
        :return: an entry for the alerts on the invoice's form, with what mends it
        """
        move, meaning = self.move_id, cancel_meaning(self.env, row.code)
        numbered = f"{row.code}: {meaning}" if meaning and row.code.isdigit() else meaning
        text = self.env._("The cancellation was refused. %s", numbered or row.message or row.code or "")
        account = self.branch_id.sudo().account_id.sudo(False)
        if row.code in AT_SERVICE and account.has_access("read"):
            return Problem(text, account).alert(self.env, shown_on=move)
        alert = {"level": "warning", "message": text}
        first = self._cancel_first().move_id.sudo(False)._filtered_access("read") if row.code in RELATED else None
        if first:
            return alert | {
                "action_text": self.env._("Show what to cancel first"),
                "action": first._get_records_action(name=self.env._("To cancel first")),
            }
        if is_of_group(self.env, "cancel"):
            wizard, name = self.env["l10n_mx_facture.cancel"], self.env._("Cancel CFDI")
            return alert | {"action_text": name, "action": open_dialog(wizard, name, move_id=move.id)}
        return alert


class AccountMove(models.Model):
    """The refusal stays on top of the invoice until another request, SAT's answer, or a week has passed."""

    _inherit = "account.move"

    def _l10n_mx_facture_cancel_refusal_alerts(self):
        """:return: dict of alerts: why the service refused to ask for the cancellation"""
        document = self.l10n_mx_facture_document_id
        if document.state != "stamped" or document.cancel_order or not is_of_group(self.env, "stamp"):
            return {}
        row = document._refused_cancel()
        return {"l10n_mx_facture_cancel_refusal": document._refused_cancel_alert(row)} if row else {}
