from datetime import timedelta

from odoo.addons.l10n_mx_facture.cfdi.read import read_cfdi

from ..support.adopt_case import AdoptCase
from ..support.payment_case import PaymentCase


class TestReceiptedElsewhere(AdoptCase, PaymentCase):
    """An invoice of another system: which of its payments in these books that one has receipted."""

    def adopted(self, *amounts):
        """:return: an adopted PPD invoice of 116, and what was paid of it before"""
        move = self.create_invoice(l10n_mx_facture_payment_policy="PPD")
        xml = self.foreign(move)
        payments = [self.pay(move, amount) for amount in amounts]
        self.hang(move, xml)
        self.adopt(move)
        self.assertEqual(move.l10n_mx_facture_payment_policy, "PPD")
        return move, payments

    def say(self, move, installment, balance):
        move.write({"l10n_mx_facture_first_installment": installment, "l10n_mx_facture_first_balance": balance})

    def test_payments_from_before_are_receipted_until_the_balance(self):
        """Else the first of them would be told again, as the third installment."""
        move, (first, second, third) = self.adopted(40.0, 40.0, 36.0)
        self.assertEqual(len(self.receipts_due(move)), 3)
        self.say(move, 3, 36.0)
        due = self.receipts_due(move)
        self.assertEqual((due.payment_id, due.amount, due.question), (third, 36.0, False))
        self.assertIn("No receipt", self.refusal(first | second, "action_l10n_mx_facture_stamp"))
        (rep,) = self.stamp_payment(third)
        (pago,) = read_cfdi(rep.document_id.xml_attachment_id.raw).comprobante.pagos.pagos
        (docto,) = pago.doctos
        self.assertEqual(
            (docto.num_parcialidad, str(docto.imp_saldo_ant), str(docto.imp_saldo_insoluto)), (3, "36.00", "0.00")
        )
        self.assertFalse(self.receipts_due(move))

    def test_a_part_of_a_payment_is_asked(self):
        move, (first, second) = self.adopted(40.0, 76.0)
        self.say(move, 2, 66.0)
        due = self.receipts_due(move)
        self.assertEqual((due.payment_id, due.question, due.amount), (second, "elsewhere", 66.0))
        self.assertIn("Another system", self.refusal(second, "action_l10n_mx_facture_stamp"))
        due.write({"stated": True, "stated_amount": 66.0, "stated_applied": 66.0})
        (rep,) = self.stamp_payment(second)
        self.assertEqual((rep.line_ids.installment, rep.line_ids.balance_after), (2, 0.0))
        self.assertFalse(self.receipts_due(move))

    def test_what_is_paid_afterwards_is_due(self):
        """Also where these books have not all that was paid before."""
        move, _none = self.adopted()
        self.say(move, 2, 86.0)
        adopted = move.l10n_mx_facture_document_id.adopted_date
        payment = self.pay(move, 50.0)
        # a transaction has one time of creation, and that of this test began before the invoice was adopted
        self.env.cr.execute(
            "UPDATE account_move_line SET create_date = %s, date = %s WHERE move_id = %s",
            [adopted + timedelta(minutes=1), adopted.date(), payment.move_id.id],
        )
        self.env.invalidate_all()
        self.env["l10n_mx_facture.rep.due"]._refresh_invoices(move)
        due = self.receipts_due(move)
        self.assertEqual((due.amount, due.question), (50.0, False))
