"""The XML of a CFDI 4.0, stamped or not -> typed values. Refuses what is malformed, never guesses."""
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .errors import CfdiError
from .values import (
    EXENTO,
    ACuentaTerceros,
    Comprobante,
    Concepto,
    Emisor,
    ImpuestoLocal,
    ImpuestosLocales,
    InformacionGlobal,
    Receptor,
    Relacionados,
    Retencion,
    Totales,
    Traslado,
    decimales,
)
from .write import CFDI, IMPLOCAL, UUID, collapse
from .xml import declared_encoding, parse

TFD = "http://www.sat.gob.mx/TimbreFiscalDigital"
_C, _L, _T = f"{{{CFDI}}}", f"{{{IMPLOCAL}}}", f"{{{TFD}}}"
_NUMERO = re.compile(r"[0-9]{1,18}(\.[0-9]{1,6})?|\.[0-9]{1,6}")
_FECHA = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
# what may be there and has no place in the values
_SIN_LUGAR = frozenset({f"{_C}Parte", f"{_C}ComplementoConcepto"})


@dataclass(frozen=True, slots=True)
class Timbre:
    """The TimbreFiscalDigital 1.1, as written."""

    uuid: str
    fecha_timbrado: datetime
    rfc_prov_certif: str
    sello_cfd: str
    no_certificado_sat: str
    sello_sat: str
    leyenda: str | None = None


@dataclass(frozen=True, slots=True)
class Leido:
    """What was read. Totals are those *written* in the XML, not computed ones."""

    comprobante: Comprobante
    totales: Totales
    timbre: Timbre | None
    sello: str | None
    no_certificado: str | None
    certificado: str | None
    sin_lugar: tuple[str, ...]  # names of parts that `comprobante` does not hold (Parte, complements)

    @property
    def sub_total(self):
        return self.totales.sub_total

    @property
    def descuento(self):
        return self.totales.descuento

    @property
    def total(self):
        return self.totales.total

    @property
    def uuid(self):
        """The stamp's UUID in upper case, as SAT shows it; None without a stamp."""
        return self.timbre.uuid.upper() if self.timbre else None


def read(xml):
    """Return the Leido of a CFDI 4.0 of any type.

    :param xml: bytes, UTF-8 (Anexo 20)
    :raises CfdiError: those of `xml.parse`, and ``not_cfdi40``, ``structure``, ``missing``,
        ``bad_number``, ``bad_date``, ``bad_uuid``, ``two_stamps``, ``foreign_stamp`` (SelloCFD is
        not the Sello: the stamp belongs to another CFDI); `line` is the index of the Concepto
    """
    raiz = parse_cfdi(xml)
    timbre = _timbre(raiz)
    sello = _sin_espacios(raiz.get("Sello"))
    if timbre and _sin_espacios(timbre.sello_cfd) != sello:
        raise CfdiError(
            "foreign_stamp", "The TimbreFiscalDigital belongs to another CFDI: its SelloCFD is not the "
            "Sello of this one.", data={"uuid": timbre.uuid})
    locales = _impuestos_locales(raiz)
    return Leido(
        comprobante=_comprobante(raiz, locales),
        totales=_totales(raiz),
        timbre=timbre,
        sello=sello,
        no_certificado=_opcional(raiz, "NoCertificado"),
        certificado=_sin_espacios(raiz.get("Certificado")),
        sin_lugar=_sin_lugar(raiz, locales),
    )


def parse_cfdi(xml):
    """Return the root element, having made sure that it is a Comprobante of CFDI 4.0 in UTF-8."""
    raiz = parse(xml)
    if declared_encoding(bytes(xml)) not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise CfdiError(
            "encoding", f"A CFDI is written in UTF-8, not in {declared_encoding(bytes(xml))}.",
            data={"encoding": declared_encoding(bytes(xml))})
    version = raiz.get("Version") or raiz.get("version")
    if raiz.tag != f"{_C}Comprobante" or version != "4.0":
        raise CfdiError(
            "not_cfdi40", f"This is not a CFDI 4.0: the root is {raiz.tag}, version {version}.",
            data={"root": str(raiz.tag), "version": version})
    return raiz


def stamps(raiz):
    """Return the TimbreFiscalDigital elements in the Complemento (an Addenda's content is not it)."""
    return raiz.findall(f"{_C}Complemento//{_T}TimbreFiscalDigital")


def _sin_espacios(texto):
    return "".join(texto.split()) or None if texto else None


def _lugar(nodo, atributo=None):
    nombre = nodo.tag.rpartition("}")[2]
    return f"{nombre}/@{atributo}" if atributo else nombre


def _opcional(nodo, atributo):
    valor = nodo.get(atributo)
    return collapse(valor) or None if valor is not None else None


def _texto(nodo, atributo, linea=None):
    valor = _opcional(nodo, atributo)
    if valor is None:
        lugar = _lugar(nodo, atributo)
        raise CfdiError("missing", f"{lugar} is missing.", linea, {"attribute": lugar})
    return valor


