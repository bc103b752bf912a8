from odoo import Command
from odoo.exceptions import UserError

from ..support.global_case import GlobalCase

GASOLINE, DIESEL = "15101514", "15101505"
PERMIT = "LP/00751/EXP/ES/2016"


class TestFuel(GlobalCase):
    """Fuels (SAT's guide, appendix 3): product code, the permit in the number, one payment form, no cancelling."""

    def fuel(self, number, clave=GASOLINE, **values):
        digits = int(self.prefix.encode().hex(), 16)
        return self.take(f"{PERMIT}-{digits}{number}", clave=clave, prefix="", **values)

    def test_one_global_for_each_payment_form_and_none_with_other_goods(self):
        card = self.sat("c_forma_pago", "28")
        cash = self.fuel("1") | self.fuel("2", DIESEL)
        paid_by_card, other = self.fuel("3", payment_form_id=card.id), self.take("4", payment_form_id=card.id)
        made = self.stamped_global(cash | paid_by_card | other)
        self.assertEqual(len(made), 3)
        self.assertEqual(cash.global_id.fuel_form_id, self.cash)
        self.assertEqual(paid_by_card.global_id.fuel_form_id, card)
        self.assertFalse(other.global_id.fuel_form_id)
        xml = self.xml_of(cash.global_id)
        self.assertEqual({one.clave_prod_serv for one in xml.conceptos}, {GASOLINE, DIESEL})
        self.assertEqual({one.no_identificacion for one in xml.conceptos}, set(cash.mapped("number")))
        self.assertEqual((xml.forma_pago, self.xml_of(paid_by_card.global_id).forma_pago), ("01", "28"))
        for one in made:
            self.assert_told(one)

    def test_it_is_never_cancelled(self):
        ticket = self.fuel("5")
        made = self.stamped_global(ticket)
        for method, args in (("cancel", ("04",)), ("cancel", ("02",)), ("reissue", ()), ("action_cancel", ())):
            self.assertIn("appendix 3", self.refusal(made, method, *args))
        self.press(ticket, "_give_back")
        self.queue()
        self.assertEqual(ticket.state, "credited")
        (line,) = self.xml_of(ticket.credit_ids).conceptos
        self.assertEqual((line.clave_prod_serv, line.no_identificacion), ("84111506", ticket.number))
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_left_out_with_the_reason(self):
        bare = self.take("6", clave=GASOLINE)
        unpaid = self.fuel("7", payment_form_id=False)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            (bare | unpaid).action_make_globals()
        (bare | unpaid).action_read_again()
        self.assertIn("permit", bare.reason)
        self.assertIn("how it was paid", unpaid.reason)

    def test_sold_by_invoice(self):
        code = self.sat("c_clave_prod_serv", GASOLINE)
        litres = self.env["product.product"].create(
            {"name": "Magna", "l10n_mx_facture_product_code_id": code.id, "taxes_id": [Command.set(self.iva16.ids)]}
        )
        line = {"product_id": litres.id, "quantity": 40.0, "price_unit": 20.0}
        ticket, mixed = self.sell(lines=[line]), self.sell(lines=[line, {"price_unit": 10.0}])
        self.assertEqual(ticket.move_id.invoice_line_ids.l10n_mx_facture_product_code_id.code, GASOLINE)
        (ticket | mixed)._read_books()
        self.assertIn("permit", ticket.reason, ticket.amounts)
        self.assertIn("something else", mixed.reason)
        self.journal.l10n_mx_facture_fuel_permit = PERMIT
        ticket.action_read_again()
        self.assertEqual(ticket.state, "open", ticket.reason)
        made = self.stamped_global(ticket)
        (concepto,) = self.xml_of(made).conceptos
        digits = "".join(filter(str.isdecimal, ticket.move_id.name))
        self.assertEqual((concepto.clave_prod_serv, concepto.no_identificacion), (GASOLINE, f"{PERMIT}-{digits}"))
        self.assert_told(made, **{ticket.number: "928.00"})

    def test_a_draft_keeps_one_form(self):
        card = self.sat("c_forma_pago", "28")
        ticket, other = self.fuel("8"), self.fuel("9")
        made = self.make(ticket | other)
        self.assertEqual(len(made), 1)
        other.sudo().payment_form_id = card
        self.press(made, "action_stamp")
        self.assertEqual((made.ticket_ids, made.state, other.state), (ticket, "stamped", "open"))
