"""What earlier receipts printed of an invoice: the next one goes on from there, not from an ERP's balance."""

from dataclasses import dataclass, fields
from decimal import Decimal

from .invoice import TaxRow

_AMOUNTS = ("balance_before", "amount", "balance_after", "credited")


@dataclass(frozen=True, slots=True)
class PrintedReceipt:
    """A DoctoRelacionado of a live receipt. Amounts are in the invoice's currency.

    :param uuid: the invoice's, in upper case
    :param installment: NumParcialidad
    :param amount: ImpPagado
    :param credited: credit notes that were counted in `balance_before`; None: only the XML is known
    """

    uuid: str
    installment: int
    balance_before: Decimal
    amount: Decimal
    balance_after: Decimal
    rows: tuple[TaxRow, ...]
    credited: Decimal | None = None

    def to_json(self):
        """:return: JSON-able dict, from which `from_json` makes an equal one"""
        return {**_texts(self), "rows": [_texts(row) for row in self.rows]}

    @classmethod
    def from_json(cls, values):
        """:param values: what `to_json` returned"""
        rows = tuple(TaxRow(**_numbers(row, ("base", "importe", "tasa_o_cuota"))) for row in values["rows"])
        return cls(**{**_numbers(values, _AMOUNTS), "rows": rows})

    @classmethod
    def of(cls, docto, credited=None, lines=None):
        """The PrintedReceipt of a `complement.DoctoRelacionado`.

        :param lines: `TaxRow.line` of its retenciones and then its traslados
        """
        taxes = [(True, tax) for tax in docto.retenciones] + [(False, tax) for tax in docto.traslados]
        rows = (
            TaxRow(withheld, tax.impuesto, tax.tipo_factor, tax.tasa_o_cuota, tax.base, tax.importe, line)
            for (withheld, tax), line in zip(taxes, lines or [None] * len(taxes), strict=True)
        )
        return cls(
            uuid=(docto.id_documento or "").upper(),
            installment=docto.num_parcialidad,
            balance_before=docto.imp_saldo_ant,
            amount=docto.imp_pagado,
            balance_after=docto.imp_saldo_insoluto,
            rows=tuple(rows),
            credited=credited,
        )


def _texts(values):
    """Dict of the fields of a dataclass; its Decimals as texts."""
    pairs = ((one.name, getattr(values, one.name)) for one in fields(values))
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in pairs}


def _numbers(values, names):
    return {name: Decimal(value) if name in names and value is not None else value for name, value in values.items()}