def _numero(nodo, atributo, linea=None, requerido=True):
    texto = _texto(nodo, atributo, linea) if requerido else _opcional(nodo, atributo)
    if texto is None:
        return None
    if not _NUMERO.fullmatch(texto):
        lugar = _lugar(nodo, atributo)
        raise CfdiError("bad_number", f"{lugar} is not a number of SAT's form: {texto!r}.", linea,
                        {"attribute": lugar, "value": texto})
    return Decimal(texto)


def _fecha(nodo, atributo):
    texto = _texto(nodo, atributo)
    try:
        if not _FECHA.fullmatch(texto):
            raise ValueError(texto)
        return datetime.fromisoformat(texto)
    except ValueError as error:
        lugar = _lugar(nodo, atributo)
        raise CfdiError("bad_date", f"{lugar} is not a date and time of SAT's form: {texto!r}.",
                        data={"attribute": lugar, "value": texto}) from error


def _uuid(nodo):
    texto = _texto(nodo, "UUID")
    if not UUID.fullmatch(texto):
        lugar = _lugar(nodo, "UUID")
        raise CfdiError("bad_uuid", f"{lugar} is not a UUID: {texto!r}.",
                        data={"attribute": lugar, "value": texto})
    return texto


def _hijo(nodo, nombre, requerido=False):
    """The only child of that name."""
    hijos = nodo.findall(f"{_C}{nombre}")
    if len(hijos) > 1 or (requerido and not hijos):
        problema = "more than once" if hijos else "not"
        raise CfdiError("structure", f"{nombre} is {problema} in {_lugar(nodo)}.",
                        data={"element": nombre, "parent": _lugar(nodo), "count": len(hijos)})
    return hijos[0] if hijos else None


def _nietos(nodo, contenedor, nombre):
    """Children `nombre` of the child `contenedor`, empty when that is not there."""
    grupo = None if nodo is None else _hijo(nodo, contenedor)
    return [] if grupo is None else grupo.findall(f"{_C}{nombre}")


def _comprobante(raiz, locales):
    conceptos = _hijo(raiz, "Conceptos", requerido=True).findall(f"{_C}Concepto")
    if not conceptos:
        raise CfdiError("structure", "Conceptos has no Concepto.",
                        data={"element": "Concepto", "parent": "Conceptos", "count": 0})
    moneda = _texto(raiz, "Moneda")
    return Comprobante(
        serie=_opcional(raiz, "Serie"),
        folio=_opcional(raiz, "Folio"),
        fecha=_fecha(raiz, "Fecha"),
        moneda=moneda,
        tipo_cambio=_numero(raiz, "TipoCambio", requerido=False),
        tipo_de_comprobante=_texto(raiz, "TipoDeComprobante"),
        exportacion=_texto(raiz, "Exportacion"),
        metodo_pago=_opcional(raiz, "MetodoPago"),
        forma_pago=_opcional(raiz, "FormaPago"),
        condiciones_de_pago=_opcional(raiz, "CondicionesDePago"),
        lugar_expedicion=_texto(raiz, "LugarExpedicion"),
        emisor=_emisor(_hijo(raiz, "Emisor", requerido=True)),
        receptor=_receptor(_hijo(raiz, "Receptor", requerido=True)),
        conceptos=tuple(_concepto(nodo, i) for i, nodo in enumerate(conceptos)),
        relacionados=tuple(
            Relacionados(_texto(grupo, "TipoRelacion"),
                         tuple(_uuid(n) for n in grupo.findall(f"{_C}CfdiRelacionado")))
            for grupo in raiz.findall(f"{_C}CfdiRelacionados")),
        informacion_global=_informacion_global(_hijo(raiz, "InformacionGlobal")),
        decimales=decimales(moneda),
        impuestos_locales=locales,
    )


def _informacion_global(nodo):
    if nodo is None:
        return None
    anio = _texto(nodo, "Año")
    if not re.fullmatch("[0-9]{4}", anio):
        raise CfdiError("bad_number", f"InformacionGlobal/@Año is not a year: {anio!r}.",
                        data={"attribute": "InformacionGlobal/@Año", "value": anio})
    return InformacionGlobal(_texto(nodo, "Periodicidad"), _texto(nodo, "Meses"), int(anio))


def _emisor(nodo):
    return Emisor(_texto(nodo, "Rfc"), _texto(nodo, "Nombre"), _texto(nodo, "RegimenFiscal"))


def _receptor(nodo):
    return Receptor(
        rfc=_texto(nodo, "Rfc"),
        nombre=_texto(nodo, "Nombre"),
        domicilio_fiscal=_texto(nodo, "DomicilioFiscalReceptor"),
        regimen_fiscal=_texto(nodo, "RegimenFiscalReceptor"),
        uso_cfdi=_texto(nodo, "UsoCFDI"),
        residencia_fiscal=_opcional(nodo, "ResidenciaFiscal"),
        num_reg_id_trib=_opcional(nodo, "NumRegIdTrib"),
    )


