from operator import methodcaller

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ...pac.sat.pace import UNTIL_KNOWN
from ..cancel.notices import CANCELLATION, NOT_AT_SAT
from ..common.languages import in_each_language
from ..common.states import STAMPED_STATES

VALID = ("live", "refused")
LISTED = ("listed", "third_party_listed")
# in these SAT said whether the issuer is on the list
ISSUER_TOLD = (*LISTED, "clean")
# what SAT's word left to a person, by the divergence that it is about: types of activities of the invoice
SETTLES = {"cancelled_posted": CANCELLATION, "not_at_sat": NOT_AT_SAT}
# and news of a bill, which are summaries of activities of this type
NEWS_OF_BILLS = {"cancelled_posted": "cancelled", "efos": "efos"}
ACTIVITY_OF_BILLS = "mail.mail_activity_data_warning"


class L10nMxFactureDiverging(models.AbstractModel):
    """What can be told differently of a CFDI: one method a kind of divergence, judged by what the database holds."""

    _name = "l10n_mx_facture.diverging"
    _description = "CFDI that may diverge"

    divergence_date = fields.Datetime("Compared on", readonly=True, copy=False)
    tampered_text = fields.Text("Changed files", compute="_compute_tampered_text", compute_sudo=True)

    def _compute_tampered_text(self):
        for record in self:
            changed = record.divergence_ids.filtered(lambda one: one.kind == "tampered" and one.state == "open")
            record.tampered_text = "\n".join(changed.mapped("text"))

    def unlink(self):
        # the database would take the rows along, but none of their activities
        self.sudo().divergence_ids.unlink()
        return super().unlink()

    @api.model
    def _divergence_kinds(self):
        """:return: the kinds that are judged here, each by a method ``_divergence_<kind>``"""
        return ("cancelled_posted", "total", "not_at_sat", "efos")

    @api.model
    def _divergence_domain(self):
        """:return: domain of all that may differ; the totals are compared by :meth:`_divergence_totals`"""
        raise NotImplementedError

    @api.model
    def _divergence_totals(self):
        """:return: those whose total may not be the one of the invoice"""
        raise NotImplementedError

    def _divergences(self):
        """:return: dict from each kind to a dict from those of these CFDIs that differ to the sentence that says so, in
            each language
        """
        found = {kind: {} for kind in self._divergence_kinds()}
        for record in self:
            for kind, texts in found.items():
                if told := in_each_language(record, methodcaller(f"_divergence_{kind}")):
                    texts[record] = told
        return found

    def _divergence_not_at_sat(self):
        """SAT knows a stamp within 72 hours."""
        since = self._stamped_since()
        if self.sat_reading != "not_yet_known" or not since or self.sat_date - since < UNTIL_KNOWN:
            return None
        return self.env._(
            "72 hours after its stamp SAT doesn't know it (%s). Ask who stamped it, with the XML at hand.",
            self.sat_codigo_estatus or "602",
        )

    def _efos_group(self):
        """:return: domain of the CFDIs that are suspect for the same RFC as this one on SAT's list (69-B), this one
            included; None where it is not suspect
        """
        raise NotImplementedError

    def _efos_text(self, count):
        """:param count: CFDIs of the group
        :return: who is on the list, as a sentence
        """
        raise NotImplementedError

    def _divergence_efos(self):
        """One row for each RFC: the CFDI that has it keeps it, and speaks for the others."""
        if not (group := self._efos_group()):
            return None
        told = Domain("divergence_ids", "any", [("kind", "=", "efos"), ("state", "=", "open")])
        everywhere = self.sudo()
        speaker = everywhere.search(group & told, order="id", limit=1) or everywhere.search(group, order="id", limit=1)
        return self._efos_text(everywhere.search_count(group)) if speaker == self else None

    def _remedy_efos(self):
        """:return: the action that lists all CFDIs of the RFC that is on the list"""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("On SAT's list of article 69-B"),
            "res_model": self._name,
            "views": [(False, "list"), (False, "form")],
            "domain": list(self._efos_group() or [("id", "=", self.id)]),
        }

    def _close_told(self, kind):
        """Take away what SAT's word left to a person about this kind: it is mended."""
        raise NotImplementedError

    def _is_refused(self):
        """:return: whether the service said no to it"""
        return False

    def _stamped_since(self):
        """:return: UTC datetime at which it had its stamp at the latest"""
        raise NotImplementedError

    def _remedy_not_at_sat(self):
        self._sat_ask_or_raise()
        self.env["l10n_mx_facture.divergence"]._find_divergences(self)


