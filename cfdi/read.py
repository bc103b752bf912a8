"""The XML of a CFDI 4.0, stamped or not -> typed values. Refuses what is malformed."""

import re
from dataclasses import dataclass
from datetime import datetime

from . import nodes
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
from .xml import CFDI, IMPLOCAL, TFD, declared_encoding, parse

_C, _L, _T = f"{{{CFDI}}}", f"{{{IMPLOCAL}}}", f"{{{TFD}}}"
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
        """SubTotal as written."""
        return self.totales.sub_total

    @property
    def descuento(self):
        """Descuento as written, or None."""
        return self.totales.descuento

    @property
    def total(self):
        """Total as written."""
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
    sello = nodes.base64(raiz, "Sello")
    if timbre and "".join(timbre.sello_cfd.split()) != sello:
        raise CfdiError(
            "foreign_stamp",
            "The TimbreFiscalDigital belongs to another CFDI: its SelloCFD is not the Sello of this one.",
            data={"uuid": timbre.uuid},
        )
    locales = _impuestos_locales(raiz)
    return Leido(
        comprobante=_comprobante(raiz, locales),
        totales=_totales(raiz),
        timbre=timbre,
        sello=sello,
        no_certificado=nodes.opcional(raiz, "NoCertificado"),
        certificado=nodes.base64(raiz, "Certificado"),
        sin_lugar=_sin_lugar(raiz, locales),
    )


def parse_cfdi(xml):
    """Return the root element, having made sure that it is a Comprobante of CFDI 4.0 in UTF-8."""
    raiz = parse(xml)
    if declared_encoding(bytes(xml)) not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise CfdiError(
            "encoding",
            f"A CFDI is written in UTF-8, not in {declared_encoding(bytes(xml))}.",
            data={"encoding": declared_encoding(bytes(xml))},
        )
    version = raiz.get("Version") or raiz.get("version")
    if raiz.tag != f"{_C}Comprobante" or version != "4.0":
        raise CfdiError(
            "not_cfdi40",
            f"This is not a CFDI 4.0: the root is {raiz.tag}, version {version}.",
            data={"root": str(raiz.tag), "version": version},
        )
    return raiz


def stamps(raiz):
    """Return the TimbreFiscalDigital elements in the Complemento (not an Addenda's)."""
    return raiz.findall(f"{_C}Complemento//{_T}TimbreFiscalDigital")


def _comprobante(raiz, locales):
    conceptos = nodes.hijo(raiz, "Conceptos", requerido=True).findall(f"{_C}Concepto")
    if not conceptos:
        raise CfdiError(
            "structure",
            "Conceptos has no Concepto.",
            data={"element": "Concepto", "parent": "Conceptos", "count": 0},
        )
    moneda = nodes.texto(raiz, "Moneda")
    return Comprobante(
        serie=nodes.opcional(raiz, "Serie"),
        folio=nodes.opcional(raiz, "Folio"),
        fecha=nodes.fecha(raiz, "Fecha"),
        moneda=moneda,
        tipo_cambio=nodes.numero(raiz, "TipoCambio", requerido=False),
        tipo_de_comprobante=nodes.texto(raiz, "TipoDeComprobante"),
        exportacion=nodes.texto(raiz, "Exportacion"),
        metodo_pago=nodes.opcional(raiz, "MetodoPago"),
        forma_pago=nodes.opcional(raiz, "FormaPago"),
        condiciones_de_pago=nodes.opcional(raiz, "CondicionesDePago"),
        lugar_expedicion=nodes.texto(raiz, "LugarExpedicion"),
        emisor=_emisor(nodes.hijo(raiz, "Emisor", requerido=True)),
        receptor=_receptor(nodes.hijo(raiz, "Receptor", requerido=True)),
        conceptos=tuple(_concepto(nodo, i) for i, nodo in enumerate(conceptos)),
        relacionados=tuple(
            Relacionados(
                nodes.texto(grupo, "TipoRelacion"),
                tuple(nodes.uuid(n) for n in grupo.findall(f"{_C}CfdiRelacionado")),
            )
            for grupo in raiz.findall(f"{_C}CfdiRelacionados")
        ),
        informacion_global=_informacion_global(nodes.hijo(raiz, "InformacionGlobal")),
        decimales=decimales(moneda),
        impuestos_locales=locales,
    )


def _informacion_global(nodo):
    if nodo is None:
        return None
    anio = nodes.texto(nodo, "Año")
    if not re.fullmatch("[0-9]{4}", anio):
        raise CfdiError(
            "bad_number",
            f"InformacionGlobal/@Año is not a year: {anio!r}.",
            data={"attribute": "InformacionGlobal/@Año", "value": anio},
        )
    return InformacionGlobal(nodes.texto(nodo, "Periodicidad"), nodes.texto(nodo, "Meses"), int(anio))


def _emisor(nodo):
    return Emisor(nodes.texto(nodo, "Rfc"), nodes.texto(nodo, "Nombre"), nodes.texto(nodo, "RegimenFiscal"))


def _receptor(nodo):
    return Receptor(
        rfc=nodes.texto(nodo, "Rfc"),
        nombre=nodes.texto(nodo, "Nombre"),
        domicilio_fiscal=nodes.texto(nodo, "DomicilioFiscalReceptor"),
        regimen_fiscal=nodes.texto(nodo, "RegimenFiscalReceptor"),
        uso_cfdi=nodes.texto(nodo, "UsoCFDI"),
        residencia_fiscal=nodes.opcional(nodo, "ResidenciaFiscal"),
        num_reg_id_trib=nodes.opcional(nodo, "NumRegIdTrib"),
    )


