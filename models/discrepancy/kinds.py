"""The kinds of discrepancies, one row each.

Methods of the CFDI are named after the kind: ``_discrepancy_<kind>`` returns a sentence about the discrepancy, and
``_fix_<kind>`` corrects it. Without the latter, the button opens the invoice.
"""

from dataclasses import dataclass

OURS, SUPPLIERS = "l10n_mx_facture.document", "l10n_mx_facture.received"
SUPPLIERS_RECEIPTS = "l10n_mx_facture.received.rep"


@dataclass(frozen=True)
class Kind:
    """One kind.

    :param value: as it is stored
    :param label: as it is shown
    :param button: value of ``remedy``, by which the views choose the button; None: cancel or reverse the invoice, by
        the company's setting
    :param checked_at: what *Check again* asks: ``sat``, ``service``, ``look_up`` (the service, about a refused CFDI),
        ``files``; None: only the database
    :param checked_models: models of CFDIs that are checked for it by the database, every night and after each change;
        other kinds are found by the rounds that ask the service or read the files
    """

    value: str
    label: str
    button: str | None
    checked_at: str | None
    checked_models: tuple = ()


KINDS = {
    kind.value: kind
    for kind in (
        Kind("tampered", "Stored files were changed", "restore", "files"),
        Kind("cancelled_posted", "Cancelled at SAT, posted in Odoo", None, "sat", (OURS, SUPPLIERS)),
        Kind("valid_cancelled", "Valid at SAT, cancelled in Odoo", "request", "sat", (OURS,)),
        Kind("two_live", "Two valid CFDIs for one sale", "request", "sat", (OURS,)),
        Kind("at_service", "Stamped at the service, not in Odoo", "adopt", "look_up"),
        Kind("unresolved", "Not known whether it was stamped", "resolve", None, (OURS,)),
        Kind("service", "The service shows different data", "ask_service", "service"),
        Kind("payment_gone", "On a receipt, not paid in Odoo", "request", None, (OURS,)),
        Kind("total", "Totals of invoice and CFDI differ", None, None, (OURS, SUPPLIERS)),
        Kind("parties", "RFCs of invoice and CFDI differ", None, None, (OURS, SUPPLIERS)),
        Kind("removed", "CFDI removed, bill posted without one", "dismiss", None),
        Kind("not_at_sat", "Not found at SAT", "ask_sat", "sat", (OURS, SUPPLIERS, SUPPLIERS_RECEIPTS)),
        Kind("efos", "On SAT's list of article 69-B", "list", "sat", (OURS, SUPPLIERS)),
    )
}
