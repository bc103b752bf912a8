import base64
import hashlib
import json
import time
from dataclasses import dataclass, field

from odoo import api, fields, models

from ...pac.contract import Pac
from ...pac.errors import NotSent
from ..common import protected
from ..common.locks import serialize_on
from ..common.owners import OWNER_FIELDS

BELONGS_TO = (*OWNER_FIELDS, "company_id", "branch_id", "account_id", "environment", "currency_id")

# a committed attempt is sent within this time or not at all
MAX_DELAY = 60  # seconds


@dataclass(frozen=True)
class Call:
    """All data for the calls, so that nothing has to be read between commit and call.

    :param payloads: dict from a document to the bytes of its XML
    :param drafts: dict from a document to the data of its first step, at services with two steps
    :param remote_ids: dict from a document to its id at the service, or False
    :param former: dict from an earlier attempt for one of the invoices to a callable that looks it up, called first
    :param account: through which it is sent
    :param rows: the ledger rows of this attempt; an answer has no effect if there is a newer one
    :param prepared: monotonic time at which the attempt was stored
    """

    account: models.BaseModel
    rows: models.BaseModel
    client: Pac
    branch: str
    payloads: dict
    drafts: dict
    remote_ids: dict
    former: dict
    prepared: float = field(default_factory=time.monotonic)

    def in_time(self, call):
        """:raise NotSent: it was stored too long ago"""
        if time.monotonic() - self.prepared > MAX_DELAY:
            # the process was suspended, and others may count the attempt as dead
            raise NotSent("stale", "The process was held up before it could send.")
        return call()


class L10nMxFactureDocument(models.Model):
    """An attempt to stamp: its bytes and its ledger row are stored before anything is sent."""

    _inherit = "l10n_mx_facture.document"

    def _supersede_test(self):
        """Cancel a test CFDI, which SAT never had, so that the production one can be stored."""
        protected.write(
            self.filtered(lambda document: document.environment == "test"),
            {
                "state": "cancelled",
                "resolved_by_id": self.env.uid,
                "resolved_date": fields.Datetime.now(),
                "resolution": self.env._("A test CFDI, replaced by one in production."),
            },
        )
        # the unique index would refuse the production one
        self.flush_recordset(["state"])

    @api.model
    def _create_sending(self, ready):
        """Store what will be sent and its ledger rows. The caller commits before sending.

        :param ready: list of :class:`~..build.comprobante.Built`
        :return: the documents, in state ``sending``
        """
        waiting = {
            one.owner: one.owner.l10n_mx_facture_document_id
            for one in ready
            if one.owner.l10n_mx_facture_document_id.state == "draft"
        }
        queue_vals = {one.owner: waiting[one.owner]._end_if_changed(one) for one in ready if one.owner in waiting}
        drafts = {move: document for move, document in waiting.items() if queue_vals[move] is None}
        new = [one for one in ready if one.owner not in drafts]
        # a first message would say no more than the ledger; nothing of it is tracked
        documents = self.sudo().with_context(tracking_disable=True)
        sending = self._sending_state_vals()
        created = documents.create(
            [{**self._sending_vals(one), **sending, **queue_vals.get(one.owner, {})} for one in new]
        )
        known = {**drafts, **{one.owner: document for one, document in zip(new, created, strict=True)}}
        for one in ready:
            if one.owner in drafts:
                documents.browse(drafts[one.owner].id)._freeze(one)
        # once for all: what depends on the state would be searched for each
        protected.write(documents.concat(*drafts.values()), sending)
        documents = self.concat(*(known[one.owner] for one in ready))
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
        # concurrent transactions that reset or cancel the invoice, or stamp another one of the same sale, get a
        # conflict and see this attempt on retry
        written = {owners._name: owners for owners in documents._set_as_current()}
        for owners in documents._owners():
            others = owners | owners._l10n_mx_facture_same_sale()
            serialize_on(others - written.get(owners._name, owners.browse()))
            owners._l10n_mx_facture_sending()
        # two substitutes of one CFDI, ours or not, both see the rows that name it
        serialize_on(self.env["l10n_mx_facture.relation"]._substitutions(documents._named_with_04()))
        return documents

    def _freeze(self, built):
        """Store what is sent in a document that was queued."""
        if self.remote_id:
            # with an id of the service, the data stays as it was sent
            return
        vals = self._sending_vals(built)
        # what is unchanged is not written again, as that would recompute all related fields
        same = {
            name
            for name in BELONGS_TO
            if name in vals and self._fields[name].convert_to_write(self[name], self) == vals[name]
        }
        protected.write(self, {name: value for name, value in vals.items() if name not in same})

    @api.model
    def _sending_vals(self, built):
        comprobante, branch = built.comprobante, built.owner.l10n_mx_facture_branch_id
        return {
            **built.owner._l10n_mx_facture_document_vals(),
            "branch_id": branch.id,
            "account_id": branch.account_id.id,
            "environment": branch.account_id.environment,
            "serie": comprobante.serie,
            "folio": comprobante.folio,
            "fecha": comprobante.fecha.isoformat(sep=" ", timespec="seconds"),
            "rfc_emisor": comprobante.emisor.rfc,
            "rfc_receptor": comprobante.receptor.rfc,
            "lugar_expedicion": comprobante.lugar_expedicion,
            "total": float(built.totals.total),
            "proof": built.proof,
            "payload": base64.b64encode(built.payload),
            "payload_hash": hashlib.sha256(built.payload).hexdigest(),
            "draft_sent": built.draft and json.dumps(built.draft, ensure_ascii=False),
        }

    @api.model
    def _sending_state_vals(self):
        return {
            "state": "sending",
            "date_sent": fields.Datetime.now(),
            "date_due": False,
            "message_code": False,
            "message_text": False,
            "refused_as_whole": False,
        }

    def _first_operation(self, count):
        """:param count: number of documents in the call
        :return: operation of the first call in the ledger
        """
        if self.draft_sent and not self.remote_id:
            return "create"
        return "stamp" if count == 1 or self.draft_sent else "stamp_many"
