"""make bench PART=global: one global invoice of thousands of tickets beside single ones, and nights with old tickets.

Run in an odoo shell on the demo's records (dev/demo/data.py). BENCH_TICKETS: how many are in one CFDI. BENCH_SINGLES:
how many single invoices of as many lines are measured; their time is scaled up to the number of tickets.
BENCH_OLD_TICKETS: how many older tickets, in global invoices of 5,000, the nights have that are measured second.
"""
# ruff: noqa: F821  (`env` is the shell's)

import gc
import os
import re
import statistics
import time
from datetime import timedelta
from pathlib import Path

from dev.bench.copies import copies
from dev.bench.goals import goal
from dev.bench.invoices import LINES, build, check, made, posted

TICKETS = int(os.environ.get("BENCH_TICKETS") or 5000)
SINGLES = int(os.environ.get("BENCH_SINGLES") or 100)
OLD = int(os.environ.get("BENCH_OLD_TICKETS") or 1_000_000)
IN_ONE, DAYS = 5000, 1000  # of the old ones: in a global invoice, and so many days of them
A_NIGHT = 100  # tickets of a night
ROUNDS, NIGHTS = 5, 7
MEGABYTES = 300


def invoices_built(moves):
    """Build the CFDI of each invoice, put SAT's rules to it, write its XML."""
    for _built in build(env, moves):
        pass


def global_built(owner):
    """The same of a global invoice: its tickets are compared with the books first."""
    owner._l10n_mx_facture_prefetch(owner)
    return check(*owner._l10n_mx_facture_build())


def measured(work, records, keep=False):
    """(seconds, queries) of a piece of work from an empty cache; rolled back unless `keep`."""
    env.invalidate_all()
    gc.collect()
    before, start = env.cr.sql_log_count, time.perf_counter()
    work(records)
    env.flush_all()
    seconds = time.perf_counter() - start
    env.cr.commit() if keep else env.cr.rollback()
    return seconds, env.cr.sql_log_count - before


def peak(work, records):
    """MB of memory of this process at most while it works."""
    env.invalidate_all()
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    work(records)
    env.flush_all()
    megabytes = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024
    env.cr.rollback()
    return megabytes


def sold(count):
    """So many new tickets of yesterday: posted invoices to the public of LINES lines each."""
    day = env.cr.now().date() - timedelta(days=1)
    moves = posted(env, count, partner_id=public.id, invoice_date=day, invoice_date_due=day)
    moves._l10n_mx_facture_take_tickets()
    env.cr.commit()
    return env["l10n_mx_facture.ticket"].search([("move_id", "in", moves.ids)])


def stamped(owner):
    """The queue stamps it."""
    env.cr.commit()
    env["l10n_mx_facture.document"]._work_queue()
    assert owner.state == "stamped", (owner.name, owner.state, owner.question, owner.message_text)


def one_of_many():
    """One global invoice of all tickets, beside as many single invoices. It is stamped then."""
    env.company.l10n_mx_facture_global_limit = 0
    tickets, moves = sold(TICKETS), made(env, SINGLES)
    env.cr.commit()
    # as the hourly action does it through the day, and then at night
    reading, _queries = measured(lambda some: some._read_new(), tickets.browse(), keep=True)
    making, _queries = measured(lambda some: some.sudo()._make_globals(), tickets, keep=True)
    owner = tickets.global_id
    assert len(owner) == 1 and len(owner.ticket_ids) == TICKETS
    megabytes = peak(global_built, owner)
    contestants = ((invoices_built, moves), (global_built, owner))
    rounds = [[measured(work, records) for work, records in contestants] for _round in range(ROUNDS)]
    (singles, _), (one, queries) = (
        [statistics.median(values) for values in zip(*side, strict=True)] for side in zip(*rounds, strict=True)
    )
    singles *= TICKETS / SINGLES
    size = len(global_built(owner).payload) / 1024**2
    env.cr.rollback()
    print(f"{TICKETS} tickets of {LINES} lines in one CFDI of {size:.1f} MB, median of {ROUNDS} rounds; "
          f"load {os.getloadavg()[0]:.1f}")  # fmt: skip
    print(f"the single invoices {singles:.1f} s (of {SINGLES} measured), the global invoice {one:.2f} s, {queries:.0f} "
          f"queries; making it out of the tickets {making:.1f} s ({(making + one) / singles:.2f} of the single ones "
          f"together), and reading those before, through the day, {reading:.1f} s")  # fmt: skip
    goal("time, the global invoice / as many single ones", one / singles, 1 / 10)
    goal("MB of memory of the process meanwhile", megabytes, MEGABYTES)
    owner._start_ready()
    stamped(owner)
    return tickets[0]


def nights():
    """Seconds of the nightly run, median of some; each has tickets of its own, and the queue stamps them."""
    seconds = []
    env.cr.execute("ANALYZE")
    for _night in range(NIGHTS + 1):
        tickets = sold(A_NIGHT)
        seconds.append(measured(lambda globals: globals._cron_global(), env["l10n_mx_facture.global"])[0])
        stamped(tickets.global_id)
    return statistics.median(seconds[1:])


def with_old_ones(ticket):
    """The nightly run before and after very many tickets of earlier days."""
    env.company.l10n_mx_facture_global_auto = True
    without = nights()
    start = time.perf_counter()
    first = copies(
        env, "l10n_mx_facture_global", ticket.global_id, OLD // IN_ONE + 1, name="'OLD-' || n", document_id="NULL",
        date_from="source.date_from - n::int", date_to="source.date_to - n::int",
    )  # fmt: skip
    copies(
        env, "l10n_mx_facture_ticket", ticket, OLD, move_id="NULL", number="'OLD/' || n",
        global_id=f"{first} + 1 + n / {IN_ONE}", date=f"source.date - (n % {DAYS})::int",
    )  # fmt: skip
    env.cr.commit()
    print(f"{OLD} old tickets inserted in {time.perf_counter() - start:.0f} s")
    later = nights()
    print(f"a night of {A_NIGHT} tickets {without * 1000:.0f} ms, with {OLD} old ones {later * 1000:.0f} ms, median of "
          f"{NIGHTS}; load {os.getloadavg()[0]:.1f}")  # fmt: skip
    goal("time of a nightly run, with old tickets / without", later / without, 1.1)


env = env(user=env.ref("base.user_admin"), context={**env.context, "tracking_disable": True})
public = env["res.partner"].create(
    {"name": "Público en general", "vat": "XAXX010101000", "country_id": env.ref("base.mx").id}
)
journal = env["account.move"].search([("move_type", "=", "out_invoice")], order="id", limit=1).journal_id
journal.l10n_mx_facture_to_global = True
with_old_ones(one_of_many())
