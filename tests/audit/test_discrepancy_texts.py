from lxml import etree

from odoo.exceptions import AccessError

from ..support.cancel_case import CancelCase
from ..support.common import CAPITAL
from ..support.discrepancy_case import DiscrepancyMixin
from ..support.received_case import SUPPLIER, US, ReceivedCase
from ..support.sat_case import SatCase
from ..support.services_case import ServicesCase


def shown_buttons(env, view, remedy):
    """:return: labels of the buttons of a view that are there with this remedy"""
    arch = etree.fromstring(env.ref(f"l10n_mx_facture.{view}").arch)
    own = [f"remedy != '{remedy}'", "state != 'open'"]
    return [node.get("string") for node in arch.iter("button") if node.get("invisible") in own]


class TestDiscrepancyTexts(DiscrepancyMixin, SatCase):
    """The text of a divergence is in the reader's language, and its button says what it does."""

    def cancelled_elsewhere(self, on_cancel):
        self.company.l10n_mx_facture_on_cancel = on_cancel
        move = self.stamped_invoice()
        self.at_sat.elsewhere(move.l10n_mx_facture_uuid)
        self.ask(move)
        [divergence] = self.found(self.document(move), "cancelled_posted")
        return move, divergence

    def texts(self, divergence):
        return [divergence.with_context(lang=lang).text for lang in ("en_US", "es_MX")]

    def test_each_reads_it_in_the_own_language_whoever_found_it(self):
        for company, finder in (("es_MX", "en_US"), ("en_US", "es_MX")):
            with self.subTest(company=company, finder=finder):
                self.company.partner_id.lang = company
                self.env.user.lang = finder
                _move, divergence = self.cancelled_elsewhere("nothing")
                english, spanish = self.texts(divergence)
                self.assertIn("cancelled at SAT", english)
                self.assertIn("cancelado ante el SAT", spanish)

    def test_what_it_says_follows_in_both(self):
        document = self.document(self.stamped_invoice())
        for total in (117, 118):
            self.sql("UPDATE account_move SET amount_total = %s WHERE id = %s", total, document.move_id.id)
            self.night()
            english, spanish = self.texts(self.found(document, "total"))
            self.assertNotEqual(english, spanish)
            for text in (english, spanish):
                self.assertIn(f"{total}.00", text)

    def test_a_look_at_the_service_is_told_in_both_too(self):
        move = self.stamped_invoice()
        self.sandbox.cfdi(move.l10n_mx_facture_uuid, estado="Cancelado")
        self.press(move, "action_l10n_mx_facture_check_at_service")
        english, spanish = self.texts(self.found(self.document(move), "service"))
        self.assertIn("The service shows it as Cancelado", english)
        self.assertIn("El servicio lo muestra", spanish)

    def test_the_button_says_what_it_does_and_asks_where_it_changes_the_books(self):
        for way, label in (
            ("cancel", "Cancel the invoice…"),
            ("reverse", "Reverse the invoice…"),
            ("nothing", "Open the invoice"),
        ):
            _move, divergence = self.cancelled_elsewhere(way)
            shown = shown_buttons(self.env, "view_l10n_mx_facture_divergence_list", divergence.remedy)
            self.assertEqual(shown, [label])
        for view in ("view_l10n_mx_facture_divergence_list", "view_l10n_mx_facture_divergence_form"):
            arch = etree.fromstring(self.env.ref(f"l10n_mx_facture.{view}").arch)
            buttons = {node.get("invisible"): node for node in arch.iter("button")}
            for way in ("cancel", "reverse"):
                self.assertTrue(buttons[f"remedy != '{way}'"].get("confirm"))

    def test_every_kind_has_one_button_in_the_list_and_its_own_in_the_form(self):
        document = self.document(self.stamped_invoice())
        model = self.env["l10n_mx_facture.divergence"]
        for kind in dict(model._fields["kind"].selection):
            divergence = model.new({"kind": kind, "document_id": document.id, "state": "open"})
            divergence.company_id = self.company
            with self.subTest(kind=kind, remedy=divergence.remedy):
                self.assertEqual(
                    len(shown_buttons(self.env, "view_l10n_mx_facture_divergence_list", divergence.remedy)), 1
                )
                own = shown_buttons(self.env, "view_l10n_mx_facture_divergence_form", divergence.remedy)
                self.assertEqual(len(own), 1 if divergence.remedy == "open" else 2, own)

    def test_one_invoice_that_can_t_be_read_spoils_no_list(self):
        hidden, shown = (self.cancelled_elsewhere("nothing") for _number in range(2))
        rows, documents = hidden[1] + shown[1], self.document(hidden[0]) + self.document(shown[0])
        names = [move.name for move in (hidden[0], shown[0])]
        self.env["ir.rule"].create(
            {
                "name": "Not everybody's",
                "model_id": self.env.ref("account.model_account_move").id,
                "domain_force": [("id", "!=", hidden[0].id)],
            }
        )
        user = self.create_user("reads_lists", "account.group_account_manager")
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            hidden[0].with_user(user).check_access("read")
        listed = {"display_name": {}, "uuid": {}, "move_id": {"fields": {"display_name": {}}}}
        for records in (rows, documents):
            with self.subTest(records._name):
                self.env.invalidate_all()
                for values, name in zip(records.with_user(user).web_read(listed), names, strict=True):
                    self.assertIn(name, values["display_name"])
                    self.assertTrue(values["uuid"])

    def test_who_was_told_has_no_task_left_once_it_is_mended(self):
        move, divergence = self.cancelled_elsewhere("nothing")
        move.activity_schedule("mail.mail_activity_data_todo", summary="Call the customer")
        self.assertEqual(len(move.activity_ids), 2)
        self.press(move, "button_cancel")
        self.assertEqual(divergence.state, "solved")
        self.assertEqual(move.activity_ids.mapped("summary"), ["Call the customer"])


