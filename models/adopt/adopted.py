import hashlib
from datetime import UTC
from http import HTTPStatus
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...cfdi.errors import CfdiError
from ...pac.errors import PacError
from ...pac.results import Stamped
from ..common.locks import lock, serialize_on

# FechaTimbrado is written in the time of the centre of Mexico
STAMP_TZ = ZoneInfo("America/Mexico_City")


class L10nMxFactureDocument(models.Model):
    """A CFDI that was stamped elsewhere becomes one of ours: stored as it is, without a payload: nothing was sent."""

    _inherit = "l10n_mx_facture.document"

    @api.model
    def _adopt_elsewhere(self, move, candidate, branch, confirmed=False):
        """Store a CFDI that another system has stamped as that of an invoice. The caller commits.

        :param candidate: :class:`~.candidate.Candidate`
        :param branch: through which it is cancelled and its files are fetched
        :param confirmed: whether a person says that it is this invoice's although its number or receiver differs
        :return: the CFDI
        :raise UserError: it can't be adopted, or somebody else works on the invoice
        """
        lock(move, move.display_name)
        if lost := move._l10n_mx_facture_lost_stamp(candidate):
            return lost._resolve_by_file(candidate)
        move._l10n_mx_facture_check_adoptable(candidate, confirmed)
        move.l10n_mx_facture_document_id.filtered(lambda one: move.l10n_mx_facture_test_only)._supersede_test()
        move._l10n_mx_facture_take_from_cfdi(candidate.read, branch)
        vals = self._adopted_vals(move, candidate, branch)
        document = self.sudo().with_context(tracking_disable=True).create(vals)
        attachment = candidate.attachment or document._attach(
            document._file_name("xml", uuid=candidate.read.uuid), candidate.xml, "application/xml"
        )
        # SAT knows it already
        found = {**document._found_files(candidate.read.uuid), "sat_next_date": fields.Datetime.now()}
        document._become_stamped(candidate.read, candidate.xml, attachment, **found)
        document._set_as_current()
        # who stamps, resets or adopts at the same moment gets a conflict, and sees this on retry
        serialize_on(move)
        document._announce_adopted(candidate)
        return document

    @api.model
    def _adopted_vals(self, move, candidate, branch):
        read, account = candidate.read, branch.sudo().account_id
        stamped = read.fecha_timbrado.replace(tzinfo=STAMP_TZ).astimezone(UTC).replace(tzinfo=None)
        return {
            "move_id": move.id,
            "company_id": move.company_id.id,
            "branch_id": branch.id,
            "account_id": account.id,
            # of an account in test, until SAT says that it is a real one
            "environment": account.environment,
            "tipo_de_comprobante": read.tipo_de_comprobante,
            "serie": read.serie,
            "folio": read.folio,
            "fecha": read.fecha.isoformat(sep=" ", timespec="seconds"),
            "rfc_emisor": read.rfc_emisor,
            "rfc_receptor": read.rfc_receptor,
            "lugar_expedicion": read.lugar_expedicion,
            "currency_id": move.currency_id.id,
            "total": float(read.total),
            "remote_id": candidate.remote_id or False,
            "date_sent": min(stamped, fields.Datetime.now()),
            "adopted_from": candidate.source,
            "adopted_file": candidate.name,
            "adopted_by_id": self.env.uid,
            "adopted_date": fields.Datetime.now(),
        }

    def _found_files(self, uuid):
        """:return: dict of values: the PDF and the receipt (acuse) that this module, before it was removed, has left on
            the invoice, known by their names
        """
        ours = [("res_model", "=", "account.move"), ("res_id", "=", self.move_id.id), ("res_field", "=", False)]
        files = self.env["ir.attachment"].sudo().search([*ours, ("name", "=ilike", f"%{uuid}.___")], order="id")
        pdf = files.filtered(lambda file: file.name.lower().endswith(".pdf"))[-1:]
        receipt = files.filtered(lambda file: file.name.lower().startswith("acuse_"))[-1:]
        vals = {"pdf_attachment_id": pdf.id}
        if receipt:
            digest = hashlib.sha256(receipt.raw or b"").hexdigest()
            vals.update(receipt_attachment_id=receipt.id, receipt_hashes={str(receipt.id): digest})
        return vals

    def _announce_adopted(self, candidate):
        labels = dict(self._fields["adopted_from"]._description_selection(self.env))
        self.move_id._message_log(
            body=self.env._(
                "The CFDI %(uuid)s, which was stamped elsewhere, was adopted. %(origin)s: %(file)s",
                uuid=self.uuid,
                origin=labels[candidate.source],
                file=candidate.name,
            )
        )

    # -- a lost answer --------------------------------------------------------------------------

    def _is_stamp_of_payload(self, xml):
        """:return: whether an XML is the stamped form of what was sent"""
        if not self.payload_hash:
            return False
        try:
            return not self.account_id._new_client().differences(self._payload_bytes(), xml)
        except (CfdiError, PacError):
            return False

    def _resolve_by_file(self, candidate):
        """A file is the stamp whose answer was lost.

        :return: the CFDI
        """
        if self._is_being_resent():
            raise UserError(
                self.env._("The service is being asked about %s at this moment: try again.", self.move_id.display_name)
            )
        text = self.env._("The answer was lost. The file %s is the stamp of what was sent.", candidate.name)
        decision = {"resolved_by_id": self.env.uid, "resolved_date": fields.Datetime.now(), "resolution": text}
        self._adopt(Stamped(candidate.xml, candidate.read.uuid, HTTPStatus.OK.value), **decision)
        self._announce_resolution(self.env._("stamped, with UUID %s", self.uuid), text)
        return self


