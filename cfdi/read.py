"""The XML of a CFDI 4.0, stamped or not -> typed values. Refuses what is malformed."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from . import nodes
from .errors import CfdiError
from .payments.read import TAG as PAGOS
from .payments.read import read_pagos
from .values import (
    EXENTO,
    ACuentaTerceros,
    CfdiRelacionados,
    Comprobante,
    Concepto,
    Emisor,
    ImpuestoLocal,
    ImpuestosLocales,
    InformacionGlobal,
    Receptor,
    Retencion,
    RetencionTotal,
    Totals,
    Traslado,
    currency_decimals,
)
from .xml import CFDI, IMPLOCAL, TFD, declared_encoding, parse

_C, _L, _T = f"{{{CFDI}}}", f"{{{IMPLOCAL}}}", f"{{{TFD}}}"
# what may be there and has no place in the values
_UNMAPPED = frozenset({f"{_C}Parte", f"{_C}ComplementoConcepto"})


@dataclass(frozen=True, slots=True)
class TimbreFiscalDigital:
    """The TimbreFiscalDigital 1.1, as written."""

    uuid: str
    fecha_timbrado: datetime
    rfc_prov_certif: str
    sello_cfd: str
    no_certificado_sat: str
    sello_sat: str
    leyenda: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedCfdi:
    """What was read. Totals are those *written* in the XML, not computed ones."""

    comprobante: Comprobante
    totals: Totals
    timbre: TimbreFiscalDigital | None
    sello: str | None
    no_certificado: str | None
    certificado: str | None
    unmapped: tuple[str, ...]  # names of parts that `comprobante` does not hold (Parte, complements)

    @property
    def sub_total(self):
        """SubTotal as written."""
        return self.totals.sub_total

    @property
    def descuento(self):
        """Descuento as written, or None."""
        return self.totals.descuento

    @property
    def total(self):
        """Total as written."""
        return self.totals.total

    @property
    def uuid(self):
        """The stamp's UUID in upper case, as SAT shows it; None without a stamp."""
        return self.timbre.uuid.upper() if self.timbre else None


class LineTaxes(NamedTuple):
    """What a Concepto says of taxes; see `values.Concepto`."""

    objeto_imp: str
    traslados: tuple[Traslado, ...]
    retenciones: tuple[Retencion, ...]


def read_cfdi(xml):
    """Return the ParsedCfdi of a CFDI 4.0 of any type.

    :param xml: bytes, UTF-8 (Anexo 20), or the root that `parse_cfdi` returned
    :raises CfdiError: those of `xml.parse`, and ``not_cfdi40``, ``structure``, ``missing``,
        ``bad_number``, ``bad_date``, ``bad_uuid``, ``two_stamps``, ``foreign_stamp`` (SelloCFD is
        not the Sello: the stamp belongs to another CFDI); `line` is the index of the Concepto
    """
    root = parse_cfdi(xml)
    timbre = read_timbre(root)
    local_taxes = _impuestos_locales(root)
    return ParsedCfdi(
        comprobante=_comprobante(root, local_taxes),
        totals=_totals(root),
        timbre=timbre,
        sello=nodes.base64(root, "Sello"),
        no_certificado=nodes.optional(root, "NoCertificado"),
        certificado=nodes.base64(root, "Certificado"),
        unmapped=_unmapped(root, local_taxes),
    )


def read_line_taxes(xml):
    """Return a tuple with the LineTaxes of each Concepto, for who needs no more of them: in a third of the time.

    :param xml: bytes, or the root that `parse_cfdi` returned
    :raises CfdiError: those of `read_cfdi` that are about them
    """
    return tuple(_line_taxes(node, i) for i, node in enumerate(_conceptos(parse_cfdi(xml))))


def read_timbre(xml):
    """Return the TimbreFiscalDigital of a CFDI 4.0, None where it is not stamped.

    :param xml: bytes, or the root that `parse_cfdi` returned
    :raises CfdiError: those of `read_cfdi` that are about the stamp
    """
    root = parse_cfdi(xml)
    timbre = _timbre(root)
    if timbre and "".join(timbre.sello_cfd.split()) != nodes.base64(root, "Sello"):
        raise CfdiError(
            "foreign_stamp",
            "The TimbreFiscalDigital belongs to another CFDI: its SelloCFD is not the Sello of this one.",
            data={"uuid": timbre.uuid},
        )
    return timbre


