"""What the tests of divergences share."""

from odoo import SUPERUSER_ID


class DiscrepancyMixin:
    """What the scheduled actions do at night, and which divergences are open then."""

    def sql(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def night(self):
        """What the scheduled actions do a night later."""
        for table in ("l10n_mx_facture_document", "l10n_mx_facture_received"):
            self.sql(f"UPDATE {table} SET divergence_date = divergence_date - interval '1 day'")
        with self.committing() as env:
            for name in ("cron_divergences", "cron_look_up"):
                cron = self.env.ref(f"l10n_mx_facture.{name}")
                cron.ir_actions_server_id.with_env(env(user=SUPERUSER_ID)).run()
        self.env.invalidate_all()

    def found(self, record, kind):
        """:return: the open discrepancies of this kind about a CFDI"""
        return record.divergence_ids.filtered(lambda one: one.state == "open" and one.kind == kind)
