"""The service `facture_api`: Facture's current one, OAuth2 and JSON, many documents a call."""

import base64
import binascii
import re
import urllib.parse

from lxml import etree

from .api_cancel import ApiCanceller
from .api_find import Finder, filters, keep, ordered, page
from .errors import Refusal
from .json_service import JsonService, b64
from .lag import too_fresh
from .oauth import OAuthError

PREFIX = "/api/"
# path: (operation, method, scope)
ROUTES = {
    "authorize": ("api_token", "POST", None),
    "sucursal/find": ("api_branches", "GET", "sucursal"),
    "timbrado": ("api_stamp", "POST", "timbrado"),
    "facturacion/find": ("api_find", "GET", "facturacion"),
    "facturacion": ("api_detail", "GET", "facturacion"),
    "facturacion/recuperar": ("api_fetch", "POST", "facturacion"),
    "cancelacion": ("api_cancel", "POST", "cancelacion"),
    "cancelacion/acuse": ("api_receipt", "POST", "cancelacion"),
}
SCOPES = {operation: scope for operation, _method, scope in ROUTES.values()}
MAX_DOCUMENTS = 25
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
FINE = "Petición satisfactoria."
BOM = b"\xef\xbb\xbf"
BAD = "Petición errónea, el atributo '{}' no es válido."
REPEATED = "Petición errónea, el parametro '{}' está repetido en la petición."
NOT_DONE = {"succeed": False, "message": "Comprobante no procesado."}
OAUTH_ERRORS = {401: "invalid_client", 403: "access_denied"}


