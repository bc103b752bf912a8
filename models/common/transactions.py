"""Commits around a call to a service, which can't be rolled back, and the scheduled actions that follow them."""

import logging
import time
from contextlib import nullcontext
from functools import partial

from psycopg2 import DatabaseError, InterfaceError, OperationalError

from odoo import models, modules
from odoo.service.model import retrying

_logger = logging.getLogger(__name__)

# seconds to wait between attempts to reconnect: long enough for a database server to restart
WAITS = (0, 1, 3, 9)


def can_commit(env):
    """Whether the cursor may be committed: always, except the cursor of a test case, which is rolled back."""
    test = modules.module.current_test
    return not (test and env.cr is getattr(test, "cr", None))


def own_cursors(env):
    """:return: function that opens a cursor in a transaction of its own, also from another thread; of a test, whose
        records no other one sees, it gives the test's
    """
    return env.registry.cursor if can_commit(env) else partial(nullcontext, env.cr)


def checkpoint(env):
    """Commit what was written so far, so that other processes see it before something is sent.

    It also ends the transaction: no lock and no snapshot is held during the call that follows.
    """
    if can_commit(env):
        # the ledger must outlive a crash, a retried request or a lost answer
        env.cr.commit()  # pylint: disable=invalid-commit
    else:
        env.flush_all()


def commit_with_retry(func, env):
    """Run ``func`` and commit; retry after a serialization conflict or a lost database connection.

    :param func: a method of a recordset, a function of recordsets, or a partial of these, that only touches the
        database, so that it can be repeated
    :return: what ``func`` returned
    :raise Exception: what ``func`` raised; everything that it wrote is rolled back
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
            # the connection broke during the call to the service: its answer must still be stored
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
            # for a connection that died with the server, the pool raises an error without a code
            connection_lost = isinstance(error, (InterfaceError, OperationalError)) or not error.pgcode
            if not connection_lost or number == len(WAITS):
                raise


def _moved(func, cr):
    """:return: ``func`` on the same records with another cursor"""
    func = partial(func)

    def with_cursor(value):
        if isinstance(value, dict):
            return {with_cursor(key): with_cursor(one) for key, one in value.items()}
        return value.with_env(value.env(cr=cr)) if isinstance(value, models.BaseModel) else value

    method, args = func.func, func.args
    if hasattr(method, "__self__"):
        method, args = method.__func__, (method.__self__, *args)
    return partial(method, *map(with_cursor, args), **func.keywords)


def commit_or_log(func, env, what):
    """Run ``func`` as :func:`commit_with_retry` does, but log a failure instead of raising it.

    :param what: what the log says has failed
    :return: whether it succeeded
    """
    try:
        commit_with_retry(func, env)
    except Exception:  # pylint: disable=broad-except
        # after a stamp no failure of ours may look like a failed stamp
        _logger.exception("%s failed", what)
        return False
    return True


def wake(env, *actions, at=None):
    """Trigger scheduled actions now instead of at their next run.

    :param actions: ends of their XML ids; copies with the same code are triggered too, as each is one more worker
    :param at: UTC datetime to run at instead of now
    """
    known = (env.ref(f"l10n_mx_facture.{action}", raise_if_not_found=False) for action in actions)
    codes = [cron.sudo().code for cron in known if cron]
    for cron in env["ir.cron"].sudo().search([("code", "in", codes)]):
        cron._trigger(at)


def wake_queue(env, at=None):
    """Trigger the workers of the queue, now or ``at`` a UTC datetime."""
    wake(env, "cron_stamp", "cron_queue", at=at)
