"""Records in answers whose field names no text gives: an account, branches, what the service has under a UUID.

Each value is looked for under the names that are usual for it; what is missing or contradictory raises NotUnderstood.
"""

import re
from decimal import Decimal, InvalidOperation

from ..results import BranchInfo
from .tree import LIST, fold, number

_ACCOUNT_NAMES = (
    "nombrecompleto",
    "nombres",
    "nombre",
    "titular",
    "razonsocial",
    "nombrerazonsocial",
    "cliente",
    "name",
    "fullname",
    "holder",
    "empresa",
)
_SURNAMES = ("apellidos", "apellidopaterno", "apellidomaterno", "lastname")
_USERS = (
    "usuario",
    "user",
    "username",
    "nombreusuario",
    "login",
    "cuenta",
    "correo",
    "email",
    "mail",
)
_CREDITS = (
    "creditosdisponibles",
    "timbresdisponibles",
    "foliosdisponibles",
    "disponibles",
    "creditosrestantes",
    "restantes",
    "cantidadcreditos",
    "creditos",
    "timbres",
    "folios",
    "credits",
    "availablecredits",
    "saldo",
    "balance",
)
_UNLIMITED = {"ilimitado", "ilimitados", "ilimitada", "unlimited", "sinlimite"}
_BRANCHES = ("sucursal", "sucursales", "branch", "branches")
_IDS = ("id", "idsucursal", "sucursalid", "branchid", "remoteid", "identificador", "ident", "uid")
_BRANCH_NAMES = ("nombre", "nombresucursal", "name", "sucursal", "descripcion", "alias", "titulo")
_ZIPS = (
    "codigopostal",
    "cp",
    "zip",
    "zipcode",
    "postalcode",
    "lugarexpedicion",
    "lugardeexpedicion",
    "catcodigopostal",
)
_ACTIVE = ("activa", "activo", "active", "habilitada", "habilitado")
_OFF = {"false", "no", "0", "n", "inactiva", "inactivo"}
_UUIDS = ("uuid", "foliofiscal")
_STATES = (
    "estadosat",
    "estatussat",
    "estadocomprobante",
    "estadocfdi",
    "estado",
    "estatus",
    "status",
    "situacion",
)
_CANCELLED = ("cancelada", "cancelado", "cancelled", "canceled")
_ENVELOPE = {"ok", "success", "true", "false", "exito", "exitoso", "correcto"}


class NotUnderstood(Exception):
    """The answer is a document, but not what was asked for; str() is a clause that says why."""


def account(node):
    """(holder, user, credits) of an account. Credits None: unlimited."""
    holder = node.value(*_ACCOUNT_NAMES) or ""
    surnames = [text for name in _SURNAMES for text in node.values(name)[:1]]
    holder = " ".join(dict.fromkeys(filter(None, (holder, *surnames))))
    user = node.value(*_USERS) or ""
    left = node.value(*_CREDITS)
    if left is None or not (holder or user):
        raise NotUnderstood("no name, user and number of credits in it")
    credits_left = None if fold(left) in _UNLIMITED else number(left)
    if credits_left is None and fold(left) not in _UNLIMITED:
        raise NotUnderstood("its credits are not a number")
    return holder, user, credits_left


def branches(node):
    """All active branches of a list, perhaps none.

    A branch without id, an id twice, or a postal code that isn't one makes the whole list
    unreadable: with a part of the list, the caller would archive branches that exist.
    """
    found = [branch(one) for one in _records(node) if fold(one.child_text(*_ACTIVE) or "") not in _OFF]
    twice = sorted({one.remote_id for one in found if [o.remote_id for o in found].count(one.remote_id) > 1})
    if twice:
        raise NotUnderstood(f"the branch id {twice[0]} is in it twice")
    return found


def _records(node):
    """The nodes that are branches: the outermost with an id, among those named "branch" if there are any."""
    named = [one for one in node.nodes(*_BRANCHES) if one.children]
    if named:
        found = _outermost(named, lambda one: _is_record(one) and not _holds_branches(one))
        if not found:
            raise NotUnderstood("no branch in it has an id")
        return found
    if node.nodes(*_BRANCHES) or (node.label == LIST and not node.children):
        return []  # an empty list, by name or bare
    found = _outermost([node], lambda one: one.child_text(*_IDS) and one.child_text(*_BRANCH_NAMES))
    if not found:
        raise NotUnderstood("no list of branches in it")
    return found


def _is_record(node):
    return any(child.text is not None for child in node.children if child.name in (*_IDS, *_BRANCH_NAMES, *_ZIPS))


def _holds_branches(node):
    """Whether a node only wraps branches: it may have an id or a name of its own, the company's."""
    return any(one is not node and one.children and one.child_text(*_IDS) for one in node.nodes(*_BRANCHES))


def _outermost(nodes, wanted):
    """The nodes at or below `nodes` that are `wanted`, in document order, without those inside another."""
    found, todo, seen = [], list(nodes), set()
    while todo:
        node = todo.pop(0)
        if id(node) in seen:
            continue
        seen.add(id(node))
        if wanted(node):
            found.append(node)
            seen.update(id(below) for below in node.walk())
        else:
            todo[:0] = node.children
    return found


def branch(node):
    """The BranchInfo of one node. Raises NotUnderstood."""
    remote_id = node.child_text(*_IDS)
    if not remote_id:
        raise NotUnderstood("a branch in it has no id")
    name = node.child_text(*_BRANCH_NAMES) or next(iter(node.values(*_BRANCH_NAMES)), "")
    zip_code = node.value(*_ZIPS)
    if zip_code and not re.fullmatch(r"[0-9]{5}", zip_code):
        raise NotUnderstood(f"the postal code {zip_code!r} of branch {remote_id} is not five digits")
    return BranchInfo(remote_id, name, zip_code)


def cfdi(node, uuid):
    """(uuid, issuer's RFC, receiver's RFC, total, state) of the CFDI that an answer is about."""
    stamps = [one.child_text("uuid") for one in node.nodes("timbrefiscaldigital")]
    found = next(filter(None, stamps), None) or node.value(*_UUIDS)
    if not found:
        raise NotUnderstood("no UUID in it")
    if found.upper() != uuid.upper():
        raise NotUnderstood(f"it is about another UUID, {found[:50]}")
    issuer, receiver = _rfc(node, "emisor"), _rfc(node, "receptor")
    total = decimal(node.value("total", "importetotal", "montototal"))
    if issuer is None and receiver is None and total is None:
        raise NotUnderstood("neither RFCs nor a total in it")
    return found, issuer, receiver, total, cfdi_state(node)


def _rfc(node, who):
    direct = node.value(f"rfc{who}", f"{who}rfc")
    return direct or next((one.child_text("rfc") for one in node.nodes(who) if one.child_text("rfc")), None)


def decimal(text):
    """A finite Decimal of a number as written, or None."""
    try:
        value = Decimal((text or "").replace(",", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def cfdi_state(node):
    """The CFDI's state in the service's words, or None."""
    for text in node.values(*_STATES):
        if fold(text) not in _ENVELOPE and not text.isdigit():
            return text
    flag = fold(node.value(*_CANCELLED) or "")
    return {"true": "Cancelado", "si": "Cancelado", "1": "Cancelado"}.get(flag, "Vigente") if flag else None
