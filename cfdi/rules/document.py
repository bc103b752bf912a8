"""What the rules judge: a Comprobante with its totals as they are, or will be, written."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from .. import nodes
from ..amounts.arithmetic import CERO, CONTEXTO, decimales_escritos, recorta, redondea, suma
from ..amounts.totals import totals
from ..read import parse_cfdi, read
from ..values import EXENTO, Comprobante, Totales, decimales
from ..xml import CFDI, IMPLOCAL

_C, _L = f"{{{CFDI}}}", f"{{{IMPLOCAL}}}"


@dataclass(frozen=True, slots=True)
class Parte:
    """A Parte of a Concepto (the builder writes none; they are read from an XML)."""

    clave_prod_serv: str
    cantidad: Decimal
    valor_unitario: Decimal | None
    importe: Decimal | None
    pedimentos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sumas:
    """Exact sums over the lines, for the rules of the header and of the summary."""

    importes: Decimal
    descuentos: Decimal | None  # None: no line has one
    # (impuesto, tipo_factor, tasa_o_cuota): [base, importe]
    traslados: Mapping[tuple, list]
    retenciones: Mapping[str, Decimal]
    solo_exento: bool  # some line has a Traslado and all of them are Exento


@dataclass(frozen=True, slots=True)
class Documento:
    """A document to judge. Make it with `de`, `leido` or `xml`.

    :param comprobante: amounts with the decimals that are written
    :param totales: sums that are written, right or wrong
    :param complementos: names of parts that the values do not hold (``ComercioExterior`` …)
    :param partes: per line its Partes; empty when no line has any
    :param impuestos_vacios: lines that have a node Impuestos without a tax
    :param locales: (TotaldeTraslados, TotaldeRetenciones) of implocal, as written
    :param tipos: TipoDeComprobante of related CFDIs, by UUID in upper case, as far as known
    :param ahora: the present, aware of its zone; None: Fecha is not compared with it
    """

    comprobante: Comprobante
    totales: Totales
    complementos: frozenset[str] = frozenset()
    partes: tuple[tuple[Parte, ...], ...] = ()
    impuestos_vacios: frozenset[int] = frozenset()
    locales: tuple[Decimal, Decimal] = (CERO, CERO)
    tipos: Mapping[str, str] = field(default_factory=dict)
    ahora: datetime | None = None
    decimales: int = field(init=False)
    sumas: Sumas = field(init=False)

    def __post_init__(self):
        # SAT's number for the currency, whatever the Comprobante says
        object.__setattr__(self, "decimales", decimales(self.comprobante.moneda))
        object.__setattr__(self, "sumas", sumas(self.comprobante.conceptos))

    @classmethod
    def de(cls, comprobante, totales=None, tipos=None, ahora=None):
        """Return the Documento of what `to_xml(comprobante)` writes.

        Texts may be missing (None): the rules tell. Amounts that `to_xml` refuses (more than six
        decimals, none at all) are for it to tell.

        :param totales: those of the Comprobante, where the caller has them already
        :param tipos, ahora: see Documento
        """
        escrito = _escrito(comprobante)
        return cls(
            escrito,
            totales or totals(comprobante),
            locales=_locales(comprobante.impuestos_locales),
            tipos=tipos or {},
            ahora=ahora,
        )

    @classmethod
    def leido(cls, leido, tipos=None, ahora=None):
        """Return the Documento of a `Leido`: sums and decimals as they stand in its XML.

        Partes are not in a Leido; `xml` judges them as well.
        """
        return cls(
            leido.comprobante,
            leido.totales,
            complementos=frozenset(leido.sin_lugar),
            locales=_locales(leido.comprobante.impuestos_locales),
            tipos=tipos or {},
            ahora=ahora,
        )

    @classmethod
    def xml(cls, xml, tipos=None, ahora=None):
        """Return the Documento of the XML of a CFDI 4.0 with all that a Leido leaves out.

        :raises CfdiError: those of `cfdi.read`
        """
        leido, resto = leido_y_resto(xml)
        return replace(cls.leido(leido, tipos, ahora), **resto)

    @property
    def comercio_exterior(self):
        """Whether the foreign-trade complement is there."""
        return "ComercioExterior" in self.complementos

    @property
    def con_importes(self):
        """Whether it is of a type with amounts of its own (I, E, N): neither T nor P."""
        return self.comprobante.tipo_de_comprobante not in ("T", "P")


def _escrito(comprobante):
    """The Comprobante with the numbers that the writer trims: Cantidad and TipoCambio."""
    cambios = {}
    conceptos = comprobante.conceptos
    if any(_con_ceros(c.cantidad) for c in conceptos):
        cambios["conceptos"] = tuple(replace(c, cantidad=recorta(c.cantidad)) for c in conceptos)
    tipo = comprobante.tipo_cambio
    if tipo is not None:
        if comprobante.moneda == "MXN" and tipo == 1:
            cambios["tipo_cambio"] = None
        elif decimales_escritos(tipo):
            cambios["tipo_cambio"] = recorta(redondea(tipo, 6))
    return replace(comprobante, **cambios) if cambios else comprobante


def _con_ceros(cantidad):
    """Whether a fraction ends in zero."""
    texto = str(cantidad)
    return texto[-1] == "0" and "." in texto


def _locales(impuestos):
    if not impuestos:
        return CERO, CERO
    return (
        suma(i.importe for i in impuestos.traslados),
        suma(i.importe for i in impuestos.retenciones),
    )


def sumas(conceptos):
    """Return the exact Sumas of lines; a tax without Importe counts as zero."""
    mas = CONTEXTO.add
    importes, descuentos, traslados, retenciones = CERO, None, {}, {}
    for concepto in conceptos:
        importes = mas(importes, concepto.importe)
        if concepto.descuento is not None:
            descuentos = mas(descuentos or CERO, concepto.descuento)
        for t in concepto.traslados:
            clave = t.impuesto, t.tipo_factor, t.tasa_o_cuota
            fila = traslados.get(clave)
            if fila is None:
                traslados[clave] = [t.base, t.importe or CERO]
                continue
            fila[0] = mas(fila[0], t.base)
            if t.importe is not None:
                fila[1] = mas(fila[1], t.importe)
        for r in concepto.retenciones:
            previo = retenciones.get(r.impuesto)
            importe = r.importe or CERO
            retenciones[r.impuesto] = importe if previo is None else mas(previo, importe)
    solo_exento = bool(traslados) and all(factor == EXENTO for _i, factor, _t in traslados)
    return Sumas(importes, descuentos, traslados, retenciones, solo_exento)


def leido_y_resto(xml):
    """Return (Leido, other fields of the Documento).

    :raises CfdiError: those of `cfdi.read`; ``missing`` and ``bad_number`` for a Parte
    """
    leido = read(xml)
    raiz = parse_cfdi(xml)
    conceptos = raiz.findall(f"{_C}Conceptos/{_C}Concepto")
    resto = {"impuestos_vacios": frozenset(i for i, n in enumerate(conceptos) if _impuestos_vacio(n))}
    partes = tuple(tuple(_parte(n, i) for n in nodo.findall(f"{_C}Parte")) for i, nodo in enumerate(conceptos))
    if any(partes):
        resto["partes"] = partes
    locales = raiz.findall(f"{_C}Complemento/{_L}ImpuestosLocales")
    if locales:
        resto["locales"] = tuple(
            suma(nodes.numero(n, atributo) for n in locales) for atributo in ("TotaldeTraslados", "TotaldeRetenciones")
        )
    return leido, resto


def _impuestos_vacio(concepto):
    nodo = concepto.find(f"{_C}Impuestos")
    return nodo is not None and nodo.find(f"{_C}*/{_C}*") is None


def _parte(nodo, linea):
    return Parte(
        clave_prod_serv=nodes.texto(nodo, "ClaveProdServ", linea),
        cantidad=nodes.numero(nodo, "Cantidad", linea),
        valor_unitario=nodes.numero(nodo, "ValorUnitario", linea, requerido=False),
        importe=nodes.numero(nodo, "Importe", linea, requerido=False),
        # its double spaces are part of the number
        pedimentos=tuple(n.get("NumeroPedimento", "").strip() for n in nodo.findall(f"{_C}InformacionAduanera")),
    )
