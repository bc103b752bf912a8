import time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..support.common import FactureCase

QUICK = 0.5  # seconds for one search in 52,000 rows, on a busy machine


class TestCodeSearch(FactureCase):
    """SAT's codes are found by words, and given to many products at once."""

    def codes(self, text, catalogue="c_clave_prod_serv", limit=8):
        Model = self.env[f"l10n_mx_catalogs.{catalogue}"]
        found = Model.name_search(text, limit=limit)
        return Model.browse([one[0] for one in found]).mapped("code")

    def test_by_sats_similar_words(self):
        self.assertEqual(self.codes("laptop"), ["43211508"])

    def test_with_and_without_accents_in_any_order(self):
        self.assertEqual(self.codes("consultoria"), self.codes("CONSULTORÍA"))
        self.assertIn("80101500", self.codes("consultoria"))
        self.assertEqual(self.codes("gestion consultoria"), self.codes("consultoría gestión"))
        self.assertTrue(self.codes("gestion consultoria"))

    def test_a_code_comes_first(self):
        self.assertEqual(self.codes("84111506")[0], "84111506")
        self.assertTrue(all(code.startswith("8411") for code in self.codes("8411")))

    def test_nothing_is_found_by_words_that_no_row_has(self):
        self.assertFalse(self.codes("100% _"))

    def test_a_domain_and_a_limit_are_kept(self):
        found = self.env["l10n_mx_catalogs.c_clave_prod_serv"].name_search("perros", [("code", "=", "10101502")])
        self.assertEqual(len(found), 1)
        self.assertEqual(len(self.codes("servicios", limit=3)), 3)

    def test_units_by_name_and_symbol(self):
        self.assertIn("ACT", self.codes("actividad", "c_clave_unidad"))
        self.assertIn("KGM", self.codes("kilogramo", "c_clave_unidad"))

    def test_products_are_found_by_their_code_in_a_domain(self):
        domain = [("l10n_mx_facture_product_code_id", "ilike", "facturacion"), ("id", "=", self.product.id)]
        self.assertTrue(self.env["product.product"].search_count(domain))

    def test_it_is_quick(self):
        began = time.monotonic()
        for text in ("laptop", "consultoria gestion", "servicios", "84", "nada de esto existe"):
            self.codes(text)
        self.assertLess((time.monotonic() - began) / 5, QUICK)

    # -- many at once ----------------------------------------------------------------------------

    def products(self):
        names = ("A", "B")
        return self.env["product.template"].create([{"name": name, "uom_id": self.unit.id} for name in names])

    def wizard(self, products):
        action = products.action_l10n_mx_facture_assign_code()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_a_code_for_those_that_have_none(self):
        code, other = self.sat("c_clave_prod_serv", "43211508"), self.sat("c_clave_prod_serv", "84111506")
        first, second = products = self.products()
        second.l10n_mx_facture_product_code_id = other
        wizard = self.wizard(products)
        wizard.code_id = code
        self.assertIn("1 of 2", wizard.action_assign()["params"]["message"])
        self.assertEqual((first | second).l10n_mx_facture_product_code_id, code | other)
        wizard.replace = True
        wizard.action_assign()
        self.assertEqual(products.l10n_mx_facture_product_code_id, code)

    def test_the_code_of_most_of_the_category_is_proposed(self):
        category = self.env["product.category"].create({"name": "Cómputo"})
        products = self.products()
        products.categ_id = category
        products[1].l10n_mx_facture_product_code_id = self.sat("c_clave_prod_serv", "43211508")
        self.assertEqual(self.wizard(products[0]).code_id.code, "43211508")

    def test_who_may_not_edit_products_assigns_nothing(self):
        clerk = new_test_user(self.env, "clerk-codes", "base.group_user,account.group_account_invoice")
        products = self.products().with_user(clerk)
        if not products.has_access("write"):
            with self.assertRaises(AccessError):
                products.action_l10n_mx_facture_assign_code()
