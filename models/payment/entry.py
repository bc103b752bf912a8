from odoo import api, fields, models

from ..common.states import STAMPED_STATES

CASH_FORM = "l10n_mx_catalogs.c_forma_pago_01"
UNKNOWN_FORM = "99"


class AccountMove(models.Model):
    """What a receipt of payment says of the entry that paid, and of the invoices that it settles."""

    _inherit = "account.move"

    l10n_mx_facture_rep_ids = fields.Many2many(
        "l10n_mx_facture.rep",
        string="Receipts of payment",
        compute="_compute_l10n_mx_facture_rep_ids",
        compute_sudo=True,
        help="Of an invoice: those that name it. Of a payment's entry: those that are made of it.",
    )
    l10n_mx_facture_operation_number = fields.Char(
        "Operation number",
        copy=False,
        help="NumOperacion on the receipt of payment: the bank's tracking key, the number of the cheque.",
    )

    def _compute_l10n_mx_facture_rep_ids(self):
        lines = self.env["l10n_mx_facture.rep.line"].search(
            ["|", ("move_id", "in", self.ids), ("entry_line_id.move_id", "in", self.ids)]
        )
        for move in self:
            mine = lines.filtered(lambda line, move=move: move in (line.move_id, line.entry_line_id.move_id))
            move.l10n_mx_facture_rep_ids = mine.rep_id

    def _l10n_mx_facture_needs_receipts(self):
        """:return: the invoices whose payments need a receipt: PPD, with a valid CFDI (CFF 29-A VII b)"""
        return self._l10n_mx_facture_on_credit().filtered(lambda move: move.l10n_mx_facture_state in STAMPED_STATES)

    def _l10n_mx_facture_on_credit(self):
        """:return: the customer invoices with payment policy PPD, with a CFDI or without"""
        return self.filtered(
            lambda move: move.l10n_mx_facture_payment_policy == "PPD" and move.move_type == "out_invoice"
        )

    def _l10n_mx_facture_receipts(self):
        lines = self.env["l10n_mx_facture.rep.line"].sudo()
        live = lines.search([("move_id", "in", self.ids), ("counts", "=", True)])
        return live.rep_id.document_id

    # -- of the entry that paid -------------------------------------------------------------------

    def _l10n_mx_facture_paid_form(self):
        """:return: FormaDePagoP of the money that came in with this entry; empty where nobody has said it

        Of a payment what its form says, else the entry's own, else what is set on the journal; cash is 01.
        """
        self.ensure_one()
        form = self.origin_payment_id.l10n_mx_facture_payment_form_id or self.l10n_mx_facture_payment_form_id
        form = form or self._l10n_mx_facture_journal_form(self.journal_id)
        return form.browse() if form.code == UNKNOWN_FORM else form

    @api.model
    def _l10n_mx_facture_journal_form(self, journal):
        """:return: the form that a journal proposes for what is paid into it"""
        if journal.l10n_mx_facture_payment_form_id:
            return journal.l10n_mx_facture_payment_form_id
        none = self.env["l10n_mx_catalogs.c_forma_pago"]
        return self.env.ref(CASH_FORM, raise_if_not_found=False) or none if journal.type == "cash" else none

    def _l10n_mx_facture_paid_number(self):
        """:return: NumOperacion; '' where nobody has said it"""
        self.ensure_one()
        return self.origin_payment_id.l10n_mx_facture_operation_number or self.l10n_mx_facture_operation_number or ""

    def _l10n_mx_facture_paid_with(self):
        """:return: the record on which form and operation number of this money are entered"""
        self.ensure_one()
        return self.origin_payment_id or self
