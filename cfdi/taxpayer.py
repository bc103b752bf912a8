"""What a contact's tax id and country say together: a taxpayer with an RFC, one without, or a resident abroad.

A Mexican RFC, a generic one and a foreign tax id stand in the same field of an address book.
"""

from dataclasses import dataclass
from functools import lru_cache

from .rfc import GENERIC_FOREIGN, GENERIC_NATIONAL, is_valid_rfc
from .texts import one_form

MEXICO = "MX"
# what a tax id and a country have in doubt
MISSING = "missing"
NOT_AN_RFC = "not_an_rfc"
NO_COUNTRY = "no_country"
RFC_ABROAD = "rfc_abroad"
NATIONAL_ABROAD = "national_abroad"
FOREIGN_IN_MEXICO = "foreign_in_mexico"

# people's and programs' words for "none", without signs: N/A, S/N, N.D.
_NONE = {"NA", "ND", "NO", "SN", "NONE", "NULL", "FALSE", "NINGUNO", "NINGUNA", "NOAPLICA", "NOTIENE", "SINRFC"}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a contact is to SAT.

    :param rfc: as the CFDI has it, a generic one where there is no own; as it is written where it is not valid; "" for
        none
    :param tax_id: of a resident abroad, in the form in which it is written
    :param doubt: what is missing, or the contradiction; None where there is none
    """

    rfc: str
    tax_id: str | None = None
    doubt: str | None = None


@lru_cache(4096)
def own_rfc(tax_id):
    """Return the tax id as an RFC.

    :param tax_id: as people write it: with blanks, hyphens, MX before it, or a sign for "none" (``/`` is Odoo's)
    :return: upper case without separators, which may not be valid; "" for none
    """
    written = one_form((tax_id or "").upper())
    bare = "".join(c for c in written if c.isalnum() or c == "&")
    # a single sign or letter, zeros, crosses
    if len(bare) < 2 or not bare.strip("0X") or bare in _NONE:
        return ""
    for rfc in (bare, bare.removeprefix("MX"), bare.removeprefix("RFC")):
        if is_valid_rfc(rfc):
            return rfc
    return "".join(written.split()).replace("-", "")


@lru_cache(4096)
def identify(tax_id, country):
    """Return the Identity of a contact.

    :param tax_id: as it is written
    :param country: ISO 3166-1 alpha-2 of the address; empty if it is not known
    """
    rfc, abroad = own_rfc(tax_id), bool(country) and country != MEXICO
    if not rfc:
        return Identity(GENERIC_FOREIGN) if abroad else Identity("", doubt=MISSING)
    if rfc == GENERIC_FOREIGN:
        return Identity(rfc, doubt=FOREIGN_IN_MEXICO if country == MEXICO else None)
    if is_valid_rfc(rfc):
        doubt = NATIONAL_ABROAD if rfc == GENERIC_NATIONAL else RFC_ABROAD
        return Identity(rfc, doubt=doubt if abroad else None)
    if abroad:
        return Identity(GENERIC_FOREIGN, tax_id=one_form(tax_id))
    return Identity(rfc, doubt=NOT_AN_RFC if country else NO_COUNTRY)
