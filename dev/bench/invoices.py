"""Thousands of posted invoices for the bench: some are made by Odoo, the others are copies of their rows.

Making one by the ORM takes longer than stamping it; what is measured reads the same rows either way.
"""

from odoo import Command

MODELS = 20  # made by the ORM
LINES = 5


def posted(env, count, **more):
    """`count` posted invoices of LINES lines each, like the first one of the demo; `more`: values of further fields."""
    models = made(env, MODELS, **more)
    ids = models.ids[:count]
    while len(ids) < count:
        ids += _copies(env, models)
    env.invalidate_all()
    return env["account.move"].browse(ids[:count])


def made(env, count, **more):
    """`count` posted invoices of LINES lines each, made by the ORM; `more`: values of further fields."""
    demo = env["account.move"].search([("move_type", "=", "out_invoice")], order="id", limit=1)
    fiscal = {
        "l10n_mx_facture_payment_form_id": demo.l10n_mx_facture_payment_form_id.id,
        "l10n_mx_facture_usage_id": demo.l10n_mx_facture_usage_id.id,
    }
    product = demo.invoice_line_ids[0].product_id
    moves = env["account.move"].create(
        [values(demo.partner_id.id, product.id, demo.invoice_date, number) | fiscal | more for number in range(count)]
    )
    moves.action_post()
    env.flush_all()
    return moves


def build(env, moves):
    """Build the CFDI of each invoice and put SAT's rules to it; yields what was built."""
    builder = env["l10n_mx_facture.cfdi"]
    builder._prefetch(moves)
    for move in moves:
        yield check(*builder._build(move))


def check(built, problems):
    """Raise where something was refused; what was built."""
    if not built:
        raise RuntimeError([problem.text for problem in problems])
    return built


def values(partner_id, product_id, date, number):
    """Values of an invoice of LINES lines; `number` makes its prices its own."""
    return {
        "move_type": "out_invoice",
        "partner_id": partner_id,
        "invoice_date": date,
        "invoice_date_due": date,
        "invoice_payment_term_id": False,
        "invoice_line_ids": [
            Command.create({"product_id": product_id, "quantity": line + 1, "price_unit": 10.55 + line + number})
            for line in range(LINES)
        ],
    }


def _copies(env, models):
    """The ids of one copy of each model, with the folios that come next."""
    env.cr.execute("SELECT max(sequence_number) FROM account_move")
    [last] = env.cr.fetchone()
    made = []
    for offset, move in enumerate(models, 1):
        folio = last + offset
        own = {"name": f"{move.sequence_prefix}{folio:05d}", "sequence_number": folio}
        new = _copy_rows(env, "account_move", f"id = {move.id}", own)[0]
        lines = [line.id for line in move.line_ids]
        copied = _copy_rows(
            env, "account_move_line", f"move_id = {move.id}", {"move_id": new, "move_name": own["name"]}
        )
        for table, column in (
            ("account_move_line_account_tax_rel", "account_tax_id"),
            ("account_account_tag_account_move_line_rel", "account_account_tag_id"),
        ):
            env.cr.execute(
                f"INSERT INTO {table} (account_move_line_id, {column}) SELECT m.new, r.{column} FROM {table} r "
                "JOIN unnest(%s, %s) AS m(old, new) ON m.old = r.account_move_line_id",
                (sorted(lines), sorted(copied)),
            )
        made.append(new)
    return made


def _copy_rows(env, table, where, own):
    """Insert copies of rows, in the order of their ids, with values of their own; the new ids."""
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name != 'id'", (table,)
    )
    columns = [f'"{name}"' for (name,) in env.cr.fetchall()]
    values = ["%s" if name.strip('"') in own else name for name in columns]
    parameters = [own[name.strip('"')] for name in columns if name.strip('"') in own]
    env.cr.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} WHERE {where} "
        "ORDER BY id RETURNING id",
        parameters,
    )
    return [row[0] for row in env.cr.fetchall()]
