"""The kinds of divergences: one row each.

A kind has the name of its methods, too: ``_divergence_<kind>`` of the CFDI says in a sentence what differs, and
``_remedy_<kind>`` is what the button does. Without the latter the button opens the invoice.
"""

from dataclasses import dataclass

OURS, SUPPLIERS = "l10n_mx_facture.document", "l10n_mx_facture.received"


@dataclass(frozen=True)
class Kind:
    """One kind.

    :param value: as it is stored
    :param label: as it is shown
    :param button: what the button does, by which the views choose it; None: cancel or reverse the invoice, as the
        company's setting says
    :param told_by: who is asked when a person has it looked at again: ``sat``, ``service``, ``look_up`` (the service,
        about what it refused), ``files``, or None where the database tells it
    :param judged_of: models of the CFDIs of which the database is judged for it, every night and after each change;
        the others are found by the rounds that ask the service or read the files
    """

    value: str
    label: str
    button: str | None
    told_by: str | None
    judged_of: tuple = ()


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
        Kind("total", "Totals of invoice and CFDI differ", None, None, (OURS, SUPPLIERS)),
        Kind("not_at_sat", "Not found at SAT", "ask_sat", "sat", (OURS, SUPPLIERS)),
        Kind("efos", "On SAT's list of article 69-B", "list", "sat", (OURS, SUPPLIERS)),
    )
}
