"""The name of a taxpayer as SAT's register has it: upper case, without the régimen de capital.

The register keeps the legal form apart from the name, so "Herrería S.A. de C.V." is "HERRERÍA" in a CFDI
(CFDI40139, CFDI40145; guide of CFDI 4.0, node Receptor).
"""

from functools import lru_cache

from .legal_forms import form_start
from .texts import one_form

_ACCENTS = str.maketrans("ÁÉÍÓÚ", "AEIOU")
# the receiver of a global invoice, as SAT writes it: without accent (CFDI40130, CFDI40146)
GENERAL_PUBLIC = "PUBLICO EN GENERAL"


@lru_cache(4096)
def folded_name(name):
    """Return a name in upper case and in one form.

    A zero width space, or an Ñ of two characters, that came along with a copied text makes it another name than the
    register's (CFDI40145).
    """
    return one_form(name.upper())


@lru_cache(4096)
def is_general_public(name):
    """Tell whether a name is that of the general public, however it is written ("Público en general")."""
    return folded_name(name).translate(_ACCENTS) == GENERAL_PUBLIC


@lru_cache(4096)
def fiscal_name(name):
    """Return a taxpayer's name as the CFDI takes it.

    :param name: as it is written in the address book
    :return: upper case, white space folded, the legal form at its end removed; accents, Ñ and & stay
    """
    folded = folded_name(name)
    # accents are as many characters as plain letters, so the form can be cut from the original
    start = form_start(folded.translate(_ACCENTS))
    return folded[:start].rstrip(" ,") if start < len(folded) else folded
