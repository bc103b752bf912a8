import base64
import csv
import hashlib
import io
import json
import subprocess
import tempfile
import zipfile
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.l10n_mx_facture.models.audit.evidence import table
from odoo.addons.l10n_mx_facture.wizard import l10n_mx_facture_evidence
from odoo.addons.mail.tests.common import mail_new_test_user

from ..support.common import FactureCase
from ..support.sat_case import SatCase
from ..support.services_case import CLIENT_SECRET, ServicesCase
from ..support.stamp_case import SECRET


def read_zip(content):
    """:return: dict from name to bytes"""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def read_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


class DownloadMixin:
    def zipped(self, records, method="action_evidence"):
        """:return: bytes of the ZIP that the button gives"""
        action = getattr(records, method)()
        number = int(action["url"].split("/")[4])
        return base64.b64decode(records.env["l10n_mx_facture.evidence"].browse(number).content)


class TestEvidenceZip(DownloadMixin, SatCase):
    """All that is kept of a CFDI in one file that an auditor can check alone."""

    def cancelled(self):
        """:return: an invoice with all that a CFDI can have"""
        move = self.cancel_requested_invoice()
        self.press(move, "action_l10n_mx_facture_fetch_receipt")
        for reading in ("live", "cancel_in_process", "cancelled"):
            self.at_sat.says(move.l10n_mx_facture_uuid, reading)
            self.ask(move)
        self.env.invalidate_all()
        self.assertEqual(move.l10n_mx_facture_state, "cancelled")
        return move

    def test_everything_is_in_it_and_every_sum_fits(self):
        move = self.cancelled()
        document = self.document(move)
        content = self.zipped(document)
        files = read_zip(content)
        folder = document._evidence_folder()
        inside = {name.removeprefix(f"{folder}/"): one for name, one in files.items() if name.startswith(folder)}
        self.assertEqual(inside["sent.xml"], document._payload_bytes())
        self.assertEqual(json.loads(inside["proof.json"]), document.proof)
        self.assertEqual(inside["proof.json"].decode(), document.proof_text)
        self.assertEqual(inside["stamped.xml"], document.xml_attachment_id.raw)
        self.assertEqual(inside["printed.pdf"], document.pdf_attachment_id.raw)
        self.assertEqual(inside["receipt.xml"], document.receipt_attachment_id.raw)
        self.assertIn(b"byte for byte", inside["integrity.txt"])
        readings = [row[8] for row in read_csv(inside["sat.csv"])[1:]]
        labels = dict(document._fields["sat_reading"]._description_selection(self.env))
        self.assertEqual(readings, [labels[name] for name in ("live", "cancel_in_process", "cancelled")])
        for answer in document.sat_answer_ids:
            self.assertEqual(inside[f"sat/{answer.id}.txt"].decode(), answer.raw)
        calls = read_csv(inside["calls.csv"])[1:]
        self.assertEqual([row[1] for row in calls], ["Stamp", "Cancel"])
        facts = dict(read_csv(inside["facts.csv"])[1:])
        self.assertEqual(facts["UUID"], document.uuid)
        self.assertEqual(facts["Cancellation reason"], "02 Issued with errors, without relation")
        self.assertTrue(facts["Sent on"].endswith("Z"))
        history = " ".join(cell for row in read_csv(inside["history.csv"]) for cell in row)
        self.assertIn("CFDI stamped", history)
        self.assertIn("SAT has cancelled", history)
        self.check_sums(files)

    def check_sums(self, files):
        """As an auditor does, with a program that is not ours; and the index says the same."""
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            done = subprocess.run(
                ["sha256sum", "-c", "--strict", "SHA256SUMS"],
                cwd=folder, capture_output=True, text=True, check=False,
            )
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count(": OK"), len(files) - 1)
        index = read_csv(files["index.csv"])[1:]
        self.assertEqual({row[1] for row in index}, set(files) - {"index.csv", "SHA256SUMS"})
        for _cfdi, name, what, size, digest in index:
            self.assertEqual((int(size), digest), (len(files[name]), hashlib.sha256(files[name]).hexdigest()))
            self.assertTrue(what)

    def test_the_same_content_is_the_same_bytes(self):
        move = self.cancelled()
        first = self.zipped(self.document(move))
        self.env.invalidate_all()
        self.assertEqual(self.zipped(self.document(move)), first)
        self.document(move).sudo().message_post(body="Something new")
        self.assertNotEqual(self.zipped(self.document(move)), first)
        entries = zipfile.ZipFile(io.BytesIO(first)).infolist()
        self.assertEqual(len({info.filename for info in entries}), len(entries))
        self.assertEqual({info.date_time for info in entries}, {(1980, 1, 1, 0, 0, 0)}, "nothing of when it was asked")

    def test_an_invoice_gives_all_that_it_ever_had_and_a_selection_each(self):
        move = self.create_invoice()
        self.sandbox.fail("stamp", "refuse")
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "rejected")
        self.stamp(move)
        other = self.stamped_invoice()
        documents = (move + other).l10n_mx_facture_document_ids
        self.assertEqual(len(documents), 3)
        files = read_zip(self.zipped(move + other, "action_l10n_mx_facture_evidence"))
        self.check_sums(files)
        folders = {name.split("/")[0] for name in files if "/" in name}
        self.assertEqual(folders, {document._evidence_folder() for document in documents})
        rejected = documents.filtered(lambda one: one.state == "rejected")
        [row] = rejected.request_ids
        self.assertEqual(files[f"{rejected._evidence_folder()}/calls/{row.id}.txt"].decode(), row.raw)
        self.assertNotIn(f"{rejected._evidence_folder()}/stamped.xml", files)

    def test_a_changed_file_is_said_to_be_changed(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET xml_hash = %s WHERE id = %s", ("0" * 64, document.id)
        )
        self.env.invalidate_all()
        files = read_zip(self.zipped(document))
        self.assertIn(b"SHA-256", files[f"{document._evidence_folder()}/integrity.txt"])

    def integrity_text(self, document):
        return read_zip(self.zipped(document))[f"{document._evidence_folder()}/integrity.txt"].decode()

    def test_it_says_what_no_hash_covers(self):
        document = self.document(self.cancelled())
        text = self.integrity_text(document)
        for words in ("PDF and raw answers are byte for byte", "The seal is valid", "Not covered by a hash"):
            self.assertIn(words, text)
        for words in ("printed.pdf", "no SHA-256 of them", "could not be verified"):
            self.assertNotIn(words, text)
        for table_name in ("sat_answer", "document"):
            column = "raw_hash" if table_name == "sat_answer" else "pdf_hash"
            self.env.cr.execute(f"UPDATE l10n_mx_facture_{table_name} SET {column} = NULL")
        self.env.invalidate_all()
        text = self.integrity_text(document)
        self.assertIn("printed.pdf: no SHA-256 was kept", text)
        self.assertIn("as no SHA-256 of them was kept: 3", text)

    def test_a_pdf_that_was_overwritten_is_not_called_what_came_in(self):
        document = self.document(self.stamped_invoice())
        document.pdf_attachment_id.raw = b"%PDF-1.4 something else"
        self.env.invalidate_all()
        text = self.integrity_text(document)
        self.assertIn("PDF: the SHA-256", text)
        self.assertNotIn("byte for byte", text)

    def test_an_answer_of_sat_that_was_changed(self):
        document = self.document(self.cancelled())
        answer = document.sat_answer_ids[:1]
        self.assertEqual(answer.raw_hash, hashlib.sha256(answer.raw.encode()).hexdigest())
        self.env.cr.execute("UPDATE l10n_mx_facture_sat_answer SET raw = 'x' WHERE id = %s", (answer.id,))
        self.env.invalidate_all()
        self.assertIn(f"SAT's answer, row {answer.id}: the SHA-256", self.integrity_text(document))

    def test_what_people_wrote_about_the_invoice_is_not_in_it(self):
        move = self.stamped_invoice()
        move.message_post(body="Ask aunt Lupita about the discount", message_type="comment")
        files = read_zip(self.zipped(self.document(move)))
        self.assertNotIn(b"Lupita", b"".join(files.values()))

    def test_a_formula_in_what_others_wrote_is_no_formula(self):
        content = table(["a"], [["=HYPERLINK(1)"], ["@x"], ["plain"], [3]])
        self.assertEqual(read_csv(content), [["a"], ["'=HYPERLINK(1)"], ["'@x"], ["plain"], ["3"]])

    def test_the_same_bytes_in_the_company_s_language_whoever_asks(self):
        document = self.document(self.stamped_invoice())
        seen = set()
        for company in ("en_US", "es_MX"):
            self.company.partner_id.lang = company
            self.env.invalidate_all()
            english, spanish = (self.zipped(document.with_context(lang=lang)) for lang in ("en_US", "es_MX"))
            self.assertEqual(english, spanish)
            facts = read_zip(english)[f"{document._evidence_folder()}/facts.csv"]
            seen.add(tuple(read_csv(facts)[1]))
        self.assertEqual(len(seen), 2)

    def test_a_text_in_the_company_s_language_says_what_each_file_is(self):
        document = self.document(self.stamped_invoice())
        for lang, name, words in (
            ("en_US", "README.txt", "What was sent to be stamped"),
            ("es_MX", "LEEME.txt", "Lo que se envió a timbrar"),
        ):
            with self.subTest(lang=lang):
                self.company.partner_id.lang = lang
                self.env.invalidate_all()
                files = read_zip(self.zipped(document))
                text = files[name].decode()
                self.assertIn(words, text)
                for file in files:
                    base = file.split("/")[-1]
                    self.assertTrue("/" not in file or base in text or base[:-4].isdecimal(), file)
                self.assertIn("sha256sum -c SHA256SUMS", text)
                self.check_sums(files)

    def test_too_many_and_none(self):
        with self.assertRaises(UserError):
            self.create_invoice().action_l10n_mx_facture_evidence()
        move = self.stamped_invoice()
        move |= self.stamped_invoice()
        with patch.object(l10n_mx_facture_evidence, "AT_MOST", 1), self.assertRaises(UserError):
            move.action_l10n_mx_facture_evidence()

    def test_who_may(self):
        move = self.stamped_invoice()
        document = self.document(move)
        clerk = self.create_user("evidence_clerk", "account.group_account_invoice")
        self.assertTrue(self.zipped(document.with_user(clerk)))
        self.assertTrue(self.zipped(move.with_user(clerk), "action_l10n_mx_facture_evidence"))
        reader = self.create_user("evidence_reader", "account.group_account_readonly")
        self.assertEqual(self.zipped(document.with_user(reader)), self.zipped(document.with_user(clerk)))
        self.assertTrue(self.zipped(move.with_user(reader), "action_l10n_mx_facture_evidence"))
        nobody = self.create_user("evidence_nobody", "base.group_user")
        foreign = self.create_user("evidence_foreign", "account.group_account_invoice")
        foreign.write({"company_ids": [(6, 0, self.company_data_2["company"].ids)],
                       "company_id": self.company_data_2["company"].id})
        for user in (nobody, foreign):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                document.with_user(user).action_evidence()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_data_2 = cls.setup_other_company()


