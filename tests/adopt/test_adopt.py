import base64
import hashlib
import io
import zipfile

from odoo import fields
from odoo.exceptions import AccessError, UserError

from ..support.adopt_case import AdoptCase

WIZARD = "l10n_mx_facture.adopt"


class TestAdopt(AdoptCase):
    """A CFDI that another system has stamped becomes the invoice's, and works as our own."""

    def wizard(self, move, **values):
        return self.env[WIZARD].create({"move_ids": [fields.Command.set(move.ids)], **values})

    def upload(self, move, xml, name="factura.xml"):
        """:return: the wizard after *Find*, with this file"""
        wizard = self.wizard(move, source="upload", file=base64.b64encode(xml), file_name=name)
        self.press(wizard, "action_find")
        return wizard

    # -- what is stored -------------------------------------------------------------------------

    def test_the_file_on_the_invoice_becomes_its_cfdi(self):
        move = self.create_invoice()
        xml = self.foreign(move)
        file = self.hang(move, xml)
        self.adopt(move)
        document = move.l10n_mx_facture_document_id
        [entry] = self.book(move)
        self.assertEqual((document.state, document.uuid), ("stamped", entry["uuid"].upper()))
        self.assertEqual(document.xml_attachment_id, file, "the file itself, not a copy")
        self.assertEqual(document.xml_hash, hashlib.sha256(xml).hexdigest())
        self.assertFalse(document.payload, "nothing was sent from here")
        self.assertEqual((document.rfc_emisor, document.rfc_receptor), ("EKU9003173C9", "URE180429TM6"))
        self.assertEqual((document.total, document.environment), (116.0, self.account.environment))
        self.assertEqual((document.branch_id, document.account_id), (self.branch, self.account))
        self.assertEqual((document.adopted_from, document.adopted_file), ("attachment", file.name))
        self.assertEqual(document.adopted_by_id, self.env.user)
        self.assertFalse(document.request_ids, "no call was made")
        self.assertIn(document.uuid, self.chatter(move))
        self.assertEqual(document._integrity_problems(), [])
        self.assertEqual(document.sat_reading, "live", "SAT was asked")

    def test_nothing_is_written_before_it_is_adopted(self):
        move = self.foreign_invoice()
        wizard = self.adopt_wizard(move)
        self.assertFalse(move.l10n_mx_facture_document_ids)
        self.assertTrue(wizard.line_ids.chosen)
        self.assertIn("agrees", wizard.line_ids.text)

    def test_an_uploaded_file_is_attached(self):
        move = self.create_invoice()
        xml = self.foreign(move)
        self.press(self.upload(move, xml), "action_adopt")
        document = move.l10n_mx_facture_document_id
        self.assertEqual((document.state, document.adopted_from), ("stamped", "upload"))
        self.assertEqual(document.xml_attachment_id.raw, xml)
        self.assertEqual(document.xml_attachment_id.res_id, move.id)

    def test_from_the_service_by_its_uuid(self):
        move = self.create_invoice()
        self.foreign(move)
        [entry] = self.book(move)
        wizard = self.wizard(move, source="service", uuid=f" {entry['uuid'].lower()} ")
        self.assertEqual(wizard.account_id, self.account)
        self.press(wizard, "action_find")
        self.press(wizard, "action_adopt")
        document = move.l10n_mx_facture_document_id
        self.assertEqual((document.uuid, document.adopted_from), (entry["uuid"].upper(), "service"))
        self.press(document, "action_fetch_xml")
        self.press(document, "action_check_at_service")
        self.assertFalse(document.divergence_ids)

    def test_a_service_that_does_not_have_it_says_so(self):
        move = self.create_invoice()
        wizard = self.wizard(move, source="service", uuid="5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9")
        self.assertIn("nothing of the kind", self.refusal(wizard, "action_find"))
        self.assertTrue(self.refusal(self.wizard(move, source="service"), "action_find"))

    def test_the_invoice_takes_what_the_xml_says(self):
        move = self.create_invoice()
        move.l10n_mx_facture_usage_id = self.sat("c_uso_cfdi", "G01")
        self.hang(move, self.foreign(move))
        move.l10n_mx_facture_usage_id = self.sat("c_uso_cfdi", "G03")
        self.adopt(move)
        self.assertEqual(move.l10n_mx_facture_usage_id.code, "G01")
        self.assertEqual(move.l10n_mx_facture_payment_policy, "PUE")

    # -- as our own -----------------------------------------------------------------------------

    def test_it_is_not_stamped_again(self):
        move = self.adopted_invoice()
        self.stamp(move)
        self.assertEqual(len(self.book(move)), 1)
        self.assertTrue(self.refusal(move, "button_draft"))

    def test_it_is_cancelled(self):
        move = self.adopted_invoice()
        self.cancel(move, "02")
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")
        self.confirm(move)
        self.assertEqual(move.l10n_mx_facture_state, "cancelled")

    def test_it_is_substituted_with_reason_01(self):
        move = self.adopted_invoice()
        wizard = self.wizard_of_cancel(move)
        self.press(wizard, "action_substitute")
        substitute = move.l10n_mx_facture_substitute_id
        self.assertEqual(substitute.l10n_mx_facture_relation_ids.uuid, move.l10n_mx_facture_uuid)
        self.post_and_stamp(substitute)
        self.assertEqual(substitute.l10n_mx_facture_state, "stamped")
        self.assertIn(move.l10n_mx_facture_state, ("cancel_requested", "cancelled"))
        self.assertEqual(move.l10n_mx_facture_document_id.cancel_reason, "01")

    def wizard_of_cancel(self, move):
        action = self.press(move, "action_l10n_mx_facture_cancel")
        return self.env[action["res_model"]].with_context(**action["context"]).create({"reason": "01"})

    def test_its_evidence_says_where_it_came_from(self):
        move = self.adopted_invoice()
        action = self.press(move, "action_l10n_mx_facture_evidence")
        number = int(action["url"].split("/")[-2])
        content = base64.b64decode(self.env["l10n_mx_facture.evidence"].browse(number).content)
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = {name.rpartition("/")[2]: name for name in archive.namelist()}
        self.assertIn("stamped.xml", names)
        self.assertNotIn("sent.xml", names)
        self.assertIn("MX-Invoice-4.0.xml", archive.read(names["facts.csv"]).decode())

    def test_a_changed_byte_of_it_is_found(self):
        document = self.adopted_invoice().l10n_mx_facture_document_id
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET xml_hash = %s WHERE id = %s", ("0" * 64, document.id)
        )
        self.env.invalidate_all()
        self.assertTrue(document._integrity_problems())

    def test_the_file_can_no_longer_be_changed_or_deleted(self):
        move = self.adopted_invoice()
        file = move.l10n_mx_facture_xml_attachment_id
        for method, args in (("unlink", ()), ("write", ({"raw": b"x"},))):
            with self.assertRaises(UserError):
                getattr(file, method)(*args)

    def test_relations_come_from_the_xml(self):
        first = self.adopted_invoice()
        note = first._reverse_moves([{"invoice_date": self.today()}])
        self.post(note)
        self.hang(note, self.foreign(note))
        note.l10n_mx_facture_relation_ids.unlink()
        self.adopt(note)
        row = note.l10n_mx_facture_relation_ids
        self.assertEqual((row.relation_type_id.code, row.uuid), ("01", first.l10n_mx_facture_uuid))
        self.assertEqual(row.document_id, first.l10n_mx_facture_document_id)
        self.assertEqual(note.l10n_mx_facture_document_id.tipo_de_comprobante, "E")

    def test_the_pdf_is_not_asked_of_a_service_that_did_not_stamp_it(self):
        move = self.adopted_invoice()
        self.sandbox.reset()
        self.cron_stamp()
        self.assertEqual(self.calls("pdf"), [])
        self.assertFalse(move.l10n_mx_facture_pdf_error)

    # -- SAT's word -----------------------------------------------------------------------------

    def test_one_that_sat_has_cancelled_is_adopted_as_cancelled(self):
        move = self.foreign_invoice()
        self.at_sat.elsewhere(self.book(move)[0]["uuid"])
        self.adopt(move)
        document = move.l10n_mx_facture_document_ids
        self.assertEqual((document.state, document.sat_reading), ("cancelled", "cancelled"))

    def test_without_sat_s_word_it_is_stamped(self):
        move = self.foreign_invoice()
        self.sandbox.fail("sat_status", "error_500_before", times=-1)
        self.adopt(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_of_two_cfdis_sat_says_which_is_valid(self):
        move = self.create_invoice()
        for _number in range(2):
            self.hang(move, self.foreign(move))
        first, second = self.book(move)
        self.at_sat.elsewhere(first["uuid"])
        self.adopt(move)
        states = {one.uuid: one.state for one in move.l10n_mx_facture_document_ids}
        self.assertEqual(states.get(first["uuid"].upper()), "cancelled", states)
        self.assertEqual(states.get(second["uuid"].upper()), "stamped", states)
        self.assertEqual(move.l10n_mx_facture_uuid, second["uuid"].upper())
        self.assertFalse(move.activity_ids)

    def test_never_two_live_ones(self):
        move = self.create_invoice()
        for _number in range(2):
            self.hang(move, self.foreign(move))
        answer = self.adopt(move)
        self.assertIn("has a valid CFDI already", answer["params"]["message"])
        self.assertEqual(move.l10n_mx_facture_document_ids.mapped("state"), ["stamped"])

    def test_in_a_test_account_sat_decides_what_is_real(self):
        self.assertEqual(self.account.environment, "test")
        self.patch(self.env.registry["l10n_mx_facture.sat_gate"], "_is_production", lambda _gate: True)
        real = self.adopted_invoice()
        self.assertEqual(real.l10n_mx_facture_document_id.environment, "production")
        move = self.foreign_invoice()
        self.at_sat.says(self.book(move)[0]["uuid"], "not_yet_known")
        self.adopt(move)
        document = move.l10n_mx_facture_document_id
        self.assertEqual((document.environment, document.sat_reading), ("test", "not_yet_known"))
        self.account.environment = "production"
        self.env.invalidate_all()
        for one in (real, move):
            self.assertFalse(one.l10n_mx_facture_test_only, "it may be real: it is not stamped again")
        self.age(move, 80 * 3600)
        self.assertTrue(move.l10n_mx_facture_test_only, "SAT doesn't have it after 72 hours")

    # -- what is refused ------------------------------------------------------------------------

    def test_what_does_not_fit_is_refused_with_the_reason(self):
        move, other = self.create_invoice(), self.create_invoice([{"price_unit": 77.0}])
        xml = self.foreign(move)
        for content, word in (
            (self.foreign(other), "Total"),
            (xml.replace(b'Total="116.00"', b'Total="116.01"'), "Total"),
            (xml.replace(b"84111506", b"84111507"), "seal is not valid"),
            (xml[:-40], "can't be read"),
            (b"<a/>", "no CFDI"),
            (self.env["l10n_mx_facture.cfdi"]._build(move)[0].payload, "no stamp"),
            (self.stamped_invoice().l10n_mx_facture_xml_attachment_id.raw, "already"),
        ):
            with self.subTest(word):
                wizard = self.upload(move, content)
                self.assertIn(word, wizard.line_ids.text)
                self.assertTrue(wizard.line_ids.refused)
                self.refusal(wizard, "action_adopt")
                # what a client writes into the line doesn't count
                vals = {"chosen": True, "refused": False, "move_id": move.id, "branch_id": self.branch.id}
                wizard.line_ids.write(vals)
                self.refusal(wizard, "action_adopt")
                self.assertFalse(move.l10n_mx_facture_document_ids)

    def test_another_number_is_confirmed_by_a_person(self):
        move = self.foreign_invoice(Serie="A", Folio="153")
        wizard = self.adopt_wizard(move)
        self.assertEqual((wizard.line_ids.differs, wizard.line_ids.chosen), (True, False))
        self.assertIn("A 153", wizard.line_ids.text)
        wizard.line_ids.chosen = True
        self.press(wizard, "action_adopt")
        document = move.l10n_mx_facture_document_id
        self.assertEqual((document.serie, document.folio, document.state), ("A", "153", "stamped"))
        self.assertEqual(document._integrity_problems(), [])

    def test_a_draft_is_confirmed_first(self):
        move = self.create_invoice()
        xml = self.foreign(move)
        draft = self.create_invoice(post=False)
        self.assertIn("confirm it first", self.upload(draft, xml).line_ids.text)

    def test_a_lost_answer_is_settled_by_the_file_of_its_stamp(self):
        move = self.unknown_invoice()
        xml = self.sandbox.stamped(self.book(move)[0]["uuid"])["xml"].encode()
        other = self.create_invoice()
        self.assertIn("resolve that first", self.upload(move, self.foreign(other)).line_ids.text)
        self.press(self.upload(move, xml), "action_adopt")
        [document] = move.l10n_mx_facture_document_ids
        self.assertEqual((document.state, document.adopted_from), ("stamped", False))
        self.assertTrue(document.payload)
        self.assertEqual(document.resolved_by_id, self.env.user)

    def test_a_draft_of_the_queue_makes_room(self):
        move = self.create_invoice()
        self.press(self.env["l10n_mx_facture.run"], "_start", move, {})
        self.hang(move, self.foreign(move))
        self.adopt(move)
        self.assertEqual(move.l10n_mx_facture_document_ids.mapped("state"), ["stamped"])
        self.cron_stamp()
        self.assertEqual(len(self.book(move)), 1)

    # -- who may --------------------------------------------------------------------------------

    def test_who_may_adopt(self):
        move = self.foreign_invoice()
        for group in ("base.group_user", "account.group_account_readonly"):
            user = self.create_user(f"a{group[-4:]}", group)
            with self.subTest(group), self.assertRaises(AccessError):
                self.press(move, "action_l10n_mx_facture_adopt", user=user)
        biller = self.create_user("adopt_biller", "account.group_account_invoice")
        action = self.press(move, "action_l10n_mx_facture_adopt", user=biller)
        wizard = self.env[WIZARD].browse(action["res_id"])
        self.press(wizard, "action_adopt", user=biller)
        self.assertEqual(move.l10n_mx_facture_document_id.adopted_by_id, biller)

    def test_another_company_gets_nothing_of_it(self):
        move = self.foreign_invoice()
        other = self._create_company(name="Otra empresa")
        stranger = self.create_user("adopt_stranger", "account.group_account_manager")
        stranger.write({"company_ids": [fields.Command.set(other.ids)], "company_id": other.id})
        wizard = self.env[WIZARD].with_user(stranger)
        with self.assertRaises(AccessError):
            wizard.create({"move_ids": [fields.Command.set(move.ids)]})
        with self.assertRaises(AccessError):
            wizard.create({"line_ids": [fields.Command.create({"name": "x", "move_id": move.id})]})
        with self.assertRaises(AccessError):
            wizard.onchange({"move_ids": [[4, move.id]]}, ["move_ids"], {"account_id": {}})
        with self.assertRaises(AccessError):
            wizard.create({"account_id": self.account.id})
        empty = wizard.create({})
        self.press(empty, "action_find", user=stranger)
        self.assertFalse(empty.line_ids)
        with self.assertRaises(AccessError):
            self.adopt_wizard(move).with_user(stranger).read(["summary"])
