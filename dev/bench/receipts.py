"""make bench PART=receipts: receipts of payment of 3 invoices each, built and judged, beside invoices of 5 lines; then
stamped in bulk, beside a bare client.

Run in an odoo shell on the demo's records (dev/demo/data.py). BENCH_REPS: how many of each are in a batch. The rounds
alternate, each from an empty cache, and are rolled back.
"""
# ruff: noqa: F821  (`env` is the shell's)

import os
import statistics
import time

from dev.bench.goals import goal
from dev.bench.invoices import build, check, posted
from dev.bench.paid import EACH, receipts
from dev.bench.service import Service

COUNT = int(os.environ.get("BENCH_REPS") or 200)
ROUNDS = 5


def invoices_built(moves):
    """Build the CFDI of each invoice and put SAT's rules to it."""
    for _built in build(env, moves):
        pass


def receipts_built(reps):
    """The same of receipts of payment."""
    reps._l10n_mx_facture_prefetch(reps)
    for rep in reps:
        check(*rep._l10n_mx_facture_build())


def measured(work, records):
    """(milliseconds, queries) each."""
    env.invalidate_all()
    before, start = env.cr.sql_log_count, time.perf_counter()
    work(records)
    env.flush_all()
    seconds = time.perf_counter() - start
    queries = env.cr.sql_log_count - before
    env.cr.rollback()
    return seconds * 1000 / len(records), queries / len(records)


env = env(user=env.ref("base.user_admin"), context={**env.context, "tracking_disable": True})
service = Service(env)
reps, moves = receipts(env, COUNT), posted(env, COUNT)
env.cr.commit()
contestants = ((invoices_built, moves), (receipts_built, reps))
rounds = [[measured(work, records) for work, records in contestants] for _round in range(ROUNDS)]
(invoice, _), (receipt, queries) = (
    [statistics.median(values) for values in zip(*side, strict=True)] for side in zip(*rounds, strict=True)
)
print(f"{COUNT} receipts of {EACH} invoices each in a batch, median of {ROUNDS} rounds; load {os.getloadavg()[0]:.1f}")
print(f"an invoice {invoice:.2f} ms, a receipt {receipt:.2f} ms")
goal("time, a receipt / an invoice", receipt / invoice, 1.5)
goal("queries a receipt", queries, 1)
above = {}
for owners, field in ((moves, "move_id"), (reps, "rep_id")):
    zips = service.ready_zips(owners)
    # what building stores is the module's own work, and counted
    env.cr.rollback()
    ours, alone = service.overhead(owners, zips, field)
    above[field] = (ours - alone) * 1000 / COUNT
    what = {"move_id": "invoices", "rep_id": "receipts"}[field]
    print(f"{COUNT} {what} in bulk: {ours:.1f} s, a bare client with ready ZIPs: {alone:.1f} s")
    print(f"above the bare client: {above[field]:.1f} ms each; load {os.getloadavg()[0]:.1f}")
goal("time, ours / bare client, of receipts", ours / alone, 1.4)
goal("time above the bare client, a receipt / an invoice", above["rep_id"] / above["move_id"], 1.5)
