"""What must survive whatever comes next: the commits around a call that can't be undone."""

import logging
import time
from functools import partial

from psycopg2 import DatabaseError, InterfaceError, OperationalError

from odoo import models, modules
from odoo.service.model import retrying

_logger = logging.getLogger(__name__)

# seconds to wait for a new connection, between attempts: a database server that is restarted is back by then
WAITS = (0, 1, 3, 9)


def can_commit(env):
    """Whether the cursor may be committed: always, but for the cursor that a test case rolls back."""
    test = modules.module.current_test
    return not (test and env.cr is getattr(test, "cr", None))


def checkpoint(env):
    """Commit what was written so far, so that it is known to everybody before something leaves.

    It also ends the transaction: no lock and no snapshot is held during the call that follows.
    """
    if can_commit(env):
        # the ledger must outlive a crash, a retried request or a lost answer
        env.cr.commit()  # pylint: disable=invalid-commit
    else:
        env.flush_all()


def durably(func, env):
    """Run ``func`` and commit what it wrote; run it again if the database asks for it, or was away.

    :param func: a method of a recordset, a function of recordsets, or a partial of these, that only touches the
        database, so that it can be repeated
    :return: what ``func`` returned
    :raise Exception: what ``func`` raised; nothing of what it wrote stays
    """
    if not can_commit(env):
        with env.cr.savepoint():
            return func()
    try:
        return retrying(func, env)
    except Exception:
        try:
            env.cr.rollback()
        except (InterfaceError, OperationalError):
            # the connection broke while the service was asked: its answer must not be lost for that
            return _on_new_connection(func, env)
        raise


def _on_new_connection(func, env):
    _logger.warning("The database connection is gone: %s on a new one", func)
    for number, seconds in enumerate(WAITS, start=1):
        time.sleep(seconds)
        try:
            with env.registry.cursor() as cr:
                return retrying(_moved(func, cr), env(cr=cr))
        except (InterfaceError, DatabaseError) as error:
            # the pool tells a connection that died with the server as an error without a code
            gone = isinstance(error, (InterfaceError, OperationalError)) or not error.pgcode
            if not gone or number == len(WAITS):
                raise


def _moved(func, cr):
    """:return: ``func`` on the same records, read and written by another cursor"""
    func = partial(func)

    def moved(value):
        if isinstance(value, dict):
            return {moved(key): moved(one) for key, one in value.items()}
        return value.with_env(value.env(cr=cr)) if isinstance(value, models.BaseModel) else value

    method, args = func.func, func.args
    if hasattr(method, "__self__"):
        method, args = method.__func__, (method.__self__, *args)
    return partial(method, *map(moved, args), **func.keywords)


def alone(func, env, what):
    """Run ``func`` as :func:`durably` does, but let it fail alone: what was committed before stays true.

    :param what: for the log, what could not be done
    :return: whether it succeeded
    """
    try:
        durably(func, env)
    except Exception:  # pylint: disable=broad-except
        # after a stamp no failure of ours may look like a failed stamp
        _logger.exception("%s failed", what)
        return False
    return True