class TestDiscrepancyTextsAtService(DiscrepancyMixin, ServicesCase):
    def test_what_the_service_has_is_told_in_both_languages(self):
        account = self.account_of("facture_api")
        self.env["l10n_mx_facture.branch"].search([]).journal_ids = False
        self.branch_of(account).journal_ids = self.journal
        move = self.create_invoice()
        self.stamp(move)
        document = move.l10n_mx_facture_document_id
        uuid = document.uuid
        self.sql(
            "UPDATE l10n_mx_facture_document SET state = 'rejected', uuid = NULL, xml_attachment_id = NULL "
            "WHERE id = %s",
            document.id,
        )
        self.night()
        [divergence] = self.found(document, "at_service")
        english, spanish = (divergence.with_context(lang=lang).text for lang in ("en_US", "es_MX"))
        self.assertIn(uuid, english)
        self.assertIn(uuid, spanish)
        self.assertNotEqual(english, spanish)


class TestListedOnce(DiscrepancyMixin, CancelCase):
    """An RFC on SAT's list (69-B) is one row, however many CFDIs it has."""

    def listed(self, *moves):
        self.at_sat.efos("EKU9003173C9", "100")
        self.addCleanup(self.at_sat.efos, "EKU9003173C9", "200")
        for move in moves:
            self.ask(move)

    def rows(self, *moves):
        documents = self.document(self.env["account.move"].union(*moves))
        return documents.divergence_ids.filtered(lambda one: one.kind == "efos" and one.state == "open")

    def test_one_row_that_stays_and_says_how_many(self):
        moves = self.stamped_invoice() | self.stamped_invoice()
        # asked about in this order: the row is where it was found first
        self.listed(moves[1], moves[0])
        self.night()
        [row] = self.rows(*moves)
        self.assertEqual(row.move_id, moves[1])
        self.assertIn("Our CFDIs: 2", row.text)
        third = self.stamped_invoice()
        self.ask(third)
        self.night()
        self.assertEqual(self.rows(*moves, third), row)
        self.assertIn("Our CFDIs: 3", row.text)
        action = self.press(row, "action_fix")
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self.document(moves | third))

    def test_another_one_speaks_when_it_goes(self):
        moves = self.stamped_invoice() | self.stamped_invoice()
        self.listed(*moves)
        self.night()
        [row] = self.rows(*moves)
        self.cancel(row.move_id)
        self.confirm(row.move_id)
        self.night()
        self.assertEqual(row.state, "solved")
        [other] = self.rows(*moves)
        self.assertEqual(other.move_id, moves - row.move_id)
        self.assertIn("Our CFDIs: 1", other.text)


