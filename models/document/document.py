import base64
import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.sealed import internal, is_internal
from ..common.states import LIVE_STATES, SELECTION, STATES, sql

CANCEL_REASONS = [
    ("01", "01 Issued with errors, with relation"),
    ("02", "02 Issued with errors, without relation"),
    ("03", "03 The operation did not take place"),
    ("04", "04 Sale to a named customer that is part of a global invoice"),
]


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
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_names_search = ["uuid", "folio", "move_id.name"]

    move_id = fields.Many2one(
        "account.move", "Invoice", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="move_id.commercial_partner_id", string="Customer")
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
    )
    tipo_de_comprobante = fields.Selection(
        [("I", "I Income"), ("E", "E Credit note")], "Type", required=True, readonly=True
    )
    serie = fields.Char(readonly=True)
    folio = fields.Char(readonly=True)
    fecha = fields.Char("Issued on", readonly=True, help="Local time of the place of issue.")
    rfc_emisor = fields.Char("Issuer", readonly=True)
    rfc_receptor = fields.Char("Receiver", readonly=True)
    lugar_expedicion = fields.Char("Place of issue", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    total = fields.Monetary(readonly=True)
    proof = fields.Json("Proof of the totals", readonly=True, copy=False)
    payload = fields.Binary(
        "Sent XML", readonly=True, attachment=False, copy=False, help="What was sent, byte for byte."
    )
    payload_hash = fields.Char("SHA-256 of the sent XML", readonly=True)
    remote_id = fields.Char("Id at the service", readonly=True, copy=False)
    draft_sent = fields.Text(
        "Handed over", readonly=True, copy=False, help="What a service of two steps was given before it stamped."
    )
    date_sent = fields.Datetime("Sent on", readonly=True)
    uuid = fields.Char("UUID", readonly=True, index="btree_not_null")
    date_stamped = fields.Char(
        "Stamped on", readonly=True, help="As the service wrote it (FechaTimbrado)."
    )
    # indexed: each deletion of any attachment asks for them
    xml_attachment_id = fields.Many2one(
        "ir.attachment", "XML", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    pdf_attachment_id = fields.Many2one(
        "ir.attachment", "PDF", readonly=True, ondelete="set null", index="btree_not_null"
    )
    pdf_error = fields.Char("PDF not fetched", readonly=True)
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
        "Former receipts",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Receipts that a later one took the place of: of requests that were refused, for example.",
    )
    receipt_hashes = fields.Json(
        readonly=True, copy=False, help="SHA-256 of each receipt, taken when it came, by the id of its attachment."
    )
    reported_uuid = fields.Char(
        "Reported UUID", readonly=True, help="What the service said without giving the XML: to be looked at, no proof."
    )
    refused_as_whole = fields.Boolean(
        readonly=True, help="The service refused the call that it was part of, without a word on any file."
    )
    message_code = fields.Char("Code", readonly=True)
    message_text = fields.Text("What the service said", readonly=True)
    cancel_reason = fields.Selection(CANCEL_REASONS, "Cancellation reason", readonly=True)
    cancel_replacement_uuid = fields.Char("Replaced by", readonly=True)
    cancel_date = fields.Datetime("Cancellation asked on", readonly=True)
    cancel_user_id = fields.Many2one("res.users", "Cancellation asked by", readonly=True)
    cancel_code = fields.Char("Cancellation code", readonly=True)
    resolved_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    resolved_date = fields.Datetime("Decided on", readonly=True)
    resolution = fields.Text("Decision", readonly=True, help="What a person stated, and why.")
    request_ids = fields.One2many("l10n_mx_facture.request", "document_id", "Calls", readonly=True)

    _live_unique = models.UniqueIndex(
        f"(move_id) WHERE state IN {sql(LIVE_STATES)}",
        "This invoice has a CFDI already: a second one is never stamped.",
    )
    _uuid_unique = models.UniqueIndex(
        "(uuid) WHERE uuid IS NOT NULL", "This UUID belongs to another invoice already."
    )

    @api.depends("uuid", "serie", "folio", "move_id.name")
    def _compute_display_name(self):
        for document in self:
            # sudo: a list is read, though one of its invoices may not be
            number = document.sudo().move_id.name or f"{document.serie or ''}{document.folio or ''}"
            document.display_name = f"{number} · {document.uuid}" if document.uuid else number

    # -- nobody changes or deletes what was sent ------------------------------------------------

    def write(self, vals):
        sealed = set(vals) - self._writable_fields()
        if sealed and not is_internal(self.env):
            raise UserError(
                self.env._(
                    "A CFDI can't be edited: it says what was sent and what came back. (%s)",
                    ", ".join(sorted(sealed)),
                )
            )
        return super().write(vals)

    @api.model
    def _writable_fields(self):
        """Followers, activities and the like may change; facts may not."""
        return set(self.env["mail.thread"]._fields) - set(models.MAGIC_COLUMNS)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_never_sent(self):
        if self.filtered("date_sent"):
            raise UserError(self.env._("A CFDI that was sent is never deleted."))

    def _supersede_test(self):
        """A CFDI of test makes room for a real one; it never existed for SAT."""
        internal(self).filtered(lambda document: document.environment == "test").write(
            {
                "state": "cancelled",
                "resolved_by_id": self.env.uid,
                "resolved_date": fields.Datetime.now(),
                "resolution": self.env._("A CFDI of test, replaced by one of production."),
            }
        )
        # the index refuses the real one as long as it sees this one live
        self.flush_recordset(["state"])

    def _discard(self):
        """Delete attempts that never left, with their rows of the ledger. The last CFDI before them is shown again."""
        moves = self.move_id.filtered(lambda move: move.l10n_mx_facture_document_id in self)
        for move in moves:
            before = move.l10n_mx_facture_document_ids - self
            internal(move).l10n_mx_facture_document_id = before.sorted("id", reverse=True)[:1]
        self.request_ids.unlink()
        self.unlink()

    def _move_to(self, state, **vals):
        """Change the state as :mod:`.states` allows it, together with the facts that go with it."""
        for document in self:
            if state not in STATES[document.state].to:
                raise UserError(
                    self.env._(
                        "The CFDI of %(invoice)s is in state %(state)s: it can't become %(new)s.",
                        invoice=document.move_id.display_name,
                        state=document._state_label(document.state),
                        new=document._state_label(state),
                    )
                )
        internal(self).write({"state": state, **vals})

    def _state_label(self, state):
        return dict(self._fields["state"]._description_selection(self.env))[state]

    # -- creation -------------------------------------------------------------------------------

    @api.model
    def _create_sending(self, prepared):
        """Freeze what will be sent, and say so in the ledger. The caller commits before anything leaves.

        :param prepared: list of :class:`~.account_move_stamp.Prepared`
        :return: the documents, in state ``sending``
        """
        waiting = {
            one.move: one.move.l10n_mx_facture_document_id
            for one in prepared
            if one.move.l10n_mx_facture_document_id.state == "draft"
        }
        places = {one.move: waiting[one.move]._give_way(one) for one in prepared if one.move in waiting}
        drafts = {move: document for move, document in waiting.items() if places[move] is None}
        new = [one for one in prepared if one.move not in drafts]
        # its first message would say no more than the ledger
        created = internal(self).with_context(mail_create_nolog=True).create(
            [{**self._sending_vals(one), **places.get(one.move, {})} for one in new]
        )
        known = {**drafts, **{one.move: document for one, document in zip(new, created, strict=True)}}
        for one in prepared:
            if one.move in drafts:
                document = drafts[one.move]
                # under an id of the service everything stays as it was handed over
                vals = self._leaving_vals() if document.remote_id else self._sending_vals(one)
                internal(document).write(vals)
        documents = self.concat(*(known[one.move] for one in prepared))
        self.env["l10n_mx_facture.request"].sudo().create(
            [
                {
                    "document_id": document.id,
                    "operation": document._first_operation(len(prepared)),
                    "user_id": self.env.uid,
                }
                for document in documents
            ]
        )
        documents._become_current()
        # who waits to reset or cancel an invoice has to begin anew and see that it is on its way
        # and who stamps another invoice of the same sale, that it has one
        (documents.move_id | documents.move_id._l10n_mx_facture_same_sale())._l10n_mx_facture_hold()
        self.env["l10n_mx_facture.relation"]._hold_substitutes(documents._named_with_04())
        return documents

    def _become_current(self):
        """Be the CFDI that the invoice shows."""
        for document in self.filtered(lambda document: document.move_id.l10n_mx_facture_document_id != document):
            # which CFDI it is touches no amount and no line: nothing has to be balanced for it
            move = document.move_id.with_context(skip_invoice_sync=True, check_move_validity=False)
            internal(move).l10n_mx_facture_document_id = document

    @api.model
    def _sending_vals(self, prepared):
        comprobante = prepared.comprobante
        return {
            "move_id": prepared.move.id,
            "branch_id": prepared.branch.id,
            "account_id": prepared.branch.account_id.id,
            "environment": prepared.branch.account_id.environment,
            "tipo_de_comprobante": comprobante.tipo_de_comprobante,
            "serie": comprobante.serie,
            "folio": comprobante.folio,
            "fecha": comprobante.fecha.isoformat(sep=" ", timespec="seconds"),
            "rfc_emisor": comprobante.emisor.rfc,
            "rfc_receptor": comprobante.receptor.rfc,
            "lugar_expedicion": comprobante.lugar_expedicion,
            "currency_id": prepared.move.currency_id.id,
            "total": float(prepared.total),
            "proof": prepared.proof,
            "payload": base64.b64encode(prepared.payload),
            "payload_hash": hashlib.sha256(prepared.payload).hexdigest(),
            "draft_sent": prepared.draft and json.dumps(prepared.draft, ensure_ascii=False),
            **self._leaving_vals(),
        }

    @api.model
    def _leaving_vals(self):
        return {
            "state": "sending",
            "date_sent": fields.Datetime.now(),
            "date_due": False,
            "message_code": False,
            "message_text": False,
            "refused_as_whole": False,
        }

    def _first_operation(self, count):
        """:param count: how many are sent together
        :return: what the ledger calls the first call of these documents
        """
        if self.draft_sent and not self.remote_id:
            return "create"
        return "stamp" if count == 1 or self.draft_sent else "stamp_many"

    # -- what hangs on it -----------------------------------------------------------------------

    def _payload_bytes(self):
        """:return: what was sent, byte for byte"""
        self.ensure_one()
        return base64.b64decode(self.sudo().with_context(bin_size=False).payload)

    def _attach(self, name, content, mimetype):
        """Attach to the invoice, so that it is found where the accountant looks.

        :return: the new attachment
        """
        return self.env["ir.attachment"].sudo().create(self._attachment_vals(name, content, mimetype))

    def _attachment_vals(self, name, content, mimetype):
        self.ensure_one()
        return {
            "name": name,
            "raw": content,
            "mimetype": mimetype,
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "company_id": self.company_id.id,
        }

    def _file_name(self, extension, prefix=""):
        self.ensure_one()
        # a series such as INV/2026 is no path
        number = f"{self.serie or ''}-{self.folio or ''}".replace("/", "-").strip("-")
        return f"{prefix}{self.rfc_emisor}_{number}_{self.uuid}.{extension}"

    def action_open_move(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }
