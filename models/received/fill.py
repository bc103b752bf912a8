import logging

from psycopg2 import OperationalError

from odoo import Command, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import clean_context

from ...cfdi.received import read_received
from ...cfdi.rfc import is_moral, is_valid_rfc
from ..supplier_cfdi.parts import BillLines
from .differences import MOVE_TYPES

_logger = logging.getLogger(__name__)

# with more lines nobody checks each one: such a bill is entered by hand, in sums
MAX_LINES = 500


class L10nMxFactureReceived(models.Model):
    """Fills an empty vendor bill from the supplier's CFDI."""

    _inherit = "l10n_mx_facture.received"

    def _fill_or_tell(self, may_create):
        """As :meth:`_fill`, for a file that is being imported: if it fails, the CFDI stays and the bill says so."""
        try:
            with self.env.cr.savepoint():
                return self._fill(may_create)
        except OperationalError:
            # a conflict with another transaction: this one can't go on
            raise
        except Exception as error:  # pylint: disable=broad-except
            _logger.exception("Filling %s from its CFDI failed", self.move_id)
            known = isinstance(error, (UserError, RedirectWarning))
            text = self.env._(
                "The bill was not filled from its CFDI: %s Correct that and press “Fill the bill from the CFDI”, or "
                "enter the bill by hand.",
                error.args[0] if known else f"{type(error).__name__}: {error}.",
            )
            return self._leave_unfilled(text)

    def _leave_unfilled(self, text):
        """Say on top of the empty bill, and in the list, why it was not filled.

        :return: list of texts for the chatter
        """
        self.move_id.l10n_mx_facture_refused_reason = text
        return [text]

    def _fill(self, may_create=False):
        """Fill a draft that has no lines: vendor, date, reference, currency, lines with their taxes.

        The total equals the CFDI's to the cent if all taxes are found and the CFDI adds up; if not, the bill shows the
        difference.

        :param may_create: whether a missing vendor is created
        :return: list of texts for the chatter: what could not be filled in
        """
        self.ensure_one()
        if self.seal == "broken" or not self._is_for_us():
            # the bill says so on top
            return [self.env._("The bill was not filled from this CFDI: see the reason above.")]
        if not self.currency_id.active:
            text = self.env._(
                "The bill was not filled: activate the currency %s, then fill it from the CFDI.", self.moneda
            )
            return self._leave_unfilled(text)
        read = read_received(self.xml_attachment_id.raw)
        move = self.move_id.with_company(self.company_id).with_context(skip_is_manually_modified=True)
        if move.move_type not in MOVE_TYPES[self.tipo_de_comprobante]:
            move.move_type = MOVE_TYPES[self.tipo_de_comprobante][0]
        vendor, notes = self._vendor(may_create)
        with move._get_edi_creation():
            # the vendor first: account, terms and fiscal position come from it
            move.partner_id = vendor or move.partner_id
            move.write({"invoice_date": fields.Date.to_date(self.fecha[:10]), "ref": read.reference,
                        "currency_id": self.currency_id.id})  # fmt: skip
            if rate := self._expected_rate():
                # after date and currency, which make Odoo recompute it
                move.invoice_currency_rate = rate
            bill = BillLines(read, self.env["l10n_mx_facture.received.taxes"]._of(move))
            wanted = self._bill_values(bill) if len(read.lines) <= MAX_LINES else []
            move.invoice_line_ids = [Command.create(values) for values in wanted]
        if not wanted:
            text = self.env._(
                "The bill was not filled: its CFDI has %s lines, too many to check each. Enter their sums by hand.",
                len(read.lines),
            )
            return [*notes, *self._leave_unfilled(text)]
        move.l10n_mx_facture_refused_reason = False
        # the tax items exist now
        with move._get_edi_creation():
            self._adjust_tax_cents(move, bill)
        return [*notes, *self._choice_texts(bill.taxes.choices(read)), *self._split_texts(bill)]

    # -- the vendor -----------------------------------------------------------------------------

    def _vendor(self, may_create):
        """:return: the vendor with the issuer's RFC (existing, new or empty), and a list of texts"""
        partner = find_vendor(self.env, self.company_id, self.rfc_emisor)
        if partner:
            return partner, []
        Partner = self.env["res.partner"]
        if not may_create or not is_valid_rfc(self.rfc_emisor) or not Partner.has_access("create"):
            return Partner, [self.env._("No vendor has the RFC %s: create or choose it.", self.rfc_emisor)]
        # without the context defaults of the bill
        partner = Partner.with_context(clean_context(self.env.context)).create(self._vendor_values())
        return partner, [
            self.env._("The vendor %s was created from the CFDI: check it.", partner._get_html_link())
        ]

    def _vendor_values(self):
        read = read_received(self.xml_attachment_id.raw)
        regime = self.env["l10n_mx_catalogs.c_regimen_fiscal"].search(
            [("code", "=", read.regimen_emisor or "-")], limit=1
        )
        return {
            "name": read.nombre_emisor or read.rfc_emisor,
            "vat": read.rfc_emisor,
            "is_company": is_moral(read.rfc_emisor),
            "country_id": self.env.ref("base.mx").id,
            # postal code of the issuing branch, usually the fiscal address
            "zip": read.lugar_expedicion,
            "l10n_mx_facture_tax_regime_id": regime.id,
            "supplier_rank": 1,
        }


def find_vendor(env, company, rfc):
    """:return: the res.partner with this RFC that a company may use; empty if there is none"""
    Partner = env["res.partner"].with_company(company)
    for vat in (rfc, f"MX{rfc}"):
        if partner := Partner._retrieve_partner(vat=vat, company=company).commercial_partner_id:
            return partner
    return Partner
