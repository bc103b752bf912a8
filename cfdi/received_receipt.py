"""The XML of a supplier's receipt of payment (CFDI 4.0 of type P, Pagos 2.0), and which of our payments it is of."""

from dataclasses import dataclass

from .errors import CfdiError
from .payments.complement import Pagos
from .payments.read import read_pagos
from .received import MAX_BYTES, ReceivedCfdi, read_received
from .xml import parse

TYPE = "P"


@dataclass(frozen=True, slots=True)
class ReceivedReceipt:
    """A supplier's stamped receipt: its header, and the payments in it."""

    header: ReceivedCfdi
    pagos: Pagos


def read_received_receipt(xml):
    """Return the ReceivedReceipt of a stamped CFDI of type P.

    :param xml: bytes, or the root that `xml.parse` returned
    :raises CfdiError: those of `received.read_received` (``other_type`` of I, E, N and T) and of
        `payments.read.read_pagos`; ``no_payments`` where it has no Pagos 2.0: CFDI 3.3 had Pagos 1.0, without taxes
    """
    root = parse(xml, MAX_BYTES)
    header, pagos = read_received(root, (TYPE,)), read_pagos(root)
    if pagos is None or not any(pago.doctos for pago in pagos.pagos):
        raise CfdiError("no_payments", "The receipt has no Pagos 2.0.", data={"version": header.version})
    return ReceivedReceipt(header, pagos)


def match_payments(receipts, payments):
    """Find for what of an invoice is receipted the payment that it is of: of the same amount, and nearest in time.

    :param receipts: list of (date, amount), in the order of their installments
    :param payments: list of (date, amount), each of which is of one receipt at most
    :return: list as long as `receipts` of positions in `payments`, None where no payment has the amount
    """
    left, found = dict(enumerate(payments)), []
    for day, amount in receipts:
        fitting = [(abs((paid - day).days), place) for place, (paid, value) in left.items() if value == amount]
        place = min(fitting, default=(0, None))[1]
        left.pop(place, None)
        found.append(place)
    return found
