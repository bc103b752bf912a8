"""What SAT's catalogues say, as questions. A caller with more of them overrides a method."""

import re
from bisect import bisect_right
from string import ascii_uppercase

from ..places import country_code, is_known_postal_code
from . import catalogues_data as data
from .catalogues_data import ADUANAS, BORDER, PATENTES

_CLAVE_PROD_SERV = re.compile("[0-9]{8}")
_CLAVE_UNIDAD = re.compile("[0-9A-Za-z]{2,3}")
_ADUANAS = frozenset(ADUANAS.split())
_TAX_ID_FORMATS = {country: re.compile(pattern) for country, pattern in data.TAX_ID_FORMATS.items()}
_COUNTRIES = frozenset(filter(None, (country_code(a + b) for a in ascii_uppercase for b in ascii_uppercase))) | {
    data.UNDECLARED_COUNTRY
}


def _runs(text):
    """ "21000-22767 22863" -> sorted firsts and lasts."""
    pairs = [run.split("-") for run in text.split()]
    return [pair[0] for pair in pairs], [pair[-1] for pair in pairs]


_BORDER, _PATENTES = _runs(BORDER), _runs(PATENTES)


def _in_runs(code, runs):
    # codes are of one length, so they sort as texts
    firsts, lasts = runs
    position = bisect_right(firsts, code) - 1
    return position >= 0 and code <= lasts[position]


def _in_force(keys, key, fecha):
    """Whether a key is there and, if it is younger than its catalogue, already in force."""
    try:
        since = keys[key]
    except KeyError:
        return False
    return since is None or since <= fecha.date()


class Catalogues:
    """SAT's catalogues. `fecha` is the Fecha of the document, by which a key is judged.

    c_ClaveProdServ (52 thousand keys) and c_ClaveUnidad (2 thousand) are not in here: the two
    methods know only the form of a key; override them where there is a table. A key that is missing
    (None) is an unknown one.
    """

    def has_clave_prod_serv(self, key):
        """c_ClaveProdServ: here only its form, eight digits."""
        return bool(_CLAVE_PROD_SERV.fullmatch(key or ""))

    def has_clave_unidad(self, key):
        """c_ClaveUnidad: here only its form, two or three letters or digits."""
        return bool(_CLAVE_UNIDAD.fullmatch(key or ""))

    def has_codigo_postal(self, postal_code):
        """c_CodigoPostal."""
        return is_known_postal_code(postal_code)

    def has_border_stimulus(self, postal_code):
        """Whether c_CodigoPostal marks the code with the border stimulus (north or south)."""
        return bool(postal_code) and len(postal_code) == 5 and _in_runs(postal_code, _BORDER)

    def has_forma_pago(self, key):
        """c_FormaPago."""
        return key in data.FORMAS_PAGO

    def has_metodo_pago(self, key):
        """c_MetodoPago."""
        return key in data.METODOS_PAGO

    def has_tipo_de_comprobante(self, key):
        """c_TipoDeComprobante."""
        return key in data.TIPOS_DE_COMPROBANTE

    def has_moneda(self, key, fecha):
        """c_Moneda."""
        return _in_force(data.MONEDAS, key, fecha)

    def has_exportacion(self, key, fecha):
        """c_Exportacion."""
        return _in_force(data.EXPORTACIONES, key, fecha)

    def has_tipo_relacion(self, key):
        """c_TipoRelacion."""
        return key in data.TIPOS_RELACION

    def has_periodicidad(self, key):
        """c_Periodicidad."""
        return key in data.PERIODICIDADES

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

    def has_pais(self, key):
        """c_Pais."""
        return key in _COUNTRIES

    def is_tax_id(self, country, tax_id):
        """c_Pais, "Formato de Registro de Identidad Tributaria": true where it has none."""
        pattern = _TAX_ID_FORMATS.get(country)
        return pattern is None or bool(pattern.fullmatch(tax_id))

    def has_objeto_imp(self, key, fecha):
        """c_ObjetoImp."""
        return _in_force(data.OBJETOS_IMP, key, fecha)

    def has_impuesto(self, key):
        """c_Impuesto."""
        return key in data.IMPUESTOS

    def has_tipo_factor(self, key):
        """c_TipoFactor."""
        return key in data.TIPOS_FACTOR

    def has_tasa(self, impuesto, tipo_factor, tasa, withheld, fecha):
        """c_TasaOCuota: whether the value is in it, or in one of its ranges."""
        key = impuesto, tipo_factor, withheld
        fixed = data.TASAS.get(key)
        if fixed is not None:
            return tasa in fixed
        if tipo_factor == "Cuota":
            return impuesto == "003" and self._has_cuota(tasa, fecha)
        return key in data.RATE_RANGES and 0 <= tasa <= data.RATE_RANGES[key]

    def _has_cuota(self, cuota, fecha):
        # ceilings rise: an older year's is below ours, a younger year's is not known
        anio, maximum = data.HIGHEST_CUOTA
        return cuota >= 0 and (cuota <= maximum or fecha.year > anio)

    def is_border_rate(self, impuesto, tipo_factor, tasa):
        """Whether the rate is the one of the border stimulus."""
        return tasa == data.BORDER_IVA and impuesto == "002" and tipo_factor == "Tasa"

    def has_aduana(self, key, fecha):
        """c_Aduana."""
        since = data.ADUANAS_SINCE.get(key)
        return key in _ADUANAS and (since is None or since <= fecha.date())

    def has_patente(self, key):
        """c_PatenteAduanal."""
        return len(key) == 4 and _in_runs(key, _PATENTES)


DEFAULT = Catalogues()
