from odoo import api, fields, models
from odoo.fields import Domain

from ...cfdi.errors import CfdiError
from ...cfdi.received import MAX_BYTES, read_received
from ..common.problem import Problem
from .other_files import other_document_text


class AccountMove(models.Model):
    """Notices about a supplier's CFDI, on the form and in lists; also about one that was refused for a draft."""

    _inherit = "account.move"

    l10n_mx_facture_refused_uuid = fields.Char(
        "Refused CFDI", readonly=True, copy=False, help="The CFDI that was dropped here is already on another bill."
    )
    l10n_mx_facture_refused_reason = fields.Char(
        "Why a file was refused", readonly=True, copy=False, help="The uploaded file makes no bill, or the bill "
                                                                                 "could not be filled from it."
    )
    l10n_mx_facture_removed_uuid = fields.Char(
        "Removed CFDI", readonly=True, copy=False, help="The CFDI that was removed from it and agrees with it."
    )
    l10n_mx_facture_hint = fields.Char(
        "Notice about the CFDI", compute="_compute_l10n_mx_facture_hint", search="_search_l10n_mx_facture_hint"
    )

    # not stored, as the alerts
    def _compute_l10n_mx_facture_hint(self):
        drafts = self.filtered(lambda move: move.state == "draft")
        (self - drafts).l10n_mx_facture_hint = False
        for move in drafts:
            hints = move._l10n_mx_facture_hints()
            move.l10n_mx_facture_hint = " ".join(problem.text for _level, problem in hints.values()) or False

    @api.model
    def _search_l10n_mx_facture_hint(self, operator, value):
        """Search by computing the notices of drafts with a CFDI or a refused file."""
        if operator != "in" or list(value) != [False]:
            return NotImplemented
        names = ("l10n_mx_facture_received_ids", "l10n_mx_facture_refused_uuid", "l10n_mx_facture_refused_reason")
        suspects = self.search(Domain("state", "=", "draft") & Domain.OR([[(name, "!=", False)] for name in names]))
        return [("id", "not in", suspects.filtered("l10n_mx_facture_hint").ids)]

    def _l10n_mx_facture_hint_alerts(self):
        """:return: dict of alerts: notices about a supplier's CFDI"""
        return {
            f"l10n_mx_facture_{name}": {**problem.alert(self.env, shown_on=self), "level": level}
            for name, (level, problem) in self._l10n_mx_facture_hints().items()
        }

    def _l10n_mx_facture_hints(self):
        """:return: dict from a name to (level of an alert, :class:`~.problem.Problem`)"""
        self.ensure_one()
        if self.state == "cancel":
            return {}
        # sudo: users who may read the bill, such as purchase users, see what is wrong with it
        received = self.is_purchase_document(include_receipts=True) and self.sudo().l10n_mx_facture_received_id
        if not received:
            return self._l10n_mx_facture_refused_hints()
        hints = {}
        if self.state == "draft" and self.l10n_mx_facture_refused_reason and not self.invoice_line_ids:
            hints["unfilled"] = ("danger", Problem(self.l10n_mx_facture_refused_reason))
        for name, text in received._pending_notices().items():
            hints[f"received_{name}"] = ("danger", Problem(text))
        for number, problem in enumerate(received._differences()):
            hints[f"received_{number}"] = ("warning", problem)
        return hints

    def _l10n_mx_facture_refused_hints(self):
        """:return: as :meth:`_l10n_mx_facture_hints`, for a bill without a CFDI"""
        Received = self.env["l10n_mx_facture.received"]
        if existing := self._l10n_mx_facture_duplicate_received():
            return {"refused": ("danger", Problem(Received._duplicate_text(existing), existing.move_id))}
        if self.state != "draft":
            return {}
        hints = {}
        if uuid := self.l10n_mx_facture_refused_uuid:
            hints["free"] = ("info", Problem(Received._free_text(uuid)))
        # not shown any more once lines were entered by hand
        if self.l10n_mx_facture_refused_reason and not self.invoice_line_ids:
            hints["refused_file"] = ("danger", Problem(self.l10n_mx_facture_refused_reason))
        return hints

    def _l10n_mx_facture_duplicate_received(self):
        """:return: the CFDI of another bill that was also dropped on this one"""
        self.ensure_one()
        Received = self.env["l10n_mx_facture.received"]
        if not self.l10n_mx_facture_refused_uuid or self.sudo().l10n_mx_facture_received_id or self.state == "cancel":
            return Received
        return Received._find_on_bill(self.company_id, self.l10n_mx_facture_refused_uuid)

    # -- refused files --------------------------------------------------------------------------

    def _l10n_mx_facture_refuse(self, file_data, reason):
        """Store on an empty draft why its file was refused; Odoo's import posts it to the chatter.

        :param reason: end of a sentence ("The file was not imported: ...")
        :return: the reason
        """
        if self.state == "draft" and not self.invoice_line_ids:
            self.l10n_mx_facture_refused_reason = self.env._(
                "The file %(file)s was not imported: %(reason)s If you don't need this draft, delete it.",
                file=file_data["name"],
                reason=reason,
            )
        return reason

    @api.model
    def _l10n_mx_facture_refuse_sold(self, invoice, file_data, new=False):
        """Refuse to import a CFDI as a customer invoice, whether a supplier's or our own.

        :param file_data: dict of Odoo's import framework
        :return: why it was refused
        """
        invoice = invoice.with_context(lang=invoice._l10n_mx_facture_chatter_lang())
        try:
            read = read_received(file_data["raw"])
        except CfdiError as error:
            return invoice._l10n_mx_facture_refuse(file_data, received_error_text(invoice.env, error))
        if read.rfc_emisor == invoice._l10n_mx_facture_company_rfc():
            return invoice._l10n_mx_facture_refuse(file_data, invoice._l10n_mx_facture_issued_text(read))
        return invoice._l10n_mx_facture_refuse(
            file_data,
            invoice.env._(
                "it was issued by %(rfc)s, not by this company: upload it among the vendor bills.", rfc=read.rfc_emisor
            ),
        )

    def _l10n_mx_facture_issued_text(self, read):
        """:param read: :class:`~..cfdi.received.ReceivedCfdi` of a CFDI that this company issued
        :return: why it is not imported
        """
        root = self.company_id.sudo().root_id
        # sudo: purchase users have no access to customer invoices
        documents = self.env["l10n_mx_facture.document"].sudo().search([("uuid", "=", read.uuid)])
        if document := documents.filtered(lambda document: document.company_id.root_id == root)[:1]:
            return self.env._(
                "this company issued it (CFDI %(uuid)s): it is on the customer invoice %(invoice)s already.",
                uuid=read.uuid,
                invoice=document.move_id.display_name,
            )
        return self.env._(
            "this company issued it (CFDI %(uuid)s to %(receiver)s). Customer invoices are not made from an XML: "
            "enter the invoice by hand, confirm it, and take the file over with “Adopt CFDI” (menu Actions). It is not "
            "stamped again then.",
            uuid=read.uuid,
            receiver=read.rfc_receptor,
        )

    def _l10n_mx_facture_company_rfc(self):
        """:return: RFC of the company, or of its nearest parent if a branch has none"""
        return self.company_id._l10n_mx_facture_taxpayer()._l10n_mx_facture_own_rfc()