class L10nMxFactureReceived(models.Model):
    """A supplier's CFDI: what SAT says of it, and the bill that it is on."""

    _name = "l10n_mx_facture.received"
    _inherit = ["l10n_mx_facture.received", "l10n_mx_facture.diverging"]

    divergence_ids = fields.One2many("l10n_mx_facture.divergence", "received_id", "Divergences", readonly=True)

    @api.model
    def _divergence_domain(self):
        suspect = [("sat_reading", "in", ("cancelled", "not_yet_known")), ("sat_efos_reading", "in", LISTED)]
        return Domain("in_use", "=", True) & Domain.OR([[one] for one in suspect])

    @api.model
    def _divergence_totals(self):
        query = SQL(
            """SELECT received.id FROM l10n_mx_facture_received AS received
                 JOIN account_move AS move ON move.id = received.move_id
                WHERE received.in_use AND move.state = 'posted'
                  AND (abs(received.total - move.amount_total) >= 0.0005
                       OR received.currency_id IS DISTINCT FROM move.currency_id)"""
        )
        self.env.flush_all()
        return self.browse(id for (id,) in self.env.execute_query(query))

    def _is_booked(self):
        return self.in_use and self.move_id.state == "posted"

    def _divergence_cancelled_posted(self):
        if self.sat_reading != "cancelled" or not self._is_booked() or self.move_id.payment_state == "reversed":
            return None
        return self.env._(
            "SAT has cancelled the supplier's CFDI, and the bill is posted: ask for its substitute, or cancel or "
            "reverse the bill."
        )

    def _divergence_total(self):
        return self._is_booked() and "\n".join(self._wrong_amounts())

    def _efos_group(self):
        if not self.in_use or self.sat_efos_reading not in LISTED:
            return None
        return Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("in_use", "=", True),
                ("sat_efos_reading", "in", LISTED),
                ("rfc_emisor", "=", self.rfc_emisor),
            ]
        )

    def _efos_text(self, count):
        return self.env._(
            "The issuer %(rfc)s, or a third party on the CFDI, is on SAT's list of simulated operations (CFF 69-B): "
            "what it invoices can't be deducted unless you prove that you received it. CFDIs of it here: %(count)s.",
            rfc=self.rfc_emisor,
            count=count,
        )

    @api.model
    def _is_issuer_listed(self, rfc):
        """:return: whether SAT's newest answer on a CFDI of this issuer has it on the list; SAT is asked about those
            in use alone
        """
        told = [("rfc_emisor", "=", rfc), ("in_use", "=", True), ("sat_efos_reading", "in", ISSUER_TOLD)]
        return self.sudo().search(told, order="sat_date desc, id desc", limit=1).sat_efos_reading == "listed"

    @api.model
    def _listed_issuers(self):
        """:return: list of the RFCs of which :meth:`_is_issuer_listed` is true"""
        listed = [("sat_efos_reading", "=", "listed"), ("in_use", "=", True)]
        rfcs = [rfc for (rfc,) in self.sudo()._read_group(listed, ["rfc_emisor"])]
        return [rfc for rfc in rfcs if self._is_issuer_listed(rfc)]

    def _close_told(self, kind):
        if news := NEWS_OF_BILLS.get(kind):
            summaries = in_each_language(self, lambda one: one._news_texts()[news])
            told = [("summary", "in", list(summaries.values()))]
            self.move_id.activity_search([ACTIVITY_OF_BILLS], additional_domain=told).unlink()

    def _stamped_since(self):
        # what is asked about is what came in: it had its stamp by then
        return self.create_date


