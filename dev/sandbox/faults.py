"""Failures on order: a queue of them, each for an operation and a number of calls.

A fault acts at one of three moments: *before* (nothing is done), *after* (it is done, then the
answer gets lost or spoiled on its way), or as a *twist* (it is done, and the answer's content is
wrong; see twists.py).
"""

import itertools
import threading
import time

from .errors import TEXTS, Refusal
from .settings import OPERATIONS
from .wire import Delivery, Response

BEFORE, AFTER, TWIST = "before", "after", "twist"
# name: (moment, what happens)
NAMES = {
    "reset_before": (BEFORE, "RST, nothing was done"),
    "error_500_before": (BEFORE, "HTTP 500, nothing was done"),
    "error_503": (BEFORE, "HTTP 503, nothing was done (when: after = done)"),
    "html_before": (BEFORE, "an HTML page with status 200, nothing was done"),
    "slow_before": (BEFORE, "waits `seconds` (3), then does it and answers"),
    "error_200": (BEFORE, "a refusal (`code`, `text`) with status 200, nothing was done"),
    "error_text": (BEFORE, "a refusal in plain text, `status` 400, nothing was done"),
    "refuse": (BEFORE, "a refusal with `code`, `text`, `status`, nothing was done"),
    "unauthorized_401": (BEFORE, "HTTP 401"),
    "not_found_404": (BEFORE, "HTTP 404"),
    "no_credits": (BEFORE, "refusal 718"),
    "no_answer_after": (AFTER, "done, then the connection is closed without a byte"),
    "reset_after": (AFTER, "done, then RST"),
    "cut": (AFTER, "done, the answer ends at `fraction` (0.5) of its Content-Length"),
    "error_500_after": (AFTER, "done, then HTTP 500"),
    "error_502": (AFTER, "done, then HTTP 502 from a gateway (when: before = not done)"),
    "html": (AFTER, "done, then an HTML page with status 200"),
    "slow": (AFTER, "done, the answer comes `seconds` (3) later"),
    "empty": (AFTER, "done, status 200 with an empty body"),
    "garbage_json": (AFTER, "done, then broken JSON with status 200"),
    "garbage_xml": (AFTER, "done, then broken XML with status 200"),
    "huge": (AFTER, "done, then `megabytes` (300) of body, with Content-Length unless "
                    "`declared` is false"),
    "foreign_cfdi": (TWIST, "done, but the answer is somebody else's stamped CFDI"),
    "changed_total": (TWIST, "the stamped CFDI has another Total than what was sent"),
    "no_tfd": (TWIST, "done, the answer is sealed but has no timbre"),
    "two_tfds": (TWIST, "done, the answer has two timbres"),
    "code_307_with": (TWIST, "done (or done before), answer 307 with the stamped XML in it"),
    "code_307_without": (TWIST, "done (or done before), answer 307 without the XML"),
    "wrong_code": (TWIST, "done, the cancellation's answer has no code"),
    "foreign_acuse": (TWIST, "the acuse of another UUID"),
    "other_uuid": (TWIST, "done, the document names another UUID than was asked"),
    "zip_truncated": (TWIST, "the ZIP ends early (`fraction` 0.5) with a matching length"),
    "zip_missing_entry": (TWIST, "the ZIP lacks its first entry"),
    "zip_foreign_entry": (TWIST, "the ZIP's first entry is somebody else's CFDI"),
    "zip_swapped_entries": (TWIST, "the first two entries have each other's names"),
    "zip_duplicate_entry": (TWIST, "the ZIP has its first entry's name twice"),
    "zip_bomb": (TWIST, "the ZIP has an entry of `megabytes` (300) zeros more"),
    "zip_path_tricks": (TWIST, "the ZIP has entries named ../../x, /x, C:\\x more"),
    "report_missing_entry": (TWIST, "the bulk report lacks its first entry"),
    "report_extra_entry": (TWIST, "the bulk report has an entry that was not sent"),
    "report_reordered": (TWIST, "the bulk report's entries come in reverse"),
    "pending": (TWIST, "sello_digital: not stamped, Pendiente with `error`, `action_recommended`;"
                       " `stamps_after`: by itself after so many seconds"),
    "pending_after": (TWIST, "sello_digital: stamped, but the answer says Pendiente"),
    "odd_status": (TWIST, "sello_digital: done, the status is `name`, which nobody knows"),
    "version_33": (TWIST, "sello_digital: done, the XML has CFDI 3.3's namespace and Version"),
    "other_id": (TWIST, "sello_digital: done, the id in the answer is 1000 higher"),
    "fields": (TWIST, "JSON: done, the answer (its first item) without the fields of `drop` and"
                      " with those of `set`"),
    "item_failed": (TWIST, "facture_api: the first document isn't stamped, its item says `text`"),
    "item_missing": (TWIST, "facture_api: done, the first item is not in the answer"),
    "item_doubled": (TWIST, "facture_api: done, the first item comes twice"),
    "item_foreign": (TWIST, "facture_api: done, the first item's requestUuid was never sent"),
    "item_extra": (TWIST, "facture_api: done, with one more item that was never asked for"),
    "item_empty": (TWIST, "facture_api: done, the first item succeeds with an error, without XML"),
    "item_denied": (TWIST, "facture_api: done, but the first item says that it failed"),
    "item_garbage": (TWIST, "facture_api: done, the first item's XML is no base64"),
    "items_swapped": (TWIST, "facture_api: done, the first two items have each other's UUID"),
    "items_reordered": (TWIST, "facture_api: done, the items come in reverse"),
    "envelope_false": (TWIST, "facture_api: done, the envelope says that it failed"),
}
SELLO, SELLO_STAMPED = ("sello_create", "sello_stamp", "sello_read", "sello_cancel"), (
    "sello_stamp", "sello_read", "sello_cancel")