class TestListedSupplierOnce(DiscrepancyMixin, ReceivedCase):
    """The same of a supplier: one row, and one task."""

    def test_one_row_and_one_task_for_all_bills_of_it(self):
        bills = self.upload(*(self.stamped_by_supplier() for _number in range(3)))
        bills.invoice_date = self.today()
        bills.action_post()
        self.addCleanup(self.at_sat.efos, SUPPLIER, "200")
        self.at_sat.efos(SUPPLIER, "100")
        for received in bills.l10n_mx_facture_received_ids:
            with self.committing() as env:
                received.with_env(env)._sat_ask()
        self.night()
        rows = bills.l10n_mx_facture_divergence_ids
        self.assertEqual(rows.mapped("kind"), ["efos"])
        self.assertIn("Its CFDIs here: 3", rows.text)
        self.assertEqual(len(bills.activity_ids), 1)
        for bill in bills:
            self.assertIn("l10n_mx_facture_received_efos", self.alerts(bill))
        self.at_sat.efos(SUPPLIER, "200")
        for received in bills.l10n_mx_facture_received_ids:
            with self.committing() as env:
                received.with_env(env)._sat_ask()
        self.night()
        self.assertEqual(rows.state, "solved")
        self.assertFalse(bills.activity_ids)

    # -- what we issue to one that SAT named as listed when it was our supplier -------------------

    def asked(self, received, code):
        self.at_sat.efos(SUPPLIER, code)
        with self.committing() as env:
            received.with_env(env)._sat_ask()
        self.env.invalidate_all()

    def sold_to(self, *bills):
        """:return: the divergence of an invoice to the supplier of these bills, the first of which says it is listed"""
        for bill in bills:
            bill.invoice_date = self.today()
            bill.action_post()
        self.addCleanup(self.at_sat.efos, SUPPLIER, "200")
        self.asked(self.received(bills[0]), "100")
        self.company.vat, self.company.partner_id.zip = SUPPLIER, CAPITAL
        self.customer.vat = US
        for bill in bills:
            self.sql("UPDATE l10n_mx_facture_received SET rfc_emisor = %s WHERE move_id = %s", US, bill.id)
        move = self.create_invoice()
        move.action_l10n_mx_facture_stamp()
        document = move.l10n_mx_facture_document_id
        self.assertEqual(document.state, "stamped", document.message_text)
        self.night()
        [row] = self.found(document, "efos")
        self.assertIn(US, row.text)
        return row

    def test_a_customer_is_not_listed_by_a_bill_that_is_cancelled(self):
        # SAT is not asked about that any more, whatever becomes of the list
        bill = self.upload(self.stamped_by_supplier())
        row = self.sold_to(bill)
        bill.button_cancel()
        self.night()
        self.assertEqual(row.state, "solved")

    def test_of_a_customer_the_newest_answer_counts(self):
        first, second = (self.upload(self.stamped_by_supplier()) for _number in range(2))
        row = self.sold_to(first, second)
        self.sql("UPDATE l10n_mx_facture_received SET sat_date = sat_date - interval '1 hour'")
        self.asked(self.received(second), "200")
        self.assertEqual(self.received(first).sat_efos_reading, "listed")
        self.night()
        self.assertEqual(row.state, "solved")
        self.sql("UPDATE l10n_mx_facture_received SET sat_date = sat_date - interval '1 hour'")
        self.asked(self.received(first), "100")
        self.night()
        self.assertTrue(self.found(row.document_id, "efos"))


class TestDiscrepancyGone(DiscrepancyMixin, ReceivedCase):
    """A divergence is deleted with its CFDI, and so is the task that it gave."""

    def told(self):
        """:return: a draft whose stored file was changed, and the activities about that"""
        bill = self.upload(self.stamped_by_supplier())
        received = self.received(bill)
        self.sql("UPDATE l10n_mx_facture_received SET xml_hash = %s WHERE id = %s", "0" * 64, received.id)
        received._check_integrity()
        [row] = self.found(received, "tampered")
        activities = row.activity_ids
        self.assertTrue(activities)
        return bill, row, activities

    def test_with_a_cfdi_that_is_taken_off_its_bill(self):
        bill, row, activities = self.told()
        bill.action_l10n_mx_facture_received_release()
        self.assertFalse(row.exists() or activities.exists())

    def test_with_a_bill_that_is_deleted(self):
        bill, row, activities = self.told()
        bill.unlink()
        self.assertFalse(row.exists() or activities.exists())
