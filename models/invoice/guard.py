from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..common import protected
from ..common.access import named_records
from ..common.states import LIVE_STATES, STAMPED_STATES, UNANSWERED_STATES

CFDI_FIELDS = {
    "name",
    "partner_id",
    "l10n_mx_facture_address_id",
    "invoice_date",
    "currency_id",
    "invoice_currency_rate",
    "journal_id",
    "company_id",
    "l10n_mx_facture_branch_id",
    "l10n_mx_facture_usage_id",
    "l10n_mx_facture_payment_policy",
    "l10n_mx_facture_payment_form_id",
    "l10n_mx_facture_export",
    "l10n_mx_facture_global_periodicity_id",
    "l10n_mx_facture_global_months_id",
    "l10n_mx_facture_global_year",
}

# set by our own methods alone
PROTECTED = ("l10n_mx_facture_document_id", "l10n_mx_facture_undoes_id", "l10n_mx_facture_findings")
OURS = "l10n_mx_facture"


class L10nMxFactureOwner(models.AbstractModel):
    """Whether it has, or may have, a valid CFDI."""

    _inherit = "l10n_mx_facture.owner"

    l10n_mx_facture_test_only = fields.Boolean(
        "Only a test CFDI",
        compute="_compute_l10n_mx_facture_test_only",
        compute_sudo=True,
        help="It was stamped when the account was in test. The company stamps in production now.",
    )

    @api.depends(
        "l10n_mx_facture_document_id.state",
        "l10n_mx_facture_document_id.environment",
        "l10n_mx_facture_document_id.sat_reading",
    )
    def _compute_l10n_mx_facture_test_only(self):
        of_test = self.filtered(
            lambda move: move.l10n_mx_facture_document_id.environment == "test"
            and move.l10n_mx_facture_document_id.state in STAMPED_STATES
            and not move.l10n_mx_facture_document_id._may_be_real()
        )
        Account = self.env["l10n_mx_facture.account"].sudo()
        if of_test and not Account.search_count([("environment", "=", "production")], limit=1):
            # no company works in production yet
            of_test = of_test.browse()
        (self - of_test).l10n_mx_facture_test_only = False
        if not of_test:
            return
        lineage = of_test.company_id.sudo().parent_ids
        accounts = Account.search([("company_id", "in", lineage.ids)]).grouped("company_id")
        for move in of_test:
            move.l10n_mx_facture_test_only = self._l10n_mx_facture_is_production(move.company_id, accounts)

    @api.model
    def _l10n_mx_facture_is_production(self, company, accounts):
        """:param accounts: dict from company to its accounts
        :return: whether a company stamps in production: with its own accounts, or its parents' if it has none
        """
        lineage = company._l10n_mx_facture_lineage()
        nearest = next((accounts[parent] for parent in lineage if parent in accounts), ())
        return any(account.environment == "production" for account in nearest)

    def _l10n_mx_facture_is_live(self):
        """:return: whether a CFDI of this invoice is, or may be, valid at SAT"""
        self.ensure_one()
        return self.l10n_mx_facture_document_id.state in LIVE_STATES and not self.l10n_mx_facture_test_only


