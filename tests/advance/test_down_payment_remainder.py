from odoo import Command

from ..support.sale_case import SaleCase

REMAINDER = "CFDI por remanente de un anticipo"


class TestDownPaymentRemainder(SaleCase):
    """The invoice of what a down payment leaves (SAT's procedure B): what it says, and what it waits for."""

    def final(self, *lines, stamp=True):
        """:return: the down payment of an order and its final invoice, a draft"""
        order = self.order(*(lines or [{"price_unit": 1000}]))
        advance = self.down_payment(order, percent=30)
        self.number(advance)
        advance.action_post()
        if stamp:
            self.stamped(advance)
        return advance, self.invoice(order)

    def descriptions(self, read):
        return [text for (text,) in read.rows("cfdi:Conceptos/cfdi:Concepto", "Descripcion")]

    def test_each_concept_says_that_it_is_a_remainder(self):
        advance, final = self.final({"name": "Mesa", "price_unit": 700}, {"name": "M" * 1200, "price_unit": 300})
        self.assertNotIn(REMAINDER, self.descriptions(self.read_stamped(advance))[0])
        short, long = self.descriptions(self.issued(final))
        self.assertEqual(short, f"Silla Mesa {REMAINDER}")
        self.assertEqual((len(long), long.endswith(f"M {REMAINDER}")), (1000, True))

    def test_the_credit_note_of_it_is_none(self):
        _advance, final = self.final()
        self.issued(final)
        self.assertNotIn(REMAINDER, self.descriptions(self.stamped(self.reverse(final)))[0])

    def test_the_check_leads_to_the_down_payment_that_is_not_stamped(self):
        advance, final = self.final(stamp=False)
        action = final.action_l10n_mx_facture_check()
        (line,) = self.env[action["res_model"]].browse(action["res_id"]).line_ids
        self.assertIn(advance.name, line.text)
        self.assertEqual((line.record_model, line.record_id), ("account.move", advance.id))

    def test_a_down_payment_that_was_stamped_elsewhere_is_named_by_hand(self):
        uuid = "5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9"
        _advance, final = self.final(stamp=False)
        final.l10n_mx_facture_relation_ids = [
            Command.create({"relation_type_id": self.sat("c_tipo_relacion", "07").id, "uuid": uuid})
        ]
        self.assertEqual(self.issued(final).relations(), [("07", [uuid])])

    def test_its_relation_is_there_once_it_is_posted(self):
        advance, final = self.final()
        self.number(final)
        final.action_post()
        (relation,) = final.l10n_mx_facture_relation_ids
        self.assertEqual(
            (relation.relation_type_id.code, relation.document_id), ("07", advance.l10n_mx_facture_document_id)
        )
        self.assertFalse(relation.anticipo_amount)

    def test_its_substitute_deducts_and_names_the_same(self):
        advance, final = self.final()
        first = self.issued(final)
        new = self.env["account.move"].browse(final.action_l10n_mx_facture_substitute()["res_id"])
        read = self.issued(new)
        self.assertEqual(
            read.relations(), [("04", [final.l10n_mx_facture_uuid]), ("07", [advance.l10n_mx_facture_uuid])]
        )
        self.assertEqual(read["Total"], first["Total"])
        self.assertEqual(self.descriptions(read), self.descriptions(first))
        self.assertEqual(new.line_ids.sale_line_ids, final.line_ids.sale_line_ids)
