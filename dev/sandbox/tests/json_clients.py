"""Plain clients of the two JSON services. They believe nothing and read nothing."""

import base64
import uuid as uuids

import requests
from client import MATRIZ, Client, local_now


def invoice(folio=1, concepts=None, **changes):
    """A create_full of one line at 100.00 and 16 %, its date now at MATRIZ."""
    return {"invoice": {
        "date": local_now(), "serie": "S", "folio": folio, "issuer_rfc": "EKU9003173C9",
        "receipt_type_id": 1, "payment_method_id": 3, "payment_form": "PUE", "money_id": 1,
        "branch_attributes": {"name": "MATRIZ", "serie": "S", "folio": folio,
                              "address_attributes": {"cp": "06000"}},
        "receptor_attributes": {
            "name": "UNIVERSIDAD ROBOTICA ESPAÑOLA", "rfc": "URE180429TM6", "tax_regime": "601",
            "cfdi_use": "G03", "address_attributes": {"cp": "86991"}},
        "concepts_attributes": concepts or [concept()], **changes}}


def concept(price="100.00", taxes=(1,), **changes):
    """A line; ``taxes`` are ids."""
    return {"quantity": 1, "price": price, "description": "Servicio & más", "unit": "Servicio",
            "unit_key": "E48", "product_key": "84111506",
            "taxes": [{"tax_type_id": number} for number in taxes], **changes}


class Sello(Client):
    """A user of sello_digital."""

    def __init__(self, url, user="demo"):
        super().__init__(url, user)
        self.session.auth = None
        self.session.headers["Authorization"] = f"Bearer token-{user}"

    def create(self, data=None, **kwargs):
        """POST create_full."""
        return self.session.post(f"{self.url}/invoices/create_full", timeout=20,
                                 json=invoice() if data is None else data, **kwargs)

    def call(self, number, action="", **kwargs):
        """GET an invoice, its stamp or its cancel."""
        path = f"/invoices/{number}" + (f"/{action}" if action else "")
        return self.session.get(self.url + path, **{"timeout": 20, **kwargs})

    def created(self, data=None):
        """The id of a new invoice."""
        response = self.create(data)
        assert response.status_code == 201, response.text
        return response.json()["id"]

    def left(self):
        """Credits, by the control API: the service has no call for it."""
        return next(row["credits"] for row in self.control("GET", "users")
                    if row["name"] == "demo")


class Api(Sello):
    """A user of facture_api, with one token."""

    def __init__(self, url, user="demo"):
        super().__init__(url, user)
        self.user = user
        self.session.headers["Authorization"] = "Bearer " + self.token().json()["access_token"]

    def token(self, kind="password", **changes):
        """POST a grant."""
        form = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}
        if kind == "password":
            form |= {"username": self.user, "password": self.user,
                     "scope": "timbrado sucursal facturacion cancelacion"}
        form = {name: value for name, value in {**form, **changes}.items() if value is not None}
        return requests.post(f"{self.url}/api/authorize?grant_type={kind}", data=form, timeout=20)

    def ask(self, path, **parameters):
        """GET."""
        return self.session.get(f"{self.url}/api/{path}", params=parameters, timeout=20)

    def post(self, path, comprobantes, branch=None, **kwargs):
        """POST a list of documents."""
        data = {"comprobantes": comprobantes}
        if branch is not None:
            data["sucursal"] = {"id": branch}
        return self.session.post(f"{self.url}/api/{path}", json={"entity": {"data": data}},
                                 **{"timeout": 20, **kwargs})

    def stamp(self, *documents, branch=MATRIZ, **kwargs):
        """POST /timbrado; each document gets a requestUuid."""
        return self.post("timbrado", [
            {"requestUuid": str(uuids.uuid4()), "encode": base64.b64encode(xml).decode()}
            for xml in documents], branch, **kwargs)

    def items(self, *args, **kwargs):
        """The items of a call of ``post``."""
        return self.post(*args, **kwargs).json()["result"]["items"]

    def stamped(self, xml):
        """The UUID of a stamp."""
        item = self.stamp(xml).json()["result"]["items"][0]
        assert item["succeed"], item
        return item["uuid"]