API = ("api_branches", "api_stamp", "api_find", "api_fetch", "api_cancel", "api_receipt")
API_ONE = ("api_token", "api_detail")
API_XML = ("api_stamp", "api_fetch", "api_receipt")
STAMPED = ("stamp", "xml", *SELLO_STAMPED, "api_stamp", "api_fetch")
CANCELLED = ("cancel", "sello_cancel", "api_cancel")
# The operations whose answers a twist can be put on.
TWISTED = {
    "code_307_with": ("stamp",), "code_307_without": ("stamp",),
    "foreign_cfdi": STAMPED, "changed_total": STAMPED, "no_tfd": STAMPED, "two_tfds": STAMPED,
    "wrong_code": CANCELLED, "foreign_acuse": ("receipt", "api_receipt"),
    "other_uuid": ("cancel", "find", "api_stamp", "api_find", "api_detail", "api_fetch",
                   "api_cancel", "api_receipt"),
    "pending": ("sello_stamp",), "pending_after": ("sello_stamp",), "odd_status": SELLO,
    "version_33": SELLO_STAMPED, "other_id": SELLO, "fields": (*SELLO, *API, *API_ONE),
    "item_failed": ("api_stamp",), "item_denied": API_XML, "item_garbage": API_XML,
    "item_empty": API_XML, "envelope_false": API,
    **dict.fromkeys(("item_missing", "item_doubled", "item_foreign", "item_extra",
                     "items_swapped", "items_reordered"), API),
    **{name: ("bulk_zip",) for name in NAMES if name.startswith("zip_")},
    **{name: ("bulk",) for name in NAMES if name.startswith("report_")},
}
HTML = (b"<!DOCTYPE html><html><head><title>Mantenimiento</title></head>"
        b"<body><h1>Estamos en mantenimiento</h1><p>Vuelva m&aacute;s tarde.</p></body></html>")


