from markupsafe import Markup

from odoo import api, fields, models

from .send import CFDI, IN_BETWEEN, WAITS

# where an invoice keeps the settings with which code wanted to send it
SETTINGS = "l10n_mx_facture_settings"
PLAIN = ("sending_methods", "mail_lang", "mail_subject", "mail_body", "mail_partner_ids", "author_partner_id")
RECORDS = {"mail_template": "mail.template", "pdf_report": "ir.actions.report"}


class AccountMoveSend(models.AbstractModel):
    """Code that sends in the middle of its own work (an online payment, a point of sale) must not be committed there.

    So what has to be stamped is left to Odoo's scheduled action of sending, which is woken at once.
    """

    _inherit = "account.move.send"

    @api.model
    def _generate_and_send_invoices(self, moves, from_cron=False, **settings):
        by_button = self._name == "account.move.send.wizard" and not self.env.context.get(IN_BETWEEN)
        extra = settings.get("extra_edis")
        if not from_cron and not by_button and (extra is None or CFDI in extra):
            later = moves.filtered(self._l10n_mx_facture_is_offered)
            self._l10n_mx_facture_send_later(later, settings)
            moves -= later
            if later and not moves:
                return self.env["ir.attachment"]
        return super()._generate_and_send_invoices(moves, from_cron=from_cron, **settings)

    @api.model
    def _l10n_mx_facture_send_later(self, moves, settings):
        if not moves:
            return
        # a payment of the public, for example: the system stamps
        may = self.env.user.has_group("l10n_mx_facture.group_stamp")
        author = self.env.user if may else self.env.ref("base.user_root")
        kept = {name: settings[name] for name in PLAIN if settings.get(name)}
        if "sending_methods" in settings:
            kept["sending_methods"] = list(settings["sending_methods"] or ())
        kept |= {name: settings[name].id for name in RECORDS if settings.get(name)}
        # sudo: who pays need not have access to the invoice
        moves.sudo().write(
            {
                "sending_data": {
                    "author_user_id": author.id,
                    "author_partner_id": settings.get("author_partner_id") or author.partner_id.id,
                    SETTINGS: kept,
                },
                # set again when it is drawn and mailed
                "is_move_sent": False,
            }
        )
        self.env.ref("account.ir_cron_account_move_send").sudo()._trigger()

    @api.model
    def _get_default_sending_settings(self, move, from_cron=False, **custom_settings):
        kept = dict((from_cron and move.sending_data or {}).get(SETTINGS) or {})
        for name, model in RECORDS.items():
            if name in kept:
                kept[name] = self.env[model].browse(kept[name]).exists()
        if kept.get("mail_body"):
            # it was rendered, and so escaped, when it was kept
            kept["mail_body"] = Markup(kept["mail_body"])  # noqa: S704
        return super()._get_default_sending_settings(move, from_cron=from_cron, **{**kept, **custom_settings})

    @api.model
    def _hook_if_errors(self, moves_data, allow_raising=True):
        """In the background, what still waits for its stamp is mailed when that has come."""
        if not allow_raising:
            for move, data in moves_data.items():
                if data["error"].get(WAITS) and move.sending_data:
                    move.l10n_mx_facture_mail_later = move.sending_data
        return super()._hook_if_errors(moves_data, allow_raising=allow_raising)


class AccountMove(models.Model):
    _inherit = "account.move"

    l10n_mx_facture_mail_later = fields.Json(
        "To be mailed when it is stamped", readonly=True, copy=False, groups="base.group_system", help="Technical."
    )

    def _l10n_mx_facture_mail_stamped(self):
        """Mail what was to be mailed before its stamp had come."""
        waiting = self.sudo().filtered("l10n_mx_facture_mail_later")
        for move in waiting:
            move.write({"sending_data": move.l10n_mx_facture_mail_later, "l10n_mx_facture_mail_later": False})
        if waiting:
            self.env.ref("account.ir_cron_account_move_send").sudo()._trigger()

    def _l10n_mx_facture_do_not_mail(self):
        self.sudo().filtered("l10n_mx_facture_mail_later").l10n_mx_facture_mail_later = False
