import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.common.access import check_group
from ..models.common.actions import notification, open_dialog

# files of the contact that are looked into for a constancia, the newest first
LOOKED_INTO = 3


class L10nMxFactureConstancia(models.TransientModel):
    """*Read constancia*: what the customer's constancia says beside what the contact has, to accept field by field."""

    _name = "l10n_mx_facture.constancia"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Read Constancia"

    partner_id = fields.Many2one("res.partner", "Contact", required=True, readonly=True)
    file = fields.Binary("Constancia (PDF)", attachment=False)
    file_name = fields.Char()
    problem = fields.Char("Not read", readonly=True)
    notes = fields.Text("To look at", readonly=True)
    line_ids = fields.One2many("l10n_mx_facture.constancia.line", "wizard_id", "Fiscal data")

    def _content(self):
        """:return: bytes of the file"""
        try:
            return base64.b64decode(self.with_context(bin_size=False).file or b"", validate=True)
        except binascii.Error:
            return b""

    def _read_file(self):
        """:return: :class:`~..cfdi.constancia.Constancia`
        :raise UserError: it can't be read, or the user may not read the contact
        """
        check_group(self.env, "stamp")
        self.partner_id.check_access("read")
        return self.partner_id._l10n_mx_facture_read_constancia(self._content())

    @api.onchange("file")
    def _onchange_file(self):
        self.update({"problem": False, "notes": False, "line_ids": [fields.Command.clear()]})
        if not self.file:
            return
        try:
            self.update(self._vals(self._read_file()))
        except UserError as error:
            self.problem = str(error)

    def _vals(self, constancia):
        """:return: dict of what the dialog shows of a constancia"""
        partner = self.partner_id._origin or self.partner_id
        rows, notes = self._rows(constancia), partner._l10n_mx_facture_constancia_notes(constancia)
        if constancia.issued:
            notes.append(self.env._("SAT issued it on %s.", format_date(self.env, constancia.issued)))
        is_other = partner._l10n_mx_facture_is_other_taxpayer(constancia)
        many = len(constancia.regimes) > 1
        lines, labels = [], partner._l10n_mx_facture_fiscal_labels()
        for row in rows:
            to_choose = many and row.field == "l10n_mx_facture_tax_regime_id"
            vals = {
                "key": row.key,
                "label": labels[row.field],
                "current": row.old,
                "found": row.new,
                "is_same": row.is_same,
                "accept": not (row.is_same or is_other or to_choose),
            }
            lines.append(fields.Command.create(vals))
        return {"notes": "\n".join(notes), "line_ids": lines}

    def _rows(self, constancia):
        return (self.partner_id._origin or self.partner_id)._l10n_mx_facture_constancia_rows(constancia)

    def action_accept(self):
        """Give the contact what was ticked, as the file says it: what a client shows beside the ticks doesn't count."""
        self.ensure_one()
        constancia = self._read_file()
        ticked = set(self.line_ids.filtered("accept").mapped("key"))
        rows = [row for row in self._rows(constancia) if row.key in ticked]
        values = {row.field: row.value for row in rows}
        if not values:
            raise UserError(self.env._("Tick what the contact gets, or close the dialog."))
        if len(values) < len(rows):
            raise UserError(self.env._("Tick one tax regime: a CFDI has one."))
        title = self.env._("Taken from the Constancia de Situación Fiscal of %s", constancia.rfc)
        changed = self.partner_id._l10n_mx_facture_take_fiscal_data(values, title, attachments=self._new_files())
        text = self.env._("Changed: %s", ", ".join(changed)) if changed else self.env._("Nothing changed.")
        return notification(text)

    def _new_files(self):
        """:return: list of the file's name and bytes for the chatter; empty where the contact has it already"""
        content = self._content()
        if any(file.raw == content for file in self.partner_id._l10n_mx_facture_pdfs()):
            return []
        return [(self.file_name or "constancia.pdf", content)]


class L10nMxFactureConstanciaLine(models.TransientModel):
    """One field of a constancia."""

    _name = "l10n_mx_facture.constancia.line"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Field of a Constancia"

    wizard_id = fields.Many2one("l10n_mx_facture.constancia", required=True, ondelete="cascade")
    key = fields.Char("Row", required=True)
    label = fields.Char("Field")
    current = fields.Char("On the contact")
    found = fields.Char("On the constancia")
    is_same = fields.Boolean("The same")
    accept = fields.Boolean()


class ResPartner(models.Model):
    """The button on the contact."""

    _inherit = "res.partner"

    def action_l10n_mx_facture_constancia(self):
        """Show the constancia that was dropped on the contact, if there is one, or ask for it."""
        self.ensure_one()
        check_group(self.env, "stamp")
        partner = self.commercial_partner_id
        partner.check_access("write")
        wizard = self.env["l10n_mx_facture.constancia"].create({"partner_id": partner.id})
        for file in partner._l10n_mx_facture_pdfs():
            try:
                constancia = partner._l10n_mx_facture_read_constancia(file.raw or b"")
            except UserError:
                continue
            wizard.write({"file": file.datas, "file_name": file.name, **wizard._vals(constancia)})
            break
        return open_dialog(wizard, self.env._("Constancia of %s", partner.display_name), wide=True)

    def _l10n_mx_facture_pdfs(self):
        """:return: the newest PDFs on the contact"""
        domain = [("res_model", "=", "res.partner"), ("res_id", "=", self.id), ("mimetype", "=", "application/pdf")]
        return self.env["ir.attachment"].search(domain, order="id desc", limit=LOOKED_INTO)