class Faults:
    """The queue. ``add`` checks names; ``take`` gives the fault that this call must suffer."""

    def __init__(self):
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self.queue = []

    def add(self, order):
        """Queue {"operation", "fault", "times": 1, "after": 0, …}; ValueError on nonsense.

        ``times`` -1: until deleted. ``after``: that many calls go well first. ``contains``: only
        calls whose path, query or body contains this text.
        """
        fault = {"operation": "*", "times": 1, "after": 0, **order}
        if fault.get("fault") not in NAMES:
            raise ValueError(f"unknown fault {fault.get('fault')!r}; there are: {', '.join(NAMES)}")
        if fault["operation"] not in (*OPERATIONS, "*"):
            raise ValueError(f"unknown operation {fault['operation']!r}; there are: "
                             f"{', '.join(OPERATIONS)}, *")
        if fault["operation"] not in (*TWISTED.get(fault["fault"], OPERATIONS), "*"):
            raise ValueError(f"{fault['fault']} is only for {', '.join(TWISTED[fault['fault']])}")
        fault["id"] = next(self._numbers)
        with self._lock:
            self.queue.append(fault)
        return fault

    def clear(self):
        """Forget all of them."""
        with self._lock:
            self.queue.clear()

    def listing(self):
        """What still waits."""
        with self._lock:
            return [dict(fault) for fault in self.queue]

    def take(self, operation, request):
        """The first waiting fault for this call, used up by one; None when there is none."""
        with self._lock:
            for fault in self.queue:
                if fault["operation"] not in (operation, "*"):
                    continue
                if operation not in TWISTED.get(fault["fault"], OPERATIONS):
                    continue
                wanted = fault.get("contains")
                if wanted and wanted not in f"{request.path}?{request.raw_query}" \
                        and wanted.encode("utf-8") not in request.body:
                    continue
                if fault["after"] > 0:
                    fault["after"] -= 1
                    continue
                if fault["times"] > 0:
                    fault["times"] -= 1
                    if not fault["times"]:
                        self.queue.remove(fault)
                return dict(fault)
        return None


def moment(fault):
    """When a fault acts; `when` in the order overrides it for the gateway's errors."""
    if fault["fault"] in ("error_502", "error_503") and fault.get("when") in (BEFORE, AFTER):
        return fault["when"]
    return NAMES[fault["fault"]][0]


def _refuse(service, request, fault, code, status=None):
    code = str(fault.get("code", code))
    text = fault.get("text") or TEXTS.get(code, "El servicio rechazó la petición.")
    return service.error(request, Refusal(code, text, status=fault.get("status", status)))


def _html(service, request, fault):
    return Response(fault.get("status", 200), HTML, "text/html; charset=UTF-8")


def _gateway(service, request, fault):
    return Response(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")


def _text(service, request, fault):
    text = fault.get("text", "Error: el comprobante no pudo ser procesado")
    return Response(fault.get("status", 400), text.encode("utf-8"), "text/plain; charset=UTF-8")


def _huge(service, request, fault):
    size = int(fault.get("megabytes", 300) * 1024 * 1024)
    declared = fault.get("declared", True)
    return Response(200, b"<a>", delivery=Delivery("stream", size=size, declared=declared))


def _refusal(code, status=None):
    return lambda service, request, fault: _refuse(service, request, fault, code, status)


def _wire(kind):
    return lambda service, request, fault: Response(200, delivery=Delivery(kind))


def _body(body, content_type="application/xml; charset=UTF-8"):
    return lambda service, request, fault: Response(200, body, content_type)


# What stands in the place of the true answer, by fault; the others change how or when it leaves.
INSTEAD = {
    "reset_before": _wire("reset"),
    "reset_after": _wire("reset"),
    "no_answer_after": _wire("close"),
    "error_500_before": _refusal("S500", 500),
    "error_500_after": _refusal("S500", 500),
    "error_503": _refusal("S503", 503),
    "error_502": _gateway,
    "html": _html,
    "html_before": _html,
    "error_200": _refusal("CFDI40139", 200),
    "refuse": _refusal("CFDI40139"),
    "error_text": _text,
    "unauthorized_401": _refusal("300", 401),
    "not_found_404": _refusal("S404", 404),
    "no_credits": _refusal("718"),
    "empty": _body(b""),
    "garbage_json": _body(b'{"codigo": 201, "mens', "application/json; charset=UTF-8"),
    "garbage_xml": _body(b"<?xml version='1.0' encoding='UTF-8'?><cfdi:Comprobante Vers"),
    "huge": _huge,
}


def before(service, request, fault):
    """Act before the operation: an answer in its place, or None to go on."""
    if fault["fault"] == "slow_before":
        time.sleep(fault.get("seconds", 3))
        return None
    return INSTEAD[fault["fault"]](service, request, fault)


def after(service, request, fault, response):
    """Act on the answer of an operation that has been done."""
    if fault["fault"] == "slow":
        response.delivery = Delivery(delay=fault.get("seconds", 3))
        return response
    if fault["fault"] == "cut":
        response.delivery = Delivery("cut", fraction=fault.get("fraction", 0.5))
        return response
    lost = INSTEAD[fault["fault"]](service, request, fault)
    lost.outcome = response.outcome
    return lost
