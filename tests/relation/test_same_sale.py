from odoo import Command

from ..support.cancel_case import CancelCase
from ..support.discrepancy_case import DiscrepancyMixin

STAMP = "action_l10n_mx_facture_stamp"


class TestSameSale(DiscrepancyMixin, CancelCase):
    """A sale has one live CFDI, whatever was cancelled, stamped again or left over; two are reported."""

    def leftover(self):
        """:return: (invoice that was stamped again, draft that was made to substitute its former CFDI)"""
        self.company.l10n_mx_facture_on_cancel = "nothing"
        old = self.stamped_invoice()
        self.press(old, "action_l10n_mx_facture_substitute")
        substitute = old.l10n_mx_facture_substitute_id
        self.cancel(old, "03")
        self.confirm(old)
        self.assertEqual((old.state, old.l10n_mx_facture_state), ("posted", "cancelled"))
        self.stamp(old)
        self.assertEqual(old.l10n_mx_facture_state, "stamped")
        return old, substitute

    def relate(self, move, uuid):
        values = {"relation_type_id": self.sat("c_tipo_relacion", "04").id, "uuid": uuid}
        move.l10n_mx_facture_relation_ids = [Command.create(values)]

    def is_told(self, *moves):
        """:return: the open discrepancies about two valid CFDIs"""
        self.night()
        return self.found(self.env["account.move"].concat(*moves).l10n_mx_facture_document_ids, "two_live")

    # -- a substitute that was left over ----------------------------------------------------------

    def test_leftover_substitute_after_stamp_again(self):
        old, substitute = self.leftover()
        self.post(substitute)
        refusal = self.refusal(substitute, STAMP)
        self.assertIn(old.name, refusal)
        self.assertIn(old.l10n_mx_facture_uuid, refusal)
        # nor where it names nothing any more
        relations = substitute.l10n_mx_facture_relation_ids
        relations.unlink()
        self.assertIn(old.l10n_mx_facture_uuid, self.refusal(substitute, STAMP))
        self.assertEqual(len(self.alive(old + substitute)), 1)
        # as the message says: the one that is valid now can be substituted
        self.relate(substitute, old.l10n_mx_facture_uuid)
        self.stamp(substitute)
        self.assertEqual(substitute.l10n_mx_facture_state, "stamped")

    def test_leftover_substitute_after_another_one(self):
        old, substitute = self.leftover()
        other = self.create_invoice()
        other._l10n_mx_facture_relate([("04", self.document(old))])
        self.stamp(other)
        self.cancel(old, "01", other.l10n_mx_facture_uuid)
        self.confirm(old)
        self.assertEqual(old.l10n_mx_facture_state, "cancelled")
        self.post(substitute)
        self.assertIn(other.name, self.refusal(substitute, STAMP))

    def test_leftover_that_was_stamped_nevertheless_is_told(self):
        old, substitute = self.leftover()
        stamped = self.stamped_invoice()
        former = old.l10n_mx_facture_document_ids.filtered(lambda one: one.state == "cancelled")
        # two databases, or an older version, don't refuse it
        self.sql(
            "INSERT INTO l10n_mx_facture_relation (move_id, company_id, relation_type_id, uuid) "
            "VALUES (%s, %s, %s, %s)",
            stamped.id, self.company.id, self.sat("c_tipo_relacion", "04").id, former.uuid,
        )
        self.assertFalse(self.is_told(old, stamped), "not within a day")
        self.hours_pass(stamped, hours=25)
        [row] = self.is_told(old, stamped)
        self.assertEqual(row.move_id, old)
        self.assertIn(stamped.name, row.text)
        self.cancel(stamped)
        self.assertEqual(row.state, "solved")
        self.assertEqual(substitute.state, "draft")

    def test_two_that_substitute_different_cfdis_of_one_invoice(self):
        old, _substitute = self.leftover()
        former = old.l10n_mx_facture_document_ids.filtered(lambda one: one.state == "cancelled")
        first, second = self.stamped_invoice(), self.stamped_invoice()
        for move, uuid in ((first, former.uuid), (second, old.l10n_mx_facture_uuid)):
            self.sql(
                "INSERT INTO l10n_mx_facture_relation (move_id, company_id, relation_type_id, uuid) "
                "VALUES (%s, %s, %s, %s)",
                move.id, self.company.id, self.sat("c_tipo_relacion", "04").id, uuid,
            )
        self.cancel(old, "01", second.l10n_mx_facture_uuid)
        self.confirm(old)
        self.hours_pass(first, second, hours=25)
        [row] = self.is_told(old, first, second)
        self.assertEqual(row.move_id, first)
        self.assertIn(second.name, row.text)
        self.cancel(second)
        self.assertEqual(row.state, "solved")

    # -- a replacement that only SAT was told -----------------------------------------------------

    def test_replacement_without_04_then_stamp_again(self):
        self.company.l10n_mx_facture_on_cancel = "nothing"
        old, new = self.stamped_invoice(), self.stamped_invoice()
        # as versions before 19.0.1.2.0 allowed it
        self.press(self.document(old), "_request_cancel", "01", new.l10n_mx_facture_uuid)
        self.confirm(old)
        self.assertIn(f"{new.name} substitutes it", self.refusal(old, STAMP))
        # nor where that one was substituted in turn
        last = self.create_invoice()
        last._l10n_mx_facture_relate([("04", self.document(new))])
        self.stamp(last)
        self.cancel(new, "01", last.l10n_mx_facture_uuid)
        self.confirm(new)
        self.assertIn(f"{last.name} substitutes it", self.refusal(old, STAMP))
        self.cancel(last)
        self.confirm(last)
        self.stamp(old)
        self.assertEqual(old.l10n_mx_facture_state, "stamped")
        # and then the replacement is the one that would be the second
        self.assertIn(old.l10n_mx_facture_uuid, self.refusal(new, STAMP))
        self.assertEqual(len(self.alive(old + new + last)), 1)

    # -- a copy that names nothing ----------------------------------------------------------------

    def test_copy_without_04_while_the_customer_is_asked(self):
        old = self.stamped_invoice(lines=[{"price_unit": 5000.0}])
        self.press(old, "_l10n_mx_facture_order_substitution")
        substitute = old.l10n_mx_facture_substitute_id
        self.cancel(old, "02")
        self.assertEqual(old.l10n_mx_facture_state, "cancel_requested")
        substitute.l10n_mx_facture_relation_ids.unlink()
        self.post(substitute)
        self.assertIn(old.l10n_mx_facture_uuid, self.refusal(substitute, STAMP))
        self.assertEqual(self.book(substitute), [])

    def test_copy_without_04_that_was_stamped_is_told(self):
        old, copy = self.stamped_invoice(), self.stamped_invoice()
        self.sql(
            "UPDATE account_move SET l10n_mx_facture_made_for_id = %s WHERE id = %s", self.document(old).id, copy.id
        )
        self.hours_pass(copy, hours=25)
        [row] = self.is_told(old, copy)
        self.assertEqual(row.move_id, old)
        self.assertIn(copy.l10n_mx_facture_uuid, row.text)
        self.cancel(copy)
        self.assertEqual(row.state, "solved")

    def copy_that_names_nothing(self):
        """:return: (invoice whose CFDI was cancelled, its copy, which names nothing)"""
        self.company.l10n_mx_facture_on_cancel = "nothing"
        old = self.stamped_invoice()
        self.press(old, "action_l10n_mx_facture_substitute")
        copy = old.l10n_mx_facture_substitute_id
        copy.l10n_mx_facture_relation_ids.unlink()
        self.cancel(old, "03")
        self.confirm(old)
        self.post(copy)
        return old, copy

    def test_copy_without_04_takes_the_place_too(self):
        old, copy = self.copy_that_names_nothing()
        self.stamp(copy)
        self.assertEqual(copy.l10n_mx_facture_state, "stamped")
        self.assertIn(f"{copy.name} substitutes it", self.refusal(old, STAMP))
        other = self.create_invoice()
        self.relate(other, self.document(old).uuid)
        self.assertIn(copy.l10n_mx_facture_uuid, self.refusal(other, STAMP))
        self.assertEqual(len(self.alive(old + copy + other)), 1)

    def test_of_a_copy_and_a_substitute_in_one_call_one_goes(self):
        old, copy = self.copy_that_names_nothing()
        # by now it has two CFDIs, both cancelled
        former = self.document(old)
        self.stamp(old)
        self.cancel(old, "03")
        self.confirm(old)
        other = self.create_invoice()
        self.relate(other, self.document(old).uuid)
        self.assertNotEqual(self.document(old), former)
        for moves in (copy + other, other + copy):
            refusals = {}
            ready = moves._l10n_mx_facture_prepare(refusals)
            self.assertEqual([one.owner for one in ready], [moves[0]])
            self.assertIn("Only one of them", refusals[moves[1]][0].text)

    def test_copy_without_04_and_a_substitute_are_told(self):
        old, copy = self.copy_that_names_nothing()
        self.stamp(copy)
        other = self.stamped_invoice()
        self.sql(
            "INSERT INTO l10n_mx_facture_relation (move_id, company_id, relation_type_id, uuid) "
            "VALUES (%s, %s, %s, %s)",
            other.id, self.company.id, self.sat("c_tipo_relacion", "04").id, self.document(old).uuid,
        )
        self.hours_pass(copy, other, hours=25)
        [row] = self.is_told(old, copy, other)
        self.assertEqual(row.move_id, copy)
        self.assertIn(other.name, row.text)
        self.cancel(other)
        self.assertEqual(row.state, "solved")

    # -- an order that waits ----------------------------------------------------------------------

    def test_an_order_finds_a_substitute_that_names_the_uuid_alone(self):
        old = self.stamped_invoice()
        self.press(old, "_l10n_mx_facture_order_substitution")
        old.l10n_mx_facture_substitute_id.unlink()
        new = self.create_invoice()
        self.relate(new, old.l10n_mx_facture_uuid)
        message = self.stamp(new)["message"]
        self.assertEqual(old.l10n_mx_facture_state, "cancel_requested")
        self.assertEqual(self.document(old).cancel_replacement_uuid, new.l10n_mx_facture_uuid)
        self.assertIn(f"The cancellation of {old.name} (reason 01) was requested", message)
        self.assertEqual(old.l10n_mx_facture_substitute_id, new)

    def test_an_order_that_waits_for_another_one_hides_nothing(self):
        old, copy = self.stamped_invoice(), self.stamped_invoice()
        self.sql(
            "UPDATE account_move SET l10n_mx_facture_made_for_id = %s WHERE id = %s", self.document(old).id, copy.id
        )
        self.press(old, "_l10n_mx_facture_order_substitution")
        self.hours_pass(copy, hours=25)
        self.assertTrue(self.is_told(old, copy))

    # -- two companies ----------------------------------------------------------------------------

    def test_two_live_of_two_companies(self):
        user = self.create_user("only-a", "account.group_account_manager")
        old, new = self.stamped_invoice(), self.create_invoice()
        new._l10n_mx_facture_relate([("04", self.document(old))])
        self.stamp(new)
        self.hours_pass(new, hours=30)
        branch = self.env["res.company"].create({"name": "Sucursal", "parent_id": self.company.id})
        for table, column in (
            ("account_move", "id"), ("l10n_mx_facture_document", "move_id"), ("l10n_mx_facture_relation", "move_id")
        ):
            self.sql(f"UPDATE {table} SET company_id = %s WHERE {column} = %s", branch.id, new.id)
        [row] = self.is_told(old)
        action = self.press(row, "action_fix", user=user)
        with self.committing() as env:
            wizard = env(user=user.id, context=action["context"])[action["res_model"]]
            names = ("expectation", "refused", "reason", "lacks_relation", "step", "next_text")
            replacement = {"replacement_id": {"fields": {"display_name": {}}}}
            values = wizard.onchange({}, [], {"move_id": {}, **replacement, **{name: {} for name in names}})["value"]
        self.assertFalse(values.get("replacement_id"))
