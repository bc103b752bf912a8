import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common import protected


def raw_vals(raw):
    """The values of ``raw`` and ``raw_hash`` for an answer.

    :param raw: bytes as they came; none where nothing is kept
    :return: dict; the hash is that of the text in UTF-8, which is that of the bytes where they are UTF-8
    """
    if not raw:
        return {"raw": False, "raw_hash": False}
    text = raw.decode("utf-8", "backslashreplace").replace("\0", "\\0")
    return {"raw": text, "raw_hash": hashlib.sha256(text.encode()).hexdigest()}


class L10nMxFactureRequest(models.Model):
    """The ledger: one row for each call that could change something, committed before the call is made."""

    _name = "l10n_mx_facture.request"
    _inherit = ["l10n_mx_facture.access"]
    _description = "CFDI Service Call"
    _order = "id desc"
    _rec_name = "operation"

    document_id = fields.Many2one(
        "l10n_mx_facture.document", "CFDI", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)
    operation = fields.Selection(
        [
            ("create", "Create at the service"),
            ("stamp", "Stamp"),
            ("stamp_many", "Stamp in bulk"),
            ("resend", "Send again"),
            ("recover", "Look up"),
            ("cancel", "Cancel"),
        ],
        required=True,
        readonly=True,
    )
    outcome = fields.Selection(
        [
            ("pending", "Under way"),
            ("done", "Done"),
            ("rejected", "Rejected"),
            ("not_sent", "Not sent"),
            ("unknown", "Unknown"),
        ],
        required=True,
        default="pending",
        readonly=True,
        help="Unknown: the answer was lost or can't be read, so the service may have done it.",
    )
    http_status = fields.Integer("HTTP status", readonly=True)
    date_start = fields.Datetime("Start", required=True, default=fields.Datetime.now, readonly=True)
    date_end = fields.Datetime("End", readonly=True)
    user_id = fields.Many2one(
        "res.users", "By", default=lambda self: self.env.user, readonly=True
    )
    cancel_reason = fields.Char("Motivo", readonly=True, help="Why the cancellation was asked for: SAT's 01 to 04.")
    cancel_replacement_uuid = fields.Char("FolioSustitucion", readonly=True, help="With reason 01: the CFDI that "
                                                                                  "substitutes it.")
    refused_date = fields.Datetime(
        "Refused on", readonly=True, help="When SAT showed that the customer had refused this request to cancel."
    )
    code = fields.Char(readonly=True)
    message = fields.Text(readonly=True)
    raw = fields.Text(
        "Raw answer", readonly=True, help="What came back, kept where it could not be understood."
    )
    raw_hash = fields.Char("SHA-256 of the raw answer", readonly=True, help="When it came.")

    def _close(self, outcome, http_status=None, code=None, message=None, raw=None):
        """Store the outcome of the call."""
        protected.write(
            self,
            {
                "outcome": outcome,
                "http_status": http_status or 0,
                "date_end": fields.Datetime.now(),
                "code": code or False,
                "message": message or False,
                **raw_vals(raw),
            },
        )

    def write(self, vals):
        if not protected.may_write(self, vals):
            raise UserError(self.env._("The calls to the service are a log and can't be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if protected.may_unlink(self) and not self.document_id.filtered("date_sent"):
            return
        raise UserError(self.env._("The calls to the service are a log and can't be deleted."))
