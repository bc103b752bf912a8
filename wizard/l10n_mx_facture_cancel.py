from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.cancel.order import NOT_YET_KNOWN
from ..models.common.actions import notification, open_record
from ..models.common.owners import OWNER_FIELDS
from ..models.common.transactions import checkpoint
from ..models.document.cancel_reasons import CANCEL_REASONS, WITH_REPLACEMENT


class L10nMxFactureCancel(models.TransientModel):
    """Shows the expected outcome, asks for the reason, and shows the status of a substitution."""

    _name = "l10n_mx_facture.cancel"
    _inherit = ["l10n_mx_facture.owned", "l10n_mx_facture.access"]
    _description = "Cancel CFDI"

    document_id = fields.Many2one("l10n_mx_facture.document", compute="_compute_document_id", compute_sudo=True)
    company_id = fields.Many2one(related="document_id.company_id")
    state = fields.Selection(related="document_id.state")
    uuid = fields.Char(related="document_id.uuid")
    partner_id = fields.Many2one(related="document_id.partner_id")
    total = fields.Monetary(related="document_id.total")
    currency_id = fields.Many2one(related="document_id.currency_id")
    sat_reading = fields.Selection(related="document_id.sat_reading")
    sat_problem = fields.Char(readonly=True, help="Why SAT could not be asked.")
    expectation = fields.Html("What to expect", compute="_compute_expectation", sanitize=False)
    refused = fields.Boolean(
        compute="_compute_refused", help="SAT would probably refuse this request."
    )
    reason = fields.Selection(CANCEL_REASONS, required=True)
    replacement_id = fields.Many2one(
        "l10n_mx_facture.document",
        "Replaced by",
        domain="[('state', '=', 'stamped'), ('company_id', '=', company_id), ('id', '!=', document_id)]",
        help="The stamped CFDI that substitutes this one (relation 04). Leave it empty to make it now.",
    )
    lacks_relation = fields.Boolean("The substitute doesn't name it", compute="_compute_lacks_relation")
    drops_order = fields.Boolean(
        "Replaces the waiting cancellation",
        compute="_compute_drops_order", help="This request replaces the cancellation that waits."
    )
    when_known = fields.Boolean(
        "Request it when SAT knows it", default=True, help="SAT refuses the request (205) until it knows the CFDI."
    )
    substitute_id = fields.Many2one(related="move_id.l10n_mx_facture_substitute_id")
    step = fields.Selection(
        [
            ("start", "Not started"),
            ("edit", "The substitute is a draft"),
            ("stamp", "The substitute is not stamped yet"),
            ("answer", "It is not known whether the substitute is stamped"),
            ("cancel", "The substitute is stamped"),
            ("sat", "Waiting for SAT"),
            ("done", "Cancelled"),
        ],
        "Substitution",
        compute="_compute_step",
    )
    next_text = fields.Text("Next", compute="_compute_step")
    order_text = fields.Text("Waiting cancellation", compute="_compute_order_text", compute_sudo=True)

    @api.depends(*OWNER_FIELDS)
    def _compute_document_id(self):
        for wizard in self:
            wizard.document_id = wizard._owner().l10n_mx_facture_document_id

    @api.depends("document_id")
    def _compute_order_text(self):
        for wizard in self:
            wizard.order_text = wizard.document_id and wizard.document_id._order_text()

    @api.depends("document_id", "sat_problem")
    def _compute_expectation(self):
        for wizard in self:
            document = wizard.document_id
            wizard.expectation = document and self._expectation_html(document._cancel_expectation(wizard.sat_problem))

    @api.depends("document_id", "sat_problem", "when_known")
    def _compute_refused(self):
        for wizard in self:
            document = wizard.document_id
            waits = wizard.when_known and wizard.sat_reading == "not_yet_known"
            wizard.refused = document and not waits and document._cancel_expectation(wizard.sat_problem).refused

    @api.depends("document_id", "reason")
    def _compute_drops_order(self):
        for wizard in self:
            order = wizard.document_id.cancel_order
            wizard.drops_order = bool(order and wizard.reason and wizard.reason != order)

    def _expectation_html(self, expected):
        """:param expected: :class:`~..models.cancel.expectation.Expectation`"""
        links = Markup("").join(
            Markup("<li>%s %s</li>") % (self._link_to(one.sudo()._owner()), one.sudo().uuid) for one in expected.first
        )
        texts = Markup("").join(Markup("<p class='mb-1'>%s</p>") % text for text in expected.texts)
        links = links and Markup("<ol class='mb-0'>%s</ol>") % links
        invoice = expected.invoice and Markup("<p class='mb-0'>%s</p>") % expected.invoice or ""
        return Markup("<div class='alert alert-%s' role='alert'>%s%s%s</div>") % (expected.level, texts, links, invoice)

    def _link_to(self, owner):
        """:return: the name of what a CFDI is of, as a link if the user may read it"""
        if not owner.with_env(self.env).sudo(False).has_access("read"):
            return owner.name
        # in a new tab, so that the dialog stays open
        address = f"/odoo/{owner._name}/{owner.id}"
        return Markup('<a href="%s" target="_blank">%s</a>') % (address, owner.name)

    @api.depends("replacement_id", "reason")
    def _compute_lacks_relation(self):
        for wizard in self:
            named = wizard.replacement_id._named_with_04()
            wizard.lacks_relation = (
                wizard.reason == WITH_REPLACEMENT and bool(wizard.replacement_id) and wizard.uuid not in named
            )

    @api.depends("document_id")
    def _compute_step(self):
        self.step = self.next_text = False
        for wizard in self.filtered("document_id"):
            owner = wizard._owner()
            wizard.step = owner._l10n_mx_facture_substitution_step()
            wizard.next_text = wizard._step_text(wizard.step, owner._l10n_mx_facture_substitute().display_name)

    def _step_text(self, step, name):
        """:return: what comes next in the substitution, as a sentence"""
        return {
            "start": self.env._(
                "A substitute that names this CFDI (04) is made. Correct it and stamp it. The cancellation of this "
                "CFDI is then requested automatically."
            ),
            "edit": self.env._("The substitute %s is a draft: correct it, post it and stamp it.", name),
            "stamp": self.env._("The substitute %s is ready: stamp it.", name),
            "answer": self.env._("It is not known whether the substitute %s was stamped: resolve that first.", name),
            "cancel": self.env._("The substitute %s is stamped: request the cancellation of this one.", name),
            "sat": self.env._(
                "The cancellation was requested. SAT has to confirm it, perhaps after the customer has accepted it."
            ),
            "done": self.env._("The CFDI is cancelled."),
        }[step]

    def action_cancel(self):
        """Request the cancellation, or register it for later if SAT doesn't have the CFDI yet."""
        self.ensure_one()
        owner, later = self._owner(), self.when_known
        replacement = self.replacement_id.uuid if self.reason == WITH_REPLACEMENT else None
        if self.reason == WITH_REPLACEMENT and not replacement:
            raise UserError(self.env._("Reason 01 needs the CFDI that substitutes this one."))
        if later and self.sat_reading == "not_yet_known":
            return self._order_for_later(replacement)
        report = owner.l10n_mx_facture_cancel(self.reason, replacement)
        document = owner.l10n_mx_facture_document_id
        if later and document.state == "stamped" and document._last_cancel().code in NOT_YET_KNOWN:
            return self._order_for_later(replacement)
        return report

    def _order_for_later(self, replacement):
        waits = self.env._("SAT doesn't have the CFDI yet; it is requested automatically when SAT does")
        self._owner()._l10n_mx_facture_order_cancel(self.reason, replacement, waits)
        checkpoint(self.env)
        return notification(
            self.env._("SAT doesn't have the CFDI yet. The cancellation is requested automatically when it does."),
            self.env._("Cancellation registered"),
            "warning",
        )

    def action_substitute(self):
        """Register the cancellation with reason 01 and open the substitute, created if needed."""
        self.ensure_one()
        if self.step in ("sat", "done"):
            name = self._owner().display_name
            raise UserError(self.env._("The cancellation of %s has been requested already.", name))
        return self._owner()._l10n_mx_facture_order_substitution()

    def action_stamp_substitute(self):
        """Register the cancellation with reason 01 and stamp the substitute; the cancellation is requested
        automatically.
        """
        self.ensure_one()
        owner = self._owner()
        if owner.l10n_mx_facture_document_id.cancel_order != WITH_REPLACEMENT:
            owner._l10n_mx_facture_order_cancel(WITH_REPLACEMENT)
            checkpoint(self.env)
        return owner._l10n_mx_facture_substitute().action_l10n_mx_facture_stamp()

    def action_withdraw(self):
        """Withdraw the waiting cancellation; the substitute stays."""
        self.ensure_one()
        self._owner().action_l10n_mx_facture_withdraw_cancel()
        return notification(self.env._("The cancellation is withdrawn: the CFDI stays valid."))

    def action_open_substitute(self):
        """Open the substitute of this invoice."""
        self.ensure_one()
        self._owner().check_access("read")
        return open_record(self._owner()._l10n_mx_facture_substitute())
