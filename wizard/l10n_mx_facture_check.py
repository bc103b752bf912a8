from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..models.common.access import check_group
from ..models.common.actions import open_dialog
from ..models.common.owners import owner_vals
from ..models.common.problem import Problem
from ..models.stamp.button import DESPITE, DIALOG, RESTAMP

# number of invoices that are read together: enough to share queries, few enough for the memory
CHUNK = 500


class L10nMxFactureCheck(models.TransientModel):
    """The result of *Check CFDI* for one or many; or the warnings of one, its owner, before that is stamped."""

    _name = "l10n_mx_facture.check"
    _inherit = ["l10n_mx_facture.owned", "l10n_mx_facture.access"]
    _description = "Check CFDI"

    summary = fields.Char(readonly=True)
    line_ids = fields.One2many("l10n_mx_facture.check.line", "check_id", readonly=True)
    cause_ids = fields.Many2many("l10n_mx_facture.check.line", string="Causes", compute="_compute_causes")
    # both are set before a selection is stamped
    ready_model = fields.Char(readonly=True)
    ready_ids = fields.Json(readonly=True, help="Technical: ids of what is ready to be stamped.")
    credits_text = fields.Text("Credits", readonly=True)
    warned = fields.Boolean(readonly=True)
    # whether it has a cancelled CFDI
    restamp = fields.Boolean(readonly=True)
    # a customer alone was checked: there are no invoices to show
    of_customer = fields.Boolean(readonly=True)

    @api.model
    def _create_for(self, moves, to_stamp=False):
        """:param to_stamp: whether the dialog offers to stamp the ready ones
        :return: the result for ``moves``, with a line for each error and warning
        """
        stamped = moves._l10n_mx_facture_stamped()
        waiting = moves - stamped
        ready, lines = moves.browse(), []
        for part in split_every(CHUNK, waiting.ids, moves.browse):
            found, more = self._judge(part, single=len(moves) == 1 and not to_stamp)
            ready |= found
            lines += more
        summary = self._summary_text(len(ready), len(waiting) - len(ready), len(stamped))
        vals = {"summary": summary, "line_ids": [fields.Command.create(vals) for vals in lines]}
        if to_stamp:
            model = ready._name if ready else False
            vals |= {"ready_model": model, "ready_ids": ready.ids, "credits_text": self._credits_text(ready)}
        return self.create(vals)

    @api.depends("line_ids")
    def _compute_causes(self):
        for check in self:
            lines = check.line_ids
            errors = lines.filtered(lambda line: line.severity == "error")
            check.cause_ids = errors._one_of_each_cause() + (lines - errors)._one_of_each_cause()

    def _summary_text(self, ready, wrong, stamped):
        """:return: how many of each there are; what there is none of is left out"""
        if ready + wrong + stamped == 1:
            texts = {
                ready: self.env._("Ready to be stamped."),
                wrong: self.env._("Something has to be corrected before it is stamped."),
                stamped: self.env._("It is stamped already."),
            }
            return texts[1]
        parts = [
            ready and self.env._("ready to be stamped: %s", ready),
            wrong and self.env._("to be corrected: %s", wrong),
            stamped and self.env._("stamped already: %s", stamped),
        ]
        text = "; ".join(part for part in parts if part)
        return f"{text[:1].upper()}{text[1:]}"

    def _judge(self, moves, single):
        """:param single: whether a single invoice is checked, not a selection
        :return: the invoices without errors, and values of lines for errors and warnings
        """
        ready, lines = moves.browse(), []
        moves._l10n_mx_facture_prefetch(moves)
        for move in moves:
            problems, warnings = move._l10n_mx_facture_judge()
            problems = problems or move._l10n_mx_facture_restamp_problems(single)
            if not problems:
                ready |= move
            lines += [self._line_vals(move, problem, "error") for problem in problems]
            lines += [self._line_vals(move, warning, "warning") for warning in warnings]
        return ready, lines

    def _credits_text(self, moves):
        """:return: for each account, the number of credits needed and left, if known"""
        lines = []
        for account, mine in moves.grouped(lambda move: move.l10n_mx_facture_branch_id.account_id).items():
            if refusal := account._call_refusal():
                lines.append(refusal)
                continue
            if not account.tells_credits:
                lines.append(self.env._("%(account)s: %(count)s invoices", account=account.name, count=len(mine)))
                continue
            account._refresh_credits()
            known = account.credits_date
            text = self.env._("%(account)s: credits needed: %(count)s", account=account.name, count=len(mine))
            if known and account.credits < len(mine):
                text = self.env._(
                    "%(text)s, left: %(credits)s. The rest waits for more credits.",
                    text=text,
                    credits=account.credits,
                )
            elif known:
                text = self.env._("%(text)s, left: %(credits)s.", text=text, credits=account.credits)
            lines.append(text)
        return "\n".join(lines)

    def _ready(self):
        """:return: what is ready to be stamped"""
        return self.env[self.ready_model or "account.move"].browse(self.ready_ids or ()).exists()

    def action_stamp_ready(self):
        """Stamp the ready invoices in the background; the problems of the others are stored with the run."""
        self.ensure_one()
        check_group(self.env, "stamp")
        owners = self._ready()
        owners.check_access("write")
        if not owners:
            raise UserError(self.env._("None of these is ready to be stamped."))
        refused = {}
        for line in self.line_ids.filtered(lambda line: line.severity == "error"):
            record = self.env[line.record_model].browse(line.record_id)
            problem = Problem(line.text, record, line.remedy or None, line.record_field or None)
            refused.setdefault(line._owner(), []).append(problem)
        return self.env["l10n_mx_facture.run"]._start(owners, refused).action_open()

    @api.model
    def _create_with(self, summary, problems):
        """:param problems: dict from an invoice to its problems
        :return: the action that opens the dialog
        """
        lines = [self._line_vals(move, problem, "error") for move, found in problems.items() for problem in found]
        return self.create({"summary": summary, "line_ids": [fields.Command.create(vals) for vals in lines]})

    @api.model
    def _open_warnings(self, move, warnings):
        """:param warnings: list of :class:`~..models.common.problem.Problem`, of an invoice that nothing else stops
        :return: the action that opens the dialog, in which a user decides
        """
        vals = {
            "summary": self.env._("Please look at this first. Nothing has been sent."),
            "line_ids": [fields.Command.create(self._line_vals(move, one, "warning")) for one in warnings],
            **owner_vals(move),
            "warned": True,
            "restamp": bool(self.env.context.get(RESTAMP)),
        }
        return self.create(vals)._open(self.env._("Stamp %s?", move.name))

    @api.model
    def _open_customer(self, partner, errors, warnings):
        """:return: the action that opens the dialog: whether an invoice to this customer would pass"""
        none = self.env["account.move"]
        summary = (
            self.env._("An invoice to this customer would be refused.")
            if errors
            else self.env._("An invoice to this customer would pass.")
        )
        lines = [self._line_vals(none, one, "error") for one in errors]
        lines += [self._line_vals(none, one, "warning") for one in warnings]
        vals = {"summary": summary, "of_customer": True, "line_ids": [fields.Command.create(one) for one in lines]}
        return self.create(vals)._open(self.env._("Check CFDI: %s", partner.display_name))

    def action_stamp_despite(self):
        """Stamp the invoice whose warnings were read."""
        self.ensure_one()
        check_group(self.env, "stamp")
        context = {DIALOG: True, DESPITE: True, RESTAMP: self.restamp}
        return self._owner().with_context(**context).action_l10n_mx_facture_stamp()

    def _open(self, title):
        """:return: the action that shows it"""
        self.ensure_one()
        return open_dialog(self, title, wide=True)

    def _line_vals(self, move, problem, severity):
        return {"severity": severity, **problem.vals(move)}


class L10nMxFactureCheckLine(models.TransientModel):
    """One error or warning, with the record on which it is corrected."""

    _name = "l10n_mx_facture.check.line"
    _inherit = ["l10n_mx_facture.access", "l10n_mx_facture.problem.line"]
    _description = "Finding of a CFDI Check"

    check_id = fields.Many2one("l10n_mx_facture.check", required=True, ondelete="cascade")
    severity = fields.Selection(
        [("error", "To correct"), ("warning", "To review")], readonly=True
    )

    def _siblings(self):
        return self.check_id.line_ids

    def _cause(self):
        return self.severity, *super()._cause()
