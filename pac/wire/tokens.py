"""A token that is bought with credentials: who keeps it, and how it is renewed once for all.

Facture gives a user three tokens per application and then no more, each for 365 days: one token an
account, kept by whoever calls, and never one a call.
"""

import threading
from dataclasses import dataclass, field

# seconds before its end at which a token is renewed: no call shall run into it
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
    """Holds the token of one account in memory. Whoever stores it elsewhere overrides both methods."""

    def __init__(self, token=None):
        self._token = token
        self._lock = threading.Lock()

    def current(self):
        """The Token that is kept, or None."""
        return self._token

    def renew(self, stale, fetch):
        """A token other than `stale`: bought once, however many ask for it at the same time.

        To override: take a lock that all processes share, read what is stored; if that isn't `stale`
        somebody else has renewed it, return it; otherwise store what `fetch` returns, commit, return it.

        :param stale: the Token that was refused or has ended, None where there was none
        :param fetch: function of the Token to renew, which asks the service for a new one
        """
        with self._lock:
            if self._token is None or self._token == stale:
                self._token = fetch(self._token)
            return self._token
