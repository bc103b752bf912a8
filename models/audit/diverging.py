from operator import methodcaller

from odoo import api, fields, models
from odoo.fields import Domain

from ...pac.sat.pace import UNTIL_KNOWN
from ..common.languages import in_each_language
from .kinds import KINDS

VALID = ("live", "refused")
LISTED = ("listed", "third_party_listed")
# in these SAT said whether the issuer is on the list
ISSUER_TOLD = (*LISTED, "clean")


class L10nMxFactureDiverging(models.AbstractModel):
    """What can be told differently of a CFDI: one method a kind of divergence, judged by what the database holds."""

    _name = "l10n_mx_facture.diverging"
    _description = "CFDI to Compare"

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
        found = {kind.value: {} for kind in KINDS.values() if self._name in kind.judged_of}
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
            "SAT doesn't have it 72 hours after its stamp (%s). Send the XML to whoever stamped it and ask.",
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
