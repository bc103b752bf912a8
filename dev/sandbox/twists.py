"""Answers that are wrong in their content, each as a function of the true answer."""

import copy
import io
import uuid as uuids
import warnings
import zipfile
from decimal import Decimal

from lxml import etree

from . import acuse, bulk, json_twists
from .documents import XML, Items, render
from .errors import Refusal
from .seal import CFDI, TFD, to_bytes
from .stamping import facts

FOREIGN_ISSUER = ("XIA190128J61", "XENON INDUSTRIAL ARTICLES")
FOREIGN_USER = "ajeno"
# fewer entries than this leave a ZIP as it is
ENTRIES = {
    "zip_missing_entry": 1, "zip_foreign_entry": 1, "zip_swapped_entries": 2, "zip_duplicate_entry": 1,
}


class Twister:
    """Applies the twists. An answer that is a refusal is left as it is."""

    def __init__(self, services):
        self.accounts = services.accounts
        self.book = services.book
        self.sealer = services.sealer
        self.settings = services.settings

    def before(self, service, request, fault):
        """A 307 about a stamp that these bytes have already, so that they get no second one.

        Also marks the request with what the operation itself must do wrong.
        """
        if fault["fault"] in json_twists.MARKED:
            request.marks[fault["fault"]] = fault
        if not fault["fault"].startswith("code_307"):
            return None
        try:
            user = self.accounts.authenticate(request.headers.get("Authorization"))
            branch = self.accounts.branch(request.headers.get("Sucursal"))
        except Refusal:
            return None
        row = self.book.former(request.body, user["name"], branch["id"])
        if row is None:
            return None
        return self._previous(service, request, fault, row["xml"], row["uuid"])

    def apply(self, service, request, fault, response):
        """The twisted answer."""
        if response.status not in (200, 201) or response.outcome.startswith("refused"):
            return response
        if fault["fault"].startswith("zip_") and len(self._files(response)) < ENTRIES.get(fault["fault"], 0):
            return response
        if fault["fault"] in json_twists.MARKED:
            return response
        if not isinstance(response.document, dict):
            return self._twisted(service, request, fault, response)
        if fault["fault"] in json_twists.ON_DOCUMENTS:
            return json_twists.on_document(
                service, response,
                lambda inner: self._twisted(service, request, fault, inner))
        return json_twists.apply(service, fault, response)

    def _twisted(self, service, request, fault, response):
        return getattr(self, f"_{fault['fault']}")(service, request, fault, response)

    # --- stamps ---------------------------------------------------------------------------------

    def _foreign(self, row):
        """A stamped CFDI of another issuer with another amount, in the book as another user's."""
        root = etree.fromstring(row["xml"])
        for tfd in root.findall(f".//{{{TFD}}}TimbreFiscalDigital"):
            tfd.getparent().remove(tfd)
        issuer = root.find(f"{{{CFDI}}}Emisor")
        issuer.set("Rfc", FOREIGN_ISSUER[0])
        issuer.set("Nombre", FOREIGN_ISSUER[1])
        root.set("Folio", "9" + (root.get("Folio") or "")[:38])
        root.set("Total", str(Decimal(root.get("Total")) + 1000))
        self.sealer.seal(root)
        tfd = self.sealer.stamp(root)
        return self.book.add({
            **facts(root, tfd), "user": FOREIGN_USER, "branch": row["branch"],
            "operation": "foreign", "sent": b"", "xml": to_bytes(root),
        }, charge=False)

    def _row(self, response):
        tfd = etree.fromstring(response.body).find(f".//{{{TFD}}}TimbreFiscalDigital")
        return self.book.get(tfd.get("UUID"))

    def _foreign_cfdi(self, service, request, fault, response):
        response.body = self._foreign(self._row(response))["xml"]
        return response

    def _changed_total(self, service, request, fault, response):
        row = self._row(response)
        root = etree.fromstring(row["xml"])
        old = root.find(f".//{{{TFD}}}TimbreFiscalDigital")
        old.getparent().remove(old)
        root.set("Total", str(Decimal(root.get("Total")) + Decimal(fault.get("add", "1.00"))))
        self.sealer.seal(root)
        self.sealer.stamp(root, uuid=row["uuid"])
        # The service really did change it: its book says so too.
        response.body = to_bytes(root)
        self.book.change(row["uuid"], xml=response.body, total=root.get("Total"))
        return response

    def _no_tfd(self, service, request, fault, response):
        root = etree.fromstring(response.body)
        tfd = root.find(f".//{{{TFD}}}TimbreFiscalDigital")
        parent = tfd.getparent()
        parent.remove(tfd)
        if not len(parent):
            root.remove(parent)
        response.body = to_bytes(root)
        return response

    def _two_tfds(self, service, request, fault, response):
        root = etree.fromstring(response.body)
        tfd = root.find(f".//{{{TFD}}}TimbreFiscalDigital")
        second = copy.deepcopy(tfd)
        second.set("UUID", str(uuids.uuid4()))
        tfd.addnext(second)
        response.body = to_bytes(root)
        return response

    def _previous(self, service, request, fault, xml, uuid):
        if fault["fault"] == "code_307_without":
            return service.error(request, Refusal("307"))
        where = "embedded" if self.settings["duplicate_answer"] == "embedded" else "base64"
        return service.error(request, Refusal(
            "307", detail=f"UUID {uuid}", previous=xml, where=where))

    def _code_307_with(self, service, request, fault, response):
        uuid = self._row(response)["uuid"]
        return self._previous(service, request, fault, response.body, uuid)

    _code_307_without = _code_307_with

    # --- cancellation ---------------------------------------------------------------------------

    def _rendered(self, response, fields):
        document = copy.copy(response.document)
        document.fields = fields
        form = "json" if "json" in response.content_type else XML
        response.body = render(document, form, self.settings["dialect"])
        response.document = document
        return response

    def _wrong_code(self, service, request, fault, response):
        fields = {**response.document.fields}
        if "code" in fault:
            fields["codigo"] = fault["code"]
        else:
            fields.pop("codigo", None)
        fields["mensaje"] = fault.get("text", "Operación realizada.")
        return self._rendered(response, fields)

    def _other_uuid(self, service, request, fault, response):
        return self._rendered(response, {**response.document.fields, "uuid": str(uuids.uuid4())})

    def _foreign_acuse(self, service, request, fault, response):
        response.body = acuse.build(self.sealer, FOREIGN_ISSUER[0], str(uuids.uuid4()), "201")
        return response

    # --- bulk -----------------------------------------------------------------------------------

    def _files(self, response):
        with zipfile.ZipFile(io.BytesIO(response.body)) as archive:
            return [(info.filename, archive.read(info)) for info in archive.infolist()]

    def _zip_truncated(self, service, request, fault, response):
        response.body = response.body[:int(len(response.body) * fault.get("fraction", 0.5))]
        return response

    def _zip_missing_entry(self, service, request, fault, response):
        response.body = bulk.pack(self._files(response)[1:])
        return response

    def _zip_foreign_entry(self, service, request, fault, response):
        (name, content), *rest = self._files(response)
        tfd = etree.fromstring(content).find(f".//{{{TFD}}}TimbreFiscalDigital")
        foreign = self._foreign(self.book.get(tfd.get("UUID")))
        response.body = bulk.pack([(name, foreign["xml"]), *rest])
        return response

    def _zip_swapped_entries(self, service, request, fault, response):
        first, second, *rest = self._files(response)
        response.body = bulk.pack([(first[0], second[1]), (second[0], first[1]), *rest])
        return response

    def _zip_duplicate_entry(self, service, request, fault, response):
        files = self._files(response)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            response.body = bulk.pack([*files, (files[0][0], files[-1][1])])
        return response

    def _zip_bomb(self, service, request, fault, response):
        size = int(fault.get("megabytes", 300) * 1024 * 1024)
        buffer = io.BytesIO(response.body)
        with (
            zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive,
            archive.open("bomba.xml", "w", force_zip64=True) as handle,
        ):
            for _n in range(0, size, 1024 * 1024):
                handle.write(bytes(1024 * 1024))
        response.body = buffer.getvalue()
        return response

    def _zip_path_tricks(self, service, request, fault, response):
        files = self._files(response)
        content = files[0][1] if files else b"<a/>"
        tricks = ["../../fuera.xml", "/tmp/fuera.xml", "C:\\fuera.xml", "a/../../fuera.xml"]
        response.body = bulk.pack(files + [(name, content) for name in tricks])
        return response

    def _report(self, response, rows):
        fields = {**response.document.fields, "archivos": Items("archivo", rows)}
        return self._rendered(response, fields)

    def _report_missing_entry(self, service, request, fault, response):
        return self._report(response, response.document.fields["archivos"].rows[1:])

    def _report_extra_entry(self, service, request, fault, response):
        rows = response.document.fields["archivos"].rows
        extra = {"archivo": "ajeno.xml", "estatus": "timbrado", "codigo": "0",
                 "mensaje": "Comprobante timbrado.", "uuid": str(uuids.uuid4())}
        return self._report(response, [*rows, extra])

    def _report_reordered(self, service, request, fault, response):
        return self._report(response, response.document.fields["archivos"].rows[::-1])
