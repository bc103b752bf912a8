"""What SAT's catalogues say, as questions. A caller with more of them overrides a method."""

import re
from bisect import bisect_right
from string import ascii_uppercase

from ..places import country_code, is_known_postal_code
from . import catalogues_data as datos
from .catalogues_data import ADUANAS, FRONTERA, PATENTES

_CLAVE_PROD_SERV = re.compile("[0-9]{8}")
_CLAVE_UNIDAD = re.compile("[0-9A-Za-z]{2,3}")
_ADUANAS = frozenset(ADUANAS.split())
_IDENTIDADES = {pais: re.compile(patron) for pais, patron in datos.IDENTIDADES.items()}
_PAISES = frozenset(filter(None, (country_code(a + b) for a in ascii_uppercase for b in ascii_uppercase))) | {
    datos.PAIS_NO_DECLARADO
}


def _corridas(texto):
    """ "21000-22767 22863" -> sorted firsts and lasts."""
    pares = [corrida.split("-") for corrida in texto.split()]
    return [par[0] for par in pares], [par[-1] for par in pares]


_FRONTERA, _PATENTES = _corridas(FRONTERA), _corridas(PATENTES)


def _dentro(codigo, corridas):
    # codes are of one length, so they sort as texts
    primeros, ultimos = corridas
    posicion = bisect_right(primeros, codigo) - 1
    return posicion >= 0 and codigo <= ultimos[posicion]


def _vigente(claves, clave, fecha):
    """Whether a key is there and, if it is younger than its catalogue, already in force."""
    try:
        desde = claves[clave]
    except KeyError:
        return False
    return desde is None or desde <= fecha.date()


class Catalogos:
    """SAT's catalogues. `fecha` is the Fecha of the document, by which a key is judged.

    c_ClaveProdServ (52 thousand keys) and c_ClaveUnidad (2 thousand) are not in here: the two
    methods know only the form of a key; override them where there is a table. A key that is missing
    (None) is an unknown one.
    """

    def conoce_clave_prod_serv(self, clave):
        """c_ClaveProdServ: here only its form, eight digits."""
        return bool(_CLAVE_PROD_SERV.fullmatch(clave or ""))

    def conoce_clave_unidad(self, clave):
        """c_ClaveUnidad: here only its form, two or three letters or digits."""
        return bool(_CLAVE_UNIDAD.fullmatch(clave or ""))

    def conoce_codigo_postal(self, codigo):
        """c_CodigoPostal."""
        return is_known_postal_code(codigo)

    def con_estimulo_fronterizo(self, codigo):
        """Whether c_CodigoPostal marks the code with the border stimulus (north or south)."""
        return bool(codigo) and len(codigo) == 5 and _dentro(codigo, _FRONTERA)

    def conoce_forma_pago(self, clave):
        """c_FormaPago."""
        return clave in datos.FORMAS_PAGO

    def conoce_metodo_pago(self, clave):
        """c_MetodoPago."""
        return clave in datos.METODOS_PAGO

    def conoce_tipo_de_comprobante(self, clave):
        """c_TipoDeComprobante."""
        return clave in datos.TIPOS_DE_COMPROBANTE

    def conoce_moneda(self, clave, fecha):
        """c_Moneda."""
        return _vigente(datos.MONEDAS, clave, fecha)

    def conoce_exportacion(self, clave, fecha):
        """c_Exportacion."""
        return _vigente(datos.EXPORTACIONES, clave, fecha)

    def conoce_tipo_relacion(self, clave):
        """c_TipoRelacion."""
        return clave in datos.TIPOS_RELACION

    def conoce_periodicidad(self, clave):
        """c_Periodicidad."""
        return clave in datos.PERIODICIDADES

    def es_mes(self, clave):
        """c_Meses, 01 to 12."""
        return clave in datos.MESES

    def es_bimestre(self, clave):
        """c_Meses, 13 to 18."""
        return clave in datos.BIMESTRES

    def regimen(self, clave):
        """c_RegimenFiscal: (for persons, for companies), or None for an unknown one."""
        return datos.REGIMENES.get(clave)

    def uso(self, clave):
        """c_UsoCFDI: (for persons, for companies, regimes of the receiver), or None."""
        return datos.USOS.get(clave)

    def conoce_pais(self, clave):
        """c_Pais."""
        return clave in _PAISES

    def cumple_identidad(self, pais, identidad):
        """c_Pais, "Formato de Registro de Identidad Tributaria": true where it has none."""
        patron = _IDENTIDADES.get(pais)
        return patron is None or bool(patron.fullmatch(identidad))

    def conoce_objeto_imp(self, clave, fecha):
        """c_ObjetoImp."""
        return _vigente(datos.OBJETOS_IMP, clave, fecha)

    def conoce_impuesto(self, clave):
        """c_Impuesto."""
        return clave in datos.IMPUESTOS

    def conoce_tipo_factor(self, clave):
        """c_TipoFactor."""
        return clave in datos.TIPOS_FACTOR

    def conoce_tasa(self, impuesto, tipo_factor, tasa, retencion, fecha):
        """c_TasaOCuota: whether the value is in it, or in one of its ranges."""
        clave = impuesto, tipo_factor, retencion
        fijas = datos.TASAS.get(clave)
        if fijas is not None:
            return tasa in fijas
        if tipo_factor == "Cuota":
            return impuesto == "003" and self._conoce_cuota(tasa, fecha)
        return clave in datos.RANGOS and 0 <= tasa <= datos.RANGOS[clave]

    def _conoce_cuota(self, cuota, fecha):
        # ceilings rise: an older year's is below ours, a younger year's is not known
        anio, maxima = datos.CUOTA_MAXIMA
        return cuota >= 0 and (cuota <= maxima or fecha.year > anio)

    def es_tasa_fronteriza(self, impuesto, tipo_factor, tasa):
        """Whether the rate is the one of the border stimulus."""
        return tasa == datos.IVA_FRONTERA and impuesto == "002" and tipo_factor == "Tasa"

    def conoce_aduana(self, clave, fecha):
        """c_Aduana."""
        desde = datos.ADUANAS_NUEVAS.get(clave)
        return clave in _ADUANAS and (desde is None or desde <= fecha.date())

    def conoce_patente(self, clave):
        """c_PatenteAduanal."""
        return len(clave) == 4 and _dentro(clave, _PATENTES)


DEFAULT = Catalogos()
