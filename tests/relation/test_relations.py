from odoo import Command

from ..support.build_case import BuildCase

FOREIGN_UUID = "5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9"
OTHER_UUID = "6B3E7B00-3EE8-44E2-94E4-25D2BDB4A7EA"
CODES = ("01", "02", "03", "04", "05", "06", "07")


class TestRelations(BuildCase):
    """Relations 01 to 07: to ours and to foreign ones, warned of where they do not go together, never blocked."""

    def rows(self, *relations):
        """:param relations: (code, UUID or invoice) each"""
        return [
            Command.create(
                {
                    "relation_type_id": self.sat("c_tipo_relacion", code).id,
                    **({"uuid": to} if isinstance(to, str) else {"document_id": to.l10n_mx_facture_document_id.id}),
                }
            )
            for code, to in relations
        ]

    def related(self, *relations, **values):
        return self.create_invoice(l10n_mx_facture_relation_ids=self.rows(*relations), **values)

    def stamped_invoice(self, **values):
        move = self.create_invoice(**values)
        self.stamped(move)
        return move

    def warnings(self, move):
        """:return: what the check dialog warns of; it calls the invoice ready"""
        action = move.action_l10n_mx_facture_check()
        check = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(check.summary, "Ready to be stamped.")
        self.assertEqual(set(check.line_ids.mapped("severity")) - {"warning"}, set())
        return check.line_ids.mapped("text")

    def test_each_relation_to_a_foreign_uuid(self):
        for code in CODES:
            with self.subTest(code=code):
                self.assertEqual(
                    self.stamped(self.related((code, FOREIGN_UUID.lower()))).relations(), [(code, [FOREIGN_UUID])]
                )

    def test_each_relation_to_an_invoice_of_ours(self):
        origin = self.stamped_invoice()
        for code in CODES:
            with self.subTest(code=code):
                read = self.stamped(self.related((code, origin)))
                self.assertEqual(read.relations(), [(code, [origin.l10n_mx_facture_uuid])])

    def test_several_types_each_with_several_cfdis(self):
        ours = self.stamped_invoice()
        move = self.related(("07", FOREIGN_UUID), ("04", ours), ("07", OTHER_UUID), ("02", FOREIGN_UUID))
        self.assertEqual(
            self.stamped(move).relations(),
            [("02", [FOREIGN_UUID]), ("04", [ours.l10n_mx_facture_uuid]), ("07", [FOREIGN_UUID, OTHER_UUID])],
        )

    def test_odd_relations_are_warned_of_and_stamped(self):
        invoice = self.stamped_invoice()
        note = invoice._reverse_moves([{"invoice_date": self.today()}])
        note.name = f"{self.prefix}/{next(self.numbers):05d}"
        note.action_post()
        self.stamped(note)
        odd = {
            # (relation, related, type of the new one): words of the warning
            ("03", note, "out_invoice"): [note.l10n_mx_facture_uuid, "of type E"],
            ("05", invoice, "out_invoice"): ["of type T", "this one is of type I"],
            ("06", invoice, "out_invoice"): [invoice.l10n_mx_facture_uuid, "of type I"],
            ("06", note, "out_refund"): [note.l10n_mx_facture_uuid, "of type E"],
        }
        for (code, to, move_type), words in odd.items():
            with self.subTest(code=code, to=to.move_type, of=move_type):
                move = self.related((code, to), move_type=move_type)
                (text,) = self.warnings(move)
                for word in [f"relation {code}", *words]:
                    self.assertIn(word, text)
                self.assertEqual(self.stamped(move).relations(), [(code, [to.l10n_mx_facture_uuid])])

    def test_what_goes_together_is_not_warned_of(self):
        invoice = self.stamped_invoice()
        fine = (("01", "out_refund"), ("02", "out_invoice"), ("03", "out_refund"), ("04", "out_invoice"))
        for code, move_type in (*fine, ("04", "out_refund"), ("07", "out_invoice"), ("07", "out_refund")):
            with self.subTest(code=code, of=move_type):
                self.assertEqual(self.warnings(self.related((code, invoice), move_type=move_type)), [])

    # -- payment form of credit notes -----------------------------------------------------------

    def credited(self, move, **values):
        """:return: MetodoPago and FormaPago of the stamped credit note that the button makes"""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "date": self.today(), **values})
        )
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        note.name = f"{self.prefix}/{next(self.numbers):05d}"
        note.action_post()
        read = self.stamped(note)
        self.assertEqual(read.relations(), [("01", [move.l10n_mx_facture_uuid])])
        return read["MetodoPago"], read["FormaPago"]

    def paid(self, move, amount=None):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        wizard.create({"amount": amount} if amount else {})._create_payments()

    def card_invoice(self, **values):
        return self.stamped_invoice(
            lines=[{"price_unit": 100}], l10n_mx_facture_payment_form_id=self.sat("c_forma_pago", "28").id, **values
        )

    def test_what_nobody_paid_is_waived(self):
        move = self.card_invoice()
        self.assertEqual(move.payment_state, "not_paid")
        self.assertEqual(self.credited(move), ("PUE", "15"))

    def test_what_was_to_be_paid_in_parts_and_was_not_is_waived(self):
        move = self.create_invoice()
        move.l10n_mx_facture_payment_policy = "PPD"
        self.stamped(move)
        self.assertEqual(self.credited(move), ("PUE", "15"))

    def test_what_was_paid_is_given_back_as_it_was_paid(self):
        move = self.card_invoice()
        self.paid(move)
        self.assertIn(move.payment_state, ("paid", "in_payment"))
        self.assertEqual(self.credited(move), ("PUE", "28"))

    def test_what_is_in_payment_is_given_back_as_it_is_paid(self):
        move = self.card_invoice()
        move.payment_state = "in_payment"
        self.assertEqual(self.credited(move), ("PUE", "28"))

    def test_what_was_paid_in_part(self):
        move = self.card_invoice()
        self.paid(move, 50)
        self.assertEqual(move.payment_state, "partial")
        self.assertEqual(self.credited(move), ("PUE", "28"))

    def test_what_was_paid_in_part_of_what_was_deferred_goes_as_the_customer_pays(self):
        move = self.create_invoice()
        move.l10n_mx_facture_payment_policy = "PPD"
        self.stamped(move)
        self.paid(move, 50)
        self.assertEqual(self.credited(move), ("PUE", "03"))

    def test_what_was_reversed_already(self):
        move = self.card_invoice()
        self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids).create(
            {"journal_id": move.journal_id.id, "date": self.today()}
        ).modify_moves()
        self.assertEqual(move.payment_state, "reversed")
        self.assertEqual(self.credited(move), ("PUE", "28"))

    def test_another_choice_on_the_draft_stays(self):
        move = self.card_invoice()
        note = move._reverse_moves([{"invoice_date": self.today()}])
        note.write(
            {
                "name": f"{self.prefix}/{next(self.numbers):05d}",
                "l10n_mx_facture_payment_form_id": self.sat("c_forma_pago", "17").id,
            }
        )
        note.action_post()
        self.assertEqual(self.stamped(note)["FormaPago"], "17")
