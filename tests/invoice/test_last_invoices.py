from datetime import timedelta

from ..support.common import FactureCase


class TestLastInvoices(FactureCase):
    """Usage, form and policy are proposed from the customer's last stamped invoice, where nothing else says them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls.customer.copy({"l10n_mx_facture_usage_id": False, "l10n_mx_facture_payment_form_id": False})

    def stamped(self, **values):
        values = {"l10n_mx_facture_usage_id": self.sat("c_uso_cfdi", "G01").id, **values}
        values.setdefault("l10n_mx_facture_payment_form_id", self.sat("c_forma_pago", "28").id)
        move = self.create_invoice(partner_id=self.plain.id, **values)
        move.action_l10n_mx_facture_stamp()
        self.assertEqual(move.l10n_mx_facture_state, "stamped", move.l10n_mx_facture_message)
        return move

    def proposed(self, partner=None, **values):
        move = self.create_invoice(partner_id=(partner or self.plain).id, post=False, **values)
        return (
            move.l10n_mx_facture_usage_id.code,
            move.l10n_mx_facture_payment_form_id.code,
            move.l10n_mx_facture_payment_policy,
        )

    def test_nothing_before_the_first_one(self):
        self.assertEqual(self.proposed(), (False, False, "PUE"))

    def test_usage_and_form_of_the_last_one(self):
        self.stamped()
        self.assertEqual(self.proposed(), ("G01", "28", "PUE"))

    def test_the_customers_own_come_first(self):
        self.stamped()
        self.plain.l10n_mx_facture_usage_id = self.sat("c_uso_cfdi", "G03")
        self.plain.l10n_mx_facture_payment_form_id = self.sat("c_forma_pago", "03")
        self.assertEqual(self.proposed(), ("G03", "03", "PUE"))

    def test_before_the_companys_default(self):
        self.company.l10n_mx_facture_usage_id = self.sat("c_uso_cfdi", "S01")
        self.stamped()
        self.assertEqual(self.proposed()[0], "G01")

    def test_an_invoice_that_was_not_stamped_is_no_habit(self):
        self.create_invoice(partner_id=self.plain.id, l10n_mx_facture_usage_id=self.sat("c_uso_cfdi", "G01").id)
        self.assertFalse(self.proposed()[0])

    def test_an_address_of_the_customer_has_its_habits(self):
        self.stamped()
        address = self.env["res.partner"].create({"name": "Sucursal", "parent_id": self.plain.id, "type": "delivery"})
        self.assertEqual(self.proposed(address), ("G01", "28", "PUE"))
        other = self.plain.copy({"vat": "XAXX010101000"})
        self.assertEqual(self.proposed(other)[1], False)

    def test_a_policy_that_a_person_chose_against_the_due_date(self):
        form = self.sat("c_forma_pago", "99").id
        self.stamped(l10n_mx_facture_payment_policy="PPD", l10n_mx_facture_payment_form_id=form)
        self.assertEqual(self.proposed(), ("G01", "99", "PPD"))
        # 99 is no habit
        self.assertEqual(self.proposed(l10n_mx_facture_payment_policy="PUE")[1], False)

    def test_a_policy_that_followed_from_the_due_date_is_no_habit(self):
        later = self.today() + timedelta(days=40)
        form = self.sat("c_forma_pago", "99").id
        move = self.stamped(invoice_date_due=later, l10n_mx_facture_payment_form_id=form)
        self.assertEqual(move.l10n_mx_facture_payment_policy, "PPD")
        self.assertEqual(self.proposed()[2], "PUE")

    def test_many_at_once_are_asked_for_together(self):
        values = [self.invoice_values(partner_id=self.plain.copy().id) for _number in range(5)]
        for one in values:
            one["name"] = False
        self.env.flush_all()
        moves = self.env["account.move"].create(values)
        self.env.flush_all()
        moves.mapped("commercial_partner_id")
        before = self.cr.sql_log_count
        moves.sudo()._l10n_mx_facture_last_by_customer()
        self.assertLessEqual(self.cr.sql_log_count - before, 1)
