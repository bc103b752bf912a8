"""The text of a Constancia de Situación Fiscal (SAT) as values.

Its labels and the names of its regimes are those of SAT's own PDF (Oracle XML Publisher, 2022 to 2026). Where a program
that reads PDFs breaks lines or leaves out blanks doesn't matter; the order of the labels doesn't either.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlsplit

from .errors import CfdiError
from .names import fiscal_name, folded_name
from .rfc import PATTERN, is_moral, is_valid_rfc
from .texts import one_form

# c_RegimenFiscal: SAT's names; on the constancia most have "Régimen de (las)" before them
REGIMES = {
    "601": "General de Ley Personas Morales",
    "603": "Personas Morales con Fines no Lucrativos",
    "605": "Sueldos y Salarios e Ingresos Asimilados a Salarios",
    "606": "Arrendamiento",
    "607": "Régimen de Enajenación o Adquisición de Bienes",
    "608": "Demás ingresos",
    "610": "Residentes en el Extranjero sin Establecimiento Permanente en México",
    "611": "Ingresos por Dividendos (socios y accionistas)",
    "612": "Personas Físicas con Actividades Empresariales y Profesionales",
    "614": "Ingresos por intereses",
    "615": "Régimen de los ingresos por obtención de premios",
    "616": "Sin obligaciones fiscales",
    "620": "Sociedades Cooperativas de Producción que optan por diferir sus ingresos",
    "621": "Incorporación Fiscal",
    "622": "Actividades Agrícolas, Ganaderas, Silvícolas y Pesqueras",
    "623": "Opcional para Grupos de Sociedades",
    "624": "Coordinados",
    "625": "Régimen de las Actividades Empresariales con ingresos a través de Plataformas Tecnológicas",
    "626": "Régimen Simplificado de Confianza",
}
# what a value ends at: the next label, or the heading of the next part
_LABELS = (
    "RFC:",
    "CURP:",
    "Nombre (s):",
    "Primer Apellido:",
    "Segundo Apellido:",
    "Denominación/Razón Social:",
    "Régimen Capital:",
    "Nombre Comercial:",
    "Fecha inicio de operaciones:",
    "Fecha de inicio de operaciones:",
    "Estatus en el padrón:",
    "Fecha de último cambio de estado:",
    "Código Postal:",
    "Tipo de Vialidad:",
    "Nombre de Vialidad:",
    "Número Exterior:",
    "Número Interior:",
    "Nombre de la Colonia:",
    "Nombre de la Localidad:",
    "Nombre del Municipio",
    "Nombre de la Entidad Federativa:",
    "Entre Calle:",
    "Y Calle:",
    "Datos de Identificación del Contribuyente",
    "Datos del domicilio registrado",
    "Datos de Ubicación",
    "Actividades Económicas:",
    "Regímenes:",
    "Obligaciones:",
    "Sus datos personales",
    "Cadena Original Sello:",
    "Sello Digital:",
)
_PAGE = re.compile(r"Página\s*\[?\d+\]?\s*de\s*\[?\d+\]?")
# a name, the day since when, and the day until when where it has ended
_REGIME = re.compile(r"(.+?)\s*\b(\d{2}/\d{2}/\d{4})(?:\s+(\d{2}/\d{2}/\d{4}))?")
_HEADING = re.compile(r"Régimen\s*Fecha\s*(?:de\s*)?Inicio\s*Fecha\s*(?:de\s*)?Fin")
# Cadena Original: ||2026/10/02 10:00:00|RFC|CONSTANCIA DE SITUACIÓN FISCAL|…
_CADENA = re.compile(r"\|\|\s*(\d{4})/(\d{2})/(\d{2})[^|]*\|\s*([^|]{12,14}?)\s*\|\s*CONSTANCIA")
_URL = re.compile(r"https?://[a-z.]*sat\.gob\.mx/\S*[?&]D3=\S+")


@dataclass(frozen=True, slots=True)
class Constancia:
    """:param rfc: valid by its shape
    :param name: as a CFDI has it: upper case, of a company without its legal form
    :param postal_code: five digits; "" where it has none
    :param regimes: codes of c_RegimenFiscal that have not ended, in the order of the page
    :param unknown_regimes: names of regimes that have no code here
    :param status: in SAT's register: ``ACTIVO``, ``REACTIVADO``, ``SUSPENDIDO``, ``CANCELADO``; "" where it has none
    :param issued: the day on which SAT made it; None where it can't be read
    """

    rfc: str
    name: str
    postal_code: str
    regimes: tuple
    unknown_regimes: tuple
    status: str
    issued: date | None

    @property
    def is_moral(self):
        """Whether it is a company's."""
        return is_moral(self.rfc)


