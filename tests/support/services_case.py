"""An account of any of the services in the sandbox, ready to stamp."""

from odoo import Command

from .common import CAPITAL
from .stamp_case import SECRET, StampCase

CLIENT_SECRET = "Secreto-De-Aplicacion-4c1d"
# of the sandbox: the branch at CAPITAL
MATRIZ = "MATRIZ"


class ServicesCase(StampCase):
    """Makes accounts of services that need more than user and password."""

    @classmethod
    def account_of(cls, provider, **values):
        """:return: an account of ``provider`` with a user of its own and a branch at :data:`CAPITAL`, without journals

        Where the service sells tokens, one is bought already: a test that is rolled back doesn't lose it.
        """
        user = f"{cls.login}-{provider}-{next(cls.numbers)}"
        can = cls.env["l10n_mx_facture.account"].new({"provider": provider})._capabilities()
        token = f"Token-{user}"
        cls.sandbox.user(name=user, password=SECRET, token=token, credits=1000, holder="ESCUELA KEMPER URGATE")
        by_password = "basic" in can.auth_schemes
        vals = {
            "name": provider,
            "provider": provider,
            "login": user if by_password else False,
            "secret": SECRET if by_password else token,
        }
        if can.needs_token:
            client = f"app-{user}"
            cls.sandbox.application(client, CLIENT_SECRET)
            vals.update(client_id=client, client_secret=CLIENT_SECRET)
        if can.needs_create:
            vals["code_ids"] = [Command.create({"code": code, "remote_id": id}) for code, id in cls.own_codes().items()]
        if not can.lists_branches:
            vals["branch_ids"] = [Command.create({"name": MATRIZ, "zip": CAPITAL})]
        account = cls._create_account(**vals, **values)
        if can.lists_branches:
            account.action_sync_branches()
        return account

    @classmethod
    def own_codes(cls):
        """:return: dict from each code of the account's table to the sandbox's id"""
        tables = cls.sandbox.own_ids()
        codes = {f"receipt_type:{kind}": id for id, kind in tables["receipt_types"].items()}
        codes |= {f"payment_method:{form}": id for id, form in tables["payment_methods"].items()}
        codes |= {f"money:{money}": id for id, money in tables["moneys"].items()}
        return codes | {f"tax:{':'.join(filter(None, tax))}": id for id, tax in tables["taxes"].items()}

    @classmethod
    def branch_of(cls, account, zip_code=CAPITAL):
        return account.branch_ids.filtered(lambda branch: branch.zip == zip_code and branch.active)[:1]
