"""What earlier receipts printed of an invoice: the next one goes on from there, not from an ERP's balance."""

from dataclasses import dataclass, fields
from decimal import Decimal

from ..errors import CfdiError
from ..read import read_cfdi
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


def read_printed_receipts(xml):
    """Return a dict from the UUID of an invoice to its PrintedReceipts in a stamped REP, in order.

    :param xml: bytes, or the root that `read.parse_cfdi` returned
    :raises CfdiError: those of `read_cfdi`, and ``not_stamped``, ``other_type`` (it has no Pagos)
    """
    parsed = read_cfdi(xml)
    if not parsed.timbre:
        raise CfdiError("not_stamped", "The CFDI has no TimbreFiscalDigital.")
    pagos = parsed.comprobante.pagos
    if pagos is None:
        tipo = parsed.comprobante.tipo_de_comprobante
        raise CfdiError("other_type", f"This CFDI of type {tipo} has no Pagos.", data={"type": tipo})
    found = {}
    for pago in pagos.pagos:
        for docto in pago.doctos:
            printed = PrintedReceipt.of(docto)
            found.setdefault(printed.uuid, []).append(printed)
    return found


def _texts(values):
    """Dict of the fields of a dataclass; its Decimals as texts."""
    pairs = ((one.name, getattr(values, one.name)) for one in fields(values))
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in pairs}


def _numbers(values, names):
    return {name: Decimal(value) if name in names and value is not None else value for name, value in values.items()}
