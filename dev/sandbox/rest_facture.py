"""The service `facture_rest`: the ten operations of the page, its headers, its two formats."""

import base64
import urllib.parse
from decimal import Decimal

from lxml import etree

from . import bulk
from .documents import JSON, TYPES, XML, Document, Items, render
from .errors import TEXTS, Refusal
from .wire import Response

PDF = "application/pdf"
PREFIX = "/rest/"
ROUTES = {
    "/rest/administracion/usuario/": ("user", "GET"),
    "/rest/administracion/sucursales/": ("branches", "GET"),
    "/rest/timbrado/produccion/": ("stamp", "POST"),
    "/rest/timbrado/masivoProduccion/": ("bulk", "POST"),
    "/rest/consulta/cfdi/": ("find", "GET"),
    "/rest/consulta/xml/": ("xml", "GET"),
    "/rest/consulta/pdf/": ("pdf", "GET"),
    "/rest/cancelacion/produccion/": ("cancel", "GET"),
    "/rest/cancelacion/acuse/": ("receipt", "GET"),
}
PRINTED_RECEIPT = "/rest/cancelacion/acuse/"
DOWNLOAD = "/rest/descarga/"
XML_TYPES = ("application/xml", "text/xml")


def accepted(header):
    """Media types of an Accept header, the preferred first."""
    types = []
    for n, part in enumerate((header or "").split(",")):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        if media and quality > 0:
            types.append((-quality, n, media))
    return [media for _quality, _n, media in sorted(types)]


def error_form(request):
    """The format of an error document: JSON when Accept names it before XML, XML otherwise."""
    for media in accepted(request.headers.get("Accept")):
        if media in ("application/json", "text/json"):
            return JSON
        if media in XML_TYPES:
            return XML
    return XML


def output_form(request):
    """XML or JSON by Accept (anything accepted: XML); Refusal S406 (HTTP 406) without one."""
    for media in accepted(request.headers.get("Accept")):
        if media in ("application/json", "text/json"):
            return JSON
        if media in (*XML_TYPES, "application/*", "*/*"):
            return XML
    raise Refusal("S406", detail=request.headers.get("Accept") or "Sin encabezado", status=406)


