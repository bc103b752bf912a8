import csv
import io
import re

from odoo import api, models
from odoo.tools import html2plaintext

from ...cfdi.cadena_original import seal_problem
from ...cfdi.errors import CfdiError

FACTS = (
    "state environment uuid tipo_de_comprobante serie folio fecha date_stamped rfc_emisor rfc_receptor total "
    "currency_id lugar_expedicion account_id branch_id remote_id date_sent payload_hash xml_hash xml_hash_late "
    "pdf_hash message_code message_text cancel_reason cancel_replacement_uuid cancel_date cancel_user_id cancel_code "
    "receipt_code sat_reading sat_date resolved_by_id resolved_date resolution adopted_from adopted_file adopted_by_id "
    "adopted_date"
).split()
CALL = (
    "id operation outcome http_status date_start date_end refused_date user_id code message cancel_reason "
    "cancel_replacement_uuid raw_hash"
).split()
ANSWER = (
    "id date last_date sat_codigo_estatus sat_estado sat_es_cancelable sat_estatus_cancelacion sat_efos reading "
    "message expression raw_hash"
).split()
DIVERGENCE = "id kind text date state solved_date".split()
# N is a number: 1, 2, ...
FORMER = "receipt_before_N.xml"
# tables with a folder of raw answers
RAW = ("calls", "sat")
# messages that users write are left out
OF_THE_SYSTEM = ("notification", "auto_comment")


class L10nMxFactureDocument(models.Model):
    """All stored data of one CFDI, as files."""

    _inherit = "l10n_mx_facture.document"

    def action_evidence(self):
        """Download the evidence of these CFDIs as a ZIP."""
        return self.env["l10n_mx_facture.evidence"]._download(self)

    def _evidence_folder(self):
        """:return: a unique folder name that is valid on all systems"""
        number = re.sub(r"[^A-Za-z0-9.-]", "_", f"{self.serie or ''}-{self.folio or ''}".strip("-"))
        return f"{number}_{self.uuid or self.id}"

    @api.model
    def _evidence_names(self):
        """:return: dict from each possible file name to its description"""
        return {
            "sent.xml": self.env._("What was sent to be stamped"),
            "handed_over.json": self.env._("What was sent to the service before stamping"),
            "proof.json": self.env._("How the amounts were rounded, with SAT's limits of each line"),
            "stamped.xml": self.env._("The CFDI: stamped XML"),
            "printed.pdf": self.env._("Its printed form"),
            "receipt.xml": self.env._("Receipt (acuse) of the cancellation"),
            FORMER: self.env._("An earlier receipt (acuse)"),
            "facts.csv": self.env._("States and decisions"),
            "history.csv": self.env._("Notes on the CFDI and its invoice"),
            "integrity.txt": self.env._("Whether the files are as received"),
            "calls.csv": self.env._("Calls to the service"),
            "sat.csv": self.env._("SAT's answers"),
            "divergences.csv": self.env._("Discrepancies"),
        }

    def _evidence(self):
        """:return: dict from file name to (description, bytes)"""
        self.ensure_one()
        document, names = self.sudo(), self._evidence_names()
        contents = {
            "sent.xml": self._payload_bytes(),
            "handed_over.json": (document.draft_sent or "").encode(),
            "proof.json": (document.proof_text or "").encode(),
            "stamped.xml": document.xml_attachment_id.raw,
            "printed.pdf": document.pdf_attachment_id.raw,
            "receipt.xml": document.receipt_attachment_id.raw,
            "facts.csv": document._evidence_facts(),
            "history.csv": self._evidence_history(),
            "integrity.txt": document._evidence_integrity(),
        }
        files = {name: (names[name], content) for name, content in contents.items()}
        for number, receipt in enumerate(document.former_receipt_ids.sorted("id"), start=1):
            files[FORMER.replace("N", str(number))] = (names[FORMER], receipt.raw)
        files |= self._evidence_rows("calls", names["calls.csv"], document.request_ids, CALL)
        files |= self._evidence_rows("sat", names["sat.csv"], document.sat_answer_ids, ANSWER)
        files |= self._evidence_rows("divergences", names["divergences.csv"], document.divergence_ids, DIVERGENCE)
        return {name: (what, content) for name, (what, content) in files.items() if content}

    @api.model
    def _evidence_readme(self):
        """:return: text for readers without this Odoo: the description of each file, and how to verify the checksums"""
        raw = {f"{name}/*.txt": self.env._("%s: raw answer", self._evidence_names()[f"{name}.csv"]) for name in RAW}
        names = {**self._evidence_names(), **raw}
        width = max(map(len, names)) + 2
        lines = [
            self.env._("Each folder has the files of one CFDI. All times are UTC."),
            self.env._("index.csv lists every file with its size and its SHA-256; this command checks all of them:"),
            "",
            "    sha256sum -c SHA256SUMS",
            "",
            *(f"{name:{width}}{what}" for name, what in names.items()),
        ]
        return "\n".join(lines) + "\n"

    def _evidence_facts(self):
        rows = [(self._fields[name]._description_string(self.env), cell(self, name)) for name in FACTS]
        return table([self.env._("Fact"), self.env._("Value")], [row for row in rows if row[1]])

    def _evidence_rows(self, name, what, records, columns):
        """:return: dict with a table of these rows, and a file for each raw answer"""
        if not records:
            return {}
        raw = "raw" in records._fields
        files, rows = {}, []
        for record in records.sorted("id"):
            file = f"{name}/{record.id}.txt" if raw and record.raw else ""
            rows.append([*(cell(record, column) for column in columns), *([file] if raw else [])])
            if file:
                files[file] = (self.env._("%s: raw answer", what), record.raw.encode())
        head = [records._fields[column]._description_string(self.env) for column in columns]
        head += [records._fields["raw"]._description_string(self.env)] if raw else []
        return {f"{name}.csv": (what, table(head, rows)), **files}

    def _evidence_history(self):
        """:return: a table of the system's messages, with tracked values"""
        mine, theirs = self.sudo().message_ids, self.sudo()._owner().message_ids
        messages = mine | theirs.filtered(lambda message: message.message_type in OF_THE_SYSTEM)
        rows = []
        for message in messages.sorted("id"):
            head = [cell(message, "date"), message.record_name or "", message.author_id.name or ""]
            text = html2plaintext(message.body or "").strip()
            values = message.sudo().tracking_value_ids._filter_has_field_access(self.env).sorted("id")
            rows += [[*head, text, "", "", ""]] if text or not values else []
            rows += [[*head, "", *tracked(value)] for value in values]
        head = [self.env._("Date"), self.env._("Record"), self.env._("By"), self.env._("Note")]
        return table([*head, self.env._("Field"), self.env._("Before"), self.env._("After")], rows)

    def _evidence_integrity(self):
        if not self.xml_attachment_id:
            return b""
        lines = self._integrity_problems() or [
            self.env._(
                "Sent XML, stamped XML, receipts, PDF and raw answers are byte for byte what came in or was sent."
            ),
            self._evidence_seal(),
        ]
        return "\n".join([*lines, *self._evidence_not_covered(), ""]).encode()

    def _evidence_seal(self):
        try:
            # what is wrong with a seal is among the problems
            seal_problem(self.xml_attachment_id.raw)
        except CfdiError:
            return self.env._("The seal could not be verified: this module doesn't know the rules of a complement.")
        return self.env._("The seal is valid, by the certificate in the XML.")

    def _evidence_not_covered(self):
        """:return: list of sentences on what no hash says anything about"""
        lines = []
        if self.xml_hash_late or not self.xml_hash:
            lines.append(
                self.env._("No SHA-256 was kept when the XML arrived. Until the first check, Odoo's SHA-1 is used.")
            )
        if self.pdf_attachment_id and not self.pdf_hash:
            lines.append(self.env._("printed.pdf: no SHA-256 was kept when it came, so it is not checked."))
        unhashed = [*self.request_ids, *self.sat_answer_ids]
        if count := sum(bool(one.raw and not one.raw_hash) for one in unhashed):
            lines.append(self.env._("Raw answers that are not checked, as no SHA-256 of them was kept: %s.", count))
        lines.append(
            self.env._(
                "Not covered by a hash: the tables (*.csv), proof.json and handed_over.json, which are what the "
                "database says today."
            )
        )
        return lines


