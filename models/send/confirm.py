import logging
from datetime import timedelta
from functools import partial

from odoo import fields, models

from ..common.access import is_of_group
from ..common.transactions import can_commit, wake_queue
from ..stamp.findings import BY_BUTTON

_logger = logging.getLogger(__name__)

# context key: a person confirms, or Odoo posts what a person has planned; other code that posts doesn't have it
CONFIRMED = "l10n_mx_facture_confirmed"
# the queue sends what the process that confirmed didn't
SAFETY = timedelta(minutes=3)


class AccountMove(models.Model):
    """Confirm stamps, where the company wants that.

    The transaction that posts may still be rolled back. So it only puts the invoices into the queue, and nothing is
    sent before it is committed.
    """

    _inherit = "account.move"

    def _l10n_mx_facture_stamp_confirmed(self):
        """Stamp invoices that were just posted, if nothing is missing: one at once, many by a run."""
        context = self.env.context
        if not (context.get(CONFIRMED) or context.get(BY_BUTTON)) or not is_of_group(self.env, "stamp"):
            return
        moves = self.filtered(
            lambda move: move.state == "posted"
            and move.company_id.l10n_mx_facture_auto_stamp
            and move.l10n_mx_facture_applies
            and not move.l10n_mx_facture_state
            and not move._l10n_mx_facture_is_ticket()
            and move._l10n_mx_facture_has_account()
        )
        if not moves:
            return
        self.env["l10n_mx_facture.cfdi"]._prefetch(moves)
        # stored with the invoice, and told on top of its form
        refused = {move: problems for move in moves if (problems := move._l10n_mx_facture_judge()[0])}
        ready = moves - moves.browse().concat(*refused)
        if len(moves) > 1 and ready:
            self.env["l10n_mx_facture.run"]._start(ready, refused)
        elif ready:
            ready._l10n_mx_facture_stamp_after_commit()

    def _l10n_mx_facture_stamp_after_commit(self):
        """Queue one invoice, and stamp it as soon as this transaction is committed, if a person waits for it."""
        documents = self.env["l10n_mx_facture.document"]
        documents._create_queued(self, documents.run_id)
        if not self.env.context.get(BY_BUTTON):
            wake_queue(self.env)
            return
        wake_queue(self.env, fields.Datetime.now() + SAFETY)
        self.env.cr.postcommit.add(partial(self._l10n_mx_facture_stamp_committed, self.env))

    def _l10n_mx_facture_stamp_committed(self, env):
        """Stamp, with a cursor of its own: that of the request is done with its work."""
        if not can_commit(env):
            return
        try:
            with env.registry.cursor() as cr:
                documents, _refusals = self.with_env(env(cr=cr))._l10n_mx_facture_stamp_now()
                documents._after_stamp()
        except Exception:  # pylint: disable=broad-except
            # it is confirmed whatever happens here; the queue tries again
            _logger.exception("%s was confirmed, and could not be stamped at once", self)
