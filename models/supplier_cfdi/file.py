import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...cfdi.cadena_original import seal_problem
from ...cfdi.errors import CfdiError
from ..common import protected


class L10nMxFactureReceivedFile(models.AbstractModel):
    """The XML that a supplier sent, its header and its seal: of a bill's CFDI, or of a receipt of payment.

    What it says can't be edited. A model that inherits it inherits ``l10n_mx_facture.sat_status``, too.
    """

    _name = "l10n_mx_facture.received.file"
    _inherit = ["l10n_mx_facture.access"]
    _description = "XML of a Supplier"

    uuid = fields.Char("UUID", required=True, readonly=True)
    version = fields.Char(required=True, readonly=True)
    serie = fields.Char(readonly=True)
    folio = fields.Char(readonly=True)
    fecha = fields.Char("Issued on", required=True, readonly=True, help="Local time of the place of issue.")
    rfc_emisor = fields.Char("Issuer", required=True, readonly=True)
    nombre_emisor = fields.Char("Name of the issuer", readonly=True)
    rfc_receptor = fields.Char("Receiver", required=True, readonly=True)
    seal = fields.Selection(
        [
            ("holds", "Verified"),
            ("broken", "Broken"),
            ("unverified", "Not verified"),
        ],
        required=True,
        readonly=True,
        help="Whether the seal matches the content, by the certificate in the XML. Only SAT can say whether the CFDI "
        "is real. Not verified: version 3.3, a complement that this module doesn't know, or a certificate that can't "
        "be read.",
    )
    xml_attachment_id = fields.Many2one(
        "ir.attachment", "XML", required=True, readonly=True, ondelete="restrict", index=True
    )
    xml_hash = fields.Char("SHA-256 of the XML", required=True, readonly=True)

    @api.model
    def _file_vals(self, read, attachment):
        """:param read: :class:`~..cfdi.received.ReceivedCfdi`
        :param attachment: the file that was read
        :return: dict of the values of these fields
        """
        return {
            "uuid": read.uuid,
            "version": read.version,
            "serie": read.serie,
            "folio": read.folio,
            "fecha": read.fecha.isoformat(sep=" ", timespec="seconds"),
            "rfc_emisor": read.rfc_emisor,
            "nombre_emisor": read.nombre_emisor,
            "rfc_receptor": read.rfc_receptor,
            "seal": self._seal(attachment.raw),
            "xml_attachment_id": attachment.id,
            "xml_hash": hashlib.sha256(attachment.raw).hexdigest(),
            # SAT is asked in the next round
            "sat_next_date": fields.Datetime.now(),
        }

    @api.model
    def _seal(self, xml):
        try:
            problem = seal_problem(xml)
        except CfdiError:
            return "unverified"
        # a certificate that this server can't read says nothing of the seal
        return {None: "holds", "bad_certificate": "unverified"}.get(problem, "broken")

    def write(self, vals):
        if not protected.may_write(self, vals):
            raise UserError(self.env._("A supplier's CFDI can't be edited: it is what the supplier sent."))
        return super().write(vals)

    def _sat_xml(self):
        return self.sudo().xml_attachment_id.raw or b""

    def _unlink_answers(self):
        """SAT's answers go with what they are about."""
        answers = self.env["l10n_mx_facture.sat_answer"].sudo()
        protected.unlink(answers.search([("res_model", "=", self._name), ("res_id", "in", self.ids)]))
