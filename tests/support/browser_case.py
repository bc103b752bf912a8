"""A real browser, with a real server and the sandbox behind it."""

from odoo.tests import HttpCase, new_test_user

from .common import FactureCase


class BrowserCase(FactureCase, HttpCase):
    """Users of the test's company, and the tours of this module."""

    @classmethod
    def _create_user(cls, groups):
        """:return: a user of the test's company; login and password are the same"""
        return new_test_user(
            cls.env,
            f"browser-{cls.prefix}-{next(cls.numbers)}",
            f"base.group_user,{groups}",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
            tz="America/Mexico_City",
            lang="en_US",
        )

    def tour(self, path, name, user, **options):
        self.start_tour(path, f"l10n_mx_facture_{name}", login=user.login, **options)
