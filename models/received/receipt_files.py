"""How suppliers' receipts of payment come in: on their own list, or among the files of bills."""

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...cfdi.errors import CfdiError
from ...cfdi.received_receipt import read_received_receipt
from ..common import protected
from ..common.access import check_group
from ..common.actions import open_all
from .fill import find_vendor
from .other_files import may_be_xml
from .refusals import received_error_text

KINDS = {"I": "in_invoice", "E": "in_refund"}


class L10nMxFactureReceivedRep(models.Model):
    """From a file to a receipt, or to a sentence that says why it is none."""

    _inherit = "l10n_mx_facture.received.rep"

    @api.model
    def _take(self, company, attachment):
        """Keep a supplier's receipt of payment.

        :param company: whose receipt it should be
        :param attachment: ir.attachment with the XML. One that is of another record is copied.
        :return: the receipt, and "". Empty, and the end of a sentence ("The file was not imported: ...") where it is
            refused; the receipt that is here already, and that sentence, where it is a duplicate.
        """
        Rep = self.sudo()
        try:
            read = read_received_receipt(attachment.raw or b"")
        except CfdiError as error:
            return Rep.browse(), self._error_text(error)
        if text := self._foreign_text(company, read.header):
            return Rep.browse(), text
        other = Rep.search([("root_company_id", "=", company.sudo().root_id.id), ("uuid", "=", read.header.uuid)])
        if other and not (other.seal != "holds" and self._seal(attachment.raw) == "holds"):
            return other, self.env._("the receipt %s is here already.", read.header.uuid)
        # the seal of the one that was here doesn't hold, or can't be verified: this is the original
        protected.unlink(other)
        return self._keep(company, read, attachment.sudo())

    @api.model
    def _keep(self, company, read, attachment):
        if attachment.res_id:
            attachment = attachment.create({"name": attachment.name, "raw": attachment.raw})
        try:
            with self.env.cr.savepoint():
                rep = self.sudo().create(self._vals(company, read, attachment))
        except UniqueViolation:
            # committed after this transaction began, so a search doesn't find it
            text = self.env._("the receipt %s is being added by somebody else right now.", read.header.uuid)
            return self.sudo().browse(), text
        protected.write(attachment, {"res_model": self._name, "res_id": rep.id, "mimetype": "application/xml"})
        return rep, ""

    @api.model
    def _vals(self, company, read, attachment):
        pairs = [(pago, docto) for pago in read.pagos.pagos for docto in pago.doctos]
        names = {docto.moneda for _pago, docto in pairs}
        found = self.env["res.currency"].with_context(active_test=False).search([("name", "in", list(names))])
        currencies = {currency.name: currency.id for currency in found}
        return {
            **self._file_vals(read.header, attachment),
            "company_id": company.id,
            "partner_id": find_vendor(self.env, company, read.header.rfc_emisor).id,
            "date_payment": max(pago.fecha_pago for pago in read.pagos.pagos).date(),
            "amount_total": float(read.pagos.totales.monto_total_pagos),
            "currency_id": self.env.ref("base.MXN").id,
            "line_ids": [fields.Command.create(_line_vals(pago, docto, currencies)) for pago, docto in pairs],
        }

    # -- refusals -------------------------------------------------------------------------------

    @api.model
    def _error_text(self, error):
        """:param error: CfdiError of :func:`~..cfdi.received_receipt.read_received_receipt`"""
        if error.code == "other_type" and error.data["type"] in KINDS:
            return self.env._(
                "it is a CFDI of type %s: upload it among the vendor bills (menu Vendors).", error.data["type"]
            )
        if error.code == "no_payments":
            return self.env._(
                "it is a receipt of payment without Pagos 2.0 (CFDI %s). Keep the file with the payment.",
                error.data["version"],
            )
        return received_error_text(self.env, error)

    @api.model
    def _foreign_text(self, company, header):
        """:return: why it is not this company's to receive; None if it is"""
        ours = company._l10n_mx_facture_taxpayer()._l10n_mx_facture_own_rfc()
        if header.rfc_receptor == ours:
            return None
        if header.rfc_emisor == ours:
            return self.env._(
                "this company issued it (receipt of payment %s): the own ones are in the menu Customers.", header.uuid
            )
        return self.env._(
            "it was issued to %(receiver)s, not to this company (%(company)s): ask the supplier for the right one.",
            receiver=header.rfc_receptor,
            company=ours or "-",
        )

    # -- the own list -----------------------------------------------------------------------------

    def create_document_from_attachment(self, attachment_ids):
        """Called by core's uploader and by files that are dropped on the list.

        :param attachment_ids: list of ids of ir.attachment
        :return: action that opens what came of them; it tells what was refused
        :raise UserError: all of them were refused
        """
        check_group(self.env, "stamp")
        attachments = self.env["ir.attachment"].browse(attachment_ids)
        # of others' attachments nothing is told
        attachments.check_access("read")
        reps, refused = self.sudo(), []
        for attachment in attachments:
            rep, text = self._take(self.env.company, attachment)
            reps |= rep
            refused += [(attachment.name, text)] if text else []
        if refused and len(refused) == len(attachments):
            raise UserError("\n".join(self._refused_text(*one) for one in refused))
        notifications = {name: self._refused_text(name, text) for name, text in refused}
        context = {"notifications": notifications} if notifications else {}
        return {**reps.sudo(False)._open(), "context": context}

    @api.model
    def _refused_text(self, name, text):
        return self.env._("The file %(file)s was not imported: %(reason)s", file=name, reason=text)

    def _open(self):
        """:return: the action that opens these"""
        return open_all(self, self.env._("Receipts of suppliers"))


