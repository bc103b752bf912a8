import base64
import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..common import protected
from ..common.actions import open_record
from ..common.owners import OWNER_FIELDS, OWNERS
from ..common.states import LIVE_STATES, SELECTION, STAMPED_STATES, STATES, sql
from .cancel_reasons import CANCEL_REASONS

# an adopted CFDI that SAT doesn't have for so long is a test one
TEST_AFTER = timedelta(hours=72)


class L10nMxFactureDocument(models.Model):
    """One CFDI, from the bytes that were sent to the receipt of its cancellation.

    ::

        draft -> sending -> stamped -> cancel_requested -> cancelled
                   |  \\                     \\-> stamped (refused, or not cancellable)
                   |   \\-> rejected (the service said no) / draft (it never left)
                   \\-> unknown -> stamped | rejected (reconciled, or a person with evidence)
    """

    _name = "l10n_mx_facture.document"
    _description = "CFDI"
    _inherit = ["l10n_mx_facture.owned", "l10n_mx_facture.access", "mail.thread"]
    _order = "id desc"
    _rec_names_search = ["uuid", "folio", *(f"{name}.name" for name in OWNER_FIELDS)]

    # it is of one of these, as the database ensures
    move_id = fields.Many2one(ondelete="restrict")
    rep_id = fields.Many2one(ondelete="restrict")
    global_id = fields.Many2one(ondelete="restrict")
    ticket_credit_id = fields.Many2one(ondelete="restrict")
    company_id = fields.Many2one("res.company", compute="_compute_company_id", store=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", compute="_compute_partner_id", search="_search_partner_id", compute_sudo=True
    )
    account_id = fields.Many2one(
        "l10n_mx_facture.account", required=True, readonly=True, ondelete="restrict"
    )
    branch_id = fields.Many2one(
        "l10n_mx_facture.branch", required=True, readonly=True, ondelete="restrict", index=True
    )
    environment = fields.Selection(
        [("test", "Test"), ("production", "Production")], required=True, readonly=True
    )
    state = fields.Selection(
        SELECTION,
        required=True,
        readonly=True,
        default="draft",
        index=True,
        prefetch="state",  # a list of invoices reads nothing else of their CFDIs
    )
    tipo_de_comprobante = fields.Selection(
        [("I", "I Income"), ("E", "E Credit note"), ("P", "P Payment")], "Type", required=True, readonly=True
    )
    serie = fields.Char(readonly=True)
    folio = fields.Char(readonly=True)
    fecha = fields.Char("Issued on", readonly=True, help="Local time of the place of issue.")
    rfc_emisor = fields.Char("Issuer", readonly=True)
    rfc_receptor = fields.Char("Receiver", readonly=True)
    lugar_expedicion = fields.Char("Place of issue", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    total = fields.Monetary(readonly=True)
    proof = fields.Json(readonly=True, copy=False)
    proof_text = fields.Text(
        "Proof of the totals",
        compute="_compute_proof_text",
        help="How the amounts were rounded, their sums, and SAT's limits of each line (CFDI40167, 40180, 40186).",
    )
    payload = fields.Binary(
        "Sent XML", readonly=True, attachment=False, copy=False, help="What was sent, byte for byte."
    )
    payload_hash = fields.Char("SHA-256 of the sent XML", readonly=True)
    remote_id = fields.Char("Id at the service", readonly=True, copy=False)
    draft_sent = fields.Text(
        "Data sent before stamping",
        readonly=True,
        copy=False,
        help="What was sent to the service in the first step, before stamping.",
    )
    date_sent = fields.Datetime(
        "Sent on", readonly=True, help="Of an adopted CFDI, which was not sent from here: when it was stamped."
    )
    adopted_from = fields.Selection(
        [("attachment", "A file on the invoice"), ("upload", "An uploaded file"), ("service", "The service")],
        "Adopted from",
        readonly=True,
        copy=False,
        help="It was stamped by another system, or before this module was installed. Nothing was sent from here.",
    )
    adopted_file = fields.Char("Adopted file", readonly=True, copy=False)
    adopted_by_id = fields.Many2one("res.users", "Adopted by", readonly=True, copy=False)
    adopted_date = fields.Datetime("Adopted on", readonly=True, copy=False)
    uuid = fields.Char("UUID", readonly=True, index="btree_not_null")
    date_stamped = fields.Char(
        "Stamped on", readonly=True, help="As the service wrote it (FechaTimbrado)."
    )
    # indexed, because each deletion of an attachment searches them
    xml_attachment_id = fields.Many2one(
        "ir.attachment", "XML", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    pdf_attachment_id = fields.Many2one(
        "ir.attachment", "PDF", readonly=True, ondelete="set null", index="btree_not_null"
    )
    pdf_error = fields.Char("PDF not fetched", readonly=True)
    pdf_hash = fields.Char(
        "SHA-256 of the PDF", readonly=True, copy=False, help="When it came. Empty for PDFs that came before hashes of "
                                                              "PDFs were kept."
    )
    receipt_attachment_id = fields.Many2one(
        "ir.attachment",
        "Receipt (acuse)",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    receipt_code = fields.Char("Code of the receipt", readonly=True)
    former_receipt_ids = fields.Many2many(
        "ir.attachment",
        "l10n_mx_facture_former_receipt",
        "document_id",
        "attachment_id",
        "Earlier receipts",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Receipts of earlier requests, for example of refused ones.",
    )
    receipt_hashes = fields.Json(
        readonly=True, copy=False, help="SHA-256 of each receipt when it arrived, by the id of its attachment."
    )
    reported_uuid = fields.Char(
        "Reported UUID", readonly=True, help="The service reported this UUID without its XML. Check it; it is no proof."
    )
    refused_as_whole = fields.Boolean(
        "Refused with the whole call",
        readonly=True, help="The service refused the whole call and said nothing about single files."
    )
    message_code = fields.Char("Code", readonly=True)
    message_text = fields.Text("Message of the service", readonly=True)
    cancel_reason = fields.Selection(CANCEL_REASONS, "Cancellation reason", readonly=True)
    cancel_replacement_uuid = fields.Char("Replaced by", readonly=True)
    cancel_date = fields.Datetime("Cancellation asked on", readonly=True)
    cancel_user_id = fields.Many2one("res.users", "Cancellation asked by", readonly=True)
    cancel_code = fields.Char("Cancellation code", readonly=True)
    resolved_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    resolved_date = fields.Datetime("Decided on", readonly=True)
    resolution = fields.Text("Decision", readonly=True, help="What a person stated, and why.")
    request_ids = fields.One2many("l10n_mx_facture.request", "document_id", "Calls", readonly=True)

    _one_owner = models.Constraint(
        f"CHECK (num_nonnulls({', '.join(OWNER_FIELDS)}) = 1)",
        "A CFDI is of one invoice, receipt of payment, global invoice, or credit note of a ticket.",
    )
    _live_unique = models.UniqueIndex(
        f"(move_id) WHERE state IN {sql(LIVE_STATES)}",
        "This invoice has a CFDI already: a second one is never stamped.",
    )
    _live_unique_rep = models.UniqueIndex(
        f"(rep_id) WHERE state IN {sql(LIVE_STATES)}",
        "This receipt of payment has a CFDI already: a second one is never stamped.",
    )
    _live_unique_global = models.UniqueIndex(
        f"(global_id) WHERE state IN {sql(LIVE_STATES)}",
        "This global invoice has a CFDI already: a second one is never stamped.",
    )
    _live_unique_ticket_credit = models.UniqueIndex(
        f"(ticket_credit_id) WHERE state IN {sql(LIVE_STATES)}",
        "This credit note has a CFDI already: a second one is never stamped.",
    )
    _uuid_unique = models.UniqueIndex(
        "(uuid) WHERE uuid IS NOT NULL", "This UUID belongs to another document already."
    )

    # -- what it is of --------------------------------------------------------------------------

    @api.model
    def _of(self, owners):
        """:return: domain of the CFDIs of these owners, of one model"""
        return [(OWNERS[owners._name].field, "in", owners.ids)]

    @api.depends(*(f"{name}.company_id" for name in OWNER_FIELDS))
    def _compute_company_id(self):
        for document in self:
            document.company_id = document._owner().company_id

    @api.depends(*(f"{name}.commercial_partner_id" for name in OWNER_FIELDS))
    def _compute_partner_id(self):
        for document in self:
            document.partner_id = document._owner().commercial_partner_id

    @api.model
    def _search_partner_id(self, operator, value):
        return Domain.OR([Domain(f"{name}.commercial_partner_id", operator, value) for name in OWNER_FIELDS])

    @api.depends("uuid", "serie", "folio", *(f"{name}.name" for name in OWNER_FIELDS))
    def _compute_display_name(self):
        for document in self:
            # sudo: a list must load even if the user can't read one of the invoices
            number = document.sudo()._owner().name or f"{document.serie or ''}{document.folio or ''}"
            document.display_name = f"{number} · {document.uuid}" if document.uuid else number

    @api.depends("proof")
    def _compute_proof_text(self):
        for document in self:
            document.proof_text = document.proof and json.dumps(document.proof, ensure_ascii=False, indent=2)

    # -- what was sent can't be changed or deleted ----------------------------------------------

    def write(self, vals):
        writable = self._writable_fields()
        facts = {name: value for name, value in vals.items() if name not in writable}
        if facts and not protected.may_write(self, facts):
            raise UserError(
                self.env._(
                    "A CFDI can't be edited: it records what was sent and received. (%s)",
                    ", ".join(sorted(facts)),
                )
            )
        return super().write(vals)

    @api.model
    def _writable_fields(self):
        """Fields of followers, activities and the like."""
        return set(self.env["mail.thread"]._fields) - set(models.MAGIC_COLUMNS)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if self.filtered("date_sent"):
            raise UserError(self.env._("A CFDI that was sent is never deleted."))

    def _discard(self):
        """Delete attempts that were never sent, with their ledger rows; the invoice shows its last other CFDI again."""
        for owners in self._owners():
            for owner in owners.filtered(lambda owner: owner.l10n_mx_facture_document_id in self):
                before = owner.l10n_mx_facture_document_ids - self
                current = OWNERS[owner._name].current
                protected.write(owner, {current: before.sorted("id", reverse=True)[:1].id})
        protected.unlink(self.request_ids)
        self.unlink()

    def _check_transition(self, state):
        """:raise UserError: one of these can't change to this state (see :mod:`..common.states`)"""
        for document in self:
            if state not in STATES[document.state].to:
                raise UserError(
                    self.env._(
                        "The CFDI of %(invoice)s is in state %(state)s: it can't become %(new)s.",
                        invoice=document._owner().display_name,
                        state=document._state_label(document.state),
                        new=document._state_label(state),
                    )
                )

    def _is_live_now(self):
        """:return: whether it is the current, stamped CFDI of its invoice, and no test CFDI of a company in
        production
        """
        return self.state in STAMPED_STATES and self._is_current()

    def _may_be_real(self):
        """:return: whether it was adopted, and SAT, which has a new one in 72 hours, has not said that it is none"""
        known_since = fields.Datetime.now() - TEST_AFTER
        return bool(self.adopted_from) and (self.sat_reading != "not_yet_known" or self.date_sent > known_since)

    def _is_current(self):
        return self._owner().l10n_mx_facture_document_id == self and self.environment == self.account_id.environment

    def _state_label(self, state):
        return dict(self._fields["state"]._description_selection(self.env))[state]

    def _set_as_current(self):
        """Make this the CFDI that the invoice shows.

        :return: list of the owners, by model, that showed another one, or none: their rows are written
        """
        other = self.filtered(lambda document: document._owner().l10n_mx_facture_document_id != document)
        changed = other._owners()
        for owners in changed:
            field, name = OWNERS[owners._name]
            owners.modified([name], before=True)
            # which CFDI it is touches no amount and no line: all that an invoice's write does would be for nothing
            with self.env.protecting([owners._fields[name]], owners):
                for document in other.filtered(field):
                    document[field][name] = document
            owners.modified([name])
        return changed

    # -- files ----------------------------------------------------------------------------------

    def _payload_bytes(self):
        """:return: what was sent, byte for byte; b"" of an adopted CFDI, which was not sent from here"""
        self.ensure_one()
        return base64.b64decode(self.sudo().with_context(bin_size=False).payload or b"")

    def _xml_or_payload(self):
        """:return: bytes of what it says: its stamped XML, before that what was sent"""
        self.ensure_one()
        return self.sudo().xml_attachment_id.raw or self._payload_bytes()

    def _attach(self, name, content, mimetype):
        """Attach a file to its owner, where accountants look for it.

        :return: the new attachment
        """
        return self.env["ir.attachment"].sudo().create(self._attachment_vals(name, content, mimetype))

    def _attachment_vals(self, name, content, mimetype):
        owner = self._owner()
        return {
            "name": name,
            "raw": content,
            "mimetype": mimetype,
            "res_model": owner._name,
            "res_id": owner.id,
            "company_id": self.company_id.id,
        }

    def _file_name(self, extension, prefix="", uuid=None):
        """:param uuid: where the document doesn't have it yet"""
        self.ensure_one()
        # a series such as INV/2026 must not make a path
        number = f"{self.serie or ''}-{self.folio or ''}".replace("/", "-").strip("-")
        return f"{prefix}{self.rfc_emisor}_{number}_{uuid or self.uuid}.{extension}"

    def action_open_move(self):
        return open_record(self._owner())
