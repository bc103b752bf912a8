from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...cfdi.rules import Refused
from ..build.rules import ATTRIBUTES
from ..common import protected
from ..common.access import check_group
from ..common.actions import download, notification
from ..common.problem import Problem
from ..common.states import LIVE_STATES, SELECTION

# what the service has refused waits so long for a person, before it is sent again by itself
REFUSED_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Unwritten:
    """What could not be written into a CFDI: where that is, as of a :class:`~..cfdi.rules.rule.Finding`."""

    fix_in: str
    line: int | None
    pago: int | None
    docto: int | None

    @classmethod
    def of(cls, error):
        """:param error: :class:`~..cfdi.errors.CfdiError`"""
        fix_in = ATTRIBUTES.get(error.data.get("attribute"), "")
        return cls(fix_in, error.line, error.data.get("pago"), error.data.get("docto"))


class L10nMxFactureOwnDocument(models.AbstractModel):
    """An owner of a CFDI that is no invoice: it has a number, states and buttons with short names of its own.

    A model that inherits it has ``document_ids``, ``currency_id`` and ``commercial_partner_id``.
    """

    _name = "l10n_mx_facture.own_document"
    _inherit = [
        "l10n_mx_facture.own_print",
        "l10n_mx_facture.access",
        "mail.thread.main.attachment",
        "mail.activity.mixin",
    ]
    _description = "Owner of a CFDI without an Entry"
    _mail_post_access = "read"
    _check_company_auto = True
    # fields that its CFDI was made of
    _frozen = ("branch_id", "document_id", "replaces_id", "name")

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/", index="trigram")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    branch_id = fields.Many2one(
        "l10n_mx_facture.branch", check_company=True, help="Place of issue, and the certificate that seals."
    )
    replaces_id = fields.Many2one(
        "l10n_mx_facture.document", "Substitutes", readonly=True, copy=False, index="btree_not_null",
        help="The CFDI that it names with relation 04.",
    )
    document_id = fields.Many2one(
        "l10n_mx_facture.document",
        "CFDI",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The live CFDI; where there is none, the last one.",
    )
    state = fields.Selection(SELECTION, compute="_compute_state", store=True, index=True)
    uuid = fields.Char("UUID", related="document_id.uuid")
    message_text = fields.Text(related="document_id.message_text")

    # what serves an invoice reads these names
    l10n_mx_facture_branch_id = fields.Many2one(related="branch_id")
    l10n_mx_facture_document_id = fields.Many2one(related="document_id")
    l10n_mx_facture_state = fields.Selection(related="document_id.state")
    l10n_mx_facture_uuid = fields.Char(related="document_id.uuid")

    @api.depends("document_id.state")
    def _compute_state(self):
        for one in self:
            one.state = one.document_id.state or "draft"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("company_id") and vals.get("name", "/") == "/":
                vals["name"] = self._next_number(self.env["res.company"].browse(vals["company_id"]))
        return super().create(vals_list)

    @api.model
    def _next_number(self, company):
        """:return: the next number in the company's sequence with the model's name as code, made where it is missing"""
        sequences = self.env["ir.sequence"].sudo().with_company(company)
        if not sequences.search_count([("code", "=", self._name), ("company_id", "=", company.id)], limit=1):
            vals = {"code": self._name, "company_id": company.id, "padding": 5}
            sequences.create({**vals, **self._sequence_vals()})
        return sequences.next_by_code(self._name)

    @api.model
    def _sequence_vals(self):
        """:return: dict with name and prefix of a new sequence"""
        raise NotImplementedError

    def _serie_and_folio(self):
        """:return: series and folio, from the prefix and the digits at the end of its number"""
        self.ensure_one()
        prefix = self.name.rstrip("0123456789")
        return prefix.rstrip("/-_ ") or None, str(int(self.name[len(prefix) :] or 0))

    def _issued_now(self):
        """:return: naive datetime for Fecha: now at its branch, in whole seconds"""
        return datetime.now(ZoneInfo(self.branch_id.tz)).replace(microsecond=0, tzinfo=None)

    def _refused_lately(self):
        """:return: whether the service has refused it within a day, and what mends it is as it was: by itself it isn't
            sent again so soon
        """
        document = self.sudo().document_id
        refused = document.state == "rejected" and not document.resolution and document.date_sent
        if not refused or refused < fields.Datetime.now() - REFUSED_FOR:
            return False
        return not document._was_changed_since(document._refusal_problem().record)

    def _is_live(self):
        """:return: whether its CFDI is, or may be, valid at SAT"""
        self.ensure_one()
        return self.document_id.state in LIVE_STATES and not self.l10n_mx_facture_test_only

    def write(self, vals):
        frozen = {name: vals[name] for name in self._frozen if name in vals}
        guarded = frozen and any(one._is_live() or "document_id" in frozen for one in self)
        if guarded and not protected.may_write(self, frozen):
            raise UserError(self.env._("%s has a CFDI and can't be edited: cancel its CFDI.", self[:1].name))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if sent := self.filtered(lambda one: one.document_ids.filtered("date_sent")):
            raise UserError(
                self.env._("%s was sent to be stamped: it is kept. Cancel its CFDI instead.", sent[0].name)
            )

    def unlink(self):
        # what was sent is kept, see above
        for document in self.document_ids.filtered(lambda document: not document.date_sent):
            document._discard()
        return super().unlink()

    # -- buttons --------------------------------------------------------------------------------------

    def action_stamp(self):
        """Stamp these; see ``action_l10n_mx_facture_stamp`` of ``l10n_mx_facture.owner``."""
        return self.action_l10n_mx_facture_stamp()

    def action_check(self):
        """Check them by SAT's rules. Nothing is sent."""
        return self.action_l10n_mx_facture_check()

    def action_cancel(self):
        """Open the dialog that cancels."""
        return self.action_l10n_mx_facture_cancel()

    def cancel(self, reason, replacement_uuid=None):
        """Request the cancellation; see ``l10n_mx_facture_cancel`` of ``l10n_mx_facture.owner``."""
        return self.l10n_mx_facture_cancel(reason, replacement_uuid)

    def resolve_unknown(self, uuid=None, note=None, insist=False):
        """Settle a stamp with a lost answer; see ``l10n_mx_facture_resolve_unknown`` of ``l10n_mx_facture.owner``."""
        return self.l10n_mx_facture_resolve_unknown(uuid, note, insist)

    def action_resolve(self):
        """Open the dialog in which a user records the outcome."""
        return self.action_l10n_mx_facture_resolve()

    def action_fetch_receipt(self):
        """Fetch the acuse of the cancellation and attach it."""
        return self.action_l10n_mx_facture_fetch_receipt()

    def action_fetch_pdf(self):
        """Fetch the service's PDF (again) and attach it."""
        return self.action_l10n_mx_facture_fetch_pdf()

    def action_update_sat_status(self):
        """Ask SAT about each of these, one after the other.

        :return: a notification with its answers
        """
        check_group(self.env, "stamp")
        self.check_access("write")
        lines = []
        for one in self:
            document = one._l10n_mx_facture_document()
            document._sat_ask_or_raise()
            lines.append(f"{one.name}: {document._sat_text()}")
        return notification("\n".join(lines), self.env._("SAT's status"), "info", sticky=True)

    def action_open_document(self):
        """Open the CFDI with all its facts."""
        return self.action_l10n_mx_facture_open_document()

    def action_download_xml(self):
        """Download the stamped XML."""
        self.check_access("read")
        return download(self.document_id.xml_attachment_id.id)

    # -- as of every owner of a CFDI ------------------------------------------------------------------

    def _l10n_mx_facture_state_problems(self):
        """:return: problems of its state that keep it from being stamped"""
        self.ensure_one()
        if self.document_id.state == "cancelled":
            return [Problem(self._cancelled_text(), self)]
        return self._l10n_mx_facture_answer_problems()

    def _cancelled_text(self):
        """:return: why it is not stamped again after its CFDI was cancelled, as a sentence"""
        raise NotImplementedError

    def _l10n_mx_facture_judge(self):
        problems = self._l10n_mx_facture_state_problems()
        built, problems = (None, problems) if problems else self._l10n_mx_facture_build()
        return problems, [] if problems else self._l10n_mx_facture_warnings(built)

    def _l10n_mx_facture_warnings(self, built):
        return [self._finding_problem(finding) for finding in built.warnings]

    def _header_problems(self):
        """:return: what keeps its CFDI from being computed at all. Models add what is theirs"""
        if not self.branch_id:
            return [Problem(self.env._("It has no CFDI branch: choose one."), self, field="branch_id")]
        return self.env["l10n_mx_facture.cfdi"]._check_branch(self)

    def _header_values(self, emisor):
        """:return: dict of what every CFDI of our own has at its head"""
        serie, folio = self._serie_and_folio()
        return {
            "serie": serie,
            "folio": folio,
            "fecha": self._issued_now(),
            "lugar_expedicion": self.branch_id.zip,
            "emisor": emisor,
        }

    def _refused_problems(self, error):
        """:param error: :class:`~..cfdi.errors.CfdiError`
        :return: list of problems: what the rules object to, or the one that kept it from being written
        """
        if isinstance(error, Refused):
            return [self._finding_problem(finding) for finding in error.findings]
        return [self._error_problem(error)]

    def _error_problem(self, error):
        """:param error: :class:`~..cfdi.errors.CfdiError`"""
        texts = self.env["l10n_mx_facture.cfdi"]._cfdi_error_texts(error.data)
        return self._problem_of(Unwritten.of(error), texts.get(error.code, error.text))

    def _finding_problem(self, finding):
        """:param finding: :class:`~..cfdi.rules.rule.Finding`
        :return: :class:`~..common.problem.Problem` with SAT's code, and a link to where it is corrected
        """
        return self._problem_of(finding, finding.numbered(self.env.lang))

    def _problem_of(self, finding, text):
        """:param finding: :class:`~..cfdi.rules.rule.Finding` or :class:`Unwritten`
        :return: :class:`~..common.problem.Problem` with a link to where it is corrected
        """
        Cfdi, fix_in = self.env["l10n_mx_facture.cfdi"], finding.fix_in
        issuer = fix_in.partition(".")[0] in ("company", "branch")
        record = Cfdi._record_at(self, fix_in) if issuer else self._record_of(finding)
        return Cfdi._problem_at(record, text, fix_in)

    def _record_of(self, finding):
        """:return: the record on which a finding that is not the issuer's is corrected"""
        return self

    def _l10n_mx_facture_take_branch(self):
        """After a test CFDI: its branch stays as it is."""

    def _l10n_mx_facture_named_with_04(self):
        return self.replaces_id.filtered("uuid").mapped("uuid")

    def _l10n_mx_facture_find_substitutes(self):
        found = self.search([("replaces_id", "in", self.document_id._origin.ids), ("state", "!=", "cancelled")])
        # the last one wins: put the stamped one after drafts
        return {one.replaces_id: one for one in found.sorted(lambda one: one.state == "stamped")}
