from odoo.tests import Form

from ..support.cancel_case import CancelCase
from ..support.discrepancy_case import DiscrepancyMixin


class TestDuplicates(DiscrepancyMixin, CancelCase):
    """A substitute is stamped and the substituted CFDI stays valid: SAT counts the sale twice."""

    def substituted(self, age=25):
        """:return: (invoice with a CFDI, the one whose CFDI substitutes it), stamped so many hours ago"""
        old = self.stamped_invoice()
        return old, self.substitute(old, age)

    def substitute(self, old, age=25):
        new = self.create_invoice()
        new._l10n_mx_facture_relate([("04", self.document(old))])
        self.stamp(new)
        self.assertEqual(new.l10n_mx_facture_state, "stamped", new.l10n_mx_facture_message)
        self.hours_pass(new, hours=age)
        return new

    def row(self, move):
        return self.found(self.document(move), "two_live")

    def test_after_a_day_and_not_before(self):
        old, new = self.substituted(age=23)
        self.night()
        self.assertFalse(self.row(old))
        self.hours_pass(new, hours=2)
        self.night()
        [row] = self.row(old)
        self.assertIn(new.name, row.text)
        self.assertIn(new.l10n_mx_facture_uuid, row.text)
        self.assertFalse(self.row(new))
        self.night()
        self.assertEqual(self.row(old), row)

    def test_the_button_opens_the_assistant_with_the_new_one_and_the_request_closes_it(self):
        old, new = self.substituted()
        self.night()
        [row] = self.row(old)
        action = self.press(row, "action_fix")
        form = Form(self.env[action["res_model"]].with_context(**action["context"]))
        self.assertEqual((form.move_id, form.reason), (old, "01"))
        self.assertEqual(form.replacement_id, self.document(new))
        self.assertFalse(form.lacks_relation)
        self.press(form.save(), "action_cancel")
        self.assertEqual(old.l10n_mx_facture_state, "cancel_requested")
        self.assertEqual(row.state, "solved")
        self.confirm(old)
        self.night()
        self.assertFalse(self.row(old) | self.row(new))

    def test_an_order_closes_it_and_an_order_keeps_it_away(self):
        old, _new = self.substituted()
        self.night()
        [row] = self.row(old)
        self.press(old, "_l10n_mx_facture_order_cancel", "01")
        self.assertEqual(row.state, "solved")
        self.night()
        self.assertFalse(self.row(old))
        self.press(old, "action_l10n_mx_facture_withdraw_cancel")
        self.night()
        self.assertTrue(self.row(old))

    def test_a_customer_who_refuses_leaves_two(self):
        old = self.stamped_invoice(lines=[{"price_unit": 5000.0}])
        new = self.substitute(old)
        self.cancel(old, "01", new.l10n_mx_facture_uuid)
        self.night()
        self.assertFalse(self.row(old), "Waiting for SAT")
        self.at_sat.receiver(old.l10n_mx_facture_uuid, "refuse")
        self.confirm(old)
        self.assertEqual(old.l10n_mx_facture_state, "stamped")
        self.night()
        self.assertTrue(self.row(old))

    def test_the_new_one_that_goes_closes_it_too(self):
        old, new = self.substituted()
        self.night()
        [row] = self.row(old)
        self.cancel(new)
        self.assertEqual(row.state, "solved", "at once, not at night")
        self.night()
        self.assertFalse(self.row(old) | self.row(new))

    def test_named_by_its_uuid_alone(self):
        old, new = self.stamped_invoice(), self.create_invoice()
        new.l10n_mx_facture_relation_ids = [
            (0, 0, {"relation_type_id": self.sat("c_tipo_relacion", "04").id, "uuid": old.l10n_mx_facture_uuid})
        ]
        self.stamp(new)
        self.hours_pass(new, hours=25)
        self.night()
        [row] = self.row(old)
        action = self.press(row, "action_fix")
        self.assertEqual(action["context"]["default_replacement_id"], self.document(new).id)

    def test_two_that_substitute_the_same(self):
        old, first = self.substituted()
        self.cancel(old, "01", first.l10n_mx_facture_uuid)
        self.confirm(old)
        self.assertEqual(old.l10n_mx_facture_state, "cancelled")
        self.night()
        self.assertFalse(self.row(old) | self.row(first))
        second = self.stamped_invoice()
        # stamping refuses it as long as it sees the other one: two databases, or two at the same time, don't
        self.sql(
            "INSERT INTO l10n_mx_facture_relation (move_id, company_id, relation_type_id, uuid) "
            "VALUES (%s, %s, %s, %s)",
            second.id, self.company.id, self.sat("c_tipo_relacion", "04").id, old.l10n_mx_facture_uuid,
        )
        self.hours_pass(second, hours=25)
        self.night()
        self.assertFalse(self.row(old) | self.row(second))
        [row] = self.row(first)
        self.assertIn(second.name, row.text)
        action = self.press(row, "action_fix")
        self.assertNotIn("default_reason", action["context"])
        self.cancel(second)
        self.assertEqual(row.state, "solved")

    def test_other_relations_are_no_substitution(self):
        move = self.stamped_invoice()
        note = self.credit_note(move)
        self.hours_pass(note, hours=25)
        self.night()
        self.assertFalse(self.row(move) | self.row(note))
