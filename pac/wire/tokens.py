"""A token that is issued for credentials: where it is kept, and how all callers share one renewal.

Facture issues at most three tokens to a user of an application, each for 365 days. So an account has one token, kept by
the caller, and never one a call.
"""

import threading
from dataclasses import dataclass, field

# seconds before its end from which a token is renewed, so that it doesn't end during a call
MARGIN = 300


@dataclass(frozen=True)
class Token:
    """An access token, what renews it (or None), and its end in seconds since 1970 (None: unknown)."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires: float | None = None

    def is_valid(self, now):
        """Whether it can still be used at `now` (seconds since 1970)."""
        return self.expires is None or now < self.expires - MARGIN


class TokenStore:
    """Keeps the token of one account in memory. To keep it elsewhere, override both methods."""

    def __init__(self, token=None):
        self._token = token
        self._lock = threading.Lock()

    def current(self):
        """The Token that is kept, or None."""
        return self._token

    def renew(self, stale, fetch):
        """A token other than `stale`: fetched once, however many callers ask for it at the same time.

        To override: take a lock that all processes share, read what is stored; if that isn't `stale`
        somebody else has renewed it, return it; otherwise store what `fetch` returns, commit, return it.

        :param stale: the Token that was refused or has ended, None where there was none
        :param fetch: function of the Token to renew, which asks the service for a new one
        """
        with self._lock:
            if self._token is None or self._token == stale:
                self._token = fetch(self._token)
            return self._token
