"""Run in an odoo shell on a database of the version before receipts of payment: a CFDI in each state of interest.

Prints one line of JSON: the ids of the invoices by name, and of the run and the discrepancy that are left open.
"""
# ruff: noqa: F821  (`env` is the shell's)

import json
import os
import urllib.request
from datetime import timedelta

sandbox = os.environ["SANDBOX_URL"]
env = env(user=env.ref("base.user_admin"), context={"lang": "en_US", "tz": "America/Mexico_City"})
pattern = env["ir.model.data"].search([("module", "=", "__demo__"), ("model", "=", "account.move")], order="res_id")
pattern = env["account.move"].browse(pattern[0].res_id)
default = {
    name: pattern[name].id if pattern._fields[name].type == "many2one" else pattern[name]
    for name in ("invoice_date", "l10n_mx_facture_usage_id", "l10n_mx_facture_payment_form_id")
}


def new_invoice(**values):
    """A posted invoice of today."""
    move = pattern.copy({**default, **values})
    move.action_post()
    env.cr.commit()
    return move


def fail(**fault):
    """Let the sandbox's next call fail."""
    body = json.dumps(fault).encode()
    urllib.request.urlopen(f"{sandbox}/_sandbox/faults", body, timeout=20).close()


def stamped():
    """An invoice with a valid CFDI."""
    move = new_invoice()
    move.action_l10n_mx_facture_stamp()
    return move


def unknown():
    """An invoice that the service has stamped, but whose answer was lost."""
    move = new_invoice()
    fail(operation="stamp", fault="reset_after")
    move.action_l10n_mx_facture_stamp()
    # longer ago than any answer takes
    env.cr.execute(
        "UPDATE l10n_mx_facture_document SET date_sent = date_sent - interval '10 minutes' WHERE move_id = %s", move.ids
    )
    env.invalidate_all()
    return move


def cancel_requested():
    """An invoice whose cancellation waits for SAT."""
    move = stamped()
    move.l10n_mx_facture_cancel("02")
    return move


def adopted():
    """An invoice whose CFDI another system has stamped at the same service."""
    move = new_invoice()
    built, _problems = env["l10n_mx_facture.cfdi"]._build(move)
    branch = pattern.journal_id.l10n_mx_facture_branch_ids
    answer = branch.account_id._client().stamp(built.payload, branch.remote_id)
    file = {"name": "CFDI.xml", "raw": answer.xml, "res_model": move._name, "res_id": move.id}
    env["ir.attachment"].create(file)
    action = move.action_l10n_mx_facture_adopt()
    env[action["res_model"]].browse(action["res_id"]).action_adopt()
    return move


def paid_on_credit():
    """A PPD invoice with a valid CFDI, paid in part."""
    form = env["l10n_mx_catalogs.c_forma_pago"].search([("code", "=", "99")], limit=1)
    move = new_invoice(
        invoice_date_due=pattern.invoice_date + timedelta(days=40),
        l10n_mx_facture_payment_policy="PPD",
        l10n_mx_facture_payment_form_id=form.id,
    )
    move.action_l10n_mx_facture_stamp()
    context = {"active_model": move._name, "active_ids": move.ids}
    env["account.payment.register"].with_context(**context).create({"amount": 1000})._create_payments()
    return move


def refused_in_a_run():
    """Two invoices in the background: one is stamped, the other refused, as its customer has no postal code."""
    customer = pattern.partner_id.copy({"name": pattern.partner_id.name, "zip": False})
    moves = new_invoice() + new_invoice(partner_id=customer.id)
    dialog = env["l10n_mx_facture.check"].browse(moves.action_l10n_mx_facture_stamp_later()["res_id"])
    run = dialog.action_stamp_ready()["res_id"]
    env.cr.commit()
    env["l10n_mx_facture.document"]._cron_stamp()
    return moves, run


kinds = (stamped, unknown, cancel_requested, adopted, paid_on_credit)
made = {function.__name__: function().id for function in kinds}
(in_run, refused), run = refused_in_a_run()
Discrepancy = env["l10n_mx_facture.divergence"]
Discrepancy._find_discrepancies(env["account.move"].browse(made["unknown"]).l10n_mx_facture_document_id)
discrepancy = Discrepancy.search([("state", "=", "open")])
env.cr.commit()
print(json.dumps({**made, "in_run": in_run.id, "refused": refused.id, "run": run, "discrepancies": discrepancy.ids}))