class RestFacture:
    """The service. ``operation`` names what a request asks for, ``handle`` does it."""

    challenge = 'Basic realm="facture", charset="UTF-8"'

    def __init__(self, services):
        self.accounts = services.accounts
        self.book = services.book
        self.stamper = services.stamper
        self.canceller = services.canceller
        self.printer = services.printer
        self.settings = services.settings

    def claims(self, request):
        """Whether the path is one of this service's."""
        return request.path.startswith(PREFIX)

    def operation(self, request):
        """The operation's name, None for an unknown address; Refusal S405 for a wrong method."""
        name, method = ROUTES.get(request.path, (None, "GET"))
        if name is None and request.path.startswith(PRINTED_RECEIPT):
            name = "receipt"
        if name is None and request.path.startswith(DOWNLOAD):
            name = "bulk_zip"
        if name and request.method != method:
            raise Refusal("S405", detail=f"{request.method} {request.path}", status=405)
        return name

    def handle(self, operation, request):
        """Do it and answer; every refusal becomes the error document."""
        user = self.accounts.authenticate(request.headers.get("Authorization"))
        return getattr(self, f"_{operation}")(request, user)

    # --- answers --------------------------------------------------------------------------------

    def answer(self, request, document, form=None, status=200, outcome=""):
        """A response with a document in the form that Accept asks for."""
        form = form or output_form(request)
        body = render(document, form, self.settings["dialect"])
        return Response(status, body, TYPES[form], document=document, outcome=outcome)

    def error(self, request, refusal):
        """The error document: codigo, mensaje, detalle (and the former stamp with a 307)."""
        fields = {"codigo": refusal.code, "mensaje": refusal.text}
        if refusal.detail:
            fields["detalle"] = refusal.detail
        previous = refusal.extra.get("previous")
        where = refusal.extra.get("where") or self.settings["duplicate_answer"]
        if previous and where == "base64":
            fields["xml"] = base64.b64encode(previous).decode("ascii")
        elif previous and where == "embedded":
            fields["xml"] = etree.fromstring(previous)
        elif previous:
            fields.pop("detalle", None)
        status = refusal.status or self.settings["status_for_refusals"]
        return self.answer(request, Document("error", fields), error_form(request), status,
                           f"refused {refusal.code}")

    # --- administración -------------------------------------------------------------------------

    def _user(self, request, user):
        return self.answer(request, Document("estatusUsuario", {
            "estatus": "Activo", "nombres": user["holder"], "usuario": user["name"],
            "creditos": user["credits"],
        }))

    def _branches(self, request, user):
        rows = [{
            "id": row["id"], "nombre": row["name"],
            "direccion": {
                "calle": row["street"], "colonia": row["colony"], "municipio": row["city"],
                "estado": row["state"], "codigoPostal": row["zip"], "pais": "MEXICO",
            },
        } for row in self.accounts.branches()]
        return self.answer(request, Document("sucursales", Items("sucursal", rows)))

    # --- timbrado -------------------------------------------------------------------------------

    def _stamp(self, request, user):
        output_form(request)
        media = (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if media not in XML_TYPES:
            raise Refusal("S415", detail=media or "Sin encabezado", status=415)
        branch = self.accounts.branch(request.headers.get("Sucursal"))
        row = self.stamper.stamp(user, branch, request.body)
        return Response(200, row["xml"], TYPES[XML], outcome=f"stamped {row['uuid']}")

    def _bulk(self, request, user):
        output_form(request)
        branch = self.accounts.branch(request.headers.get("Sucursal"))
        entries = bulk.unpack(bulk.attachment(request))
        report = bulk.run(self, user, branch, entries)
        stamped = [(row["archivo"], row["uuid"]) for row in report if row["codigo"] == bulk.OK]
        token = self.book.add_bulk(user["name"], stamped)
        host = self.settings["link_host"] or request.base_url
        document = Document("timbradoMasivo", {
            "total": len(report), "timbrados": len(stamped),
            "rechazados": len(report) - len(stamped),
            "enlace": f"{host}{DOWNLOAD}{token}.zip",
            "archivos": Items("archivo", report),
        })
        return self.answer(request, document, XML, outcome=f"stamped {len(stamped)}")

    def _bulk_zip(self, request, user):
        token = request.path[len(DOWNLOAD):].removesuffix(".zip")
        files = self.book.bulk(token, user["name"])
        if files is None:
            raise Refusal("S410", detail=request.path, status=404)
        return Response(200, bulk.pack(files), "application/zip", headers={
            "Content-Disposition": f'attachment; filename="{token}.zip"'})

    # --- consulta -------------------------------------------------------------------------------

    def _own(self, user, uuid):
        row = self.book.get(uuid) if uuid else None
        if row is None or row["user"] != user["name"]:
            raise Refusal("S404", detail=f"UUID {uuid or 'falta'}", status=404)
        return row

    def _find(self, request, user):
        form = output_form(request)
        row = self._own(user, request.parameter("cfdi"))
        return self.answer(request, Document("cfdi", {
            "uuid": row["uuid"], "serie": row["serie"], "folio": row["folio"],
            "fecha": row["fecha"], "fechaTimbrado": row["fecha_timbrado"],
            "tipoComprobante": row["tipo"], "rfcEmisor": row["rfc_emisor"],
            "rfcReceptor": row["rfc_receptor"], "nombreReceptor": row["nombre_receptor"],
            "moneda": row["moneda"], "total": Decimal(row["total"]),
            "cancelada": row["estado"] == "Cancelado", "estado": row["estado"],
            "xml": base64.b64encode(row["xml"]).decode("ascii"),
        }), form)

    def _xml(self, request, user):
        row = self._own(user, request.parameter("uuid"))
        return Response(200, row["xml"], TYPES[XML], headers={
            "Content-Disposition": f'attachment; filename="{row["uuid"]}.xml"'})

    def _pdf(self, request, user):
        wanted = accepted(request.headers.get("Accept"))
        if not {PDF, "application/*", "*/*", "application/octet-stream"} & set(wanted):
            raise Refusal("S406", detail=f"Accept debe admitir {PDF}", status=406)
        row = self._own(user, request.parameter("uuid"))
        return Response(200, self.printer(row), PDF, headers={
            "Content-Disposition": f'attachment; filename="{row["uuid"]}.pdf"'})

    # --- cancelación ----------------------------------------------------------------------------

    def _cancel(self, request, user):
        form = output_form(request)
        self.accounts.branch(request.headers.get("Sucursal"))
        uuid = request.parameter("uuid")
        if not uuid:
            raise Refusal("S400", detail="Falta el parámetro uuid")
        code, text = self.canceller.request(
            user, uuid, request.parameter("motivo"), request.parameter("folioSustitucion")
        )
        document = Document("cancelacion", {"uuid": uuid, "codigo": code, "mensaje": text})
        return self.answer(request, document, form, outcome=f"code {code}")

    def _receipt(self, request, user):
        output_form(request)
        row = self._own(user, self._receipt_uuid(request))
        if row["acuse"] is None:
            raise Refusal("S409", detail=f"UUID {row['uuid']}", status=404)
        return Response(200, row["acuse"], TYPES[XML])

    def _receipt_uuid(self, request):
        """The UUID of either address: acuse/?uuid=X (query) or the printed acuse/uuid?X.

        The printed one is also read as acuse/uuid?uuid=X and as acuse/X.
        """
        tail = request.path[len(PRINTED_RECEIPT):]
        printed = bool(tail)
        if self.settings["acuse_form"] not in ("both", "printed" if printed else "query"):
            raise Refusal("S410", TEXTS["S410"], request.path, status=404)
        if tail and tail.strip("/").lower() != "uuid":
            return urllib.parse.unquote(tail.strip("/"))
        found = request.parameter("uuid")
        if printed and not found:
            found = urllib.parse.unquote(request.raw_query).strip("=& ")
        return found
