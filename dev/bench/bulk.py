"""make bench: stamping in bulk, beside a bare client, in one run.

Run in an odoo shell on the demo's records (dev/demo/data.py).
"""
# ruff: noqa: F821  (`env` is the shell's)

import io
import os
import re
import statistics
import sys
import time
import zipfile
from collections import Counter
from datetime import datetime
from pathlib import Path

import requests

import odoo.addons.l10n_mx_facture

from dev.bench.goals import goal
from dev.bench.invoices import posted

COUNT = 1000
GROWTH = [int(text) for text in os.environ.get("BENCH_GROWTH", "1000,5000,10000").split(",")]
CLICKS = 50
env = env(user=env.ref("base.user_admin"), context={**env.context, "tracking_disable": True})
account = env["l10n_mx_facture.account"].search([], limit=1)
sandbox = account.base_url
session = requests.Session()


def control(path, **order):
    """Ask the sandbox, or order something."""
    call = session.post if order else session.get
    answer = call(f"{sandbox}/_sandbox/{path}", json=order or None, timeout=60)
    answer.raise_for_status()
    return answer.json()


def ready_zips(moves):
    """What is sent for the invoices, in ZIPs of the account's size."""
    zips = []
    for start in range(0, len(moves), account.bulk_size):
        part = moves[start : start + account.bulk_size]
        env["l10n_mx_facture.cfdi"]._prefetch(part)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for move in part:
                built, problems = env["l10n_mx_facture.cfdi"]._build(move)
                if not built:
                    raise RuntimeError([problem.text for problem in problems])
                archive.writestr(f"{move.id}.xml", built.payload)
        zips.append(buffer.getvalue())
    return zips


def bare(moves, zips):
    """Seconds that a client needs that only pushes the ZIPs and fetches what comes back."""
    branch = moves[0].l10n_mx_facture_branch_id.remote_id
    auth = (account.login, account.sudo().secret)
    start = time.perf_counter()
    for content in zips:
        report = requests.post(
            f"{sandbox}/rest/timbrado/masivoProduccion/",
            files={"file": ("cfdi.zip", content, "application/zip")},
            headers={"Sucursal": branch, "Accept": "application/xml"},
            auth=auth,
            timeout=600,
        )
        link = re.search(rb"https?://[^<\s\"]+", report.content.split(b"enlace", 1)[-1])[0].decode()
        stamped = requests.get(link, auth=auth, headers={"Accept": "application/zip"}, timeout=600).content
        assert len(zipfile.ZipFile(io.BytesIO(stamped)).namelist()) > 0
    return time.perf_counter() - start


def in_bulk(moves):
    """Seconds from the confirmed dialog to the last invoice stamped, by one worker."""
    env.invalidate_all()
    start = time.perf_counter()
    env["l10n_mx_facture.run"]._start(moves, {})
    env.cr.commit()
    env["l10n_mx_facture.document"]._work_queue()
    seconds = time.perf_counter() - start
    # counted in the database: to read them all would be the bench's own memory
    stamped = [("move_id", "in", moves.ids), ("state", "=", "stamped")]
    assert env["l10n_mx_facture.document"].search_count(stamped) == len(moves)
    return seconds


def peak(work, *args):
    """(what `work` returned, MB of memory at most meanwhile)."""
    Path("/proc/self/clear_refs").write_text("5")
    result = work(*args)
    status = Path("/proc/self/status").read_text()
    return result, int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def overhead():
    """What the module adds to the service's own time."""
    moves = posted(env, COUNT)
    zips = ready_zips(moves)
    env.cr.commit()
    # before and after, so that what else the machine does touches both
    first = bare(moves, zips)
    ours = in_bulk(moves)
    alone = (first + bare(moves, zips)) / 2
    print(f"{COUNT} invoices in bulk: {ours:.1f} s, a bare client with ready ZIPs: {alone:.1f} s")
    goal("time, ours / bare client", ours / alone, 1.4)


def growth():
    """Whether many invoices cost more each than few."""
    figures = []
    for count in GROWTH:
        moves = posted(env, count)
        env.cr.commit()
        seconds, megabytes = peak(in_bulk, moves)
        figures.append((seconds / count * 1000, megabytes))
        print(f"{count:6} invoices: {figures[-1][0]:.1f} ms an invoice, {megabytes:.0f} MB at most")
    times, memory = zip(*figures, strict=True)
    goal("growth of time", max(times) / min(times), 1.1)
    goal("growth of memory", max(memory) / min(memory), 1.2)


def button():
    """From the click until the stamp is stored, and until the answer to the click; less what the service took.

    Beside it core's UBL Bis 3 of the same invoice, just before; each from an empty cache.
    """
    moves = posted(env, CLICKS)
    documents, export = type(env["l10n_mx_facture.document"]), env["account.edi.xml.ubl_bis3"]
    after_stamp, moment = documents._after_stamp, datetime.fromisoformat
    stored, answered, exported = [], [], []

    def noted(self, *args, **kwargs):
        stored.append(time.perf_counter())
        return after_stamp(self, *args, **kwargs)

    documents._after_stamp = noted
    try:
        for number, move in enumerate(moves):
            session.delete(f"{sandbox}/_sandbox/requests", timeout=60)
            env.cr.commit()
            start = time.perf_counter()
            export._export_invoice(move)
            exported.append((time.perf_counter() - start) * 1000)
            env.cr.commit()
            start = time.perf_counter()
            move.action_l10n_mx_facture_stamp()
            end = time.perf_counter()
            calls = control("requests")
            served = [(moment(call["ended"]) - moment(call["time"])).total_seconds() for call in calls]
            answered.append((end - start - sum(served)) * 1000)
            stored[number] = (stored[number] - start - served[0]) * 1000
    finally:
        documents._after_stamp = after_stamp
    one, ubl = statistics.median(stored), statistics.median(exported)
    print(f"the button, click to Stamped: {one:.0f} ms above the service, UBL Bis 3 of the same: {ubl:.0f} ms")
    goal("time, click to Stamped / UBL Bis 3", one / ubl, 1.2)
    one = statistics.median(answered)
    print(f"with chatter, PDF, credits: {one:.0f} ms above the service's {len(calls)} answers ({one / ubl:.2f} of UBL)")


def crossed():
    """How many files of the addon a press of Stamp runs through, and in which folders."""
    [move] = posted(env, 1)
    env.cr.commit()
    home, files = Path(odoo.addons.l10n_mx_facture.__path__[0]), set()

    def note(frame, event, _arg):
        if event == "call" and frame.f_code.co_filename.startswith(f"{home}/"):
            files.add(Path(frame.f_code.co_filename).relative_to(home))

    sys.setprofile(note)
    try:
        move.action_l10n_mx_facture_stamp()
    finally:
        sys.setprofile(None)
    folders = Counter(file.parts[0] for file in files)
    print(f"files that a press of Stamp crosses: {', '.join(f'{name} {n}' for name, n in sorted(folders.items()))}")
    goal("files that a press of Stamp crosses", len(files), 45)


control("users", name=account.login, credits=10_000_000)
overhead()
button()
crossed()
growth()
