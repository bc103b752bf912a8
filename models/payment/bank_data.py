from odoo import fields, models

from ...cfdi.rfc import is_moral
from ...cfdi.rules.pago import PAYEE_ACCOUNTS, PAYER_ACCOUNTS, fits_account


class ResBank(models.Model):
    _inherit = "res.bank"

    l10n_mx_facture_rfc = fields.Char(
        "Bank's RFC",
        help="RfcEmisorCtaOrd and RfcEmisorCtaBen on receipts of payment, for example BBA830831LJ2. Without it a "
        "receipt names no account of this bank, which SAT allows.",
    )


class AccountMove(models.Model):
    """The bank accounts of a payment on its receipt: only where they are known, complete and fit the form.

    SAT asks for none of it, and refuses what doesn't fit (CRP20221 to 20228).
    """

    _inherit = "account.move"

    def _l10n_mx_facture_bank_data(self, form):
        """:param form: code of FormaDePagoP
        :return: dict of the bank data of a :class:`~..cfdi.payments.payment.Payment`
        """
        self.ensure_one()
        entry, vals = self.sudo(), {}
        # only the bank's statement tells from which account somebody paid
        rfc, number = _account(entry.statement_line_id.partner_bank_id)
        if rfc and fits_account(PAYER_ACCOUNTS, form, number):
            vals |= {"rfc_emisor_cta_ord": rfc, "cta_ordenante": number}
        rfc, number = _account(entry.journal_id.bank_account_id)
        if rfc and fits_account(PAYEE_ACCOUNTS, form, number):
            vals |= {"rfc_emisor_cta_ben": rfc, "cta_beneficiario": number}
        return vals


def _account(account):
    """:return: RFC of the bank and number of an account; two Nones where one of them is missing"""
    rfc, number = (account.bank_id.l10n_mx_facture_rfc or "").strip().upper(), account.sanitized_acc_number
    return (rfc, number) if number and is_moral(rfc) else (None, None)
