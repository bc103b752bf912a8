from odoo import Command

from odoo.addons.l10n_mx_facture.models.stamp.button import DIALOG

from ..support.adopt_case import AdoptCase


class TestStampedElsewhere(AdoptCase):
    """An invoice on which a stamped CFDI of ours hangs is not stamped a second time, whatever asks for it."""

    def test_the_button_refuses_and_names_the_file(self):
        move = self.foreign_invoice()
        text = self.refusal(move, "action_l10n_mx_facture_stamp")
        self.assertIn("MX-Invoice-4.0.xml", text)
        self.assertIn("Adopt", text)
        self.assertFalse(move.l10n_mx_facture_state)
        self.assertEqual(len(self.book(move)), 1, "the one of the other system")

    def test_the_refusal_has_a_button_that_leads_to_adopting(self):
        move = self.foreign_invoice()
        action = self.press_in({DIALOG: True}, move, "action_l10n_mx_facture_stamp")
        [line] = self.env[action["res_model"]].browse(action["res_id"]).line_ids
        self.assertEqual(line.remedy, "adopt")
        action = self.press(line, "action_adopt")
        self.assertEqual(action["res_model"], "l10n_mx_facture.adopt")
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.line_ids.move_id, move)

    def test_a_selection_stamps_the_others(self):
        move, other = self.foreign_invoice(), self.create_invoice()
        self.stamp(move | other)
        self.assertFalse(move.l10n_mx_facture_state)
        self.assertEqual(other.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(self.book(move)), 1)

    def test_the_queue_refuses_what_came_after_it_was_queued(self):
        move, other = self.create_invoice(), self.create_invoice()
        run = self.press(self.env["l10n_mx_facture.run"], "_start", move | other, {})
        self.hang(move, self.foreign(move))
        self.cron_stamp()
        run = run.with_env(self.env)
        self.assertEqual(move.l10n_mx_facture_state, "draft")
        self.assertEqual(other.l10n_mx_facture_state, "stamped")
        self.assertEqual((run.refusal_ids.move_id, run.refusal_ids.remedy), (move, "adopt"))
        self.assertEqual(self.press(run.refusal_ids, "action_adopt")["res_model"], "l10n_mx_facture.adopt")
        self.assertEqual(len(self.book(move)), 1)

    def test_the_check_and_the_send_dialog_refuse_it(self):
        move = self.foreign_invoice()
        problems, _warnings = move._l10n_mx_facture_judge()
        self.assertEqual([problem.remedy for problem in problems], ["adopt"])
        send = self.env["account.move.send.wizard"].with_context(active_model="account.move", active_ids=move.ids)
        [alert] = send.create({"move_id": move.id}).alerts.values()
        self.assertEqual(alert["level"], "danger")
        self.assertIn("Adopt that CFDI", alert["message"])

    def test_the_form_says_so_with_a_button(self):
        move = self.foreign_invoice()
        alert = move._get_alerts()["l10n_mx_facture_elsewhere_0"]
        self.assertEqual(alert["level"], "danger")
        action = self.env["ir.actions.server"].browse(alert["action"]["id"])
        result = self.press_in(alert["action"]["context"], action, "run")
        self.assertEqual(result["res_model"], "l10n_mx_facture.adopt")
        self.adopt(move)
        self.assertNotIn("l10n_mx_facture_elsewhere_0", move._get_alerts())

    def test_stamping_again_after_a_cancellation_is_no_way_around(self):
        move = self.stamped_invoice()
        self.at_sat.elsewhere(move.l10n_mx_facture_uuid)
        self.ask(move)
        self.assertEqual((move.l10n_mx_facture_state, move.state), ("cancelled", "posted"))
        self.hang(move, self.foreign(move))
        self.assertIn("Adopt", self.refusal(move, "action_l10n_mx_facture_stamp"))

    def test_any_spelling_of_the_number_is_the_same_number(self):
        for serie, folio in ((f"{self.prefix}/", None), (None, None), (self.prefix.lower(), None)):
            move = self.create_invoice()
            folio = f"{move.sequence_number:05d}"
            self.hang(move, self.foreign(move, Serie=serie, Folio=folio))
            with self.subTest(serie=serie, folio=folio):
                self.refusal(move, "action_l10n_mx_facture_stamp")

    def test_without_series_and_folio_total_and_receiver_decide(self):
        move = self.foreign_invoice(Serie=None, Folio=None)
        self.refusal(move, "action_l10n_mx_facture_stamp")

    def test_what_a_user_uploads_as_text_counts_too(self):
        move = self.create_invoice()
        self.hang(move, self.foreign(move), name="factura", mimetype="text/plain")
        self.refusal(move, "action_l10n_mx_facture_stamp")

    # -- what is no second stamp ----------------------------------------------------------------

    def test_the_cfdi_of_another_sale_does_not_hinder(self):
        other = self.create_invoice([{"price_unit": 77.0}])
        customer = self.customer.copy({"name": "Xochilt Casas Chavez", "vat": "CACX7605101P8"})
        customer.l10n_mx_facture_tax_regime_id = self.sat("c_regimen_fiscal", "612")
        receiver = self.create_invoice(partner_id=customer.id)
        for name, xml in {
            "another total": self.foreign(other),
            "another receiver": self.foreign(receiver),
            "another number": self.foreign(self.create_invoice(), Folio="999"),
        }.items():
            with self.subTest(name):
                move = self.create_invoice()
                self.hang(move, xml)
                self.stamp(move)
                self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_another_number_is_warned_about(self):
        move = self.foreign_invoice(Serie="A", Folio="153")
        problems, warnings = move._l10n_mx_facture_judge()
        self.assertFalse(problems)
        self.assertIn("A 153", " ".join(problem.text for problem in warnings))
        self.assertEqual(move._get_alerts()["l10n_mx_facture_elsewhere_0"]["level"], "warning")

    def test_an_unstamped_xml_a_broken_one_and_one_of_ours_do_not_hinder(self):
        stamped = self.stamped_invoice()
        for xml in (
            self.env["l10n_mx_facture.cfdi"]._build(self.create_invoice())[0].payload,
            self.foreign(self.create_invoice())[:-40],
            stamped.l10n_mx_facture_xml_attachment_id.raw,
            b"<a>TimbreFiscalDigital</a>",
        ):
            move = self.create_invoice()
            self.hang(move, xml)
            self.stamp(move)
            self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_without_files_a_batch_asks_once(self):
        moves = self.create_invoices([{}] * 3)
        moves.mapped("name")
        with self.assertQueryCount(2):
            self.assertEqual(moves._l10n_mx_facture_elsewhere(), {})

    def test_a_customer_without_rfc_is_the_general_public(self):
        self.customer.vat = "XAXX010101000"
        move = self.create_invoice(invoice_line_ids=[Command.create(self.line_values(price_unit=5.0))])
        xml = self.foreign(move)
        self.hang(move, xml)
        self.customer.vat = False
        self.assertTrue(move._l10n_mx_facture_elsewhere()[move][0])