class AccountMove(models.Model):
    """Evidence of all CFDIs of one or more invoices."""

    _inherit = "account.move"

    def action_l10n_mx_facture_evidence(self):
        """Download the evidence of all CFDIs that these invoices have or had."""
        return self.env["l10n_mx_facture.evidence"]._download(self.l10n_mx_facture_document_ids)


def table(head, rows):
    """:return: bytes of a CSV that spreadsheets open with its accents"""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    # as in Odoo's exports, so that text from others is not run as a formula
    writer.writerows([f"'{one}" if str(one).startswith(("=", "-", "+", "@")) else one for one in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def cell(record, name):
    """:return: the value of a field as text, times in UTC; "" for none"""
    field, value = record._fields[name], record[name]
    if field.type == "datetime":
        return f"{value.isoformat(sep=' ', timespec='seconds')}Z" if value else ""
    if field.type == "selection":
        return dict(field._description_selection(record.env)).get(value, "")
    if field.type == "many2one":
        return value.display_name or ""
    if field.type == "boolean":
        return "1" if value else ""
    if field.type == "monetary":
        return f"{value:.{record[field.get_currency_field(record)].decimal_places}f}"
    return "" if value in (False, None) else str(value)


def tracked(value):
    """:return: name of the field, the value before and after"""
    info = value.field_info or {}
    kind = value.field_id.ttype or info.get("type", "char")
    before, after = (value._format_display_value(kind, new=new)[0] for new in (False, True))
    name = value.field_id.field_description or info.get("desc", "")
    return [name, *("" if one in (False, None) else str(one) for one in (before, after))]