def _concepto(nodo, i):
    impuestos = nodes.hijo(nodo, "Impuestos")
    return Concepto(
        clave_prod_serv=nodes.texto(nodo, "ClaveProdServ", i),
        cantidad=nodes.numero(nodo, "Cantidad", i),
        clave_unidad=nodes.texto(nodo, "ClaveUnidad", i),
        descripcion=nodes.texto(nodo, "Descripcion", i),
        valor_unitario=nodes.numero(nodo, "ValorUnitario", i),
        importe=nodes.numero(nodo, "Importe", i),
        objeto_imp=nodes.texto(nodo, "ObjetoImp", i),
        no_identificacion=nodes.opcional(nodo, "NoIdentificacion"),
        unidad=nodes.opcional(nodo, "Unidad"),
        descuento=nodes.numero(nodo, "Descuento", i, requerido=False),
        traslados=tuple(_traslado(t, i) for t in nodes.nietos(impuestos, "Traslados", "Traslado")),
        retenciones=tuple(_retencion(r, i) for r in nodes.nietos(impuestos, "Retenciones", "Retencion")),
        a_cuenta_terceros=_tercero(nodes.hijo(nodo, "ACuentaTerceros"), i),
        # its double spaces are part of the number (xs:string without collapse)
        pedimentos=tuple(n.get("NumeroPedimento", "").strip() for n in nodo.findall(f"{_C}InformacionAduanera")),
        cuentas_prediales=tuple(nodes.texto(n, "Numero", i) for n in nodo.findall(f"{_C}CuentaPredial")),
    )


def _traslado(nodo, linea=None):
    tipo = nodes.texto(nodo, "TipoFactor", linea)
    gravado = tipo != EXENTO
    return Traslado(
        nodes.numero(nodo, "Base", linea),
        nodes.texto(nodo, "Impuesto", linea),
        tipo,
        nodes.numero(nodo, "TasaOCuota", linea, requerido=gravado),
        nodes.numero(nodo, "Importe", linea, requerido=gravado),
    )


def _retencion(nodo, linea):
    return Retencion(
        nodes.numero(nodo, "Base", linea),
        nodes.texto(nodo, "Impuesto", linea),
        nodes.texto(nodo, "TipoFactor", linea),
        nodes.numero(nodo, "TasaOCuota", linea),
        nodes.numero(nodo, "Importe", linea),
    )


def _tercero(nodo, linea):
    if nodo is None:
        return None
    return ACuentaTerceros(
        *(
            nodes.texto(nodo, f"{a}ACuentaTerceros", linea)
            for a in ("Rfc", "Nombre", "RegimenFiscal", "DomicilioFiscal")
        )
    )


def _totales(raiz):
    resumen = nodes.hijo(raiz, "Impuestos")

    def total(atributo):
        return None if resumen is None else nodes.numero(resumen, atributo, requerido=False)

    return Totales(
        sub_total=nodes.numero(raiz, "SubTotal"),
        descuento=nodes.numero(raiz, "Descuento", requerido=False),
        retenciones=tuple(
            (nodes.texto(n, "Impuesto"), nodes.numero(n, "Importe"))
            for n in nodes.nietos(resumen, "Retenciones", "Retencion")
        ),
        traslados=tuple(_traslado(n) for n in nodes.nietos(resumen, "Traslados", "Traslado")),
        total_impuestos_retenidos=total("TotalImpuestosRetenidos"),
        total_impuestos_trasladados=total("TotalImpuestosTrasladados"),
        total=nodes.numero(raiz, "Total"),
    )


def _timbre(raiz):
    encontrados = stamps(raiz)
    if len(encontrados) > 1:
        raise CfdiError(
            "two_stamps",
            f"The CFDI carries {len(encontrados)} TimbreFiscalDigital, not one.",
            data={"count": len(encontrados)},
        )
    if not encontrados:
        return None
    nodo = encontrados[0]
    return Timbre(
        uuid=nodes.uuid(nodo),
        fecha_timbrado=nodes.fecha(nodo, "FechaTimbrado"),
        rfc_prov_certif=nodes.texto(nodo, "RfcProvCertif"),
        sello_cfd=nodes.texto(nodo, "SelloCFD"),
        no_certificado_sat=nodes.texto(nodo, "NoCertificadoSAT"),
        sello_sat=nodes.texto(nodo, "SelloSAT"),
        leyenda=nodes.opcional(nodo, "Leyenda"),
    )


def _impuestos_locales(raiz):
    encontrados = raiz.findall(f"{_C}Complemento/{_L}ImpuestosLocales")
    if not encontrados:
        return None

    def filas(clase, nombre, tasa):
        return tuple(
            ImpuestoLocal(nodes.texto(n, nombre), nodes.numero(n, tasa), nodes.numero(n, "Importe"))
            for nodo in encontrados
            for n in nodo.findall(f"{_L}{clase}")
        )

    return ImpuestosLocales(
        retenciones=filas("RetencionesLocales", "ImpLocRetenido", "TasadeRetencion"),
        traslados=filas("TrasladosLocales", "ImpLocTrasladado", "TasadeTraslado"),
    )


def _sin_lugar(raiz, locales):
    nombres = [nodes.lugar(nodo) for nodo in raiz.iter(*_SIN_LUGAR)]
    nombres += [f"@{a}" for a in ("Confirmacion",) if raiz.get(a)]
    if raiz.find(f"{_C}Emisor").get("FacAtrAdquirente"):
        nombres.append("Emisor/@FacAtrAdquirente")
    for complemento in raiz.findall(f"{_C}Complemento"):
        nombres += [
            nodes.lugar(nodo)
            for nodo in complemento
            if nodo.tag != f"{_T}TimbreFiscalDigital" and not (locales and nodo.tag == f"{_L}ImpuestosLocales")
        ]
    return tuple(nombres)
