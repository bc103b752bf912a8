"""An accountant's steps of an advance, which the tests of substitution use too."""

from odoo import Command

from .build_case import BuildCase


class AdvanceCase(BuildCase):
    """The assistant Advance…, the button Stamp, the assistant Advances."""

    def advance(self, amount=1160.0, stamp=True, **values):
        """:return: the invoice of an advance as the assistant makes it, posted; stamped unless told otherwise"""
        wizard = self.env["l10n_mx_facture.anticipo"].create(
            {
                "partner_id": self.customer.id,
                "amount": amount,
                "journal_id": self.journal.id,
                "tax_ids": [Command.set(self.iva16.ids)],
                **values,
            }
        )
        move = self.env["account.move"].browse(wizard.action_create()["res_id"])
        self.assertEqual(move.state, "draft")
        self.post(move)
        if stamp:
            move.action_l10n_mx_facture_stamp()
            self.assertEqual(move.l10n_mx_facture_state, "stamped", move.l10n_mx_facture_message)
        return move

    def book(self, move):
        """The number of a credit note is the assistant's, not of this class: its UUID tells which it is."""
        rows = self.sandbox.book(serie=move.sequence_prefix.rstrip("/"), folio=str(move.sequence_number))
        return [row for row in rows if row["uuid"].upper() == move.l10n_mx_facture_uuid]

    def post(self, move):
        move.write({"name": f"{self.prefix}/{next(self.numbers):05d}", "invoice_date": self.today_of(move.journal_id)})
        move.action_post()

    def assistant(self, move):
        action = move.action_l10n_mx_facture_anticipo()
        return self.env[action["res_model"]].browse(action["res_id"])

    def relate(self, move, *amounts):
        """Second step, with these amounts of the advances in their order; without, as it is proposed."""
        wizard = self.assistant(move)
        for line, amount in zip(wizard.line_ids, amounts, strict=False):
            line.amount = amount
        wizard.action_relate()
        return wizard

    def applied(self, move, **values):
        """Third step. :return: the credit note"""
        wizard = self.assistant(move)
        wizard.write(values)
        wizard.action_apply()
        return move.l10n_mx_facture_application_ids.filtered(lambda note: note.state != "cancel")

    def left(self, advance):
        advance.invalidate_recordset(["l10n_mx_facture_anticipo_left"])
        return advance.l10n_mx_facture_anticipo_left

    def residual(self, move):
        move.invalidate_recordset()
        return move.amount_residual

    def cancelled(self, move):
        move.l10n_mx_facture_cancel("02")
        move.l10n_mx_facture_document_id._record_sat_answer(True, "Portal del SAT")
        self.assertEqual(move.l10n_mx_facture_state, "cancelled")
