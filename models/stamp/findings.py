import hashlib

from odoo import fields, models
from odoo.tools import SQL

from ..common.problem import Problem
from ..common.states import UNSENT_STATES
from ..invoice.guard import CFDI_FIELDS
from ..invoice.line import CFDI_FIELDS as CFDI_FIELDS_OF_LINE

# context key of core's Confirm button and its dialogs; batches, imports and code don't have it
BY_BUTTON = "validate_analytic"
ALSO_OF_MOVE = {"state", "amount_total", "reversed_entry_id", "l10n_mx_facture_undoes_id"}
ALSO_OF_LINE = {"sequence", "display_type", "price_total"}
PLAIN_TYPES = {"boolean", "char", "date", "datetime", "float", "integer", "many2one", "selection", "text"}
NOT_OF_PARTNER = {"customer_rank", "supplier_rank", "write_date", "write_uid"}
OF_ACCOUNT = {"active", "provider", "environment"}


class AccountMove(models.Model):
    """Stores the findings of an invoice's last check, so that opening its form builds nothing.

    An invoice is checked when findings can change and a user waits: Confirm, saving a posted invoice, Check CFDI, a
    refused Stamp. A fingerprint shows whether other records have changed since.
    """

    _inherit = "account.move"

    l10n_mx_facture_findings = fields.Json(
        "What keeps it from being stamped",
        readonly=True,
        copy=False,
        groups="l10n_mx_facture.group_stamp",
        help="Technical: what the last check found, with its day, its language and a fingerprint of what it looked at.",
    )

    def _l10n_mx_facture_check_confirmed(self):
        """Check an invoice that a user has just confirmed."""
        if self.env.context.get(BY_BUTTON):
            self._l10n_mx_facture_find_missing()

    def _l10n_mx_facture_check_saved(self):
        """:return: whether the findings of an invoice that a user has just saved have changed"""
        before = self.sudo().mapped("l10n_mx_facture_findings")
        self._l10n_mx_facture_find_missing()
        return self.sudo().mapped("l10n_mx_facture_findings") != before

    def _l10n_mx_facture_find_missing(self):
        """Check one invoice that waits for its stamp, if the user may stamp it."""
        if len(self) == 1 and self._l10n_mx_facture_waits() and self._l10n_mx_facture_has_account():
            self._l10n_mx_facture_build()

    def _l10n_mx_facture_waits(self):
        """:return: whether it can be stamped by its state, and the user may stamp"""
        self.ensure_one()
        return (
            self.state == "posted"
            and self.l10n_mx_facture_applies
            and self.l10n_mx_facture_state in UNSENT_STATES
            and self.env.user.has_group("l10n_mx_facture.group_stamp")
        )

    def _l10n_mx_facture_has_account(self):
        """:return: whether the company of this invoice, or one above it, has an account with a service"""
        domain = [("company_id", "parent_of", self.company_id.id)]
        return bool(self.env["l10n_mx_facture.account"].sudo().search_count(domain, limit=1))

    def _l10n_mx_facture_build(self):
        """As ``_build`` of ``l10n_mx_facture.cfdi``; the problems of a posted invoice are stored."""
        built, problems = self.env["l10n_mx_facture.cfdi"]._build(self)
        if self.state == "posted" and (problems or self.sudo().l10n_mx_facture_findings) and self.has_access("write"):
            self._l10n_mx_facture_keep_findings(problems)
        return built, problems

    def _l10n_mx_facture_keep_findings(self, problems):
        """:param problems: list of :class:`~..common.problem.Problem`; empty where nothing is missing"""
        kept = None
        if problems:
            found = [(problem.text, problem.record if problem.record else self, problem.field) for problem in problems]
            kept = {
                "date": fields.Date.to_string(self._l10n_mx_facture_issued_today()),
                "lang": self.env.lang or "en_US",
                "found": [
                    {"text": text, "record_model": record._name, "record_id": record.id, "field": field}
                    for text, record, field in found
                ],
            }
            kept["fingerprint"] = self._l10n_mx_facture_fingerprint(kept["found"])
        if kept == self.sudo().l10n_mx_facture_findings:
            return
        # written by SQL: a check must not change the write date or recompute fields
        value = self._fields["l10n_mx_facture_findings"].convert_to_column(kept, self)
        self.env.cr.execute(SQL("UPDATE account_move SET l10n_mx_facture_findings = %s WHERE id = %s", value, self.id))
        self.invalidate_recordset(["l10n_mx_facture_findings", "alerts"], flush=False)

    def _l10n_mx_facture_issued_today(self):
        """:return: the date at the place of issue, if that is known"""
        return self._l10n_mx_facture_today() if self.l10n_mx_facture_branch_id.tz else fields.Date.context_today(self)

    # -- what may have changed since -----------------------------------------------------------------

    def _l10n_mx_facture_fingerprint(self, found):
        """:param found: list of dicts with the keys ``record_model`` and ``record_id``
        :return: text that changes when data changes that a check reads
        """
        self.ensure_one()
        move = self.sudo().with_context(active_test=False)
        account = move.l10n_mx_facture_branch_id.account_id
        parts = [
            _values(move, CFDI_FIELDS | ALSO_OF_MOVE),
            _values(move.invoice_line_ids, CFDI_FIELDS_OF_LINE | ALSO_OF_LINE),
            _values(account, OF_ACCOUNT),
        ]
        named = {}
        for one in found:
            named.setdefault(one["record_model"], set()).add(one["record_id"])
        records = [self.env[name].sudo().browse(ids - set(move.ids)).exists() for name, ids in sorted(named.items())]
        for one in [*move._l10n_mx_facture_checked_records(), *records]:
            # Odoo counts a contact's invoices right after Confirm: that changes the contact, and nothing of its CFDIs
            parts.append(_values(one, _fields_of_partner(one) if one._name == "res.partner" else {"write_date"}))
            if one._name == "account.move":
                parts.append(_values(one.l10n_mx_facture_document_id, {"state"}))
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def _l10n_mx_facture_checked_records(self):
        """What a check reads besides the invoice and its lines. Called as superuser.

        Extend it where your module adds to the CFDI from other records.

        :return: list of recordsets
        """
        lines, branch = self.invoice_line_ids, self.l10n_mx_facture_branch_id
        categories = lines.product_id.categ_id
        paths = {int(number) for category in categories for number in category.parent_path.split("/")[:-1]}
        relations = self.l10n_mx_facture_relation_ids
        # other invoices that name the same CFDIs
        others = relations and relations.search([("uuid", "in", relations.mapped("uuid"))])
        partners = self.partner_id | self.commercial_partner_id | self.l10n_mx_facture_address_id
        partners |= self.company_id._l10n_mx_facture_taxpayer()
        third_parties = lines.l10n_mx_facture_third_party_id
        return [
            partners | third_parties | third_parties.commercial_partner_id,
            self.journal_id,
            branch | self.journal_id.l10n_mx_facture_branch_ids,
            branch.account_id.code_ids,
            lines.product_id,
            lines.product_id.product_tmpl_id,
            categories.browse(sorted(paths)),
            lines.product_uom_id,
            lines.tax_ids.flatten_taxes_hierarchy(),
            others,
            others.move_id,
            relations.document_id.move_id,
            self.l10n_mx_facture_made_for_id.move_id,
            self._l10n_mx_facture_live_of_same_sale(),
            *self._l10n_mx_facture_rates().values(),
        ]

    # -- on top of the form --------------------------------------------------------------------------

    def _l10n_mx_facture_finding_alerts(self):
        """:return: dict of alerts: the stored problems that keep the invoice from being stamped

        An invoice that was never checked (an import, a batch) has none: Stamp reports its problems before it sends
        anything.
        """
        kept = self.sudo().l10n_mx_facture_findings
        if not kept or not self._l10n_mx_facture_waits():
            return {}
        found, day = kept["found"], kept["date"]
        if day != fields.Date.to_string(self._l10n_mx_facture_issued_today()):
            text = self.env._("The CFDI was last checked on %s: check it again.", day)
        elif kept["fingerprint"] != self._l10n_mx_facture_fingerprint(found):
            text = self.env._("Something has changed since the CFDI was checked: check it again.")
        elif kept["lang"] != (self.env.lang or "en_US"):
            text = self.env._("To correct before it can be stamped, by the last check: %s.", len(found))
        else:
            alerts = (problem.alert(self.env, shown_on=self) for problem in self._l10n_mx_facture_problems(found))
            return {f"l10n_mx_facture_{number}": alert for number, alert in enumerate(alerts)}
        alert = {"level": "warning", "message": text, "action_text": self.env._("Check CFDI")}
        # it stores its findings, and the form is reloaded
        alert["action_call"] = (self._name, "action_l10n_mx_facture_check", self.ids)
        return {"l10n_mx_facture_check": alert}

    def _l10n_mx_facture_rate_alerts(self):
        """:return: dict of alerts: the exchange rate that would be stamped, and what is odd about it"""
        if not self.l10n_mx_facture_rate_text or not self._l10n_mx_facture_waits():
            return {}
        Cfdi = self.env["l10n_mx_facture.cfdi"]
        if problems := Cfdi._check_rates(self):
            # after a check they are among the findings
            found, alerts = [] if self.sudo().l10n_mx_facture_findings else problems, []
        else:
            found = Cfdi._rate_warnings(self)
            text = self.env._("It will be stamped with the exchange rate %s.", self.l10n_mx_facture_rate_text)
            alerts = [{"level": "info", "message": text}]
        alerts += [problem.alert(self.env, shown_on=self) for problem in found]
        return {f"l10n_mx_facture_rate_{number}": alert for number, alert in enumerate(alerts)}

    def _l10n_mx_facture_problems(self, found):
        """:return: list of problems from stored findings, with their records read together"""
        ids = {}
        for one in found:
            ids.setdefault(one["record_model"], []).append(one["record_id"])
        return [
            Problem(
                one["text"],
                self.env[one["record_model"]].browse(one["record_id"]).with_prefetch(prefetch),
                field=one.get("field"),
            )
            for one in found
            for prefetch in [ids[one["record_model"]]]
        ]


def _values(records, names):
    """:return: list of the values of these fields for each record"""
    return [(record.id, [_plain(record[name]) for name in sorted(names)]) for record in records]


def _fields_of_partner(partners):
    """:return: names of the fields with a plain value in the row, but for counters and times"""
    return {
        name
        for name, field in partners._fields.items()
        if field.store and field.type in PLAIN_TYPES and not field.translate and not field.company_dependent
    } - NOT_OF_PARTNER


def _plain(value):
    return value.ids if isinstance(value, models.BaseModel) else value
