"""What must survive whatever comes next: the commits around a call that can't be undone."""

from odoo import modules
from odoo.service.model import retrying


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
    """
    if can_commit(env):
        return retrying(func, env)
    result = func()
    env.flush_all()
    return result
