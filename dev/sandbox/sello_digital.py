"""The service `sello_digital`: JSON behind a Bearer token, an invoice created and then stamped."""

import threading
import uuid as uuids

from lxml import etree

from . import sello_ids
from .errors import TEXTS, Refusal
from .json_service import JsonService, b64
from .lag import too_fresh
from .sello_invoice import Builder, Invalid
from .sello_json import Reader

PREFIX = "/invoices"
CREATE = PREFIX + "/create_full"
ACTIONS = {"": "sello_read", "stamp": "sello_stamp", "cancel": "sello_cancel"}
# The seed's three, with its words.
MESSAGES = {401: "Unauthorized", 404: "Not Found", 500: "Server crashed"}
FAILED = "No se logró timbrar la factura"
NOT_CANCELLED = "No se logró cancelar la factura"
TRY_AGAIN = ("Ocurrió un problema, intente nuevamente en unos minutos."
             " Contacte al administrador si persiste el problema")
LATER, ADMINISTRATOR = 1, 2
NO_CREDITS = "718"


class SelloDigital(JsonService):
    """The service. ``operation`` names what a request asks for, ``handle`` does it."""

    def __init__(self, services):
        self.accounts = services.accounts
        self.book = services.book
        self.drafts = services.drafts
        self.stamper = services.stamper
        self.canceller = services.canceller
        self.printer = services.printer
        self.settings = services.settings
        self._stamping = threading.Lock()

    def claims(self, request):
        """Whether the path is under /invoices."""
        return request.path == PREFIX or request.path.startswith(PREFIX + "/")

    def _parts(self, request):
        number, _, action = request.path[len(PREFIX) + 1:].rstrip("/").partition("/")
        known = number.isascii() and number.isdigit() and len(number) < 18
        return (int(number) if known else None), action

    def operation(self, request):
        """The name of the operation, None for an unknown path; Refusal S405 for a wrong method."""
        if request.path.rstrip("/") == CREATE:
            name, method = "sello_create", "POST"
        else:
            number, action = self._parts(request)
            name, method = number is not None and ACTIONS.get(action) or None, "GET"
        if name and request.method != method:
            raise Refusal("S405", detail=f"{request.method} {request.path}", status=405)
        return name

    def handle(self, operation, request):
        """Do it and answer; every refusal becomes an answer of the service."""
        authorization = request.headers.get("Authorization") or ""
        if not authorization.lower().startswith("bearer "):
            raise Refusal("300", status=401)
        user = self.accounts.authenticate(authorization)
        self.check_accept(request)
        return getattr(self, f"_{operation[len('sello_'):]}")(request, user)

    def error(self, request, refusal):
        """The seed's error: status, message; a refusal on content is 422 or a failed stamp."""
        outcome = f"refused {refusal.code}"
        status = refusal.status
        text = " ".join(filter(None, (f"{refusal.code} - {refusal.text}", refusal.detail)))
        number, action = self._parts(request)
        if number is not None and action in ("stamp", "cancel") and status in (None, 200):
            data = self._refused(number, action, refusal.code)
            return self.answer({**data, "error": text}, outcome=outcome)
        if status in (None, 200, 400, 422):
            return self.answer({"errors": [text]}, 422, outcome)
        message = MESSAGES.get(status) or refusal.text or TEXTS.get(refusal.code, "")
        return self.answer({"status": status, "message": message}, status, outcome)

    # --- answers --------------------------------------------------------------------------------

    def _number(self, value):
        return str(value) if self.settings["sello_numbers"] == "string" else value

    def _data(self, number, status, paid, message):
        name = status
        if self.settings["sello_status"] == "object":
            name = {"id": self._number(sello_ids.STATUSES[status]), "name": status}
        return {"id": self._number(number), "invoice_status": name,
                "paid_status": "true" if paid else "false", "message": message}

    def _stamped(self, draft, row, message):
        status = "Cancelada" if row["estado"] == "Cancelado" else "Timbrada"
        data = self._data(draft["id"], status, draft["paid"], message)
        return {**data, "xml": row["xml"].decode("utf-8"), "pdf_file": b64(self.printer(row))}

    def _not_stamped(self, draft):
        data = self._data(draft["id"], draft["status"], draft["paid"], FAILED)
        if draft["action"]:
            data["action_recommended"] = draft["action"]
        if draft["error"]:
            data["error"] = draft["error"]
        return data

    def _refused(self, number, action, code):
        if action == "cancel":
            return self._data(number, "Timbrada", False, NOT_CANCELLED)
        if code == NO_CREDITS:
            data = self._data(number, "Pendiente", False, FAILED)
            return {**data, "action_recommended": ADMINISTRATOR}
        return self._data(number, "No timbrada", False, FAILED)

    def slot(self, document):
        """Where an answer's XML is: (object, key, whether it is base64), None without one."""
        return (document, "xml", False) if isinstance(document.get("xml"), str) else None

    def items(self, document):
        """The objects that an item-level twist acts on."""
        return [document]

    # --- operations -----------------------------------------------------------------------------

    def _draft(self, request, user):
        draft = self.drafts.get(self._parts(request)[0])
        if draft is None or draft["user"] != user["name"]:
            raise Refusal("S404", detail=request.path, status=404)
        return draft

    def _create(self, request, user):
        data = self.body(request)
        invoice = Reader(data.get("invoice", data), [])
        try:
            builder = Builder(invoice, self.settings, self.accounts.branches(),
                              self.accounts.issuers())
            cfdi = builder.build()
        except Invalid as invalid:
            return self.answer({"errors": invalid.errors}, 422, "refused 422")
        draft = self.drafts.add(
            user, builder.branch, request.body, cfdi, serie=builder.serie, folio=builder.folio,
            total=etree.fromstring(cfdi).get("Total"))
        data = self._data(draft["id"], "No timbrada", False, "La factura fue creada exitósamente")
        return self.answer(data, 201, f"created {draft['id']}")

    def _stamp(self, request, user):
        with self._stamping:
            draft = self._draft(request, user)
            row = self.book.get(draft["uuid"])
            if row and self.settings["sello_anew"]:
                draft, row = self.drafts.change(draft["id"], uuid=str(uuids.uuid4())), None
            if row is None:
                row, draft = self._attempt(request, user, draft)
        if row is None:
            return self.answer(self._not_stamped(draft), outcome=f"refused {draft['status']}")
        data = self._stamped(draft, row, "La factura fue timbrada exitósamente")
        return self.answer(data, outcome=f"stamped {row['uuid']}")

    def _attempt(self, request, user, draft):
        """(row of the book or None, draft)."""
        order = request.marks.get("pending")
        if order:
            if "stamps_after" in order:
                late = threading.Timer(order["stamps_after"], self._stamp_late, (user, draft["id"]))
                late.daemon = True
                late.start()
            return None, self.drafts.change(
                draft["id"], status="Pendiente", error=order.get("error", TRY_AGAIN),
                action=order.get("action_recommended", LATER))
        return self._judged(user, draft)

    def _stamp_late(self, user, number):
        """The service's own second attempt, unless it was asked to stamp in the meantime."""
        with self._stamping:
            draft = self.drafts.get(number)
            if self.book.get(draft["uuid"]) is None:
                self._judged(user, draft)

    def _judged(self, user, draft):
        """(row of the book or None, draft), as SAT's rules and the credits have it."""
        try:
            branch = self.accounts.branch(str(draft["branch"]))
            row = self.stamper.stamp(
                user, branch, draft["sent"], "sello_stamp", document=draft["cfdi"],
                uuid=draft["uuid"])
        except Refusal as refusal:
            text = " ".join(filter(None, (f"{refusal.code} - {refusal.text}", refusal.detail)))
            # Without credits the same invoice can be stamped later; a rule stays broken.
            action = ADMINISTRATOR if refusal.code == NO_CREDITS else None
            return None, self.drafts.change(
                draft["id"], status="Pendiente" if action else "No timbrada", error=text,
                action=action)
        return row, draft

    def _read(self, request, user):
        draft = self._draft(request, user)
        row = self.book.get(draft["uuid"])
        if row is None:
            data = self._not_stamped(draft)
            data["message"] = "La factura no está timbrada"
        else:
            data = self._stamped(draft, row, "La factura está timbrada")
        data["invoice"] = {
            "id": self._number(draft["id"]), "serie": draft["serie"],
            "folio": self._number(int(draft["folio"])) if draft["folio"].isdigit()
            else draft["folio"],
            "total": draft["total"], "uuid": row and row["uuid"],
            "date_stamp": row and row["fecha_timbrado"],
        }
        return self.answer(data)

    def _cancel(self, request, user):
        draft = self._draft(request, user)
        row = self.book.get(draft["uuid"])
        if row is None:
            return self.answer({"errors": ["La factura no está timbrada"]}, 422, "refused 422")
        if too_fresh(row, self.settings["sat_lag"]):
            data = self._stamped(draft, row, NOT_CANCELLED)
            return self.answer({**data, "error": "UUID No encontrado"}, outcome="code 205")
        code, text = self.canceller.request(
            user, row["uuid"], request.parameter("motivo") or "02",
            request.parameter("folioSustitucion"))
        row = self.book.get(row["uuid"])
        message = {
            "Cancelado": "La factura fue cancelada exitósamente",
            "En proceso": "La cancelación está en proceso: el receptor debe aceptarla",
        }.get(row["estado"], NOT_CANCELLED)
        data = self._stamped(draft, row, message)
        if row["estado"] == "Vigente":
            data["error"] = f"{code} - {text}"
        return self.answer(data, outcome=f"code {code}")