class AccountMove(models.Model):
    """What an invoice takes from the CFDI that it adopts: what the XML says is what was issued."""

    _inherit = "account.move"

    def _l10n_mx_facture_take_from_cfdi(self, read, branch):
        """:param read: :class:`~..cfdi.issued.IssuedCfdi`
        :param branch: through which it is cancelled
        """
        usage = self._l10n_mx_facture_row_of("c_uso_cfdi", read.uso_cfdi)
        form = self._l10n_mx_facture_row_of("c_forma_pago", read.forma_pago)
        exports = dict(self._fields["l10n_mx_facture_export"].selection)
        taken = {
            "l10n_mx_facture_branch_id": branch.id,
            "l10n_mx_facture_usage_id": usage.id,
            "l10n_mx_facture_payment_policy": read.metodo_pago if read.metodo_pago in ("PUE", "PPD") else False,
            "l10n_mx_facture_payment_form_id": form.id,
            "l10n_mx_facture_export": read.exportacion if read.exportacion in exports else False,
        }
        # in one write, as one is computed from the other
        self.write({name: value for name, value in taken.items() if value})
        self._l10n_mx_facture_take_relations(read.relacionados)

    def _l10n_mx_facture_row_of(self, catalogue, code):
        """:return: the row of one of SAT's catalogues; empty if there is none"""
        rows = self.env[f"l10n_mx_catalogs.{catalogue}"]
        return rows.search([("code", "=", code)], limit=1) if code else rows

    def _l10n_mx_facture_take_relations(self, wanted):
        """Make the related CFDIs those of the XML.

        :param wanted: tuples of TipoRelacion and UUID
        """
        rows = self.sudo().l10n_mx_facture_relation_ids
        known = {(row.relation_type_id.code, row.uuid): row for row in rows}
        extra = [row for key, row in known.items() if key not in wanted]
        named = self.env["l10n_mx_facture.document"].sudo().search([("uuid", "in", [uuid for _kind, uuid in wanted])])
        ours = {one.uuid: one.id for one in named if one.company_id == self.company_id}
        commands = [Command.delete(row.id) for row in extra]
        for kind, uuid in dict.fromkeys(wanted):
            relation_type = self._l10n_mx_facture_row_of("c_tipo_relacion", kind)
            if (kind, uuid) not in known and relation_type:
                vals = {"relation_type_id": relation_type.id, "uuid": uuid, "document_id": ours.get(uuid, False)}
                commands.append(Command.create(vals))
        if commands:
            self.sudo().l10n_mx_facture_relation_ids = commands
