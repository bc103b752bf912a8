from operator import methodcaller

from odoo import api, fields, models
from odoo.fields import Domain

from ...pac.sat.pace import UNTIL_KNOWN
from ..common.languages import in_each_language
from ..common.owners import owner_vals
from .kinds import KINDS

VALID = ("live", "refused")
LISTED = ("listed", "third_party_listed")
# readings in which SAT checked the issuer against the list
ISSUER_CHECKED = (*LISTED, "clean")


class L10nMxFactureDiverging(models.AbstractModel):
    """Detection of discrepancies from stored data: one method for each kind."""

    _name = "l10n_mx_facture.diverging"
    _description = "CFDI to Compare"

    divergence_date = fields.Datetime("Compared on", readonly=True, copy=False)
    tampered_text = fields.Text("Changed files", compute="_compute_tampered_text", compute_sudo=True)

    def _compute_tampered_text(self):
        for record in self:
            changed = record.divergence_ids.filtered(lambda one: one.kind == "tampered" and one.state == "open")
            record.tampered_text = "\n".join(changed.mapped("text"))

    def unlink(self):
        # the database cascade would leave their activities behind
        self.sudo().divergence_ids.unlink()
        return super().unlink()

    @api.model
    def _discrepancy_domain(self):
        """:return: domain of all that may have discrepancies; :meth:`_discrepancy_totals` compares totals"""
        raise NotImplementedError

    @api.model
    def _discrepancy_totals(self):
        """:return: those whose total may differ from the invoice's"""
        raise NotImplementedError

    def _discrepancy_owner_vals(self):
        """:return: dict of values that make a discrepancy the invoice's or the bill's"""
        return owner_vals(self._owner())

    def _discrepancies(self):
        """:return: dict from kind to a dict from CFDI to its texts by language, for CFDIs with a discrepancy"""
        found = {kind.value: {} for kind in KINDS.values() if self._name in kind.checked_models}
        for record in self:
            for kind, texts in found.items():
                if translations := in_each_language(record, methodcaller(f"_discrepancy_{kind}")):
                    texts[record] = translations
        return found

    def _discrepancy_not_at_sat(self):
        """SAT has a new CFDI within 72 hours."""
        since = self._stamped_since()
        if self.sat_reading != "not_yet_known" or not since or self.sat_date - since < UNTIL_KNOWN:
            return None
        return self.env._(
            "SAT doesn't have it 72 hours after its stamp (%s). Send the XML to whoever stamped it and ask.",
            self.sat_codigo_estatus or "602",
        )

    def _efos_group(self):
        """:return: domain of the CFDIs with the same RFC on SAT's list (69-B), this one included; None if its RFC is
            not listed
        """
        raise NotImplementedError

    def _efos_text(self, count):
        """:param count: CFDIs of the group
        :return: a sentence about the listed RFC
        """
        raise NotImplementedError

    def _discrepancy_efos(self):
        """One discrepancy for each RFC: it stays on the CFDI that has it, else the first one gets it."""
        if not (group := self._efos_group()):
            return None
        listed = Domain("divergence_ids", "any", [("kind", "=", "efos"), ("state", "=", "open")])
        all_companies = self.sudo()
        representative = all_companies.search(group & listed, order="id", limit=1) or all_companies.search(
            group, order="id", limit=1
        )
        return self._efos_text(all_companies.search_count(group)) if representative == self else None

    def _fix_efos(self):
        """:return: the action that lists all CFDIs of the listed RFC"""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("On SAT's list of article 69-B"),
            "res_model": self._name,
            "views": [(False, "list"), (False, "form")],
            "domain": list(self._efos_group() or [("id", "=", self.id)]),
        }

    def _close_kind_activities(self, kind):
        """Remove the activities about this kind of discrepancy, which is solved."""
        raise NotImplementedError

    def _is_refused(self):
        """:return: whether the service refused it"""
        return False

    def _stamped_since(self):
        """:return: UTC datetime by which it was stamped"""
        raise NotImplementedError

    def _fix_not_at_sat(self):
        self._sat_ask_or_raise()
        self.env["l10n_mx_facture.divergence"]._find_discrepancies(self)
