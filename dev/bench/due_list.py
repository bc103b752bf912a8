"""make bench PART=receipts: the list of receipts due, beside Odoo's own list of payments on the same database.

Run in an odoo shell on the demo's records (dev/demo/data.py). BENCH_PAYMENTS: how many payments are due; then ten times
as many old ones come, that have their receipts. All are copies of one payment's rows: by the ORM it would take hours.
"""
# ruff: noqa: F821  (`env` is the shell's)

import os
import statistics
import time

from odoo.tools.safe_eval import safe_eval

from dev.bench.copies import copies
from dev.bench.goals import goal
from dev.bench.paid import pay, stamped_on_credit
from dev.bench.views import specification

COUNT = int(os.environ.get("BENCH_PAYMENTS") or 100_000)
OLDER, LIMIT, ROUNDS = 10, 80, 9
PAYMENTS = ("account.action_account_payments", "account.payment")
DUE = ("l10n_mx_facture.action_l10n_mx_facture_rep_due", "l10n_mx_facture.rep.due")


def payments(pattern, due, count, label):
    """So many copies of a payment with its entry and its receivable item; (first item, first entry, first payment)."""
    entry = copies(env, "account_move", pattern.move_id, count, name=f"'{label}/' || n", sequence_number="n")
    payment = copies(env, "account_payment", pattern, count, move_id=f"{entry} + n", name=f"'{label}/' || n")
    item = copies(
        env, "account_move_line", due.entry_line_id, count, move_id=f"{entry} + n", payment_id=f"{payment} + n",
        move_name=f"'{label}/' || n",
    )  # fmt: skip
    return item, entry, payment


def listed(action, model):
    """Milliseconds of a list's first page, with its count, as the browser asks for it."""
    records = env[model].with_context(bin_size=True)
    act = env.ref(action)
    context = safe_eval(act.context or "{}", {"uid": env.uid})
    records = records.with_context(**{key: value for key, value in context.items() if key.startswith("default_")})
    wanted = SPECIFICATIONS.setdefault(model, specification(records, "list"))
    env.invalidate_all()
    start = time.perf_counter()
    found = records.web_search_read(safe_eval(act.domain or "[]"), wanted, limit=LIMIT, count_limit=10001)
    assert len(found["records"]) == LIMIT
    return (time.perf_counter() - start) * 1000


def compared():
    """Medians of alternating rounds: the list of payments, the list of what is due."""
    env.cr.execute("ANALYZE")
    rounds = [[listed(*PAYMENTS), listed(*DUE)] for _round in range(ROUNDS + 1)][1:]
    return [statistics.median(side) for side in zip(*rounds, strict=True)]


SPECIFICATIONS = {}
env = env(user=env.ref("base.user_admin"), context={**env.context, "tracking_disable": True})
payment = pay(env, stamped_on_credit(env, 1))
due = env["l10n_mx_facture.rep.due"].search([("payment_id", "=", payment.id)])
rep = due._prepare_reps()
env.cr.commit()
line = rep.line_ids
item, entry, first = payments(payment, due, COUNT, "DUE")
copies(
    env, "l10n_mx_facture_rep_due", due, COUNT, entry_line_id=f"{item} + n", entry_id=f"{entry} + n",
    payment_id=f"{first} + n",
)  # fmt: skip
own, listed_due = compared()
print(f"{COUNT} payments that are due: Odoo's list {own:.1f} ms, Receipts due {listed_due:.1f} ms; "
      f"load {os.getloadavg()[0]:.1f}")  # fmt: skip
goal("time, receipts due / payments", listed_due / own, 3)
item, entry, first = payments(payment, due, COUNT * OLDER, "OLD")
copies(
    env, "l10n_mx_facture_rep_line", line, COUNT * OLDER, entry_line_id=f"{item} + n", installment="n", counts="true",
    uuid="'old-' || n",
)  # fmt: skip
own, later = compared()
print(f"and {COUNT * OLDER} old ones with receipts: Odoo's list {own:.1f} ms, Receipts due {later:.1f} ms")
goal("time of receipts due, with old ones / without", later / listed_due, 1.1)
env.cr.rollback()
