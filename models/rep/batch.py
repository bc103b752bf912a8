from odoo import api, fields, models

# what receipts are built from, of rows with a hundred columns or with large ones; of other models all is read
COLUMNS = {
    "account.move": (
        "commercial_partner_id",
        "company_id",
        "currency_id",
        "journal_id",
        "l10n_mx_facture_document_id",
        "l10n_mx_facture_first_installment",
        "l10n_mx_facture_operation_number",
        "l10n_mx_facture_payment_policy",
        "move_type",
        "origin_payment_id",
        "statement_line_id",
    ),
    "account.move.line": (
        "account_id",
        "balance",
        "company_currency_id",
        "currency_id",
        "date",
        "move_id",
        "parent_state",
        "payment_id",
    ),
    "l10n_mx_facture.document": (
        "state",
        "uuid",
        "date_stamped",
        "adopted_from",
        "branch_id",
        "environment",
        "xml_attachment_id",
    ),
}


def read_along(records, path):
    """Read all records along a path, however many there are: of more than a thousand ``mapped`` reads nothing but the
    field that it is asked for, and the rest would be read for each one alone.

    :param path: as of ``mapped``
    :return: the records at its end, read too
    """
    for name in (*path.split("."), None):
        records.fetch(COLUMNS.get(records._name))
        if not name:
            return records
        records = records[name]


class L10nMxFactureRep(models.Model):
    """What many receipts are built from is read together, in few queries."""

    _inherit = "l10n_mx_facture.rep"

    @api.model
    def _l10n_mx_facture_prefetch(self, owners):
        """Read invoices, what pays them and what was receipted of them, as superuser, for all receipts at once; and
        bring up to date what is due of them, as others may have changed the books past our hooks.

        Recordsets that are filtered or sorted lose their prefetch.
        """
        # what was receipted in test is due where the company stamps in production now
        owners.filtered("l10n_mx_facture_test_only")._count_lines()
        lines = owners.sudo().line_ids
        lines.entry_line_id._l10n_mx_facture_prefetch_paid()
        lines.move_id._l10n_mx_facture_prefetch_receipted()
        self.env["l10n_mx_facture.rep.due"]._update_rows(lines.entry_line_id)


class L10nMxFactureDocument(models.Model):
    """The receipts that substitute one."""

    _inherit = "l10n_mx_facture.document"

    rep_substitute_ids = fields.One2many(
        "l10n_mx_facture.rep", "replaces_id", "Receipts that substitute it", readonly=True, groups="base.group_system"
    )


class AccountMoveLine(models.Model):
    """What receipts and what is due say of a journal item that pays."""

    _inherit = "account.move.line"

    l10n_mx_facture_rep_line_ids = fields.One2many(
        "l10n_mx_facture.rep.line", "entry_line_id", "On receipts of payment", groups="base.group_system"
    )
    l10n_mx_facture_due_ids = fields.One2many(
        "l10n_mx_facture.rep.due", "entry_line_id", "Receipts due", groups="base.group_system"
    )

    def _l10n_mx_facture_prefetch_paid(self):
        read_along(self, "l10n_mx_facture_rep_line_ids")
        read_along(self, "l10n_mx_facture_due_ids")
        read_along(self, "move_id.line_ids.account_id")
        read_along(self, "payment_id")
        invoices = read_along(self, "matched_debit_ids.debit_move_id.move_id")
        paying = read_along(invoices, "line_ids.matched_credit_ids.credit_move_id.move_id")
        (self.move_id | invoices | paying).mapped("exchange_diff_partial_ids")
        for moves in (invoices, paying):
            read_along(moves, "l10n_mx_facture_document_id.xml_attachment_id")


class AccountMove(models.Model):
    """The receipts of an invoice."""

    _inherit = "account.move"

    l10n_mx_facture_rep_line_ids = fields.One2many(
        "l10n_mx_facture.rep.line", "move_id", "On receipts of payment", groups="base.group_system"
    )

    def _l10n_mx_facture_receipted_lines(self):
        """:return: lines, as superuser, of all receipts that name the CFDIs that these invoices have"""
        lines = self.sudo().l10n_mx_facture_rep_line_ids
        return lines.filtered(lambda line: line.uuid == line.move_id.l10n_mx_facture_uuid)

    def _l10n_mx_facture_prefetch_receipted(self):
        read_along(self, "l10n_mx_facture_rep_line_ids.rep_id")
