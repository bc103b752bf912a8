"""A reason why an invoice can't be stamped, with the record on which it is corrected."""

from dataclasses import dataclass, replace

from odoo import api, fields, models
from odoo.tools import groupby

from .actions import open_at, open_list
from .owners import OWNERS, owner_vals

# what is looked at, not corrected, as it is
TO_READ = {*OWNERS, "l10n_mx_facture.document", "l10n_mx_facture.run"}


def may_mend(record, field=None):
    """:return: whether the user may correct it there"""
    if record._name == "res.company":
        return record.env.user.has_group("base.group_system")
    if field == "l10n_mx_facture_branch_ids":
        return record.env.user.has_group("l10n_mx_facture.group_configure")
    # some are read as superuser
    record = record.sudo(False)
    return record.has_access("read" if record._name in TO_READ else "write")


def who_may_mend(record):
    """:return: a sentence for users who may not correct it themselves"""
    env = record.env
    if record._name == "res.company":
        return env._("Ask a system administrator (Settings).")
    if record._name == "res.partner":
        return env._("Ask somebody who may edit contacts.")
    if record._name in ("product.template", "product.category", "uom.uom"):
        return env._("Ask somebody who may edit products.")
    return env._("Ask an administrator of Invoicing.")


@dataclass(frozen=True)
class Problem:
    """:param text: one translated sentence: what is wrong, where, what to do
    :param record: the record on which it is corrected, to link to; None if there is none
    :param remedy: value of ``remedy`` of a line: the dialog in which it is corrected; None: on the record's form
    :param field: name of the field on that form which corrects it
    """

    text: str
    record: models.BaseModel | None = None
    remedy: str | None = None
    field: str | None = None

    def at(self, record):
        """:return: the problem with a link to another record; None: with its own"""
        return replace(self, record=record) if record else self

    def vals(self, owner):
        """:param owner: the invoice, or other owner of a CFDI, that can't be stamped; empty: there is none yet
        :return: dict of values for a line of a dialog or of a run
        """
        record = self.record or owner
        return {
            **owner_vals(owner),
            "text": self.text,
            "record_model": record._name,
            "record_id": record.id,
            "record_name": record.display_name,
            "record_field": self.field,
            "remedy": self.remedy,
        }

    def alert(self, env, shown_on):
        """:param shown_on: the record on whose form it is shown, which needs no link to itself
        :return: an entry for Odoo's ``actionable_errors`` widget
        """
        alert = {"level": "warning", "message": self.text}
        record = self.record
        if not record:
            return alert
        if not may_mend(record, self.field):
            alert["message"] = f"{self.text} {who_may_mend(record)}"
        elif record != shown_on:
            alert["action_text"] = env._("Open %s", record.display_name)
            alert["action"] = open_at(record, self.field)
        elif self.field:
            # the tab CFDI of the invoice itself
            alert["action_text"] = env._("Show")
            alert["action"] = open_at(record, self.field)
        return alert


class L10nMxFactureProblemLine(models.AbstractModel):
    """A stored problem, in a dialog or in a run, with a link to the record on which it is corrected."""

    _name = "l10n_mx_facture.problem.line"
    _inherit = ["l10n_mx_facture.owned"]
    _description = "CFDI Problem"

    text = fields.Char("What and why", readonly=True)
    record_model = fields.Char(readonly=True)
    record_id = fields.Many2oneReference(model_field="record_model", readonly=True)
    record_field = fields.Char(readonly=True)
    record_name = fields.Char("Where", readonly=True)
    may_mend = fields.Boolean(compute="_compute_may_mend")
    told = fields.Char("What and why", compute="_compute_may_mend", help="With who can correct it, where you can't.")
    remedy = fields.Selection(
        [("adopt", "Adopt a CFDI")], readonly=True, help="The dialog in which it is corrected; else on the record."
    )
    invoices = fields.Char(
        compute="_compute_invoices", help="The invoice, or how many invoices have the same problem on the same record."
    )

    def _compute_invoices(self):
        for siblings, lines in groupby(self, key=lambda line: line._siblings()):
            owners = self._owners_by_cause(siblings)
            for line in lines:
                found = owners.get(line._cause(), line._owner())
                line.invoices = line._count_text(len(found)) if len(found) > 1 else found.name or found.display_name

    def _count_text(self, count):
        if self.global_id:
            return self.env._("%s global invoices", count)
        if self.ticket_credit_id:
            return self.env._("%s credit notes of tickets", count)
        return self.env._("%s receipts of payment", count) if self.rep_id else self.env._("%s invoices", count)

    def _siblings(self):
        """:return: the lines of the same dialog or run that still count. Each model gives its own"""
        return self

    def _owners_by_cause(self, siblings):
        """:return: dict from a cause to the invoices, or other owners of a CFDI, that it stops"""
        found = groupby(siblings, key=lambda line: line._cause())
        return {cause: lines[0]._owner().union(*(line._owner() for line in lines)) for cause, lines in found}

    def _cause(self):
        """:return: what two lines have in common that are mended at once; invoices that each have the same fault are
            one cause too
        """
        owner = self._owner()
        own = (self.record_model, self.record_id) == (owner._name, owner.id)
        where = None if own and not self.remedy else (self.record_model, self.record_id)
        return self.text, self.remedy, where, owner._name

    def _one_of_each_cause(self):
        """:return: the first line of each cause, what stops most invoices first"""
        causes = [found for _cause, found in groupby(self, key=lambda line: line._cause())]
        causes.sort(key=lambda found: -len(found))
        return self.browse([found[0].id for found in causes])

    @api.depends("text", "record_model", "record_id", "record_field")
    @api.depends_context("uid", "lang")
    def _compute_may_mend(self):
        for line in self:
            record = line._record()
            line.may_mend = bool(record) and may_mend(record, line.record_field)
            line.told = f"{line.text} {who_may_mend(record)}" if record and not line.may_mend else line.text

    def _record(self):
        """:return: the record on which it is corrected; none where it was deleted"""
        self.ensure_one()
        model = self.env[self.record_model or "account.move"]
        return model.browse(self.record_id or ()).exists()

    def action_open(self):
        """Open the field that corrects it, or the list of the invoices that have the same fault each."""
        self.ensure_one()
        record = self.env[self.record_model].browse(self.record_id)
        owners = self._owners_by_cause(self._siblings()).get(self._cause(), self._owner())
        if record == self._owner() and len(owners) > 1:
            return open_list(owners, self.text, [("id", "in", owners.ids)])
        return open_at(record, self.record_field)
