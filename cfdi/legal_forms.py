"""The legal forms (regímenes de capital) of the Mexican law at the end of a company's name.

Sources: Ley General de Sociedades Mercantiles, de Sociedades Cooperativas, Agraria, del Mercado de Valores, de
Instituciones de Crédito, de Ahorro y Crédito Popular, para Regular las Instituciones de Tecnología Financiera; the
forms that IMSS's and SAT's registers list. A form is a kind of company and what the law lets follow it, so the parts
stand here and not their many combinations. A new one: a word in the right tuple, an example in
tests/unit/cfdi/legal_forms_list.py.
"""

import re

# every other word of up to four letters is initials, which may have dots or blanks between them; so may these
_LINKS = {"DE", "DEL", "EN", "LA", "NO", "POR"}
_LONG_INITIALS = {"SOFOM", "SOFOL", "SOFIPO", "SOFINCO", "SOCAP"}

_STOCK = (
    "SA",
    "SAB",
    "SAPI",
    "SAPIB",
    "SAS",
    "SOCIEDAD ANONIMA",
    "SOCIEDAD ANONIMA BURSATIL",
    "SOCIEDAD ANONIMA PROMOTORA DE INVERSION",
    "SOCIEDAD ANONIMA PROMOTORA DE LA INVERSION",
    "SOCIEDAD ANONIMA PROMOTORA DE INVERSION BURSATIL",
    "SOCIEDAD POR ACCIONES SIMPLIFICADA",
)
_LIMITED = ("S DE RL", "SRL", "SOCIEDAD DE RESPONSABILIDAD LIMITADA")
_LIMITED_KINDS = ("MI", "ART", "MICROINDUSTRIAL", "MICRO INDUSTRIAL", "ARTESANAL", "DE IP", "DE INTERES PUBLICO")
_COOPERATIVE = ("SC", "SCL", "SCS", "SCRL", "SOCIEDAD COOPERATIVA")
# with their liability only: alone they may be anything
_COOPERATIVE_KINDS = ("SCP", "SCC", "SCPP", "SCAP", "SCBS")
# what a cooperative does, joined by DE or Y
_OBJECTS = (
    "P",
    "PP",
    "C",
    "AP",
    "AYP",
    "B",
    "S",
    "PB",
    "PS",
    "V",
    "T",
    "PRODUCCION",
    "PRODUCTORES",
    "PRODUCCION PESQUERA",
    "PESCADORES",
    "CONSUMO",
    "CONSUMIDORES",
    "AHORRO",
    "PRESTAMO",
    "BIENES",
    "SERVICIOS",
    "VIVIENDA",
    "TRANSPORTE",
    "COMERCIALIZACION",
)
_RURAL = (
    "SPR",
    "S DE PR",
    "SOCIEDAD DE PRODUCCION RURAL",
    "ARIC",
    "ASOCIACION RURAL DE INTERES COLECTIVO",
)
_RURAL_KINDS = ("PR", "UE", "UNION DE EJIDOS", "USPR", "UNION DE SOCIEDADES DE PRODUCCION RURAL")
_LIABILITIES = (
    "DE RL",
    "DE RI",
    "DE RS",
    "DE R LIMITADA",
    "DE RESPONSABILIDAD LIMITADA",
    "DE RESPONSABILIDAD ILIMITADA",
    "DE RESPONSABILIDAD SUPLEMENTADA",
    "LIMITADA",
    "ILIMITADA",
    "SUPLEMENTADA",
)
_PARTNERSHIPS = (
    "S EN C",
    "S EN CS",
    "S EN C POR A",
    "S EN CPA",
    "S EN NC",
    "SNC",
    "SOCIEDAD EN COMANDITA",
    "SOCIEDAD EN COMANDITA SIMPLE",
    "SOCIEDAD EN COMANDITA POR ACCIONES",
    "SOCIEDAD EN NOMBRE COLECTIVO",
    "SOCIEDAD NACIONAL DE CREDITO",
)
_OTHERS = (
    "AC",
    "AR",
    "A EN P",
    "ABP",
    "IAP",
    "IASP",
    "IBP",
    "SSS",
    "S DE SS",
    "EPE",
    "ASOCIACION CIVIL",
    "ASOCIACION RELIGIOSA",
    "ASOCIACION EN PARTICIPACION",
    "ASOCIACION DE ASISTENCIA PRIVADA",
    "ASOCIACION DE BENEFICENCIA PRIVADA",
    "FUNDACION DE BENEFICENCIA PRIVADA",
    "INSTITUCION DE ASISTENCIA PRIVADA",
    "INSTITUCION DE ASISTENCIA SOCIAL PRIVADA",
    "INSTITUCION DE BENEFICENCIA PRIVADA",
    "SOCIEDAD CIVIL",
    "SOCIEDAD DE SOLIDARIDAD SOCIAL",
    "SOCIEDAD MUTUALISTA",
    "SOCIEDAD MUTUALISTA DE SEGUROS",
    "EMPRESA PRODUCTIVA DEL ESTADO",
    "EMPRESA PUBLICA DEL ESTADO",
)
# what financial companies are by their own laws: only ever behind a form
_FINANCIAL = (
    "SOFOL",
    "SFP",
    "SOFIPO",
    "SFC",
    "SOFINCO",
    "SOCAP",
    "IBM",
    "IBD",
    "OAC",
    "IFPE",
    "IFC",
    "FI",
    "AFORE",
    "SIEFORE",
    "SOCIEDAD FINANCIERA DE OBJETO LIMITADO",
    "SOCIEDAD FINANCIERA POPULAR",
    "SOCIEDAD FINANCIERA COMUNITARIA",
    "INSTITUCION DE BANCA MULTIPLE",
    "INSTITUCION DE BANCA DE DESARROLLO",
    "INSTITUCION DE FONDOS DE PAGO ELECTRONICO",
    "INSTITUCION DE FINANCIAMIENTO COLECTIVO",
    "ORGANIZACION AUXILIAR DEL CREDITO",
    "FONDO DE INVERSION",
    "CASA DE BOLSA",
    "CASA DE CAMBIO",
    "ADMINISTRADORA DE FONDOS PARA EL RETIRO",
)
_SOFOM = ("SOFOM", "SOCIEDAD FINANCIERA DE OBJETO MULTIPLE")
_SUPERVISED = ("ENR", "ER", "ENTIDAD REGULADA", "ENTIDAD NO REGULADA")

