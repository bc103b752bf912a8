from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ..common import protected
from ..common.access import check_group
from ..common.actions import notification
from ..common.languages import in_each_language
from ..common.transactions import wake
from ..discrepancy.checks import LISTED

# for one click; more are left to the scheduled action
AT_ONCE = 10


class AccountMove(models.Model):
    """The buttons SAT status and Check at the service, on invoices."""

    _inherit = "account.move"

    l10n_mx_facture_sat_reading = fields.Selection(related="l10n_mx_facture_document_id.sat_reading")
    l10n_mx_facture_sat_asks = fields.Boolean(related="l10n_mx_facture_document_id.sat_asks")

    # -- the button --------------------------------------------------------------------------------

    def action_l10n_mx_facture_update_sat_status(self):
        """Ask SAT about the CFDI of each invoice: a few at once, many by the scheduled action.

        :return: a notification with SAT's answers, and the invoices of the selection without a CFDI
        :raise UserError: SAT could not be asked about the one invoice
        """
        # before anything is asked: SAT takes one question a second from all users together
        check_group(self.env, "stamp")
        self.check_access("write")
        if len(self) == 1:
            record = self._l10n_mx_facture_sat_record()
            record._sat_ask_or_raise()
            return self._l10n_mx_facture_sat_notice(record)
        without = self.filtered(lambda move: not (move.l10n_mx_facture_document_id or move.l10n_mx_facture_received_id))
        records = [move._l10n_mx_facture_sat_record() for move in self - without]
        now, later = records[:AT_ONCE], records[AT_ONCE:]
        for record in later:
            protected.write(record, {"sat_next_date": fields.Datetime.now()})
        lines = [f"• {record.move_id.name}: {self._l10n_mx_facture_sat_line(record)}" for record in now]
        if without:
            names = ", ".join(without.mapped("display_name"))
            lines.append(self.env._("SAT was not asked about these, as they have no CFDI: %s.", names))
        if later:
            wake(self.env, "cron_sat_status")
            lines.append(self.env._("SAT is asked about %s more in the background.", len(later)))
        return notification("\n".join(lines), self.env._("SAT's status"), "info", sticky=True)

    def _l10n_mx_facture_sat_record(self):
        """:return: the CFDI of this invoice, ours or a supplier's
        :raise UserError: it has none
        """
        return self.l10n_mx_facture_received_id.with_env(self.env) or self._l10n_mx_facture_document()

    @api.model
    def _l10n_mx_facture_sat_line(self, record):
        try:
            record._sat_ask_or_raise()
        except UserError as error:
            return str(error)
        return record._sat_text()

    @api.model
    def _l10n_mx_facture_sat_notice(self, record):
        """:param record: a CFDI, ours or a supplier's, that SAT has just been asked about
        :return: the notification with SAT's answer; green only if nothing has to be done
        """
        record = record.sudo()
        listed = record.sat_efos_reading in LISTED
        wrong = record.divergence_ids.filtered(lambda one: one.state == "open")
        good = record.sat_reading == "live" or (record.sat_reading == "cancelled" and record.move_id.state == "cancel")
        texts = [record._sat_text(), *wrong.mapped("text")]
        if listed and not wrong:
            texts.append(
                dict(record._fields["sat_efos_reading"]._description_selection(self.env))[record.sat_efos_reading]
            )
        bad = listed or wrong or not good
        return notification("\n".join(texts), kind="warning" if bad else "success", sticky=bool(wrong or listed))

    def action_l10n_mx_facture_received_sat(self):
        """Ask SAT about the supplier's CFDI."""
        check_group(self.env, "stamp")
        self.check_access("write")
        return self.l10n_mx_facture_received_ids.action_ask_sat()

    # -- the service ------------------------------------------------------------------------------

    def action_l10n_mx_facture_check_at_service(self):
        """Compare the service's data with ours."""
        self.ensure_one()
        return self._l10n_mx_facture_document().action_check_at_service()


class L10nMxFactureDocument(models.Model):
    """The same buttons on our own CFDIs, including earlier ones of an invoice."""

    _inherit = "l10n_mx_facture.document"

    def action_update_sat_status(self):
        """Ask SAT now about this CFDI."""
        self.ensure_one()
        check_group(self.env, "stamp")
        self._owner().check_access("write")
        self._sat_ask_or_raise()
        return self.env["account.move"]._l10n_mx_facture_sat_notice(self)

    # -- the service ------------------------------------------------------------------------------

    def action_check_at_service(self):
        """Compare the service's data with ours and show each difference."""
        self.ensure_one()
        self._owner().check_access("write")
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


class L10nMxFactureReceived(models.Model):
    """The same button on suppliers' CFDIs."""

    _inherit = "l10n_mx_facture.received"

    def action_ask_sat(self):
        """Ask SAT now, about one or many.

        :return: a notification with its answer
        """
        check_group(self.env, "stamp")
        self.check_access("read")
        if len(self) == 1:
            self._sat_ask_or_raise()
            return self.env["account.move"]._l10n_mx_facture_sat_notice(self)
        labels = dict(self._fields["sat_reading"]._description_selection(self.env))
        lines = []
        for received in self:
            received._sat_ask_or_raise()
            lines.append(f"{received.uuid}: {labels.get(received.sat_reading, '-')}")
        return notification("\n".join(lines), self.env._("SAT"))
