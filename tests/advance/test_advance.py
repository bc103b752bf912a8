from datetime import timedelta
from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form

from ..support.advance_case import AdvanceCase


class TestAdvance(AdvanceCase):
    """Advances by SAT's procedure A, from the assistant to the stamped XML."""

    def test_the_three_steps(self):
        advance = self.advance()
        first = self.read_stamped(advance)
        line = first.line()
        self.assertEqual((first["TipoDeComprobante"], first["MetodoPago"], first["FormaPago"]), ("I", "PUE", "03"))
        self.assertEqual(
            (line.get("ClaveProdServ"), line.get("ClaveUnidad"), line.get("Descripcion")),
            ("84111506", "ACT", "Anticipo del bien o servicio"),
        )
        self.assertEqual((first["SubTotal"], first["Total"]), ("1000.00", "1160.00"))
        move = self.create_invoice([{"price_unit": 5000}])
        self.assertEqual(move.l10n_mx_facture_anticipo_step, "relate")
        self.relate(move)
        full = self.stamped(move)
        self.assertEqual(full.relations(), [("07", [advance.l10n_mx_facture_uuid])])
        self.assertEqual(full["Total"], "5800.00")
        self.assertEqual(self.assistant(move).step, "apply")
        note = self.applied(move)
        third = self.read_stamped(note)
        line = third.line()
        self.assertEqual((third["TipoDeComprobante"], third["MetodoPago"], third["FormaPago"]), ("E", "PUE", "30"))
        self.assertEqual(third.relations(), [("07", [move.l10n_mx_facture_uuid])])
        self.assertEqual(
            (line.get("ClaveProdServ"), line.get("ClaveUnidad"), line.get("Descripcion")),
            ("84111506", "ACT", "Aplicación de anticipo"),
        )
        self.assertEqual(third.transfers(1), first.transfers(1))
        self.assertEqual(self.residual(move), 5800 - 1160)
        self.assertEqual(note.payment_state, "paid")
        self.assertFalse(move._l10n_mx_facture_due_step())
        self.assertEqual(self.left(advance), 0)
        with self.assertRaises(UserError):
            move.action_l10n_mx_facture_anticipo()

    def test_the_advance_is_owed_until_it_is_applied(self):
        advance = self.advance()
        account = advance.invoice_line_ids.account_id
        self.assertEqual((account.account_type, account.code[:6]), ("liability_current", "206.01"))
        move = self.create_invoice([{"price_unit": 5000}])
        self.relate(move)
        self.stamped(move)
        note = self.applied(move)
        self.assertEqual(note.invoice_line_ids.account_id, account)
        lines = (advance + note).line_ids.filtered(lambda line: line.account_id == account)
        self.assertEqual(sum(lines.mapped("balance")), 0)

    def test_totals_to_the_cent_whatever_amounts_and_taxes(self):
        cases = [
            (self.iva16, 100.01, 33.33),
            (self.iva8, 999.99, 0.55),
            (self.exempt, 1234.57, 1234.56),
            (self.iva16 + self.isr_ret + self.iva_ret, 999.99, 333.33),
            (self.ieps8 + self.iva16, 100.01, 7.77),
            (self.env["account.tax"], 0.05, 0.03),
        ]
        border = self.journal_at("22000")
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            for taxes, amount, part in cases:
                with self.subTest(taxes=taxes.mapped("name"), amount=amount, method=method):
                    journal = border if taxes == self.iva8 else self.journal
                    advance = self.advance(
                        amount, tax_ids=[Command.set(taxes.ids)], journal_id=journal.id, stamp=False
                    )
                    read = self.stamped(advance)
                    self.assertEqual(Decimal(read["Total"]), Decimal(str(amount)))
                    move = self.create_invoice([{"price_unit": 2000, "tax_ids": taxes}], journal_id=journal.id)
                    rows = self.assistant(move).line_ids
                    self.relate(move, *[part if row.advance_id == advance else 0 for row in rows])
                    move.action_l10n_mx_facture_stamp()
                    note = self.applied(move)
                    self.assertEqual(Decimal(self.read_stamped(note)["Total"]), Decimal(str(part)))
                    self.assertEqual(self.left(advance), round(amount - part, 2))

    def test_dollars(self):
        dollars = self.worth("USD", 18.5)
        advance = self.advance(100.01, currency_id=dollars.id)
        read = self.read_stamped(advance)
        self.assertEqual((read["Moneda"], read["Total"]), ("USD", "100.01"))
        move = self.create_invoice([{"price_unit": 500}], currency_id=dollars.id)
        self.relate(move, 40)
        self.stamped(move)
        note = self.applied(move)
        self.assertEqual(self.read_stamped(note)["Total"], "40.00")
        self.assertEqual(self.residual(move), 540)

    def test_several_advances_on_one_invoice_and_one_on_several(self):
        first, second = self.advance(1160), self.advance(580)
        move = self.create_invoice([{"price_unit": 1000}])
        # as proposed: the oldest first, no more than the invoice
        self.relate(move)
        applied = move.l10n_mx_facture_relation_ids
        self.assertEqual((applied.document_id.move_id, sum(applied.mapped("anticipo_amount"))), (first, 1160))
        self.relate(move, 700, 460)
        read = self.stamped(move)
        self.assertEqual(
            [(code, sorted(uuids)) for code, uuids in read.relations()],
            [("07", sorted([first.l10n_mx_facture_uuid, second.l10n_mx_facture_uuid]))],
        )
        note = self.applied(move)
        self.assertEqual(len(note.invoice_line_ids), 2)
        self.assertEqual(self.read_stamped(note)["Total"], "1160.00")
        self.assertEqual(self.residual(move), 0)
        self.assertEqual((self.left(first), self.left(second)), (460, 120))
        other = self.create_invoice([{"price_unit": 1000}])
        self.relate(other)
        self.assertEqual(sum(other.l10n_mx_facture_relation_ids.mapped("anticipo_amount")), 580)
        self.assertEqual((self.left(first), self.left(second)), (0, 0))

    def test_amounts_can_be_changed_until_the_invoice_is_stamped(self):
        advance = self.advance()
        move = self.create_invoice([{"price_unit": 5000}], post=False)
        self.relate(move, 100)
        self.assertEqual(self.left(advance), 1060)
        wizard = self.assistant(move)
        self.assertEqual((wizard.line_ids.left, wizard.line_ids.amount), (1160, 100))
        self.relate(move, 1160)
        self.assertEqual(self.left(advance), 0)
        self.relate(move, 0)
        self.assertFalse(move.l10n_mx_facture_relation_ids)
        self.assertEqual(self.left(advance), 1160)

    def test_a_deleted_draft_gives_back(self):
        advance = self.advance()
        move = self.create_invoice([{"price_unit": 5000}], post=False)
        self.relate(move)
        self.assertEqual(self.left(advance), 0)
        move.unlink()
        self.assertEqual(self.left(advance), 1160)

    def test_cancelled_documents_give_back_and_nothing_is_taken_twice(self):
        advance = self.advance()
        move = self.create_invoice([{"price_unit": 5000}])
        self.relate(move)
        self.stamped(move)
        note = self.applied(move)
        # SAT has the note cancelled first; another program may have done it in whatever order
        self.sandbox.settings(sat_related=[])
        self.cancelled(move)
        self.assertEqual(self.left(advance), 0, "its credit note lives")
        self.cancelled(note)
        self.assertEqual(self.left(advance), 1160)
        other = self.create_invoice([{"price_unit": 5000}])
        self.relate(other, 1000)
        # the cancelled one, stamped again, would take what is gone
        with self.assertRaises(UserError) as caught:
            move.action_l10n_mx_facture_stamp()
        self.assertIn("more than the remaining amount", str(caught.exception))
        self.assertEqual(move.l10n_mx_facture_state, "cancelled")

    def test_a_refund_of_the_advance_lowers_what_is_left(self):
        advance = self.advance()
        refund = advance._reverse_moves([{"invoice_date": self.today()}])
        self.assertFalse(refund.l10n_mx_facture_anticipo)
        self.post(refund)
        self.assertEqual(self.left(advance), 0)
        self.assertFalse(self.create_invoice()._l10n_mx_facture_due_step())

    def test_a_broken_off_step_is_due_again(self):
        self.advance()
        move = self.create_invoice([{"price_unit": 5000}])
        self.relate(move)
        self.stamped(move)
        note = self.applied(move, stamp=False)
        self.assertEqual((note.state, note.l10n_mx_facture_state), ("posted", False))
        self.assertEqual(self.assistant(move).step, "stamp")
        note.button_draft()
        self.assertEqual(self.assistant(move).step, "stamp")
        again = self.applied(move)
        self.assertEqual(again, note)
        self.assertEqual(self.read_stamped(note)["Total"], "1160.00")
        self.assertEqual(self.residual(move), 5800 - 1160)

    def test_a_credit_note_that_can_t_be_stamped_stays_and_says_why(self):
        self.advance()
        move = self.create_invoice([{"price_unit": 5000}])
        self.relate(move)
        self.stamped(move)
        self.customer.zip = "00001"
        action = self.assistant(move).action_apply()
        self.assertEqual(action["res_model"], "l10n_mx_facture.check")
        dialog = self.env["l10n_mx_facture.check"].browse(action["res_id"])
        self.assertIn("00001", dialog.line_ids.text)
        self.assertEqual(self.assistant(move).step, "stamp")

    def test_a_cancelled_credit_note_is_made_anew(self):
        self.advance()
        move = self.create_invoice([{"price_unit": 5000}])
        self.relate(move)
        self.stamped(move)
        note = self.applied(move)
        self.cancelled(note)
        self.assertEqual(self.assistant(move).step, "stamp")
        note.button_draft()
        note.button_cancel()
        self.assertEqual(self.assistant(move).step, "apply")
        self.assertNotEqual(self.applied(move), note)
        self.assertEqual(self.residual(move), 5800 - 1160)

    def test_another_day_is_warned_of(self):
        self.advance()
        move = self.create_invoice([{"price_unit": 5000}])
        self.relate(move)
        self.stamped(move)
        form = Form(self.assistant(move))
        self.assertEqual(form.issued, form.date)
        form.date = self.today() + timedelta(days=1)
        self.assertNotEqual(form.issued, form.date)
