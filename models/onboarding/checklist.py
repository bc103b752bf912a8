from odoo import api, fields, models
from odoo.tools import format_list

from ..common.access import check_group
from ..common.actions import FIELD, open_at, open_list, open_record
from ..common.problem import may_mend, who_may_mend
from .state import STEPS

# names that a step tells; the rest is in the list behind Open
NAMED = 3


class L10nMxFactureChecklist(models.TransientModel):
    """What is missing until the first stamp.

    Not Odoo's onboarding steps: those are ticked once and for all, but a product without a code may come any day. So
    each line is asked anew whenever the page is shown, and the list shows what is left on the way back.
    """

    _name = "l10n_mx_facture.checklist"
    _inherit = ["l10n_mx_facture.access"]
    _description = "CFDI Set-up"

    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, required=True, readonly=True)
    step_ids = fields.One2many("l10n_mx_facture.checklist.step", "checklist_id", readonly=True)
    shown_step_ids = fields.Many2many("l10n_mx_facture.checklist.step", compute="_compute_shown_step_ids")
    summary = fields.Char(compute="_compute_shown_step_ids")

    @api.depends("step_ids.done", "step_ids.shown")
    def _compute_shown_step_ids(self):
        for checklist in self:
            steps = checklist.step_ids
            checklist.shown_step_ids = steps.filtered("shown")
            left = len(steps.filtered(lambda step: step.shown and not step.done))
            if not left:
                checklist.summary = self.env._("Everything is ready: your invoices can be stamped.")
            elif not steps.filtered(lambda step: step.kind == "account").done:
                checklist.summary = self.env._("First connect your stamping service.")
            else:
                checklist.summary = self.env._("Still to do: %s.", left)

    @api.depends("company_id", "summary")
    def _compute_display_name(self):
        for checklist in self:
            checklist.display_name = self.env._("CFDI set-up")

    @api.model
    def action_open_checklist(self):
        """Open what is missing in the company."""
        check_group(self.env, "stamp")
        self.check_access("read")
        steps = [fields.Command.create({"kind": kind}) for kind in STEPS]
        checklist = self.create({"step_ids": steps})
        return open_record(checklist, name=self.env._("CFDI set-up"))


class L10nMxFactureChecklistStep(models.TransientModel):
    """One line of it, as it is when it is read."""

    _name = "l10n_mx_facture.checklist.step"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Step of the CFDI Set-up"

    checklist_id = fields.Many2one("l10n_mx_facture.checklist", required=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("account", "Stamping service"),
            ("company", "Company"),
            ("branches", "Branches"),
            ("journals", "Sales journals"),
            ("products", "Products"),
            ("units", "Units"),
            ("customers", "Customers"),
            ("stamp", "First stamp"),
        ],
        "Step",
        required=True,
        readonly=True,
    )
    count = fields.Integer("Missing", compute="_compute_missing")
    done = fields.Boolean(compute="_compute_missing")
    shown = fields.Boolean(compute="_compute_missing")
    text = fields.Char("What is missing", compute="_compute_missing")
    may_mend = fields.Boolean(compute="_compute_missing")

    @api.depends("kind", "checklist_id.company_id")
    @api.depends_context("uid", "lang")
    def _compute_missing(self):
        found = {company: company._l10n_mx_facture_missing() for company in self.checklist_id.company_id}
        for line in self:
            missing = found.get(line.checklist_id.company_id, {})
            step = missing.get(line.kind)
            line.shown = "account" not in missing or line.kind == "account"
            line.done = not step
            line.count = len(step.records) if step and line.kind not in ("account", "company", "stamp") else 0
            line.may_mend = bool(step) and line._may_mend(step)
            line.text = line._text(step)

    def _may_mend(self, step):
        return self.kind == "stamp" or may_mend(step.records[:1], step.field)

    def _text(self, step):
        """:return: a sentence: what is missing, and who can mend it where this user can't"""
        if not step:
            return self.env._("In order")
        records = step.records
        names = format_list(self.env, [str(record.display_name) for record in records[:NAMED]])
        if len(records) > NAMED:
            names = self.env._("%(names)s and %(count)s more", names=names, count=len(records) - NAMED)
        texts = {
            "account": self.env._("No stamping service is connected yet: enter its address and credentials."),
            "company": self._company_text(step),
            "branches": self.env._("The account has no branch with a postal code: sync them, or enter one."),
            "journals": self.env._("No sales journal has a branch: choose one on %s.", names),
            "products": self.env._("Sold without SAT product code: %s.", names),
            "units": self.env._("Units without SAT unit code: %s.", names),
            "customers": self.env._("Incomplete fiscal data (RFC, regime, postal code, usage or form): %s.", names),
            "stamp": self._stamp_text(),
        }
        text = texts[self.kind]
        return text if self._may_mend(step) else f"{text} {who_may_mend(records[:1])}"

    def _company_text(self, step):
        return {
            "vat": self.env._("The company has no valid RFC."),
            "zip": self.env._("The company's postal code is missing or unknown to SAT."),
        }.get(step.field, self.env._("The company's tax regime is missing."))

    def _stamp_text(self):
        accounts = self.checklist_id.company_id._l10n_mx_facture_accounts()
        if accounts[:1].environment == "production":
            return self.env._("Stamp a first invoice. The account is in production: it is valid, and costs a credit.")
        return self.env._("Stamp a first invoice. The account is in test: it has no fiscal validity.")

    def action_open(self):
        """Open the field of the only record, or the list of several."""
        self.ensure_one()
        step = self.checklist_id.company_id._l10n_mx_facture_missing().get(self.kind)
        if not step:
            return None
        if self.kind == "stamp":
            return self._open_first_invoice()
        if len(step.records) == 1:
            return open_at(step.records, step.field)
        title = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        context = {FIELD: step.field}
        return open_list(step.records, title, [("id", "in", step.records.ids)], context=context)

    def _open_first_invoice(self):
        """:return: the action that opens an invoice that can be stamped, or the form of a new one"""
        domain = [
            ("company_id", "=", self.checklist_id.company_id.id),
            ("move_type", "=", "out_invoice"),
            ("state", "in", ("draft", "posted")),
            ("l10n_mx_facture_document_id", "=", False),
        ]
        move = self.env["account.move"].search(domain, order="id desc", limit=1)
        if move:
            return open_record(move)
        action = open_record(move, context={"default_move_type": "out_invoice"})
        return {**action, "res_id": False, "name": self.env._("First invoice")}


class AccountMove(models.Model):
    """What an empty list of invoices says."""

    _inherit = "account.move"

    @api.model
    def get_empty_list_help(self, help_message):
        result = super().get_empty_list_help(help_message)
        company = self.env.company
        if (
            self.env.context.get("default_move_type") != "out_invoice"
            or not company._l10n_mx_facture_is_mexican()
            or not self.env.user.has_group("l10n_mx_facture.group_stamp")
            or company._l10n_mx_facture_has_stamped()
        ):
            return result
        text = self.env._("Before the first CFDI: see what is still missing")
        target = 'data-model="l10n_mx_facture.checklist" data-method="action_open_checklist"'
        return f'{result or ""}<p><a type="action" class="btn btn-link" {target}>{text}</a></p>'
