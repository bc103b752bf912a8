import logging
from datetime import datetime, timedelta
from functools import partial

from odoo import api, fields, models

from ..common.languages import in_company_language
from ..common.locks import lock_free, lock_with_retry
from ..common.transactions import checkpoint
from .gate import LONG_MAX_WAIT

_logger = logging.getLogger(__name__)

# a worker claims a record for this time; after a crash, others may claim it then
LEASE = timedelta(minutes=5)
# number of due records to search for one that no other worker holds
WINDOW = 20


class L10nMxFactureSatStatus(models.AbstractModel):
    """Scheduled queries: due CFDIs in order of urgency, as long as time and SAT allow."""

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
        """Send pending notices, then ask SAT about the due CFDIs."""
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
        while not gate._is_paused() and (record := self._sat_claim()):
            record._sat_ask_or_log()
            if not cron._commit_progress(1):
                return
        # the remaining ones wait for the end of the pause
        cron._commit_progress(remaining=0)

    @api.model
    def _sat_claim(self):
        """Claim the most urgent due record that no other worker holds; commit the claim.

        :return: the record, or None
        """
        for urgency in range(3):
            for model in self._sat_models_by_wait(urgency):
                if record := lock_with_retry(self.env, partial(model._sat_lease, urgency)):
                    checkpoint(self.env)
                    # stored texts are in the company's language
                    return in_company_language(record)
        return None

    @api.model
    def _sat_models_by_wait(self, urgency):
        """:return: models with due records, the longest waiting first, so that each gets its turn"""
        first_due = []
        for model in self._sat_models():
            domain = [*model._sat_due_domain(), *model._sat_urgencies()[urgency]]
            if first := model.search(domain, order="sat_next_date, id", limit=1):
                first_due.append((first.sat_next_date or datetime.max, model))
        return [model for _date, model in sorted(first_due, key=lambda pair: pair[0])]

    @api.model
    def _sat_lease(self, urgency):
        """:return: a due record, locked and postponed; empty if there is none"""
        domain = [*self._sat_due_domain(), *self._sat_urgencies()[urgency]]
        due = self.search(domain, order="sat_next_date, id", limit=WINDOW)
        # another worker may have asked between the search and the lock
        record = lock_free(due, limit=1).filtered_domain(domain)
        record._sat_postpone(LEASE)
        return record

    def _sat_ask_or_log(self):
        """Ask SAT; an exception is logged, so that the round goes on."""
        try:
            self._sat_ask(LONG_MAX_WAIT)
        except Exception:  # pylint: disable=broad-except
            _logger.exception("SAT's word on %s could not be stored", self)
            self.env.cr.rollback()
