import base64
import time

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.adopt.candidate import BadArchive, Candidate, read_file, unpack
from ..models.adopt.checks import issued_error_text
from ..models.common.access import check_group
from ..models.common.actions import notification, open_dialog, open_record
from ..models.common.transactions import checkpoint

# number of files that are shown and adopted at a time: each is stored in a transaction of its own
AT_MOST = 300
# seconds that the button may take; found again, the rest is adopted
ADOPTING = 60


class L10nMxFactureAdopt(models.TransientModel):
    """Adopts CFDIs that another system has stamped: finds them, shows with which invoice each goes, stores them."""

    _name = "l10n_mx_facture.adopt"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Adopt CFDIs"

    move_ids = fields.Many2many(
        "account.move", string="Invoices", readonly=True, help="Empty: all invoices that show no valid CFDI."
    )
    source = fields.Selection(
        [
            ("attachment", "The files on the invoices"),
            ("upload", "A file: an XML, or a ZIP of many"),
            ("service", "The service, by UUID"),
        ],
        "Where it is",
        required=True,
        default="attachment",
    )
    file = fields.Binary(attachment=False)
    file_name = fields.Char()
    account_id = fields.Many2one(
        "l10n_mx_facture.account", compute="_compute_account_id", store=True, readonly=False
    )
    uuid = fields.Char("UUID")
    needs_remote_id = fields.Boolean(compute="_compute_needs_remote_id")
    remote_id = fields.Char("Id at the service", help="This service finds a CFDI only by its own id of the invoice.")
    line_ids = fields.One2many("l10n_mx_facture.adopt.line", "wizard_id", "CFDIs")
    summary = fields.Char(readonly=True)

    @api.depends("move_ids")
    def _compute_account_id(self):
        for wizard in self:
            branch = wizard.move_ids[:1].l10n_mx_facture_branch_id
            company = wizard.move_ids[:1].company_id or self.env.company
            accounts = self.env["l10n_mx_facture.account"]
            wizard.account_id = branch.account_id or accounts.search([("company_id", "parent_of", company.id)], limit=1)

    @api.depends("account_id")
    def _compute_needs_remote_id(self):
        for wizard in self:
            account = wizard.account_id.sudo()
            wizard.needs_remote_id = bool(account) and account._capabilities().by_remote_id

    @api.model
    def _create_for(self, moves):
        """:return: the wizard for these invoices, with the CFDIs among their files; without any it asks for a file"""
        wizard = self.create({"move_ids": [fields.Command.set(moves.ids)]})
        wizard._fill(wizard._candidates())
        if not wizard.line_ids:
            wizard.source = "upload"
        return wizard

    # -- finding --------------------------------------------------------------------------------

    def action_find(self):
        """Find the CFDIs and show with which invoice each goes. Nothing else is written."""
        self.ensure_one()
        check_group(self.env, "stamp")
        self._fill(self._candidates())
        return self._open()

    def _candidates(self):
        """:return: list of values of lines, with ``content`` or ``attachment_id``"""
        if self.source == "service":
            if not (self.account_id and (self.uuid or "").strip()):
                raise UserError(self.env._("Enter the UUID of the CFDI and the account of its service."))
            uuid = self.uuid.strip().upper()
            xml = self.account_id._fetch_cfdi(uuid, (self.remote_id or "").strip() or None)
            return [{"name": f"{uuid}.xml", "content": base64.b64encode(xml), "remote_id": self.remote_id}]
        if self.source == "upload":
            return self._uploaded()
        files = self.env["ir.attachment"]._l10n_mx_facture_adoptable(self.move_ids)
        return [
            {"name": file.name, "attachment_id": file.id}
            if file.res_model == "account.move" and not file.res_field
            else {"name": file.name, "content": base64.b64encode(file.raw)}
            for file in files
        ]

    def _uploaded(self):
        if not self.file:
            raise UserError(self.env._("Choose the file first: an XML, or a ZIP of many."))
        content = base64.b64decode(self.with_context(bin_size=False).file)
        try:
            found = list(unpack(self.file_name or "cfdi.xml", content))
        except BadArchive as error:
            texts = {
                "too_many": self.env._("The ZIP has too many files: make several of it."),
                "too_large": self.env._("The ZIP is too large when it is unpacked: make several of it."),
            }
            raise UserError(texts.get(str(error)) or self.env._("The ZIP is damaged or encrypted.")) from error
        return [{"name": name, "content": base64.b64encode(xml)} for name, xml in found]

    def _fill(self, found):
        """:param found: as :meth:`_candidates` returns it"""
        # those of the same CFDI once: the file on the invoice first
        read = {}
        for vals in sorted(found, key=lambda vals: "attachment_id" not in vals):
            one, error = read_file(self._content(vals))
            read.setdefault(one.uuid if one else (vals["name"], len(read)), (vals, one, error))
        lines = self._line_values(list(read.values()))
        self.line_ids = [fields.Command.clear(), *map(fields.Command.create, lines[:AT_MOST])]
        ready = sum(1 for vals in lines if vals["chosen"])
        text = self.env._("%(count)s CFDIs, %(ready)s ready to be adopted", count=len(lines), ready=ready)
        if len(lines) > AT_MOST:
            text = self.env._("%(text)s. The first %(limit)s are shown: adopt them and find the rest.", text=text,
                              limit=AT_MOST)
        self.summary = text

    def _content(self, vals):
        if attachment := vals.get("attachment_id"):
            return self.env["ir.attachment"].browse(attachment).raw or b""
        return base64.b64decode(vals["content"])

    def _line_values(self, files):
        """:param files: list of (values, :class:`~..cfdi.issued.IssuedCfdi` or None, error or None)
        :return: list of values of lines: those that can be adopted first, by the time of their stamp
        """
        moves = self.env["account.move"]
        scope = self.move_ids or None
        fits = moves._l10n_mx_facture_invoices_of([read for _vals, read, _error in files if read], scope)
        lines = []
        for vals, read, error in files:
            if not read:
                lines.append({**vals, "text": issued_error_text(self.env, error), "refused": True, "chosen": False})
                continue
            if "attachment_id" in vals:
                # a file belongs to the invoice on which it hangs, whatever its number says
                found = moves.browse(self.env["ir.attachment"].browse(vals["attachment_id"]).res_id)
            elif self.source == "attachment" or len(self.move_ids) != 1:
                found = fits[read.uuid]
            else:
                found = self.move_ids
            # the files that other modules keep elsewhere are of all invoices
            if found or self.source != "attachment":
                lines.append(self._line_of(vals, read, found))
        return sorted(lines, key=lambda vals: (vals["refused"], vals.get("stamped") or ""))

    def _line_of(self, vals, read, found):
        """:param found: the invoices that fit
        :return: values of one line
        """
        vals = {
            **vals,
            "uuid": read.uuid,
            "number": read.number,
            "stamped": read.fecha_timbrado.isoformat(sep=" ", timespec="seconds"),
            "rfc_receptor": read.rfc_receptor,
            "total": f"{read.total} {read.moneda}",
        }
        move = found if len(found) == 1 else found.browse()
        vals |= {"move_id": move.id, "branch_id": move._l10n_mx_facture_adopt_branch(read).id if move else False}
        if read.tipo_de_comprobante not in ("I", "E"):
            text = self.env._("it is of type %s, no invoice or credit note.", read.tipo_de_comprobante)
        elif found and not move:
            text = self.env._("several invoices fit: adopt it on the right one. (%s)", ", ".join(found.mapped("name")))
        elif not move:
            text = self.env._("no invoice without a valid CFDI has its total, receiver and number.")
        elif not vals["branch_id"]:
            text = self.env._("the journal %s has no CFDI branch: choose one on the journal.", move.journal_id.name)
        else:
            candidate = Candidate(self._content(vals), read, self.source, vals["name"])
            text = move._l10n_mx_facture_adopt_problem(candidate, confirmed=True)
        if text:
            return {**vals, "text": text, "refused": True, "chosen": False}
        differences = move._l10n_mx_facture_differences(read)
        text = move._l10n_mx_facture_difference_text(differences) or self.env._("It agrees with the invoice.")
        return {**vals, "text": text, "refused": False, "differs": bool(differences), "chosen": not differences}

    def _open(self):
        """:return: the action that shows it"""
        self.ensure_one()
        return open_dialog(self, self.env._("Adopt CFDIs"), wide=True)

    # -- adopting -------------------------------------------------------------------------------

    def action_adopt(self):
        """Adopt the chosen CFDIs, each checked again and stored by itself.

        :return: the invoice, or a notification with each one that was refused
        """
        self.ensure_one()
        check_group(self.env, "stamp")
        lines = self.line_ids.filtered("chosen").sorted("stamped")
        if not lines:
            raise UserError(self.env._("Choose the CFDIs to adopt."))
        lines.move_id.check_access("write")
        adopted, refused = self.env["l10n_mx_facture.document"], []
        # a CFDI that is refused is rolled back alone
        checkpoint(self.env)
        end = time.monotonic() + ADOPTING
        for line in lines:
            if time.monotonic() > end:
                refused.append(self.env._("The time was up: find and adopt the rest."))
                break
            # of two CFDIs of one invoice, SAT's word about the first decides whether there is room for the second
            twins = lines.filtered(lambda one, line=line: one.move_id == line.move_id)
            try:
                adopted |= line._adopt(ask=len(lines) == 1 or len(twins) > 1)
            except UserError as error:
                refused.append(f"{line.move_id.name or line.name}: {error}")
        return self._report(adopted, refused, len(lines))

    def _report(self, adopted, refused, count):
        """:param refused: list of sentences
        :param count: number of chosen CFDIs
        """
        if count == 1 and refused:
            raise UserError(refused[0])
        if count == 1:
            return open_record(adopted.move_id)
        text = self.env._("%(count)s of %(all)s CFDIs adopted.", count=len(adopted), all=count)
        title = self.env._("Not all adopted") if refused else self.env._("Adopted")
        kind = "danger" if refused else "success"
        return notification("\n".join([text, *refused]), title, kind, sticky=bool(refused))


