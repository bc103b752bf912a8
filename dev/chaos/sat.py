"""What must be so of our CFDIs at SAT after a schedule of `make chaos`: its word against Odoo's state.

A pure function on what was read from both, so that it can be tested with made-up words.
"""

from dev.chaos.compare import CANCELLED, Violation

STATES = {"En proceso": "cancel_requested"}


def as_at_sat(invoices, documents, words, touched):
    """Where Odoo has another state than SAT's answer asks for, after SAT was asked about each CFDI.

    :param invoices: dict from the id of each invoice that exists to its state
    :param documents: compare.Document of the schedule's invoices
    :param words: dict from a UUID to what SAT says of it: a dict with Estado and EstatusCancelacion
    :param touched: invoices that a person may have brought back after the cancellation
    :return: list of :class:`~compare.Violation`
    """
    found = []
    for one in documents:
        if not one.uuid:
            continue
        word = words[one.uuid]
        status = word["EstatusCancelacion"]
        expected = "cancelled" if word["Estado"] == CANCELLED else STATES.get(status, "stamped")
        if one.state != expected:
            text = f"document {one.id} is {one.state}, SAT says {word['Estado']}, {status or '-'}"
            found.append(Violation(one.invoice, text))
    for invoice, state in invoices.items():
        mine = {one.state for one in documents if one.invoice == invoice and one.uuid}
        if mine == {"cancelled"} and state == "posted" and invoice not in touched:
            found.append(Violation(invoice, "its CFDI is cancelled, and the invoice is posted"))
    return found
