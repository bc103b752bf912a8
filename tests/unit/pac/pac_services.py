"""The three services as the conformance suite sees them: what each answers to each operation."""

import base64
import json
from dataclasses import dataclass, field

import pac_samples
import pac_server
from l10n_mx_facture.pac.wire.tokens import Token, TokenStore
from pac_calls import SECRET, XML, call
from pac_samples import PDF, UUID

STAMPED = pac_samples.stamped(XML)
LATER = pac_samples.stamped(XML, fecha="2026-05-05T10:00:07")
FOREIGN = pac_samples.stamped(pac_samples.cfdi(rfc="IIA040805DZ4", total="1.16", iva="0.16", subtotal="1.00"))
OTHER = pac_samples.stamped(XML, pac_samples.OTHER_UUID)
TOKEN = "t0ken-acceso-largo"
RENEWAL = "r3novacion-larga"
CLIENT_SECRET = "cl1ent-secreto-largo"
REMOTE_ID = "17"
# what the API derives from the bytes and the name `document`: read off the request, never computed here
_ECHO = "@requestUuid@"


def b64(data):
    return base64.b64encode(data).decode()


def as_json(data, status=200):
    return pac_server.answer(json.dumps(data, ensure_ascii=False), status, content_type="application/json")


def echoing(data, status=200):
    """An answer of the API in which _ECHO stands for the requestUuid that was sent."""

    def behave(connection, request):
        sent = json.loads(request.body)["entity"]["data"]["comprobantes"][0]
        text = json.dumps(data, ensure_ascii=False).replace(_ECHO, sent["requestUuid"])
        pac_server.answer(text, status, content_type="application/json")(connection, request)

    return behave


def items(*rows, **more):
    return {
        "succeed": True,
        "code": 2000,
        "result": {"items": list(rows)},
        "message": "Petición satisfactoria.",
        **more,
    }


def listed(*rows, count=None):
    page = {"items": list(rows), "count": len(rows) if count is None else count, "offset": 0}
    return {"succeed": True, "code": 2000, "pagination": page, "message": "Petición satisfactoria."}


def stamped_item(xml=LATER, uuid=UUID, key=_ECHO, **more):
    return {"requestUuid": key, "encode": b64(xml), "succeed": True, "uuid": uuid.lower(), **more}


def failed_item(error="CFDI40108 - El SubTotal no suma", key=_ECHO, **more):
    return {"requestUuid": key, "succeed": False, "message": "Comprobante no procesado.", "error": error, **more}


def invoice(state="Timbrada", xml=STAMPED, **more):
    """An answer of sello_digital."""
    data = {
        "id": 17,
        "invoice_status": {"id": 2, "name": state},
        "paid_status": "false",
        "message": "La factura fue timbrada exitósamente",
        **({"xml": xml.decode(), "pdf_file": b64(PDF)} if xml else {}),
        **more,
    }
    return {key: value for key, value in data.items() if value is not None}


PENDING = invoice(
    "Pendiente",
    None,
    invoice_status={"id": 1, "name": "Pendiente"},
    message="No se logró timbrar la factura",
    error="Ocurrió un problema, intente nuevamente en unos minutos.",
    action_recommended=1,
)
FIND_ROW = {
    "sucursal": "PRUEBAS",
    "serie": "A[185]",
    "total": 116.0,
    "rfcReceptor": "URE180429TM6",
    "fecha": 1509669778000,
    "folio": 1,
    "cancelada": False,
    "rfcEmisor": "EKU9003173C9",
    "uuid": UUID.lower(),
}
DETAIL = {
    "succeed": True,
    "code": 2000,
    "entity": {
        "data": {
            "id": 81785,
            "uuid": UUID.lower(),
            "total": 116.0,
            "cancelada": False,
            "tercero": {"rfc": "URE180429TM6"},
            "emisor": {"rfc": "EKU9003173C9"},
            "sucursal": {"id": 17694},
        }
    },
}
BRANCH = {"id": 17694, "nombre": "PRUEBAS", "direccion": {"id": 655518, "codigopostal": "58000"}}
CANCELLED_TEXT = f"El comprobante con UUID {UUID} fue cancelado, pero su estado no ha cambiado en el sistema del SAT."


@dataclass(frozen=True)
class Operation:
    """One operation of a service: what is called, the good answer, the request that is expected.

    `before`: good answers to the requests that come before it; the tests are about the last one.
    """

    name: str
    args: tuple
    good: object
    request: tuple
    changes: bool = False
    foreign: object = None
    refusal: object = None
    before: tuple = ()


@dataclass(frozen=True)
class Service:
    provider: str
    operations: dict
    credentials: dict = field(default_factory=dict)

    def call(self, name, *script, token_store=None, **more):
        operation = self.operations[name]
        if self.provider == "facture_api" and token_store is None:
            token_store = TokenStore(Token(TOKEN, RENEWAL))
        outcome = call(
            operation.name,
            *operation.before,
            *script,
            args=operation.args,
            provider=self.provider,
            token_store=token_store,
            **{**self.credentials, **more},
        )
        del outcome.server.received[: len(operation.before)]
        return outcome


