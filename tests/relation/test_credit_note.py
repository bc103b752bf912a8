from lxml import etree

from odoo import Command

from ..support.stamp_case import StampCase

NS = {"cfdi": "http://www.sat.gob.mx/cfd/4"}


class TestCreditNote(StampCase):
    """A credit note names the CFDI that it credits, and waits until there is one."""

    def credit(self, move):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "date": self.today()})
        )
        note = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        note.write({"name": f"{self.prefix}NC/{move.sequence_number:05d}"})
        return note

    def sent(self, move):
        [entry] = self.sandbox.book(serie=f"{self.prefix}NC", folio=str(move.sequence_number))
        return entry, etree.fromstring(self.sandbox.stamped(entry["uuid"])["sent"].encode())

    def test_a_credit_note_is_an_E_with_relation_01_to_what_it_credits(self):
        origin = self.stamped_invoice()
        note = self.credit(origin)
        [relation] = note.l10n_mx_facture_relation_ids
        self.assertEqual(relation.relation_type_id.code, "01")
        self.assertEqual(relation.uuid, origin.l10n_mx_facture_uuid)
        note.action_post()
        self.stamp(note)
        self.assertEqual(note.l10n_mx_facture_state, "stamped")
        entry, root = self.sent(note)
        self.assertEqual(entry["tipo"], "E")
        [group] = root.findall("cfdi:CfdiRelacionados", NS)
        self.assertEqual(group.get("TipoRelacion"), "01")
        self.assertEqual(
            [node.get("UUID") for node in group], [origin.l10n_mx_facture_uuid]
        )

    def test_it_is_refused_until_the_origin_is_stamped(self):
        origin = self.create_invoice()
        note = self.credit(origin)
        note.action_post()
        self.assertFalse(note.l10n_mx_facture_relation_ids)
        text = self.refusal(note, "action_l10n_mx_facture_stamp")
        self.assertIn(origin.name, text)
        self.sandbox.fail("stamp", "reset_after")
        self.stamp(origin)
        self.assertIn(origin.name, self.refusal(note, "action_l10n_mx_facture_stamp"))
        self.press(origin, "l10n_mx_facture_resolve_unknown", self.book(origin)[0]["uuid"])
        self.stamp(note)
        self.assertEqual(note.l10n_mx_facture_state, "stamped")
        _entry, root = self.sent(note)
        [related] = root.findall(".//cfdi:CfdiRelacionado", NS)
        self.assertEqual(related.get("UUID"), origin.l10n_mx_facture_uuid)

    def test_one_that_credits_nothing_of_ours_names_its_uuid_by_hand(self):
        note = self.create_invoice(move_type="out_refund", name=f"{self.prefix}NC/99999")
        self.assertIn("Related CFDIs", self.refusal(note, "action_l10n_mx_facture_stamp"))
        uuid = "5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9"
        note.l10n_mx_facture_relation_ids = [
            Command.create(
                {"relation_type_id": self.sat("c_tipo_relacion", "01").id, "uuid": uuid.lower()}
            )
        ]
        self.stamp(note)
        _entry, root = self.sent(note)
        self.assertEqual(root.find(".//cfdi:CfdiRelacionado", NS).get("UUID"), uuid)

    def test_a_selection_of_origin_and_credit_note_stamps_the_origin(self):
        origin = self.create_invoice()
        note = self.credit(origin)
        note.action_post()
        params = self.stamp(origin + note)
        self.assertEqual(origin.l10n_mx_facture_state, "stamped")
        self.assertFalse(note.l10n_mx_facture_state)
        self.assertIn(note.name, params["message"])
        self.stamp(note)
        self.assertEqual(note.l10n_mx_facture_state, "stamped")
