"""What SAT's answer means: one total function over the four texts of ConsultaCFDIService.

Source: SAT, "Documentación del Servicio de Consulta de CFDI" (values and their combinations). A text is recognised
whatever its case, acute accents, blanks and final dots. Anything that SAT doesn't document, or that contradicts itself,
is `unknown` and changes nothing.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

State = Literal["live", "cancel_in_process", "refused", "cancelled", "not_yet_known", "bad_expression", "unknown"]
Cancellation = Literal["without_acceptance", "with_acceptance", "expired"]
Cancellable = Literal["without_acceptance", "with_acceptance", "not_cancellable"]

_FOUND = "s - comprobante obtenido satisfactoriamente"
# their wording decides nothing: neither leads to a state of the CFDI
_NOT_FOUND = re.compile(r"n ?- ?(601|602)\b")
_LIVE = {"": "live", "en proceso": "cancel_in_process", "solicitud rechazada": "refused"}
_CANCELLED = {
    "cancelado sin aceptacion": "without_acceptance",
    "cancelado con aceptacion": "with_acceptance",
    "plazo vencido": "expired",
}
_CANCELLABLE = {
    "": None,
    "cancelable sin aceptacion": "without_acceptance",
    "cancelable con aceptacion": "with_acceptance",
    "no cancelable": "not_cancellable",
}
_EFOS = {
    # 102 and 103: not the issuer, but somebody on whose behalf it is issued (aCuentaTerceros)
    **dict.fromkeys(("100", "101", "104"), "listed"),
    **dict.fromkeys(("102", "103"), "third_party_listed"),
    **dict.fromkeys(("200", "201"), "clean"),
}


@dataclass(frozen=True)
class Reading:
    """What SAT says.

    state         live               valid, nothing under way
                  cancel_in_process  valid, the receiver has been asked to accept the cancellation
                  refused            valid, the receiver has refused a cancellation
                  cancelled          cancelled; `cancellation` says in which way
                  not_yet_known      602: SAT has nothing under this expression (yet, or one of its parts is wrong)
                  bad_expression     601: the question was malformed, or SAT is out of order
                  unknown            not documented or contradictory: conclude nothing
    cancellation  of a cancelled one: without_acceptance, with_acceptance or expired (the receiver didn't answer)
    cancellable   what a cancellation of a live one would be: without_acceptance, with_acceptance, not_cancellable
                  (live CFDIs are related to it); None where SAT doesn't tell
    """

    state: State
    cancellation: Cancellation | None = None
    cancellable: Cancellable | None = None


UNKNOWN = Reading("unknown")


def read(codigo_estatus, estado, es_cancelable, estatus_cancelacion):
    """The Reading of SAT's four texts. Total: any text, and None for '', is an argument.

    `cancelled` and the three live states need all four in their documented words. A cancelled CFDI without an
    EstatusCancelacion is none of SAT's combinations: `unknown`.
    """
    code, state, cancelable, status = map(_plain, (codigo_estatus, estado, es_cancelable, estatus_cancelacion))
    missing = _NOT_FOUND.match(code)
    if missing:
        silent = state in ("", "no encontrado") and not cancelable and not status
        if not silent:
            return UNKNOWN
        return Reading("bad_expression" if missing[1] == "601" else "not_yet_known")
    if code != _FOUND or cancelable not in _CANCELLABLE:
        return UNKNOWN
    if state == "vigente" and status in _LIVE:
        return Reading(_LIVE[status], cancellable=_CANCELLABLE[cancelable])
    if state == "cancelado" and status in _CANCELLED:
        return Reading("cancelled", cancellation=_CANCELLED[status])
    return UNKNOWN


def lacks_cancellation(codigo_estatus, estado, es_cancelable, estatus_cancelacion):
    """Whether SAT says "Cancelado" in its documented words, but for an empty EstatusCancelacion."""
    code, state, cancelable, status = map(_plain, (codigo_estatus, estado, es_cancelable, estatus_cancelacion))
    return code == _FOUND and state == "cancelado" and cancelable in _CANCELLABLE and not status


def efos(validacion):
    """Who is on SAT's definitive list of simulated operations (CFF 69-B), from ValidacionEFOS.

    `listed` (the issuer, perhaps a third party too), `third_party_listed` (only a third party), `clean`, or `unknown`
    for '' and anything else.
    """
    return _EFOS.get((validacion or "").strip(), "unknown")


def _plain(text):
    """`text` without what may differ: case, acute accents, runs of blanks, final dots."""
    words = unicodedata.normalize("NFD", text or "").replace("\u0301", "").casefold().split()
    return " ".join(words).rstrip(" .")
