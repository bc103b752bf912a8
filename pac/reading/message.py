"""What a service says beside the document: yes or no, its code, its sentences.

No text of the services names the fields of an error document, so common names are tried: Spanish and
English ones that other PACs use. Only an explicit no is a refusal. A document that says yes, says both, speaks
of an earlier stamp or of a failure inside the service proves nothing about what happened.
"""

import re
from dataclasses import dataclass

from .tree import Node, fold

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
TEXTS = (
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
_STAMPED_BEFORE_CODES = {"307", "3307", "707", "736"}
_STAMPED_BEFORE = re.compile(
    r"timbre previo|timbrad[oa] previamente|previamente timbrad|"
    r"ya (?:fue |ha sido |esta |está |se )?(?:timbrad|timbró)|"
    r"already (?:been )?stamped|previous(?:ly)? stamp",
    re.IGNORECASE,
)
_INTERNAL_FAILURE = re.compile(
    r"time-?\s?out|timed out|tiempo (?:de espera|de respuesta|agotado|l[ií]mite)|"
    r"en proceso|procesando|in progress|pendiente de",
    re.IGNORECASE,
)
# PACs' code for "no stamps left"; a code or a sentence that is not known as such is a refusal of the one document
_NO_CREDITS_CODES = {"718"}
_NO_CREDITS = re.compile(
    r"(?:sin|no (?:hay|cuenta con|tiene|quedan)|insuficientes?|agotad\w+)\s(?:\w+\s){0,2}"
    r"(?:cr[eé]ditos|timbres|folios)|"
    r"(?:cr[eé]ditos|timbres|folios)\s(?:\w+\s){0,2}(?:insuficientes|agotados)|"
    r"(?:no|out of|insufficient) credits",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(
    r"no (?:se )?(?:existe|encontr|localiz)|no hay acuse|no est[aá] cancelad|sin acuse|"
    r"not found|n[o']t exist|no such|inexistente",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Message:
    """`success` is 'yes', 'no', 'both' or None; `code` and `text` are the service's own, or ''.

    `stamped_before`: it speaks of an earlier stamp of the same document (error 307).
    `internal_failure`: it speaks of a failure or a wait inside the service.
    `not_found`: it says that it doesn't have what was asked for.
    `no_credits`: it says that no stamps are left to be spent.
    """

    success: str | None
    code: str = ""
    text: str = ""
    stamped_before: bool = False
    internal_failure: bool = False
    not_found: bool = False
    no_credits: bool = False


NO_MESSAGE = Message(None)


def read_message(node):
    """The Message of a document or of a part of it (tree.Node)."""
    text = _text(node)
    code = _code(node, text)
    no, yes = _says_no(node, code), _says_yes(node)
    success = {(True, False): "no", (False, True): "yes", (True, True): "both"}.get((no, yes))
    return Message(
        success,
        code,
        text,
        stamped_before=re.sub(r"\D", "", code) in _STAMPED_BEFORE_CODES or bool(_STAMPED_BEFORE.search(text)),
        internal_failure=bool(re.fullmatch(r"[A-Z]?5\d\d", code) or _INTERNAL_FAILURE.search(text)),
        not_found=success in ("no", None) and bool(code == "404" or _NOT_FOUND.search(text)),
        no_credits=code in _NO_CREDITS_CODES or bool(_NO_CREDITS.search(text)),
    )


def sentence(text):
    """A text that ends in one full stop, whatever the service's own words ended in."""
    return text.rstrip(". ") + "."


def message_of_text(text):
    """The Message of one sentence of a service."""
    return read_message(Node("", "", text))


def _text(node):
    """The service's sentences, at most two different ones."""
    found = []
    for text in node.values(*TEXTS):
        if fold(text) not in _NOTHING and text not in found and not text.isdigit():
            found.append(text)
    if not found and node.text and not node.children and " " in node.text:
        found = [node.text]
    first, *second = found[:2] or [""]
    for text in second:
        first += (" " if first[-1] in ".!?:" else ": ") + text
    return first[:1000]


def _code(node, text):
    """The code of a field named so, or at the beginning of a text; one that says "fine" is none."""
    for candidate in (*node.values(*CODES), *node.values(*_STATUSES), text):
        found = _LEADING_CODE.match(candidate)
        if found and not _is_success(found[1]):
            return found[1].upper()
    return ""


def _says_no(node, code):
    failed = any(fold(text) not in _NOTHING for error in node.nodes(*_ERRORS) for text in error.texts())
    return bool(failed or code or _flags(node) & _NO)


def _says_yes(node):
    flags = _flags(node)
    return any(map(_is_success, {*flags, *node.values(*CODES)})) or bool(flags & _YES)


def _flags(node):
    """The texts that may say yes or no, folded."""
    flags = {fold(text) for text in node.values(*_FLAGS, *_STATUSES)}
    if not node.children and node.text:
        flags.add(fold(node.text))
    return flags


def _is_success(code):
    return bool(re.fullmatch(r"0+|2\d\d", code))
