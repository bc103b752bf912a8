"""make i18n: write i18n/l10n_mx_facture.pot from the code, and bring i18n/es_MX.po up to date with it.

Run in an odoo shell on a database that has the module. New terms come without translation, terms that are gone go.
"""
# ruff: noqa: F821  (`env` is the shell's)

import io
import os
from pathlib import Path

import polib

from odoo.tools.translate import trans_export

FOLDER = Path(os.environ["I18N_DIR"])


def exported():
    """The module's terms as Odoo exports them."""
    buffer = io.BytesIO()
    trans_export(None, ["l10n_mx_facture"], buffer, "po", env)
    return polib.pofile(buffer.getvalue().decode())


pot = exported()
for name in ("POT-Creation-Date", "PO-Revision-Date"):
    pot.metadata.pop(name, None)  # a date of today would make a change of every run
pot.save(str(FOLDER / "l10n_mx_facture.pot"))

path = FOLDER / "es_MX.po"
po = polib.pofile(str(path)) if path.exists() else polib.POFile()
po.metadata = {**pot.metadata, "Language": "es_MX", "Plural-Forms": "nplurals=2; plural=(n != 1);"}
old = {entry.msgid: entry.msgstr for entry in po}
fresh = polib.POFile()
fresh.metadata = po.metadata
for entry in pot:
    entry.msgstr = old.get(entry.msgid, "")
    fresh.append(entry)
fresh.save(str(path))
print(f"{len(fresh)} terms, {len(fresh.untranslated_entries())} without translation")
