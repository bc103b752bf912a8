"""A Comprobante that is ready to be sent, with all that follows from it, each made once."""

from collections.abc import Mapping
from dataclasses import dataclass

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
    payload, totals = write(comprobante, fit and fit.totals)
    return Built(comprobante, totals, payload, fit.proof if fit else {})
