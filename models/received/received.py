from markupsafe import Markup
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from ...cfdi.errors import CfdiError
from ...cfdi.received import read_received
from ..common import protected
from ..common.actions import open_record


class L10nMxFactureReceived(models.Model):
    """A supplier's CFDI on its vendor bill.

    Its fields come from the XML and can't be edited: differences are corrected on the bill. A UUID is on only one bill
    of a company and its branches, cancelled bills not counted. It is deleted with its bill.
    """

    _name = "l10n_mx_facture.received"
    _description = "CFDI of a Supplier"
    _inherit = ["l10n_mx_facture.received.file", "l10n_mx_facture.sat_status"]
    _order = "id desc"
    _rec_name = "uuid"
    _rec_names_search = ["uuid", "folio", "rfc_emisor", "move_id.name"]

    move_id = fields.Many2one("account.move", "Bill", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    root_company_id = fields.Many2one(
        "res.company",
        "Root company",
        compute="_compute_root_company_id",
        store=True,
        help="The top company. Among it and its branches in Odoo, a CFDI is booked once.",
    )
    partner_id = fields.Many2one(related="move_id.commercial_partner_id", string="Vendor")
    in_use = fields.Boolean(
        compute="_compute_in_use", store=True, help="It is on a bill that is not cancelled, so no other bill can have "
                                                    "it."
    )
    tipo_de_comprobante = fields.Selection(
        [("I", "I Income"), ("E", "E Credit note")], "Type", required=True, readonly=True
    )
    metodo_pago = fields.Char(
        "MetodoPago", compute="_compute_metodo_pago", store=True, help="PPD: the supplier owes a receipt of payment."
    )
    moneda = fields.Char("Currency code", required=True, readonly=True)
    currency_id = fields.Many2one(
        "res.currency", readonly=True, help="Empty where this database has no such currency."
    )
    total = fields.Monetary(readonly=True)
    tipo_cambio = fields.Float(
        "TipoCambio", digits=(18, 6), readonly=True, help="Pesos for one unit of the currency; 0 where none is written."
    )
    problems = fields.Text(compute="_compute_problems", help="Differences between the bill and the CFDI.")

    _uuid_unique = models.UniqueIndex(
        "(root_company_id, uuid) WHERE in_use", "This UUID is on another vendor bill of the company already."
    )
    _move_unique = models.UniqueIndex("(move_id)", "This bill has the CFDI of a supplier already.")

    def _owner(self):
        """:return: the bill, as of our own CFDIs what they are of"""
        return self.move_id

    @api.depends("company_id")
    def _compute_root_company_id(self):
        for received in self:
            received.root_company_id = received.company_id.root_id

    @api.depends("xml_attachment_id")
    def _compute_metodo_pago(self):
        for received in self:
            try:
                received.metodo_pago = read_received(received.xml_attachment_id.raw or b"").metodo_pago
            except CfdiError:
                # a file that was changed later has a discrepancy
                received.metodo_pago = False

    @api.depends("move_id.state")
    def _compute_in_use(self):
        for received in self:
            received.in_use = received.move_id.state != "cancel"

    def _compute_problems(self):
        for received in self:
            received.problems = "\n".join(received._difference_texts())

    def _check_free(self):
        """Raise if a cancelled bill is reset while another one has its CFDI.

        :raise RedirectWarning: with a link to the bill that has it
        """
        for received in self:
            if other := received._find_on_bill(received.company_id, received.uuid):
                raise RedirectWarning(
                    received._duplicate_text(other),
                    open_record(other.move_id),
                    self.env._("Open %s", other.move_id.display_name),
                )

    # -- what the supplier sent can't be changed ------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_only_with_its_bill(self):
        if not protected.may_unlink(self):
            raise UserError(
                self.env._("A supplier's CFDI can't be deleted. Remove it from its bill while the bill is a draft.")
            )
        self._unlink_answers()

    # -- creation -------------------------------------------------------------------------------

    @api.model
    def _find_on_bill(self, company, uuid):
        """:return: the CFDI with this UUID on a bill (not cancelled) of the company, its parents or branches"""
        return self.sudo().search(
            [("root_company_id", "=", company.sudo().root_id.id), ("uuid", "=", uuid), ("in_use", "=", True)]
        )

    @api.model
    def _keep(self, move, read, attachment):
        """Attach a supplier's CFDI to a bill that has none.

        :param read: :class:`~..cfdi.received.ReceivedCfdi`
        :param attachment: the file that was read
        :return: the CFDI; empty if another bill got it at the same time
        """
        try:
            with self.env.cr.savepoint():
                return self.sudo().create(self._vals(move, read, attachment)).with_env(self.env)
        except UniqueViolation:
            # committed after this transaction began, so a search doesn't find it
            return self.browse()

    @api.model
    def _vals(self, move, read, attachment):
        currency = self.env["res.currency"].with_context(active_test=False)
        return {
            "move_id": move.id,
            **self._file_vals(read, attachment),
            "tipo_de_comprobante": read.tipo_de_comprobante,
            "moneda": read.moneda,
            "currency_id": currency.search([("name", "=", read.moneda)], limit=1).id,
            "total": float(read.total),
            "tipo_cambio": float(read.tipo_cambio or 0),
        }

    # -- actions --------------------------------------------------------------------------------

    def action_open_move(self):
        self.ensure_one()
        return open_record(self.move_id)

    def _duplicate_text(self, other):
        """:param other: the received CFDI with the same UUID"""
        text = self.env._(
            "The CFDI %(uuid)s is on the bill %(bill)s already: a CFDI is booked once. Delete or cancel one of them.",
            uuid=other.uuid,
            bill=other.move_id.display_name,
        )
        return text if other.seal == "holds" else f"{text} {other._next_step_text()}"

    def _duplicate_note(self):
        """:return: HTML text that this one has the UUID, with a link to its bill"""
        text = self.env._("the CFDI %s is on another bill already: a CFDI is booked once.", self.uuid)
        note = Markup("%s %s") % (text, self.move_id._get_html_link())
        return note if self.seal == "holds" else Markup("%s. %s") % (note, self._next_step_text())

    def _note_body(self, title, texts):
        """:param texts: list of texts or HTML
        :return: HTML for the chatter
        """
        return Markup("<strong>%s</strong><ul>%s</ul>") % (
            title,
            Markup().join(Markup("<li>%s</li>") % text for text in texts),
        )

    def _difference_texts(self):
        return [problem.text for problem in self._differences()]

    def _unlink_with_bill(self):
        """Delete the CFDI with its bill."""
        protected.unlink(self)

    def _release(self):
        """Remove it from its draft bill. The file stays as an ordinary attachment."""
        self.ensure_one()
        if self.move_id.state != "draft":
            raise UserError(
                self.env._("%s is not a draft: its CFDI can't be removed.", self.move_id.display_name)
            )
        self.move_id.message_post(body=self.env._("The CFDI %s was removed from this bill.", self.uuid))
        protected.unlink(self)