def parse_cfdi(xml):
    """Return the root element, having made sure that it is a Comprobante of CFDI 4.0 in UTF-8.

    :param xml: bytes, or an element of `xml.parse`
    """
    root = parse(xml)
    if root is xml:
        encoding = (root.getroottree().docinfo.encoding or "utf-8").lower()
    else:
        encoding = declared_encoding(bytes(xml))
    if encoding not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise CfdiError(
            "encoding", f"A CFDI is written in UTF-8, not in {encoding}.", data={"encoding": encoding}
        )
    version = root.get("Version") or root.get("version")
    if root.tag != f"{_C}Comprobante" or version != "4.0":
        raise CfdiError(
            "not_cfdi40",
            f"This is not a CFDI 4.0: the root is {root.tag}, version {version}.",
            data={"root": str(root.tag), "version": version},
        )
    return root


def stamps(root):
    """Return the TimbreFiscalDigital elements in the Complemento (not an Addenda's)."""
    return root.findall(f"{_C}Complemento//{_T}TimbreFiscalDigital")


def _conceptos(root):
    found = nodes.child(root, "Conceptos", required=True).findall(f"{_C}Concepto")
    if not found:
        raise CfdiError(
            "structure",
            "Conceptos has no Concepto.",
            data={"element": "Concepto", "parent": "Conceptos", "count": 0},
        )
    return found


def _comprobante(root, local_taxes):
    conceptos = _conceptos(root)
    moneda = nodes.text(root, "Moneda")
    return Comprobante(
        serie=nodes.optional(root, "Serie"),
        folio=nodes.optional(root, "Folio"),
        fecha=nodes.date_time(root, "Fecha"),
        moneda=moneda,
        tipo_cambio=nodes.number(root, "TipoCambio", required=False),
        tipo_de_comprobante=nodes.text(root, "TipoDeComprobante"),
        exportacion=nodes.text(root, "Exportacion"),
        metodo_pago=nodes.optional(root, "MetodoPago"),
        forma_pago=nodes.optional(root, "FormaPago"),
        condiciones_de_pago=nodes.optional(root, "CondicionesDePago"),
        lugar_expedicion=nodes.text(root, "LugarExpedicion"),
        emisor=_emisor(nodes.child(root, "Emisor", required=True)),
        receptor=_receptor(nodes.child(root, "Receptor", required=True)),
        conceptos=tuple(_concepto(node, i) for i, node in enumerate(conceptos)),
        relacionados=tuple(
            CfdiRelacionados(
                nodes.text(group, "TipoRelacion"),
                tuple(nodes.uuid(n) for n in group.findall(f"{_C}CfdiRelacionado")),
            )
            for group in root.findall(f"{_C}CfdiRelacionados")
        ),
        informacion_global=_informacion_global(nodes.child(root, "InformacionGlobal")),
        decimals=currency_decimals(moneda),
        impuestos_locales=local_taxes,
        pagos=read_pagos(root),
    )


def _informacion_global(node):
    if node is None:
        return None
    anio = nodes.text(node, "Año")
    if not re.fullmatch("[0-9]{4}", anio):
        raise CfdiError(
            "bad_number",
            f"InformacionGlobal/@Año is not a year: {anio!r}.",
            data={"attribute": "InformacionGlobal/@Año", "value": anio},
        )
    return InformacionGlobal(nodes.text(node, "Periodicidad"), nodes.text(node, "Meses"), int(anio))


def _emisor(node):
    return Emisor(nodes.text(node, "Rfc"), nodes.text(node, "Nombre"), nodes.text(node, "RegimenFiscal"))


def _receptor(node):
    return Receptor(
        rfc=nodes.text(node, "Rfc"),
        nombre=nodes.text(node, "Nombre"),
        domicilio_fiscal=nodes.text(node, "DomicilioFiscalReceptor"),
        regimen_fiscal=nodes.text(node, "RegimenFiscalReceptor"),
        uso_cfdi=nodes.text(node, "UsoCFDI"),
        residencia_fiscal=nodes.optional(node, "ResidenciaFiscal"),
        num_reg_id_trib=nodes.optional(node, "NumRegIdTrib"),
    )


def _line_taxes(node, i):
    impuestos = nodes.child(node, "Impuestos")
    return LineTaxes(
        nodes.text(node, "ObjetoImp", i),
        tuple(_traslado(t, i) for t in nodes.grandchildren(impuestos, "Traslados", "Traslado")),
        tuple(_retencion(r, i) for r in nodes.grandchildren(impuestos, "Retenciones", "Retencion")),
    )


