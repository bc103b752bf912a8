import logging
from datetime import datetime, timedelta
from functools import partial

from odoo import api, fields, models

from ..common.languages import in_company_language
from ..common.locks import lock_anew, lock_free
from ..common.transactions import checkpoint
from .gate import LONG_PATIENCE

_logger = logging.getLogger(__name__)

# who has taken a record to ask about it answers for it so long; a process that died gives it back by that
LEASE = timedelta(minutes=5)
# other workers hold the first ones that are due: so many are looked through for a free one
WINDOW = 20


class L10nMxFactureSatStatus(models.AbstractModel):
    """The scheduled round: who is due is asked about, the urgent ones first, while time and SAT allow it."""

    _inherit = "l10n_mx_facture.sat_status"

    @api.model
    def _sat_models(self):
        """:return: the models of CFDIs whose status is asked for, each as an empty recordset"""
        names = self.env.registry["l10n_mx_facture.sat_status"]._inherit_children
        return [self.env[name].sudo() for name in sorted(names) if not self.env[name]._abstract]

    @api.model
    def _sat_due_domain(self):
        due = ["|", ("sat_next_date", "=", False), ("sat_next_date", "<=", fields.Datetime.now())]
        return [*self._sat_domain(), *due]

    @api.model
    def _cron_sat_status(self):
        """Tell what was left untold, ask SAT about who is due."""
        cron = self.env["ir.cron"]
        sources = self._sat_models()
        cron._commit_progress(remaining=sum(model.search_count(model._sat_due_domain()) for model in sources))
        for model in sources:
            if not model._sat_prepare_round():
                return
        self._sat_round()

    @api.model
    def _sat_prepare_round(self):
        """What a model does before SAT is asked.

        :return: whether there is time left
        """
        return True

    @api.model
    def _sat_round(self):
        cron, gate = self.env["ir.cron"], self.env["l10n_mx_facture.sat_gate"]._get()
        while not gate._is_held() and (record := self._sat_take()):
            record._sat_ask_alone()
            if not cron._commit_progress(1):
                return
        # who is left waits until SAT is asked again: nothing is to be done for them now
        cron._commit_progress(remaining=0)

    @api.model
    def _sat_take(self):
        """Take the most urgent record that is due and that nobody else holds; committed, so that nobody asks twice.

        :return: the record, or None
        """
        for urgency in range(3):
            for model in self._sat_models_by_wait(urgency):
                if record := lock_anew(self.env, partial(model._sat_lease, urgency)):
                    checkpoint(self.env)
                    # what is kept of the answer is read by the company's people
                    return in_company_language(record)
        return None

    @api.model
    def _sat_models_by_wait(self, urgency):
        """:return: the models that have a record due, whose first one waits longest first: none starves the other"""
        heads = []
        for model in self._sat_models():
            domain = [*model._sat_due_domain(), *model._sat_urgencies()[urgency]]
            if head := model.search(domain, order="sat_next_date, id", limit=1):
                heads.append((head.sat_next_date or datetime.max, model))
        return [model for _date, model in sorted(heads, key=lambda pair: pair[0])]

    @api.model
    def _sat_lease(self, urgency):
        """:return: a record that is due, locked and put off; an empty recordset where there is none"""
        domain = [*self._sat_due_domain(), *self._sat_urgencies()[urgency]]
        due = self.search(domain, order="sat_next_date, id", limit=WINDOW)
        # another worker may have asked between the search and the lock
        record = lock_free(due, limit=1).filtered_domain(domain)
        record._sat_put_off(LEASE)
        return record

    def _sat_ask_alone(self):
        """Ask; one at which we ourselves fail doesn't hold up the others."""
        try:
            self._sat_ask(LONG_PATIENCE)
        except Exception:  # pylint: disable=broad-except
            _logger.exception("SAT's word on %s could not be stored", self)
            self.env.cr.rollback()
