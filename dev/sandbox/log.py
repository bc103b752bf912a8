"""The log of requests, for tests that ask what a client really sent. No secrets in it."""

import collections
import datetime
import hashlib
import itertools
import re
import threading

KEPT = 5000
SECRETS = re.compile(
    r"\b(password|client_secret|refresh_token|access_token)=[^&]*", re.IGNORECASE)


def _masked(headers):
    shown = {}
    for name, value in headers.items():
        if name.lower() == "authorization":
            scheme, space, secret = value.strip().partition(" ")
            if not space:
                scheme, secret = "raw", scheme
            value = f"{scheme} sha256:{hashlib.sha256(secret.encode()).hexdigest()}"
        shown[name] = value
    return shown


class RequestLog:
    """The last 5,000 calls, each written when it arrives and completed when it is answered."""

    def __init__(self):
        self._lock = threading.Lock()
        self._entries = collections.deque(maxlen=KEPT)
        self._numbers = itertools.count(1)

    def begin(self, request, operation, fault):
        """Note a call; returns its entry, to be completed with ``end``."""
        entry = {
            "n": next(self._numbers),
            "time": datetime.datetime.now(datetime.UTC).isoformat(),
            "method": request.method, "path": request.path,
            "query": SECRETS.sub(r"\1=***", request.raw_query),
            "headers": _masked(request.headers), "body_length": len(request.body),
            "body_sha256": hashlib.sha256(request.body).hexdigest(),
            "operation": operation, "fault": fault and fault["fault"],
            "status": None, "outcome": None, "delivery": None, "ended": None,
        }
        with self._lock:
            self._entries.append(entry)
        return entry

    def end(self, entry, response):
        """Note how a call was answered."""
        with self._lock:
            entry.update(
                status=response.status, outcome=response.outcome,
                delivery=response.delivery.kind,
                ended=datetime.datetime.now(datetime.UTC).isoformat(),
            )

    def listing(self, operation=None):
        """The calls, oldest first."""
        with self._lock:
            return [dict(entry) for entry in self._entries
                    if operation in (None, entry["operation"])]

    def clear(self):
        """Forget them."""
        with self._lock:
            self._entries.clear()
