"""Did the service say yes or no? Recognises error documents, whose fields the seed doesn't name.

Only an explicit no is a refusal. A document that says yes, says both, speaks of an earlier stamp,
or of a failure inside the service, proves nothing about what happened.
"""

import re
import unicodedata
from dataclasses import dataclass

from .documents import Node

CODES = (
    "codigo",
    "codigoerror",
    "errorcodigo",
    "errorcode",
    "codigodeerror",
    "code",
    "codestatus",
    "codigoestatus",
    "cod",
    "clave",
    "faultcode",
)
WORDS = (
    "mensaje",
    "mensajeerror",
    "errormensaje",
    "mensajeincidencia",
    "message",
    "errormessage",
    "errordescription",  # RFC 6749 §5.2
    "msg",
    "error",
    "errores",
    "errors",
    "descripcion",
    "description",
    "faultstring",
    "detalle",
    "detalles",
    "messagedetail",
    "detail",
    "texto",
    "motivo",
)
_FLAGS = (
    "succeed",
    "success",
    "exito",
    "exitoso",
    "ok",
    "timbradook",
    "correcto",
    "procesado",
    "timbrado",
    "stamped",
)
_STATUSES = ("status", "estatus", "estado", "resultado", "result", "situacion")
_ERRORS = (
    "error",
    "errores",
    "errors",
    "fault",
    "exception",
    "excepcion",
    "incidencia",
    "incidencias",
)
_YES = {
    "ok",
    "true",
    "si",
    "yes",
    "success",
    "succeeded",
    "exito",
    "exitoso",
    "correcto",
    "timbrado",
    "timbrada",
    "stamped",
    "procesado",
    "completado",
    "satisfactorio",
}
_NO = {
    "error",
    "false",
    "no",
    "fail",
    "failed",
    "failure",
    "fallo",
    "fallido",
    "rechazado",
    "rechazada",
    "rejected",
    "denegado",
    "invalido",
    "invalid",
    "notimbrado",
    "notimbrada",
    "noprocesado",
    "noexitoso",
    "incorrecto",
}
_NOTHING = {"", "false", "no", "none", "null", "0", "ninguno"}
# `CFDI40108 - ...`, `307. ...`, `CA205 - ...` at the beginning of a text
_LEADING_CODE = re.compile(r"^\s*([A-Za-z]{1,8}-?\d{3,6}|\d{3}|4\d{4})\s*(?:[-–:.,)]|$)")
_PRIOR_CODES = {"307", "3307", "707", "736"}
_PRIOR_WORDS = re.compile(
    r"timbre previo|timbrad[oa] previamente|previamente timbrad|"
    r"ya (?:fue |ha sido |esta |está |se )?(?:timbrad|timbró)|"
    r"already (?:been )?stamped|previous(?:ly)? stamp",
    re.IGNORECASE,
)
_UNSURE_WORDS = re.compile(
    r"time-?\s?out|timed out|tiempo (?:de espera|de respuesta|agotado|l[ií]mite)|"
    r"en proceso|procesando|in progress|pendiente de",
    re.IGNORECASE,
)
# PACs' code for "no stamps left"; a code or a sentence that is not known as such is a refusal of the one document
_NO_CREDITS_CODES = {"718"}
_NO_CREDITS_WORDS = re.compile(
    r"(?:sin|no (?:hay|cuenta con|tiene|quedan)|insuficientes?|agotad\w+)\s(?:\w+\s){0,2}"
    r"(?:cr[eé]ditos|timbres|folios)|"
    r"(?:cr[eé]ditos|timbres|folios)\s(?:\w+\s){0,2}(?:insuficientes|agotados)|"
    r"(?:no|out of|insufficient) credits",
    re.IGNORECASE,
)
_ABSENT_WORDS = re.compile(
    r"no (?:se )?(?:existe|encontr|localiz)|no hay acuse|no est[aá] cancelad|sin acuse|"
    r"not found|n[o']t exist|no such|inexistente",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Verdict:
    """`said` is 'yes', 'no', 'both' or None; `code` and `words` are the service's own, or ''.

    `prior`: it speaks of an earlier stamp of the same document (error 307).
    `unsure`: it speaks of a failure or a wait inside the service.
    `absent`: it says that it doesn't have what was asked for.
    `no_credits`: it says that no stamps are left to be spent.
    """

    said: str | None
    code: str = ""
    words: str = ""
    prior: bool = False
    unsure: bool = False
    absent: bool = False
    no_credits: bool = False


NOTHING_SAID = Verdict(None)


def judge(node):
    """The Verdict of a document or of a part of it (documents.Node)."""
    words = _words(node)
    code = _code(node, words)
    no, yes = _evidence(node, code)
    prior = _is_prior(code, words)
    unsure = bool(re.fullmatch(r"[A-Z]?5\d\d", code) or _UNSURE_WORDS.search(words))
    said = {(True, False): "no", (False, True): "yes", (True, True): "both"}.get((no, yes))
    absent = said in ("no", None) and bool(code == "404" or _ABSENT_WORDS.search(words))
    spent = code in _NO_CREDITS_CODES or bool(_NO_CREDITS_WORDS.search(words))
    return Verdict(said, code, words, prior, unsure, absent, spent)


def _words(node):
    """The service's sentences, at most two different ones."""
    found = []
    for text in node.values(*WORDS):
        if fold_word(text) not in _NOTHING and text not in found and not text.isdigit():
            found.append(text)
    if not found and node.text and not node.children and " " in node.text:
        found = [node.text]
    first, *second = found[:2] or [""]
    for text in second:
        first += (" " if first[-1] in ".!?:" else ": ") + text
    return first[:1000]


def _code(node, words):
    for text in (*node.values(*CODES), *node.values(*_STATUSES)):
        found = _LEADING_CODE.match(text)
        if found and not _is_success(found[1]):
            return found[1].upper()
    found = _LEADING_CODE.match(words)
    return found[1].upper() if found and not _is_success(found[1]) else ""


def judge_text(text):
    """The Verdict of one sentence of a service."""
    return judge(Node("", "", text))


def _is_success(code):
    return bool(re.fullmatch(r"0+|2\d\d", code))


def _is_prior(code, words):
    digits = re.sub(r"\D", "", code)
    return digits in _PRIOR_CODES or bool(_PRIOR_WORDS.search(words))


def _evidence(node, code):
    """(something says no, something says yes)."""
    said = {fold_word(text) for text in node.values(*_FLAGS, *_STATUSES)}
    if not node.children and node.text:
        said.add(fold_word(node.text))
    failed = any(_is_error(found) for found in node.nodes(*_ERRORS))
    succeeded = any(map(_is_success, {*said, *node.values(*CODES)}))
    return bool(failed or code or said & _NO), bool(succeeded or said & _YES)


def _is_error(node):
    return any(fold_word(text) not in _NOTHING for text in node.texts())


def fold_word(text):
    """A short text as a word to compare: lower case, without accents, spaces and signs."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in plain if c.isalnum())