def received_error_text(env, error):
    """:param error: :class:`~..cfdi.errors.CfdiError` of :func:`~..cfdi.received.read_received`
    :return: the end of a sentence ("The file was not imported: ...")
    """
    types = {
        "N": env._("payroll"),
        "P": env._("payment receipt"),
        "T": env._("transport of goods"),
    }
    kind = error.data.get("type")
    detail = error.data.get("detail") or error.text
    texts = {
        "other_type": env._(
            "it is a CFDI of type %(type)s (%(meaning)s); a bill is of type I, a credit note of type E.",
            type=kind,
            meaning=types.get(kind, "-"),
        ),
        "not_cfdi": other_document_text(env, error),
        "not_stamped": env._("it has no stamp (TimbreFiscalDigital): SAT doesn't know it. Ask for the stamped XML."),
        "two_stamps": env._("it has more than one stamp. Ask the supplier for the original."),
        "foreign_stamp": env._("its stamp belongs to another CFDI: it was changed. Ask the supplier for the original."),
        "too_large": env._("it is larger than %s MB.", MAX_BYTES // 2**20),
        "truncated": env._("its XML ends too early, it was cut off: ask for the file again."),
        "malformed": env._(
            "its XML is damaged or was not written by the rules of XML (%s): ask for the file again.", detail
        ),
        "encoding": env._("its characters are not in the encoding that it names: ask for the file again."),
        "empty": env._("it is empty: ask for the file again."),
        "dtd": env._("it has a DTD or entities, which are not allowed in a CFDI."),
    }
    return texts.get(error.code) or env._("it can't be read as a CFDI: %s", error.text)


class AccountJournal(models.Model):
    """Reports the uploaded files that need attention."""

    _inherit = "account.journal"

    def create_document_from_attachment(self, attachment_ids):
        """Core's uploader shows ``notifications`` of the context; a single document shows its own alerts.

        :param attachment_ids: list of ids of ir.attachment
        :return: action that opens the created documents
        """
        action = super().create_document_from_attachment(attachment_ids)
        action = self._l10n_mx_facture_open_receipts(attachment_ids, action)
        if action.get("res_id") or action.get("res_model") != "account.move":
            return action
        moves = self.env["account.move"].search(action["domain"])
        flagged = moves.filtered("l10n_mx_facture_hint")
        if flagged:
            text = self.env._(
                "%(count)s of %(all)s documents need attention. The column “Notice about the CFDI” says why. Later, "
                "the filter “With a notice about the CFDI” finds them.",
                count=len(flagged),
                all=len(moves),
            )
            uploaded = self.env.ref("l10n_mx_facture.view_uploaded_tree").id
            action["views"] = [[uploaded if kind == "list" else view, kind] for view, kind in action["views"]]
            action["context"] = {
                **action["context"],
                "notifications": {**action["context"].get("notifications", {}), self.env._("CFDI"): text},
            }
        return action
