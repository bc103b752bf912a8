"""Wrong answers of the JSON services: what the common twists are there, and those of their own."""

import base64
import copy
import uuid as uuids

from lxml import etree

from .json_service import b64
from .seal import CFDI, TFD
from .wire import Response

# The twists of twists.py that act on a document, here on the one inside the JSON.
ON_DOCUMENTS = ("foreign_cfdi", "changed_total", "no_tfd", "two_tfds", "foreign_acuse")
# Done by the operation itself, which finds the order among the request's marks.
MARKED = ("item_failed", "pending")


def on_document(service, response, twist):
    """Apply ``twist`` (Response -> Response) to the first XML inside an answer."""
    slot = service.slot(response.document)
    if slot is None:
        return response
    holder, key, encoded = slot
    content = base64.b64decode(holder[key]) if encoded else holder[key].encode("utf-8")
    body = twist(Response(200, content.removeprefix(b"\xef\xbb\xbf"))).body
    holder[key] = b64(body) if encoded else body.decode("utf-8")
    tfd = etree.fromstring(body).find(f".//{{{TFD}}}TimbreFiscalDigital")
    if "uuid" in holder and tfd is not None:
        holder["uuid"] = tfd.get("UUID")
    return service.render(response)


def apply(service, fault, response):
    """The answer with what the fault is named after."""
    items = service.items(response.document)
    if items:
        globals()[f"_{fault['fault']}"](fault, items, response.document)
    return service.render(response)


def _key(item):
    return "requestUuid" if "requestUuid" in item else "uuid"


def _other_uuid(fault, items, document):
    items[0]["uuid" if "uuid" in items[0] else _key(items[0])] = str(uuids.uuid4())


def _wrong_code(fault, items, document):
    """An outcome in words that nobody knows."""
    text = fault.get("text", "Operación realizada.")
    if "invoice_status" in items[0]:
        _odd_status({"name": text}, items, document)
        items[0]["message"] = text
        return
    items[0].pop("message", None)
    items[0].update(succeed=fault.get("succeed", True), error=text)


def _fields(fault, items, document):
    for name in fault.get("drop", ()):
        items[0].pop(name, None)
    items[0].update(fault.get("set", {}))


# --- facture_api --------------------------------------------------------------------------------


def _item_missing(fault, items, document):
    del items[0]


def _item_doubled(fault, items, document):
    items.append(copy.deepcopy(items[0]))


def _item_foreign(fault, items, document):
    items[0][_key(items[0])] = str(uuids.uuid4())


def _item_extra(fault, items, document):
    items.append({**copy.deepcopy(items[0]), _key(items[0]): str(uuids.uuid4())})


def _items_swapped(fault, items, document):
    if len(items) > 1:
        key = _key(items[0])
        items[0][key], items[1][key] = items[1][key], items[0][key]


def _items_reordered(fault, items, document):
    items.reverse()


def _item_empty(fault, items, document):
    for name in ("encode", "xml", "pdf", "uuid"):
        items[0].pop(name, None)
    items[0]["error"] = fault.get("text", "Error al procesar el comprobante.")


def _item_garbage(fault, items, document):
    for name in {"encode", "xml"} & set(items[0]):
        items[0][name] = "%%% no es base64 %%%"


def _item_denied(fault, items, document):
    for name in ("encode", "xml", "pdf", "uuid"):
        items[0].pop(name, None)
    items[0].update(succeed=False, message="Comprobante no procesado.",
                    error=fault.get("text", "No se pudo completar la operación."))


def _envelope_false(fault, items, document):
    document.update(succeed=False, code=9002)


# --- sello_digital ------------------------------------------------------------------------------


def _other_id(fault, items, document):
    number = items[0]["id"]
    items[0]["id"] = type(number)(int(number) + 1000)
    if "invoice" in items[0]:
        items[0]["invoice"]["id"] = items[0]["id"]


def _version_33(fault, items, document):
    """As if the service issued an older version: what a client goes by stays as it is."""
    if "xml" in items[0]:
        items[0]["xml"] = items[0]["xml"].replace(CFDI, CFDI[:-1] + "3").replace(
            ' Version="4.0"', ' Version="3.3"')


def _odd_status(fault, items, document):
    name, status = fault.get("name", "En revisión"), items[0]["invoice_status"]
    items[0]["invoice_status"] = {"id": 9, "name": name} if isinstance(status, dict) else name


def _pending_after(fault, items, document):
    """Done, but the service has not noticed: it tells the not-stamped form of the seed."""
    for name in ("xml", "pdf_file"):
        items[0].pop(name, None)
    status = items[0]["invoice_status"]
    items[0].update(
        invoice_status={**status, "id": 1, "name": "Pendiente"} if isinstance(status, dict)
        else "Pendiente",
        message="No se logró timbrar la factura", action_recommended=1,
        error="Ocurrió un problema, intente nuevamente en unos minutos."
              " Contacte al administrador si persiste el problema")
