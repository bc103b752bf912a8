import base64
import hashlib
import json

from odoo import api, fields, models

from ..common import sealed
from ..common.locks import serialize_on

BELONGS_TO = ("move_id", "company_id", "branch_id", "account_id", "currency_id")


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
                "resolution": self.env._("A test CFDI, replaced by one in production."),
            },
        )
        # the index refuses the real one as long as it sees this one live
        self.flush_recordset(["state"])

    @api.model
    def _create_sending(self, ready):
        """Freeze what will be sent, and say so in the ledger. The caller commits before anything leaves.

        :param ready: list of :class:`~..build.comprobante.Built`
        :return: the documents, in state ``sending``
        """
        waiting = {
            one.move: one.move.l10n_mx_facture_document_id
            for one in ready
            if one.move.l10n_mx_facture_document_id.state == "draft"
        }
        places = {one.move: waiting[one.move]._give_way(one) for one in ready if one.move in waiting}
        drafts = {move: document for move, document in waiting.items() if places[move] is None}
        new = [one for one in ready if one.move not in drafts]
        # a first message would say no more than the ledger; nothing of it is tracked
        documents = self.sudo().with_context(tracking_disable=True)
        created = documents.create([{**self._sending_vals(one), **places.get(one.move, {})} for one in new])
        known = {**drafts, **{one.move: document for one, document in zip(new, created, strict=True)}}
        for one in ready:
            if one.move in drafts:
                documents.browse(drafts[one.move].id)._freeze(one)
        documents = self.concat(*(known[one.move] for one in ready))
        self.env["l10n_mx_facture.request"].sudo().create(
            [
                {
                    "document_id": document.id,
                    "company_id": document.company_id.id,
                    "operation": document._first_operation(len(ready)),
                    "user_id": self.env.uid,
                }
                for document in documents
            ]
        )
        # who waits to reset or cancel an invoice has to begin anew and see that it is on its way
        # and who stamps another invoice of the same sale, that it has one
        others = documents.move_id | documents.move_id._l10n_mx_facture_same_sale()
        serialize_on(others - documents._become_current())
        # of two that substitute one CFDI, of ours or not, both see the rows that name it
        serialize_on(self.env["l10n_mx_facture.relation"]._substitutions(documents._named_with_04()))
        return documents

    def _freeze(self, built):
        """Take over what is sent, in a document that has waited for it."""
        # under an id of the service everything stays as it was handed over
        vals = self._leaving_vals() if self.remote_id else self._sending_vals(built)
        # what it belongs to is mostly as it was: written again, all that hangs on it would be computed anew
        same = {name for name in BELONGS_TO if name in vals and self[name].id == vals[name]}
        sealed.write(self, {name: value for name, value in vals.items() if name not in same})

    @api.model
    def _sending_vals(self, built):
        comprobante, branch = built.comprobante, built.move.l10n_mx_facture_branch_id
        return {
            "move_id": built.move.id,
            # stored with the rest: computed, it would be written by a statement of its own
            "company_id": built.move.company_id.id,
            "branch_id": branch.id,
            "account_id": branch.account_id.id,
            "environment": branch.account_id.environment,
            "tipo_de_comprobante": comprobante.tipo_de_comprobante,
            "serie": comprobante.serie,
            "folio": comprobante.folio,
            "fecha": comprobante.fecha.isoformat(sep=" ", timespec="seconds"),
            "rfc_emisor": comprobante.emisor.rfc,
            "rfc_receptor": comprobante.receptor.rfc,
            "lugar_expedicion": comprobante.lugar_expedicion,
            "currency_id": built.move.currency_id.id,
            "total": float(built.totals.total),
            "proof": built.proof,
            "payload": base64.b64encode(built.payload),
            "payload_hash": hashlib.sha256(built.payload).hexdigest(),
            "draft_sent": built.draft and json.dumps(built.draft, ensure_ascii=False),
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
