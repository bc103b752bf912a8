
from odoo import api, models

from ...pac.errors import NotSent
from ...pac.sat.expression import expressions
from ..common import protected
from ..sat.answer import ANSWER_FIELDS

# fields to compare after a replacement
HEADER = (
    "tipo_de_comprobante", "rfc_emisor", "nombre_emisor", "rfc_receptor", "serie", "folio", "fecha", "moneda",
    "tipo_cambio", "total",
)  # fmt: skip


class L10nMxFactureReceived(models.Model):
    """Replaces an XML with an invalid seal by one with the same UUID and a valid seal."""

    _inherit = "l10n_mx_facture.received"

    def _should_be_replaced_by(self, xml):
        """:param xml: bytes of another XML with the same UUID
        :return: whether that XML has a valid seal and this one doesn't, as far as it can be verified
        """
        self.ensure_one()
        return self.seal != "holds" and self._seal(xml) == "holds"

    def _replace(self, read, attachment):
        """Replace this CFDI by the one with a valid seal. The old file stays on the bill as an ordinary attachment.

        SAT's answers are kept. They still apply if the query for the new XML is the same.

        :param read: :class:`~..cfdi.received.ReceivedCfdi` of the one whose seal holds
        :param attachment: its file
        :return: list of texts for the chatter: the differences of the two
        """
        self.ensure_one()
        vals = self._vals(self.move_id, read, attachment)
        texts = self._replaced_texts(vals)
        if self.sat_answer_ids.filtered("expression")[:1].expression not in self._sat_queries(attachment.raw):
            nothing = (
                *ANSWER_FIELDS,
                "sat_reading",
                "sat_how",
                "sat_cancelling",
                "sat_efos_reading",
                "sat_date",
                "told",
            )
            vals.update(dict.fromkeys(nothing, False))
        protected.write(self, {**vals, "sat_failures": 0, "sat_error": False})
        self._after_replacement()
        return texts

    @api.model
    def _sat_queries(self, xml):
        """:return: the query expressions of this XML; empty if SAT can't be asked"""
        try:
            return expressions(xml)
        except NotSent:
            return ()

    def _replaces_text(self):
        """:return: why the CFDI with a valid seal replaces this one, as a title"""
        if self.seal == "unverified":
            return self.env._(
                "The CFDI %s replaces the one that was here: its seal is valid; the other's could not be verified.",
                self.uuid,
            )
        return self.env._(
            "The CFDI %s replaces the one that was here: its seal is valid; the other's was not.", self.uuid
        )

    def _replaced_texts(self, vals):
        texts = [
            f"{self._fields[name]._description_string(self.env)}: {self[name] or '-'} → {vals[name] or '-'}"
            for name in HEADER
            if (self[name] or False) != (vals[name] or False)
        ]
        return texts or [self.env._("Type, parties, number, date, currency and total are the same in both.")]

    # -- texts for other bills -------------------------------------------------------------------

    def _next_step_text(self):
        if self.seal == "unverified":
            return self.env._(
                "The seal of the XML on that bill could not be verified. Drop this file on that bill: it replaces "
                "that XML if its own seal is valid."
            )
        return self.env._(
            "The seal of the XML on that bill is not valid. Drop this file on that bill: it replaces that XML if its "
            "own seal is valid. Or remove the CFDI from that bill while it is a draft (button “Remove from this "
            "bill”) and drop this file here again."
        )

    @api.model
    def _free_text(self, uuid):
        """:return: sentence for a bill whose refused CFDI is not on another bill any more"""
        return self.env._(
            "The CFDI %s was refused here because it was on another bill. It is free now: drop its XML here again.",
            uuid,
        )
