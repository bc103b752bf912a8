from odoo import models
from odoo.tools import float_compare

from ..common.actions import notification
from ..common.languages import in_each_language


class L10nMxFactureDocument(models.Model):
    """Comparison of a CFDI with the service's data."""

    _inherit = "l10n_mx_facture.document"

    def action_check_at_service(self):
        """Compare the service's data with ours and show each difference."""
        self.ensure_one()
        self.move_id.check_access("write")
        self._check_stamped()
        found = self._ask("find", self.uuid, self.remote_id or None)
        texts = in_each_language(self, lambda one: "\n".join(one._compare_found(found)))
        self.env["l10n_mx_facture.divergence"]._settle(self, "service", {self: texts})
        differences = self._compare_found(found) + self._query_paid()
        if differences:
            self._post_note(self.env._("Checked at the service: %s", "; ".join(differences)))
            return notification("\n".join(differences), kind="danger", sticky=True)
        text = self.env._(
            "The service has this CFDI with the same issuer, receiver and total. Its state there: %s",
            found.estado or self.env._("no information"),
        )
        self._post_note(text)
        return notification(text)

    def _compare_found(self, found):
        """:param found: :class:`~..pac.results.Found`
        :return: list of sentences, one for each difference; data that the service doesn't return is not compared
        """
        pairs = [
            (self.env._("UUID"), self.uuid, (found.uuid or "").upper()),
            (self.env._("Issuer"), self.rfc_emisor, found.rfc_emisor),
            (self.env._("Receiver"), self.rfc_receptor, found.rfc_receptor),
        ]
        differences = [
            self.env._("%(what)s: here %(ours)s, there %(theirs)s", what=what, ours=ours, theirs=theirs)
            for what, ours, theirs in pairs
            if theirs and ours != theirs
        ]
        if "cancelad" in (found.estado or "").lower() and self.state != "cancelled":
            differences.append(
                self.env._(
                    "The service shows it as %s. Check it at SAT. After you have requested the cancellation, you can "
                    "record SAT's answer here.",
                    found.estado,
                )
            )
        if found.total is not None and float_compare(self.total, float(found.total), 6):
            differences.append(
                self.env._(
                    "%(what)s: here %(ours)s, there %(theirs)s",
                    what=self.env._("Total"),
                    ours=self.total,
                    theirs=found.total,
                )
            )
        return differences


class AccountMove(models.Model):
    """The button Check at the service."""

    _inherit = "account.move"

    def action_l10n_mx_facture_check_at_service(self):
        """Compare the service's data with ours."""
        self.ensure_one()
        return self._l10n_mx_facture_document().action_check_at_service()
