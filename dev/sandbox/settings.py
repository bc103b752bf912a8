"""What the control API can set. Lost at a restart, as are faults and the log of requests."""

from .documents import DIALECTS

OPERATIONS = (
    "user", "branches", "stamp", "bulk", "bulk_zip", "find", "xml", "pdf", "cancel", "receipt",
)
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
                              "decimals of the limits of CFDI40167/180/186; null: the currency's"),
    "cancel_state": ("auto", lambda v: v in ("auto", "En proceso", "Cancelado"),
                     "state after a cancellation; auto: En proceso where the receiver must accept"),
    "check_substitute": (True, lambda v: isinstance(v, bool),
                         "folioSustitucion must be a CFDI of the book of the same issuer"),
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