def _rest():
    xml = pac_server.answer
    wrong = xml("<error><codigo>CFDI40108</codigo><mensaje>Mal</mensaje></error>", 400)
    user = "<u><nombre>Ana</nombre><usuario>ana</usuario><creditos>5</creditos></u>"
    place = "<l><sucursal><id>17</id><nombre>Centro</nombre></sucursal></l>"
    return [
        Operation("account_status", (), xml(user), ("GET", "/rest/administracion/usuario/")),
        Operation("branches", (), xml(place), ("GET", "/rest/administracion/sucursales/")),
        Operation(
            "stamp", (XML, "17"), xml(STAMPED), ("POST", "/rest/timbrado/produccion/"), True, xml(FOREIGN), wrong
        ),
        Operation("find", (UUID,), xml(STAMPED), ("GET", "/rest/consulta/cfdi/"), foreign=xml(OTHER)),
        Operation("fetch_xml", (UUID,), xml(STAMPED), ("GET", "/rest/consulta/xml/"), foreign=xml(OTHER)),
        Operation("fetch_pdf", (UUID,), xml(PDF), ("GET", "/rest/consulta/pdf/")),
        Operation(
            "cancel",
            (UUID, "17", "02"),
            xml("<c><codigo>201</codigo></c>"),
            ("GET", "/rest/cancelacion/produccion/"),
            True,
            refusal=wrong,
        ),
        Operation("receipt", (UUID,), xml(pac_samples.acuse()), ("GET", "/rest/cancelacion/acuse/")),
    ]


def _sello():
    mine, foreign = as_json(invoice()), as_json(invoice(xml=FOREIGN))
    wrong = as_json({"errors": ["El folio ya existe"]}, 422)
    one = ("GET", "/invoices/17")
    by_id = (UUID, REMOTE_ID)
    cancelled = as_json(invoice("Cancelada", None, message="La factura fue cancelada"))
    return [
        Operation("account_status", (), as_json({"status": 404, "message": "Not Found"}, 404), ("GET", "/invoices/0")),
        Operation(
            "create",
            ({"invoice": {}},),
            as_json({"id": 17}, 201),
            ("POST", "/invoices/create_full"),
            True,
            refusal=wrong,
        ),
        Operation(
            "stamp_created",
            (REMOTE_ID, XML),
            mine,
            ("GET", "/invoices/17/stamp"),
            True,
            foreign,
            wrong,
            (as_json(invoice("No timbrada", None)),),
        ),
        Operation("status", (REMOTE_ID,), mine, one),
        Operation("look_up", (XML, REMOTE_ID), mine, one, foreign=foreign),
        Operation("find", by_id, mine, one, foreign=as_json(invoice(xml=OTHER))),
        Operation("fetch_xml", by_id, mine, one, foreign=as_json(invoice(xml=OTHER))),
        Operation("fetch_pdf", by_id, mine, one),
        Operation(
            "cancel", (UUID, "", "02", None, REMOTE_ID), cancelled, ("GET", "/invoices/17/cancel"), True, refusal=wrong
        ),
    ]


def _api():
    xml, pdf = {"requestUuid": UUID.lower(), "succeed": True, "xml": b64(STAMPED)}, {"pdf": b64(PDF)}
    other = {**xml, "xml": b64(OTHER)}
    cancelled = {"succeed": True, "uuid": UUID.lower(), "error": CANCELLED_TEXT}
    refused = {"succeed": False, "uuid": UUID.lower(), "error": "Petición errónea, el motivo no es válido."}
    receipt = {"succeed": True, "uuid": UUID.lower(), "encode": b64(pac_samples.acuse())}
    fetch = ("POST", "/api/facturacion/recuperar")
    return [
        Operation("account_status", (), as_json(listed(BRANCH)), ("GET", "/api/sucursal/find")),
        Operation("branches", ("EKU9003173C9",), as_json(listed(BRANCH)), ("GET", "/api/sucursal/find")),
        Operation(
            "stamp",
            (XML, "17694"),
            echoing(items(stamped_item())),
            ("POST", "/api/timbrado"),
            True,
            echoing(items(stamped_item(FOREIGN))),
            echoing(items(failed_item())),
        ),
        Operation("find", (UUID,), as_json(DETAIL), ("GET", "/api/facturacion")),
        Operation("fetch_xml", (UUID,), as_json(items(xml)), fetch, foreign=as_json(items(other))),
        Operation("fetch_pdf", (UUID,), as_json(items({**xml, **pdf})), fetch),
        Operation("look_up", (XML,), as_json(listed()), ("GET", "/api/facturacion/find")),
        Operation(
            "cancel",
            (UUID, "17694", "02"),
            as_json(items(cancelled)),
            ("POST", "/api/cancelacion"),
            True,
            refusal=as_json(items(refused)),
        ),
        Operation("receipt", (UUID,), as_json(items(receipt)), ("POST", "/api/cancelacion/acuse")),
    ]


def _service(provider, operations, **credentials):
    return Service(provider, {one.name: one for one in operations}, credentials)


SERVICES = {
    "facture_rest": _service("facture_rest", _rest()),
    # the header of a token: no letter beyond Latin-1's, as in SECRET
    "sello_digital": _service("sello_digital", _sello(), secret=SECRET),
    "facture_api": _service("facture_api", _api(), client_id="app", client_secret=CLIENT_SECRET),
}
CASES = [(name, operation) for name, service in SERVICES.items() for operation in service.operations]
CHANGING = [(n, o) for n, o in CASES if SERVICES[n].operations[o].changes]
