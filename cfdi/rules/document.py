"""What the rules judge: a Comprobante with its totals as they are, or will be, written."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from .. import nodes
from ..amounts.arithmetic import CONTEXT, ZERO, exact_sum, round_half_up, strip_zeros, written_decimals
from ..amounts.totals import compute_totals
from ..payments.complement import TotalesPagos
from ..payments.summary import exact_impuestos_p, totales
from ..read import parse_cfdi, read_cfdi
from ..values import EXENTO, Comprobante, Totals, currency_decimals
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
class LineSums:
    """Exact sums over the lines, for the rules of the header and of the summary."""

    importes: Decimal
    descuentos: Decimal | None  # None: no line has one
    # (impuesto, tipo_factor, tasa_o_cuota): [base, importe]
    traslados: Mapping[tuple, list]
    retenciones: Mapping[str, Decimal]
    only_exempt: bool  # some line has a Traslado and all of them are Exento


@dataclass(frozen=True, slots=True)
class PaymentSums:
    """What the payments of a receipt add up to.

    :param totales: what Totales has to say
    :param of_pago: by the id of a Pago what `payments.summary.exact_impuestos_p` returns of its invoices
    """

    totales: TotalesPagos
    of_pago: Mapping[int, tuple]


@dataclass(frozen=True, slots=True)
class Document:
    """A document to judge. Make it with `from_comprobante`, `from_parsed` or `from_xml`.

    :param comprobante: amounts with the decimals that are written
    :param totals: sums that are written, right or wrong
    :param complementos: names of parts that the values do not hold (``ComercioExterior`` …)
    :param partes: per line its Partes; empty when no line has any
    :param empty_impuestos: lines that have a node Impuestos without a tax
    :param local_taxes: (TotaldeTraslados, TotaldeRetenciones) of implocal, as written
    :param related_types: TipoDeComprobante of related CFDIs, by UUID in upper case, as far as known
    :param now: the present, aware of its zone; None: Fecha is not compared with it
    :param settled: of a receipt of payment that is made here: what it was made of, for each Pago (payments.split)
    """

    comprobante: Comprobante
    totals: Totals
    complementos: frozenset[str] = frozenset()
    partes: tuple[tuple[Parte, ...], ...] = ()
    empty_impuestos: frozenset[int] = frozenset()
    local_taxes: tuple[Decimal, Decimal] = (ZERO, ZERO)
    related_types: Mapping[str, str] = field(default_factory=dict)
    now: datetime | None = None
    settled: tuple[tuple, ...] = ()
    decimals: int = field(init=False)
    sums: LineSums = field(init=False)
    payment_sums: PaymentSums | None = field(init=False)

    def __post_init__(self):
        # SAT's number for the currency, whatever the Comprobante says
        object.__setattr__(self, "decimals", currency_decimals(self.comprobante.moneda))
        object.__setattr__(self, "sums", line_sums(self.comprobante.conceptos))
        object.__setattr__(self, "payment_sums", _payment_sums(self.comprobante.pagos))

    @classmethod
    def from_comprobante(cls, comprobante, totals=None, related_types=None, now=None, settled=()):
        """Return the Document of what `to_xml(comprobante)` writes.

        Texts may be missing (None): the rules report them. Amounts that `to_xml` refuses (more than six
        decimals, none at all) are not checked here.

        :param totals: those of the Comprobante, where the caller has them already
        :param related_types, now, settled: see Document
        """
        written = _as_written(comprobante)
        return cls(
            written,
            totals or compute_totals(comprobante),
            local_taxes=_local_totals(comprobante.impuestos_locales),
            related_types=related_types or {},
            now=now,
            settled=settled,
        )

    @classmethod
    def from_parsed(cls, parsed, related_types=None, now=None):
        """Return the Document of a `ParsedCfdi`: sums and decimals as written in its XML.

        Partes are not in a ParsedCfdi; `from_xml` judges them as well.
        """
        return cls(
            parsed.comprobante,
            parsed.totals,
            complementos=frozenset(parsed.unmapped),
            local_taxes=_local_totals(parsed.comprobante.impuestos_locales),
            related_types=related_types or {},
            now=now,
        )

    @classmethod
    def from_xml(cls, xml, related_types=None, now=None):
        """Return the Document of the XML of a CFDI 4.0 with all that a ParsedCfdi leaves out.

        :param xml: bytes, or the root that `read.parse_cfdi` returned
        :raises CfdiError: those of `read.read_cfdi`
        """
        root = parse_cfdi(xml)
        return replace(cls.from_parsed(read_cfdi(root), related_types, now), **_rest(root))

    @property
    def has_comercio_exterior(self):
        """Whether the foreign-trade complement is there."""
        return "ComercioExterior" in self.complementos

    @property
    def has_amounts(self):
        """Whether it is of a type with amounts of its own (I, E, N): neither T nor P."""
        return self.comprobante.tipo_de_comprobante not in ("T", "P")


def _as_written(comprobante):
    """The Comprobante with the numbers that the writer trims: Cantidad and TipoCambio."""
    changes = {}
    conceptos = comprobante.conceptos
    if any(_has_trailing_zero(c.cantidad) for c in conceptos):
        changes["conceptos"] = tuple(replace(c, cantidad=strip_zeros(c.cantidad)) for c in conceptos)
    tipo = comprobante.tipo_cambio
    if tipo is not None:
        if comprobante.moneda == "MXN" and tipo == 1:
            changes["tipo_cambio"] = None
        elif written_decimals(tipo):
            changes["tipo_cambio"] = strip_zeros(round_half_up(tipo, 6))
    return replace(comprobante, **changes) if changes else comprobante


def _has_trailing_zero(cantidad):
    """Whether a fraction ends in zero."""
    text = str(cantidad)
    return text[-1] == "0" and "." in text


def _local_totals(impuestos):
    if not impuestos:
        return ZERO, ZERO
    return (
        exact_sum(i.importe for i in impuestos.traslados),
        exact_sum(i.importe for i in impuestos.retenciones),
    )


def _payment_sums(pagos):
    if not pagos:
        return None
    return PaymentSums(totales(pagos.pagos), {id(one): exact_impuestos_p(one.doctos) for one in pagos.pagos})


def line_sums(conceptos):
    """Return the exact LineSums of lines; a tax without Importe counts as zero."""
    add = CONTEXT.add
    importes, descuentos, traslados, retenciones = ZERO, None, {}, {}
    for concepto in conceptos:
        importes = add(importes, concepto.importe)
        if concepto.descuento is not None:
            descuentos = add(descuentos or ZERO, concepto.descuento)
        for t in concepto.traslados:
            key = t.impuesto, t.tipo_factor, t.tasa_o_cuota
            row = traslados.get(key)
            if row is None:
                traslados[key] = [t.base, t.importe or ZERO]
                continue
            row[0] = add(row[0], t.base)
            if t.importe is not None:
                row[1] = add(row[1], t.importe)
        for r in concepto.retenciones:
            previous = retenciones.get(r.impuesto)
            importe = r.importe or ZERO
            retenciones[r.impuesto] = importe if previous is None else add(previous, importe)
    only_exempt = bool(traslados) and all(factor == EXENTO for _i, factor, _t in traslados)
    return LineSums(importes, descuentos, traslados, retenciones, only_exempt)


def _rest(root):
    """What a ParsedCfdi leaves out: the other fields of the Document.

    :raises CfdiError: ``missing`` and ``bad_number`` for a Parte
    """
    conceptos = root.findall(f"{_C}Conceptos/{_C}Concepto")
    rest = {"empty_impuestos": frozenset(i for i, node in enumerate(conceptos) if _is_empty_impuestos(node))}
    partes = tuple(tuple(_parte(n, i) for n in node.findall(f"{_C}Parte")) for i, node in enumerate(conceptos))
    if any(partes):
        rest["partes"] = partes
    local_taxes = root.findall(f"{_C}Complemento/{_L}ImpuestosLocales")
    if local_taxes:
        rest["local_taxes"] = tuple(
            exact_sum(nodes.number(node, total) for node in local_taxes)
            for total in ("TotaldeTraslados", "TotaldeRetenciones")
        )
    return rest


def _is_empty_impuestos(concepto):
    node = concepto.find(f"{_C}Impuestos")
    return node is not None and node.find(f"{_C}*/{_C}*") is None


def _parte(node, line):
    return Parte(
        clave_prod_serv=nodes.text(node, "ClaveProdServ", line),
        cantidad=nodes.number(node, "Cantidad", line),
        valor_unitario=nodes.number(node, "ValorUnitario", line, required=False),
        importe=nodes.number(node, "Importe", line, required=False),
        pedimentos=nodes.pedimentos(node),
    )