class AccountMove(models.Model):
    """What is forbidden on an invoice while it has, or may have, a valid CFDI."""

    _inherit = "account.move"

    def _need_cancel_request(self):
        stamped = self.l10n_mx_facture_document_id.state in STAMPED_STATES
        asks = stamped and not self.l10n_mx_facture_test_only and not self._l10n_mx_facture_can_be_reposted()
        return super()._need_cancel_request() or asks

    def _l10n_mx_facture_can_be_reposted(self):
        """:return: whether it is cancelled in Odoo although its CFDI is valid, so that it may be posted again"""
        self.ensure_one()
        return self.state == "cancel" and self.l10n_mx_facture_document_id.state in STAMPED_STATES

    def _l10n_mx_facture_check_state_change(self, state):
        """Raise if an invoice with a CFDI that is, or may be, valid would become draft or cancelled, by a button or
        otherwise.

        :param state: the new one
        :raise UserError: one of these invoices can't have it
        """
        if state == "draft":
            # an invoice that was cancelled in Odoo too early may be posted again
            self.filtered(lambda move: not move._l10n_mx_facture_can_be_reposted())._l10n_mx_facture_check_not_live()
        elif state == "cancel":
            self._l10n_mx_facture_check_not_live()

    @api.depends("l10n_mx_facture_document_id.state", "state")
    def _compute_need_cancel_request(self):
        return super()._compute_need_cancel_request()

    @api.depends("l10n_mx_facture_document_id.state")
    def _compute_show_reset_to_draft_button(self):
        result = super()._compute_show_reset_to_draft_button()
        for move in self:
            if move._l10n_mx_facture_is_live() and not move._l10n_mx_facture_can_be_reposted():
                move.show_reset_to_draft_button = False
        return result

    def _l10n_mx_facture_check_protected(self, vals):
        """Raise if a user writes the links to the live CFDI or to the reversed one, or the findings, which only our
        code sets.
        """
        links = {name: vals[name] for name in PROTECTED if name in vals}
        if not links or protected.may_write(self, links):
            return
        if "l10n_mx_facture_document_id" in links:
            raise UserError(self.env._("The CFDI of an invoice can't be set by hand: it comes from stamping."))
        if "l10n_mx_facture_undoes_id" in links:
            raise UserError(self.env._("The cancelled CFDI of a reversal can't be set by hand."))
        raise UserError(self.env._("What the last check found can't be set: press Check CFDI."))

    # -- a form that is not saved, and default values: nothing checks what they name ------------------

    def _l10n_mx_facture_unsaved_values(self, values):
        """:param values: dict for an invoice that is not saved, perhaps from a client
        :return: it without what no form sets
        :raise AccessError: a field of ours names a record of another company
        """
        values = {name: value for name, value in values.items() if not self._l10n_mx_facture_is_link(name)}
        for records in self._l10n_mx_facture_foreign(values):
            raise AccessError(self.env._("What %s names belongs to another company.", records._description))
        return values

    def _l10n_mx_facture_defaults(self, defaults):
        """:return: default values without protected ones, and without what belongs to another company"""
        return {
            name: value
            for name, value in defaults.items()
            if name not in PROTECTED and not any(self._l10n_mx_facture_foreign({name: value}))
        }

    def _l10n_mx_facture_is_link(self, name):
        """:return: whether it is a link of ours that is set by our methods alone"""
        field = self._fields.get(name)
        return name.startswith(OURS) and field is not None and field.relational and field.readonly

    def _l10n_mx_facture_foreign(self, values):
        """Yield what fields of ours name of other companies; not what only lacks our groups: a form shows its name."""
        if self.env.su:
            return
        for records in named_records(self, {name: vals for name, vals in values.items() if name.startswith(OURS)}):
            domain = self.env["ir.rule"]._compute_domain(records._name, "read")
            if forbidden := records - records.sudo().with_context(active_test=False).filtered_domain(domain):
                yield forbidden

    def _l10n_mx_facture_check_not_live(self):
        for move in self.filtered(lambda move: move._l10n_mx_facture_is_live()):
            state = move.l10n_mx_facture_document_id.state
            if state in UNANSWERED_STATES:
                raise UserError(
                    self.env._(
                        "It is not known whether %s was stamped. Resolve that first (button Resolve); until then "
                        "it can't be reset, cancelled or deleted.",
                        move.display_name,
                    )
                )
            if state in STAMPED_STATES:
                names = {"invoice": move.display_name, "uuid": move.l10n_mx_facture_uuid}
                if move.state == "posted":
                    text = self.env._(
                        "%(invoice)s has a valid CFDI (%(uuid)s): cancel the CFDI first.", **names
                    )
                else:
                    text = self.env._(
                        "%(invoice)s has a valid CFDI (%(uuid)s): post the invoice again unchanged, or cancel the "
                        "CFDI first.",
                        **names,
                    )
                raise UserError(text)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_l10n_mx_facture_sent(self):
        self._l10n_mx_facture_check_not_live()
        if sent := self.l10n_mx_facture_document_ids.filtered("date_sent"):
            raise UserError(
                self.env._(
                    "%s was sent to be stamped, so it can't be deleted.",
                    sent[:1].move_id.display_name,
                )
            )
        # attempts that were never sent can be deleted
        self.sudo().l10n_mx_facture_document_ids._discard()
