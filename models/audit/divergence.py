from datetime import timedelta
from functools import partial

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html, split_every

from ..cancel.notices import ACTIVITIES_AT_MOST
from ..common import sealed
from ..common.actions import notification
from ..common.transactions import durably
from .kinds import KINDS, OURS, SUPPLIERS

ACTIVITY = "mail.mail_activity_data_todo"
PART = 500
# what was looked at within this time belongs to the same round
ROUND = timedelta(hours=20)
# within a click: SAT takes one question a second
AT_ONCE = 10
OWNERS = {OURS: "document_id", SUPPLIERS: "received_id"}


class L10nMxFactureDivergence(models.Model):
    """Something about one CFDI that Odoo, the service and SAT tell differently, until they agree again.

    Who finds it is the rounds that ask SAT, the service and the files; nobody writes it by hand. What agrees again is
    solved by itself, and found anew it is a new row.
    """

    _name = "l10n_mx_facture.divergence"
    _description = "CFDI Discrepancy"
    _inherit = ["l10n_mx_facture.access", "mail.thread", "mail.activity.mixin"]
    _order = "state, date desc, id desc"
    # who has an activity about it may say that it is done
    _mail_post_access = "read"

    kind = fields.Selection(
        [(kind.value, kind.label) for kind in KINDS.values()],
        required=True,
        readonly=True,
        index=True,
    )
    # written in every language by who finds it: many of the facts are gone with the look that brought them
    text = fields.Text("What differs", required=True, readonly=True, translate=True)
    document_id = fields.Many2one(
        "l10n_mx_facture.document", "CFDI", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    received_id = fields.Many2one(
        "l10n_mx_facture.received", "Supplier's CFDI", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    move_id = fields.Many2one("account.move", "Invoice", readonly=True, ondelete="cascade", index=True)
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
        "(kind, coalesce(document_id, 0), coalesce(received_id, 0)) WHERE state = 'open'",
        "This discrepancy is already listed.",
    )

    @api.depends("document_id", "received_id", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for divergence in self:
            # sudo: a list is read, though one of its invoices may not be
            number = divergence.sudo().move_id.name or "/"
            divergence.display_name = f"{number}: {kinds.get(divergence.kind)}"

    def _compute_uuid(self):
        for divergence in self:
            divergence.uuid = divergence._owner().uuid

    @api.depends(
        "kind", "state", "company_id.l10n_mx_facture_on_cancel", "document_id.sat_reading", "document_id.move_id.state"
    )
    def _compute_remedy(self):
        for divergence in self:
            remedy = "open"
            if hasattr(divergence._owner(), f"_remedy_{divergence.kind}"):
                # where the company leaves its invoices to people, there is only one to be opened
                way = divergence.company_id.l10n_mx_facture_on_cancel
                remedy = KINDS[divergence.kind].button or (way if way in ("cancel", "reverse") else "open")
            if divergence.kind == "valid_cancelled" and divergence.document_id._comes_back():
                remedy = "bring_back"
            divergence.remedy = divergence.state == "open" and remedy

    def _owner(self):
        """:return: the CFDI, ours or a supplier's"""
        self.ensure_one()
        return self.document_id or self.received_id

    # -- what the rounds found ------------------------------------------------------------------

    @api.model
    def _find_divergences(self, records):
        """Judge these CFDIs by what the database holds now: what differs is kept, what agrees again is solved.

        :param records: of a model that inherits ``l10n_mx_facture.diverging``
        """
        records = records.sudo().exists()
        if not records:
            return
        for kind, texts in records._divergences().items():
            self._settle(records, kind, texts)
        # the service is asked by its own round; once it is no refusal any more, the question is gone
        self._settle(records.filtered(lambda one: not one._is_refused()), "at_service", {})

    @api.model
    def _settle(self, records, kind, texts):
        """Keep what one look at some CFDIs brought.

        :param records: all that were looked at
        :param kind: what was looked for
        :param texts: dict from those that differ to what :func:`.languages.in_each_language` says of it; the others
            agree
        """
        known = self.sudo().search(
            [("kind", "=", kind), (OWNERS[records._name], "in", records.ids), ("state", "=", "open")]
        ).grouped(OWNERS[records._name])
        for record in records.sudo():
            divergence, told = known.get(record, self.browse()), texts.get(record)
            if divergence and told:
                divergence._reword(told)
            elif divergence:
                divergence._solve()
            elif told:
                self._open(record, kind, told)

    def _reword(self, told):
        """:param told: dict from each language to the sentence"""
        for lang, text in told.items():
            spoken = self.sudo().with_context(lang=lang)
            if spoken.text != text:
                spoken.text = text

    @api.model
    def _open(self, record, kind, told):
        vals = {
            "kind": kind,
            "text": told["en_US"],
            OWNERS[record._name]: record.id,
            "move_id": record.move_id.id,
            "company_id": record.company_id.id,
        }
        try:
            with self.env.cr.savepoint():
                # its first message would say no more than the row
                divergence = self.sudo().with_context(mail_create_nolog=True, lang="en_US").create(vals)
                divergence._reword(told)
        except UniqueViolation:
            # another round has found it at this very moment
            return
        if kind == "tampered":
            divergence._alarm()

    def _solve(self):
        self.sudo().write({"state": "solved", "solved_date": fields.Datetime.now()})
        self.sudo().activity_unlink([ACTIVITY])
        for divergence in self:
            divergence._owner().sudo()._close_told(divergence.kind)

    def _alarm(self):
        """Tell those who set up CFDIs in the company, once."""
        for user in self._administrators():
            mine = [("res_model", "=", self._name), ("user_id", "=", user.id)]
            if self.env["mail.activity"].sudo().search_count(mine, limit=ACTIVITIES_AT_MOST) >= ACTIVITIES_AT_MOST:
                continue
            told = self.with_context(lang=user.lang)
            self.sudo().activity_schedule(
                ACTIVITY,
                summary=told.env._("Stored files of a CFDI were changed"),
                note=plaintext2html(f"{self._owner().display_name}: {told.text}"),
                user_id=user.id,
            )

    def _administrators(self):
        users = self.env.ref("l10n_mx_facture.group_configure").sudo().all_user_ids
        return users.filtered(lambda user: user.active and not user.share and self.company_id in user.company_ids)

    # -- nobody writes it by hand ---------------------------------------------------------------

    @api.model
    def _refresh(self, records):
        """Look again at those of these CFDIs about which something is open: a person may have just mended it."""
        owner = OWNERS[records._name]
        open_ones = self.sudo().search([(owner, "in", records.ids), ("state", "=", "open")])
        if open_ones:
            self._find_divergences(open_ones[owner])

    # -- scheduled ------------------------------------------------------------------------------

    @api.model
    def _cron_divergences(self):
        """Judge all that may differ, and close what agrees again; a round that was broken off goes on from there."""
        cron = self.env["ir.cron"]
        suspects = {name: self._suspects(name) for name in OWNERS}
        cron._commit_progress(remaining=sum(map(len, suspects.values())))
        for name, ids in suspects.items():
            for part in split_every(PART, ids):
                # again on a new snapshot where somebody wrote on one of them meanwhile
                durably(partial(self._judge, self.env[name].sudo().browse(part)), self.env)
                if not cron._commit_progress(len(part)):
                    return

    @api.model
    def _suspects(self, name):
        """:return: ids of what may differ, or did, and this round has not looked at; the longest unseen first"""
        model = self.env[name].sudo()
        open_ones = self.sudo().search([("state", "=", "open"), (OWNERS[name], "!=", False)])
        found = model.search(model._divergence_domain()) | model._divergence_totals() | open_ones[OWNERS[name]]
        since = fields.Datetime.now() - ROUND
        unseen = ["|", ("divergence_date", "=", False), ("divergence_date", "<", since)]
        return model.search([("id", "in", found.ids), *unseen], order="divergence_date NULLS FIRST, id").ids

    @api.model
    def _judge(self, records):
        records = records.exists()
        self._find_divergences(records)
        sealed.write(records, {"divergence_date": fields.Datetime.now()})

    # -- buttons --------------------------------------------------------------------------------

    def action_remedy(self):
        """Do, or open, what mends it."""
        self.ensure_one()
        self.move_id.check_access("write")
        if self.state == "solved":
            raise UserError(self.env._("This is already solved."))
        remedy = getattr(self._owner(), f"_remedy_{self.kind}", None)
        action = remedy() if remedy else self.action_open()
        # Odoo's dialogs and forms are opened; what was done at once is told
        return action if isinstance(action, dict) else self._told()

    def action_look_again(self):
        """Look again now: at the files, at the service or at SAT, whichever tells it."""
        self.move_id.check_access("write")
        if len(self) > AT_ONCE:
            raise UserError(self.env._("Choose at most %s. All of them are checked every night.", AT_ONCE))
        for divergence in self:
            owner, told_by = divergence._owner(), KINDS[divergence.kind].told_by
            if told_by == "files":
                owner._check_integrity()
            elif told_by == "service":
                owner.action_check_at_service()
            elif told_by == "look_up":
                owner.sudo()._look_up_refusal()
            elif told_by == "sat":
                owner._sat_ask_or_raise()
            self._find_divergences(owner)
        return self._told()

    def _told(self):
        self.invalidate_recordset()
        if "open" in self.mapped("state"):
            left = "\n".join(self.filtered(lambda one: one.state == "open").mapped("text"))
            return notification(left, self.env._("Not solved yet"), "warning", sticky=True)
        return notification(self.env._("Solved."))

    def action_open(self):
        """Open the invoice or the bill that it is about."""
        self.ensure_one()
        return self._owner().action_open_move()
