"""The three services of the demo: an account of each at the sandbox, its branches, a journal, and the table of ids.

Imported by data.py, in an odoo shell. What the user changed since is left alone: a journal that was given to
another service stays there, and an account that was spoilt is told, not mended.
"""

import json
import urllib.request

from odoo import Command
from odoo.exceptions import UserError

USER = "demo"  # the sandbox's, of all three services
APPLICATION = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}
ACCOUNTS = {
    # provider: external id, name, credentials
    "facture_rest": ("account", "Facture REST", {"login": USER, "secret": USER}),
    "sello_digital": ("account_sello", "Sello Digital", {"secret": f"token-{USER}"}),
    "facture_api": ("account_api", "Facture API", {"login": USER, "secret": USER, **APPLICATION}),
}
JOURNALS = {"sello_digital": ("SD", "Sello Digital"), "facture_api": ("FA", "Facture API")}
CAPITAL = "06000"
CALL_TIMEOUT = 20  # seconds for the sandbox's control interface


class Services:
    """Makes what is missing; `notes` are the sentences about what doesn't work any more."""

    def __init__(self, env, once, sandbox_url):
        """:param once: function(external id, model, function that gives the values) -> the record of the demo"""
        self.env, self.once, self.sandbox_url = env, once, sandbox_url
        self.company = env.company
        self.notes = []

    def set_up(self):
        """An account of each service, connected, with branches; a journal of its own for each but the first.

        :return: dict from provider to the journal that was made for it
        """
        sales = self.env["account.journal"].search([("type", "=", "sale"), ("company_id", "=", self.company.id)])
        journals = {provider: self._journal(code, name, sales[:1]) for provider, (code, name) in JOURNALS.items()}
        ordinary = sales.filtered(lambda journal: journal not in journals.values())
        for provider in ACCOUNTS:
            account = self._account(provider)
            if account.branch_ids:
                self._look_after(account)
            else:
                self._begin(account, journals.get(provider, ordinary))
        return journals

    def _journal(self, code, name, pattern):
        values = {
            "type": "sale",
            "code": code,
            "name": name,
            "company_id": self.company.id,
            "default_account_id": pattern.default_account_id.id,
        }
        return self.once(f"journal_{code.lower()}", "account.journal", lambda: values)

    def _account(self, provider):
        external_id, name, credentials = ACCOUNTS[provider]
        values = {
            "name": name,
            "provider": provider,
            "environment": "test",
            "base_url": self.sandbox_url,
            "company_id": self.company.id,
            **credentials,
        }
        account = self.once(external_id, "l10n_mx_facture.account", lambda: values)
        if account.base_url != self.sandbox_url and "://127.0.0.1:" in account.base_url:
            self._move(account)
        # a token is kept in a transaction of its own, which must see the account
        self.env.cr.commit()
        return account

    def _move(self, account):
        """Another SANDBOX_PORT this time."""
        account.base_url = self.sandbox_url
        if account.needs_token:
            # a token belongs to an address: without this, the third change would be the last
            self._control("DELETE", f"tokens?user={USER}")

    def _begin(self, account, journals):
        """Connect, get or write down the branches, and let the one of the capital have the journals."""
        account.action_test_connection()
        if account.lists_branches:
            account.action_sync_branches()
        else:
            account.branch_ids = [
                Command.create({"name": row["name"], "remote_id": str(row["id"]), "zip": row["zip"]})
                for row in self._control("GET", "branches")
                if row["active"]
            ]
        if account.needs_create:
            self._fill_in_ids(account)
        capital = account.branch_ids.filtered(lambda branch: branch.zip == CAPITAL)[:1]
        capital.journal_ids = journals.filtered(lambda journal: not journal.l10n_mx_facture_branch_ids)

    def _look_after(self, account):
        """Does it still work? A person may have tried a wrong password."""
        try:
            account.action_test_connection()
            if account.lists_branches:
                account.action_sync_branches()
        except UserError as error:
            self.notes.append(f"{account.name}: {' '.join(str(error).split())}")

    def _fill_in_ids(self, account):
        """The usual rows of the table, with the sandbox's numbers."""
        account.action_add_usual_codes()
        tables = self._control("GET", "help")["services"]["sello_digital"]["sello_ids"]
        kinds = {"payment_methods": "payment_method", "moneys": "money", "receipt_types": "receipt_type"}
        ids = {f"{kind}:{code}": number for name, kind in kinds.items() for number, code in tables[name].items()}
        ids |= {":".join(["tax", *filter(None, row)]): number for number, row in tables["taxes"].items()}
        for row in account.code_ids:
            row.remote_id = ids.get(row.code)

    def _control(self, method, path):
        request = urllib.request.Request(f"{self.sandbox_url}/_sandbox/{path}", method=method)
        with urllib.request.urlopen(request, timeout=CALL_TIMEOUT) as answer:
            return json.load(answer)


def overview(env, but):
    """:param but: an invoice that is left out
    :return: for each sale journal of the company what its invoices go through now, and one that waits, as dicts
    """
    journals = env["account.journal"].search([("type", "=", "sale"), ("company_id", "=", env.company.id)])
    rows = []
    # an earlier version has none
    has_tickets = "l10n_mx_facture_by_ticket" in env["account.move"]._fields
    tickets = [("l10n_mx_facture_by_ticket", "=", False)] if has_tickets else []
    for journal in journals:
        branch = journal.l10n_mx_facture_branch_ids[:1]
        waiting = env["account.move"].search(
            [
                *(("journal_id", "=", journal.id), ("id", "!=", but.id)),
                *(("state", "=", "posted"), ("l10n_mx_facture_state", "=", False)),
                # those from before a switch keep their branch
                ("l10n_mx_facture_branch_id", "=", branch.id),
                *tickets,
            ],
            order="invoice_date desc, id",
            limit=1,
        )
        rows.append(
            {
                "journal": f"{journal.name} ({journal.code})",
                "branch": branch.name or "",
                "account": branch.account_id.name or "",
                "invoice": waiting.name or "",
            }
        )
    return rows
