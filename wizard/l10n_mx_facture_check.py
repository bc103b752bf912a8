from odoo import api, fields, models


class L10nMxFactureCheck(models.TransientModel):
    """What SAT would say of one invoice or many, before anything is sent."""

    _name = "l10n_mx_facture.check"
    _description = "Would SAT Accept This?"

    summary = fields.Char(readonly=True)
    line_ids = fields.One2many("l10n_mx_facture.check.line", "check_id", readonly=True)

    @api.model
    def _create_for(self, moves):
        """:return: the answer for ``moves``, with a line for each thing to correct and for each warning"""
        stamped = moves._l10n_mx_facture_stamped()
        waiting = moves - stamped
        self.env["l10n_mx_facture.cfdi"]._prefetch(waiting)
        lines, ready = [], 0
        for move in waiting:
            problems, warnings = move._l10n_mx_facture_judge()
            ready += not problems
            lines += [self._line_vals(move, problem, "error") for problem in problems]
            lines += [self._line_vals(move, warning, "warning") for warning in warnings]
        summary = self.env._(
            "%(ready)s ready, %(rest)s not", ready=ready, rest=len(waiting) - ready
        )
        if stamped:
            summary = self.env._("%(summary)s, %(stamped)s stamped already", summary=summary, stamped=len(stamped))
        return self.create(
            {"summary": summary, "line_ids": [fields.Command.create(vals) for vals in lines]}
        )

    @api.model
    def _create_with(self, summary, problems):
        """:param problems: dict from an invoice to what has to be corrected on it
        :return: the dialog that says so
        """
        lines = [self._line_vals(move, problem, "error") for move, found in problems.items() for problem in found]
        return self.create({"summary": summary, "line_ids": [fields.Command.create(vals) for vals in lines]})

    def _open(self, title):
        """:return: the action that shows it"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _line_vals(self, move, problem, severity):
        record = problem.record or move
        return {
            "move_id": move.id,
            "severity": severity,
            "text": problem.text,
            "record_model": record._name,
            "record_id": record.id,
            "record_name": record.display_name,
        }


class L10nMxFactureCheckLine(models.TransientModel):
    """One thing to correct, and where."""

    _name = "l10n_mx_facture.check.line"
    _description = "Something SAT Would Object To"

    check_id = fields.Many2one("l10n_mx_facture.check", required=True, ondelete="cascade")
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    severity = fields.Selection(
        [("error", "To correct"), ("warning", "To look at")], readonly=True
    )
    text = fields.Char("What and why", readonly=True)
    record_model = fields.Char(readonly=True)
    record_id = fields.Many2oneReference(model_field="record_model", readonly=True)
    record_name = fields.Char("Where", readonly=True)

    def action_open(self):
        """Open the record on which it is corrected."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.record_model,
            "res_id": self.record_id,
            "views": [(False, "form")],
        }
