"""make bench: building and judging 100 invoices of 5 lines, beside core's UBL Bis 3 export of the same, in one run.

Run in an odoo shell on the demo's records (dev/demo_data.py); nothing is committed.
"""
# ruff: noqa: F821  (`env` is the shell's)

import statistics
import time

from odoo import Command

COUNT, LINES, ROUNDS = 100, 5, 5


def invoices():
    """Posted invoices like the first one of the demo, with LINES lines each."""
    model = env["account.move"].search([("move_type", "=", "out_invoice")], order="id", limit=1)
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": model.partner_id.id,
                "invoice_date": model.invoice_date,
                "invoice_date_due": model.invoice_date,
                "invoice_payment_term_id": False,
                "l10n_mx_facture_payment_form_id": model.l10n_mx_facture_payment_form_id.id,
                "l10n_mx_facture_usage_id": model.l10n_mx_facture_usage_id.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": model.invoice_line_ids[0].product_id.id,
                            "quantity": line + 1,
                            "price_unit": 10.55 + line + number,
                        }
                    )
                    for line in range(LINES)
                ],
            }
            for number in range(COUNT)
        ]
    )
    moves.action_post()
    return moves


def ours(moves):
    """Build each CFDI and put SAT's rules to it."""
    cfdi = env["l10n_mx_facture.cfdi"]
    cfdi._prefetch(moves)
    for move in moves:
        built, problems = cfdi._build(move)
        if not built:
            raise RuntimeError([problem.text for problem in problems])


def ubl(moves):
    """What core does for a comparable document."""
    export = env["account.edi.xml.ubl_bis3"]
    for move in moves:
        export._export_invoice(move)


def measured(work, moves):
    """(milliseconds, queries) an invoice: the median of ROUNDS, each from an empty cache."""
    times, queries = [], 0
    for _round in range(ROUNDS):
        env.invalidate_all()
        before, start = env.cr.sql_log_count, time.perf_counter()
        work(moves)
        times.append((time.perf_counter() - start) * 1000 / len(moves))
        queries = (env.cr.sql_log_count - before) / len(moves)
    return statistics.median(times), queries


moves = invoices()
env.flush_all()
results = {name: measured(work, moves) for name, work in (("ours", ours), ("UBL Bis 3", ubl))}
for name, (milliseconds, queries) in results.items():
    print(f"{name:10} {milliseconds:7.2f} ms  {queries:6.2f} queries an invoice")
print(f"time, ours / UBL Bis 3: {results['ours'][0] / results['UBL Bis 3'][0]:.2f} (to reach: 0.20)")
print(f"queries an invoice: {results['ours'][1]:.2f} (to reach: 1)")
env.cr.rollback()
