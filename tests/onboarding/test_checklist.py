from odoo.tests import new_test_user

from ..support.common import FactureCase


class TestChecklist(FactureCase):
    """What is missing until the first stamp, and where it is mended."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.company_id = cls.company
        cls.customer.customer_rank = 1

    def checklist(self, user=None):
        Checklist = self.env["l10n_mx_facture.checklist"].with_company(self.company)
        action = (Checklist.with_user(user) if user else Checklist).action_open_checklist()
        return self.env[action["res_model"]].with_user(user or self.env.user).browse(action["res_id"])

    def step(self, kind, checklist=None):
        checklist = checklist or self.checklist()
        return checklist.shown_step_ids.filtered(lambda step: step.kind == kind)

    def missing(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.company._l10n_mx_facture_missing()

    def test_without_an_account_that_is_the_one_thing_told(self):
        self.account.active = False
        checklist = self.checklist()
        self.assertEqual(checklist.shown_step_ids.mapped("kind"), ["account"])
        self.assertEqual(checklist.summary, "First connect your stamping service.")
        action = checklist.shown_step_ids.action_open()
        self.assertEqual(action["res_model"], "res.config.settings")
        self.assertEqual(action["context"]["l10n_mx_facture_field"], "l10n_mx_facture_base_url")

    def test_each_datum_of_the_company_leads_to_its_field(self):
        partner = self.company.partner_id
        for field in ("zip", "l10n_mx_facture_tax_regime_id", "vat"):
            partner[field] = False
            action = self.step("company").action_open()
            self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", partner.id))
            self.assertEqual(action["context"], {"l10n_mx_facture_field": field})

    def test_branches_and_journals(self):
        self.assertFalse(self.step("branches").count + self.step("journals").count)
        self.account.branch_ids.journal_ids = False
        self.assertFalse(self.step("journals").done)
        self.account.sudo().branch_ids.active = False
        self.assertEqual(self.step("branches").action_open()["res_id"], self.account.id)

    def test_products_without_a_code_of_their_own_or_of_a_category_above(self):
        parent = self.env["product.category"].create({"name": "Above"})
        child = parent.create({"name": "Below", "parent_id": parent.id})
        lacking = self.env["product.template"].create({"name": "Bare", "categ_id": child.id, "uom_id": self.unit.id})
        self.assertIn(lacking, self.missing()["products"].records)
        action = self.step("products").action_open()
        self.assertEqual(action["res_model"], "product.template")
        parent.l10n_mx_facture_product_code_id = self.sat("c_clave_prod_serv", "84111506")
        products = self.missing().get("products")
        self.assertFalse(products and lacking in products.records)

    def test_units_of_what_is_sold(self):
        self.unit.l10n_mx_facture_unit_code_id = False
        step = self.step("units")
        self.assertEqual((step.count, step.done), (1, False))
        self.assertIn(self.unit.name, step.text)
        self.assertEqual(step.action_open()["res_id"], self.unit.id)

    def test_customers_who_would_fail_today(self):
        customers = self.missing().get("customers")
        self.assertFalse(customers and self.customer in customers.records)
        bare = self.customer.copy({"vat": False, "customer_rank": 1})
        public = self.customer.copy(
            {"vat": "XAXX010101000", "zip": False, "l10n_mx_facture_tax_regime_id": False, "customer_rank": 1}
        )
        unknown = self.customer.copy({"zip": "00001", "customer_rank": 1})
        idle = self.customer.copy({"l10n_mx_facture_usage_id": False, "customer_rank": 1})
        failing = self.missing()["customers"].records
        self.assertLessEqual(bare | unknown | idle, failing)
        self.assertFalse({public.id, self.customer.id} & set(failing.ids))
        # what the list says is what a check says
        for partner in bare | unknown | idle | self.customer:
            _built, problems = self.env["l10n_mx_facture.cfdi"]._build(self.create_invoice(partner_id=partner.id))
            self.assertEqual(bool(problems), partner in failing, partner.name)

    def test_one_customer_opens_at_what_it_lacks(self):
        self.env["res.partner"].search([("customer_rank", ">", 0)]).customer_rank = 0
        for field in ("vat", "zip", "l10n_mx_facture_usage_id", "l10n_mx_facture_payment_form_id"):
            lacking = self.customer.copy({field: False, "customer_rank": 1})
            action = self.step("customers").action_open()
            self.assertEqual(action["res_id"], lacking.id)
            self.assertEqual(action["context"], {"l10n_mx_facture_field": field})
            lacking.customer_rank = 0

    def test_the_companys_defaults_and_the_last_invoice_help_customers(self):
        idle = self.customer.copy({"l10n_mx_facture_usage_id": False, "customer_rank": 1})
        self.assertIn(idle, self.missing()["customers"].records)
        self.company.l10n_mx_facture_usage_id = self.sat("c_uso_cfdi", "G03")
        customers = self.missing().get("customers")
        self.assertFalse(customers and idle in customers.records)
        self.create_invoice(partner_id=idle.id).action_l10n_mx_facture_stamp()
        self.company.l10n_mx_facture_usage_id = False
        customers = self.missing().get("customers")
        self.assertFalse(customers and idle in customers.records)

    def test_it_ends_with_the_first_stamp(self):
        move = self.create_invoice()
        step = self.step("stamp")
        self.assertIn("no fiscal validity", step.text)
        self.assertEqual(step.action_open()["res_id"], move.id)
        move.action_l10n_mx_facture_stamp()
        self.assertTrue(self.step("stamp").done)

    def test_the_number_of_queries_does_not_grow_with_the_records(self):
        def queries():
            self.missing()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.company._l10n_mx_facture_missing()
            return self.cr.sql_log_count - before

        few = queries()
        units = self.env["uom.uom"].create([{"name": f"U{number}"} for number in range(20)])
        values = [{"name": unit.name, "uom_id": unit.id, "sale_ok": True} for unit in units]
        self.env["product.template"].create(values)
        self.env["res.partner"].create([{"name": f"C{n}", "customer_rank": 1, "zip": f"{n:05d}"} for n in range(200)])
        self.env["account.journal"].create(
            [{"name": f"J{n}", "code": f"Q{n}", "type": "sale", "company_id": self.company.id} for n in range(5)]
        )
        self.assertLessEqual(queries(), few)
        self.assertLess(few, 40)

    def test_who_may_not_mend_it_reads_who_can(self):
        clerk = new_test_user(
            self.env,
            f"clerk-{self.prefix}",
            "base.group_user,account.group_account_invoice",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.account.branch_ids.journal_ids = False
        step = self.step("journals", self.checklist(clerk))
        self.assertFalse(step.may_mend)
        self.assertIn("Ask an administrator of Invoicing.", step.text)

    def test_an_empty_list_of_invoices_leads_to_it(self):
        moves = self.env["account.move"].with_company(self.company)
        told = moves.with_context(default_move_type="out_invoice").get_empty_list_help("<p>x</p>")
        self.assertIn("action_open_checklist", told)
        bills = moves.with_context(default_move_type="in_invoice")
        self.assertNotIn("action_open_checklist", bills.get_empty_list_help("x"))
