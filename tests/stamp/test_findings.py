from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.sql_db import Cursor
from odoo.tests import new_test_user

from ..support.build_case import BuildCase

# as the web client sends it with the button
BUTTON = {"validate_analytic": True, "disable_abnormal_invoice_detection": False}
SPECIFICATION = {"alerts": {}}
CHANGED = "Something has changed since the CFDI was checked: check it again."


class TestFindings(BuildCase):
    """What the last check found stands on top of the form; opening it builds nothing and writes nothing."""

    def confirmed(self, *lines, **values):
        """:return: an invoice that a person has confirmed on its form"""
        move = self.create_invoice(list(lines) or None, post=False, **values)
        move.with_context(**BUTTON).action_post()
        return move

    def later(self):
        """What is written from now on is of another transaction, as in life."""
        self.env.flush_all()
        self.env.cr._now = self.env.cr.now() + timedelta(seconds=1)

    def opened(self, move):
        """:return: the alerts of ours on its form, by their names; reading them built and wrote nothing"""
        self.env.flush_all()
        self.env.invalidate_all()
        statements = []
        execute = Cursor.execute

        def recorded(cursor, query, *arguments, **options):
            statements.append(str(getattr(query, "code", query)).lstrip().upper())
            return execute(cursor, query, *arguments, **options)

        builder = self.env.registry["l10n_mx_facture.cfdi"]
        with patch.object(Cursor, "execute", recorded), patch.object(builder, "_build", side_effect=AssertionError):
            [read] = move.web_read(SPECIFICATION)
            self.env.flush_all()
        self.assertTrue(statements)
        self.assertFalse([one for one in statements if one.startswith(("UPDATE", "INSERT", "DELETE"))])
        alerts = read["alerts"] or {}
        return {name: one for name, one in alerts.items() if name.startswith("l10n_mx_facture")}

    def texts(self, move):
        return [alert["message"] for alert in self.opened(move).values()]

    def without_zip(self):
        return self.customer.copy({"name": "Sin código postal", "zip": False})

    def without_code(self, **values):
        return self.env["product.product"].create({"name": "Sin clave", "uom_id": self.unit.id, **values})

    def test_what_confirm_found_is_read_with_a_link_to_what_mends_it(self):
        partner = self.without_zip()
        [alert] = self.opened(self.confirmed(partner_id=partner.id)).values()
        self.assertIn("postal code of Sin código postal", alert["message"])
        self.assertEqual((alert["action"]["res_model"], alert["action"]["res_id"]), ("res.partner", partner.id))
        self.assertEqual(alert["action_text"], "Open Sin código postal")

    def test_where_nothing_is_missing_nothing_is_said_and_nothing_is_kept(self):
        move = self.confirmed()
        self.assertFalse(move.l10n_mx_facture_findings)
        self.assertEqual(self.opened(move), {})

    def test_what_was_posted_without_the_button_is_not_checked(self):
        builder = self.env.registry["l10n_mx_facture.cfdi"]
        with patch.object(builder, "_build", side_effect=AssertionError):
            move = self.create_invoice(partner_id=self.without_zip().id)
            many = self.create_invoice(post=False) + self.create_invoice(post=False)
            many.with_context(**BUTTON).action_post()
        self.assertEqual(self.opened(move), {})

    def test_who_may_not_stamp_confirms_without_a_check_and_reads_none(self):
        user = new_test_user(self.env, "findings-auditor", "account.group_account_readonly", company_id=self.company.id)
        move = self.confirmed(partner_id=self.without_zip().id)
        self.assertTrue(self.opened(move))
        self.assertEqual(self.opened(move.with_user(user)), {})

    def test_without_an_account_nothing_is_checked(self):
        self.account.active = False
        move = self.confirmed(partner_id=self.without_zip().id)
        self.assertFalse(move.l10n_mx_facture_findings)

    def test_what_was_found_is_not_said_any_more_once_something_has_changed(self):
        journal = self.env["account.journal"].create(
            {"name": "Nuevo", "code": "NVO", "type": "sale", "company_id": self.company.id}
        )
        unit = self.env["uom.uom"].create({"name": "Bulto"})
        category = self.env["product.category"].create({"name": "Cosas"})
        within = self.env["product.category"].create({"name": "Cosas pequeñas", "parent_id": category.id})
        product = self.without_code(categ_id=within.id)
        nobody = self.customer.copy({"l10n_mx_facture_payment_form_id": False})
        partner = self.without_zip()
        code = self.sat("c_clave_prod_serv", "50202306").id

        def write(record, **values):
            return lambda _move: record.write(values)

        line = {"price_unit": 5}
        cases = {
            "customer": ({"partner_id": partner.id}, line, write(partner, zip="86991")),
            # the finding leads to the invoice
            "customer's payment form": (
                {"partner_id": nobody.id},
                line,
                write(nobody, l10n_mx_facture_payment_form_id=self.sat("c_forma_pago", "03").id),
            ),
            # the finding leads to the journal
            "journals of a branch": (
                {"journal_id": journal.id},
                line,
                write(self.branch, journal_ids=[Command.link(journal.id)]),
            ),
            # the finding leads to the product
            "category above the product's": (
                {},
                {**line, "product_id": product.id},
                write(category, l10n_mx_facture_product_code_id=code),
            ),
            "unit": (
                {},
                {**line, "product_uom_id": unit.id},
                write(unit, l10n_mx_facture_unit_code_id=self.sat("c_clave_unidad", "H87").id),
            ),
            "line": (
                {},
                {**line, "product_id": self.without_code().id},
                lambda move: move.invoice_line_ids.write({"l10n_mx_facture_product_code_id": code}),
            ),
            "invoice": (
                {"l10n_mx_facture_export": "02"},
                line,
                lambda move: move.write({"l10n_mx_facture_export": "01"}),
            ),
        }
        for name, (values, line_values, mend) in cases.items():
            with self.subTest(changed=name):
                move = self.confirmed(line_values, **values)
                [found] = self.texts(move)
                self.assertNotEqual(found, CHANGED)
                self.later()
                mend(move)
                [alert] = self.opened(move).values()
                self.assertEqual(alert["message"], CHANGED)
                # as the link of the alert calls it
                model, method, ids = alert["action_call"]
                getattr(self.env[model].browse(ids), method)()
                self.assertEqual(self.opened(move), {})

    def test_a_relation_that_gets_its_cfdi_is_seen(self):
        invoice = self.create_invoice()
        note = invoice._reverse_moves([{"invoice_date": self.today()}])
        note.with_context(**BUTTON).action_post()
        self.assertIn(f"Stamp {invoice.name} first", self.texts(note)[0])
        self.later()
        invoice.action_l10n_mx_facture_stamp()
        self.assertEqual(self.texts(note), [CHANGED])
        note.action_l10n_mx_facture_check()
        self.assertEqual(self.opened(note), {})

    def test_a_record_that_is_gone_is_a_change(self):
        product = self.without_code()
        move = self.confirmed({"product_id": product.id, "price_unit": 5})
        move.invoice_line_ids.product_id = False
        self.later()
        product.product_tmpl_id.unlink()
        self.assertEqual(self.texts(move), [CHANGED])

    def test_what_does_not_touch_the_cfdi_is_no_change(self):
        move = self.confirmed(partner_id=self.without_zip().id)
        before = self.texts(move)
        self.later()
        # Odoo counts the customer's invoices after the commit of Confirm
        move.partner_id.customer_rank += 1
        move.write({"ref": "Pedido 7", "narration": "Gracias"})
        move.message_post(body="x")
        self.account._refresh_credits()
        self.assertEqual(self.texts(move), before)

    def test_on_another_day_it_is_asked_to_be_checked_again(self):
        move = self.confirmed(partner_id=self.without_zip().id)
        tomorrow = self.today() + timedelta(days=1)
        with patch.object(self.env.registry["account.move"], "_l10n_mx_facture_today", lambda _self: tomorrow):
            [alert] = self.opened(move).values()
        self.assertEqual(alert["message"], f"The CFDI was last checked on {self.today()}: check it again.")

    def test_who_reads_another_language_is_told_how_much_was_found(self):
        self.env["res.lang"]._activate_lang("es_MX")
        move = self.confirmed(partner_id=self.without_zip().id, l10n_mx_facture_export="02")
        found = len(self.texts(move))
        [alert] = self.opened(move.with_context(lang="es_MX")).values()
        self.assertEqual(alert["message"], f"Por corregir antes de timbrarla, según la última revisión: {found}.")
        self.assertEqual(alert["action_text"], "Revisar CFDI")
        move.with_context(lang="es_MX").action_l10n_mx_facture_check()
        self.assertIn("código postal", " ".join(self.texts(move.with_context(lang="es_MX"))))

    def test_saving_a_posted_invoice_checks_it_and_answers_with_what_is_missing(self):
        move = self.create_invoice()
        [read] = move.web_save({"l10n_mx_facture_export": "02"}, SPECIFICATION)
        self.assertIn("CFDI40122", read["alerts"]["l10n_mx_facture_0"]["message"])
        [read] = move.web_save({"l10n_mx_facture_export": "01"}, SPECIFICATION)
        self.assertFalse(read["alerts"])

    def test_a_refused_stamp_is_kept_for_one_and_for_many(self):
        one = self.create_invoice(l10n_mx_facture_export="02")
        one.with_context(l10n_mx_facture_dialog=True).action_l10n_mx_facture_stamp()
        self.assertIn("CFDI40122", self.texts(one)[0])
        bad, good = self.create_invoice(l10n_mx_facture_export="02"), self.create_invoice()
        (bad + good).action_l10n_mx_facture_stamp()
        self.assertIn("CFDI40122", self.texts(bad)[0])
        self.assertEqual(self.opened(good), {})

    def test_a_stamped_invoice_says_nothing_of_what_was_missing_before(self):
        partner = self.without_zip()
        move = self.confirmed(partner_id=partner.id)
        partner.zip = "86991"
        self.stamped(move)
        self.assertFalse(move.l10n_mx_facture_findings)
        self.assertEqual(self.opened(move), {})

    def test_a_draft_keeps_nothing_and_a_copy_takes_nothing(self):
        move = self.create_invoice(post=False, partner_id=self.without_zip().id)
        move.action_l10n_mx_facture_check()
        self.assertFalse(move.l10n_mx_facture_findings)
        move.with_context(**BUTTON).action_post()
        self.assertTrue(move.l10n_mx_facture_findings)
        self.assertFalse(move.copy().l10n_mx_facture_findings)

    def test_nobody_sets_what_was_found(self):
        move = self.create_invoice()
        with self.assertRaisesRegex(UserError, "press Check CFDI"):
            move.l10n_mx_facture_findings = {"found": []}
        with self.assertRaisesRegex(UserError, "press Check CFDI"):
            self.env["account.move"].create({"move_type": "out_invoice", "l10n_mx_facture_findings": {"found": []}})
