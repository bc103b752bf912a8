"""The sandbox as the bench's service: its account, a bare client of it, and what the module adds to its time.

For invoices, and for whatever else has a CFDI.
"""

import io
import re
import time
import zipfile

import requests

CREDITS = 10_000_000


class Service:
    """The sandbox of an odoo shell's first account."""

    def __init__(self, env):
        """Give the account credits, however many are stamped."""
        self.env = env
        self.account = env["l10n_mx_facture.account"].search([], limit=1)
        self.url = self.account.base_url
        self.session = requests.Session()
        self.control("users", name=self.account.login, credits=CREDITS)

    def control(self, path, **order):
        """Ask the sandbox, or order something."""
        call = self.session.post if order else self.session.get
        answer = call(f"{self.url}/_sandbox/{path}", json=order or None, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def forget_calls(self):
        """Empty the sandbox's list of calls."""
        self.session.delete(f"{self.url}/_sandbox/requests", timeout=60)

    def ready_zips(self, owners):
        """What is sent for these, in ZIPs of the account's size."""
        zips = []
        for start in range(0, len(owners), self.account.bulk_size):
            part = owners[start : start + self.account.bulk_size]
            part._l10n_mx_facture_prefetch(part)
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
                for owner in part:
                    archive.writestr(f"{owner.id}.xml", payload(owner))
            zips.append(buffer.getvalue())
        return zips

    def bare(self, branch, zips):
        """Seconds that a client needs that only pushes the ZIPs and fetches what comes back."""
        auth = (self.account.login, self.account.sudo().secret)
        start = time.perf_counter()
        for content in zips:
            report = requests.post(
                f"{self.url}/rest/timbrado/masivoProduccion/",
                files={"file": ("cfdi.zip", content, "application/zip")},
                headers={"Sucursal": branch, "Accept": "application/xml"},
                auth=auth,
                timeout=600,
            )
            link = re.search(rb"https?://[^<\s\"]+", report.content.split(b"enlace", 1)[-1])[0].decode()
            stamped = requests.get(link, auth=auth, headers={"Accept": "application/zip"}, timeout=600).content
            assert len(zipfile.ZipFile(io.BytesIO(stamped)).namelist()) > 0
        return time.perf_counter() - start

    def in_bulk(self, owners, field="move_id"):
        """Seconds from the confirmed dialog to the last one stamped, by one worker.

        :param field: of a CFDI, with its owner
        """
        env = self.env
        env.invalidate_all()
        start = time.perf_counter()
        env["l10n_mx_facture.run"]._start(owners, {})
        env.cr.commit()
        env["l10n_mx_facture.document"]._work_queue()
        seconds = time.perf_counter() - start
        # counted in the database: to read them all would be the bench's own memory
        stamped = [(field, "in", owners.ids), ("state", "=", "stamped")]
        assert env["l10n_mx_facture.document"].search_count(stamped) == len(owners)
        return seconds

    def overhead(self, owners, zips, field="move_id"):
        """(seconds to stamp these in bulk, seconds of a bare client with their ready ZIPs)."""
        branch = owners[0].l10n_mx_facture_branch_id.remote_id
        # before and after, so that what else the machine does touches both
        first = self.bare(branch, zips)
        ours = self.in_bulk(owners, field)
        return ours, (first + self.bare(branch, zips)) / 2


def payload(owner):
    """The XML that is sent for an invoice, or for another owner of a CFDI."""
    built, problems = owner._l10n_mx_facture_build()
    if not built:
        raise RuntimeError([problem.text for problem in problems])
    return built.payload