# between two words: a blank, a comma, or nothing behind a dot ("S.A.DE C.V.")
_GAP = r"(?:[,\s]+|(?<=\.))"


def _word(word):
    """A word, or initials with dots, blanks or nothing between them: SA, S.A., S. A."""
    if word in _LINKS or (len(word) > 4 and word not in _LONG_INITIALS):
        return word
    return r"\.?\s*".join(word) + r"\.?"


def _any(*groups):
    """One of the forms of these groups, the longest first."""
    forms = sorted({form for group in groups for form in group}, key=len, reverse=True)
    return "(?:" + "|".join(_GAP.join(_word(word) for word in form.split()) for form in forms) + ")"


def _maybe(pattern, most=1):
    return f"(?:{_GAP}{pattern}){{0,{most}}}"


def _tail():
    """The pattern of all that may stand behind a name."""
    variable = _maybe(rf"(?:(?:DE|Y){_GAP})?{_any(('CV', 'CAPITAL VARIABLE'))}")
    liability = _any(_LIABILITIES)
    purposes = _maybe(rf"(?:DE|Y|E){_GAP}{_any(_OBJECTS)}", most=4)
    kinds = (
        _any(_LIMITED) + _maybe(_any(_LIMITED_KINDS), most=2),
        # behind initials a purpose counts with its liability only: "ARTE S.C. DE P." may be a name
        _any(_COOPERATIVE) + rf"(?:{purposes}{_GAP}{liability})?",
        _any(("SOCIEDAD COOPERATIVA",)) + purposes,
        _any(_RURAL) + _maybe(liability),
        _any(_COOPERATIVE_KINDS, _RURAL_KINDS) + purposes + _GAP + liability,
        _any(_PARTNERSHIPS, _OTHERS),
    )
    financial = _maybe(f"(?:{_any(_SOFOM)}{_maybe(_any(_SUPERVISED))}|{_any(_FINANCIAL)})", most=3)
    # the name of a bank's group stands before or behind these words
    group = rf"(?:{_GAP}(?:[A-Z&Ñ]+{_GAP})?GRUPO{_GAP}FINANCIERO\b.*)?"
    stock = _any(_STOCK) + _maybe("DE" + _GAP + _word("RL"))
    return f"(?:{stock}{variable}{financial}{group}|(?:{'|'.join(kinds)}){variable}{financial})"


_FORM = re.compile(_tail() + r"[\s.,]*")
# what stands before the form is a comma or a blank
_TAIL = re.compile(rf"(?<=\S)(?:\s*,\s*|\s+){_FORM.pattern}$")


def form_start(name):
    """Return where the legal form at the end of a name begins, with the blank before it; its length if it has none.

    :param name: upper case without accents. A name is never only its form
    """
    found = None if _FORM.fullmatch(name) else _TAIL.search(name)
    return found.start() if found else len(name)
