"""A Comprobante that is ready to be sent, with all that follows from it, each made once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .texts import one_form
from .values import Comprobante, Totals
from .write import write


@dataclass(frozen=True, slots=True)
class Built:
    """What is sent, and what was found while it was made.

    :param payload: the XML, byte for byte as it is sent
    :param totals: those in the payload
    :param proof: JSON-able: how its lines add up to the ERP's totals; empty where nothing was fitted
    """

    comprobante: Comprobante
    totals: Totals
    payload: bytes
    proof: Mapping[str, object]


def build(comprobante, fit=None):
    """Return the Built of a Comprobante.

    The rules judge it without another sum: ``judge(Document.from_comprobante(built.comprobante, built.totals))``.

    :param fit: the Fit of its lines, whose totals and proof are taken; None: the totals are computed here
    :raises CfdiError: those of `write.write`
    """
    comprobante = _in_one_form(comprobante)
    payload, totals = write(comprobante, fit and fit.totals)
    return Built(comprobante, totals, payload, fit.proof if fit else {})


def _in_one_form(comprobante):
    """The Comprobante with its texts as the XML has them: a service may be told them besides the XML."""
    conceptos = tuple(_tidy(one, ("descripcion", "no_identificacion", "unidad")) for one in comprobante.conceptos)
    if conceptos != comprobante.conceptos:
        comprobante = replace(comprobante, conceptos=conceptos)
    return _tidy(comprobante, ("serie", "folio", "condiciones_de_pago"))


def _tidy(values, names):
    """The same values, or a copy where one of these texts was not in one form."""
    found = ((name, getattr(values, name)) for name in names)
    other = {name: clean or None for name, text in found if text and (clean := one_form(text)) != text}
    return replace(values, **other) if other else values
