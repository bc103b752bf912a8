"""A reason why an invoice can't be stamped, with the record on which it is corrected."""

from dataclasses import dataclass, replace

from odoo import fields, models
from odoo.tools import groupby

from .actions import open_list, open_record


@dataclass(frozen=True)
class Problem:
    """:param text: one translated sentence: what is wrong, where, what to do
    :param record: the record on which it is corrected, to link to; None if there is none
    :param remedy: value of ``remedy`` of a line: the dialog in which it is corrected; None: on the record's form
    """

    text: str
    record: models.BaseModel | None = None
    remedy: str | None = None

    def at(self, record):
        """:return: the problem with a link to another record; None: with its own"""
        return replace(self, record=record) if record else self

    def vals(self, move):
        """:param move: the invoice that can't be stamped; empty: there is none yet
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
    invoices = fields.Char(
        compute="_compute_invoices", help="The invoice, or how many invoices have the same problem on the same record."
    )

    def _compute_invoices(self):
        for siblings, lines in groupby(self, key=lambda line: line._siblings()):
            moves = self._moves_by_cause(siblings)
            for line in lines:
                found = moves.get(line._cause(), line.move_id)
                many = self.env._("%s invoices", len(found))
                line.invoices = many if len(found) > 1 else found.name or found.display_name

    def _siblings(self):
        """:return: the lines of the same dialog or run that still count. Each model gives its own"""
        return self

    def _moves_by_cause(self, siblings):
        """:return: dict from a cause to the invoices that it stops"""
        found = groupby(siblings, key=lambda line: line._cause())
        return {cause: self.env["account.move"].union(*(line.move_id for line in lines)) for cause, lines in found}

    def _cause(self):
        """:return: what two lines have in common that are mended at once; invoices that each have the same fault are
            one cause too
        """
        own = (self.record_model, self.record_id) == ("account.move", self.move_id.id)
        where = None if own and not self.remedy else (self.record_model, self.record_id)
        return self.text, self.remedy, where

    def _one_of_each_cause(self):
        """:return: the first line of each cause, what stops most invoices first"""
        causes = [found for _cause, found in groupby(self, key=lambda line: line._cause())]
        causes.sort(key=lambda found: -len(found))
        return self.browse([found[0].id for found in causes])

    def action_open(self):
        """Open the record on which it is corrected, or the list of the invoices that have the same fault each."""
        self.ensure_one()
        record = self.env[self.record_model].browse(self.record_id)
        moves = self._moves_by_cause(self._siblings()).get(self._cause(), self.move_id)
        if record == self.move_id and len(moves) > 1:
            return open_list(moves, self.text, [("id", "in", moves.ids)])
        return open_record(record)
