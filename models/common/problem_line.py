from odoo import fields, models


class L10nMxFactureProblemLine(models.AbstractModel):
    """A problem that is kept, in a dialog or in a run, with the way to the record that mends it."""

    _name = "l10n_mx_facture.problem.line"
    _description = "CFDI Problem"

    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    text = fields.Char("What and why", readonly=True)
    record_model = fields.Char(readonly=True)
    record_id = fields.Many2oneReference(model_field="record_model", readonly=True)
    record_name = fields.Char("Where", readonly=True)

    def action_open(self):
        """Open the record on which it is mended."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.record_model,
            "res_id": self.record_id,
            "views": [(False, "form")],
        }
