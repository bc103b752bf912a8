import base64
import hashlib
import io
import zipfile

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.audit.evidence import table
from ..models.common.access import check_group
from ..models.common.actions import download

# number of CFDIs that fit into one ZIP without filling a worker's memory
AT_MOST = 500
# the oldest date of a ZIP: the same evidence always gives the same bytes
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
INDEX, SUMS = "index.csv", "SHA256SUMS"


class L10nMxFactureEvidence(models.TransientModel):
    """A ZIP for auditors with all stored data of CFDIs, and the SHA-256 of each file."""

    _name = "l10n_mx_facture.evidence"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Evidence of CFDIs"

    name = fields.Char(required=True, readonly=True)
    content = fields.Binary(required=True, readonly=True)

    @api.model
    def _download(self, documents):
        """:param documents: CFDIs that the user may read
        :return: the action that downloads their evidence
        :raise AccessError: the user has neither the stamp nor the auditor group, or may not read one of them
        :raise UserError: there are none, or too many for one ZIP
        """
        if not self.env.user.has_group("account.group_account_readonly"):
            check_group(self.env, "stamp")
        documents.check_access("read")
        documents.move_id.check_access("read")
        documents = documents.filtered("date_sent").sorted("id")
        if not documents:
            raise UserError(self.env._("There is no evidence yet: nothing was sent to be stamped."))
        if len(documents) > AT_MOST:
            raise UserError(
                self.env._(
                    "%(count)s CFDIs are too many for one file: choose at most %(limit)s.",
                    count=len(documents),
                    limit=AT_MOST,
                )
            )
        name = f"evidence_{len(documents)}_cfdi.zip"
        if len(documents) == 1:
            name = f"evidence_{documents._evidence_folder()}.zip"
        # independent of the user: the same evidence gives the same bytes
        lang = documents.company_id[:1].partner_id.lang or "en_US"
        content = base64.b64encode(self.with_context(lang=lang)._zip(documents.with_context(lang=lang)))
        evidence = self.create({"name": name, "content": content})
        return download(f"{self._name}/{evidence.id}/content")

    @api.model
    def _readme(self, documents):
        """:return: (name, bytes) of the README"""
        spanish = (self.env.lang or "").startswith("es")
        return "LEEME.txt" if spanish else "README.txt", documents._evidence_readme().encode()

    @api.model
    def _zip(self, documents):
        """:return: bytes of the ZIP: a folder for each CFDI, an index, and checksums for ``sha256sum -c``"""
        files, rows = {}, []
        for document in documents:
            folder = document._evidence_folder()
            for name, (what, content) in document._evidence().items():
                files[f"{folder}/{name}"] = content
                digest = hashlib.sha256(content).hexdigest()
                rows.append((document.display_name, f"{folder}/{name}", what, len(content), digest))
        name, text = self._readme(documents)
        files[name] = text
        rows.append(("", name, self.env._("Says what each file is"), len(text), hashlib.sha256(text).hexdigest()))
        head = [self.env._("CFDI"), self.env._("File"), self.env._("What it is"), self.env._("Bytes"), "SHA-256"]
        files[INDEX] = table(head, rows)
        sums = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
        files[SUMS] = "".join(sums).encode()
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in files.items():
                info = zipfile.ZipInfo(name, ZIP_DATE)
                info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
                archive.writestr(info, content)
        return buffer.getvalue()
