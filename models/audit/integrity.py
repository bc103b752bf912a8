import hashlib
from datetime import timedelta
from functools import partial
from operator import methodcaller

from odoo import api, fields, models
from odoo.tools import float_compare

from ...cfdi.cadena_original import seal_problem
from ...cfdi.errors import CfdiError
from ...cfdi.issued import read_issued
from ..common import protected
from ..common.languages import in_each_language
from ..common.transactions import commit_with_retry

# records checked within this time belong to the same round, which continues after an interruption
ROUND = timedelta(hours=20)
PART = 100


class L10nMxFactureIntegrity(models.AbstractModel):
    """Whether the stored files of a CFDI are unchanged."""

    _name = "l10n_mx_facture.integrity"
    _description = "Integrity of Stored Evidence"

    integrity_date = fields.Datetime("Files checked on", readonly=True, copy=False)

    def _integrity_problems(self):
        """Compare the stored bytes with hashes, checksums, the seal and the record's fields.

        :return: list of sentences, one for each difference
        """
        raise NotImplementedError

    def _integrity_text(self):
        """:return: what differs and what to do; "" if nothing does"""
        problems = self._integrity_problems()
        return "\n".join([*problems, self._integrity_advice()]) if problems else ""

    def _integrity_advice(self):
        """:return: what to do about changed files, as a sentence"""
        return self.env._(
            "The stored files are no longer evidence. Restore database and filestore from a backup."
        )

    # -- the round ------------------------------------------------------------------------------

    @api.model
    def _integrity_models(self):
        """:return: empty recordsets of the models whose files are checked"""
        names = self.env.registry["l10n_mx_facture.integrity"]._inherit_children
        return [self.env[name].sudo() for name in sorted(names) if not self.env[name]._abstract]

    @api.model
    def _integrity_due(self):
        """:return: domain of the records not yet checked in this round"""
        since = fields.Datetime.now() - ROUND
        return [
            ("uuid", "!=", False),
            "|",
            ("integrity_date", "=", False),
            ("integrity_date", "<", since),
        ]

    @api.model
    def _cron_integrity(self):
        """Check batch after batch; the rest is left to the next run."""
        cron = self.env["ir.cron"]
        due = [(model, model._integrity_due()) for model in self._integrity_models()]
        cron._commit_progress(remaining=sum(model.search_count(domain) for model, domain in due))
        for model, domain in due:
            while part := model.search(domain, order="integrity_date NULLS FIRST, id", limit=PART):
                # retried in a new transaction if one of them was changed meanwhile
                commit_with_retry(part._check_integrity, self.env)
                if not cron._commit_progress(len(part)):
                    return
                # free the memory of the files of this batch
                self.env.invalidate_all()

    def _check_integrity(self):
        """Check the files of these and store differences as discrepancies."""
        texts = {}
        for record in self.sudo():
            if translations := in_each_language(record, methodcaller("_integrity_text")):
                texts[record] = translations
                continue
            if not record.xml_hash:
                record._keep_late_hash()
            record._review_seal()
        protected.write(self, {"integrity_date": fields.Datetime.now()})
        self.env["l10n_mx_facture.divergence"]._settle(self, "tampered", texts)

    def _keep_late_hash(self):
        """Store the hash of unchanged files that have none yet."""

    def _review_seal(self):
        """Verify the seal of unchanged files that could not be verified before, as newer releases know more rules."""

    # -- what is compared -----------------------------------------------------------------------

    def _file_problems(self, attachment, what):
        """:param what: name of the file in the sentences
        :return: list of sentences about a file that is missing or doesn't match Odoo's checksum (SHA-1)
        """
        raw = attachment.raw
        if not raw:
            return [self.env._("%s: the stored file is missing or empty.", what)]
        if hashlib.sha1(raw, usedforsecurity=False).hexdigest() != attachment.checksum:
            return [self.env._("%s: the bytes do not have the checksum with which they were stored.", what)]
        return []

    def _hash_problems(self, content, expected, what):
        """:param expected: SHA-256 in hexadecimal; empty if none was stored"""
        if not expected or hashlib.sha256(content).hexdigest() == expected:
            return []
        return [self.env._("%(what)s: the SHA-256 of its bytes is not %(hash)s.", what=what, hash=expected)]

    def _answer_problems(self, answers, what):
        """:param answers: records with ``raw`` and ``raw_hash``
        :param what: their name in the sentences
        :return: list of sentences, one for each answer that is not as it came; those without a hash are not compared
        """
        problems = []
        for answer in answers:
            name = self.env._("%(what)s, row %(id)s", what=what, id=answer.id)
            problems += self._hash_problems((answer.raw or "").encode(), answer.raw_hash, name)
        return problems

    def _sat_answer_problems(self):
        return self._answer_problems(self.sat_answer_ids, self.env._("SAT's answer"))

    def _seal_problems(self, xml):
        """:return: list of sentences; the seal can't be verified with a complement whose rules are not known here"""
        texts = {
            "no_seal": self.env._("The XML has no seal."),
            "bad_certificate": self.env._("The certificate in the XML can't be read."),
            "other_certificate": self.env._("The certificate in the XML is not the one that it names."),
            "certificate_of_another": self.env._("The certificate in the XML is not the issuer's."),
            "broken_seal": self.env._("The seal is not valid: the sealed content was changed."),
        }
        try:
            problem = seal_problem(xml)
        except CfdiError as error:
            # of an adopted CFDI 3.3 too: its content is compared all the same
            return [] if error.code in ("cadena_unsupported", "not_cfdi40") else [self._unreadable(error)]
        return [texts[problem]] if problem else []

    def _unreadable(self, error):
        if error.code == "foreign_stamp":
            return self.env._("The fiscal stamp belongs to another CFDI: its SelloCFD is not the seal.")
        if error.code == "not_stamped":
            return self.env._("The XML has no fiscal stamp.")
        return self.env._("The XML can't be read: %s", error.text)


