"""What a receipt of payment is made of: payments, each with the invoices that it settles, and the header."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ..values import Emisor, Receptor
from .invoice import CreditNote, PaidInvoice
from .printed import PrintedReceipt


@dataclass(frozen=True, slots=True)
class Settlement:
    """An invoice, paid in a payment.

    :param amount: what of it is paid, in its own currency
    :param applied: the same in the payment's currency; None where the two are one
    :param notes: live credit notes, each only the part reconciled with this invoice (`CreditNote.part`)
    :param printed: its earlier live receipts. A substitute is told those before the receipt that it replaces.
    :param installment: of an invoice that another system stamped: number of its first receipt here, 2 or more
    :param balance_before: of such an invoice: what is open before that, `notes` taken off. Both are looked at only
        where nothing is printed yet.
    """

    invoice: PaidInvoice
    amount: Decimal
    applied: Decimal | None = None
    notes: tuple[CreditNote, ...] = ()
    printed: tuple[PrintedReceipt, ...] = ()
    installment: int | None = None
    balance_before: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """A pago20:Pago to be: money that came in at one time in one form.

    :param fecha: naive, when it was received (12:00:00 where the hour is not known)
    :param tipo_cambio: MXN for a unit of `moneda`; None for MXN
    :param monto: what is applied to invoices, or more where the rest is kept; in `moneda`
    :param rfc_emisor_cta_ord: of the payer's bank; leave out bank data that aren't complete
    :param rfc_emisor_cta_ben: of the bank that received it
    """

    fecha: datetime
    forma_de_pago: str
    moneda: str
    monto: Decimal
    settlements: tuple[Settlement, ...]
    tipo_cambio: Decimal | None = None
    num_operacion: str | None = None
    rfc_emisor_cta_ord: str | None = None
    nom_banco_ord_ext: str | None = None
    cta_ordenante: str | None = None
    rfc_emisor_cta_ben: str | None = None
    cta_beneficiario: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptHeader:
    """The rest of the CFDI. `fecha` is naive: the local time of `lugar_expedicion`.

    :param emisor: of today, as is `receptor`, not those of the invoices
    :param replaces: UUIDs of receipts that this one substitutes (TipoRelacion 04)
    :param factoring: the receiver is the factor to whom the invoices were ceded, not their receiver
    """

    serie: str | None
    folio: str | None
    fecha: datetime
    lugar_expedicion: str
    emisor: Emisor
    receptor: Receptor
    replaces: tuple[str, ...] = ()
    factoring: bool = False