class TestEvidenceSecrets(DownloadMixin, ServicesCase):
    """No credentials are in the files, whichever service it is and whatever it answered."""

    def test_no_secret_is_in_it(self):
        for provider in ("facture_rest", "sello_digital", "facture_api"):
            with self.subTest(provider=provider):
                account = self.account_of(provider)
                self.env["l10n_mx_facture.branch"].search([]).journal_ids = False
                self.branch_of(account).journal_ids = self.journal
                move = self.create_invoice()
                self.sandbox.fail("stamp", "refuse")
                self.stamp(move)
                self.stamp(move)
                self.assertEqual(move.l10n_mx_facture_state, "stamped", move.l10n_mx_facture_message)
                content = b"".join(read_zip(self.zipped(move, "action_l10n_mx_facture_evidence")).values())
                account = account.sudo()
                tokens = self.env["l10n_mx_facture.token"].sudo().search([("account_id", "=", account.id)])
                bought = [*tokens.mapped("access"), *tokens.mapped("refresh")]
                secrets = [SECRET, CLIENT_SECRET, account.secret, *filter(None, bought)]
                secrets.append(base64.b64encode(f"{account.login}:{account.secret}".encode()).decode())
                for secret in secrets:
                    self.assertTrue(secret)
                    self.assertNotIn(secret.encode(), content)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEvidenceDownload(FactureCase, HttpCase):
    """The file is given to the user who asked for it, and to nobody else."""

    def test_over_http(self):
        move = self.create_invoice()
        move.action_l10n_mx_facture_stamp()
        users = [
            mail_new_test_user(
                self.env, login=f"zip-{number}-{self.prefix}", groups="account.group_account_invoice",
                company_id=self.company.id,
            )
            for number in range(2)
        ]
        document = move.l10n_mx_facture_document_id
        url = document.with_user(users[0]).action_evidence()["url"]
        self.authenticate(users[0].login, users[0].login)
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertIn(".zip", answer.headers["Content-Disposition"])
        files = read_zip(answer.content)
        self.assertEqual(files[f"{document._evidence_folder()}/stamped.xml"], document.xml_attachment_id.raw)
        self.authenticate(users[1].login, users[1].login)
        self.assertIn(self.url_open(url).status_code, (403, 404))
        self.authenticate(None, None)
        self.assertIn(self.url_open(url).status_code, (403, 404))
