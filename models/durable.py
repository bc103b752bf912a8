"""What must survive whatever comes next: the commits around a call that can't be undone."""

import logging

from odoo import modules
from odoo.service.model import retrying

_logger = logging.getLogger(__name__)


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
    """Run ``func`` and commit what it wrote; run it again if the database asks for it.

    :param func: a callable without arguments that only touches the database, so that it can be repeated
    :return: what ``func`` returned
    :raise Exception: what ``func`` raised; nothing of what it wrote stays
    """
    if not can_commit(env):
        with env.cr.savepoint():
            return func()
    try:
        return retrying(func, env)
    except Exception:
        env.cr.rollback()
        raise


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
