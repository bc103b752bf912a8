from datetime import timedelta
from functools import partial

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import plaintext2html, split_every

from ..cancel.notices import MAX_ACTIVITIES
from ..common import protected
from ..common.access import users_of
from ..common.transactions import commit_with_retry
from .kinds import KINDS, OURS, SUPPLIERS, SUPPLIERS_RECEIPTS

ACTIVITY = "mail.mail_activity_data_todo"
PART = 500
# records checked within this time belong to the same round
ROUND = timedelta(hours=20)
OWNERS = {OURS: "document_id", SUPPLIERS: "received_id", SUPPLIERS_RECEIPTS: "received_rep_id"}


class L10nMxFactureDivergence(models.Model):
    """A discrepancy: a fact of one CFDI on which Odoo, the service, SAT and the stored files disagree, until they
    agree.

    Rows are created by the scheduled checks, never by hand, and solved automatically. If the discrepancy comes back, it
    gets a new row. The technical name (divergence) is older and stays, as databases have it.
    """

    _name = "l10n_mx_facture.divergence"
    _description = "CFDI Discrepancy"
    _inherit = ["l10n_mx_facture.owned", "l10n_mx_facture.access", "mail.thread", "mail.activity.mixin"]
    _order = "state, date desc, id desc"
    # users with an activity on it may mark that as done
    _mail_post_access = "read"

    kind = fields.Selection(
        [(kind.value, kind.label) for kind in KINDS.values()],
        required=True,
        readonly=True,
        index=True,
    )
    # written in all languages when it is found, as the facts are not stored
    text = fields.Text("What differs", required=True, readonly=True, translate=True)
    document_id = fields.Many2one(
        "l10n_mx_facture.document", "CFDI", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    received_id = fields.Many2one(
        "l10n_mx_facture.received", "Supplier's CFDI", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    received_rep_id = fields.Many2one(
        "l10n_mx_facture.received.rep", "Supplier's receipt of payment", readonly=True, ondelete="cascade",
        index="btree_not_null",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    uuid = fields.Char("UUID", compute="_compute_uuid")
    date = fields.Datetime("Found on", required=True, readonly=True, default=fields.Datetime.now)
    state = fields.Selection(
        [("open", "Not solved"), ("solved", "Solved")], required=True, readonly=True, default="open", index=True
    )
    solved_date = fields.Datetime("Solved on", readonly=True)
    remedy = fields.Char(
        "Button", compute="_compute_remedy", compute_sudo=True, help="Technical: what the button does."
    )

    _open_unique = models.UniqueIndex(
        "(kind, coalesce(document_id, 0), coalesce(received_id, 0), coalesce(received_rep_id, 0), "
        "(CASE WHEN coalesce(document_id, received_id, received_rep_id) IS NULL THEN move_id ELSE 0 END)) "
        "WHERE state = 'open'",
        "This discrepancy is already listed.",
    )

    @api.depends("document_id", "received_id", "received_rep_id", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for divergence in self:
            # sudo: a list must load even if the user can't read one of the invoices
            one = divergence.sudo()
            number = one.received_rep_id.display_name or one._owner().name or "/"
            divergence.display_name = f"{number}: {kinds.get(divergence.kind)}"

    def _compute_uuid(self):
        for divergence in self:
            divergence.uuid = divergence._cfdi().uuid or divergence.sudo().move_id.l10n_mx_facture_removed_uuid

    @api.depends(
        "kind", "state", "company_id.l10n_mx_facture_on_cancel", "document_id.sat_reading", "document_id.move_id.state"
    )
    def _compute_remedy(self):
        for divergence in self:
            remedy = "open"
            if divergence.kind == "removed" or hasattr(divergence._cfdi(), f"_fix_{divergence.kind}"):
                # without automatic cancellation, the button opens the invoice
                way = divergence.company_id.l10n_mx_facture_on_cancel
                remedy = KINDS[divergence.kind].button or (way if way in ("cancel", "reverse") else "open")
            if divergence.kind == "valid_cancelled" and divergence.document_id._can_be_reposted():
                remedy = "bring_back"
            divergence.remedy = divergence.state == "open" and remedy

    def _cfdi(self):
        """:return: the CFDI, ours or a supplier's; empty where it is about a bill without one"""
        self.ensure_one()
        return self.document_id or self.received_id or self.received_rep_id

    # -- results of checks ----------------------------------------------------------------------

    @api.model
    def _find_discrepancies(self, records):
        """Check these CFDIs by the data in the database: store new discrepancies, solve those that are gone.

        :param records: of a model that inherits ``l10n_mx_facture.diverging``
        """
        records = records.sudo().exists()
        if not records:
            return
        for kind, texts in records._discrepancies().items():
            self._settle(records, kind, texts)
        # `at_service` is found by another check, and solved here when the CFDI is no longer refused
        self._settle(records.filtered(lambda one: not one._is_refused()), "at_service", {})

    @api.model
    def _settle(self, records, kind, texts):
        """Store the result of one check.

        :param records: all CFDIs that were checked
        :param kind: the kind of discrepancy that was checked
        :param texts: dict from CFDIs with a discrepancy to the result of :func:`.languages.in_each_language`; the
            others have none
        """
        open_rows = self.sudo().search(
            [("kind", "=", kind), (OWNERS[records._name], "in", records.ids), ("state", "=", "open")]
        ).grouped(OWNERS[records._name])
        for record in records.sudo():
            divergence, translations = open_rows.get(record, self.browse()), texts.get(record)
            if divergence and translations:
                divergence._update_text(translations)
            elif divergence:
                divergence._solve()
            elif translations:
                self._open(record, kind, translations)

    def _update_text(self, translations):
        """:param translations: dict from language to text"""
        for lang, text in translations.items():
            translated = self.sudo().with_context(lang=lang)
            if translated.text != text:
                translated.text = text

    @api.model
    def _open(self, record, kind, translations):
        vals = {
            "kind": kind,
            "text": translations["en_US"],
            OWNERS[record._name]: record.id,
            **record._discrepancy_owner_vals(),
            "company_id": record.company_id.id,
        }
        try:
            with self.env.cr.savepoint():
                # a creation message would only repeat the row
                divergence = self.sudo().with_context(mail_create_nolog=True, lang="en_US").create(vals)
                divergence._update_text(translations)
        except UniqueViolation:
            # another process has created it at the same time
            return
        if kind == "tampered":
            divergence._notify_administrators()

    def _solve(self):
        self.sudo().write({"state": "solved", "solved_date": fields.Datetime.now()})
        self.sudo().activity_unlink([ACTIVITY])
        for divergence in self:
            divergence._cfdi().sudo()._close_kind_activities(divergence.kind)

    def _notify_administrators(self):
        """Create an activity for each user who may configure CFDIs in the company."""
        for user in self._administrators():
            existing = [("res_model", "=", self._name), ("user_id", "=", user.id)]
            if self.env["mail.activity"].sudo().search_count(existing, limit=MAX_ACTIVITIES) >= MAX_ACTIVITIES:
                continue
            translated = self.with_context(lang=user.lang)
            self.sudo().activity_schedule(
                ACTIVITY,
                summary=translated.env._("Stored files of a CFDI were changed"),
                note=plaintext2html(f"{self._cfdi().display_name}: {translated.text}"),
                user_id=user.id,
            )

    def _administrators(self):
        return users_of(self.env, "configure", self.company_id)

    # -- protection -----------------------------------------------------------------------------

    @api.model
    def _refresh(self, records):
        """Check these CFDIs again if they have open discrepancies: a user may have just corrected one."""
        owner = OWNERS[records._name]
        open_ones = self.sudo().search([(owner, "in", records.ids), ("state", "=", "open")])
        if open_ones:
            self._find_discrepancies(open_ones[owner])

    # -- scheduled ------------------------------------------------------------------------------

    @api.model
    def _cron_divergences(self):
        """Check all CFDIs that may have discrepancies. An interrupted round continues."""
        cron = self.env["ir.cron"]
        suspects = {name: self._suspects(name) for name in OWNERS}
        cron._commit_progress(remaining=sum(map(len, suspects.values())))
        commit_with_retry(partial(self._find_removed, self._removed_suspects()), self.env)
        for name, ids in suspects.items():
            for part in split_every(PART, ids):
                # retried in a new transaction if one of them was changed meanwhile
                commit_with_retry(partial(self._judge, self.env[name].sudo().browse(part)), self.env)
                if not cron._commit_progress(len(part)):
                    return

    @api.model
    def _suspects(self, name):
        """:return: ids of CFDIs that may have discrepancies, or have open ones, and were not checked in this round; the
            oldest check first
        """
        model = self.env[name].sudo()
        open_ones = self.sudo().search([("state", "=", "open"), (OWNERS[name], "!=", False)])
        found = model.search(model._discrepancy_domain()) | model._discrepancy_totals() | open_ones[OWNERS[name]]
        found |= model._discrepancy_parties_suspects()
        since = fields.Datetime.now() - ROUND
        unseen = ["|", ("divergence_date", "=", False), ("divergence_date", "<", since)]
        return model.search([("id", "in", found.ids), *unseen], order="divergence_date NULLS FIRST, id").ids

    @api.model
    def _judge(self, records):
        records = records.exists()
        self._find_discrepancies(records)
        protected.write(records, {"divergence_date": fields.Datetime.now()})
