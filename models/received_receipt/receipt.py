from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common import protected
from ..common.access import check_group
from ..common.actions import download, notification, open_list

# readings in which SAT has it as valid
VALID = ("live", "refused", "cancel_in_process")


class L10nMxFactureReceivedRep(models.Model):
    """A supplier's receipt of payment (REP): what it says that we paid, of which of our bills.

    Its fields come from the XML and can't be edited. It hangs on no bill: its bills and our payments are looked up by
    UUID, amount and date each time. So it doesn't matter what came first.
    """

    _name = "l10n_mx_facture.received.rep"
    _description = "Receipt of Payment of a Supplier"
    _inherit = ["l10n_mx_facture.received.file", "l10n_mx_facture.sat_status"]
    _order = "date_payment desc, id desc"
    _rec_names_search = ["uuid", "folio", "rfc_emisor", "nombre_emisor"]

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    root_company_id = fields.Many2one(related="company_id.root_id", store=True)
    partner_id = fields.Many2one("res.partner", "Vendor", readonly=True, index="btree_not_null")
    date_payment = fields.Date("Paid on", readonly=True, help="The last payment in it.")
    amount_total = fields.Monetary("Paid", readonly=True, help="MontoTotalPagos, in pesos.")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    line_ids = fields.One2many("l10n_mx_facture.received.rep.line", "rep_id", "Paid bills", readonly=True)
    in_use = fields.Boolean(
        "Counts",
        compute="_compute_in_use",
        store=True,
        help="Its seal is not broken, and SAT has not cancelled it.",
    )
    problems = fields.Text("What doesn't match", compute="_compute_problems")

    _uuid_unique = models.UniqueIndex("(root_company_id, uuid)", "This receipt of payment is here already.")
    _sat_due = models.Index("(sat_next_date, id)")

    @api.depends("serie", "folio", "uuid")
    def _compute_display_name(self):
        for rep in self:
            rep.display_name = " ".join(filter(None, (rep.serie, rep.folio))) or rep.uuid

    @api.depends("seal", "sat_reading")
    def _compute_in_use(self):
        for rep in self:
            rep.in_use = rep.seal != "broken" and rep.sat_reading != "cancelled"

    @api.depends("seal", "sat_reading", "line_ids.problem")
    @api.depends_context("lang")
    def _compute_problems(self):
        for rep in self:
            rep.problems = "\n".join([*rep._own_problems(), *filter(None, rep.line_ids.mapped("problem"))])

    def _own_problems(self):
        """:return: list of sentences: why it may not count"""
        texts = {
            "broken": self.env._(
                "The seal is not valid: the XML was changed after it was sealed, or the certificate belongs to "
                "somebody else. It doesn't count. Ask the supplier for the original and upload it here: it replaces "
                "this one."
            ),
            "cancelled": self.env._("SAT: the supplier has cancelled it. It doesn't count: ask for its substitute."),
            "cancel_in_process": self.env._(
                "SAT: the supplier wants to cancel it. Accept or refuse it in your tax mailbox (buzón tributario)."
            ),
            "not_yet_known": self.env._(
                "SAT doesn't have it: it was stamped minutes ago, or it is false. SAT is asked again automatically."
            ),
        }
        if self.seal == "unverified" and self.sat_reading not in VALID:
            texts["unverified"] = self.env._(
                "The seal can't be verified here. Don't rely on it until SAT shows it as valid."
            )
        return [texts[name] for name in (self.seal, self.sat_reading) if name in texts]

    # -- SAT ------------------------------------------------------------------------------------

    @api.model
    def _sat_domain(self):
        return []

    def _sat_expected(self):
        if self.sat_reading == "cancel_in_process":
            return "cancelled", self.sudo().sat_answer_ids[:1].date or self.create_date
        # one that SAT doesn't have may be new, or false
        return "nothing" if self.sat_reading in (*VALID, "cancelled") else "known", self.create_date

    def _sat_follow_up(self):
        """It tells what SAT says by itself, and what it leaves open is in the list of what suppliers owe."""

    # -- what the supplier sent stays -------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_valid(self):
        valid = self.filtered(lambda rep: rep.in_use and rep.sat_reading in VALID)
        if valid and not protected.may_unlink(self):
            raise UserError(self.env._("%s is valid at SAT: it is kept.", valid[0].display_name))
        self._unlink_answers()

    # -- buttons --------------------------------------------------------------------------------

    def action_ask_sat(self):
        """Ask SAT about each of these now.

        :return: a notification with its answers
        """
        check_group(self.env, "stamp")
        self.check_access("read")
        lines = []
        for rep in self:
            rep._sat_ask_or_raise()
            lines.append(f"{rep.display_name}: {rep._sat_text()}")
        good = all(rep.sat_reading == "live" for rep in self)
        return notification("\n".join(lines), self.env._("SAT's status"), "success" if good else "warning")

    def action_download_xml(self):
        """Download the XML as it came."""
        self.check_access("read")
        return download(self.xml_attachment_id.id)

    def action_open_bills(self):
        """Open the bills that it says were paid."""
        bills = self.line_ids.move_id
        return open_list(bills, self.env._("Paid bills"), [("id", "in", bills.ids)])


class L10nMxFactureReceivedRepLine(models.Model):
    """A bill that a supplier's receipt says was paid (a DoctoRelacionado)."""

    _name = "l10n_mx_facture.received.rep.line"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Bill on a Supplier's Receipt of Payment"
    _order = "rep_id, id"
    _rec_name = "uuid"

    rep_id = fields.Many2one(
        "l10n_mx_facture.received.rep", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="rep_id.company_id", store=True, index=True)
    uuid = fields.Char("UUID of the bill", readonly=True, index=True)
    reference = fields.Char("Number of the bill", readonly=True, help="Serie and Folio, as the receipt has them.")
    date_payment = fields.Date("Paid on", readonly=True)
    # SAT's NumParcialidad, ImpSaldoAnt, ImpPagado, ImpSaldoInsoluto
    installment = fields.Integer(readonly=True)
    balance_before = fields.Monetary(readonly=True)
    amount = fields.Monetary("Paid", readonly=True)
    balance_after = fields.Monetary(readonly=True)
    moneda = fields.Char("Currency code", readonly=True)
    currency_id = fields.Many2one(
        "res.currency", readonly=True, help="Empty where this database has no such currency."
    )

    def write(self, vals):
        if not protected.may_write(self, vals):
            raise UserError(self.env._("A supplier's receipt can't be edited: it is what the supplier sent."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_with_its_receipt(self):
        if not protected.may_unlink(self):
            raise UserError(self.env._("A supplier's receipt can't be edited: it is what the supplier sent."))
