"""A plain client of the service, for the tests. It believes nothing and reads nothing."""

import datetime
from zoneinfo import ZoneInfo

import requests

MATRIZ, TIJUANA, CANCUN, HERMOSILLO = 17694, 17695, 17696, 17697
ZIPS = {MATRIZ: "06000", TIJUANA: "22000", CANCUN: "77500", HERMOSILLO: "83000"}
ZONES = {
    MATRIZ: "America/Mexico_City", TIJUANA: "America/Tijuana",
    CANCUN: "America/Cancun", HERMOSILLO: "America/Hermosillo",
}


def local_now(branch=MATRIZ, **delta):
    """The branch's local time, shifted, as Fecha writes it."""
    now = datetime.datetime.now(ZoneInfo(ZONES[branch])) + datetime.timedelta(**delta)
    return now.strftime("%Y-%m-%dT%H:%M:%S")


class Client:
    """Calls of one user."""

    def __init__(self, url, user="demo"):
        self.url = url
        self.session = requests.Session()
        self.session.auth = (user, user)

    def get(self, path, accept="application/xml", **headers):
        """GET with an Accept header (None: without one)."""
        return self.session.get(
            self.url + path, headers={"Accept": accept, **headers}, timeout=20)

    def stamp(self, xml, branch=MATRIZ, accept="application/xml",
              content_type="application/xml", **kwargs):
        """POST a pre-CFDI."""
        headers = {"Accept": accept, "Content-Type": content_type,
                   "Sucursal": None if branch is None else str(branch)}
        return self.session.post(self.url + "/rest/timbrado/produccion/", data=xml,
                                 headers=headers, **{"timeout": 20, **kwargs})

    def bulk(self, data, branch=MATRIZ, name="file", **kwargs):
        """POST a ZIP."""
        return self.session.post(
            self.url + "/rest/timbrado/masivoProduccion/",
            files={name: ("lote.zip", data, "application/zip")},
            headers={"Accept": "application/xml", "Sucursal": str(branch)},
            **{"timeout": 60, **kwargs})

    def cancel(self, uuid, motivo="02", branch=MATRIZ, accept="application/json", **parameters):
        """GET the cancellation."""
        query = {"uuid": uuid, **parameters}
        if motivo is not None:
            query["motivo"] = motivo
        return self.session.get(
            self.url + "/rest/cancelacion/produccion/", params=query, timeout=20,
            headers={"Accept": accept, "Sucursal": None if branch is None else str(branch)})

    def credits(self):
        """What the service says is left."""
        return self.get("/rest/administracion/usuario/", "application/json").json()["creditos"]

    def control(self, method, path, data=None):
        """A control call; returns its JSON."""
        response = requests.request(
            method, f"{self.url}/_sandbox/{path}", json=data, timeout=20)
        response.raise_for_status()
        return response.json()

    def fault(self, operation, fault, **parameters):
        """Queue one fault."""
        return self.control("POST", "faults",
                            {"operation": operation, "fault": fault, **parameters})

    def settings(self, **changes):
        """Change settings."""
        return self.control("POST", "settings", changes)

    def book(self, query=""):
        """The book's rows."""
        return self.control("GET", f"book{query}")
