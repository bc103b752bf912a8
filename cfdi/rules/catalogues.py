"""What SAT's catalogues say, as questions. A caller that knows more of them overrides a method."""

import re
from bisect import bisect_right

from ..places import is_known_postal_code
from . import catalogues_data as data
from .tax_rates import DEFAULT_RATES

_CLAVE_PROD_SERV = re.compile("[0-9]{8}")
_CLAVE_UNIDAD = re.compile("[0-9A-Za-z]{2,3}")
_TAX_ID_FORMATS = {country: re.compile(pattern) for country, pattern in data.TAX_ID_FORMATS.items()}


def _runs(text):
    """ "21000-22767 22863" -> sorted firsts and lasts."""
    pairs = [run.split("-") for run in text.split()]
    return [pair[0] for pair in pairs], [pair[-1] for pair in pairs]


_KEYS = data.KEYS
_BORDER, _PATENTES = _runs(data.BORDER), _runs(data.PATENTES)


def _in_runs(code, runs):
    # codes are of one length, so they sort as texts
    firsts, lasts = runs
    position = bisect_right(firsts, code) - 1
    return position >= 0 and code <= lasts[position]


# catalogues that are not in KEYS; of the first two only the form of a key is known
_KNOWN = {
    "c_ClaveProdServ": lambda key: bool(_CLAVE_PROD_SERV.fullmatch(key or "")),
    "c_ClaveUnidad": lambda key: bool(_CLAVE_UNIDAD.fullmatch(key or "")),
    "c_CodigoPostal": is_known_postal_code,
    "c_PatenteAduanal": lambda key: len(key) == 4 and _in_runs(key, _PATENTES),
}


class Catalogues:
    """SAT's catalogues. `fecha` is the Fecha of the document, by which a key is judged.

    :param TaxRates rates: the table of rates and quotas
    """

    def __init__(self, rates=DEFAULT_RATES):
        self.rates = rates

    def has(self, catalogue, key, fecha):
        """Whether a catalogue has a key, in force at `fecha`.

        c_ClaveProdServ (52 thousand keys) and c_ClaveUnidad (2 thousand) are not in here: of these only the form of
        a key is judged; override this method where there is a table.

        :param catalogue: SAT's name: ``c_FormaPago``
        :param key: None, a key that is missing, is an unknown one
        """
        keys = _KEYS.get(catalogue)
        if keys is None:
            return _KNOWN[catalogue](key)
        if key not in keys:
            return False
        since = keys[key]
        return since is None or since <= fecha.date()

    def has_border_stimulus(self, postal_code):
        """Whether c_CodigoPostal marks the code with the border stimulus (north or south)."""
        return bool(postal_code) and len(postal_code) == 5 and _in_runs(postal_code, _BORDER)

    def is_month(self, key):
        """c_Meses, 01 to 12."""
        return key in data.MESES

    def is_two_months(self, key):
        """c_Meses, 13 to 18."""
        return key in data.BIMESTRES

    def regimen(self, key):
        """c_RegimenFiscal: (for persons, for companies), or None for an unknown one."""
        return data.REGIMENES.get(key)

    def uso(self, key):
        """c_UsoCFDI: (for persons, for companies, regimes of the receiver), or None."""
        return data.USOS.get(key)

    def is_tax_id(self, country, tax_id):
        """c_Pais, "Formato de Registro de Identidad Tributaria": true where it has none."""
        pattern = _TAX_ID_FORMATS.get(country)
        return pattern is None or bool(pattern.fullmatch(tax_id))

    def has_tasa(self, impuesto, tipo_factor, tasa, withheld, fecha):
        """c_TasaOCuota: whether it has the value, or says nothing of the day."""
        key, day = (impuesto, tipo_factor, withheld), fecha.date()
        return self.rates.has(key, tasa, day) or self.rates.is_silent(key, day)

    def needed_taxes(self, clave_prod_serv):
        """c_ClaveProdServ, "Incluir IVA/IEPS trasladado": the taxes (c_Impuesto) without which a code isn't sold."""
        return data.NEEDED_TAXES.get(clave_prod_serv, ())

    def is_border_rate(self, impuesto, tipo_factor, tasa):
        """Whether the rate is the one of the border stimulus."""
        return tasa == data.BORDER_IVA and impuesto == "002" and tipo_factor == "Tasa"


DEFAULT = Catalogues()
