from calendar import monthrange

from odoo import api, fields, models

from ...cfdi.rfc import is_generic

# SAT's guide of CFDI 4.0, appendix 6, step 3: payment form of the credit note that applies an advance
APPLICATION_FORM = "l10n_mx_catalogs.c_forma_pago_30"


class AccountMove(models.Model):
    """The fiscal fields of an invoice and the links to its CFDIs."""

    _name = "account.move"
    _inherit = ["account.move", "l10n_mx_facture.owner"]

    l10n_mx_facture_document_id = fields.Many2one(
        "l10n_mx_facture.document",
        "CFDI",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The live CFDI; where there is none, the last one.",
    )
    l10n_mx_facture_document_ids = fields.One2many(
        "l10n_mx_facture.document", "move_id", "CFDI history", readonly=True, copy=False
    )
    l10n_mx_facture_state = fields.Selection(related="l10n_mx_facture_document_id.state", string="CFDI state")
    l10n_mx_facture_uuid = fields.Char(related="l10n_mx_facture_document_id.uuid", string="CFDI UUID")
    l10n_mx_facture_message = fields.Text(
        related="l10n_mx_facture_document_id.message_text", string="Message of the service"
    )
    l10n_mx_facture_environment = fields.Selection(
        related="l10n_mx_facture_document_id.environment", string="CFDI environment"
    )
    l10n_mx_facture_pdf_error = fields.Char(
        related="l10n_mx_facture_document_id.pdf_error", string="PDF not fetched"
    )
    l10n_mx_facture_xml_attachment_id = fields.Many2one(
        related="l10n_mx_facture_document_id.xml_attachment_id", string="CFDI XML"
    )
    l10n_mx_facture_pdf_attachment_id = fields.Many2one(
        related="l10n_mx_facture_document_id.pdf_attachment_id", string="CFDI PDF"
    )
    l10n_mx_facture_receipt_attachment_id = fields.Many2one(
        related="l10n_mx_facture_document_id.receipt_attachment_id", string="Cancellation receipt"
    )
    l10n_mx_facture_request_ids = fields.Many2many(
        "l10n_mx_facture.request",
        string="Calls to the service",
        compute="_compute_l10n_mx_facture_request_ids",
    )
    l10n_mx_facture_applies = fields.Boolean(
        compute="_compute_l10n_mx_facture_applies",
        help="A customer invoice or credit note of a Mexican company.",
    )
    l10n_mx_facture_branch_id = fields.Many2one(
        "l10n_mx_facture.branch",
        "CFDI branch",
        compute="_compute_l10n_mx_facture_branch_id",
        store=True,
        readonly=False,
        copy=False,
        check_company=True,
        index="btree_not_null",
        help="Place of issue, and the certificate that seals. From the journal.",
    )
    l10n_mx_facture_usage_id = fields.Many2one(
        "l10n_mx_catalogs.c_uso_cfdi",
        "CFDI usage",
        compute="_compute_l10n_mx_facture_usage_id",
        store=True,
        readonly=False,
        help="What the customer uses it for (UsoCFDI). From the customer.",
    )
    l10n_mx_facture_payment_policy = fields.Selection(
        [("PUE", "PUE In one payment"), ("PPD", "PPD In parts or deferred")],
        "Payment policy",
        compute="_compute_l10n_mx_facture_payment_policy",
        store=True,
        readonly=False,
        copy=False,
        help="MetodoPago. PPD where the invoice falls due after the month in which it is issued.",
    )
    l10n_mx_facture_payment_form_id = fields.Many2one(
        "l10n_mx_catalogs.c_forma_pago",
        "Payment form",
        compute="_compute_l10n_mx_facture_payment_form_id",
        store=True,
        readonly=False,
        copy=False,
        help="FormaPago. With PPD it is 99; else from the customer or the journal.",
    )
    l10n_mx_facture_export = fields.Selection(
        [
            ("01", "01 Not an export"),
            ("02", "02 Definitive with key A1"),
            ("03", "03 Temporary"),
            ("04", "04 Definitive with another key, or without sale"),
        ],
        "Export",
        default="01",
        help="Exportacion. 02 needs the foreign-trade complement, which is not written here.",
    )
    l10n_mx_facture_relation_ids = fields.One2many(
        "l10n_mx_facture.relation",
        "move_id",
        "Related CFDIs",
        copy=False,
        help="A credit note of an invoice gets its relation 01 by itself.",
    )

    l10n_mx_facture_has_receipts = fields.Boolean(compute="_compute_l10n_mx_facture_has_receipts")
    l10n_mx_facture_service_paid = fields.Selection(
        related="l10n_mx_facture_document_id.service_paid", string="Payment at the service"
    )
    l10n_mx_facture_paid_difference = fields.Char(
        related="l10n_mx_facture_document_id.paid_difference", string="Payments differ"
    )

    def _l10n_mx_facture_document_vals(self):
        return {
            "move_id": self.id,
            # stored with the rest: computed, it would be written by a statement of its own
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "tipo_de_comprobante": "E" if self.move_type == "out_refund" else "I",
        }

    def _l10n_mx_facture_responsibles(self):
        return [self.invoice_user_id, self.create_uid]

    @api.depends("move_type", "company_id.account_fiscal_country_id", "l10n_mx_facture_undoes_id")
    def _compute_l10n_mx_facture_applies(self):
        for move in self:
            move.l10n_mx_facture_applies = (
                move.move_type in ("out_invoice", "out_refund")
                and move.company_id._l10n_mx_facture_is_mexican()
                # the reversal of an invoice with a cancelled CFDI needs no CFDI
                and not move.l10n_mx_facture_undoes_id
            )

    @api.depends("journal_id", "move_type")
    def _compute_l10n_mx_facture_branch_id(self):
        applying = self.filtered("l10n_mx_facture_applies")
        branches = self.env["l10n_mx_facture.branch"]._get_by_journal(applying.journal_id)
        for move in self:
            if move.l10n_mx_facture_document_id.date_sent:
                branch = move.l10n_mx_facture_branch_id
            else:
                branch = move.l10n_mx_facture_applies and branches.get(move.journal_id)
            move.l10n_mx_facture_branch_id = branch

    @api.depends("partner_id", "move_type")
    def _compute_l10n_mx_facture_usage_id(self):
        for move in self:
            move.l10n_mx_facture_usage_id = move._l10n_mx_facture_default_usage(move.move_type)

    def _l10n_mx_facture_default_usage(self, move_type):
        """:return: S01 for generic receivers, who deduct nothing; G02 for credit notes; else the customer's, that of
            the last invoice, or the company's
        """
        self.ensure_one()
        partner = self.commercial_partner_id
        if not self.l10n_mx_facture_applies or not partner:
            return self.env["l10n_mx_catalogs.c_uso_cfdi"]
        if is_generic(partner._l10n_mx_facture_rfc()):
            return self._l10n_mx_facture_usage("S01")
        if move_type == "out_refund" and (returns := self._l10n_mx_facture_usage("G02")):
            # employees and the like can't use G02 (CFDI40161)
            regime = partner.l10n_mx_facture_tax_regime_id.code or ""
            return returns if regime in returns.applies_to_fiscal_regimes else self._l10n_mx_facture_usage("S01")
        return (
            partner.l10n_mx_facture_usage_id
            or self._l10n_mx_facture_usual_usage()
            or self.company_id.l10n_mx_facture_usage_id
        )

    def _l10n_mx_facture_usage(self, code):
        return self.env.ref(f"l10n_mx_catalogs.c_uso_cfdi_{code}", raise_if_not_found=False)

    # not on invoice_date_due, which core computes anew with every change of an amount or of the state: a choice of the
    # user would be lost
    @api.depends("invoice_date", "invoice_payment_term_id", "move_type")
    def _compute_l10n_mx_facture_payment_policy(self):
        for move in self:
            # a change of terms doesn't change the policy on the CFDI
            frozen = move._l10n_mx_facture_is_live() and move.l10n_mx_facture_payment_policy
            move.l10n_mx_facture_payment_policy = frozen or move._l10n_mx_facture_default_payment_policy()

    def _l10n_mx_facture_default_payment_policy(self):
        """:return: PPD if it is due after the month of its issue, unless a person chose otherwise last time"""
        self.ensure_one()
        if self.l10n_mx_facture_applies and self.move_type == "out_invoice":
            return self._l10n_mx_facture_usual_payment_policy() or self._l10n_mx_facture_policy_by_date()
        return self._l10n_mx_facture_policy_by_date()

    def _l10n_mx_facture_policy_by_date(self):
        """:return: PPD if it is due after the month of its issue"""
        self.ensure_one()
        if not self.l10n_mx_facture_applies:
            return False
        issued = self.invoice_date or fields.Date.context_today(self)
        month_end = issued.replace(day=monthrange(issued.year, issued.month)[1])
        due = self.invoice_date_due or issued
        # a credit note is always PUE
        return "PPD" if self.move_type == "out_invoice" and due > month_end else "PUE"

    @api.depends("l10n_mx_facture_payment_policy", "partner_id", "journal_id")
    def _compute_l10n_mx_facture_payment_form_id(self):
        for move in self:
            form = move._l10n_mx_facture_default_payment_form()
            if not form and move.l10n_mx_facture_payment_policy == "PUE":
                form = move.l10n_mx_facture_payment_form_id.filtered(lambda f: f.code != "99")
            move.l10n_mx_facture_payment_form_id = form

    def _l10n_mx_facture_default_payment_form(self):
        """:return: 99 with PPD; else the customer's, the journal's, that of the last invoice or the company's, which
            may be empty
        """
        self.ensure_one()
        none = self.env["l10n_mx_catalogs.c_forma_pago"]
        if not self.l10n_mx_facture_applies:
            return none
        if self.l10n_mx_facture_applied_to_id:
            return self.env.ref(APPLICATION_FORM)
        if self.l10n_mx_facture_payment_policy == "PPD":
            return self.env.ref("l10n_mx_catalogs.c_forma_pago_99", raise_if_not_found=False) or none
        return (
            self.commercial_partner_id.l10n_mx_facture_payment_form_id
            or self.journal_id.l10n_mx_facture_payment_form_id
            or self._l10n_mx_facture_usual_payment_form()
            or self.company_id.l10n_mx_facture_payment_form_id
        )

    @api.depends("l10n_mx_facture_document_ids.request_ids")
    def _compute_l10n_mx_facture_request_ids(self):
        for move in self:
            move.l10n_mx_facture_request_ids = move.l10n_mx_facture_document_ids.request_ids

    @api.depends("l10n_mx_facture_document_id.account_id.provider")
    def _compute_l10n_mx_facture_has_receipts(self):
        for move in self:
            account = move.l10n_mx_facture_document_id.sudo().account_id
            move.l10n_mx_facture_has_receipts = bool(account) and account._capabilities().receipts
