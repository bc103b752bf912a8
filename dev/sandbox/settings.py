"""What the control API can set. Lost at a restart, as are faults and the log of requests."""

from . import sello_ids
from .documents import DIALECTS
from .sat_expression import AMPERSANDS

# Of facture_rest, of sello_digital, of facture_api, of SAT.
OPERATIONS = (
    "user", "branches", "stamp", "bulk", "bulk_zip", "find", "xml", "pdf", "cancel", "receipt",
    "sello_create", "sello_stamp", "sello_read", "sello_cancel",
    "api_token", "api_branches", "api_stamp", "api_find", "api_detail", "api_fetch", "api_cancel",
    "api_receipt",
    "sat_status",
)
# Kinds of relations that make the CFDI they name "No cancelable"; P: a payment of it.
RELATED = ("01", "02", "03", "04", "05", "06", "07", "P")


def _seconds(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def _ids(value):
    return isinstance(value, dict) and set(value) <= set(sello_ids.TABLES) and all(
        isinstance(rows, dict) and all(
            key.isdigit() and (isinstance(row, list) and len(row) == 4 if table == "taxes"
                               else isinstance(row, str)) for key, row in rows.items())
        for table, rows in value.items())


# name: (default, check, meaning)
SETTINGS = {
    "dialect": ("default", lambda v: v in DIALECTS, "one of " + ", ".join(DIALECTS)),
    "detect_duplicates": (False, lambda v: isinstance(v, bool),
                          "answer 307 when the same bytes come again for the same branch"),
    "duplicate_answer": ("base64", lambda v: v in ("base64", "embedded", "none"),
                         "where a 307 carries the former XML: base64, embedded (node), none"),
    "status_for_refusals": (400, lambda v: isinstance(v, int) and 200 <= v < 600,
                            "HTTP status of a refusal on content"),
    "latency": ({}, lambda v: isinstance(v, dict) and set(v) <= {*OPERATIONS, "*"}
                and all(isinstance(ms, (int, float)) for ms in v.values()),
                "milliseconds per operation ('*' for the rest), spent before doing it"),
    "acuse_form": ("both", lambda v: v in ("query", "printed", "both"),
                   "which address of the receipt exists"),
    "link_host": (None, lambda v: v is None or isinstance(v, str),
                  "scheme://host:port of the bulk link, instead of the request's"),
    "uuid_case": ("lower", lambda v: v in ("lower", "upper"), "letter case of new UUIDs"),
    "change_fecha": (False, lambda v: isinstance(v, bool),
                     "set Fecha to the branch's local time before sealing"),
    "amount_limit_decimals": (None, lambda v: v is None or v in range(7),
                              "decimals of the limits of CFDI40167/180/186, CRP20254/261; null: the currency's"),
    "naive_payment_sum": (True, lambda v: isinstance(v, bool),
                          "CRP20276 without SAT's margin: the sum of ImpPagado / EquivalenciaDR must"
                          " not exceed Monto, as some PACs want"),
    "cancel_state": ("auto", lambda v: v in ("auto", "En proceso", "Cancelado"),
                     "state after a cancellation; auto: En proceso where the receiver must accept"),
    "check_substitute": (True, lambda v: isinstance(v, bool),
                         "folioSustitucion must be a CFDI of the book of the same issuer"),
    "sello_status": ("object", lambda v: v in ("object", "plain"),
                     "sello_digital: invoice_status as {id, name} or as the name alone"),
    "sello_numbers": ("number", lambda v: v in ("number", "string"),
                      "sello_digital: ids and folios as numbers or as strings"),
    "sello_anew": (False, lambda v: isinstance(v, bool),
                   "sello_digital: each GET /invoices/:id/stamp issues another CFDI"),
    "sello_ids": ({}, _ids, "sello_digital: further ids, {table: {id: row}}; see sello_ids in help"),
    "token_seconds": (365 * 86400, _seconds, "facture_api: life of the access tokens from now on"),
    "max_tokens": (3, lambda v: isinstance(v, int) and v > 0,
                   "facture_api: live tokens of a user for an application"),
    "serie_suffix": (True, lambda v: isinstance(v, bool),
                     "facture_api: find tells the serie as A[185], its id in brackets"),
    "find_lag": (0, _seconds, "facture_api: seconds until find lists a new stamp"),
    "sat_lag": (0, _seconds, "seconds after the stamp in which SAT doesn't find the UUID: neither"
                             " in its status service nor when it is to be cancelled"),
    "sat_cancel_lag": (0, _seconds, "seconds in which SAT's status service doesn't show what a"
                                    " request to cancel has changed"),
    "sat_next_day": (False, lambda v: isinstance(v, bool),
                     "cancellable without acceptance until the business day after the issue"),
    "sat_related": (list(RELATED), lambda v: isinstance(v, list) and set(v) <= set(RELATED),
                    "kinds of relations of live CFDIs that make the one they name No cancelable;"
                    " P: payments. 04 only against a request that doesn't name that substitute"),
    "sat_ampersand": ("escaped", lambda v: v in AMPERSANDS, "how SAT takes an & in an RFC: "
                      + ", ".join(f"{name} = {text}" for name, text in AMPERSANDS.items())),
    "fetch_bom": (True, lambda v: isinstance(v, bool),
                  "facture_api: the XML of recuperar begins with a BOM, as in its documentation"),
}


class Settings:
    """The present settings; unknown names and impossible values are refused with ValueError."""

    def __init__(self):
        self.restore()

    def restore(self):
        """Back to the defaults."""
        self.values = {name: entry[0] for name, entry in SETTINGS.items()}

    def __getitem__(self, name):
        return self.values[name]

    def change(self, changes):
        """Set some; all or none."""
        for name, value in changes.items():
            if name not in SETTINGS:
                raise ValueError(f"unknown setting {name!r}; there are: {', '.join(SETTINGS)}")
            if not SETTINGS[name][1](value):
                raise ValueError(f"{name} can't be {value!r}: {SETTINGS[name][2]}")
        self.values = {**self.values, **changes}

    def latency(self, operation):
        """Seconds to wait before doing an operation."""
        chosen = self.values["latency"]
        return chosen.get(operation, chosen.get("*", 0)) / 1000
