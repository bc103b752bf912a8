"""XML files that are no CFDI of a bill: they make no empty draft in silence."""

import re

from odoo import api, models

from ...cfdi.errors import CfdiError
from ...cfdi.xml import parse

_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[?!A-Za-z_]")
_OF_SAT = b"sat.gob.mx"
# a PDF, a ZIP or a picture that somebody named .xml
_BINARY = (b"%PDF", b"PK", b"\x89PNG", b"\xff\xd8")
HEAD = 4096


def may_be_xml(file_data):
    """:return: whether it was sent as an XML: by its name, or by SAT's address at its beginning"""
    raw = file_data["raw"] or b""
    if (file_data["name"] or "").lower().endswith(".xml"):
        return not raw.startswith(_BINARY)
    return bool(_XML.match(raw)) and _OF_SAT in raw[:HEAD]


def other_document_text(env, error):
    """:param error: CfdiError ``not_cfdi`` of :func:`~..cfdi.received.read_received`
    :return: what the file is, as the end of a sentence ("The file was not imported: ...")
    """
    root, version = error.data.get("root"), error.data.get("version") or "-"
    texts = {
        "cfdi": env._(
            "it is a CFDI of version %s; 3.3 and 4.0 are read. Enter it by hand and attach the file.", version
        ),
        "cfd": env._(
            "it is a CFD %s, which came before the CFDI. Enter it by hand and attach the file.", version
        ),
        "comprobante": env._(
            "its Comprobante is not in SAT's namespace (http://www.sat.gob.mx/cfd/4), so it is not what SAT's "
            "services stamp. Ask for the stamped XML."
        ),
        "retenciones": env._(
            "it is a CFDI of withholdings (Retenciones e información de pagos), which is no invoice. Attach it to "
            "the payment or the bill that it is about."
        ),
        "acuse": env._("it is a receipt of SAT (acuse), which is no invoice. Attach it to what it is about."),
        "cancellation": env._("it is a request to cancel CFDIs, which is no invoice."),
        "accounting": env._("it is a file of electronic accounting (%s), which is no invoice.", root),
        "timbre": env._("it is a stamp alone (TimbreFiscalDigital), without its CFDI. Ask for the stamped XML."),
    }
    return texts.get(error.data.get("kind")) or env._(
        "it is an XML with the root %s, which is no CFDI and which no app here reads.", root
    )


class AccountMove(models.Model):
    """Refuses XML files that no app reads, and tells where an import failed."""

    _inherit = "account.move"

    @api.model
    def _l10n_mx_facture_any_xml(self, file_data):
        """:return: the root of an XML that Odoo took for text or can't read; None if it is none"""
        company = self.company_id[:1] or self.env.company
        if not company._l10n_mx_facture_is_mexican() or not may_be_xml(file_data):
            return None
        try:
            return parse(file_data["raw"])
        except CfdiError:
            # not an XML, but named like one: reading it later tells what is wrong
            return parse(b"<unreadable/>")

    def _l10n_mx_facture_other_decoder(self, file_data, new):
        """:return: decoder that refuses an XML that no app reads; None if it is an ordinary file here"""
        if file_data["xml_tree"] is None or not self._l10n_mx_facture_is_empty_new(new):
            return None
        sold = any(move.is_sale_document() for move in self)
        refuse = self._l10n_mx_facture_refuse_sold if sold else self._l10n_mx_facture_import_received
        # a CFDI of the same mail comes first
        return {"priority": 1, "decoder": refuse}

    def _l10n_mx_facture_is_empty_new(self, new):
        """:return: whether a file is all that there is of these: new documents, or empty draft bills"""
        company = self.company_id[:1] or self.env.company
        if not company._l10n_mx_facture_is_mexican():
            return False
        if not all(move.is_invoice(include_receipts=True) for move in self):
            return False
        return new or all(
            move.is_purchase_document(include_receipts=True) and move._l10n_mx_facture_is_empty_draft() for move in self
        )

    def _l10n_mx_facture_is_empty_draft(self):
        self.ensure_one()
        return self.state == "draft" and not self.invoice_line_ids

    def _l10n_mx_facture_tell_failure(self, files_data):
        """After Odoo's import, which logs exceptions and goes on: an empty draft says on top that there was one."""
        used = max(files_data, key=lambda one: (one.get("decoder_info") or {}).get("priority", 0))
        decoder = (used.get("decoder_info") or {}).get("decoder")
        if not getattr(decoder, "__name__", "").startswith("_l10n_mx_facture_"):
            return
        # the import has rolled back what it did, and the record may be gone with it
        move = self.exists().with_context(lang=self._l10n_mx_facture_chatter_lang())
        refused = move.l10n_mx_facture_refused_reason or move.l10n_mx_facture_refused_uuid
        if move and not refused and not move.sudo().l10n_mx_facture_received_ids:
            text = move.env._("an error occurred, see the chatter. Drop the file here again, or ask for support.")
            move._l10n_mx_facture_refuse(used, text)
