from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form

from ..support.advance_case import AdvanceCase

HEADER = ("Moneda", "SubTotal", "Descuento", "Total", "MetodoPago", "FormaPago", "Exportacion", "LugarExpedicion")
LINE = ("ClaveProdServ", "Cantidad", "ClaveUnidad", "Descripcion", "ValorUnitario", "Importe", "Descuento", "ObjetoImp")


class TestSubstitution(AdvanceCase):
    """A CFDI that is replaced by another one (relation 04), up to the cancellation with reason 01."""

    def stamped_invoice(self, lines=None, **values):
        move = self.create_invoice(lines, **values)
        self.stamped(move)
        return move

    def substitute(self, move):
        """:return: what the button Substitute opens"""
        action = move.action_l10n_mx_facture_substitute()
        return self.env[action["res_model"]].browse(action["res_id"])

    def post(self, move):
        """As a person does who opens the draft and presses Confirm."""
        move.name = f"{self.prefix}/{next(self.numbers):05d}"
        move.action_post()

    def post_and_stamp(self, move):
        self.post(move)
        return self.stamped(move)

    def shown(self, move):
        """:return: (the substitute that the form shows, whether it is said to be done)"""
        move.invalidate_recordset(["l10n_mx_facture_substitute_id", "l10n_mx_facture_is_substituted"])
        return move.l10n_mx_facture_substitute_id, move.l10n_mx_facture_is_substituted

    def test_the_copy_says_the_same_and_names_the_old_one(self):
        old = self.stamped_invoice(
            [
                {"price_unit": 100, "quantity": 3, "discount": 10, "l10n_mx_facture_tax_object": "02"},
                {"price_unit": 7, "l10n_mx_facture_customs_numbers": "15  48  3009  0001234"},
            ],
            l10n_mx_facture_payment_form_id=self.sat("c_forma_pago", "28").id,
            l10n_mx_facture_usage_id=self.sat("c_uso_cfdi", "G01").id,
        )
        first = self.read_stamped(old)
        new = self.substitute(old)
        self.assertEqual((new.state, new.l10n_mx_facture_state), ("draft", False))
        second = self.post_and_stamp(new)
        self.assertEqual(second.relations(), [("04", [old.l10n_mx_facture_uuid])])
        self.assertNotEqual(second["Folio"], first["Folio"])
        self.assertEqual({name: second[name] for name in HEADER}, {name: first[name] for name in HEADER})
        self.assertEqual(dict(second.node("cfdi:Receptor").attrib), dict(first.node("cfdi:Receptor").attrib))
        path = "cfdi:Conceptos/cfdi:Concepto"
        self.assertEqual(second.rows(path, *LINE), first.rows(path, *LINE))
        pedimentos = f"{path}/cfdi:InformacionAduanera"
        self.assertEqual(second.rows(pedimentos, "NumeroPedimento"), [("15  48  3009  0001234",)])
        self.assertEqual(second.transfers(), first.transfers())

    def test_a_choice_of_policy_is_kept(self):
        old = self.create_invoice()
        old.l10n_mx_facture_payment_policy = "PPD"
        self.stamped(old)
        read = self.post_and_stamp(self.substitute(old))
        self.assertEqual((read["MetodoPago"], read["FormaPago"]), ("PPD", "99"))

    def test_pressed_twice_it_opens_the_same(self):
        old = self.stamped_invoice()
        new = self.substitute(old)
        self.assertEqual(self.substitute(old), new)
        self.assertEqual(self.shown(old), (new, False))
        new.unlink()
        another = self.substitute(old)
        self.assertTrue(another.exists())
        self.assertEqual(self.shown(old), (another, False))

    def test_a_substitute_that_was_given_up_makes_room_for_another(self):
        old = self.stamped_invoice()
        new = self.substitute(old)
        new.button_cancel()
        self.assertNotEqual(self.substitute(old), new)

    def test_once_it_is_stamped_the_old_one_says_so_and_its_cancellation_is_proposed(self):
        old = self.stamped_invoice()
        new = self.substitute(old)
        self.post(new)
        self.assertNotIn("default_reason", old.action_l10n_mx_facture_cancel()["context"])
        self.stamped(new)
        self.assertEqual(self.shown(old), (new, True))
        action = old.action_l10n_mx_facture_cancel()
        form = Form(self.env[action["res_model"]].with_context(**action["context"]))
        self.assertEqual(form.reason, "01")
        self.assertEqual(form.replacement_id, new.l10n_mx_facture_document_id)
        self.assertFalse(form.lacks_relation)
        form.save().action_cancel()
        self.assertEqual(old.l10n_mx_facture_state, "cancel_requested")
        self.assertEqual(old.l10n_mx_facture_document_id.cancel_reason, "01")
        self.assertEqual(old.l10n_mx_facture_document_id.cancel_replacement_uuid, new.l10n_mx_facture_uuid)
        with self.assertRaises(UserError):
            old.action_l10n_mx_facture_substitute()

    def test_a_relation_04_by_hand_is_a_substitution_too(self):
        old = self.stamped_invoice()
        new = self.create_invoice(
            l10n_mx_facture_relation_ids=[
                Command.create(
                    {
                        "relation_type_id": self.sat("c_tipo_relacion", "04").id,
                        "document_id": old.l10n_mx_facture_document_id.id,
                    }
                )
            ]
        )
        self.assertEqual(self.substitute(old), new)

    def test_nothing_to_substitute(self):
        with self.assertRaises(UserError):
            self.create_invoice().action_l10n_mx_facture_substitute()

    def test_a_credit_note_substitutes_a_credit_note(self):
        invoice = self.stamped_invoice()
        note = invoice._reverse_moves([{"invoice_date": self.today()}])
        self.post_and_stamp(note)
        new = self.substitute(note)
        self.assertEqual((new.move_type, new.reversed_entry_id), ("out_refund", invoice))
        read = self.post_and_stamp(new)
        self.assertEqual(read["TipoDeComprobante"], "E")
        self.assertEqual(
            read.relations(), [("01", [invoice.l10n_mx_facture_uuid]), ("04", [note.l10n_mx_facture_uuid])]
        )
        self.assertEqual(read["FormaPago"], self.read_stamped(note)["FormaPago"])

    def test_other_relations_go_along_but_not_what_the_old_one_substituted(self):
        uuid = "5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9"
        old = self.create_invoice(
            l10n_mx_facture_relation_ids=[
                Command.create({"relation_type_id": self.sat("c_tipo_relacion", "02").id, "uuid": uuid})
            ]
        )
        self.stamped(old)
        new = self.substitute(old)
        self.post_and_stamp(new)
        last = self.post_and_stamp(self.substitute(new))
        self.assertEqual(last.relations(), [("02", [uuid]), ("04", [new.l10n_mx_facture_uuid])])

    def test_payments_stay_and_it_is_said(self):
        old = self.stamped_invoice()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=old.ids
        ).create({})._create_payments()
        new = self.substitute(old)
        self.assertEqual(old.amount_residual, 0)
        self.assertEqual(new.amount_residual, new.amount_total)
        said = " ".join(new.message_ids.mapped("body"))
        self.assertIn(old.l10n_mx_facture_uuid, said)
        self.assertIn("Payments and credit notes stay", said)

    def test_the_substitute_applies_the_advances_of_the_old_one(self):
        advance = self.advance()
        old = self.create_invoice([{"price_unit": 5000}])
        self.relate(old, 1000)
        self.stamped(old)
        new = self.substitute(old)
        self.assertEqual(self.left(advance), 160)
        read = self.post_and_stamp(new)
        self.assertEqual(
            read.relations(), [("04", [old.l10n_mx_facture_uuid]), ("07", [advance.l10n_mx_facture_uuid])]
        )
        self.assertEqual(self.left(advance), 160)
        note = self.applied(new)
        self.assertEqual(self.read_stamped(note).relations(), [("07", [new.l10n_mx_facture_uuid])])

    def test_the_substitute_of_an_advance_is_one(self):
        advance = self.advance()
        new = self.substitute(advance)
        self.assertTrue(new.l10n_mx_facture_anticipo)
        read = self.post_and_stamp(new)
        self.assertEqual(read.line().get("ClaveProdServ"), "84111506")
        self.assertEqual(read["Total"], "1160.00")
