"""Tickets -> the Comprobante of a global invoice, judged by SAT's rules and by those of SAT's guide."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ..build import Built, build
from ..errors import CfdiError
from ..names import GENERAL_PUBLIC
from ..rfc import GENERIC_NATIONAL
from ..rules import DEFAULT, ERROR, Document, Refused, judge
from ..rules.rule import Finding
from ..values import CfdiRelacionados, Comprobante, Emisor, InformacionGlobal, Receptor
from .line import CENTS, concepto_of, within_limits
from .period import Period

NUMBER_SIZE = 100
UNKNOWN_FORM = "99"
# what is a warning on an invoice to the public is an error on a global invoice of ours
GUIDE = "GUIA-GLOBAL"
_SUBSTITUTES = "04"


@dataclass(frozen=True, slots=True)
class GlobalHeader:
    """What is known beside the tickets.

    :param fecha: naive, local time at `lugar_expedicion`
    :param replaces: UUIDs that it substitutes (04)
    """

    serie: str | None
    folio: str
    fecha: datetime
    lugar_expedicion: str
    emisor: Emisor
    period: Period
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GlobalInvoice(Built):
    """What is sent.

    :param tax_moved: tax in the CFDI less tax in the books: of tickets whose tax had to move into SAT's limits
    :param findings: warnings of the rules
    """

    tax_moved: Decimal
    findings: tuple[Finding, ...]


class GlobalRefused(Refused):
    """SAT, or its guide, would refuse it."""

    slug = "global_refused"


def build_global(header, tickets, catalogues=DEFAULT, now=None):
    """Return the GlobalInvoice of tickets.

    :param tickets: sequence of Ticket
    :param catalogues, now: see `rules.judge` and `rules.Document`
    :raises GlobalRefused: the rules of CFDI 4.0, or SAT's guide, have an objection
    :raises CfdiError: ``no_tickets``, ``bad_number`` (a ticket's number is missing, too long or twice), ``bad_ticket``,
        ``no_form``, ``several_forms`` (fuels), and those of `write.write`
    """
    check_numbers(tickets)
    fitted = [within_limits(ticket) for ticket in tickets]
    comprobante = make_global(header, fitted)
    findings = judge(Document.from_comprobante(comprobante, now=now), catalogues)
    refuse(findings)
    built = build(comprobante)
    moved = sum((one.tax for one in fitted), Decimal(0)) - sum((one.tax for one in tickets), Decimal(0))
    proof = {
        "tickets": len(fitted),
        "total": str(built.totals.total),
        "tax_moved": str(moved),
        "moved": [
            {"ticket": new.number, "books": str(old.tax), "cfdi": str(new.tax)}
            for old, new in zip(tickets, fitted, strict=True)
            if old.tax != new.tax
        ],
    }
    return GlobalInvoice(built.comprobante, built.totals, built.payload, proof, moved, tuple(findings))


def refuse(findings):
    """:raises GlobalRefused: the rules, or SAT's guide of the CFDI global, have an objection"""
    if errors := [one for one in findings if one.severity == ERROR or one.code == GUIDE]:
        raise GlobalRefused(errors)


def check_numbers(tickets):
    """NoIdentificacion is the number of one ticket.

    :raises CfdiError: ``no_tickets``, ``bad_number``
    """
    if not tickets:
        raise CfdiError("no_tickets", "A global invoice needs a ticket.")
    counts = Counter(one.number for one in tickets)
    for number, count in counts.items():
        if count > 1 or not number or len(number) > NUMBER_SIZE:
            text = f"The ticket number {number!r} is missing, longer than {NUMBER_SIZE} characters, or there twice."
            raise CfdiError("bad_number", text, data={"ticket": number, "count": count})


def form_of(tickets):
    """Return FormaPago: that of the largest ticket; of several the first.

    :raises CfdiError: ``no_form``: nobody has said how it was paid; ``several_forms``: fuels have a global invoice for
        each (appendix 3)
    """
    if any(one.is_fuel for one in tickets) and len({one.forma_pago for one in tickets}) > 1:
        raise CfdiError("several_forms", "Fuels that were paid in several forms need a global invoice for each.")
    largest = max(tickets, key=lambda one: one.total)
    if largest.forma_pago in (None, "", UNKNOWN_FORM):
        text = f"How the ticket {largest.number} was paid is not known; FormaPago is that of the largest ticket."
        raise CfdiError("no_form", text, data={"ticket": largest.number})
    return largest.forma_pago


def make_global(header, tickets):
    """Return the Comprobante, right or wrong (SAT's guide of the CFDI global).

    :param tickets: each within SAT's limits
    """
    period = header.period
    return to_public(
        header,
        "S01",
        tipo_de_comprobante="I",
        forma_pago=form_of(tickets),
        conceptos=tuple(map(concepto_of, tickets)),
        relacionados=(CfdiRelacionados(_SUBSTITUTES, header.replaces),) if header.replaces else (),
        informacion_global=InformacionGlobal(period.periodicidad, period.meses, period.first.year),
    )


def to_public(header, uso_cfdi, **values):
    """Return a Comprobante to PUBLICO EN GENERAL; `values`: in what a global invoice and its credit notes differ."""
    return Comprobante(
        serie=header.serie,
        folio=header.folio,
        fecha=header.fecha,
        moneda="MXN",
        tipo_cambio=None,
        exportacion="01",
        metodo_pago="PUE",
        condiciones_de_pago=None,
        lugar_expedicion=header.lugar_expedicion,
        emisor=header.emisor,
        receptor=Receptor(GENERIC_NATIONAL, GENERAL_PUBLIC, header.lugar_expedicion, "616", uso_cfdi),
        decimals=CENTS,
        **values,
    )