def read_constancia(text, addresses=()):
    """Return the Constancia of a text.

    :param text: of all pages of the PDF
    :param addresses: addresses that the PDF links to, or that its QR codes hold
    :raise CfdiError: it can't be read; its ``code`` is ``no_text``, ``no_constancia``, ``no_rfc``, or
        ``contradiction``: it names more than one taxpayer
    """
    text = _PAGE.sub(" ", unicodedata.normalize("NFC", text))
    if len("".join(text.split())) < 50:
        raise CfdiError("no_text", "The file has no text. Use the PDF as SAT's portal gives it.")
    if not re.search(r"C[ÉE]DULA\s*DE\s*IDENTIFICACI[ÓO]N|CONSTANCIA\s*DE\s*SITUACI[ÓO]N\s*FISCAL", text):
        raise CfdiError("no_constancia", "The text is not that of a Constancia de Situación Fiscal.")
    values = _values(text)
    found = PATTERN.search(values.get("RFC:", ""))
    rfc = found[0] if found else ""
    if not is_valid_rfc(rfc):
        raise CfdiError("no_rfc", "The constancia has no valid RFC.")
    cadena = _CADENA.search(" ".join(text.split()))
    others = {*_rfcs_of((*addresses, *_URL.findall(text))), *([cadena[4]] if cadena else [])} - {rfc}
    if others := sorted(other for other in others if is_valid_rfc(other)):
        rfcs = ", ".join((rfc, *others))
        raise CfdiError("contradiction", f"The constancia names more than one RFC: {rfcs}.", data={"rfcs": rfcs})
    regimes, unknown = _regimes(values.get("Regímenes:", ""))
    return Constancia(
        rfc=rfc,
        name=_name(values),
        postal_code=next(iter(re.findall(r"\b\d{5}\b", values.get("Código Postal:", ""))), ""),
        regimes=regimes,
        unknown_regimes=unknown,
        status=values.get("Estatus en el padrón:", "").upper(),
        issued=_day(cadena[1], cadena[2], cadena[3]) if cadena else None,
    )


def regime_code(name):
    """:return: the code of a regime as a constancia names it; None where it has none here"""
    known = {_bare(own): code for code, own in REGIMES.items()}
    if found := re.match(r"(\d{3})\b", name):
        return found[1] if found[1] in REGIMES else None
    return known.get(_bare(name))


def _values(text):
    """:return: dict from each label to the first text that follows one of it, its white space folded"""
    spots = "|".join(f"(?P<l{number}>{_loose(label)})" for number, label in enumerate(_LABELS))
    found = list(re.finditer(spots, text))
    values = {}
    for here, following in zip(found, (*found[1:], None), strict=True):
        label = _LABELS[int(here.lastgroup[1:])]
        value = one_form(text[here.end() : following.start() if following else len(text)])
        values[label] = values.get(label) or value
    return values


def _loose(label):
    """:return: pattern of a label whose blanks may be missing, or be ends of lines"""
    parts = re.findall(r"\w+|[^\w\s]", label)
    start = r"(?<!\w)" if label[0].isalpha() else ""
    return start + r"\s*".join(re.escape(part) for part in parts)


def _name(values):
    if company := folded_name(values.get("Denominación/Razón Social:", "")):
        # the legal form has its own label; some repeat it in the name
        form = folded_name(values.get("Régimen Capital:", ""))
        return company.removesuffix(form).rstrip(" ,") or company if form else fiscal_name(company)
    parts = (values.get(label, "") for label in ("Nombre (s):", "Primer Apellido:", "Segundo Apellido:"))
    return folded_name(" ".join(filter(None, parts)))


def _regimes(section):
    """:return: codes of regimes that have not ended, and names without a code, two tuples"""
    codes, unknown = [], []
    for name, _since, until in _REGIME.findall(_HEADING.sub(" ", section)):
        if until:
            continue
        name = one_form(name)
        if code := regime_code(name):
            codes.append(code)
        else:
            unknown.append(name)
    return tuple(dict.fromkeys(codes)), tuple(unknown)


def _bare(name):
    """:return: the letters of a regime's name, without "Régimen de las" and what is in brackets, as lists differ"""
    plain = unicodedata.normalize("NFD", re.sub(r"\(.*?\)", "", name)).upper()
    letters = "".join(c for c in plain if c.isascii() and c.isalpha())
    return re.sub(r"^REGIMEN(?:DE)?(?:LAS|LOS|LA|L)?", "", letters)


def _rfcs_of(addresses):
    """:return: RFCs in SAT's addresses for checking a constancia: ``D3=<idCIF>_<RFC>``"""
    for address in addresses:
        for value in parse_qs(urlsplit(address).query).get("D3", ()):
            if found := re.fullmatch(r"\d+_(.+)", value):
                yield found[1].upper()
            elif found := PATTERN.search(value):
                yield found[0]


def _day(year, month, day):
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
