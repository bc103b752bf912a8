
from odoo import api, models

from ...pac.errors import NotSent
from ...pac.sat.expression import expressions
from ..common import sealed
from ..sat.answer import WORDS

# what a forger changes, and a person compares
HEADER = (
    "tipo_de_comprobante", "rfc_emisor", "nombre_emisor", "rfc_receptor", "serie", "folio", "fecha", "moneda",
    "tipo_cambio", "total",
)  # fmt: skip


class L10nMxFactureReceived(models.Model):
    """An XML that was tampered with holds a UUID until the one comes whose seal holds."""

    _inherit = "l10n_mx_facture.received"

    def _gives_way_to(self, xml):
        """:param xml: bytes of another XML with the same UUID
        :return: whether that one has a seal that holds, which this one's does not, as far as can be told
        """
        self.ensure_one()
        return self.seal != "holds" and self._seal(xml) == "holds"

    def _replace(self, read, attachment):
        """Put the CFDI whose seal holds in the place of this one, whose file stays with the bill as any other.

        SAT's answers stay, each with its question. What they say counts where SAT would be asked the same of this XML.

        :param read: :class:`~..cfdi.received.ReceivedCfdi` of the one whose seal holds
        :param attachment: its file
        :return: list of texts for the chatter: in what the two differ
        """
        self.ensure_one()
        vals = self._vals(self.move_id, read, attachment)
        texts = self._replaced_texts(vals)
        if self.sat_answer_ids.filtered("expression")[:1].expression not in self._questions(attachment.raw):
            nothing = (*WORDS, "sat_reading", "sat_how", "sat_cancelling", "sat_efos_reading", "sat_date", "told")
            vals.update(dict.fromkeys(nothing, False))
        sealed.write(self, {**vals, "sat_failures": 0, "sat_error": False})
        self._after_replacement()
        return texts

    @api.model
    def _questions(self, xml):
        """:return: the forms in which SAT is asked about this XML; none where it can't be asked"""
        try:
            return expressions(xml)
        except NotSent:
            return ()

    def _replaces_text(self):
        """:return: why the one whose seal holds takes the place of this one, as a title"""
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

    # -- what is said while it is on another bill ------------------------------------------------

    def _way_out_text(self):
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
        """:return: sentence for a bill that was refused a CFDI which no bill has any more"""
        return self.env._(
            "The CFDI %s was refused here because it was on another bill. It is free now: drop its XML here again.",
            uuid,
        )
