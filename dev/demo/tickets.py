"""What the demo shows of global invoices: a counter with thirty tickets of yesterday and today.

Imported by data.py, in an odoo shell with the sandbox behind it. What is there is left as it is.
"""

from datetime import timedelta

from odoo import Command

COUNT = 30
CASH, CARD = "01", "28"
PIECE = ("H87", "uom.product_uom_unit")
BORDER = "22000"  # postal code: IVA of 8 %
# external id: name, SAT's code, price before taxes
GOODS = {
    "shirt": ("Playera", "53103000", 189.0),
    "bread": ("Pan dulce", "50181900", 14.5),
    "book": ("Libro de cuentos", "55101500", 145.0),
}
# what is sold on a ticket, by turns: pairs of a product and a quantity
BASKETS = (
    (("shirt", 1),),
    (("bread", 6),),
    (("snacks", 2), ("bread", 4)),
    (("shirt", 2), ("book", 1)),
    (("snacks", 3), ("shirt", 1), ("bread", 2)),
)
EVERY_AT_BORDER = 6  # of so many tickets one is sold in Tijuana
RETURNED, CANCELLED = 4, COUNT  # numbers of the tickets: one of two lines is returned; the whole sale


class Tickets:
    """Makes what is missing: once, not each day."""

    def __init__(self, env, once, sat, today):
        """:param once: function(external id, model, function that gives the values) -> the record of the demo
        :param sat: function(catalogue, code) -> the id of its row
        """
        self.env, self.once, self.sat, self.today = env, once, sat, today

    def set_up(self, goods, product, taxes):
        """:param goods: dict of products, with the snacks
        :param product: function(external id, name, SAT's code, unit, price, taxes) -> a product
        :param taxes: dict of sales taxes: iva, border, zero, exempt
        """
        if self.env.ref("__demo__.counter", raise_if_not_found=False):
            return
        of = {"shirt": taxes["iva"], "bread": taxes["zero"], "book": taxes["exempt"]}
        goods = goods | {key: product(key, *words[:2], PIECE, words[2], of[key]) for key, words in GOODS.items()}
        capital, border = self._branches()
        journal, public = self._journal(capital), self._public()
        moves = self.env["account.move"]
        for number in range(COUNT + 1):
            at_border = number % EVERY_AT_BORDER == 5
            lines = [self._line(goods[key], quantity, taxes, at_border) for key, quantity in BASKETS[number % 5]]
            values = {
                "journal_id": journal.id,
                "partner_id": public.id,
                "l10n_mx_facture_branch_id": (border if at_border else capital).id,
                "l10n_mx_facture_payment_form_id": self.sat("c_forma_pago", CARD if number % 3 == 2 else CASH),
                "invoice_line_ids": lines,
            }
            moves |= self._sale(number, values)
        self._return(moves[RETURNED - 1])
        moves[CANCELLED].button_draft()
        moves[CANCELLED].button_cancel()
        self.once("counter", "res.partner.category", lambda: {"name": "Demo: counter"})

    def _branches(self):
        """:return: those of the first service: in the capital, and at the border"""
        branches = self.env.ref("__demo__.account").branch_ids
        border = branches.filtered(lambda branch: branch.zip == BORDER)
        return branches.filtered(lambda branch: branch.zip == "06000")[:1], border[:1]

    def _journal(self, branch):
        pattern = self.env["account.journal"].search([("type", "=", "sale")], limit=1)
        values = {
            "type": "sale",
            "code": "MOST",
            "name": "Mostrador",
            "company_id": self.env.company.id,
            "default_account_id": pattern.default_account_id.id,
            "l10n_mx_facture_to_global": True,
            "l10n_mx_facture_branch_ids": [Command.set(branch.ids)],
        }
        return self.once("journal_most", "account.journal", lambda: values)

    def _public(self):
        values = {
            "name": "PÚBLICO EN GENERAL",
            "vat": "XAXX010101000",
            "country_id": self.env.ref("base.mx").id,
            "l10n_mx_facture_tax_regime_id": self.sat("c_regimen_fiscal", "616"),
            "l10n_mx_facture_usage_id": self.sat("c_uso_cfdi", "S01"),
            "l10n_mx_facture_payment_form_id": self.sat("c_forma_pago", CASH),
        }
        return self.once("public", "res.partner", lambda: values)

    def _line(self, item, quantity, taxes, at_border):
        values = {"product_id": item.id, "quantity": quantity, "price_unit": item.list_price}
        if at_border and taxes["iva"] in item.taxes_id:
            values["tax_ids"] = [Command.set((item.taxes_id - taxes["iva"] + taxes["border"]).ids)]
        return Command.create(values)

    def _sale(self, number, values):
        """:return: a posted invoice to the public: the first half of yesterday"""
        day = self.today - timedelta(days=1) if number < COUNT // 2 else self.today
        values = {
            "move_type": "out_invoice",
            "invoice_date": day,
            "invoice_date_due": day,
            "invoice_payment_term_id": False,
            "ref": f"TICKET {number + 1:02}",
            "l10n_mx_facture_payment_policy": "PUE",
            **values,
        }
        move = self.once(f"invoice_ticket_{number + 1:02}", "account.move", lambda: values)
        if move.state == "draft":
            move.action_post()
        return move

    def _return(self, move):
        """The customer brings one of its lines back."""
        note = move._reverse_moves([{"invoice_date": self.today, "ref": f"DEVOLUCIÓN {move.ref}"}])
        note.invoice_line_ids[1:].unlink()
        note.action_post()
