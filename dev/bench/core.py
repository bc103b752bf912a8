"""make bench PART=core: what the module costs those who only look, post and register payments, and never stamp.

Run in an odoo shell on a database with the module and the demo's records (dev/demo/data.py); PLAIN_DATABASE is a copy
of the same template without it. Both are worked on by this process in turns, so that what else the machine does
touches both. Lists and forms ask for what the web client asks for; each piece of work begins with an empty cache and
is rolled back.
"""
# ruff: noqa: F821  (`env` is the shell's)

import gc
import os
import time
from contextlib import contextmanager

from odoo import api, fields
from odoo.modules.registry import Registry
from odoo.tools.safe_eval import safe_eval

from dev.bench.invoices import values
from dev.bench.limits import Limit, Row, same, table
from dev.bench.views import specification

FEW, MANY, BATCH = 80, 500, 200  # invoices in a list, in a long one, in a batch
READS, WRITES, BATCHES = 15, 7, 3  # rounds
LIST = Limit(time=1.1, more=3)
FORM = Limit(time=1.05, more=15)
ACTION = "account.action_move_out_invoice"
DIFFERENT, ALIKE = "different amounts", "the same amount"  # origins; Odoo takes those alike for duplicates
CONTEXT = {"lang": "en_US", "tz": "America/Mexico_City"}


class Side:
    """One of the two databases, with the invoices that are looked at."""

    def __init__(self, database):
        """Make the invoices and learn what the browser asks for."""
        self.registry = Registry(database)
        with self.work(commit=True) as env:
            self.pattern = demo(env) if "l10n_mx_facture.document" in env else set_up(env)
            self.ids = posted(env, [values(*self.pattern, number) for number in range(MANY)], DIFFERENT)
            posted(env, [values(*self.pattern, 0)] * FEW, ALIKE)
        self.analyze()
        with self.work() as env:
            action = env.ref(ACTION)
            self.domain = safe_eval(action.domain)
            self.list = specification(env["account.move"], "list", action.view_id.id)
            self.form = specification(env["account.move"], "form")

    def analyze(self):
        """What autovacuum does in a database of some days: without it PostgreSQL's plans differ by chance."""
        with self.registry.cursor() as cr:
            cr.execute("ANALYZE")

    @contextmanager
    def work(self, commit=False):
        """An environment of the administrator with an empty cache; rolled back at the end unless `commit`."""
        with self.registry.cursor() as cr:
            uid = api.Environment(cr, api.SUPERUSER_ID, {}).ref("base.user_admin").id
            yield api.Environment(cr, uid, {**CONTEXT, "allowed_company_ids": [1]})
            if not commit:
                cr.rollback()


def demo(env):
    """Of the demo's first invoice: the ids of customer and product, and the date."""
    invoice = env["account.move"].search([("move_type", "=", "out_invoice")], order="id", limit=1)
    return invoice.partner_id.id, invoice.invoice_line_ids[0].product_id.id, invoice.invoice_date


def set_up(env):
    """Where the module isn't: as many journals as in the demo, and a customer and a product as there.

    With country and RFC, as the company: core looks for fiscal positions by them, a query for each invoice.
    """
    journals = [{"name": code, "code": code, "type": "sale"} for code in ("SD", "FA")]
    env["account.journal"].create(journals)
    env.company.vat = "EKU9003173C9"
    university = {"name": "UNIVERSIDAD ROBOTICA ESPAÑOLA", "vat": "URE180429TM6", "zip": "86991", "is_company": True}
    customer = env["res.partner"].create({**university, "country_id": env.ref("base.mx").id})
    tax = env["account.tax"].search([("type_tax_use", "=", "sale"), ("amount", "=", 16)], limit=1)
    product = env["product.product"].create({"name": "Product", "type": "service", "taxes_id": tax.ids})
    return customer.id, product.id, fields.Date.context_today(customer)


def posted(env, values_list, origin):
    """The ids of new posted invoices."""
    invoices = env["account.move"].create([{**one, "invoice_origin": origin} for one in values_list])
    invoices.action_post()
    return invoices.ids


def show_list(count, origin):
    """The list of customer invoices, searched for an origin, as the browser asks for it."""

    def work(env, side):
        moves = env["account.move"].with_context(default_move_type="out_invoice", bin_size=True)
        domain = [*side.domain, ("invoice_origin", "=", origin)]
        found = moves.web_search_read(domain, side.list, limit=count, count_limit=10001)
        assert len(found["records"]) == count

    return work


def open_form(env, side):
    """The form of a posted invoice."""
    assert env["account.move"].browse(side.ids[0]).with_context(bin_size=True).web_read(side.form)


def post(count):
    """Create and post so many invoices."""

    def work(env, side):
        posted(env, [values(*side.pattern, number) for number in range(count)], False)

    return work


def pay(env, side):
    """Register a payment of an invoice."""
    context = {"active_model": "account.move", "active_ids": side.ids[1:2]}
    env["account.payment.register"].with_context(**context).create({}).action_create_payments()


def measured(side, work):
    """(milliseconds, queries) of a piece of work."""
    with side.work() as env:
        gc.collect()
        before, start = env.cr.sql_log_count, time.perf_counter()
        work(env, side)
        env.flush_all()
        return (time.perf_counter() - start) * 1000, env.cr.sql_log_count - before


def row(name, limit, work, rounds, each=1):
    """Measure on both sides in turns; `each`: the figures are those of one of so many invoices."""
    for side in sides if each == 1 else ():
        measured(side, work)  # what only the first one costs
    found = [[measured(side, work) for side in sides] for _round in range(rounds)]
    without, with_module = ([(ms / each, queries / each) for ms, queries in one] for one in zip(*found, strict=True))
    return Row(name, limit, without, with_module)


def looks(state):
    """The rows of those who only look."""
    yield row(f"list of {FEW} invoices, {state}", LIST, show_list(FEW, DIFFERENT), READS)
    yield row(f"list of {MANY} invoices, {state}", LIST, show_list(MANY, DIFFERENT), READS)
    yield row(f"open a posted invoice, {state}", FORM, open_form, READS)


def stamp(side):
    """Stamp all invoices of the side that has the module."""
    with side.work(commit=True) as env:
        env["l10n_mx_facture.run"]._start(env["account.move"].browse(side.ids), {})
        env.cr.commit()
        env["l10n_mx_facture.document"]._work_queue()
        done = env["l10n_mx_facture.document"].search_count([("move_id", "in", side.ids), ("state", "=", "stamped")])
        assert done == len(side.ids), f"{done} were stamped"
    side.analyze()


sides = [Side(os.environ["PLAIN_DATABASE"]), Side(env.cr.dbname)]
rows = list(looks("not stamped"))
rows += [
    row(f"list of {FEW} of the same amount", LIST, show_list(FEW, ALIKE), READS),
    row("create and post one", Limit(time=1.05, more=4), post(1), WRITES),
    row(f"create and post {BATCH}, each", Limit(time=1.05, queries=1.05), post(BATCH), BATCHES, BATCH),
    row("register a payment", Limit(more=3), pay, WRITES),
]
stamp(sides[1])
rows += looks("stamped")
print(f"Invoices of 5 lines in databases of the same template, medians of {READS}, {WRITES}, {BATCHES} rounds")
print(*table(rows), sep="\n")
print(same([one for one in rows if one.limit is LIST and "invoices" in one.name]))
