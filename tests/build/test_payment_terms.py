from datetime import date

from odoo import Command

from ..support.build_case import BuildCase

ISSUED = date(2026, 5, 5)


class TestBuildPaymentTerms(BuildCase):
    """The payment policy of terms with several instalments: what falls due last decides."""

    def draft(self, *days, issued=ISSUED):
        """:return: a draft of the fifth of May that is paid in as many parts, so many days after it"""
        shares = [100 // len(days)] * (len(days) - 1)
        shares.append(100 - sum(shares))
        terms = self.env["account.payment.term"].create(
            {
                "name": f"After {days}",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": share, "nb_days": number})
                    for share, number in zip(shares, days, strict=True)
                ],
            }
        )
        move = self.create_invoice(post=False, invoice_date=issued)
        move.invoice_payment_term_id = terms
        return move

    def test_the_last_instalment_decides(self):
        for days, policy, form in (
            ((0,), "PUE", "03"),
            ((0, 10), "PUE", "03"),
            ((0, 10, 26), "PUE", "03"),
            ((0, 27), "PPD", "99"),
            ((0, 10, 60), "PPD", "99"),
            ((60, 0), "PPD", "99"),
            ((30, 60, 90), "PPD", "99"),
        ):
            with self.subTest(days=days):
                move = self.draft(*days)
                self.assertEqual(move.l10n_mx_facture_payment_policy, policy)
                self.assertEqual(move.l10n_mx_facture_payment_form_id.code, form)

    def test_in_december_the_next_month_is_the_next_year(self):
        for days, policy in ((26, "PUE"), (27, "PPD")):
            with self.subTest(days=days):
                move = self.draft(0, days, issued=date(2026, 12, 5))
                self.assertEqual(move.l10n_mx_facture_payment_policy, policy)

    def test_other_terms_change_the_policy(self):
        move = self.draft(0, 60)
        move.invoice_payment_term_id = self.draft(0, 10).invoice_payment_term_id
        self.assertEqual(move.l10n_mx_facture_payment_policy, "PUE")
        self.assertEqual(move.l10n_mx_facture_payment_form_id.code, "03")

    def test_instalments_are_stamped_as_deferred(self):
        move = self.draft(0, 60, issued=self.today())
        move.action_post()
        read = self.stamped(move)
        self.assertEqual((read["MetodoPago"], read["FormaPago"]), ("PPD", "99"))