class FactureApi(JsonService):
    """The service. ``operation`` names what a request asks for, ``handle`` does it."""

    def __init__(self, services):
        self.accounts = services.accounts
        self.book = services.book
        self.tokens = services.tokens
        self.stamper = services.stamper
        self.printer = services.printer
        self.settings = services.settings
        self.canceller = ApiCanceller(services.book, services.canceller, services.settings)
        self.finder = Finder(services.accounts, services.settings)

    def claims(self, request):
        """Whether the path is under /api/."""
        return request.path.startswith(PREFIX)

    def operation(self, request):
        """The name of the operation, None for an unknown path; Refusal S405 for a wrong method."""
        name, method, _scope = ROUTES.get(request.path[len(PREFIX):].rstrip("/"), (None,) * 3)
        if name and request.method != method:
            raise Refusal("S405", detail=f"{request.method} {request.path}", status=405)
        return name

    def handle(self, operation, request):
        """Do it and answer; every refusal becomes the service's envelope."""
        if operation == "api_token":
            return self._token(request)
        user = self.tokens.user(request.headers.get("Authorization"), SCOPES[operation])
        self.check_accept(request)
        return getattr(self, f"_{operation[len('api_'):]}")(request, user)

    def error(self, request, refusal):
        """The envelope with succeed false; for a token the error of OAuth2 (RFC 6749 §5.2)."""
        status = refusal.status or self.settings["status_for_refusals"]
        outcome = f"refused {refusal.code}"
        if request.path.rstrip("/") == PREFIX + "authorize":
            return self.answer({
                "error": OAUTH_ERRORS.get(status, "invalid_request"),
                "error_description": refusal.text}, status, outcome)
        text = " ".join(filter(None, (refusal.text, refusal.detail)))
        return self.answer({
            "succeed": False, "code": status * 10, "message": refusal.text,
            "error": f"{refusal.code} - {text}"}, status, outcome)

    # --- answers --------------------------------------------------------------------------------

    def _fine(self, outcome="", **content):
        return self.answer({"succeed": True, "code": 2000, **content, "message": FINE},
                           outcome=outcome)

    def slot(self, document):
        """Where the first item's XML is: (object, key, whether it is base64), None without one."""
        for item in self.items(document):
            for key in ("encode", "xml"):
                if isinstance(item.get(key), str):
                    return item, key, True
        return None

    def items(self, document):
        """What the item-level twists act on: the items of a result, or the only object."""
        if "access_token" in document:
            return [document]
        if "entity" in document:
            return [document["entity"]["data"]]
        return document.get("result", document.get("pagination", {})).get("items", [])

    # --- the token ------------------------------------------------------------------------------

    def _token(self, request):
        media = (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if media != "application/x-www-form-urlencoded":
            raise Refusal("S415", "Se esperaba application/x-www-form-urlencoded.", media, 415)
        try:
            text = request.body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Refusal("S400", detail=str(error), status=400) from error
        form = {name: values[0] for name, values in urllib.parse.parse_qs(text).items()}
        kind = request.parameter("grant_type") or form.get("grant_type")
        try:
            return self.answer(self.tokens.grant(kind, form), outcome=f"token {kind}")
        except OAuthError as error:
            return self.answer({"error": error.code, "error_description": error.text},
                               error.status, f"refused {error.code}")

    # --- what is asked --------------------------------------------------------------------------

    def _data(self, request):
        entity = self.body(request).get("entity")
        data = entity.get("data") if isinstance(entity, dict) else None
        if not isinstance(data, dict):
            raise Refusal("S400", detail="Falta entity.data", status=400)
        return data

    def _orders(self, data):
        orders = data.get("comprobantes")
        if not isinstance(orders, list) or not all(isinstance(order, dict) for order in orders):
            raise Refusal("S400", detail="comprobantes debe ser una lista de objetos", status=400)
        if not 1 <= len(orders) <= MAX_DOCUMENTS:
            raise Refusal("S400", detail=f"{len(orders)} comprobantes, de 1 a {MAX_DOCUMENTS}",
                          status=400)
        return orders

    def _own(self, user, uuid):
        row = self.book.get(str(uuid or ""))
        return row if row and row["user"] == user["name"] else None

    # --- branches -------------------------------------------------------------------------------

    def _branches(self, request, user):
        conditions = filters(request)
        wanted = [text for field, _sign, text in conditions if field == "empresa.rfc"]
        issuers = self.accounts.issuers()
        rows = [{
            "id": row["id"], "nombre": row["name"], "direccion": {
                "id": 600000 + row["id"], "catCodigoPostal": None, "calle": row["street"],
                "numerointerior": None, "numeroexterior": None, "codigopostal": row["zip"],
                "colonia": row["colony"], "municipio": row["city"], "ciudad": row["city"],
                "estado": row["state"], "pais": "México", "referencia": None,
            },
        } for row in self.accounts.branches()
            if all(rfc in issuers and row["rfc"] in (None, rfc) for rfc in wanted)]
        others = [condition for condition in conditions if condition[0] != "empresa.rfc"]
        return self._fine(pagination=page(request, keep(rows, others)))

    # --- timbrado -------------------------------------------------------------------------------

    def _stamp(self, request, user):
        data = self._data(request)
        orders, place = self._orders(data), data.get("sucursal")
        number = place.get("id") if isinstance(place, dict) else None
        branch = self.accounts.branch("" if number is None else str(number))
        items, seen = [], set()
        failing = request.marks.get("item_failed")
        for order in orders:
            key = order.get("requestUuid")
            try:
                if not isinstance(key, str) or not UUID.fullmatch(key):
                    raise Refusal("S400", BAD.format("requestUuid"))
                if key.lower() in seen:
                    raise Refusal("S400", REPEATED.format(key))
                seen.add(key.lower())
                if failing:
                    text, failing = failing.get("text", "CFDI40139"), None
                    raise Refusal("S400", text)
                row = self._one(user, branch, order)
            except Refusal as refusal:
                items.append({"requestUuid": key, **NOT_DONE, "error": self._why(refusal)})
            else:
                items.append({
                    "requestUuid": key, "encode": b64(row["xml"]), "succeed": True,
                    "uuid": row["uuid"], "message": "Comprobante procesado correctamente."})
        stamped = sum(item["succeed"] for item in items)
        return self._fine(f"stamped {stamped}", result={"items": items})

    def _why(self, refusal):
        text = " ".join(filter(None, (refusal.text, refusal.detail)))
        return text if refusal.code == "S400" else f"{refusal.code} - {text}"

    def _one(self, user, branch, order):
        try:
            xml = base64.b64decode(order.get("encode"), validate=True)
        except (binascii.Error, TypeError, ValueError) as error:
            raise Refusal("S400", BAD.format("encode")) from error
        if branch["rfc"]:
            self._check_issuer(xml, branch)
        return self.stamper.stamp(user, branch, xml, "api_stamp", new_date=True)

    def _check_issuer(self, xml, branch):
        """A branch of one issuer seals with the certificate of that one only."""
        try:
            node = etree.fromstring(xml).find("{*}Emisor")
        except (etree.XMLSyntaxError, ValueError):
            return
        if node is not None and node.get("Rfc") != branch["rfc"]:
            raise Refusal("303", detail=f"La sucursal {branch['id']} es de {branch['rfc']}")

    # --- facturación ----------------------------------------------------------------------------

    def _find(self, request, user):
        lag = self.settings["find_lag"]
        rows = [row for row in self.book.listing(user=user["name"]) if not too_fresh(row, lag)]
        found = ordered(request, keep(self.finder.items(rows), filters(request)))
        return self._fine(pagination=page(request, found))

    def _detail(self, request, user):
        row = self._own(user, request.parameter("id"))
        if row is None:
            raise Refusal("S404", detail=f"id {request.parameter('id') or 'falta'}", status=404)
        return self._fine(entity={"data": self.finder.detail(row)})

    def _fetch(self, request, user):
        items = []
        for order in self._orders(self._data(request)):
            key = order.get("requestUuid")
            row = self._own(user, key)
            if row is None:
                items.append({
                    "requestUuid": key, "succeed": False, "message": "Comprobante no existe.",
                    "error": f"Item '{key}' no existe o no pertenece al usuario."})
                continue
            xml = (BOM if self.settings["fetch_bom"] else b"") + row["xml"]
            items.append({"requestUuid": key, "succeed": True, "xml": b64(xml),
                          "pdf": b64(self.printer(row))})
        return self._fine(result={"items": items})

    # --- cancelación ----------------------------------------------------------------------------

    def _cancel(self, request, user):
        pairs = [self.canceller.item(user, order)
                 for order in self._orders(self._data(request))]
        codes = " ".join(code for _item, code in pairs)
        return self._fine(f"code {codes}", result={"items": [item for item, _code in pairs]})

    def _receipt(self, request, user):
        items = []
        for order in self._orders(self._data(request)):
            row = self._own(user, order.get("uuid"))
            if row is None or row["acuse"] is None or row["estado"] != "Cancelado":
                why = "Error al obtener acuse, el comprobante no esta cancelado." if row else \
                    f"Item '{order.get('uuid')}' no existe o no pertenece al usuario."
                items.append({"uuid": order.get("uuid"), "succeed": False,
                              "message": "Acuse no disponible.", "error": why})
            else:
                items.append({"uuid": order["uuid"], "succeed": True,
                              "encode": b64(row["acuse"]), "message": "Acuse disponible."})
        return self._fine(result={"items": items})
