"""The act of stamping, whichever service it is asked through."""

from . import places, satfiles
from .book import Duplicate
from .errors import Refusal
from .judge import Context, judge, read
from .seal import CFDI, to_bytes


def facts(root, tfd):
    """The columns of the book that a stamped Comprobante fills."""
    issuer, receiver = root.find(f"{{{CFDI}}}Emisor"), root.find(f"{{{CFDI}}}Receptor")
    return {
        "uuid": tfd.get("UUID"), "fecha_timbrado": tfd.get("FechaTimbrado"),
        "serie": root.get("Serie"), "folio": root.get("Folio"), "fecha": root.get("Fecha"),
        "tipo": root.get("TipoDeComprobante"), "total": root.get("Total"),
        "moneda": root.get("Moneda"), "rfc_emisor": issuer.get("Rfc"),
        "rfc_receptor": receiver.get("Rfc"), "nombre_receptor": receiver.get("Nombre"),
    }


class Stamper:
    """Judges, seals, stamps and writes into the book."""

    def __init__(self, accounts, book, sealer, settings):
        self.accounts = accounts
        self.book = book
        self.sealer = sealer
        self.settings = settings

    def stamp(self, user, branch, sent, operation="stamp", document=None, uuid=None,
              new_date=False):
        """Stamp an unsigned CFDI (bytes) for a user (row) and a branch (row).

        ``document``: the CFDI, where what was sent is something else. ``uuid``: that it must get.
        ``new_date``: Fecha becomes the branch's local time, whatever was written.

        Returns the row of the book, which is on the disk by then. Raises Refusal with the code of
        the first rule that is broken, 718 without credits, 307 for bytes that were stamped
        before (only with the setting detect_duplicates).
        """
        unique = self.settings["detect_duplicates"]
        if unique:
            row = self.book.former(sent, user["name"], branch["id"])
            if row:
                raise self.previous_stamp(row)
        if user["credits"] <= 0:
            raise Refusal("718")
        root = self.judged(branch, document or sent, new_date)
        try:
            return self._write(user, branch, sent, root, operation, unique, uuid)
        except Duplicate as duplicate:
            raise self.previous_stamp(duplicate.row) from duplicate

    def judged(self, branch, sent, new_date=False):
        """The parsed document when nothing speaks against it; Refusal otherwise."""
        root = read(sent)
        if new_date:
            self._date(branch, root)
        findings = self.findings(branch["zip"], root)
        if findings:
            first = findings[0]
            raise Refusal(first.code, first.text, first.where)
        return root

    def findings(self, zip_code, root):
        """All that speaks against a parsed document that is issued at a postal code."""
        context = Context(
            zip=zip_code, now=places.local_now(zip_code),
            issuers=self.accounts.issuers(), receiver=self.accounts.receiver,
            limit_decimals=self.settings["amount_limit_decimals"],
            naive_payment_sum=self.settings["naive_payment_sum"],
        )
        return judge(root, context)

    def _date(self, branch, root):
        root.set("Fecha", places.local_now(branch["zip"]).strftime("%Y-%m-%dT%H:%M:%S"))

    def _write(self, user, branch, sent, root, operation, unique, uuid):
        if self.settings["change_fecha"]:
            self._date(branch, root)
        self.sealer.seal(root)
        tfd = self.sealer.stamp(root, uuid, upper=self.settings["uuid_case"] == "upper")
        wrong = satfiles.schema_errors(root)
        if wrong:
            raise RuntimeError(f"the stamped CFDI is not schema-valid: {wrong[0].message}")
        return self.book.add(
            {**facts(root, tfd), "user": user["name"], "branch": branch["id"],
             "operation": operation, "sent": sent, "xml": to_bytes(root)},
            unique=unique,
        )

    def previous_stamp(self, row):
        """Refusal 307 about a stamp of the book, with it inside as the settings say."""
        return Refusal(
            "307", detail=f"UUID {row['uuid']}", previous=row["xml"], uuid=row["uuid"]
        )
