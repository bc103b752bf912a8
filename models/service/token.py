import hashlib
import json
import logging
import time
from contextlib import contextmanager
from functools import partial

from psycopg2 import Error as DatabaseError
from psycopg2.errors import ForeignKeyViolation, LockNotAvailable, SerializationFailure

from odoo import fields, models
from odoo.tools import SQL

from ...pac.errors import NotSent
from ...pac.wire.tokens import Token, TokenStore
from ..common.transactions import can_commit

_logger = logging.getLogger(__name__)

# seconds: what was marked as sent leaves within the time after which it is taken for dead, or not at all
PATIENCE = 20
# with each try one more process has renewed it meanwhile: more than there are at one account
TRIES = 20
ASK_AGAIN = "Nothing was sent; try again."
# of an account: a token serves who has these, and nobody else
BOUGHT_WITH = ("provider", "environment", "base_url", "login", "secret", "client_id", "client_secret")


class L10nMxFactureToken(models.Model):
    """The tokens of an account. Nobody has access; they are read and written by :class:`AccountKeeper`.

    Rows of their own: whoever renews one locks it, whatever happens to the account's row meanwhile. One for each set
    of credentials: the service gives only three, and who mistypes a password and corrects it finds his again.
    """

    _name = "l10n_mx_facture.token"
    _inherit = ["l10n_mx_facture.access"]
    _description = "CFDI Service Token"
    _log_access = False

    account_id = fields.Many2one("l10n_mx_facture.account", required=True, ondelete="cascade")
    owner = fields.Char(
        required=True, help="Hash of the credentials that the token was issued for."
    )
    access = fields.Char()
    refresh = fields.Char()
    expires = fields.Float(help="Seconds since 1970.")

    _owner_unique = models.UniqueIndex("(account_id, owner)", "An account has one token for its credentials.")


class AccountKeeper(TokenStore):
    """Keeps the token of an account in the database, for all threads, workers and hosts.

    It is made where the account's cursor may be used, and shares no cursor afterwards.
    """

    def __init__(self, account):
        super().__init__()
        self._account_id, self._owner_hash = account.id, owner_of(account)
        self._registry = account.env.registry
        # a test's account is seen by nobody else
        self._shared_cr = None if can_commit(account.env) else account.env.cr
        self._token = self._read(account.env.cr)

    def renew(self, stale, fetch):
        """As :meth:`~..pac.wire.tokens.TokenStore.renew`; committed before it is used.

        :raise NotSent: ``no_token``, ``not_saved``, ``stale``, or what ``fetch`` raises
        """
        begun = time.monotonic()
        self._token = self._renewed(stale, fetch)
        if time.monotonic() - begun > PATIENCE:
            # others may have taken us for dead; the token is kept for the next attempt
            raise NotSent("stale", f"The service took too long to give a token. {ASK_AGAIN}")
        return self._token

    def _renewed(self, stale, fetch):
        for _try in range(TRIES):
            try:
                with self._cursor() as cr:
                    return self._renew(cr, stale, fetch)
            except SerializationFailure:
                # somebody renewed it while we waited: it is seen in a new transaction
                continue
            except LockNotAvailable:
                text = "Another process is getting the token of this account and doesn't come to an end."
                raise NotSent("stale", f"{text} {ASK_AGAIN}") from None
            except ForeignKeyViolation:
                text = "The account is not committed yet, so that its token can't be kept: save it first."
                raise NotSent("not_saved", text) from None
            except DatabaseError as error:
                _logger.warning("Token of account %s: %s", self._account_id, type(error).__name__)
                raise NotSent("no_token", f"The token could not be kept in the database. {ASK_AGAIN}") from None
        raise NotSent("stale", f"The token of this account is renewed all the time. {ASK_AGAIN}")

    def _renew(self, cr, stale, fetch):
        """In one transaction, and in one at a time."""
        # not logged where it fails: the values are secret
        execute = partial(cr.execute, log_exceptions=False)
        execute(
            SQL(
                "INSERT INTO l10n_mx_facture_token (account_id, owner) VALUES (%s, %s) "
                "ON CONFLICT (account_id, owner) DO NOTHING",
                *(self._account_id, self._owner_hash),
            )
        )
        stored = self._read(cr, for_update=True)
        renewed = stored and not (stale and stored.access == stale.access)
        if renewed and stored.is_valid(time.time()):
            return stored
        token = fetch(stored)
        execute(
            SQL(
                "UPDATE l10n_mx_facture_token SET access = %s, refresh = %s, expires = %s "
                "WHERE account_id = %s AND owner = %s",
                *(token.access, token.refresh, token.expires, self._account_id, self._owner_hash),
            )
        )
        return token

    def _read(self, cr, for_update=False):
        """:return: the Token that is stored for these credentials, or None"""
        cr.execute(
            SQL(
                "SELECT access, refresh, expires FROM l10n_mx_facture_token WHERE account_id = %s AND owner = %s %s",
                *(self._account_id, self._owner_hash, SQL("FOR UPDATE") if for_update else SQL()),
            ),
            log_exceptions=False,
        )
        access, *rest = cr.fetchone() or (None,)
        return Token(access, *rest) if access else None

    @contextmanager
    def _cursor(self):
        if self._shared_cr:
            yield self._shared_cr
            return
        with self._registry.cursor() as cr:
            cr.execute(SQL("SET LOCAL lock_timeout = %s", f"{PATIENCE}s"))
            yield cr


def owner_of(account):
    """:return: hash of the credentials with which an account's token is bought"""
    return hashlib.sha256(json.dumps([account.sudo()[name] or "" for name in BOUGHT_WITH]).encode()).hexdigest()