class L10nMxFactureDocument(models.Model):
    """Checks of the stored files of our own CFDIs."""

    _name = "l10n_mx_facture.document"
    _inherit = ["l10n_mx_facture.document", "l10n_mx_facture.integrity"]

    xml_hash = fields.Char("SHA-256 of the XML", readonly=True, copy=False)
    xml_hash_late = fields.Boolean(
        "SHA-256 taken later",
        readonly=True,
        copy=False,
        help="It was stamped before hashes were kept. This one was taken at the first check, where no fault was found.",
    )

    _integrity_round = models.Index("(integrity_date NULLS FIRST, id) WHERE uuid IS NOT NULL")

    def _integrity_problems(self):
        return self._evidence_problems() + self._pdf_problems()

    def _pdf_problems(self):
        """:return: list of sentences about the PDF, which users may overwrite; one that is gone is fetched again"""
        attachment, what = self.pdf_attachment_id, self.env._("PDF")
        if not attachment or not self.pdf_hash:
            return []
        problems = self._file_problems(attachment, what)
        return problems or self._hash_problems(attachment.raw, self.pdf_hash, what)

    def _evidence_problems(self):
        """:return: list of sentences about all but the PDF"""
        self.ensure_one()
        attachment, what = self.xml_attachment_id, self.env._("Stamped XML")
        problems = self._file_problems(attachment, what)
        xml = attachment.raw
        if xml:
            problems += self._hash_problems(xml, self.xml_hash, what)
            problems += self._content_problems(xml) + self._seal_problems(xml)
        payload = self._payload_bytes() if self.payload_hash else b""
        problems += self._hash_problems(payload, self.payload_hash, self.env._("Sent XML"))
        for receipt in self.former_receipt_ids | self.receipt_attachment_id:
            name = self.env._("Receipt (acuse)")
            kept = (self.receipt_hashes or {}).get(str(receipt.id))
            problems += self._file_problems(receipt, name) + self._hash_problems(receipt.raw or b"", kept, name)
        problems += self._sat_answer_problems()
        problems += self._answer_problems(self.request_ids, self.env._("Answer of the service"))
        # two checks may report the same unreadable file
        return list(dict.fromkeys(problems))

    def _integrity_advice(self):
        if not self._evidence_problems():
            return self.env._(
                "The PDF is not the one that came. Fetch it again: button Fetch PDF of the invoice, tab CFDI. XML and "
                "receipts are unchanged."
            )
        if not self.xml_hash or self._xml_is_unchanged():
            # only the stamped XML can be restored from the service, and only with a hash to verify it
            return super()._integrity_advice()
        return self.env._(
            "The stored XML is no longer evidence. Restore it from the service (button Restore the XML). If the "
            "service doesn't have the same bytes, restore database and filestore from a backup."
        )

    def _xml_is_unchanged(self):
        """:return: whether the stamped XML is unchanged since it was stored"""
        return hashlib.sha256(self.xml_attachment_id.raw or b"").hexdigest() == self.xml_hash

    def _keep_late_hash(self):
        vals = {"xml_hash": hashlib.sha256(self.xml_attachment_id.raw).hexdigest(), "xml_hash_late": True}
        protected.write(self, vals)

    def _content_problems(self, xml):
        """:return: list of sentences, one for each field of the record that differs from the XML"""
        try:
            read = read_issued(xml)
        except CfdiError as error:
            return [self._unreadable(error)]
        pairs = (
            ("UUID", self.uuid, read.uuid),
            ("Emisor/@Rfc", self.rfc_emisor, read.rfc_emisor),
            ("Receptor/@Rfc", self.rfc_receptor, read.rfc_receptor),
            ("FechaTimbrado", self.date_stamped, read.fecha_timbrado.isoformat(sep=" ", timespec="seconds")),
            ("Serie", self.serie or "", read.serie or ""),
            ("Folio", self.folio or "", read.folio or ""),
        )
        texts = [self._differs(*pair) for pair in pairs if pair[1] != pair[2]]
        if float_compare(self.total, float(read.total), precision_digits=6):
            texts.append(self._differs("Total", self.total, read.total))
        return texts

    def _differs(self, name, ours, written):
        return self.env._("%(what)s: here %(ours)s, in the XML %(written)s.", what=name, ours=ours, written=written)

    # -- restoring ------------------------------------------------------------------------------

    def _restore_xml(self):
        """Restore the XML from the service, if it is byte for byte the one that was stored.

        A changed file stays in the filestore with the suffix ``.changed``.

        :return: whether it was restored; False if the service's copy is not the one that was stored
        """
        self.ensure_one()
        xml = self._ask("fetch_xml", self.uuid, self.remote_id or None)
        if hashlib.sha256(xml).hexdigest() != self.xml_hash:
            return False
        commit_with_retry(partial(self._restore_attachment, xml), self.env)
        return True

    def _restore_attachment(self, xml):
        attachment = self.sudo().xml_attachment_id
        attachment._l10n_mx_facture_move_corrupt_file(xml)
        if attachment:
            protected.write(attachment, {"raw": xml})
        else:
            attachment = self._attach(self._file_name("xml"), xml, "application/xml")
            protected.write(self, {"xml_attachment_id": attachment.id})
        text = self.env._(
            "%(user)s restored the stored XML from the service. It is byte for byte the original (SHA-256 %(hash)s).",
            user=self.env.user.name,
            hash=self.xml_hash,
        )
        self._post_note(text)
        self._owner().message_post(body=text)
        self._check_integrity()


class L10nMxFactureReceivedFile(models.AbstractModel):
    """Checks of the stored file of a supplier's CFDI."""

    _inherit = "l10n_mx_facture.received.file"

    def _integrity_problems(self):
        self.ensure_one()
        attachment, what = self.xml_attachment_id, self.env._("Stored XML")
        problems = self._file_problems(attachment, what)
        problems += self._hash_problems(attachment.raw or b"", self.xml_hash, what)
        return problems + self._sat_answer_problems()

    def _review_seal(self):
        if self.seal == "unverified" and (seal := self._seal(self.xml_attachment_id.raw)) != self.seal:
            protected.write(self, {"seal": seal})


class L10nMxFactureReceived(models.Model):
    _name = "l10n_mx_facture.received"
    _inherit = ["l10n_mx_facture.received", "l10n_mx_facture.integrity"]


class L10nMxFactureReceivedRep(models.Model):
    _name = "l10n_mx_facture.received.rep"
    _inherit = ["l10n_mx_facture.received.rep", "l10n_mx_facture.integrity"]
