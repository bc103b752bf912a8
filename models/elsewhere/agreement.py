from odoo import models

from ...cfdi.rfc import GENERIC_FOREIGN, GENERIC_NATIONAL, is_generic, is_valid_rfc

# what a person may confirm where it differs: the other system's own number, or an RFC that has changed since
CONFIRMABLE = ("number", "receiver")
# types of CFDIs by the type of the invoice
TYPES = {"out_invoice": "I", "out_refund": "E"}


class AccountMove(models.Model):
    """Whether a CFDI is the one of an invoice: the same issuer, receiver, number, total and currency."""

    _inherit = "account.move"

    def _l10n_mx_facture_differences(self, read):
        """:param read: :class:`~..cfdi.issued.IssuedCfdi`
        :return: dict from what differs to (in the invoice, in the CFDI), as texts; empty: it is this invoice's CFDI
        """
        self.ensure_one()
        numbered = self._l10n_mx_facture_has_number(read)
        issuer = self.company_id._l10n_mx_facture_taxpayer()._l10n_mx_facture_own_rfc()
        pairs = {
            "issuer": (issuer, read.rfc_emisor, issuer == read.rfc_emisor),
            "type": (TYPES.get(self.move_type), read.tipo_de_comprobante, None),
            "currency": (self.currency_id.name, read.moneda, None),
            "total": (
                f"{self.amount_total:.2f}",
                str(read.total),
                not self.currency_id.compare_amounts(self.amount_total, float(read.total)),
            ),
            "number": (self.name or "", read.number, numbered is not False),
            "receiver": (
                self.commercial_partner_id and self.commercial_partner_id._l10n_mx_facture_rfc(),
                read.rfc_receptor,
                bool(self.commercial_partner_id) and self._l10n_mx_facture_is_receiver(read, numbered),
            ),
        }
        return {
            what: (ours or "-", theirs or "-")
            for what, (ours, theirs, agrees) in pairs.items()
            if not (ours == theirs if agrees is None else agrees)
        }

    def _l10n_mx_facture_has_number(self, read):
        cfdi = self.env["l10n_mx_facture.cfdi"]
        return read.has_number(cfdi._serie(self), cfdi._folio(self), self.name or "")

    def _l10n_mx_facture_is_receiver(self, read, numbered):
        """:param numbered: whether the CFDI has the number of this invoice; None: it has none
        :return: whether the CFDI is made out to this customer, or, under this number, to a generic receiver
        """
        partner = self.commercial_partner_id
        own = partner._l10n_mx_facture_own_rfc()
        rfcs = {partner._l10n_mx_facture_rfc(), own}
        if not is_valid_rfc(own):
            rfcs |= {GENERIC_NATIONAL, GENERIC_FOREIGN}
        return read.rfc_receptor in rfcs or bool(numbered) and is_generic(read.rfc_receptor)
