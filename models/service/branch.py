from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...cfdi.errors import CfdiError
from ...cfdi.places import is_known_postal_code, time_zone


class L10nMxFactureBranch(models.Model):
    """A sucursal of the service: the place of issue, and the certificate that the service seals with."""

    _name = "l10n_mx_facture.branch"
    _inherit = ["l10n_mx_facture.access"]
    _description = "CFDI Branch"
    _check_company_auto = True
    # as with Odoo's accounts and journals, branches (res.company) use the records of their parent company
    _check_company_domain = models.check_company_domain_parent_of
    _order = "account_id, name, id"
    # both are shown, so both are looked for
    _rec_names_search = ["name", "zip"]

    name = fields.Char(required=True, help="The branch's name at the service.")
    active = fields.Boolean(default=True, readonly=True)
    remote_id = fields.Char(
        "Id at the service", required=True, help="The service's number of the branch; if it has none, the branch's "
                                                 "name."
    )
    zip = fields.Char("Postal code", help="Place of issue (LugarExpedicion).")
    tz = fields.Char(
        "Time zone",
        compute="_compute_tz",
        store=True,
        help="Local time of the postal code: the date of a CFDI is written in it.",
    )
    account_id = fields.Many2one(
        "l10n_mx_facture.account", required=True, readonly=True, ondelete="restrict", index=True
    )
    lists_branches = fields.Boolean(related="account_id.lists_branches")
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    journal_ids = fields.Many2many(
        "account.journal",
        string="Journals",
        domain="[('type', '=', 'sale'), ('company_id', 'child_of', company_id)]",
        help="Invoices of these journals are stamped through this branch.",
    )
    document_ids = fields.One2many("l10n_mx_facture.document", "branch_id", "CFDIs")

    _remote_id_unique = models.UniqueIndex(
        "(account_id, remote_id)", "This branch of the service exists already in this account."
    )

    @api.depends("zip")
    def _compute_tz(self):
        for branch in self:
            try:
                branch.tz = time_zone(branch.zip) if branch.zip else False
            except CfdiError:
                branch.tz = False

    @api.depends("name", "zip", "account_id.name")
    def _compute_display_name(self):
        for branch in self:
            # two services may have branches of the same name
            branch.display_name = f"{branch.name} ({branch.zip or '-'}), {branch.account_id.sudo().name}"

    @api.constrains("journal_ids", "company_id")
    def _check_journals_company(self):
        """A journal may belong to a branch (res.company) of the company, which `check_company` doesn't allow for."""
        for branch in self:
            foreign = branch.journal_ids.filtered(
                lambda journal, branch=branch: branch.company_id not in journal.company_id.parent_ids
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "The journal %(journal)s belongs to %(company)s, which doesn't invoice through the branch "
                        "%(branch)s of %(other)s.",
                        journal=foreign[0].name,
                        company=foreign[0].company_id.name,
                        branch=branch.display_name,
                        other=branch.company_id.name,
                    )
                )

    @api.constrains("journal_ids", "active")
    def _check_one_branch_a_journal(self):
        for branch in self.filtered("active"):
            other = self.search(
                [("id", "!=", branch.id), ("journal_ids", "in", branch.journal_ids.ids)], limit=1
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "The journal %(journal)s is stamped through the branch %(other)s already: take it out there "
                        "first.",
                        journal=(other.journal_ids & branch.journal_ids)[:1].display_name,
                        other=other.display_name,
                    )
                )

    @api.constrains("zip", "active")
    def _check_zip(self):
        """Check postal codes that were entered by hand."""
        for branch in self.filtered(lambda branch: branch.active and not branch.lists_branches):
            if not is_known_postal_code(branch.zip):
                raise ValidationError(
                    self.env._(
                        "The postal code %(zip)s of the branch %(branch)s is not in SAT's catalogue: write the five "
                        "digits of the place of issue.",
                        zip=branch.zip or "-",
                        branch=branch.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        branches = super().create(
            [{**vals, "remote_id": vals.get("remote_id") or vals.get("name")} for vals in vals_list]
        )
        branches._check_manual_edit()
        return branches

    def write(self, vals):
        if set(vals) - {"journal_ids"}:
            self._check_manual_edit()
        if "account_id" in vals and not self.env.su and self.account_id.ids != [vals["account_id"]]:
            raise UserError(self.env._("A branch can't move to another account: create one there."))
        named = self.filtered(lambda branch: branch._is_known_by_name(vals))
        for branch in named:
            super(L10nMxFactureBranch, branch).write({**vals, "remote_id": vals.get("name") or branch.name})
        return super(L10nMxFactureBranch, self - named).write(vals)

    def _is_known_by_name(self, vals):
        """:return: whether ``vals`` leave the branch without a number, so that the service identifies it by its name"""
        if self.lists_branches:
            return False
        if "remote_id" in vals:
            return not vals["remote_id"]
        return "name" in vals and self.remote_id == self.name

    def _check_manual_edit(self):
        """:raise UserError: branches of this service are mirrored and can't be edited by users"""
        if self.filtered("lists_branches") and not self.env.su:
            raise UserError(
                self.env._(
                    "Branches are copied from the service: change them there and sync. Here you can only choose their "
                    "journals."
                )
            )

    def _release_reassigned_journals(self):
        """Remove the journals that were assigned to another branch while this one was archived."""
        self.ensure_one()
        others = self.search([("journal_ids", "in", self.journal_ids.ids), ("id", "!=", self.id)])
        self.journal_ids -= others.journal_ids

    @api.model
    def _get_by_journal(self, journals):
        """:return: dict from journal to its active branch (empty recordset where it has none)"""
        return {journal: journal.sudo().l10n_mx_facture_branch_ids[-1:].sudo(False) for journal in journals}
