"""Row locks, so that transactions on the same rows run one after the other.

Odoo's transactions are REPEATABLE READ: what one reads stays as it was when it began. PostgreSQL therefore ends with a
serialization error whoever locks or writes a row that somebody else has changed and committed since. Odoo then repeats
the whole request, or call of a scheduled action, and it sees the change.

The locks are FOR NO KEY UPDATE: new rows may refer to a locked one.
"""

from functools import partial

from psycopg2.errors import SerializationFailure

from odoo.exceptions import LockError
from odoo.tools import SQL

ATTEMPTS = 10


def lock(records, name=None):
    """Lock all of these or raise, without waiting (SKIP LOCKED, and the rows are counted).

    :param name: a name for them in the message, instead of their own
    :raise LockError: a UserError: somebody else holds one of them
    """
    try:
        records.lock_for_update(allow_referencing=True)
    except LockError as error:
        name = name or ", ".join(records.mapped("display_name"))
        raise LockError(records.env._("%s: somebody else is working on it right now.", name)) from error


def lock_free(records, limit=None, reread=None):
    """Lock the records that are not locked by others, in the order of the recordset (SKIP LOCKED).

    :param limit: how many at most
    :param reread: names of the fields to read again after locking; None: all
    :return: the locked ones
    """
    locked = records.try_lock_for_update(allow_referencing=True, limit=limit)
    locked.invalidate_recordset(reread)
    return locked


def lock_with_retry(env, function):
    """Lock; after a conflict, retry in a new transaction, as Odoo does with a whole request.

    Only for what has written nothing yet: a serialization error ends the transaction, and it is rolled back.

    :param function: it only reads and locks
    :return: what it returns
    """
    for _attempt in range(ATTEMPTS):
        try:
            return function()
        except SerializationFailure:
            env.cr.rollback()
    return function()


def lock_free_with_retry(records):
    """:func:`lock_free`, retried in a new transaction after a conflict.

    :return: the locked ones
    """
    return lock_with_retry(records.env, partial(lock_free, records))


def serialize_on(records):
    """Make transactions on the same rows run one after the other: the second one waits, is retried after the conflict,
    and sees what the first one did.

    An UPDATE that changes nothing: who has only waited for a lock would go on with what it saw before.
    """
    if records:
        table = SQL.identifier(records._table)
        records.env.cr.execute(SQL("UPDATE %s SET write_date = write_date WHERE id IN %s", table, tuple(records.ids)))
