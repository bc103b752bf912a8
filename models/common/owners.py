"""What a CFDI may be of. An owner is one row here, and its model, which inherits ``l10n_mx_facture.owner``."""

from typing import NamedTuple


class Owner(NamedTuple):
    """:param field: name of the field to it, on CFDIs and on stored problems
    :param current: name of its own field with the CFDI that it shows
    """

    field: str
    current: str


OWNERS = {
    "account.move": Owner("move_id", "l10n_mx_facture_document_id"),
    "l10n_mx_facture.rep": Owner("rep_id", "document_id"),
    "l10n_mx_facture.global": Owner("global_id", "document_id"),
}
OWNER_FIELDS = tuple(owner.field for owner in OWNERS.values())


def owner_of(record):
    """:param record: a CFDI or a stored problem
    :return: the invoice or other document that it is of; an empty one of invoices where there is none
    """
    return next((record[name] for name in OWNER_FIELDS if record[name]), record[OWNER_FIELDS[0]])


def owner_vals(owner):
    """:return: dict of values that make a CFDI or a problem the owner's"""
    return {OWNERS[owner._name].field: owner.id}
