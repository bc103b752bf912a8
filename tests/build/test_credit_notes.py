from odoo import Command

from ..support.build_case import BuildCase
from ..support.common import TIJUANA

FOREIGN_UUID = "5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9"


class TestBuildCreditNotes(BuildCase):
    """Credit notes and what a CFDI relates to."""

    def reverse(self, move, **values):
        """:return: the credit note of an invoice, as the wizard makes it, posted"""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "date": move.invoice_date, **values})
        )
        action = wizard.refund_moves()
        refund = self.env["account.move"].browse(action["res_id"])
        refund.name = f"{self.prefix}/{next(self.numbers):05d}"
        refund.action_post()
        return refund

    def refund(self, relations=(), **values):
        """:return: a posted credit note that no invoice of ours led to"""
        return self.create_invoice(
            move_type="out_refund",
            l10n_mx_facture_relation_ids=[
                Command.create(
                    {
                        "relation_type_id": self.sat("c_tipo_relacion", code).id,
                        "uuid": uuid,
                    }
                )
                for code, uuid in relations
            ],
            **values,
        )

    def test_a_credit_note_is_positive_and_names_what_it_credits(self):
        move = self.create_invoice([{"price_unit": 100, "tax_ids": self.iva16 + self.isr_ret}])
        self.stamped(move)
        read = self.stamped(self.reverse(move))
        self.assertEqual(read["TipoDeComprobante"], "E")
        self.assertEqual(read.relations(), [("01", [move.l10n_mx_facture_uuid])])
        self.assertEqual((read["SubTotal"], read["Total"]), ("100.00", "106.00"))
        self.assertEqual(read.transfers(1)[0][3:], ("100.00", "16.00"))
        self.assertEqual(read.withholdings(1)[0][2:], ("100.00", "10.00"))
        self.assertEqual(read.node("cfdi:Receptor").get("UsoCFDI"), "G02")
        # nobody has paid it: it is waived
        self.assertEqual((read["MetodoPago"], read["FormaPago"]), ("PUE", "15"))

    def test_quotas_and_included_taxes_of_a_credit_note(self):
        quota = self.create_tax(
            "Quota", 3.0818, "ieps", "Cuota", amount_type="fixed", sequence=1, include_base_amount=True
        )
        included = self.iva16.copy({"price_include_override": "tax_included"})
        move = self.create_invoice(
            [
                {"price_unit": 12, "quantity": 10, "tax_ids": quota + self.iva16},
                {"price_unit": 99.99, "quantity": 3, "discount": 10, "tax_ids": included},
            ]
        )
        invoice = self.stamped(move)
        read = self.stamped(self.reverse(move))
        self.assertEqual(read.transfers(), invoice.transfers())
        self.assertEqual(read["Total"], invoice["Total"])

    def test_the_credit_note_of_a_deferred_invoice_is_paid_at_once(self):
        move = self.create_invoice()
        move.l10n_mx_facture_payment_policy = "PPD"
        read = self.stamped(move)
        self.assertEqual((read["MetodoPago"], read["FormaPago"]), ("PPD", "99"))
        read = self.stamped(self.reverse(move))
        # nobody has paid it: it is waived
        self.assertEqual((read["MetodoPago"], read["FormaPago"]), ("PUE", "15"))

    def test_a_credit_note_is_given_back_as_it_was_paid(self):
        move = self.create_invoice(l10n_mx_facture_payment_form_id=self.sat("c_forma_pago", "28").id)
        self.stamped(move)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({})._create_payments()
        self.assertEqual(self.stamped(self.reverse(move))["FormaPago"], "28")

    def test_a_credit_note_keeps_the_place_of_issue(self):
        journal = self.journal_at(TIJUANA)
        today = self.today("America/Tijuana")
        # a border rate, which the service takes in Tijuana only
        move = self.create_invoice(
            [{"price_unit": 100, "tax_ids": self.iva8}], journal_id=journal.id, invoice_date=today
        )
        self.stamped(move)
        self.assertEqual(self.stamped(self.reverse(move))["LugarExpedicion"], TIJUANA)

    def test_a_credit_note_in_another_journal_is_issued_at_the_place_of_that(self):
        move = self.create_invoice(invoice_date=self.today("America/Tijuana"))
        self.stamped(move)
        refund = self.reverse(move, journal_id=self.journal_at(TIJUANA).id)
        self.assertEqual(refund.l10n_mx_facture_branch_id.zip, TIJUANA)

    def test_a_credit_note_made_before_the_stamp_finds_its_cfdi_later(self):
        move = self.create_invoice()
        refund = self.reverse(move)
        refusal = self.refusal(refund)
        self.assertIn("Stamp", refusal)
        self.assertIn(move.name, refusal)
        self.stamped(move)
        self.assertEqual(self.stamped(refund).relations(), [("01", [move.l10n_mx_facture_uuid])])

    def test_employees_and_the_like_get_no_g02(self):
        person = self.taxpayer("María", "MASO451221PM4", "605", "80290", "S01")
        move = self.create_invoice(partner_id=person.id)
        self.stamped(move)
        read = self.stamped(self.reverse(move))
        self.assertEqual(read.node("cfdi:Receptor").get("UsoCFDI"), "S01")

    def test_a_credit_note_to_a_generic_receiver(self):
        person = self.taxpayer("Juan Pérez", "XAXX010101000")
        move = self.create_invoice(partner_id=person.id)
        self.stamped(move)
        read = self.stamped(self.reverse(move))
        self.assertEqual(read.node("cfdi:Receptor").get("UsoCFDI"), "S01")

    def test_a_credit_note_without_relation_is_refused(self):
        self.assertIn("Related CFDIs", self.refusal(self.refund()))

    def test_several_invoices_are_credited_at_once(self):
        moves = [self.create_invoice(), self.create_invoice()]
        uuids = []
        for move in moves:
            self.stamped(move)
            uuids.append(move.l10n_mx_facture_uuid)
        read = self.stamped(
            self.refund(
                [("01", uuid) for uuid in uuids],
                l10n_mx_facture_payment_form_id=self.sat("c_forma_pago", "15").id,
            )
        )
        self.assertEqual(read.relations(), [("01", uuids)])
        self.assertEqual(read["FormaPago"], "15")

    def test_a_relation_by_hand_is_not_completed(self):
        move = self.create_invoice()
        self.stamped(move)
        refund = self.refund([("03", FOREIGN_UUID)], reversed_entry_id=move.id)
        self.assertEqual(self.stamped(refund).relations(), [("03", [FOREIGN_UUID])])

    def test_each_type_of_relation_has_its_own_node(self):
        relations = [("07", FOREIGN_UUID), ("04", FOREIGN_UUID.replace("5", "6"))]
        move = self.create_invoice(
            l10n_mx_facture_relation_ids=[
                Command.create({"relation_type_id": self.sat("c_tipo_relacion", code).id, "uuid": uuid.lower()})
                for code, uuid in relations
            ]
        )
        read = self.stamped(move)
        self.assertEqual(read["TipoDeComprobante"], "I")
        self.assertEqual(read.relations(), [(code, [uuid]) for code, uuid in sorted(relations)])