class L10nMxFactureAdoptLine(models.TransientModel):
    """One file that may be adopted, with the invoice that it goes with. All is read from the file again on adopting."""

    _name = "l10n_mx_facture.adopt.line"
    _inherit = ["l10n_mx_facture.access"]
    _description = "CFDI to Adopt"

    wizard_id = fields.Many2one("l10n_mx_facture.adopt", required=True, ondelete="cascade")
    name = fields.Char("File", required=True, readonly=True)
    attachment_id = fields.Many2one("ir.attachment", readonly=True)
    content = fields.Binary(attachment=False, readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    branch_id = fields.Many2one("l10n_mx_facture.branch")
    remote_id = fields.Char("Id at the service", help="Without it, this service can't cancel the CFDI from here.")
    uuid = fields.Char("UUID", readonly=True)
    number = fields.Char(readonly=True)
    stamped = fields.Char("Stamped on", readonly=True)
    rfc_receptor = fields.Char("Receiver", readonly=True)
    total = fields.Char(readonly=True)
    text = fields.Text("What fits, or why not", readonly=True)
    refused = fields.Boolean("Not adopted", readonly=True)
    differs = fields.Boolean("Something differs", readonly=True)
    chosen = fields.Boolean("It is of this invoice", help="Adopt it. Where something differs: you have checked it.")

    def _adopt(self, ask):
        """:param ask: whether SAT is asked at once
        :return: the CFDI
        :raise UserError: it can't be adopted
        """
        self.ensure_one()
        if not self.move_id or not self.branch_id:
            raise UserError(self.env._("No invoice, or no branch, is known for it: %s", self.text or self.name))
        xml = self.attachment_id.raw or base64.b64decode(self.with_context(bin_size=False).content or b"")
        read, error = read_file(xml)
        if not read:
            raise UserError(issued_error_text(self.env, error))
        hangs = self.attachment_id.res_model == "account.move" and self.attachment_id.res_id == self.move_id.id
        candidate = Candidate(
            xml,
            read,
            self.wizard_id.source,
            self.name,
            self.attachment_id.sudo() if hangs else None,
            (self.remote_id or "").strip() or None,
        )
        adopt = self.env["l10n_mx_facture.document"]._adopt_and_commit
        return adopt(self.move_id, candidate, self.branch_id, confirmed=self.chosen, ask=ask)
