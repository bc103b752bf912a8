"""Sales to the public, their tickets and global invoices."""

from datetime import timedelta
from decimal import Decimal

from odoo import Command

from odoo.addons.l10n_mx_facture.cfdi.global_invoice.ticket import ANY_GOODS, Ticket, TicketTax
from odoo.addons.l10n_mx_facture.cfdi.read import read_cfdi

from .sat_case import SatMixin
from .stamp_case import StampCase


class GlobalCase(SatMixin, StampCase):
    """Global invoices of a test have a series of their own, as its invoices have."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        codes = {"l10n_mx_facture.global": f"{cls.prefix}G", "l10n_mx_facture.ticket.credit": f"{cls.prefix}D"}
        cls.env["ir.sequence"].create(
            [
                {"name": code, "code": code, "company_id": cls.company.id, "padding": 5, "prefix": f"{prefix}-"}
                for code, prefix in codes.items()
            ]
        )
        cls.journal.l10n_mx_facture_to_global = True
        cls.cash = cls.sat("c_forma_pago", "01")
        cls.public = cls.env["res.partner"].create(
            {
                "name": "Público en general",
                "vat": "XAXX010101000",
                "country_id": cls.env.ref("base.mx").id,
                "l10n_mx_facture_payment_form_id": cls.cash.id,
            }
        )

    def sell(self, *prices, days=1, **values):
        """:param prices: net, with 16 %; none: 100
        :return: the ticket of an invoice to the public of yesterday
        """
        lines = values.pop("lines", None) or [{"price_unit": price} for price in prices or (100.0,)]
        day = self.today_of(self.journal) - timedelta(days=days)
        move = self.create_invoice(
            lines=lines, **{"partner_id": self.public.id, "invoice_date": day, "invoice_date_due": day, **values}
        )
        return self.ticket_of(move)

    def ticket_of(self, move):
        return self.env["l10n_mx_facture.ticket"].search([("move_id", "=", move.id)])

    def guide(self):
        """:return: the tickets of SAT's guide: 150.80, 417.58 and 411.80"""
        return self.sell(130.0) | self.sell(179.99, 179.99) | self.sell(355.0)

    def make(self, tickets):
        """:return: the global invoices of these tickets, drafts"""
        self.press(tickets, "action_make_globals")
        return tickets.global_id

    def stamped_global(self, tickets=None):
        tickets = tickets or self.guide()
        made = self.make(tickets)
        action = self.press(made, "action_stamp")
        self.assertEqual(set(made.mapped("state")), {"stamped"}, action)
        return made

    def cancelled(self, made):
        """SAT confirms the cancellation."""
        self.at_sat.says(made.uuid, "cancelled")
        self.press(made, "action_update_sat_status")
        self.assertEqual(made.state, "cancelled")

    def xml_of(self, owner):
        """:return: the Comprobante of the stamped XML"""
        return read_cfdi(owner.l10n_mx_facture_document_id.xml_attachment_id.raw).comprobante

    def total_of(self, owner):
        return read_cfdi(owner.l10n_mx_facture_document_id.xml_attachment_id.raw).totals.total

    def return_of(self, ticket, price=None, **values):
        """:param price: net of what is returned; None: all
        :return: the posted credit note of a ticket's invoice
        """
        note = ticket.move_id._reverse_moves([{"invoice_date": self.today_of(self.journal), **values}])
        note.name = f"{self.prefix}/{next(self.numbers):05d}"
        if price:
            line = self.line_values(price_unit=price)
            note.write({"invoice_line_ids": [Command.clear(), Command.create(line)]})
        note.action_post()
        return note

    def take(self, number, *taxes, net=None, **values):
        """:param taxes: (base, tax, rate, c_Impuesto) of it; none: 100 + 16; a tax of None: exempt
        :return: a ticket of yesterday that another module brings
        """
        rows = tuple(self.ticket_tax(*row) for row in taxes or (("100.00", "16.00"),))
        net = Decimal(net) if net else sum(row.base for row in rows)
        ticket = Ticket(number, net, taxes=rows, clave_prod_serv=values.pop("clave", ANY_GOODS))
        vals = {
            "company_id": self.company.id,
            "branch_id": self.branch.id,
            "number": f"{values.pop('prefix', f'{self.prefix}-')}{number}",
            "date": self.today_of(self.journal) - timedelta(days=1),
            "payment_form_id": self.cash.id,
            "ticket": ticket,
            **values,
        }
        return self.env["l10n_mx_facture.ticket"]._take([vals]).sudo(False)

    def ticket_tax(self, base, importe, rate="0.160000", impuesto="002"):
        if importe is None:
            return TicketTax(impuesto, "Exento", None, Decimal(base), None)
        return TicketTax(impuesto, "Tasa", Decimal(rate), Decimal(base), Decimal(importe))

    def queue(self):
        """The worker of the queue runs once."""
        self.press(self.env["l10n_mx_facture.document"], "_work_queue")
        self.env.invalidate_all()

    def later(self):
        """The scheduled actions run after the calls of a dead process must be over, and its lost answers are found."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE l10n_mx_facture_request SET date_start = date_start - interval '1 day'")
        self.env.cr.execute("UPDATE l10n_mx_facture_document SET date_sent = date_sent - interval '1 day'")
        self.env.invalidate_all()
        # as after Resume: the service is asked at once
        self.account.sudo()._release()
        self.press(self.env["l10n_mx_facture.document"], "_cron_stamp")
        self.press(self.env["l10n_mx_facture.global"], "_cron_global")
        self.queue()

    def stamped_since(self, made):
        """:return: number of CFDIs that the service has stamped for this class after a global invoice"""
        book = self.own_book()
        return len(book) - 1 - [one["uuid"].upper() for one in book].index(made.uuid.upper())

    def assert_told(self, made, **left):
        """The sandbox reads a global invoice and its credit notes together.

        :param left: what is left of a ticket, by its number
        """
        audit = self.sandbox.global_invoice(made.uuid)
        self.assertEqual(audit["violations"], [])
        self.assertEqual({number: audit["tickets"][number] for number in left}, left)
