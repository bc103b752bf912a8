"""A real browser, with a real server and the sandbox behind it."""

from contextlib import contextmanager

from odoo.tests import HttpCase, new_test_user

from .common import FactureCase


class BrowserCase(FactureCase, HttpCase):
    """Users of the test's company, and the tours of this module."""

    @classmethod
    def _create_user(cls, groups):
        """:return: a user of the test's company; login and password are the same"""
        return cls._create_user_of(f"base.group_user,{groups}")

    @classmethod
    def _create_user_of(cls, groups):
        return new_test_user(
            cls.env,
            f"browser-{cls.prefix}-{next(cls.numbers)}",
            groups,
            company_id=cls.company.id,
            company_ids=cls.company.ids,
            tz="America/Mexico_City",
            lang="en_US",
        )

    @contextmanager
    def committing(self):
        """As in other cases; the registry of a browser's case is in test mode all the time."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            yield self.env(cr=cr)
        self.env.invalidate_all()

    def tour(self, path, name, user, **options):
        self.start_tour(path, f"l10n_mx_facture_{name}", login=user.login, **options)


class SpanishCase(BrowserCase):
    """``user`` reads Spanish and has *Invoicing*, and contacts, which Odoo gives to every new user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_MX")
        cls.user = cls._create_user("account.group_account_invoice,base.group_partner_manager")
        cls.user.lang = "es_MX"
