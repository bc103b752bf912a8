"""What the services that speak JSON have in common."""

import base64
import json

from .documents import JSON, TYPES
from .errors import Refusal
from .rest_facture import accepted
from .wire import Response

JSON_TYPES = ("application/json", "text/json")


class JsonService:
    """Reading and writing JSON; ``document`` of each response is the data that was written."""

    challenge = "Bearer"

    def answer(self, data, status=200, outcome=""):
        """A response with this data."""
        return self.render(Response(status, document=data, outcome=outcome))

    def render(self, response):
        """Write ``document`` again, after it has been changed."""
        response.body = json.dumps(response.document, ensure_ascii=False).encode("utf-8")
        response.content_type = TYPES[JSON]
        return response

    def body(self, request):
        """The JSON object of a request; Refusal 415, S400 or 406 otherwise."""
        self.check_accept(request)
        media = (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if media not in JSON_TYPES:
            raise Refusal("S415", "Se esperaba application/json.", media or "Sin encabezado", 415)
        try:
            data = json.loads(request.body)
        except (ValueError, RecursionError) as error:
            raise Refusal("S400", detail=f"JSON mal formado: {error}", status=400) from error
        if not isinstance(data, dict):
            raise Refusal("S400", detail="Se esperaba un objeto JSON", status=400)
        return data

    def check_accept(self, request):
        """Refusal S406 where JSON is not accepted; without Accept anything is."""
        wanted = accepted(request.headers.get("Accept")) or ["*/*"]
        if not {*JSON_TYPES, "application/*", "*/*"} & set(wanted):
            raise Refusal("S406", detail=request.headers.get("Accept"), status=406)


def b64(data):
    """Base64 as text."""
    return base64.b64encode(data).decode("ascii")
