"""Run in an odoo shell on the database of `make chaos`: an account at each further service, with a journal of its own.

CHAOS_ACCOUNTS: a JSON list of [provider, user, code of the journal]. The users are known to the sandbox at SANDBOX_URL
already, their password is their name and their token `token-<name>`.
"""
# ruff: noqa: F821  (`env` is the shell's)

import json
import os
import urllib.request

from odoo import Command

BRANCH = "06000"  # postal code of the branch through which they issue
url = os.environ["SANDBOX_URL"]
env = env(user=env.ref("base.user_admin"), context={"lang": "en_US", "tz": "America/Mexico_City"})


def service_ids():
    """The sandbox's own ids of taxes, payment forms, currencies and kinds, as rows of an account's table."""
    with urllib.request.urlopen(f"{url}/_sandbox/help", timeout=20) as answer:
        tables = json.load(answer)["services"]["sello_digital"]["sello_ids"]
    rows = {f"tax:{':'.join(filter(None, tax))}": number for number, tax in tables["taxes"].items()}
    for table, kind in (("payment_methods", "payment_method"), ("moneys", "money"), ("receipt_types", "receipt_type")):
        rows |= {f"{kind}:{code}": number for number, code in tables[table].items()}
    return rows


def make_branch(account):
    """The branch of the account through which its invoices go."""
    if account.lists_branches:
        account.action_sync_branches()
        return account.branch_ids.filtered(lambda branch: branch.zip == BRANCH)[:1]
    account.code_ids = [Command.create({"code": code, "remote_id": number}) for code, number in service_ids().items()]
    return env["l10n_mx_facture.branch"].create({"name": "MATRIZ", "zip": BRANCH, "account_id": account.id})


for provider, user, code in json.loads(os.environ["CHAOS_ACCOUNTS"]):
    journal = env["account.journal"].create({"name": f"Chaos {code}", "code": code, "type": "sale"})
    account = env["l10n_mx_facture.account"].create(
        {
            "name": f"Chaos {provider}",
            "provider": provider,
            "base_url": url,
            "login": user,
            "secret": f"token-{user}" if provider == "sello_digital" else user,
            "client_id": "sandbox-client",
            "client_secret": "sandbox-secret",
        }
    )
    # a token is kept for accounts that are there for everybody
    env.cr.commit()
    account.action_test_connection()
    make_branch(account).journal_ids = journal
env.cr.commit()
