"""What the tests read in a receipt of payment, for a comparison with what it was made of."""

from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.payments.printed import PrintedReceipt
from l10n_mx_facture.cfdi.payments.summary import IVA_RATES
from l10n_mx_facture.cfdi.read import read_cfdi
from l10n_mx_facture.cfdi.values import EXENTO, IEPS, ISR, IVA, TASA

WITHHELD = (("iva", IVA), ("isr", ISR), ("ieps", IEPS))


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


def taxes_by_rate(receipt):
    """Return what Totales says by tax and rate, for a comparison with the entries of the same payments.

    :param receipt: a Receipt, or a ParsedCfdi of type P
    :return: dict from (withheld, Impuesto, TipoFactor, TasaOCuota) to (base, tax) in MXN; the base of a withheld tax
        and the tax of an exempt one are None; rates that Totales has no attribute for are not there
    """
    found, sums = {}, receipt.comprobante.pagos.totales
    for name, impuesto in WITHHELD:
        if (value := getattr(sums, f"retenciones_{name}")) is not None:
            found[True, impuesto, None, None] = (None, value)
    for name, rate in IVA_RATES.items():
        if (base := getattr(sums, f"base_{name}")) is not None:
            found[False, IVA, TASA, rate] = (base, getattr(sums, f"impuesto_{name}"))
    if sums.base_iva_exento is not None:
        found[False, IVA, EXENTO, None] = (sums.base_iva_exento, None)
    return found
