"""The name of a taxpayer as SAT's register has it: upper case, without the régimen de capital.

The register keeps the legal form apart from the name, so "Herrería S.A. de C.V." is "HERRERÍA" in a CFDI
(CFDI40139, CFDI40145; guide of CFDI 4.0, node Receptor).
"""

import re
import unicodedata
from functools import lru_cache

# the legal forms of the Mexican law, longest first; each stands at the end of a name
_FORMS = (
    "SOCIEDAD ANONIMA PROMOTORA DE INVERSION DE CAPITAL VARIABLE",
    "SOCIEDAD ANONIMA PROMOTORA DE INVERSION",
    "SOCIEDAD ANONIMA BURSATIL DE CAPITAL VARIABLE",
    "SOCIEDAD ANONIMA DE CAPITAL VARIABLE",
    "SOCIEDAD ANONIMA",
    "SOCIEDAD DE RESPONSABILIDAD LIMITADA DE CAPITAL VARIABLE",
    "SOCIEDAD DE RESPONSABILIDAD LIMITADA MICROINDUSTRIAL",
    "SOCIEDAD DE RESPONSABILIDAD LIMITADA",
    "SOCIEDAD POR ACCIONES SIMPLIFICADA DE CAPITAL VARIABLE",
    "SOCIEDAD POR ACCIONES SIMPLIFICADA",
    "SOCIEDAD EN COMANDITA SIMPLE",
    "SOCIEDAD EN COMANDITA POR ACCIONES",
    "SOCIEDAD EN NOMBRE COLECTIVO",
    "SOCIEDAD CIVIL",
    "ASOCIACION CIVIL",
    "INSTITUCION DE ASISTENCIA PRIVADA",
    "INSTITUCION DE BENEFICENCIA PRIVADA",
    "SAPI DE CV",
    "SAPI",
    "SAB DE CV",
    "SAB",
    "SA DE CV",
    "SA",
    "S DE RL DE CV",
    "S DE RL MI",
    "S DE RL",
    "SAS DE CV",
    "SAS",
    "SPR DE RL DE CV",
    "SPR DE RL",
    "SC DE RL DE CV",
    "SC DE RL",
    "S EN C POR A DE CV",
    "S EN C POR A",
    "S EN C",
    "S EN NC",
    "SC",
    "AC",
    "IAP",
    "IBP",
    "ABP",
)
_ACCENTS = str.maketrans("ÁÉÍÓÚ", "AEIOU")
# the receiver of a global invoice, as SAT writes it: without accent (CFDI40130, CFDI40146)
GENERAL_PUBLIC = "PUBLICO EN GENERAL"


def _pattern(form):
    """A form with dots, spaces or nothing between the letters of its initials: SA, S.A., S. A."""
    words = []
    for word in form.split():
        short = word.isupper() and len(word) <= 4 and word not in ("DE", "EN", "POR")
        words.append(r"\.?\s*".join(word) + r"\.?" if short else word)
    return r"\s+".join(words)


# what a financial company's form ends in, whether it is supervised or not
_SOFOM = (
    r"(?:(?:\s*,\s*|\s+)(?:S\.?\s*O\.?\s*F\.?\s*O\.?\s*M\.?|SOCIEDAD FINANCIERA DE OBJETO MULTIPLE)"
    r"(?:(?:\s*,\s*|\s+)(?:E\.?\s*N?\.?\s*R\.?|ENTIDAD (?:NO )?REGULADA))?)?"
)
# what stands before the form is a comma or a space; a name is never only its form
_TAIL = re.compile(r"(?<=\S)(?:\s*,\s*|\s+)(?:" + "|".join(map(_pattern, _FORMS)) + r")" + _SOFOM + r"\s*$")


@lru_cache(4096)
def folded_name(name):
    """Return a name in upper case, with its white space folded and without invisible characters.

    A zero width space that came along with a copied text makes it another name than the register's (CFDI40145).
    """
    visible = "".join(c for c in name if unicodedata.category(c) != "Cf")
    return " ".join(visible.upper().split())


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
    # accents are as many characters as plain letters, so a match can be cut from the original
    match = _TAIL.search(folded.translate(_ACCENTS))
    return folded[: match.start()].rstrip(" ,") if match else folded
