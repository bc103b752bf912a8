"""make bench: building and judging 100 invoices of 5 lines, beside core's UBL Bis 3 and OCA's CFDI of the same.

Run in an odoo shell on the demo's records (dev/demo/data.py); nothing is committed. The rounds alternate, so that
what else the machine does touches all of them; the figures are medians, the ratios those of the medians.
"""
# ruff: noqa: F821  (`env` is the shell's)

import statistics
import time
from decimal import Decimal

from odoo.addons.l10n_mx_facture.cfdi import build as cfdi_build
from odoo.addons.l10n_mx_facture.models.parts import lines

from dev.bench import invoices
from dev.bench.goals import goal
from dev.bench.invoices import LINES, made
from dev.bench.oca import build, set_up
from dev.bench.parts import Parts

COUNT, ROUNDS = 100, 9
OURS, UBL, OCA = "ours", "UBL Bis 3", "OCA"
GOALS = {UBL: (1, 8), OCA: (1, 12)}  # of their time; and one query an invoice


def ours(moves):
    """Build each CFDI and put SAT's rules to it; the totals."""
    return [built.totals.total for built in invoices.build(env, moves)]


def ubl(moves):
    """What core does for a comparable document."""
    export = env["account.edi.xml.ubl_bis3"]
    for move in moves:
        export._export_invoice(move)


def oca(moves):
    """What OCA's module does up to the XML; the totals."""
    return [Decimal(str(build(move)[0]["Total"])) for move in moves]


def measured(work, moves):
    """(milliseconds, queries) an invoice, from an empty cache, and what the work returned."""
    env.invalidate_all()
    before, start = env.cr.sql_log_count, time.perf_counter()
    totals = work(moves)
    env.flush_all()
    seconds = time.perf_counter() - start
    return seconds * 1000 / len(moves), (env.cr.sql_log_count - before) / len(moves), totals


def parts(moves):
    """Where our time goes, in rounds of their own: the watches cost time themselves."""
    watch, model = Parts(), type(env["l10n_mx_facture.cfdi"])
    functions = (
        ("header, parties, relations, dates", model, "_build"),
        ("lines: SAT's codes, checks, taxes of a line", model, "_conceptos"),
        ("reading ahead", model, "_prefetch"),
        ("core: base lines with their taxes", model, "_base_lines"),
        ("the fit to the cent, with its proof", lines, "fit_lines"),
        ("XML", cfdi_build, "build"),
        ("SAT's rules", model, "_findings"),
        ("the database", type(env.cr), "execute"),
    )
    with watch.measuring(*functions):
        for _round in range(ROUNDS):
            measured(ours, moves)
    return watch.shares()


def compared(totals, moves):
    """How the totals of a document compare with Odoo's."""
    wanted = [Decimal(str(move.currency_id.round(move.amount_total))) for move in moves]
    far = [abs(total - want) for total, want in zip(totals, wanted, strict=True)]
    same = sum(not difference for difference in far)
    return f"{same} of {len(far)} totals are the invoice's, sum {sum(totals)} of {sum(wanted)}, worst by {max(far)}"


moves = made(env, COUNT)
contestants = {OURS: ours, UBL: ubl}
if "l10n_mx_cfdi.issuer" in env:
    set_up(env, moves)
    contestants[OCA] = oca
env.flush_all()
rounds = [{name: measured(work, moves) for name, work in contestants.items()} for _round in range(ROUNDS)]
times = {name: statistics.median(row[name][0] for row in rounds) for name in contestants}
queries = {name: statistics.median(row[name][1] for row in rounds) for name in contestants}
print(f"{len(moves)} posted invoices of {LINES} lines, median of {ROUNDS} alternating rounds, each from an empty cache")
for name in contestants:
    print(f"{name:10} {times[name]:7.2f} ms  {queries[name]:6.2f} queries an invoice")
for name in contestants:
    if rounds[-1][name][2]:
        print(f"{name:10} {compared(rounds[-1][name][2], moves)}")
for name, (part, whole) in GOALS.items():
    if name in times:
        goal(f"time, ours / {name}", times[OURS] / times[name], part / whole)
goal("queries an invoice", queries[OURS], 1)
print("where ours goes:")
for part, share in parts(moves):
    print(f"{share:7.1%}  {part}")
env.cr.rollback()
