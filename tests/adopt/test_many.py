import base64
from unittest.mock import patch

from odoo.addons.l10n_mx_facture.models.adopt import candidate
from odoo.addons.l10n_mx_facture.wizard import l10n_mx_facture_adopt

from ..support.adopt_case import AdoptCase

WIZARD = "l10n_mx_facture.adopt"


class TestAdoptMany(AdoptCase):
    """A ZIP, or all files of the invoices: matched and shown before anything is written."""

    def upload(self, content, name="cfdi.zip"):
        vals = {"source": "upload", "file": base64.b64encode(content), "file_name": name}
        wizard = self.env[WIZARD].create(vals)
        self.press(wizard, "action_find")
        return wizard

    def line(self, wizard, name):
        return wizard.line_ids.filtered(lambda line: line.name == name)

    def test_a_zip_is_matched_by_number_receiver_and_total(self):
        moves = [self.create_invoice([{"price_unit": price}]) for price in (10.0, 10.0, 20.0)]
        files = {f"a/{number}.XML": self.foreign(move) for number, move in enumerate(moves)}
        files |= {"nobody's.xml": self.foreign(self.create_invoice([{"price_unit": 999.0}]), Folio="7777", Serie="QQ")}
        files |= {"broken.xml": b"<a", "readme.txt": b"x", "__MACOSX/._0.xml": b"x"}
        wizard = self.upload(self.archive(files))
        self.assertEqual(len(wizard.line_ids), 5)
        for number, move in enumerate(moves):
            self.assertEqual(self.line(wizard, f"a/{number}.XML").move_id, move)
        self.assertTrue(self.line(wizard, "broken.xml").refused)
        self.assertIn("3 ready", wizard.summary)
        self.assertFalse(moves[0].l10n_mx_facture_document_ids)
        answer = self.press(wizard, "action_adopt")
        self.assertIn("3 of 3", answer["params"]["message"])
        for move in moves:
            [entry] = self.book(move)
            self.assertEqual(move.l10n_mx_facture_state, "stamped")
            self.assertEqual(move.l10n_mx_facture_uuid, entry["uuid"].upper())
        self.stamp(self.env["account.move"].concat(*moves))
        self.assertEqual([len(self.book(move)) for move in moves], [1, 1, 1])

    def test_all_files_of_the_invoices(self):
        moves = [self.foreign_invoice() for _number in range(2)]
        done = self.stamped_invoice()
        wizard = self.env[WIZARD].create({})
        self.press(wizard, "action_find")
        lines = wizard.line_ids.filtered(lambda line: line.number.startswith(self.prefix))
        self.assertEqual(lines.move_id, moves[0] | moves[1])
        self.assertNotIn(done, wizard.line_ids.move_id)
        self.press(wizard, "action_adopt")
        self.assertEqual({move.l10n_mx_facture_state for move in moves}, {"stamped"})

    def test_several_that_fit_are_left_to_a_person(self):
        twins = [self.create_invoice([{"price_unit": 31.0}]) for _number in range(2)]
        wizard = self.upload(self.foreign(twins[0], Serie=None, Folio=None), "one.xml")
        self.assertIn("several", wizard.line_ids.text)
        self.assertTrue(wizard.line_ids.refused)

    def test_one_that_is_refused_leaves_the_others(self):
        good, bad = self.create_invoice([{"price_unit": 41.0}]), self.create_invoice([{"price_unit": 42.0}])
        wizard = self.upload(self.archive({"1.xml": self.foreign(good), "2.xml": self.foreign(bad)}))
        self.stamp(bad)
        self.assertEqual(bad.l10n_mx_facture_state, "stamped", "without a file on it nothing hinders")
        answer = self.press(wizard, "action_adopt")
        self.assertIn("1 of 2", answer["params"]["message"])
        self.assertEqual(good.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(bad.l10n_mx_facture_document_ids), 1)

    def test_the_same_cfdi_twice_is_one(self):
        move = self.create_invoice([{"price_unit": 51.0}])
        xml = self.foreign(move)
        wizard = self.upload(self.archive({"1.xml": xml, "2.xml": xml}))
        self.assertEqual(len(wizard.line_ids), 1)

    def test_those_that_are_not_shown_are_found_next_time(self):
        moves = [self.create_invoice([{"price_unit": price}]) for price in (71.0, 72.0)]
        content = self.archive({f"{number}.xml": self.foreign(move) for number, move in enumerate(moves)})
        with patch.object(l10n_mx_facture_adopt, "AT_MOST", 1):
            for left in (2, 1):
                wizard = self.upload(content)
                self.assertEqual(len(wizard.line_ids), 1)
                self.assertIn(f"{left} ready", wizard.summary)
                self.press(wizard, "action_adopt")
        self.assertEqual([move.l10n_mx_facture_state for move in moves], ["stamped", "stamped"])

    def test_a_bad_or_huge_zip_is_refused(self):
        good = self.archive({"1.xml": b"<a/>", "2.xml": b"<a/>"})
        vals = {"source": "upload", "file": base64.b64encode(good[:-30]), "file_name": "x.zip"}
        wizard = self.env[WIZARD].create(vals)
        self.assertIn("damaged", self.refusal(wizard, "action_find"))
        wizard.file = base64.b64encode(good)
        for name in ("MAX_FILES", "MAX_UNPACKED"):
            with patch.object(candidate, name, 1):
                self.assertIn("make several", self.refusal(wizard, "action_find"))
        self.assertTrue(self.refusal(self.env[WIZARD].create({"source": "upload"}), "action_find"))
