"""The control API under /_sandbox/, for tests: JSON, no authentication, loopback only."""

import html
import json

from .book import ESTADOS
from .errors import Refusal
from .faults import NAMES
from .global_audit import GlobalAudit
from .guide import guide
from .judge import read
from .payments_audit import PaymentsAudit
from .sat_control import SatControl
from .settings import SETTINGS
from .wire import Response

PREFIX = "/_sandbox/"
LOOPBACK = ("127.", "::1", "::ffff:127.")
LAST = 50
SHOWN = ("n", "created", "user", "branch", "serie", "folio", "tipo", "rfc_receptor", "total",
         "moneda", "uuid", "estado")
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Sandbox</title><style>
body {{ font: 14px sans-serif; margin: 2em }} td, th {{ padding: .2em .7em; text-align: left }}
</style></head><body><h1>Sandbox of facture_rest, sello_digital, facture_api</h1>
<p>A stand-in for the stamping services. Nothing that it stamps is fiscal.</p><p>{links}</p>
<table><tr>{heads}</tr>{rows}</table></body></html>"""


class ControlError(Exception):
    """A control call that can't be fulfilled; ``status`` is the HTTP status."""

    def __init__(self, text, status=400):
        self.status = status
        super().__init__(text)


def _json(data, status=200):
    body = json.dumps(data, ensure_ascii=False, indent=1, default=str).encode("utf-8")
    return Response(status, body, "application/json; charset=UTF-8")


