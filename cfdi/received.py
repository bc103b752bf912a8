"""The XML of a supplier's CFDI -> what a vendor bill needs of it.

A CFDI 4.0 or 3.3 (SAT took 3.3 until March 2023, and they are still deducted and substituted) of type I or E. It is
read more liberally than one of ours: what a bill does not need may be missing or odd. The seal can't be trusted by
itself, only SAT's status service says whether a CFDI is real; what is checked here is that the stamp belongs to it.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from . import nodes
from .amounts.arithmetic import round_half_up
from .errors import CfdiError
from .stamped import VERSIONS, stamp_of, version_of
from .values import EXENTO, ImpuestoLocal, currency_decimals
from .xml import IMPLOCAL, parse

TYPES = ("I", "E")
# a mail may bring anything; the largest CFDIs (thousands of lines) have about 3 MB
MAX_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReceivedTax:
    """A tax of a line as written. `withheld`: withheld; `tasa_o_cuota` and `importe` are None when Exento."""

    impuesto: str
    tipo_factor: str
    withheld: bool
    base: Decimal
    tasa_o_cuota: Decimal | None
    importe: Decimal | None

    @property
    def key(self):
        """What identifies a tax and its rate."""
        return (self.impuesto, self.tipo_factor, self.withheld, self.tasa_o_cuota)


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """A Concepto. `descuento` is an amount, 0 where there is none."""

    clave_prod_serv: str
    no_identificacion: str | None
    clave_unidad: str
    descripcion: str
    cantidad: Decimal
    valor_unitario: Decimal
    importe: Decimal
    descuento: Decimal
    impuestos: tuple[ReceivedTax, ...]


@dataclass(frozen=True, slots=True)
class ReceivedCfdi:
    """A supplier's stamped CFDI. `uuid` and RFCs in upper case, `fecha` local to `lugar_expedicion`.

    `metodo_pago`: PUE or PPD, None where it is not written.
    """

    version: str
    tipo_de_comprobante: str
    uuid: str
    serie: str | None
    folio: str | None
    fecha: datetime
    moneda: str
    tipo_cambio: Decimal | None
    metodo_pago: str | None
    rfc_emisor: str
    nombre_emisor: str | None
    regimen_emisor: str | None
    lugar_expedicion: str | None
    rfc_receptor: str
    sub_total: Decimal
    descuento: Decimal
    total: Decimal
    lines: tuple[ReceivedLine, ...]
    impuestos_locales: tuple[ImpuestoLocal, ...]  # withheld ones have a negative `importe`

    @property
    def reference(self):
        """Serie and Folio in one, the UUID where the issuer numbers nothing."""
        return "".join(filter(None, (self.serie, self.folio))) or self.uuid

    def net_amounts(self):
        """List of what each line adds before taxes, in the currency's decimals: together SubTotal - Descuento.

        Lines may write six decimals, the totals are rounded: what that leaves goes to the lines that lost most by
        rounding. Where the CFDI doesn't add up at all, each line is only rounded.
        """
        digits = currency_decimals(self.moneda)
        exact = [line.importe - line.descuento for line in self.lines]
        net_amounts = [round_half_up(amount, digits) for amount in exact]
        unit = Decimal(1).scaleb(-digits)
        excess = (self.sub_total - self.descuento - sum(net_amounts)) / unit
        if abs(excess) > len(net_amounts) or excess != int(excess):
            return net_amounts
        step = unit if excess > 0 else -unit
        order = sorted(range(len(net_amounts)), key=lambda i: (exact[i] - net_amounts[i]) * step, reverse=True)
        for i in order[: abs(int(excess))]:
            net_amounts[i] += step
        return net_amounts


def is_cfdi(root):
    """Tell whether an element is the root of a CFDI, of whatever version and type."""
    return root is not None and root.tag in VERSIONS


def read_received(xml, types=TYPES):
    """Return the ReceivedCfdi of a stamped CFDI 3.3 or 4.0, of type I or E where nothing else is asked for.

    :param xml: bytes, or the root that `xml.parse` returned
    :param types: of TipoDeComprobante
    :raises CfdiError: those of `xml.parse` and of `stamped`, ``other_type`` (`data["type"]`), ``structure``,
        ``missing``, ``bad_number``, ``bad_date``, ``bad_uuid``
    """
    root = parse(xml, MAX_BYTES)
    version = version_of(root)
    tipo = nodes.text(root, "TipoDeComprobante")
    if tipo not in types:
        raise CfdiError("other_type", f"This CFDI is of type {tipo}, not {' or '.join(types)}.", data={"type": tipo})
    emisor, receptor = nodes.own_child(root, "Emisor"), nodes.own_child(root, "Receptor")
    return ReceivedCfdi(
        version=version,
        tipo_de_comprobante=tipo,
        uuid=nodes.uuid(stamp_of(root)).upper(),
        serie=nodes.optional(root, "Serie"),
        folio=nodes.optional(root, "Folio"),
        fecha=nodes.date_time(root, "Fecha"),
        moneda=nodes.text(root, "Moneda"),
        tipo_cambio=nodes.number(root, "TipoCambio", required=False),
        metodo_pago=nodes.optional(root, "MetodoPago"),
        rfc_emisor=nodes.text(emisor, "Rfc").upper(),
        nombre_emisor=nodes.optional(emisor, "Nombre"),
        regimen_emisor=nodes.optional(emisor, "RegimenFiscal"),
        lugar_expedicion=nodes.optional(root, "LugarExpedicion"),
        rfc_receptor=nodes.text(receptor, "Rfc").upper(),
        sub_total=nodes.number(root, "SubTotal"),
        descuento=nodes.number(root, "Descuento", required=False) or Decimal(),
        total=nodes.number(root, "Total"),
        lines=tuple(
            _line(node, i)
            for i, node in enumerate(nodes.own_children(nodes.own_child(root, "Conceptos"), "Concepto"))
        ),
        impuestos_locales=_local_taxes(root),
    )


def _line(node, i):
    taxes = nodes.own_children(node, "Impuestos")
    return ReceivedLine(
        clave_prod_serv=nodes.text(node, "ClaveProdServ", i),
        no_identificacion=nodes.optional(node, "NoIdentificacion"),
        clave_unidad=nodes.text(node, "ClaveUnidad", i),
        descripcion=nodes.text(node, "Descripcion", i),
        cantidad=nodes.number(node, "Cantidad", i),
        valor_unitario=nodes.number(node, "ValorUnitario", i),
        importe=nodes.number(node, "Importe", i),
        descuento=nodes.number(node, "Descuento", i, required=False) or Decimal(),
        impuestos=tuple(
            _tax(row, name == "Retencion", i)
            for group, name in (("Traslados", "Traslado"), ("Retenciones", "Retencion"))
            for tax in taxes
            for rows in nodes.own_children(tax, group)
            for row in nodes.own_children(rows, name)
        ),
    )


def _tax(node, withheld, i):
    tipo = nodes.text(node, "TipoFactor", i)
    taxed = tipo != EXENTO
    return ReceivedTax(
        impuesto=nodes.text(node, "Impuesto", i),
        tipo_factor=tipo,
        withheld=withheld,
        base=nodes.number(node, "Base", i),
        tasa_o_cuota=nodes.number(node, "TasaOCuota", i) if taxed else None,
        importe=nodes.number(node, "Importe", i) if taxed else None,
    )


def _local_taxes(root):
    kinds = (("TrasladosLocales", "ImpLocTrasladado", "TasadeTraslado", 1),
             ("RetencionesLocales", "ImpLocRetenido", "TasadeRetencion", -1))  # fmt: skip
    return tuple(
        ImpuestoLocal(nodes.text(node, name), nodes.number(node, rate), sign * nodes.number(node, "Importe"))
        for complement in nodes.own_children(root, "Complemento")
        for element, name, rate, sign in kinds
        for node in complement.findall(f"{{{IMPLOCAL}}}ImpuestosLocales/{{{IMPLOCAL}}}{element}")
    )