class L10nMxFactureDocument(models.Model):
    """Our own CFDI: what SAT says of it, and the invoice that it is of."""

    _name = "l10n_mx_facture.document"
    _inherit = ["l10n_mx_facture.document", "l10n_mx_facture.diverging"]

    divergence_ids = fields.One2many("l10n_mx_facture.divergence", "document_id", "Divergences", readonly=True)

    @api.model
    def _divergence_kinds(self):
        return (*super()._divergence_kinds(), "valid_cancelled", "unresolved", "two_live")

    @api.model
    def _divergence_domain(self):
        stamped = Domain("state", "in", STAMPED_STATES)
        listed = self.env["l10n_mx_facture.received"]._listed_issuers()
        return Domain.OR(
            [
                Domain("state", "=", "cancelled")
                & Domain([("move_id.state", "=", "posted"), ("move_id.payment_state", "!=", "reversed")]),
                Domain("state", "=", "cancelled") & Domain("sat_reading", "in", VALID),
                stamped & Domain("move_id.state", "in", ("cancel", "draft")),
                stamped & Domain("sat_reading", "=", "not_yet_known"),
                stamped & Domain("sat_efos_reading", "in", LISTED),
                stamped & Domain("rfc_receptor", "in", listed),
                Domain("state", "=", "unknown"),
                self._two_live_domain(),
            ]
        )

    @api.model
    def _divergence_totals(self):
        query = SQL(
            """SELECT document.id FROM l10n_mx_facture_document AS document
                 JOIN account_move AS move ON move.l10n_mx_facture_document_id = document.id
                WHERE document.state IN ('stamped', 'cancel_requested')
                  AND (abs(document.total - move.amount_total) >= 0.0005
                       OR document.currency_id <> move.currency_id)"""
        )
        self.env.flush_all()
        return self.browse(id for (id,) in self.env.execute_query(query))

    # -- one a kind -----------------------------------------------------------------------------

    def _divergence_cancelled_posted(self):
        move = self.move_id
        undone = move.l10n_mx_facture_undone_by_id or move.payment_state == "reversed"
        if self.state != "cancelled" or move.state != "posted" or undone or not self._is_shown():
            return None
        if self.sat_reading in VALID:
            # whether it is cancelled at all is the other question
            return None
        reason = move._l10n_mx_facture_undo_refusal(self)
        if reason:
            return self.env._("The CFDI is cancelled at SAT, and its invoice is still posted: %s", reason)
        return self.env._("The CFDI is cancelled at SAT, and its invoice is still posted.")

    def _divergence_valid_cancelled(self):
        if self.state == "cancelled" and self.sat_reading in VALID:
            if self.environment != self.account_id.environment:
                return None
            if not self.resolved_by_id:
                return self.env._(
                    "SAT had shown it as cancelled, and shows it as valid now (%s).", self.sat_estado or "-"
                )
            return self.env._(
                "Here it is cancelled, as %(user)s stated; SAT shows it as valid (%(state)s).",
                user=self.resolved_by_id.name,
                state=self.sat_estado or "-",
            )
        if self.state != "stamped" or self.move_id.state == "posted" or not self._is_live_now():
            return None
        if self.move_id.state == "draft":
            return self.env._("The invoice is a draft in Odoo, and its CFDI is valid: post it again as it is.")
        if self.sat_reading == "refused":
            return self.env._(
                "The invoice is cancelled in Odoo, and its CFDI is valid, as the customer refused the cancellation: "
                "bring the invoice back, or ask for the cancellation again (button Cancel CFDI)."
            )
        return self.env._("The invoice is cancelled in Odoo, and its CFDI is valid: ask SAT to cancel it too.")

    def _divergence_total(self):
        if not self._is_live_now():
            return None
        move = self.move_id
        same = self.currency_id == move.currency_id
        if same and not self.currency_id.compare_amounts(self.total, move.amount_total):
            return None
        return self.env._(
            "The CFDI says %(cfdi)s, the invoice %(invoice)s. Put the invoice right, or substitute the CFDI.",
            cfdi=formatLang(self.env, self.total, currency_obj=self.currency_id),
            invoice=formatLang(self.env, move.amount_total, currency_obj=move.currency_id),
        )

    def _efos_group(self):
        if not self._is_live_now():
            return None
        if self.sat_efos_reading in LISTED:
            same = [("rfc_emisor", "=", self.rfc_emisor), ("sat_efos_reading", "in", LISTED)]
        elif self.env["l10n_mx_facture.received"]._is_issuer_listed(self.rfc_receptor):
            same = [("rfc_receptor", "=", self.rfc_receptor), ("sat_efos_reading", "not in", LISTED)]
        else:
            return None
        # as _is_live_now says it of one
        shown = [
            ("state", "in", STAMPED_STATES),
            ("move_id.l10n_mx_facture_document_id.state", "in", STAMPED_STATES),
            ("environment", "=", self.environment),
            ("account_id.environment", "=", self.environment),
        ]
        return Domain([("company_id", "=", self.company_id.id), *shown, *same])

    def _efos_text(self, count):
        if self.sat_efos_reading in LISTED:
            return self.env._(
                "SAT has the issuer %(rfc)s, or a third party on the CFDI, on its list of simulated operations (CFF "
                "69-B). CFDIs of ours: %(count)s.",
                rfc=self.rfc_emisor,
                count=count,
            )
        return self.env._(
            "The customer %(rfc)s is on SAT's list of simulated operations (CFF 69-B): SAT said so of a CFDI that it "
            "issued. Valid CFDIs of ours to it: %(count)s.",
            rfc=self.rfc_receptor,
            count=count,
        )

    def _close_told(self, kind):
        if kind in SETTLES:
            self._settle_activities(SETTLES[kind])

    def _divergence_unresolved(self):
        if self.state != "unknown" or not self._is_dead(self.date_sent):
            return None
        text = self.env._("Its answer was lost: look it up at the service, and say what became of it.")
        return f"{text} {self.message_text or ''}".strip()

    def _divergence_not_at_sat(self):
        return super()._divergence_not_at_sat() if self._is_live_now() else None

    def _stamped_since(self):
        return self.date_sent

    def _is_refused(self):
        return self.state == "rejected"
