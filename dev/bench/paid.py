"""Stamped invoices on credit and their payments, for the bench."""

from datetime import timedelta

from odoo.tools import split_every

from dev.bench.invoices import LINES, posted

EACH = 3  # invoices in a payment
PART = 100  # payments that are made at once


def stamped_on_credit(env, count):
    """`count` stamped PPD invoices of LINES lines each."""
    deferred = env["l10n_mx_catalogs.c_forma_pago"].search([("code", "=", "99")], limit=1)
    moves = posted(
        env,
        count,
        l10n_mx_facture_payment_policy="PPD",
        l10n_mx_facture_payment_form_id=deferred.id,
        invoice_date_due=env.cr.now().date() + timedelta(days=60),
    )
    env["l10n_mx_facture.run"]._start(moves, {})
    env.cr.commit()
    env["l10n_mx_facture.document"]._work_queue()
    done = set(moves.mapped("l10n_mx_facture_state"))
    assert done == {"stamped"}, f"{count} invoices of {LINES} lines are {done}"
    return moves


def set_up_bank(env):
    """The bank's journal, with a form of payment."""
    form = env["l10n_mx_catalogs.c_forma_pago"].search([("code", "=", "03")], limit=1)
    bank = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)
    bank.l10n_mx_facture_payment_form_id = form
    return bank


def pay(env, moves):
    """One payment of these invoices, by Odoo's dialog."""
    wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=moves.ids)
    return wizard.create({"journal_id": set_up_bank(env).id, "group_payment": True})._create_payments()


def pay_each(env, groups):
    """A payment of each of these groups of invoices; with the dialog it would take twice as long."""
    bank = set_up_bank(env)
    payments = env["account.payment"].create(
        [
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": moves.partner_id.id,
                "journal_id": bank.id,
                "amount": sum(moves.mapped("amount_residual")),
            }
            for moves in groups
        ]
    )
    payments.action_post()
    plan = [payment.move_id._l10n_mx_facture_receivable() + moves._l10n_mx_facture_receivable()
            for payment, moves in zip(payments, groups, strict=True)]  # fmt: skip
    env["account.move.line"]._reconcile_plan(plan)
    return payments


def receipts(env, count):
    """`count` receipts of payment that are not stamped yet, of EACH invoices each."""
    moves = stamped_on_credit(env, count * EACH)
    reps = env["l10n_mx_facture.rep"]
    for part in split_every(PART, [moves[start : start + EACH] for start in range(0, len(moves), EACH)]):
        payments = pay_each(env, part)
        reps += env["l10n_mx_facture.rep.due"].search([("payment_id", "in", payments.ids)])._prepare_reps()
        env.cr.commit()
        env.invalidate_all()
    assert len(reps) == count and all(len(rep.line_ids) == EACH for rep in reps)
    return reps
