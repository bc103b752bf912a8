import logging
from decimal import ROUND_HALF_UP, Decimal

from psycopg2 import OperationalError

from odoo import Command, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import clean_context

from ...cfdi.received import read_received
from ...cfdi.rfc import is_moral, is_valid_rfc
from ...cfdi.values import currency_decimals
from .differences import MOVE_TYPES

_logger = logging.getLogger(__name__)

# with more lines nobody checks each one: such a bill is entered by hand, in sums
MAX_LINES = 500


class L10nMxFactureReceived(models.Model):
    """Fills an empty vendor bill from the supplier's CFDI."""

    _inherit = "l10n_mx_facture.received"

    def _fill_or_tell(self, may_create):
        """As :meth:`_fill`, for a file that is being imported: if it fails, the CFDI stays on the bill, which says why."""
        try:
            with self.env.cr.savepoint():
                return self._fill(may_create)
        except OperationalError:
            # a conflict with another transaction: this one can't go on
            raise
        except Exception as error:  # pylint: disable=broad-except
            _logger.exception("Filling %s from its CFDI failed", self.move_id)
            text = self.env._(
                "The bill was not filled from its CFDI: %s Correct that and press “Fill the bill from the CFDI”, or "
                "enter the bill by hand.",
                error.args[0] if isinstance(error, (UserError, RedirectWarning)) else f"{type(error).__name__}: {error}.",
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
            taxes = self.env["l10n_mx_facture.received.taxes"]._of(move)
            lines = zip(read.lines, read.net_amounts(), strict=True) if len(read.lines) <= MAX_LINES else ()
            wanted = [values for line, net in lines for values in self._line_values(line, net, taxes)]
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
            self._adjust_tax_cents(move, read, taxes)
        notes += self._choice_texts(taxes.choices(read))
        notes += [
            self.env._("The local tax %(name)s of %(amount)s is not in the lines: add it by hand.",
                       name=local.nombre, amount=local.importe)  # fmt: skip
            for local in read.impuestos_locales
        ]
        return notes

    # -- the vendor -----------------------------------------------------------------------------

    def _vendor(self, may_create):
        """:return: the vendor with the issuer's RFC (existing, new or empty), and a list of texts"""
        partner = self._find_vendor()
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

    def _find_vendor(self):
        Partner = self.env["res.partner"].with_company(self.company_id)
        for vat in (self.rfc_emisor, f"MX{self.rfc_emisor}"):
            if partner := Partner._retrieve_partner(vat=vat, company=self.company_id).commercial_partner_id:
                return partner
        return Partner

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

    # -- the lines ------------------------------------------------------------------------------

    def _line_values(self, line, net, taxes):
        """:param line: :class:`~..cfdi.received.ReceivedLine`
        :param net: its net amount
        :return: list of dicts: the line, and a note about taxes that are not set up
        """
        quantity, price = self._quantity_and_price(line, net)
        found = taxes.of_line(line)
        values = {
            "name": line.descripcion,
            "quantity": float(quantity),
            "price_unit": float(taxes.included(price, found)),
            "discount": float(line.descuento / line.importe * 100) if line.importe else 0.0,
            "tax_ids": [Command.set([tax.id for tax in found])],
        }
        missing = [self._tax_text(tax) for tax in line.impuestos if not taxes.match(tax)]
        if not missing:
            return [values]
        note = self.env._("On the CFDI, but not among the purchase taxes: %s", ", ".join(missing))
        return [values, {"display_type": "line_note", "name": note}]

    def _quantity_and_price(self, line, net):
        """The quantity in Odoo's decimals, and the price that gives ``net``: the CFDI's price if it does."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        quantity = line.cantidad.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) or Decimal(1)
        left = 1 - line.descuento / line.importe if line.importe else Decimal(1)
        amount = quantity * line.valor_unitario * left
        if self.company_id.tax_calculation_rounding_method == "round_per_line":
            amount = amount.quantize(net, ROUND_HALF_UP)
        # with a discount of 100 % any price gives zero
        return quantity, line.valor_unitario if amount == net or not left else net / left / quantity

    def _choice_texts(self, choices):
        """:param choices: what :meth:`~.l10n_mx_facture_received_taxes.Taxes.choices` returns"""
        return [
            self.env._(
                "%(cfdi)s: the tax “%(taken)s” was used. %(others)s would also fit: check it.",
                cfdi=self._rate_text(tax),
                taken=found[0].display_name,
                others=", ".join(f"“{one.display_name}”" for one in found[1:]),
            )
            for tax, found in choices
        ]

    def _tax_text(self, tax):
        """:param tax: :class:`~..cfdi.received.ReceivedTax`"""
        return self._rate_text(tax) if tax.importe is None else f"{self._rate_text(tax)} ({tax.importe})"

    def _rate_text(self, tax):
        name = {"001": "ISR", "002": "IVA", "003": "IEPS"}.get(tax.impuesto, tax.impuesto)
        if tax.tasa_o_cuota is None:
            return f"{name} {tax.tipo_factor}"
        rate = tax.tasa_o_cuota * 100 if tax.tipo_factor == "Tasa" else tax.tasa_o_cuota
        unit = " %" if tax.tipo_factor == "Tasa" else ""
        sign = "-" if tax.withheld else ""
        return f"{name} {sign}{rate.normalize():f}{unit}"

    def _adjust_tax_cents(self, move, read, taxes):
        """Set the tax amounts of the CFDI where the issuer rounded differently, as Odoo's UBL import does."""
        sign = -1 if move.is_inbound(include_receipts=True) else 1
        unit = Decimal(1).scaleb(-currency_decimals(read.moneda))
        for tax, (amount, lines) in taxes.sums(read).items():
            items = move.line_ids.filtered(lambda item, tax=tax: item.tax_line_id == tax)
            booked = sign * sum(Decimal(str(move.currency_id.round(item.amount_currency))) for item in items)
            difference = amount.quantize(unit, ROUND_HALF_UP) - booked
            # a larger difference than rounding can cause is not corrected, but shown
            if items and difference and abs(difference) <= unit * lines:
                items[0].amount_currency += sign * float(difference)
