from ..support.payment_case import PaymentCase


class TestBankData(PaymentCase):
    """Accounts on a receipt, where they are complete and fit the payment form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank_of_mexico = cls.env["res.bank"].create({"name": "BBVA", "l10n_mx_facture_rfc": "BBA830831LJ2"})
        accounts = cls.env["res.partner.bank"]
        cls.ours = accounts.create(
            {
                "acc_number": "012180001234567899",
                "partner_id": cls.company.partner_id.id,
                "bank_id": cls.bank_of_mexico.id,
            }
        )
        cls.theirs = accounts.create(
            {"acc_number": "012180009876543210", "partner_id": cls.customer.id, "bank_id": cls.bank_of_mexico.id}
        )
        cls.bank.bank_account_id = cls.ours

    def pago(self, entry):
        rep = entry.l10n_mx_facture_rep_ids
        return self.pagos_of(rep).pagos[0]

    def test_a_payment_names_our_account(self):
        payment = self.pay(self.ppd_invoice())
        self.stamp_payment(payment)
        pago = self.pago(payment.move_id)
        self.assertEqual((pago.rfc_emisor_cta_ben, pago.cta_beneficiario), ("BBA830831LJ2", "012180001234567899"))
        self.assertIsNone(pago.cta_ordenante)

    def test_a_statement_names_theirs_too(self):
        entry = self.pay_by_statement(self.ppd_invoice(), 116.0)
        entry.statement_line_id.partner_bank_id = self.theirs
        self.press(entry, "action_l10n_mx_facture_stamp")
        pago = self.pago(entry)
        self.assertEqual((pago.rfc_emisor_cta_ord, pago.cta_ordenante), ("BBA830831LJ2", "012180009876543210"))

    def test_not_with_cash(self):
        payment = self.pay(self.ppd_invoice(), l10n_mx_facture_payment_form_id=self.sat("c_forma_pago", "01").id)
        self.stamp_payment(payment)
        self.assertIsNone(self.pago(payment.move_id).cta_beneficiario)

    def test_not_without_the_banks_rfc(self):
        self.bank_of_mexico.l10n_mx_facture_rfc = False
        payment = self.pay(self.ppd_invoice())
        self.stamp_payment(payment)
        self.assertIsNone(self.pago(payment.move_id).cta_beneficiario)