class Control:
    """Routes a control call to the method `<verb>_<name>`."""

    def __init__(self, services):
        self.services = services
        self.sat = SatControl(services)
        self.payments = PaymentsAudit(services.sat)
        self.globals = GlobalAudit(services.sat)

    def claims(self, request):
        """Whether the path is one of the control API, or the address that a browser opens."""
        return request.path.startswith(PREFIX) or request.path == "/"

    def handle(self, request):
        """Answer a control call, errors as {"error": text}."""
        if not request.client.startswith(LOOPBACK):
            return _json({"error": "the control API answers on loopback only"}, 403)
        if request.path == "/":
            return self._index()
        name, _, rest = request.path[len(PREFIX):].strip("/").partition("/")
        method = getattr(self, f"{request.method.lower()}_{name}", None)
        try:
            if method is None:
                raise ControlError(f"no {request.method} {request.path} here", 404)
            return _json(method(request, rest))
        except (ControlError, ValueError, TypeError, KeyError) as error:
            return _json({"error": str(error)}, getattr(error, "status", 400))

    def _index(self):
        """A page for a person: what this is, and its last stamps."""
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(str(row[name] or ''))}</td>" for name in SHOWN)
            + "</tr>" for row in self.services.book.listing()[:-LAST - 1:-1])
        heads = "".join(f"<th>{name}</th>" for name in SHOWN)
        links = " · ".join(
            f'<a href="{PREFIX}{name}">{name}</a>'
            for name in ("help", "book", "requests", "faults", "settings", "users", "branches",
                         "drafts", "tokens"))
        return Response(200, PAGE.format(links=links, heads=heads, rows=rows).encode("utf-8"),
                        "text/html; charset=UTF-8")

    def _body(self, request):
        if not request.body.strip():
            return {}
        data = json.loads(request.body)
        if not isinstance(data, dict):
            raise ControlError("the body must be a JSON object")
        return data

    def get_ping(self, request, rest):
        """Alive and ready."""
        return {"ok": True}

    def get_help(self, request, rest):
        """Fault names and settings with their meanings."""
        return {
            "faults": {name: f"{moment}: {text}" for name, (moment, text) in NAMES.items()},
            "settings": {name: entry[2] for name, entry in SETTINGS.items()},
            "services": guide(self.services),
        }

    # --- faults, settings, log ------------------------------------------------------------------

    def get_faults(self, request, rest):
        """What still waits."""
        return self.services.faults.listing()

    def post_faults(self, request, rest):
        """Queue a fault; see faults.NAMES."""
        return self.services.faults.add(self._body(request))

    def delete_faults(self, request, rest):
        """Forget all faults."""
        self.services.faults.clear()
        return {"ok": True}

    def get_settings(self, request, rest):
        """The present settings."""
        return self.services.settings.values

    def post_settings(self, request, rest):
        """Change some settings."""
        self.services.settings.change(self._body(request))
        return self.services.settings.values

    def get_requests(self, request, rest):
        """The calls that were received; ?operation= filters."""
        return self.services.log.listing(request.parameter("operation"))

    def delete_requests(self, request, rest):
        """Forget the log."""
        self.services.log.clear()
        return {"ok": True}

    def post_reset(self, request, rest):
        """Faults, settings and log to nothing; with {"book": true} book, users, branches too."""
        services = self.services
        services.faults.clear()
        services.settings.restore()
        services.log.clear()
        services.sat.restore()
        if self._body(request).get("book"):
            services.book.empty()
            services.sat.store.empty()
            services.accounts.restore()
            services.tokens.restore()
        return {"ok": True}

    # --- the book -------------------------------------------------------------------------------

    def get_book(self, request, rest):
        """Every stamp; ?serie=&folio=&user=… filter by equality."""
        filters = {name: values[0] for name, values in request.query.items()}
        return self.services.book.listing(**filters)

    def get_cfdi(self, request, uuid):
        """One stamp, with what was received (sent) and what was given out (xml) as text."""
        row = self.services.book.get(uuid)
        if row is None:
            raise ControlError(f"no CFDI {uuid}", 404)
        return {name: value.decode("utf-8", "replace") if isinstance(value, bytes) else value
                for name, value in row.items()}

    def post_cfdi(self, request, uuid):
        """Decide for the receiver: {"estado": …, "cancelable": …, "estatus_cancelacion": …}."""
        changes = self._body(request)
        unknown = set(changes) - {"estado", "cancelable", "estatus_cancelacion"}
        if unknown:
            raise ControlError(f"unknown: {', '.join(sorted(unknown))}")
        if changes.get("estado", "Vigente") not in ESTADOS:
            raise ControlError(f"estado must be one of {', '.join(ESTADOS)}")
        if self.services.canceller.decide(uuid, changes) is None:
            raise ControlError(f"no CFDI {uuid}", 404)
        return self.get_cfdi(request, uuid)

    def post_judge(self, request, rest):
        """All findings, nothing is stamped: {"zip", "documents": [text, …]} -> a list each."""
        values = self._body(request)
        return [self._findings(values["zip"], text) for text in values["documents"]]

    def _findings(self, zip_code, text):
        try:
            root = read(text.encode("utf-8"))
        except Refusal as refusal:
            return [f"{refusal.code}: {refusal.detail or refusal.text}"]
        findings = self.services.stamper.findings(zip_code, root)
        return [f"{finding.code}: {finding.where}" for finding in findings]

    def get_drafts(self, request, rest):
        """The invoices of sello_digital, stamped or not."""
        return self.services.drafts.listing()

    def post_drafts(self, request, number):
        """State whether an invoice is paid: {"paid": true}."""
        values = self._body(request)
        if set(values) != {"paid"} or not number.isdigit():
            raise ControlError('drafts/ID takes {"paid": true or false}')
        draft = self.services.drafts.change(int(number), paid=int(bool(values["paid"])))
        if draft is None:
            raise ControlError(f"no invoice {number}", 404)
        return {"id": draft["id"], "paid": draft["paid"]}

    # --- SAT ------------------------------------------------------------------------------------

    def get_sat(self, request, rest):
        """What SAT says of a UUID, or what it was told; see sat_control.HELP."""
        return self.sat.handle("get", rest, {}, request.parameter)

    def post_sat(self, request, rest):
        """The receiver's answer, what others did, what SAT is to say; see sat_control.HELP."""
        return self.sat.handle("post", rest, self._body(request), request.parameter)

    def delete_sat(self, request, rest):
        """Let SAT say the truth again."""
        return self.sat.handle("delete", rest, {}, request.parameter)

    # --- receipts of payment --------------------------------------------------------------------

    def get_globals(self, request, uuid):
        """What the live credit notes say of a global invoice."""
        return self.globals.of(uuid)

    def get_payments(self, request, uuid):
        """What the live receipts of payment of a UUID printed; without one: the broken accounts."""
        return self.payments.of(uuid) if uuid else self.payments.broken()

    # --- accounts -------------------------------------------------------------------------------

    def _changes(self, request, key, allowed):
        values = self._body(request)
        unknown = set(values) - {key, *allowed}
        if unknown:
            raise ControlError(f"unknown: {', '.join(sorted(unknown))}; "
                               f"there are: {key}, {', '.join(allowed)}")
        return values

    def get_users(self, request, rest):
        """Names, holders and credits."""
        return self.services.store.rows("SELECT name, holder, credits FROM users ORDER BY name")

    def post_users(self, request, rest):
        """Add or change: {"name", "password", "token", "raw", "holder", "credits"}."""
        values = self._changes(
            request, "name", ("password", "token", "raw", "holder", "credits"))
        row = self.services.accounts.set_user(**values)
        return {key: row[key] for key in ("name", "holder", "credits")}

    def get_applications(self, request, rest):
        """The client_ids that facture_api knows."""
        return self.services.tokens.applications()

    def post_applications(self, request, rest):
        """Register a client of facture_api: {"client_id", "client_secret"}."""
        self.services.tokens.set_application(
            **self._changes(request, "client_id", ("client_secret",)))
        return self.services.tokens.applications()

    def get_tokens(self, request, rest):
        """Whose access tokens there are, and until when; not the tokens."""
        return self.services.tokens.listing()

    def delete_tokens(self, request, rest):
        """Revoke the tokens of ?user=, or all."""
        self.services.tokens.revoke(request.parameter("user"))
        return self.services.tokens.listing()

    def get_branches(self, request, rest):
        """All branches, inactive ones too."""
        return self.services.accounts.branches(active_only=False)

    def post_branches(self, request, rest):
        """Add (without id) or change: {"id", "name", "zip", "active", "street", "rfc", …}."""
        values = self._changes(
            request, "id", ("name", "zip", "street", "colony", "city", "state", "active", "rfc"))
        if "active" in values:
            values["active"] = int(bool(values["active"]))
        return self.services.accounts.set_branch(**values)

    def get_issuers(self, request, rest):
        """The RFCs that may issue."""
        return list(self.services.accounts.issuers().values())

    def post_issuers(self, request, rest):
        """Accept an issuer: {"rfc", "name", "regime"}."""
        self.services.accounts.set_issuer(**self._changes(request, "rfc", ("name", "regime")))
        return self.get_issuers(request, rest)

    def post_receivers(self, request, rest):
        """SAT's list: {"rfc", "name", "zip", "regime", "listed"}; what is given must match."""
        self.services.accounts.set_receiver(
            **self._changes(request, "rfc", ("name", "zip", "regime", "listed")))
        return {"ok": True}
