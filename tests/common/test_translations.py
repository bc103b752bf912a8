import io
import re

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open
from odoo.tools.translate import trans_export

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """Whatever a user can see is there in Spanish."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        buffer = io.BytesIO()
        trans_export(None, ["l10n_mx_facture"], buffer, "po", cls.env)
        cls.terms = {entry.msgid for entry in polib.pofile(buffer.getvalue().decode())}
        with file_open("l10n_mx_facture/i18n/es_MX.po", "r") as file:
            cls.po = polib.pofile(file.read())

    def test_every_term_is_translated(self):
        translated = {entry.msgid for entry in self.po.translated_entries()}
        self.assertFalse(sorted(self.terms - translated), "run `make i18n` and translate these")

    def test_no_translation_of_a_term_that_is_gone(self):
        self.assertFalse(sorted({entry.msgid for entry in self.po} - self.terms))

    def test_placeholders_are_kept(self):
        for entry in self.po:
            with self.subTest(term=entry.msgid):
                self.assertEqual(
                    sorted(PLACEHOLDER.findall(entry.msgid)),
                    sorted(PLACEHOLDER.findall(entry.msgstr)),
                )
