import hashlib
import json
import logging
import time
from contextlib import contextmanager, nullcontext
from functools import partial

from psycopg2 import Error as DatabaseError
from psycopg2.errors import ForeignKeyViolation, LockNotAvailable, SerializationFailure

from odoo import fields, models
from odoo.tools import SQL

from .. import pac
from .durable import can_commit

_logger = logging.getLogger(__name__)

# seconds: what was marked as sent leaves within the time after which it is taken for dead, or not at all
PATIENCE = 20
# with each try one more process has renewed it meanwhile: more than there are at one account
TRIES = 20
ASK_AGAIN = "Nothing was sent; try again."
# of an account: a token serves who has these, and nobody else
BOUGHT_WITH = ("provider", "environment", "base_url", "login", "secret", "client_id", "client_secret")


class L10nMxFactureToken(models.Model):
    """The token of an account. Nobody has access; it is read and written by :class:`AccountKeeper`.

    A row of its own: whoever renews it locks it, whatever happens to the account's row meanwhile.
    """

    _name = "l10n_mx_facture.token"
    _description = "CFDI Service Token"
    _log_access = False

    account_id = fields.Many2one("l10n_mx_facture.account", required=True, ondelete="cascade")
    owner = fields.Char(help="Hash of the credentials with which it was bought: it serves no others.")
    access = fields.Char()
    refresh = fields.Char()
    expires = fields.Float(help="Seconds since 1970.")

    _account_unique = models.UniqueIndex("(account_id)", "An account has one token.")

    def _drop(self, accounts):
        """Delete the tokens that were bought with other credentials than ``accounts`` have now.

        After the commit: until then another process may rightly use them, and a row that is deleted but not committed
        would make this process wait for itself, were it to ask for a token.
        """
        owners = tuple((account.id, owner_of(account)) for account in accounts)
        if can_commit(self.env):
            self.env.cr.postcommit.add(partial(_drop_others, self.env.registry.cursor, owners))
        else:
            _drop_others(lambda: nullcontext(self.env.cr), owners)


def _drop_others(cursor, owners):
    """:param owners: pairs of the id of an account and what :func:`owner_of` says of it"""
    with cursor() as cr:
        for account_id, owner in owners:
            # one that is locked is being renewed, for the new credentials or for nobody any more
            cr.execute(
                SQL(
                    "DELETE FROM l10n_mx_facture_token WHERE id IN (SELECT id FROM l10n_mx_facture_token "
                    "WHERE account_id = %s AND owner != %s FOR UPDATE SKIP LOCKED)",
                    *(account_id, owner),
                )
            )


class AccountKeeper(pac.Keeper):
    """Keeps the token of an account in the database, for all threads, workers and hosts.

    It is made where the account's cursor may be used, and shares no cursor afterwards.
    """

    def __init__(self, account):
        super().__init__()
        self._account_id, self._owner = account.id, owner_of(account)
        self._registry = account.env.registry
        # a test's account is seen by nobody else
        self._shared_cr = None if can_commit(account.env) else account.env.cr
        self._token = self._read(account.env.cr)

    def renew(self, stale, fetch):
        """As :meth:`pac.Keeper.renew`; committed before it is used.

        :raise pac.NotSent: ``no_token``, ``not_saved``, ``stale``, or what ``fetch`` raises
        """
        begun = time.monotonic()
        self._token = self._renewed(stale, fetch)
        if time.monotonic() - begun > PATIENCE:
            # others may have taken us for dead; the token is kept for the next attempt
            raise pac.NotSent("stale", f"The service took too long to give a token. {ASK_AGAIN}")
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
                raise pac.NotSent("stale", f"{text} {ASK_AGAIN}") from None
            except ForeignKeyViolation:
                text = "The account is not committed yet, so that its token can't be kept: save it first."
                raise pac.NotSent("not_saved", text) from None
            except DatabaseError as error:
                _logger.warning("Token of account %s: %s", self._account_id, type(error).__name__)
                raise pac.NotSent("no_token", f"The token could not be kept in the database. {ASK_AGAIN}") from None
        raise pac.NotSent("stale", f"The token of this account is renewed all the time. {ASK_AGAIN}")

    def _renew(self, cr, stale, fetch):
        """In one transaction, and in one at a time."""
        # not logged where it fails: the values are secret
        execute = partial(cr.execute, log_exceptions=False)
        execute(
            SQL(
                "INSERT INTO l10n_mx_facture_token (account_id) VALUES (%s) ON CONFLICT (account_id) DO NOTHING",
                self._account_id,
            )
        )
        stored = self._read(cr, for_update=True)
        renewed = stored and not (stale and stored.access == stale.access)
        if renewed and stored.holds(time.time()):
            return stored
        token = fetch(stored)
        execute(
            SQL(
                "UPDATE l10n_mx_facture_token SET owner = %s, access = %s, refresh = %s, expires = %s "
                "WHERE account_id = %s",
                *(self._owner, token.access, token.refresh, token.expires, self._account_id),
            )
        )
        return token

    def _read(self, cr, for_update=False):
        """:return: the Token that is stored for these credentials, or None"""
        cr.execute(
            SQL(
                "SELECT owner, access, refresh, expires FROM l10n_mx_facture_token WHERE account_id = %s %s",
                *(self._account_id, SQL("FOR UPDATE") if for_update else SQL()),
            ),
            log_exceptions=False,
        )
        owner, *token = cr.fetchone() or (None,)
        return pac.Token(*token) if owner == self._owner else None

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
