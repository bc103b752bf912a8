from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common import protected
from ..document.request import raw_vals

READINGS = [
    ("live", "Valid"),
    ("cancel_in_process", "Waiting for the receiver's acceptance"),
    ("refused", "Valid: the cancellation was refused"),
    ("cancelled", "Cancelled"),
    ("not_yet_known", "Not found yet"),
    ("bad_expression", "SAT did not accept the query"),
    ("unknown", "Not understood"),
]
EFOS_READINGS = [
    ("listed", "The issuer is listed"),
    ("third_party_listed", "A third party is listed"),
    ("clean", "Not listed"),
    ("unknown", "No information"),
]
# readings that change nothing
NOT_UNDERSTOOD = ("unknown", "bad_expression")
# fields of the answer and of the CFDI, with the attribute of SatAnswer that each stores
ANSWER_FIELDS = {
    "sat_codigo_estatus": "codigo_estatus",
    "sat_estado": "estado",
    "sat_es_cancelable": "es_cancelable",
    "sat_estatus_cancelacion": "estatus_cancelacion",
    "sat_efos": "validacion_efos",
}


class L10nMxFactureSatAnswer(models.Model):
    """SAT's answers about a CFDI: one row each time the answer changes, with the period. Never edited or deleted."""

    _name = "l10n_mx_facture.sat_answer"
    _inherit = ["l10n_mx_facture.access"]
    _description = "SAT's Answer"
    _order = "id desc"
    _rec_name = "reading"

    res_model = fields.Char("Model", required=True, readonly=True, index=True)
    res_id = fields.Many2oneReference("CFDI", model_field="res_model", required=True, readonly=True, index=True)
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    date = fields.Datetime("First seen", required=True, readonly=True)
    last_date = fields.Datetime("Last seen", required=True, readonly=True)
    sat_codigo_estatus = fields.Char("CodigoEstatus", readonly=True)
    sat_estado = fields.Char("Estado", readonly=True)
    sat_es_cancelable = fields.Char("EsCancelable", readonly=True)
    sat_estatus_cancelacion = fields.Char("EstatusCancelacion", readonly=True)
    sat_efos = fields.Char("ValidacionEFOS", readonly=True)
    reading = fields.Selection(READINGS, required=True, readonly=True)
    message = fields.Char(readonly=True, help="Why the answer was not understood.")
    expression = fields.Char("Question", readonly=True, help="The printed expression that was sent to SAT.")
    raw = fields.Text("Raw answer", readonly=True)
    raw_hash = fields.Char("SHA-256 of the raw answer", readonly=True, help="When it was first seen.")

    @api.model
    def _keep(self, record, asked, vals, raw):
        """Store an answer: a new row if it changed, else the end of the last row's period.

        One that was not understood is kept as it came: it is the same only if its bytes are.

        :param record: the CFDI, of a model that inherits ``l10n_mx_facture.sat_status``
        :param asked: UTC datetime of the question
        :param vals: dict of the fields of the answer, ``reading``, ``message`` and ``expression``
        :param raw: bytes of the answer
        :return: the row
        """
        last = self.sudo().search([("res_model", "=", record._name), ("res_id", "=", record.id)], limit=1)
        vals = {**vals, **raw_vals(raw)}
        compared = set(vals) - (set() if vals["reading"] in NOT_UNDERSTOOD else {"raw", "raw_hash"})
        if last and all((last[name] or False) == (value or False) for name, value in vals.items() if name in compared):
            protected.write(last, {"last_date": max(asked, last.last_date)})
            return last
        return self.sudo().create(
            {
                **vals,
                "res_model": record._name,
                "res_id": record.id,
                "company_id": record.company_id.id,
                "date": asked,
                "last_date": asked,
            }
        )

    def write(self, vals):
        if not protected.may_write(self, vals):
            raise UserError(self.env._("SAT's answers are evidence: they can't be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        # deleted together with a supplier's CFDI that was never on a posted bill
        if not protected.may_unlink(self):
            raise UserError(self.env._("SAT's answers are evidence: they can't be deleted."))
