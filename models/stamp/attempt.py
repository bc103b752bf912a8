import base64
import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal

from odoo import api, fields, models

from ... import cfdi
from ..common import sealed
from ..common.locks import serialize_on


@dataclass(frozen=True)
class Prepared:
    """An invoice that is ready to be sent: what SAT will read, frozen."""

    move: models.BaseModel
    branch: models.BaseModel
    comprobante: cfdi.Comprobante
    payload: bytes
    total: Decimal
    proof: dict
    # what is handed over before it is stamped, at services that want it so
    draft: dict | None = None


class L10nMxFactureDocument(models.Model):
    """An attempt to stamp: what will be sent is frozen and said in the ledger before anything leaves."""

    _inherit = "l10n_mx_facture.document"

    def _supersede_test(self):
        """A CFDI of test makes room for a real one; it never existed for SAT."""
        sealed.write(
            self.filtered(lambda document: document.environment == "test"),
            {
                "state": "cancelled",
                "resolved_by_id": self.env.uid,
                "resolved_date": fields.Datetime.now(),
                "resolution": self.env._("A CFDI of test, replaced by one of production."),
            },
        )
        # the index refuses the real one as long as it sees this one live
        self.flush_recordset(["state"])

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
        created = self.sudo().with_context(mail_create_nolog=True).create(
            [{**self._sending_vals(one), **places.get(one.move, {})} for one in new]
        )
        known = {**drafts, **{one.move: document for one, document in zip(new, created, strict=True)}}
        for one in prepared:
            if one.move in drafts:
                document = drafts[one.move]
                # under an id of the service everything stays as it was handed over
                vals = self._leaving_vals() if document.remote_id else self._sending_vals(one)
                sealed.write(document, vals)
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
        serialize_on(documents.move_id | documents.move_id._l10n_mx_facture_same_sale())
        # of two that substitute one CFDI, of ours or not, both see the rows that name it
        serialize_on(self.env["l10n_mx_facture.relation"]._substitutions(documents._named_with_04()))
        return documents

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
