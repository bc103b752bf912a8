import base64
import hashlib
import os
from pathlib import Path
from unittest.mock import patch

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from odoo.addons.l10n_mx_facture.models.audit import integrity
from odoo.addons.l10n_mx_facture.models.discrepancy import discrepancy

from ..support.stamp_case import StampCase

DOCUMENT = "l10n_mx_facture.document"
TFD = "{http://www.sat.gob.mx/TimbreFiscalDigital}"
# of the stamp, what is compared with something; SelloSAT is SAT's own and can't be verified here
COMPARED = ("UUID", "FechaTimbrado", "SelloCFD")


class TestIntegrity(StampCase):
    """One byte of the stored evidence is changed behind Odoo's back, and the nightly check says so."""

    def setUp(self):
        super().setUp()
        # what is found is told in the company's language, and compared in English
        self.company.partner_id.lang = "en_US"
        self.env["ir.config_parameter"].sudo().set_param("ir_attachment.location", "file")
        self.move = self.stamped_invoice(lines=[{"price_unit": 100.0}, {"price_unit": 7.5, "quantity": 2}])
        self.document = self.move.l10n_mx_facture_document_id
        self.file = self.document.xml_attachment_id
        self.xml = self.file.raw
        self.path = Path(self.file._full_path(self.file.store_fname))
        self.addCleanup(self._write, self.xml)

    # -- helpers ----------------------------------------------------------------------------------

    def _write(self, content):
        """Put this into the file of the filestore."""
        # content is shared by its checksum: a new file, so that no other name of it is changed
        self.path.unlink(missing_ok=True)
        self.path.write_bytes(content)
        self.env.invalidate_all()

    def flipped(self, content, at):
        return content[:at] + bytes([content[at] ^ 1]) + content[at + 1:]

    def sql(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def night(self):
        """What the scheduled action does a night later."""
        self.sql("UPDATE l10n_mx_facture_document SET integrity_date = integrity_date - interval '1 day'")
        cron = self.env.ref("l10n_mx_facture.cron_integrity")
        self.press(cron.ir_actions_server_id, "run", user=self.env.ref("base.user_root"))
        self.env.invalidate_all()

    def open_ones(self):
        return self.document.divergence_ids.filtered(lambda one: one.state == "open")

    # -- what is kept -------------------------------------------------------------------------------

    def test_the_hash_is_kept_when_the_stamp_comes(self):
        self.assertEqual(self.document.xml_hash, hashlib.sha256(self.xml).hexdigest())
        self.assertFalse(self.document.xml_hash_late)
        self.night()
        self.assertTrue(self.document.integrity_date)
        self.assertFalse(self.document.divergence_ids)

    def test_one_that_came_before_hashes_gets_its_at_the_first_check(self):
        self.sql("UPDATE l10n_mx_facture_document SET xml_hash = NULL WHERE id = %s", self.document.id)
        self._write(self.flipped(self.xml, 700))
        self.night()
        self.assertTrue(self.open_ones())
        self.assertFalse(self.document.xml_hash, "no hash of what has something against it")
        self._write(self.xml)
        self.night()
        self.assertFalse(self.open_ones())
        self.assertEqual(self.document.xml_hash, hashlib.sha256(self.xml).hexdigest())
        self.assertTrue(self.document.xml_hash_late)

    # -- bytes ----------------------------------------------------------------------------------------

    def test_every_changed_byte_of_the_file_is_found(self):
        places = {*range(0, len(self.xml), 5), 0, len(self.xml) - 1}
        missed = []
        for at in sorted(places):
            self._write(self.flipped(self.xml, at))
            if not self.document._integrity_problems():
                missed.append(at)
        self._write(self.xml)
        self.assertEqual(missed, [])
        self.assertGreater(len(places), 500)
        self.assertEqual(self.document._integrity_problems(), [])

    def test_it_is_told_once_and_solved_by_itself(self):
        admin = self.create_user("tamper_admin", "account.group_account_manager")
        clerk = self.create_user("tamper_clerk", "account.group_account_invoice")
        for content in (self.flipped(self.xml, 0), self.flipped(self.xml, 900), self.xml[:-1], b""):
            with self.subTest(size=len(content)):
                self._write(content)
                self.night()
                self.night()
                [divergence] = self.open_ones()
                self.assertEqual((divergence.kind, divergence.move_id), ("tampered", self.move))
                activities = divergence.sudo().activity_ids
                self.assertIn(admin, activities.user_id)
                self.assertNotIn(clerk, activities.user_id)
                self.assertEqual(len(activities), len(activities.user_id), "once each")
                self._write(self.xml)
                self.night()
                self.assertFalse(self.open_ones())
                self.assertEqual(divergence.state, "solved")
                self.assertFalse(divergence.sudo().activity_ids)

    def test_each_is_told_in_their_own_language(self):
        group = "account.group_account_manager"
        here, there = (self.create_user(f"tamper_{lang}", group, lang=lang) for lang in ("en_US", "es_MX"))
        self._write(self.flipped(self.xml, 900))
        self.night()
        activities = self.open_ones().sudo().activity_ids
        notes = [activities.filtered(lambda one, user=user: one.user_id == user).note for user in (here, there)]
        self.assertIn("the bytes do not have the checksum", notes[0])
        self.assertIn("los bytes no tienen la suma", notes[1])

    def test_who_was_told_may_say_that_it_is_done(self):
        admin = self.create_user("tamper_done", "account.group_account_manager")
        self._write(self.flipped(self.xml, 4))
        self.night()
        mine = self.open_ones().sudo().activity_ids.filtered(lambda activity: activity.user_id == admin)
        mine.with_user(admin).action_feedback("Looked at it")
        self.night()
        self.assertNotIn(admin, self.open_ones().sudo().activity_ids.user_id, "not again every night")

    def test_a_lost_filestore_does_not_bury_anybody_in_activities(self):
        admin = self.create_user("tamper_many", "account.group_account_manager")
        documents = self.document | self.stamped_invoice().l10n_mx_facture_document_id
        self.sql("UPDATE l10n_mx_facture_document SET xml_hash = %s WHERE id = ANY(%s)", "0" * 64, documents.ids)
        with patch.object(discrepancy, "MAX_ACTIVITIES", 1):
            self.night()
        tampered = documents.divergence_ids
        self.assertEqual(len(tampered), 2)
        activities = tampered.sudo().activity_ids.filtered(lambda activity: activity.user_id == admin)
        self.assertEqual(len(activities), 1)

    def test_two_that_find_it_at_the_same_moment_make_one(self):
        divergence = self.env["l10n_mx_facture.divergence"]
        with mute_logger("odoo.sql_db"):
            for _round in range(2):
                divergence._open(self.document.sudo(), "tampered", {"en_US": "x"})
        self.assertEqual(len(self.open_ones()), 1)

    def test_a_file_that_is_gone_is_told(self):
        self.path.unlink()
        self.night()
        self.assertIn("missing", self.open_ones().text)

    def test_a_changed_byte_in_the_database(self):
        self.env["ir.config_parameter"].sudo().set_param("ir_attachment.location", "db")
        self.file.with_env(self.env(user=1, su=True))._migrate()
        self.assertFalse(self.file.store_fname)
        self.night()
        self.assertFalse(self.open_ones())
        for at in range(0, len(self.xml), 97):
            self.sql("UPDATE ir_attachment SET db_datas = %s WHERE id = %s", self.flipped(self.xml, at), self.file.id)
            self.assertTrue(self.document._integrity_problems(), at)
        self.night()
        self.assertEqual(self.open_ones().kind, "tampered")

    def test_what_was_sent_and_the_receipt_are_looked_at_too(self):
        self.cancel(self.move)
        self.press(self.move, "action_l10n_mx_facture_fetch_receipt")
        self.night()
        self.assertFalse(self.open_ones())
        sent = self.document._payload_bytes()
        self.sql(
            "UPDATE l10n_mx_facture_document SET payload = %s WHERE id = %s",
            # as Odoo keeps a Binary in the table
            base64.b64encode(self.flipped(sent, 300)), self.document.id,
        )
        self.assertIn("Sent XML", "".join(self.document._integrity_problems()))
        receipt = self.document.receipt_attachment_id
        self.sql("UPDATE ir_attachment SET checksum = %s WHERE id = %s", "0" * 40, receipt.id)
        self.assertIn("Receipt", "".join(self.document._integrity_problems()))

    def test_the_pdf_that_somebody_overwrote(self):
        pdf = self.document.pdf_attachment_id
        came = pdf.raw
        self.assertEqual(self.document.pdf_hash, hashlib.sha256(came).hexdigest())
        clerk = self.create_user("tamper_pdf", "account.group_account_invoice")
        pdf.with_user(clerk).raw = b"%PDF-1.4 something else"
        self.night()
        divergence = self.open_ones()
        self.assertIn("PDF: the SHA-256 of its bytes is not", divergence.text)
        self.assertIn("Fetch PDF", divergence.text)
        self.assertNotIn("no longer evidence", divergence.text)
        self.press(divergence, "action_fix")
        self.env.invalidate_all()
        self.assertEqual(divergence.state, "solved")
        self.assertEqual(self.document.pdf_hash, hashlib.sha256(self.document.pdf_attachment_id.raw).hexdigest())
        self.assertFalse(any("restored" in (one.body or "") for one in self.document.message_ids))
        # one that is gone is no change: it is fetched again
        self.document.pdf_attachment_id.with_user(clerk).unlink()
        self.night()
        self.assertFalse(self.open_ones())

    def test_a_pdf_of_before_hashes_is_not_compared(self):
        self.sql("UPDATE l10n_mx_facture_document SET pdf_hash = NULL WHERE id = %s", self.document.id)
        self.document.pdf_attachment_id.raw = b"%PDF-1.4 something else"
        self.night()
        self.assertFalse(self.open_ones())

    def test_raw_answers_of_the_service(self):
        document = self.refused_once().l10n_mx_facture_document_ids
        [row] = document.request_ids.filtered("raw")
        self.assertEqual(row.raw_hash, hashlib.sha256(row.raw.encode()).hexdigest())
        self.assertEqual(document._integrity_problems(), [])
        self.sql("UPDATE l10n_mx_facture_request SET raw = raw || ' ' WHERE id = %s", row.id)
        self.assertIn("Answer of the service", "".join(document._integrity_problems()))

    def refused_once(self):
        """:return: an invoice whose CFDI could not be cancelled the first time, and why is kept raw"""
        move = self.stamped_invoice()
        self.sandbox.fail("cancel", "refuse", code="203", status=200)
        self.cancel(move)
        self.env.invalidate_all()
        return move

    # -- a forger who knows the hashes ----------------------------------------------------------------

    def forge(self, xml):
        """Put an XML in place, with hash and checksum that fit."""
        self._write(xml)
        self.sql("UPDATE ir_attachment SET checksum = %s WHERE id = %s", hashlib.sha1(xml).hexdigest(), self.file.id)
        self.sql(
            "UPDATE l10n_mx_facture_document SET xml_hash = %s WHERE id = %s",
            hashlib.sha256(xml).hexdigest(), self.document.id,
        )
        return self.document._integrity_problems()

    def test_the_seal_gives_away_whoever_makes_the_hashes_fit(self):
        self.assertEqual(self.forge(self.xml), [])
        count = 0
        for number, node in enumerate(etree.fromstring(self.xml).iter()):
            for name in node.attrib:
                if name.startswith("{") or (node.tag.startswith(TFD) and name not in COMPARED):
                    continue
                root = etree.fromstring(self.xml)
                place = list(root.iter())[number]
                # far from the end: the padding of a base64 text says nothing
                place.set(name, ("2" if place.get(name)[0] != "2" else "3") + place.get(name)[1:])
                problems = self.forge(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
                self.assertTrue(problems, (node.tag, name))
                count += 1
        self.assertGreater(count, 50)

    def test_what_the_record_says_is_compared_with_the_xml(self):
        for column, value in (
            ("uuid", "11111111-2222-4333-8444-000000000009"), ("total", 1), ("rfc_emisor", "AAA010101AAA"),
            ("rfc_receptor", "AAA010101AAA"), ("folio", "999"), ("serie", "X"),
            ("date_stamped", "2020-01-01 00:00:00"), ("payload_hash", "0" * 64), ("xml_hash", "0" * 64),
        ):
            with self.subTest(column=column):
                before = self.document[column]
                query = f"UPDATE l10n_mx_facture_document SET {column} = %s WHERE id = %s"
                self.sql(query, value, self.document.id)
                self.assertTrue(self.document._integrity_problems())
                self.sql(query, before, self.document.id)
                self.assertEqual(self.document._integrity_problems(), [])

    def test_another_company_s_stamped_xml_in_its_place(self):
        other = self.stamped_invoice().l10n_mx_facture_document_id
        problems = self.forge(other.xml_attachment_id.raw)
        self.assertIn("UUID", "".join(problems))

    # -- in parts -------------------------------------------------------------------------------------

    def test_a_round_goes_on_where_it_was_broken_off(self):
        moves = self.move
        for _number in range(4):
            moves |= self.stamped_invoice()
        documents = moves.l10n_mx_facture_document_id
        # looked at in this round, as those of a run that was broken off hours ago
        self.sql(
            "UPDATE l10n_mx_facture_document SET integrity_date = now() - interval '5 hours' WHERE id <> ALL(%s)",
            documents.ids,
        )
        earlier = self.stamped_invoice().l10n_mx_facture_document_id
        self.sql(
            "UPDATE l10n_mx_facture_document SET integrity_date = now() - interval '5 hours' WHERE id = %s", earlier.id
        )
        seen, cron = [], type(self.env["ir.cron"])
        with (
            patch.object(integrity, "PART", 2),
            patch.object(cron, "_commit_progress", lambda self, count=0, **left: seen.append((count, left)) or 0),
        ):
            for _run in range(4):
                self.press(self.env[DOCUMENT], "_cron_integrity")
        self.env.invalidate_all()
        self.assertEqual([left["remaining"] for count, left in seen if left], [5, 3, 1, 0])
        self.assertEqual([count for count, left in seen if not left], [2, 2, 1])
        self.assertTrue(all(documents.mapped("integrity_date")))

    # -- the remedy -----------------------------------------------------------------------------------

    def test_put_back_from_the_service(self):
        self._write(self.flipped(self.xml, 500))
        self.addCleanup(lambda: os.path.exists(f"{self.path}.changed") and os.remove(f"{self.path}.changed"))
        self.night()
        divergence = self.open_ones()
        clerk = self.create_user("put_back_clerk", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            divergence.with_user(clerk).action_fix()
        params = self.press(divergence, "action_fix")["params"]
        self.env.invalidate_all()
        self.assertEqual(params["message"], "Solved.")
        self.assertEqual(self.file.raw, self.xml)
        self.assertEqual(divergence.state, "solved")
        self.assertEqual(Path(f"{self.path}.changed").read_bytes(), self.flipped(self.xml, 500))
        for record in (self.document.sudo(), self.move):
            note = record.message_ids[:1]
            self.assertIn(self.document.xml_hash, note.body)
            self.assertEqual(note.author_id, self.env.user.partner_id)

    def test_what_was_changed_is_said_where_people_look_with_what_to_do(self):
        self.assertNotIn("tampered", "".join(self.move._get_alerts()))
        self.assertFalse(self.document.tampered_text)
        self._write(self.flipped(self.xml, 500))
        self.night()
        [divergence] = self.open_ones()
        [alert] = [one for name, one in self.move._get_alerts().items() if "tampered" in name]
        self.assertEqual((alert["level"], alert["message"]), ("danger", divergence.text))
        self.assertEqual(alert["action"]["res_id"], divergence.id)
        self.assertEqual(self.document.tampered_text, divergence.text)
        self.assertIn("no longer evidence", divergence.text)
        self.assertIn("Restore the XML", divergence.text)
        self.assertNotIn("SAT", divergence.text)
        # who can't open it is warned all the same
        nobody = self.create_user("tamper_nobody", "base.group_user")
        seen = self.move.with_user(nobody).sudo()
        self.assertTrue([name for name in seen._get_alerts() if "tampered" in name])
        self._write(self.xml)
        self.night()
        self.env.invalidate_all()
        self.assertNotIn("tampered", "".join(self.move._get_alerts()))

    def test_only_what_the_service_has_is_put_back_from_there(self):
        sent = self.document._payload_bytes()
        self.sql(
            "UPDATE l10n_mx_facture_document SET payload = %s WHERE id = %s",
            base64.b64encode(self.flipped(sent, 300)), self.document.id,
        )
        self.night()
        self.assertIn("from a backup", self.open_ones().text)
        self.assertNotIn("Restore the XML", self.open_ones().text)

    def test_each_administrator_is_told_in_the_own_language(self):
        english = self.create_user("tamper_english", "account.group_account_manager", lang="en_US")
        spanish = self.create_user("tamper_spanish", "account.group_account_manager", lang="es_MX")
        self._write(self.flipped(self.xml, 500))
        self.night()
        [divergence] = self.open_ones()
        notes = {one.user_id: str(one.note) for one in divergence.sudo().activity_ids}
        self.assertIn("SHA-256 of its bytes", notes[english])
        self.assertIn("SHA-256 de sus bytes", notes[spanish])

    def test_an_xml_that_was_taken_off_its_cfdi(self):
        self.sql("UPDATE l10n_mx_facture_document SET xml_attachment_id = NULL WHERE id = %s", self.document.id)
        self.night()
        divergence = self.open_ones()
        self.assertIn("missing", divergence.text)
        self.press(divergence, "action_fix")
        self.env.invalidate_all()
        self.assertEqual(self.document.xml_attachment_id.raw, self.xml)
        self.assertEqual(divergence.state, "solved")

    def test_nothing_is_put_back_that_is_not_what_was_adopted(self):
        self.sql("UPDATE l10n_mx_facture_document SET xml_hash = %s WHERE id = %s", "0" * 64, self.document.id)
        self.night()
        self.assertIn("backup", self.refusal(self.open_ones(), "action_fix"))
        self.assertEqual(self.file.raw, self.xml)
        self.assertTrue(self.open_ones())

    def test_nobody_writes_a_divergence(self):
        self._write(self.flipped(self.xml, 10))
        self.night()
        clerk = self.create_user("divergence_clerk", "account.group_account_invoice")
        [seen] = self.open_ones().with_user(clerk).read(["display_name", "uuid", "remedy", "text", "kind"])
        self.assertEqual((seen["uuid"], seen["remedy"]), (self.document.uuid, "restore"))
        foreign = self.create_user("divergence_foreign", "account.group_account_invoice")
        other = self.setup_other_company()["company"]
        foreign.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(self.env["l10n_mx_facture.divergence"].with_user(foreign).search([]))
        admin = self.create_user("divergence_admin", "account.group_account_manager")
        for action in (
            lambda one: one.write({"state": "solved"}),
            lambda one: one.unlink(),
            lambda one: one.create({"kind": "efos", "text": "x", "company_id": self.company.id}),
        ):
            with self.assertRaises(AccessError):
                action(self.open_ones().with_user(admin))
