"""The sandbox service as the tests reach it: a process of its own, over real HTTP."""

import os
import uuid

import requests

TIMEOUT = 20


class Sandbox:
    """Control of the sandbox. ``make test`` starts it and tells its address in the environment."""

    def __init__(self):
        self.url = os.environ.get("L10N_MX_FACTURE_SANDBOX", "http://127.0.0.1:8070").rstrip("/")

    def _call(self, method, path, **kwargs):
        answer = requests.request(method, f"{self.url}/_sandbox/{path}", timeout=TIMEOUT, **kwargs)
        answer.raise_for_status()
        return answer.json()

    def fail(self, operation, fault, times=1, **params):
        """Let the next ``times`` calls of an operation fail in the named way."""
        self._call(
            "POST",
            "faults",
            json={"operation": operation, "fault": fault, "times": times, **params},
        )

    def reset(self):
        """Forget faults, settings and the log of calls; the book of what was stamped stays."""
        self._call("POST", "reset", json={})

    def settings(self, **values):
        self._call("POST", "settings", json=values)

    def book(self, **filters):
        """:return: list of everything that was stamped, as dicts (uuid, serie, folio, total, estado, …)"""
        return self._call("GET", "book", params=filters)

    def requests(self, operation=None):
        """:return: the calls that arrived since the last reset, oldest first"""
        calls = self._call("GET", "requests")
        return [call for call in calls if operation in (None, call["operation"])]

    def user(self, **values):
        self._call("POST", "users", json=values)

    def application(self, client_id, client_secret):
        """Register an application, to which tokens are given."""
        self._call("POST", "applications", json={"client_id": client_id, "client_secret": client_secret})

    def tokens(self, user):
        """:return: the tokens that a user has, without their values"""
        return [token for token in self._call("GET", "tokens") if token["user"] == user]

    def revoke(self, user):
        """End all tokens of a user."""
        self._call("DELETE", "tokens", params={"user": user})

    def own_ids(self):
        """:return: for each table of the service with ids of its own, dict from id to what it stands for"""
        return self._call("GET", "help")["services"]["sello_digital"]["sello_ids"]

    def receiver(self, **values):
        """Put a taxpayer on the list that the service compares receivers with (rfc, name, zip, regime)."""
        return self._call("POST", "receivers", json=values)

    def branch(self, **values):
        """:return: the branch as the service has it"""
        return self._call("POST", "branches", json=values)

    def stamped(self, cfdi_uuid):
        """:return: one stamp as a dict, with what was received (``sent``) and given out (``xml``)"""
        return self._call("GET", f"cfdi/{cfdi_uuid}")

    def payments(self, cfdi_uuid):
        """:return: dict: what the live receipts of payment say of an invoice together, with ``violations``"""
        return self._call("GET", f"payments/{cfdi_uuid}")

    def global_invoice(self, cfdi_uuid):
        """:return: dict: what is left of each ticket of a global invoice by its live credit notes, ``violations``"""
        return self._call("GET", f"globals/{cfdi_uuid}")

    def judge(self, zip_code, documents):
        """:return: for each XML text, the list of what the service would find against it; nothing is stamped"""
        return self._call("POST", "judge", json={"zip": zip_code, "documents": documents})

    def draft(self, number, **values):
        """Change an invoice that a service of two steps has, for example ``paid``."""
        self._call("POST", f"drafts/{number}", json=values)

    def cfdi(self, cfdi_uuid, **values):
        self._call("POST", f"cfdi/{cfdi_uuid}", json=values)


def unique_prefix():
    """:return: a series that no other run has used, so that the book can be asked for it"""
    # letters only: Odoo would read digits as the year or the month of the sequence
    return "".join(chr(ord("G") + int(digit, 16)) for digit in uuid.uuid4().hex[:8])
