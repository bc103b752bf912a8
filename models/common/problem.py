"""A reason why an invoice can't be stamped, with the record on which it is corrected."""

from dataclasses import dataclass

from odoo import fields, models

from .actions import open_record


@dataclass(frozen=True)
class Problem:
    """:param text: one translated sentence: what is wrong, where, what to do
    :param record: the record on which it is corrected, to link to; None if there is none
    :param remedy: value of ``remedy`` of a line: the dialog in which it is corrected; None: on the record's form
    """

    text: str
    record: models.BaseModel | None = None
    remedy: str | None = None

    def vals(self, move):
        """:param move: the invoice that can't be stamped
        :return: dict of values for a line of a dialog or of a run
        """
        record = self.record or move
        return {
            "move_id": move.id,
            "text": self.text,
            "record_model": record._name,
            "record_id": record.id,
            "record_name": record.display_name,
            "remedy": self.remedy,
        }

    def alert(self, env, shown_on):
        """:param shown_on: the record on whose form it is shown, which needs no link to itself
        :return: an entry for Odoo's ``actionable_errors`` widget
        """
        alert = {"level": "warning", "message": self.text}
        if self.record and self.record != shown_on and self.record.has_access("write"):
            alert["action_text"] = env._("Open %s", self.record.display_name)
            alert["action"] = open_record(self.record)
        return alert


class L10nMxFactureProblemLine(models.AbstractModel):
    """A stored problem, in a dialog or in a run, with a link to the record on which it is corrected."""

    _name = "l10n_mx_facture.problem.line"
    _description = "CFDI Problem"

    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    text = fields.Char("What and why", readonly=True)
    record_model = fields.Char(readonly=True)
    record_id = fields.Many2oneReference(model_field="record_model", readonly=True)
    record_name = fields.Char("Where", readonly=True)
    remedy = fields.Selection(
        [("adopt", "Adopt a CFDI")], readonly=True, help="The dialog in which it is corrected; else on the record."
    )

    def action_open(self):
        """Open the record on which it is corrected."""
        self.ensure_one()
        return open_record(self.env[self.record_model].browse(self.record_id))
