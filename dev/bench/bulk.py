"""make bench: stamping in bulk, beside a bare client, in one run.

Run in an odoo shell on the demo's records (dev/demo/data.py).
"""
# ruff: noqa: F821  (`env` is the shell's)

import os
import re
import statistics
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import odoo.addons.l10n_mx_facture

from dev.bench.goals import goal
from dev.bench.invoices import posted
from dev.bench.service import Service

COUNT = 1000
GROWTH = [int(text) for text in os.environ.get("BENCH_GROWTH", "1000,5000,10000").split(",")]
CLICKS = 50
env = env(user=env.ref("base.user_admin"), context={**env.context, "tracking_disable": True})
service = Service(env)


def peak(work, *args):
    """(what `work` returned, MB of memory at most meanwhile)."""
    Path("/proc/self/clear_refs").write_text("5")
    result = work(*args)
    status = Path("/proc/self/status").read_text()
    return result, int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def overhead():
    """What the module adds to the service's own time."""
    moves = posted(env, COUNT)
    zips = service.ready_zips(moves)
    env.cr.commit()
    ours, alone = service.overhead(moves, zips)
    print(f"{COUNT} invoices in bulk: {ours:.1f} s, a bare client with ready ZIPs: {alone:.1f} s")
    goal("time, ours / bare client", ours / alone, 1.4)


def growth():
    """Whether many invoices cost more each than few."""
    figures = []
    for count in GROWTH:
        moves = posted(env, count)
        env.cr.commit()
        seconds, megabytes = peak(service.in_bulk, moves)
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
            service.forget_calls()
            env.cr.commit()
            start = time.perf_counter()
            export._export_invoice(move)
            exported.append((time.perf_counter() - start) * 1000)
            env.cr.commit()
            start = time.perf_counter()
            move.action_l10n_mx_facture_stamp()
            end = time.perf_counter()
            calls = service.control("requests")
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


overhead()
button()
crossed()
growth()