def _concepto(nodo, i):
    impuestos = _hijo(nodo, "Impuestos")
    return Concepto(
        clave_prod_serv=_texto(nodo, "ClaveProdServ", i),
        cantidad=_numero(nodo, "Cantidad", i),
        clave_unidad=_texto(nodo, "ClaveUnidad", i),
        descripcion=_texto(nodo, "Descripcion", i),
        valor_unitario=_numero(nodo, "ValorUnitario", i),
        importe=_numero(nodo, "Importe", i),
        objeto_imp=_texto(nodo, "ObjetoImp", i),
        no_identificacion=_opcional(nodo, "NoIdentificacion"),
        unidad=_opcional(nodo, "Unidad"),
        descuento=_numero(nodo, "Descuento", i, requerido=False),
        traslados=tuple(_traslado(t, i) for t in _nietos(impuestos, "Traslados", "Traslado")),
        retenciones=tuple(_retencion(r, i) for r in _nietos(impuestos, "Retenciones", "Retencion")),
        a_cuenta_terceros=_tercero(_hijo(nodo, "ACuentaTerceros"), i),
        # its double spaces are part of the number (xs:string without collapse)
        pedimentos=tuple(n.get("NumeroPedimento", "").strip()
                         for n in nodo.findall(f"{_C}InformacionAduanera")),
        cuentas_prediales=tuple(_texto(n, "Numero", i) for n in nodo.findall(f"{_C}CuentaPredial")),
    )


def _traslado(nodo, linea=None):
    tipo = _texto(nodo, "TipoFactor", linea)
    gravado = tipo != EXENTO
    return Traslado(
        _numero(nodo, "Base", linea), _texto(nodo, "Impuesto", linea), tipo,
        _numero(nodo, "TasaOCuota", linea, requerido=gravado),
        _numero(nodo, "Importe", linea, requerido=gravado))


def _retencion(nodo, linea):
    return Retencion(
        _numero(nodo, "Base", linea), _texto(nodo, "Impuesto", linea),
        _texto(nodo, "TipoFactor", linea), _numero(nodo, "TasaOCuota", linea),
        _numero(nodo, "Importe", linea))


def _tercero(nodo, linea):
    if nodo is None:
        return None
    return ACuentaTerceros(*(_texto(nodo, f"{a}ACuentaTerceros", linea)
                             for a in ("Rfc", "Nombre", "RegimenFiscal", "DomicilioFiscal")))


def _totales(raiz):
    resumen = _hijo(raiz, "Impuestos")
    total = (lambda atributo: None if resumen is None else _numero(
        resumen, atributo, requerido=False))
    return Totales(
        sub_total=_numero(raiz, "SubTotal"),
        descuento=_numero(raiz, "Descuento", requerido=False),
        retenciones=tuple((_texto(n, "Impuesto"), _numero(n, "Importe"))
                          for n in _nietos(resumen, "Retenciones", "Retencion")),
        traslados=tuple(_traslado(n) for n in _nietos(resumen, "Traslados", "Traslado")),
        total_impuestos_retenidos=total("TotalImpuestosRetenidos"),
        total_impuestos_trasladados=total("TotalImpuestosTrasladados"),
        total=_numero(raiz, "Total"),
    )


def _timbre(raiz):
    nodos = stamps(raiz)
    if len(nodos) > 1:
        raise CfdiError("two_stamps", f"The CFDI carries {len(nodos)} TimbreFiscalDigital, not one.",
                        data={"count": len(nodos)})
    if not nodos:
        return None
    nodo = nodos[0]
    return Timbre(
        uuid=_uuid(nodo),
        fecha_timbrado=_fecha(nodo, "FechaTimbrado"),
        rfc_prov_certif=_texto(nodo, "RfcProvCertif"),
        sello_cfd=_texto(nodo, "SelloCFD"),
        no_certificado_sat=_texto(nodo, "NoCertificadoSAT"),
        sello_sat=_texto(nodo, "SelloSAT"),
        leyenda=_opcional(nodo, "Leyenda"),
    )


def _impuestos_locales(raiz):
    nodos = raiz.findall(f"{_C}Complemento/{_L}ImpuestosLocales")
    if not nodos:
        return None
    filas = (lambda clase, nombre, tasa: tuple(
        ImpuestoLocal(_texto(n, nombre), _numero(n, tasa), _numero(n, "Importe"))
        for nodo in nodos for n in nodo.findall(f"{_L}{clase}")))
    return ImpuestosLocales(
        retenciones=filas("RetencionesLocales", "ImpLocRetenido", "TasadeRetencion"),
        traslados=filas("TrasladosLocales", "ImpLocTrasladado", "TasadeTraslado"),
    )


def _sin_lugar(raiz, locales):
    nombres = [_lugar(nodo) for nodo in raiz.iter(*_SIN_LUGAR)]
    nombres += [f"@{a}" for a in ("Confirmacion",) if raiz.get(a)]
    if raiz.find(f"{_C}Emisor").get("FacAtrAdquirente"):
        nombres.append("Emisor/@FacAtrAdquirente")
    for complemento in raiz.findall(f"{_C}Complemento"):
        nombres += [_lugar(nodo) for nodo in complemento
                    if nodo.tag != f"{_T}TimbreFiscalDigital"
                    and not (locales and nodo.tag == f"{_L}ImpuestosLocales")]
    return tuple(nombres)
