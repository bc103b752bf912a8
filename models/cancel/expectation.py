from dataclasses import dataclass
from datetime import date

from odoo import fields, models
from odoo.tools import format_date, format_datetime

from ...cfdi.deadlines import last_day_to_answer, last_day_to_cancel

# time zone of SAT's deadlines
SAT_TZ = "America/Mexico_City"
VALID = ("live", "refused")


@dataclass(frozen=True)
class Expectation:
    """The expected outcome of a cancellation request, by SAT's last answer and our data.

    :param level: how it is shown: ``success``, ``info``, ``warning`` or ``danger``
    :param texts: tuple of sentences, translated
    :param first: our CFDIs that have to be cancelled before, in order
    :param refused: whether SAT would probably refuse
    :param invoice: what happens to the invoice, as a sentence; None if it is not posted
    """

    level: str
    texts: tuple
    first: models.BaseModel
    refused: bool = False
    invoice: str | None = None


class L10nMxFactureDocument(models.Model):
    """The expected outcome, shown before the cancellation is requested."""

    _inherit = "l10n_mx_facture.document"

    def _cancel_expectation(self, problem=None):
        """:param problem: why SAT could not be asked now, as a sentence
        :return: :class:`Expectation`
        """
        self.ensure_one()
        first, cancelling = self._cancel_first(), self.sat_reading in VALID and self.sat_cancelling
        level, sat_text = self._sat_answer_text(cancelling)
        texts = [problem, sat_text, *self._second_request_texts(cancelling), self._first_text(first, cancelling)]
        if first and not cancelling:
            level = "warning"
        if deadline := self._deadline_text():
            level, texts = "danger", [*texts, deadline]
        refused = cancelling == "not_cancellable" or self.sat_reading in ("not_yet_known", "cancelled")
        refused = refused or (bool(first) and not cancelling)
        return Expectation(level, tuple(filter(None, texts)), first, refused, self._invoice_text())

    def _sat_answer_text(self, cancelling):
        """:return: (level, sentence) from SAT's last answer"""
        today = fields.Datetime.context_timestamp(self.with_context(tz=SAT_TZ), fields.Datetime.now()).date()
        if cancelling == "without_acceptance":
            return "success", self.env._("It can be cancelled without the customer's acceptance.")
        if cancelling == "with_acceptance" and self.sat_reading == "refused":
            return "info", self.env._("It needs the customer's acceptance.")
        if cancelling == "with_acceptance":
            return "info", self.env._(
                "The customer has to accept within 3 business days (until %s, if you request it now). No answer "
                "counts as acceptance.",
                format_date(self.env, last_day_to_answer(today)),
            )
        if cancelling == "not_cancellable":
            return "danger", self.env._("It can't be cancelled yet: valid CFDIs are related to it.")
        return {
            "cancelled": ("danger", self.env._("SAT shows it as cancelled.")),
            "cancel_in_process": ("info", self.env._("SAT is waiting for the customer's answer.")),
            "not_yet_known": (
                "warning",
                self.env._("SAT doesn't have it yet (a new one takes up to 72 hours)."),
            ),
        }.get(self.sat_reading, ("info", self._unknown_text()))

    def _unknown_text(self):
        if self.sat_reading in VALID:
            return self.env._("SAT shows it as valid, but not how it can be cancelled.")
        return self.env._("It is not known how SAT will answer the request.")

    def _second_request_texts(self, cancelling):
        if self.sat_reading != "refused":
            return []
        texts = [self.env._("The customer refused the cancellation before. You can request it again.")]
        if cancelling != "without_acceptance":
            texts.append(self.env._("A second request never expires: it stays open until the customer answers."))
        return texts

    def _first_text(self, first, cancelling):
        if first and cancelling in (False, "not_cancellable"):
            return self.env._("Cancel these related CFDIs first, in this order:")
        if first:
            return self.env._("These CFDIs are related to it and stay valid:")
        if cancelling == "not_cancellable":
            return self.env._("None of them is in this Odoo: look them up in SAT's portal.")
        return None

    def _deadline_text(self):
        """:return: a sentence if the legal deadline has passed (CFF 29-A), else None"""
        if not self.fecha or not self.rfc_emisor:
            return None
        last = last_day_to_cancel(date.fromisoformat(self.fecha[:10]), self.rfc_emisor)
        today = fields.Datetime.context_timestamp(self.with_context(tz=SAT_TZ), fields.Datetime.now()).date()
        if today <= last:
            return None
        return self.env._(
            "Too late by law: a CFDI of %(year)s could be cancelled until %(date)s (CFF 29-A, month of the annual "
            "return). SAT may refuse the request or fine it.",
            year=self.fecha[:4],
            date=format_date(self.env, last),
        )

    def _invoice_text(self):
        """:return: what happens to the posted invoice when SAT cancels the CFDI, as a sentence; None if it is not
            posted
        """
        move = self.move_id
        if move.state != "posted":
            return None
        if reason := move._l10n_mx_facture_cancel_or_reverse_refusal(self):
            return self.env._(
                "When SAT cancels it, the invoice stays posted. Cancel or reverse it yourself: %s", reason
            )
        if self.company_id.l10n_mx_facture_on_cancel == "reverse":
            return self.env._("When SAT cancels it, the invoice is reversed with the date of that day.")
        return self.env._("When SAT cancels it, the invoice is cancelled too.")

    def _sat_date_text(self):
        """:return: when SAT was asked last; None if never"""
        return self.sat_date and self.env._("SAT's answer of %s", format_datetime(self.env, self.sat_date))
