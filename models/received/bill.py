import re

from lxml import etree

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from ...cfdi.errors import CfdiError
from ...cfdi.received import MAX_BYTES, is_cfdi, read_received
from ...cfdi.received_receipt import TYPE as RECEIPT
from ...cfdi.xml import CFDI, parse
from ..common import protected
from .refusals import received_error_text

FILE_TYPE = "l10n_mx_facture.cfdi"
_LOOKS_LIKE_CFDI = re.compile(rb"<(?:\w+:)?Comprobante\s[^>]*sat\.gob\.mx/cfd/")


class AccountMove(models.Model):
    """A supplier's CFDI on a vendor bill: dropped on it, mailed, or uploaded as a new bill."""

    _inherit = "account.move"

    l10n_mx_facture_received_ids = fields.One2many(
        "l10n_mx_facture.received", "move_id", "CFDI of the supplier", readonly=True, copy=False
    )
    l10n_mx_facture_received_id = fields.Many2one(
        "l10n_mx_facture.received",
        "Supplier's CFDI",
        compute="_compute_l10n_mx_facture_received_id",
        compute_sudo=True,
    )
    l10n_mx_facture_received_uuid = fields.Char(
        "Supplier's UUID", related="l10n_mx_facture_received_ids.uuid"
    )

    @api.depends("l10n_mx_facture_received_ids")
    def _compute_l10n_mx_facture_received_id(self):
        for move in self:
            move.l10n_mx_facture_received_id = move.l10n_mx_facture_received_ids[:1]

    def _l10n_mx_facture_is_bill(self):
        """:return: whether a supplier's CFDI belongs here: bills, refunds and receipts of a Mexican company"""
        self.ensure_one()
        return (
            self.is_purchase_document(include_receipts=True)
            and self.company_id._l10n_mx_facture_is_mexican()
        )

    # -- Odoo's import of files -----------------------------------------------------------------

    @api.model
    def _get_xml_tree(self, file_data):
        """Core takes a ``FACTURA.XML`` without XML declaration for text: check the content instead.

        A damaged CFDI gets an empty tree here; reading it later reports what is wrong.
        """
        tree = super()._get_xml_tree(file_data)
        raw = file_data["raw"] or b""
        if tree is None and _LOOKS_LIKE_CFDI.search(raw, 0, 4096):
            try:
                return parse(raw, MAX_BYTES)
            except CfdiError:
                return etree.Element(f"{{{CFDI}}}Comprobante")
        return self._l10n_mx_facture_any_xml(file_data) if tree is None else tree

    @api.model
    def _get_import_file_type(self, file_data):
        if is_cfdi(file_data["xml_tree"]):
            return FILE_TYPE
        return super()._get_import_file_type(file_data)

    def _get_edi_decoder(self, file_data, new=False):
        sold = self and not any(move.is_purchase_document(include_receipts=True) for move in self)
        if file_data["import_file_type"] == FILE_TYPE and not sold:
            return {"priority": 20, "decoder": self._l10n_mx_facture_import_received}
        # on an existing invoice it is an ordinary file
        if file_data["import_file_type"] == FILE_TYPE and new and any(move.is_sale_document() for move in self):
            return {"priority": 20, "decoder": self._l10n_mx_facture_refuse_sold}
        decoder = super()._get_edi_decoder(file_data, new)
        return decoder or self._l10n_mx_facture_other_decoder(file_data, new)

    @api.model
    def _l10n_mx_facture_import_received(self, bill, file_data, new=False):
        """Attach a supplier's CFDI to a bill, and fill the bill if it is empty.

        :param file_data: dict of Odoo's import framework
        :return: why it was not imported; None if it was
        """
        lang = bill._l10n_mx_facture_chatter_lang()
        return self.with_context(lang=lang)._l10n_mx_facture_attach_received(bill.with_context(lang=lang), file_data)

    def _l10n_mx_facture_chatter_lang(self):
        """:return: language of chatter messages: the user's; the company's for bills that come by mail"""
        person = self._l10n_mx_facture_may_create_vendor()
        return (not person and self.company_id.partner_id.lang) or self.env.user.lang or self.env.lang

    @api.model
    def _l10n_mx_facture_attach_received(self, bill, file_data):
        """:return: as :meth:`_l10n_mx_facture_import_received`"""
        if not bill._l10n_mx_facture_is_bill():
            return bill._l10n_mx_facture_refuse(
                file_data, self.env._("only vendor bills of a Mexican company can have a supplier's CFDI.")
            )
        if bill.state == "cancel":
            return self.env._("the bill is cancelled.")
        try:
            read = read_received(file_data["raw"])
        except CfdiError as error:
            if error.data.get("type") == RECEIPT:
                return bill._l10n_mx_facture_take_receipt(file_data)
            return bill._l10n_mx_facture_refuse(file_data, received_error_text(self.env, error))
        # sudo: purchase users may fill a bill without access to CFDIs
        if mine := bill.sudo().l10n_mx_facture_received_id:
            return bill._l10n_mx_facture_replace_received(mine, read, file_data)
        if read.rfc_emisor == bill._l10n_mx_facture_company_rfc() != read.rfc_receptor:
            return bill._l10n_mx_facture_refuse(file_data, bill._l10n_mx_facture_issued_text(read))
        Received = self.env["l10n_mx_facture.received"]
        if other := Received._find_on_bill(bill.company_id, read.uuid):
            bill.l10n_mx_facture_refused_uuid = read.uuid
            return other._duplicate_note()
        received = Received._keep(bill, read, bill._l10n_mx_facture_own_file(file_data))
        if not received:
            bill.l10n_mx_facture_refused_uuid = read.uuid
            return self.env._("the CFDI %s is being added to another bill right now.", read.uuid)
        bill._l10n_mx_facture_after_received(received)
        return None

    def _l10n_mx_facture_replace_received(self, mine, read, file_data):
        """A second file for a bill with a CFDI: it replaces the CFDI if its seal is valid and the other's is not.

        :param mine: the CFDI of the bill
        :return: why it was not accepted; None if it was
        """
        if mine.uuid != read.uuid:
            return self.env._("the bill already has another CFDI (%s): remove that first.", mine.uuid)
        if not mine._should_be_replaced_by(file_data["raw"]):
            return self.env._("the bill has this CFDI already (%s).", mine.uuid)
        # in the language of the chatter
        mine = mine.with_context(lang=self.env.lang)
        title = mine._replaces_text()
        changes = mine._replace(read, self._l10n_mx_facture_own_file(file_data))
        self.message_post(body=mine._note_body(title, changes))
        self._l10n_mx_facture_after_received(mine)
        return None

    def _l10n_mx_facture_after_received(self, received):
        """Fill an empty draft from its new CFDI, and post a note."""
        self.write(
            {
                "l10n_mx_facture_refused_uuid": False,
                "l10n_mx_facture_refused_reason": False,
                "l10n_mx_facture_removed_uuid": False,
            }
        )
        notes = []
        if self.state == "draft" and not self.invoice_line_ids:
            notes = received._fill_or_tell(not self.partner_id and self._l10n_mx_facture_may_create_vendor())
        self._l10n_mx_facture_post_received_note(received, notes)

    @api.model
    def _l10n_mx_facture_may_create_vendor(self):
        """Only for users who see the result: mails can come from anybody, and are processed by OdooBot (inactive)."""
        return self.env.user.active and self.env.user._is_internal()

    def _l10n_mx_facture_own_file(self, file_data):
        """:return: the attachment with the XML on this bill; created now if the XML was inside a PDF"""
        attachment = file_data["attachment"]
        place = {"res_model": self._name, "res_id": self.id}
        if not attachment:
            return self.env["ir.attachment"].create(
                {**place, "name": file_data["name"], "raw": file_data["raw"], "mimetype": "application/xml"}
            )
        # the mail gateway hides XML files among a bill's attachments
        attachment.write(place)
        return attachment

    def _l10n_mx_facture_post_received_note(self, received, notes):
        """Post what was taken from the CFDI, and what the user has to do."""
        title = self.env._("CFDI of the supplier: %s", received.uuid)
        self.message_post(body=received._note_body(title, [*received._difference_texts(), *notes]))

    # -- the bill -------------------------------------------------------------------------------

    def _l10n_mx_facture_check_refused_cfdi(self):
        """Raise if a bill's CFDI is already on another bill.

        :raise RedirectWarning: with a link to that bill
        """
        for move in self.filtered("l10n_mx_facture_refused_uuid"):
            if existing := move._l10n_mx_facture_duplicate_received():
                raise RedirectWarning(
                    existing._duplicate_text(existing),
                    existing.action_open_move(),
                    self.env._("Open %s", existing.move_id.display_name),
                )

    def _autopost_bill(self):
        """Don't post a bill that differs from its CFDI automatically; post others once SAT shows the CFDI as valid."""
        always = self.company_id.autopost_bills and self.partner_id.autopost_bills == "always"
        received = self.sudo().l10n_mx_facture_received_id
        translated = self.with_context(lang=self._l10n_mx_facture_chatter_lang())
        if self._l10n_mx_facture_hints() or received and received.seal != "holds":
            if always:
                translated.message_post(
                    body=translated.env._("It was not posted automatically: see the notices about its CFDI.")
                )
            return None
        if received and not received._is_valid_at_sat():
            if always and self.state == "draft":
                protected.write(received, {"autopost_waits": True})
                translated.message_post(
                    body=translated.env._(
                        "Autopost waits until SAT shows the CFDI as valid. SAT is asked automatically."
                    )
                )
            return None
        return super()._autopost_bill()

    def _l10n_mx_facture_check_received_free(self):
        """Raise if a cancelled bill is reset while another bill has its CFDI."""
        self.filtered(lambda move: move.state == "cancel").sudo().l10n_mx_facture_received_ids._check_free()

    @api.ondelete(at_uninstall=False)
    def _unlink_with_l10n_mx_facture_received(self):
        for received in self.l10n_mx_facture_received_ids:
            received._unlink_with_bill()

    # -- buttons --------------------------------------------------------------------------------

    def action_l10n_mx_facture_received_vendor(self):
        """Set the vendor with the issuer's RFC, created from the CFDI if there is none."""
        self.ensure_one()
        self.check_access("write")
        vendor, notes = self.l10n_mx_facture_received_id._vendor(may_create=True)
        if vendor:
            self.partner_id = vendor
        if notes:
            self._l10n_mx_facture_post_received_note(self.l10n_mx_facture_received_id, notes)

    def action_l10n_mx_facture_received_fill(self):
        """Fill an empty draft from the supplier's CFDI."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "draft" or self.invoice_line_ids:
            raise UserError(self.env._("Only a draft without lines is filled from the CFDI: remove its lines first."))
        notes = self.l10n_mx_facture_received_id._fill(may_create=True)
        self._l10n_mx_facture_post_received_note(self.l10n_mx_facture_received_id, notes)

    def action_l10n_mx_facture_received_release(self):
        """Remove a CFDI that was dropped on the wrong draft, or the note about a refused one."""
        self.ensure_one()
        self.check_access("write")
        if uuid := self.l10n_mx_facture_refused_uuid:
            text = self.env._("The CFDI %s, which was refused here, was dismissed from this bill.", uuid)
            self.message_post(body=text)
        self.write({"l10n_mx_facture_refused_uuid": False, "l10n_mx_facture_refused_reason": False})
        if received := self.l10n_mx_facture_received_id:
            if self.invoice_line_ids and received._agrees():
                # posted like this, the bill is listed as a discrepancy
                self.l10n_mx_facture_removed_uuid = received.uuid
            received._release()
