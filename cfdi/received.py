"""The XML of somebody else's CFDI -> what a vendor bill needs of it.

A CFDI 4.0 or 3.3 (SAT took 3.3 until March 2023, and they are still deducted and substituted) of type I or E. It is
read more liberally than one of ours: what a bill does not need may be missing or odd. The seal can't be trusted by
itself, only SAT's status service says whether a CFDI is real; what is checked here is that the stamp belongs to it.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lxml import etree

from . import nodes
from .amounts.arithmetic import redondea
from .errors import CfdiError
from .values import EXENTO, ImpuestoLocal, decimales
from .xml import CFDI, IMPLOCAL, TFD, parse

CFDI3 = "http://www.sat.gob.mx/cfd/3"
ROOTS = tuple(f"{{{namespace}}}Comprobante" for namespace in (CFDI, CFDI3))
TYPES = ("I", "E")
# a mail may bring anything; the largest CFDIs (thousands of lines) have about 3 MB
MAX_BYTES = 5 * 1024 * 1024
_VERSIONS = {ROOTS[0]: "4.0", ROOTS[1]: "3.3"}


@dataclass(frozen=True, slots=True)
class ImpuestoLinea:
    """A tax of a line as written. `retenido`: withheld; `tasa_o_cuota` and `importe` are None when Exento."""

    impuesto: str
    tipo_factor: str
    retenido: bool
    base: Decimal
    tasa_o_cuota: Decimal | None
    importe: Decimal | None

    @property
    def clave(self):
        """What one rate of one tax is told by."""
        return (self.impuesto, self.tipo_factor, self.retenido, self.tasa_o_cuota)


@dataclass(frozen=True, slots=True)
class Linea:
    """A Concepto. `descuento` is an amount, 0 where there is none."""

    clave_prod_serv: str
    no_identificacion: str | None
    clave_unidad: str
    descripcion: str
    cantidad: Decimal
    valor_unitario: Decimal
    importe: Decimal
    descuento: Decimal
    impuestos: tuple[ImpuestoLinea, ...]


@dataclass(frozen=True, slots=True)
class Recibido:
    """A stamped CFDI of somebody else. `uuid` and RFCs in upper case, `fecha` local to `lugar_expedicion`."""

    version: str
    tipo_de_comprobante: str
    uuid: str
    serie: str | None
    folio: str | None
    fecha: datetime
    moneda: str
    tipo_cambio: Decimal | None
    rfc_emisor: str
    nombre_emisor: str | None
    regimen_emisor: str | None
    lugar_expedicion: str | None
    rfc_receptor: str
    sub_total: Decimal
    descuento: Decimal
    total: Decimal
    lineas: tuple[Linea, ...]
    impuestos_locales: tuple[ImpuestoLocal, ...]  # withheld ones have a negative `importe`

    @property
    def referencia(self):
        """Serie and Folio in one, the UUID where the issuer numbers nothing."""
        return "".join(filter(None, (self.serie, self.folio))) or self.uuid

    def netos(self):
        """List of what each line adds before taxes, in the currency's decimals: together SubTotal - Descuento.

        Lines may write six decimals, the totals are rounded: what that leaves goes to the lines that lost most by
        rounding. Where the CFDI doesn't add up at all, each line is only rounded.
        """
        digitos = decimales(self.moneda)
        exactos = [linea.importe - linea.descuento for linea in self.lineas]
        netos = [redondea(exacto, digitos) for exacto in exactos]
        unidad = Decimal(1).scaleb(-digitos)
        sobra = (self.sub_total - self.descuento - sum(netos)) / unidad
        if abs(sobra) > len(netos) or sobra != int(sobra):
            return netos
        paso = unidad if sobra > 0 else -unidad
        perdido = sorted(range(len(netos)), key=lambda i: (exactos[i] - netos[i]) * paso, reverse=True)
        for i in perdido[: abs(int(sobra))]:
            netos[i] += paso
        return netos


def is_cfdi(root):
    """Tell whether an element is the root of a CFDI, of whatever version and type."""
    return root is not None and root.tag in ROOTS


def read_received(xml):
    """Return the Recibido of a stamped CFDI 3.3 or 4.0 of type I or E.

    :param xml: bytes
    :raises CfdiError: those of `xml.parse`, and ``not_cfdi`` (another document or version), ``other_type`` (N, P, T:
        `data["type"]`), ``not_stamped``, ``two_stamps``, ``foreign_stamp`` (SelloCFD is not the Sello),
        ``structure``, ``missing``, ``bad_number``, ``bad_date``, ``bad_uuid``
    """
    root = parse(xml, MAX_BYTES)
    version = _version(root)
    tipo = nodes.texto(root, "TipoDeComprobante")
    if tipo not in TYPES:
        raise CfdiError("other_type", f"This CFDI is of type {tipo}, not I or E.", data={"type": tipo})
    emisor, receptor = _child(root, "Emisor"), _child(root, "Receptor")
    return Recibido(
        version=version,
        tipo_de_comprobante=tipo,
        uuid=_uuid(root),
        serie=nodes.opcional(root, "Serie"),
        folio=nodes.opcional(root, "Folio"),
        fecha=nodes.fecha(root, "Fecha"),
        moneda=nodes.texto(root, "Moneda"),
        tipo_cambio=nodes.numero(root, "TipoCambio", requerido=False),
        rfc_emisor=nodes.texto(emisor, "Rfc").upper(),
        nombre_emisor=nodes.opcional(emisor, "Nombre"),
        regimen_emisor=nodes.opcional(emisor, "RegimenFiscal"),
        lugar_expedicion=nodes.opcional(root, "LugarExpedicion"),
        rfc_receptor=nodes.texto(receptor, "Rfc").upper(),
        sub_total=nodes.numero(root, "SubTotal"),
        descuento=nodes.numero(root, "Descuento", requerido=False) or Decimal(),
        total=nodes.numero(root, "Total"),
        lineas=tuple(_linea(node, i) for i, node in enumerate(_children(_child(root, "Conceptos"), "Concepto"))),
        impuestos_locales=_locales(root),
    )


def _version(root):
    version = root.get("Version") or root.get("version")
    if root.tag not in _VERSIONS or _VERSIONS[root.tag] != version:
        raise CfdiError(
            "not_cfdi",
            f"This is not a CFDI 3.3 or 4.0: the root is {root.tag}, version {version}.",
            data={"root": str(root.tag), "version": version},
        )
    return version


def _uuid(root):
    stamps = [
        stamp
        for complement in _children(root, "Complemento")
        for stamp in complement.iter(f"{{{TFD}}}TimbreFiscalDigital")
    ]
    if len(stamps) != 1:
        code, text = ("two_stamps", "several stamps") if stamps else ("not_stamped", "no TimbreFiscalDigital")
        raise CfdiError(code, f"The CFDI has {text}: SAT knows nothing of it.", data={"count": len(stamps)})
    seal = nodes.base64(root, "Sello")
    if not seal or nodes.base64(stamps[0], "SelloCFD") != seal:
        raise CfdiError(
            "foreign_stamp",
            "The TimbreFiscalDigital belongs to another CFDI: its SelloCFD is not the Sello of this one.",
            data={"uuid": stamps[0].get("UUID")},
        )
    return nodes.uuid(stamps[0]).upper()


def _linea(node, i):
    taxes = _children(node, "Impuestos")
    return Linea(
        clave_prod_serv=nodes.texto(node, "ClaveProdServ", i),
        no_identificacion=nodes.opcional(node, "NoIdentificacion"),
        clave_unidad=nodes.texto(node, "ClaveUnidad", i),
        descripcion=nodes.texto(node, "Descripcion", i),
        cantidad=nodes.numero(node, "Cantidad", i),
        valor_unitario=nodes.numero(node, "ValorUnitario", i),
        importe=nodes.numero(node, "Importe", i),
        descuento=nodes.numero(node, "Descuento", i, requerido=False) or Decimal(),
        impuestos=tuple(
            _impuesto(row, name == "Retencion", i)
            for group, name in (("Traslados", "Traslado"), ("Retenciones", "Retencion"))
            for tax in taxes
            for rows in _children(tax, group)
            for row in _children(rows, name)
        ),
    )


def _impuesto(node, retenido, i):
    tipo = nodes.texto(node, "TipoFactor", i)
    gravado = tipo != EXENTO
    return ImpuestoLinea(
        impuesto=nodes.texto(node, "Impuesto", i),
        tipo_factor=tipo,
        retenido=retenido,
        base=nodes.numero(node, "Base", i),
        tasa_o_cuota=nodes.numero(node, "TasaOCuota", i) if gravado else None,
        importe=nodes.numero(node, "Importe", i) if gravado else None,
    )


def _locales(root):
    kinds = (("TrasladosLocales", "ImpLocTrasladado", "TasadeTraslado", 1),
             ("RetencionesLocales", "ImpLocRetenido", "TasadeRetencion", -1))  # fmt: skip
    return tuple(
        ImpuestoLocal(nodes.texto(node, name), nodes.numero(node, rate), sign * nodes.numero(node, "Importe"))
        for complement in _children(root, "Complemento")
        for element, name, rate, sign in kinds
        for node in complement.findall(f"{{{IMPLOCAL}}}ImpuestosLocales/{{{IMPLOCAL}}}{element}")
    )


def _children(node, name):
    """Children of that name in the node's own namespace: that of version 3 or 4."""
    return node.findall(f"{{{etree.QName(node).namespace}}}{name}")


def _child(node, name):
    found = _children(node, name)
    if len(found) != 1:
        text = f"{name} is {'more than once' if found else 'not'} in {nodes.lugar(node)}."
        raise CfdiError("structure", text, data={"element": name, "parent": nodes.lugar(node), "count": len(found)})
    return found[0]
