"""What the tests of Odoo's own ways to make an invoice share."""

from decimal import Decimal
from unittest import SkipTest

from odoo import Command

from .build_case import BuildCase


class InvoiceCase(BuildCase):
    """Every invoice is made by Odoo, then numbered in the series of the class, posted, stamped and judged.

    A class whose ways come with modules that ours does not depend on names them in ``requires``. ``make test`` runs it
    in a database that has them (dev/checks/shards.py reads the names); elsewhere it says that they are missing.
    """

    requires = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        installed = cls.env["ir.module.module"]._installed()
        missing = [name for name in cls.requires if name not in installed]
        if missing:
            raise SkipTest(f"needs the module {', '.join(missing)} in the database")
        cls.goods = cls.env["product.product"].create(
            {
                "name": "Silla",
                "type": "consu",
                "list_price": 100.0,
                "uom_id": cls.env.ref("uom.product_uom_unit").id,
                "taxes_id": [Command.set(cls.iva16.ids)],
                "l10n_mx_facture_product_code_id": cls.sat("c_clave_prod_serv", "56101500").id,
            }
        )

    def number(self, *moves):
        """Give drafts a number in the series of this class, so that the sandbox's book can be asked for them."""
        for move in moves:
            move.name = f"{self.prefix}/{next(self.numbers):05d}"

    def issued(self, move):
        """:return: :class:`ReadCfdi` of a draft: numbered, posted, stamped"""
        self.number(move)
        move.action_post()
        return self.stamped(move)

    def reversed(self, move, method="refund_moves", **values):
        """:param method: of Odoo's wizard: ``refund_moves``, or ``modify_moves`` for a new invoice instead
        :return: what the wizard shows: the credit note, or the invoice that replaces it
        """
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
        action = getattr(wizard.create({"journal_id": move.journal_id.id, "date": self.today(), **values}), method)()
        return self.env["account.move"].browse(action["res_id"])

    def reverse(self, move):
        """:return: the credit note of all of an invoice, posted"""
        note = self.reversed(move)
        self.number(note)
        note.action_post()
        return note

    def concepts(self, read):
        """:return: (ClaveProdServ, ClaveUnidad, Cantidad, ValorUnitario, Importe, Descuento) of each Concepto; numbers
        are Decimal, Descuento 0 where there is none
        """
        names = ("ClaveProdServ", "ClaveUnidad", "Cantidad", "ValorUnitario", "Importe", "Descuento")
        return [
            (code, unit, *(Decimal(number or 0) for number in numbers))
            for code, unit, *numbers in read.rows("cfdi:Conceptos/cfdi:Concepto", *names)
        ]

    def sums(self, read):
        """:return: (SubTotal, Descuento, Total) as Decimal"""
        return tuple(Decimal(read[name] or 0) for name in ("SubTotal", "Descuento", "Total"))

    def rates(self, read):
        """:return: dict from (Impuesto, TasaOCuota) of the summary to (Base, Importe) as Decimal"""
        return {
            (tax, rate): (Decimal(base), Decimal(amount or 0))
            for tax, _kind, rate, base, amount in read.transfers()
        }

    def every_rounding(self):
        """:return: contexts, one for each way in which a company rounds its taxes, in pesos"""
        pesos = self.env.ref("base.MXN")
        return [self.one_way(method, pesos) for method in ("round_per_line", "round_globally")]