def _concepto(node, i):
    taxes = _line_taxes(node, i)
    return Concepto(
        clave_prod_serv=nodes.text(node, "ClaveProdServ", i),
        cantidad=nodes.number(node, "Cantidad", i),
        clave_unidad=nodes.text(node, "ClaveUnidad", i),
        descripcion=nodes.text(node, "Descripcion", i),
        valor_unitario=nodes.number(node, "ValorUnitario", i),
        importe=nodes.number(node, "Importe", i),
        objeto_imp=taxes.objeto_imp,
        no_identificacion=nodes.optional(node, "NoIdentificacion"),
        unidad=nodes.optional(node, "Unidad"),
        descuento=nodes.number(node, "Descuento", i, required=False),
        traslados=taxes.traslados,
        retenciones=taxes.retenciones,
        a_cuenta_terceros=_third_party(nodes.child(node, "ACuentaTerceros"), i),
        pedimentos=nodes.pedimentos(node),
        cuentas_prediales=tuple(nodes.text(n, "Numero", i) for n in node.findall(f"{_C}CuentaPredial")),
    )


def _traslado(node, line=None):
    tipo = nodes.text(node, "TipoFactor", line)
    taxed = tipo != EXENTO
    return Traslado(
        nodes.number(node, "Base", line),
        nodes.text(node, "Impuesto", line),
        tipo,
        nodes.number(node, "TasaOCuota", line, required=taxed),
        nodes.number(node, "Importe", line, required=taxed),
    )


def _retencion(node, line):
    return Retencion(
        nodes.number(node, "Base", line),
        nodes.text(node, "Impuesto", line),
        nodes.text(node, "TipoFactor", line),
        nodes.number(node, "TasaOCuota", line),
        nodes.number(node, "Importe", line),
    )


def _third_party(node, line):
    if node is None:
        return None
    return ACuentaTerceros(
        *(
            nodes.text(node, f"{a}ACuentaTerceros", line)
            for a in ("Rfc", "Nombre", "RegimenFiscal", "DomicilioFiscal")
        )
    )


def _totals(root):
    summary = nodes.child(root, "Impuestos")

    def total(attribute):
        return None if summary is None else nodes.number(summary, attribute, required=False)

    return Totals(
        sub_total=nodes.number(root, "SubTotal"),
        descuento=nodes.number(root, "Descuento", required=False),
        retenciones=tuple(
            RetencionTotal(nodes.text(n, "Impuesto"), nodes.number(n, "Importe"))
            for n in nodes.grandchildren(summary, "Retenciones", "Retencion")
        ),
        traslados=tuple(_traslado(n) for n in nodes.grandchildren(summary, "Traslados", "Traslado")),
        total_impuestos_retenidos=total("TotalImpuestosRetenidos"),
        total_impuestos_trasladados=total("TotalImpuestosTrasladados"),
        total=nodes.number(root, "Total"),
    )


def _timbre(root):
    found = stamps(root)
    if len(found) > 1:
        raise CfdiError(
            "two_stamps",
            f"The CFDI carries {len(found)} TimbreFiscalDigital, not one.",
            data={"count": len(found)},
        )
    if not found:
        return None
    node = found[0]
    return TimbreFiscalDigital(
        uuid=nodes.uuid(node),
        fecha_timbrado=nodes.date_time(node, "FechaTimbrado"),
        rfc_prov_certif=nodes.text(node, "RfcProvCertif"),
        sello_cfd=nodes.text(node, "SelloCFD"),
        no_certificado_sat=nodes.text(node, "NoCertificadoSAT"),
        sello_sat=nodes.text(node, "SelloSAT"),
        leyenda=nodes.optional(node, "Leyenda"),
    )


def _impuestos_locales(root):
    found = root.findall(f"{_C}Complemento/{_L}ImpuestosLocales")
    if not found:
        return None

    def rows(kind, name, tasa):
        return tuple(
            ImpuestoLocal(nodes.text(n, name), nodes.number(n, tasa), nodes.number(n, "Importe"))
            for node in found
            for n in node.findall(f"{_L}{kind}")
        )

    return ImpuestosLocales(
        retenciones=rows("RetencionesLocales", "ImpLocRetenido", "TasadeRetencion"),
        traslados=rows("TrasladosLocales", "ImpLocTrasladado", "TasadeTraslado"),
    )


def _unmapped(root, local_taxes):
    names = [nodes.place(node) for node in root.iter(*_UNMAPPED)]
    names += [f"@{a}" for a in ("Confirmacion",) if root.get(a)]
    if root.find(f"{_C}Emisor").get("FacAtrAdquirente"):
        names.append("Emisor/@FacAtrAdquirente")
    mapped = {f"{_T}TimbreFiscalDigital", PAGOS} | ({f"{_L}ImpuestosLocales"} if local_taxes else set())
    for complemento in root.findall(f"{_C}Complemento"):
        names += [nodes.place(node) for node in complemento if node.tag not in mapped]
    return tuple(names)
