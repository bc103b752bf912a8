import hashlib
import json
import logging
import time
from functools import partial

from psycopg2 import Error as DatabaseError
from psycopg2.errors import ForeignKeyViolation, LockNotAvailable, SerializationFailure

from odoo import fields, models
from odoo.tools import SQL

from ...pac.errors import NotSent
from ...pac.wire.tokens import Token, TokenStore
from ..common.transactions import own_cursors

_logger = logging.getLogger(__name__)

# seconds; longer than that, other processes may count the call as dead, so nothing is sent any more
MAX_WAIT = 20
# each retry means that another process renewed the token: more than ever use one account
TRIES = 20
ASK_AGAIN = "Nothing was sent; try again."
# fields of an account; a token is only valid for the same values
CREDENTIAL_FIELDS = ("provider", "environment", "base_url", "login", "secret", "client_id", "client_secret")


class L10nMxFactureToken(models.Model):
    """The tokens of an account. Nobody has access; they are read and written by :class:`AccountTokenStore`.

    A separate table, so that renewing a token doesn't lock the account. One row for each set of credentials: the
    service gives only three tokens, so after a mistyped password is corrected, the old token is used again.
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


class AccountTokenStore(TokenStore):
    """Stores the token of an account in the database, for all threads, workers and hosts.

    Create it in the thread that owns the account's cursor; afterwards it opens cursors of its own.
    """

    def __init__(self, account):
        super().__init__()
        self._account_id, self._owner_hash = account.id, owner_of(account)
        self._cursor = own_cursors(account.env)
        self._token = self._read(account.env.cr)

    def renew(self, stale, fetch):
        """As :meth:`~..pac.wire.tokens.TokenStore.renew`; committed before it is used.

        :raise NotSent: ``no_token``, ``not_saved``, ``stale``, or what ``fetch`` raises
        """
        started = time.monotonic()
        self._token = self._renewed(stale, fetch)
        if time.monotonic() - started > MAX_WAIT:
            # other processes may count this call as dead; the token is kept for the next attempt
            raise NotSent("stale", f"The service took too long to give a token. {ASK_AGAIN}")
        return self._token

    def _renewed(self, stale, fetch):
        for _try in range(TRIES):
            try:
                with self._cursor() as cr:
                    return self._renew(cr, stale, fetch)
            except SerializationFailure:
                # another process renewed it meanwhile; a new transaction sees it
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
        """In one transaction; the row lock allows one process at a time."""
        # errors are not logged with the query, as its values are secret
        execute = partial(cr.execute, log_exceptions=False)
        execute(SQL("SET LOCAL lock_timeout = %s", f"{MAX_WAIT}s"))
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


def owner_of(account):
    """:return: hash of the credentials with which an account's token is bought"""
    return hashlib.sha256(json.dumps([account.sudo()[name] or "" for name in CREDENTIAL_FIELDS]).encode()).hexdigest()