def _line_vals(pago, docto, currencies):
    return {
        "uuid": (docto.id_documento or "").upper(),
        "reference": "".join(filter(None, (docto.serie, docto.folio))),
        "date_payment": pago.fecha_pago.date(),
        "installment": docto.num_parcialidad,
        "balance_before": float(docto.imp_saldo_ant),
        "amount": float(docto.imp_pagado),
        "balance_after": float(docto.imp_saldo_insoluto),
        "moneda": docto.moneda,
        "currency_id": currencies.get(docto.moneda),
    }


class AccountMove(models.Model):
    """A receipt among the files of a bill: it goes to the receipts, and the bill says so."""

    _inherit = "account.move"

    def _l10n_mx_facture_take_receipt(self, file_data):
        """:param file_data: dict of Odoo's import framework, of a CFDI of type P
        :return: as ``_l10n_mx_facture_import_received``
        """
        Rep = self.env["l10n_mx_facture.received.rep"]
        attachment = file_data["attachment"]
        # of a PDF with an XML inside it there is none
        own = attachment or attachment.create({"name": file_data["name"], "raw": file_data["raw"]})
        rep, text = Rep._take(self.company_id, own)
        if not rep:
            return self._l10n_mx_facture_refuse(file_data, text)
        kept = self.env._("it is a receipt of payment (REP), and is in the menu Vendors, Receipts of suppliers.")
        if self._l10n_mx_facture_is_empty_draft():
            # nobody needs this draft
            return self._l10n_mx_facture_refuse(file_data, text or kept)
        link = rep._get_html_link(title=rep.uuid)
        self.message_post(body=self.env._("Receipt of payment of the supplier: %s", link))
        return None


class AccountJournal(models.Model):
    """Files that are uploaded as bills: receipts of payment make no drafts."""

    _inherit = "account.journal"

    def _create_document_from_attachment(self, attachment_ids):
        left = self._l10n_mx_facture_take_receipts(attachment_ids)
        if attachment_ids and not left:
            return self.env["account.move"]
        return super()._create_document_from_attachment(left)

    def _l10n_mx_facture_take_receipts(self, attachment_ids):
        """:return: list of ids of the attachments that are no receipts of payment, or are refused: a draft tells why"""
        journal = self or self.browse(self.env.context.get("default_journal_id"))
        company = journal.company_id or self.env.company
        sold = str(self.env.context.get("default_move_type")).startswith("out_")
        if sold or journal.type not in (False, "purchase") or not company._l10n_mx_facture_is_mexican():
            return attachment_ids
        left = []
        for attachment in self.env["ir.attachment"].browse(attachment_ids):
            if not _may_be_receipt(attachment):
                left.append(attachment.id)
                continue
            _rep, text = self.env["l10n_mx_facture.received.rep"]._take(company, attachment)
            left += attachment.ids if text else []
        return left

    def _l10n_mx_facture_open_receipts(self, attachment_ids, action):
        """:param action: of core's uploader, which opens the bills
        :return: where there are none, the action that opens the receipts; else the same, which tells of them
        """
        Rep = self.env["l10n_mx_facture.received.rep"]
        # sudo: purchase users upload, and may not read these
        reps = Rep.sudo().search([("xml_attachment_id", "in", attachment_ids)])
        if not reps:
            return action
        if action.get("domain") == [("id", "in", [])] and Rep.has_access("read"):
            return reps.sudo(False)._open()
        text = self.env._("%s receipts of payment are in the menu Vendors, Receipts of suppliers.", len(reps))
        notifications = {**action["context"].get("notifications", {}), self.env._("Receipts of payment"): text}
        action["context"] = {**action["context"], "notifications": notifications}
        return action


def _may_be_receipt(attachment):
    raw = attachment.raw or b""
    if not may_be_xml({"name": attachment.name, "raw": raw}):
        return False
    try:
        read_received_receipt(raw)
    except CfdiError as error:
        # its own errors are told on a draft, as those of other files
        return error.code == "no_payments"
    return True
