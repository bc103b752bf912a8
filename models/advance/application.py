from odoo import fields, models

from ..common.locks import serialize_on
from ..invoice.line import ADVANCE_CODE
from ..stamp.button import DESPITE, DIALOG

APPLICATION_NAME = "Aplicación de anticipo"


class AccountMove(models.Model):
    """The credit note that deducts the advances from the invoice (third step)."""

    _inherit = "account.move"

    def _l10n_mx_facture_apply_anticipos(self, date, stamp=True):
        """Create, post, reconcile and stamp the credit note, skipping what is already done.

        :param date: date of a new credit note, at its place of issue
        :return: the credit note and the result of stamping (None without stamping)
        """
        self.ensure_one()
        serialize_on(self)
        note = self._l10n_mx_facture_application() or self._l10n_mx_facture_create_application(date)
        if note.state == "draft":
            note.action_post()
        self._l10n_mx_facture_reconcile_with(note)
        # problems are shown in a dialog; the credit note stays, and stamping it is the next step. Of warnings there is
        # nothing to decide: its rate and its lines are the advance's
        report = note.with_context(**{DIALOG: True, DESPITE: True}).action_l10n_mx_facture_stamp() if stamp else None
        return note, report

    def _l10n_mx_facture_create_application(self, date):
        lines = [
            fields.Command.create(vals)
            for relation in self.l10n_mx_facture_relation_ids.filtered("anticipo_amount")
            for vals in relation.document_id.move_id._l10n_mx_facture_part_of_advance(relation.anticipo_amount)
        ]
        note = self.create(
            {
                "move_type": "out_refund",
                "partner_id": self.partner_id.id,
                "journal_id": self.journal_id.id,
                "currency_id": self.currency_id.id,
                "company_id": self.company_id.id,
                "fiscal_position_id": self.fiscal_position_id.id,
                "invoice_date": date,
                "invoice_date_due": date,
                "invoice_payment_term_id": False,
                "ref": f"{APPLICATION_NAME}: {self.name}",
                "l10n_mx_facture_applied_to_id": self.id,
                "l10n_mx_facture_branch_id": self.l10n_mx_facture_branch_id.id,
                "l10n_mx_facture_address_id": self.l10n_mx_facture_address_id.id,
                "invoice_line_ids": lines,
            }
        )
        note._l10n_mx_facture_relate([("07", self.l10n_mx_facture_document_id)])
        return note

    def _l10n_mx_facture_part_of_advance(self, amount):
        """:param amount: float, tax included, of this advance
        :return: list of values of credit note lines that add up to it, with the taxes of the advance in proportion
        """
        self.ensure_one()
        Tax = self.env["account.tax"]
        base_lines, _tax_lines = self._get_rounded_base_and_tax_lines()
        parts = Tax._prepare_down_payment_lines(base_lines, self.company_id, "fixed", amount)
        return [self._l10n_mx_facture_advance_line(part, APPLICATION_NAME) for part in parts]

    def _l10n_mx_facture_advance_line(self, base_line, name):
        """:param base_line: a base line of core's tax engine
        :return: dict of the invoice line, with the amounts of the taxes to the cent
        """
        return {
            "name": name,
            "quantity": base_line["quantity"],
            "price_unit": base_line["price_unit"],
            "tax_ids": [fields.Command.set(base_line["tax_ids"].ids)],
            "account_id": base_line["account_id"].id,
            "extra_tax_data": self.env["account.tax"]._export_base_line_extra_tax_data(base_line),
            "l10n_mx_facture_product_code_id": self.env.ref(ADVANCE_CODE).id,
            "l10n_mx_facture_unit_code_id": self.env.ref("l10n_mx_catalogs.c_clave_unidad_ACT").id,
        }

    def _l10n_mx_facture_reconcile_with(self, note):
        """Reconcile the credit note with this invoice; any excess stays open."""
        lines = (self + note).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )
        for same in lines.grouped("account_id").values():
            if len(same.move_id) > 1:
                same.reconcile()
